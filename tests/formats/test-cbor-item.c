/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One step through CBOR: every kind of head, and heads that are cut off. */
#include <math.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-item-private.h"
#include "helpers/message-data.h"

/* Every prefix is cut off. */
static void
check_cut_off (const guint8 *data,
               gsize         length)
{
  for (gsize cut = 0; cut < length; cut++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree guint8 *copy = g_memdup2 (data, MAX (cut, 1));
      GcoapCborItem item;

      g_assert_false (gcoap_cbor_item_decode (&item, copy, cut, 7, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, "(byte 7)"));
    }
}

static void
test_heads (void)
{
  const struct
  {
    const char *hex;
    guint8 major;
    guint8 width;
    gboolean indefinite;
    guint64 argument;
    gsize size;
  } rows[] = {
    { "00", 0, 0, FALSE, 0, 1 },
    { "17", 0, 0, FALSE, 23, 1 },
    { "1800", 0, 1, FALSE, 0, 2 },
    { "190100", 0, 2, FALSE, 256, 3 },
    { "1a00010000", 0, 4, FALSE, 65536, 5 },
    { "1bffffffffffffffff", 0, 8, FALSE, G_MAXUINT64, 9 },
    { "20", 1, 0, FALSE, 0, 1 },
    { "38ff", 1, 1, FALSE, 255, 2 },
    { "39ffff", 1, 2, FALSE, 65535, 3 },
    { "3affffffff", 1, 4, FALSE, G_MAXUINT32, 5 },
    { "3b0000000000000000", 1, 8, FALSE, 0, 9 },
    { "43010203", 2, 0, FALSE, 3, 4 },
    { "580101", 2, 1, FALSE, 1, 3 },
    { "5f", 2, 0, TRUE, 0, 1 },
    { "6161", 3, 0, FALSE, 1, 2 },
    { "7f", 3, 0, TRUE, 0, 1 },
    { "83", 4, 0, FALSE, 3, 1 },
    { "9affffffff", 4, 4, FALSE, G_MAXUINT32, 5 },
    { "9f", 4, 0, TRUE, 0, 1 },
    { "a1", 5, 0, FALSE, 1, 1 },
    { "bf", 5, 0, TRUE, 0, 1 },
    { "c1", 6, 0, FALSE, 1, 1 },
    { "da0001bf63", 6, 4, FALSE, 114531, 5 },
    { "e0", 7, 0, FALSE, 0, 1 },
    { "f0", 7, 0, FALSE, 16, 1 },
    { "f4", 7, 0, FALSE, 20, 1 },
    { "f5", 7, 0, FALSE, 21, 1 },
    { "f6", 7, 0, FALSE, 22, 1 },
    { "f7", 7, 0, FALSE, 23, 1 },
    { "f820", 7, 1, FALSE, 32, 2 },
    { "f8ff", 7, 1, FALSE, 255, 2 },
    { "f93c00", 7, 2, FALSE, 0x3c00, 3 },
    { "fa3f800000", 7, 4, FALSE, 0x3f800000, 5 },
    { "fb3ff0000000000000", 7, 8, FALSE, G_GUINT64_CONSTANT (0x3ff0000000000000), 9 },
    { "ff", 7, 0, TRUE, 0, 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes_from_hex (rows[i].hex);
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);
      g_autoptr (GError) error = NULL;
      GcoapCborItem item;

      g_test_message ("%s", rows[i].hex);
      g_assert_true (gcoap_cbor_item_decode (&item, data, length, 0, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (item.major, ==, rows[i].major);
      g_assert_cmpuint (item.width, ==, rows[i].width);
      g_assert_cmpint (item.indefinite, ==, rows[i].indefinite);
      g_assert_cmpuint (item.argument, ==, rows[i].argument);
      g_assert_cmpuint (item.size, ==, rows[i].size);
      g_assert_cmpuint (item.head_size, ==, 1u + item.width);
      g_assert_cmpint (item.is_float, ==, item.major == 7 && item.width > 1);
      if (item.is_float)
        g_assert_cmpfloat (item.real, ==, 1.0);
      if ((item.major == 2 || item.major == 3) && !item.indefinite)
        g_assert_true (item.content == data + item.head_size);

      check_cut_off (data, length);
    }
}

/* RFC 8949 §3, whatever the initial byte is. */
static void
test_initial_bytes (void)
{
  for (guint first = 0; first <= G_MAXUINT8; first++)
    {
      /* A length, or a simple value, of 32. */
      guint8 data[64] = { (guint8) first, 0, 0, 0, 0, 0, 0, 0, 32 };
      guint8 major = (guint8) (first >> 5);
      guint info = first & 0x1f;
      guint width = info < 24 || info > 27 ? 0 : 1u << (info - 24);
      gboolean is_valid = info < 28 || (info == 31 && major > 1 && major != 6);
      GcoapCborItem item;

      memset (data + 1, 0, 8);
      data[width] = width > 0 ? 32 : (guint8) first;
      g_test_message ("%02x", first);
      g_assert_cmpint (gcoap_cbor_item_decode (&item, data, sizeof data, 0, NULL), ==, is_valid);
      if (!is_valid)
        continue;
      g_assert_cmpuint (item.major, ==, major);
      g_assert_cmpuint (item.width, ==, width);
      g_assert_cmpint (item.indefinite ? 1 : 0, ==, info == 31);
      if (info != 31)
        g_assert_cmpuint (item.argument, ==, width > 0 ? 32 : info);
    }
}

static void
test_malformed (void)
{
  static const char *const rows[] = {
    "1c", "1d", "1e", "1f", "3c", "3f", "5c", "7e", "9d", "bc", "dc", "df", "fc", "fd", "fe",
    "f800", "f818", "f81f",
    "5bffffffffffffffff00", "7bffffffffffffffff00", "5affffffff00", "42aa", "62c0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes_from_hex (rows[i]);
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);
      g_autoptr (GError) error = NULL;
      GcoapCborItem item;

      g_test_message ("%s", rows[i]);
      g_assert_false (gcoap_cbor_item_decode (&item, data, length, 0, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
    }
}

static void
test_utf8 (void)
{
  g_assert_true (gcoap_cbor_is_utf8 (NULL, 0));
  g_assert_true (gcoap_cbor_is_utf8 ((const guint8 *) "a\0\0\xc3\xa9\0", 6));
  g_assert_false (gcoap_cbor_is_utf8 ((const guint8 *) "a\0\xff", 3));
  g_assert_false (gcoap_cbor_is_utf8 ((const guint8 *) "\xc3", 1));
  g_assert_false (gcoap_cbor_is_utf8 ((const guint8 *) "\xed\xa0\x80", 3));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cbor-item/heads", test_heads);
  g_test_add_func ("/cbor-item/initial-bytes", test_initial_bytes);
  g_test_add_func ("/cbor-item/malformed", test_malformed);
  g_test_add_func ("/cbor-item/utf8", test_utf8);
  return g_test_run ();
}
