/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-block-sizes-private.h"

static void
test_value (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  GcoapBlockValue value = { GCOAP_BLOCK_MAX_NUMBER, TRUE, 5 };
  GcoapBlockValue read = { 0 };

  g_assert_false (gcoap_block_value_read (message, GCOAP_OPTION_BLOCK1, &read));
  gcoap_block_value_write (message, GCOAP_OPTION_BLOCK1, &value);
  g_assert_true (gcoap_block_value_read (message, GCOAP_OPTION_BLOCK1, &read));
  g_assert_cmpuint (read.number, ==, GCOAP_BLOCK_MAX_NUMBER);
  g_assert_true (read.more);
  g_assert_cmpuint (read.exponent, ==, 5);
  g_assert_cmpuint (gcoap_block_value_get_offset (&read), ==, 0xfffffu * 512ul);

  /* RFC 7959 §3: 33 is 2:2/0/32, 59 is 1:3/1/128. */
  gcoap_message_set_option_uint (message, GCOAP_OPTION_BLOCK2, 33);
  gcoap_block_value_read (message, GCOAP_OPTION_BLOCK2, &read);
  g_assert_cmpuint (read.number, ==, 2);
  g_assert_false (read.more);
  g_assert_cmpuint (gcoap_block_sizes_unit (read.exponent), ==, 32);
  gcoap_message_set_option_uint (message, GCOAP_OPTION_BLOCK1, 59);
  gcoap_block_value_read (message, GCOAP_OPTION_BLOCK1, &read);
  g_assert_cmpuint (read.number, ==, 3);
  g_assert_true (read.more);
  g_assert_cmpuint (gcoap_block_sizes_unit (read.exponent), ==, 128);
}

static void
test_fit (void)
{
  static const struct { gsize bytes; guint exponent; } cases[] = {
    { 0, 0 }, { 15, 0 }, { 16, 0 }, { 31, 0 }, { 32, 1 }, { 1023, 5 }, { 1024, 6 }, { 100000, 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (gcoap_block_sizes_fit (cases[i].bytes), ==, cases[i].exponent);
  g_assert_cmpuint (gcoap_block_sizes_payload (2, 5000), ==, 64);
  g_assert_cmpuint (gcoap_block_sizes_payload (6, 5000), ==, 1024);
  /* RFC 8323 §6: as many whole blocks as fit. */
  g_assert_cmpuint (gcoap_block_sizes_payload (GCOAP_BLOCK_SZX_BERT, 5000), ==, 4096);
  g_assert_cmpuint (gcoap_block_sizes_payload (GCOAP_BLOCK_SZX_BERT, 1024), ==, 1024);
  g_assert_cmpuint (gcoap_block_sizes_payload (GCOAP_BLOCK_SZX_BERT, 10), ==, 1024);
}

static void
test_numbers (void)
{
  guint number = 7;

  g_assert_cmpuint (gcoap_block_sizes_max_body (0), ==, 16777216);
  g_assert_cmpuint (gcoap_block_sizes_max_body (6), ==, 1073741824);
  g_assert_cmpuint (gcoap_block_sizes_max_body (GCOAP_BLOCK_SZX_BERT), ==, 1073741824);
  g_assert_true (gcoap_block_sizes_number_at (128, 2, &number));
  g_assert_cmpuint (number, ==, 2);
  g_assert_false (gcoap_block_sizes_number_at (130, 2, &number));
  g_assert_true (gcoap_block_sizes_number_at (0xfffff0, 0, &number));
  g_assert_cmpuint (number, ==, GCOAP_BLOCK_MAX_NUMBER);
  g_assert_false (gcoap_block_sizes_number_at (0x1000000, 0, &number));
  g_assert_false (gcoap_block_sizes_number_at (G_MAXUINT64 - 1023, 6, &number));
}

static void
test_payload (void)
{
  static const struct { GcoapBlockValue value; gsize length; gboolean matches; } cases[] = {
    { { 0, TRUE, 0 }, 16, TRUE }, { { 0, TRUE, 0 }, 15, FALSE }, { { 0, TRUE, 0 }, 17, FALSE },
    { { 0, TRUE, 0 }, 0, FALSE }, { { 0, FALSE, 0 }, 0, TRUE }, { { 0, FALSE, 0 }, 16, TRUE },
    { { 0, FALSE, 0 }, 17, FALSE }, { { 0, FALSE, 6 }, 1024, TRUE },
    { { 0, TRUE, 7 }, 1024, TRUE }, { { 0, TRUE, 7 }, 3072, TRUE }, { { 0, TRUE, 7 }, 3000, FALSE },
    { { 0, TRUE, 7 }, 0, FALSE }, { { 0, FALSE, 7 }, 3000, TRUE }, { { 0, FALSE, 7 }, 0, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("case %u", i);
      g_assert_true (gcoap_block_value_matches_payload (&cases[i].value, cases[i].length)
                     == cases[i].matches);
    }
}

/* What is said to be room for the payload is: a message that fills it fits. */
static void
test_room (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  gsize before;

  g_assert_cmpuint (gcoap_block_sizes_room_for_payload (message, 20), ==, 0);
  before = gcoap_block_sizes_room_for_payload (message, 1152);
  g_assert_cmpuint (before, >=, 1024);
  gcoap_message_add_option_string (message, GCOAP_OPTION_URI_PATH, "0123456789");
  g_assert_cmpuint (gcoap_block_sizes_room_for_payload (message, 1152), <=, before - 11);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-sizes/value", test_value);
  g_test_add_func ("/block-sizes/fit", test_fit);
  g_test_add_func ("/block-sizes/numbers", test_numbers);
  g_test_add_func ("/block-sizes/payload", test_payload);
  g_test_add_func ("/block-sizes/room", test_room);
  return g_test_run ();
}
