/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages for tests: from hexadecimal digits, and at random from the seed. */
#include "helpers/message-data.h"

#include <string.h>

GBytes *
test_bytes_from_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();
  int high = -1;

  for (; *hex != '\0'; hex++)
    {
      int digit = g_ascii_xdigit_value (*hex);

      if (digit < 0)
        continue;
      if (high < 0)
        high = digit;
      else
        {
          guint8 byte = (guint8) (high << 4 | digit);

          g_byte_array_append (bytes, &byte, 1);
          high = -1;
        }
    }
  g_assert_cmpint (high, ==, -1);

  return g_byte_array_free_to_bytes (bytes);
}

char *
test_bytes_to_hex (const guint8 *data,
                   gsize         length)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", data[i]);

  return g_string_free (hex, FALSE);
}

void
test_assert_bytes (const guint8 *data,
                   gsize         length,
                   const char   *hex)
{
  g_autoptr (GBytes) expected = test_bytes_from_hex (hex);
  g_autofree char *shown = test_bytes_to_hex (data, length);
  g_autofree char *expected_shown = test_bytes_to_hex (g_bytes_get_data (expected, NULL),
                                                       g_bytes_get_size (expected));

  g_assert_cmpstr (shown, ==, expected_shown);
}

static void
fill (guint8 *data,
      gsize   length)
{
  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) g_test_rand_int_range (0, 256);
}

/* Lengths at the edges of the forms an option header has. */
static gsize
random_length (void)
{
  static const gsize edges[] = { 0, 1, 12, 13, 14, 268, 269, 270, 300 };

  if (g_test_rand_int_range (0, 4) > 0)
    return (gsize) g_test_rand_int_range (0, 12);

  return edges[g_test_rand_int_range (0, G_N_ELEMENTS (edges))];
}

static guint
random_number (void)
{
  static const guint edges[] = { 0, 12, 13, 62, 63, 64, 268, 269, 282, 65534, 65535 };

  switch (g_test_rand_int_range (0, 4))
    {
    case 0:
      return (guint) g_test_rand_int_range (0, 65536);
    case 1:
      return edges[g_test_rand_int_range (0, G_N_ELEMENTS (edges))];
    default:
      return (guint) g_test_rand_int_range (0, 64);
    }
}

GcoapMessage *
test_random_message (void)
{
  static const guint8 codes[] = { 1, 2, 3, 4, 5, 6, 7, 31, 65, 68, 69, 95, 96, 128, 132, 160, 191 };
  GcoapMessage *message = gcoap_message_new (codes[g_test_rand_int_range (0, G_N_ELEMENTS (codes))]);
  int n_options = g_test_rand_int_range (0, 20);
  guint8 data[2000];

  for (int i = 0; i < n_options; i++)
    {
      gsize length = random_length ();

      fill (data, length);
      gcoap_message_add_option (message, random_number (), data, length);
    }
  if (g_test_rand_bit ())
    {
      gsize length = (gsize) g_test_rand_int_range (0, sizeof (data));

      fill (data, length);
      gcoap_message_set_payload_data (message, data, length);
    }

  return message;
}

guint32
test_random_token (guint8  *token,
                   guint32  max_length)
{
  guint32 length = (guint32) g_test_rand_int_range (0, (gint32) max_length + 1);

  fill (token, length);

  return length;
}
