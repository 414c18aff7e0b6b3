/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-block.h"

#include "helpers/message-data.h"

/* RFC 7959 §2.2 and the examples of §3: value, number, more, exponent, size */
static void
test_values (void)
{
  static const struct
  {
    guint value, number, more, size_exponent, size;
    guint64 offset;
  } rows[] = {
    { 0, 0, 0, 0, 16, 0 },
    { 0x0b, 0, 1, 3, 128, 0 },
    { 0x16, 1, 0, 6, 1024, 1024 },
    { 0x3a, 3, 1, 2, 64, 192 },
    { 0x2f, 2, 1, 7, 1024, 2048 },
    { 0xfffff6, GCOAP_BLOCK_MAX_NUMBER, 0, 6, 1024, G_GUINT64_CONSTANT (1073740800) },
    { 0xffffff, GCOAP_BLOCK_MAX_NUMBER, 1, GCOAP_BLOCK_SZX_BERT, 1024, G_GUINT64_CONSTANT (1073740800) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapBlock) block = gcoap_block_new_from_uint (rows[i].value);
      g_autoptr (GcoapBlock) same = gcoap_block_new (rows[i].number, rows[i].more != 0, rows[i].size_exponent);

      g_assert_nonnull (block);
      g_assert_cmpuint (gcoap_block_get_number (block), ==, rows[i].number);
      g_assert_cmpint (gcoap_block_get_more (block), ==, rows[i].more);
      g_assert_cmpuint (gcoap_block_get_size_exponent (block), ==, rows[i].size_exponent);
      g_assert_cmpuint (gcoap_block_get_size (block), ==, rows[i].size);
      g_assert_cmpuint (gcoap_block_get_offset (block), ==, rows[i].offset);
      g_assert_cmpuint (gcoap_block_to_uint (block), ==, rows[i].value);
      g_assert_cmpuint (gcoap_block_to_uint (same), ==, rows[i].value);
    }
}

static void
test_out_of_range (void)
{
  g_assert_null (gcoap_block_new_from_uint (0x1000000));
  g_assert_null (gcoap_block_new_from_uint (G_MAXUINT));
  test_assert_critical ("*number <=*", g_assert_null (gcoap_block_new (0x100000, FALSE, 0)));
  test_assert_critical ("*size_exponent <=*", g_assert_null (gcoap_block_new (0, FALSE, 8)));
}

static void
test_copy (void)
{
  g_autoptr (GcoapBlock) block = gcoap_block_new (7, TRUE, 2);
  g_autoptr (GcoapBlock) copy = g_boxed_copy (GCOAP_TYPE_BLOCK, block);

  g_assert_true (copy != block);
  g_assert_cmpuint (gcoap_block_to_uint (copy), ==, gcoap_block_to_uint (block));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/block/values", test_values);
  g_test_add_func ("/block/out-of-range", test_out_of_range);
  g_test_add_func ("/block/copy", test_copy);

  return g_test_run ();
}
