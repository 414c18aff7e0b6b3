/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which keys are the same. */
#include "formats/gcoap-cbor-keys-private.h"
#include "helpers/message-data.h"

static void
test_pairs (void)
{
  const struct
  {
    const char *a;
    const char *b;
    gboolean same;
  } rows[] = {
    { "01", "01", TRUE },
    { "01", "1801", TRUE },
    { "1b0000000000000001", "190001", TRUE },
    { "01", "02", FALSE },
    { "01", "20", FALSE },
    { "01", "6131", FALSE },
    { "6161", "780161", TRUE },
    { "6161", "6162", FALSE },
    { "6161", "4161", FALSE },
    { "6161", "626161", FALSE },
    { "f93c00", "fb3ff0000000000000", TRUE },
    { "f93c00", "01", FALSE },
    { "f90000", "f98000", FALSE },
    { "f97e00", "f97e00", TRUE },
    { "f4", "f5", FALSE },
    { "820102", "820102", TRUE },
    { "820102", "820103", FALSE },
    { "9f01ff", "8101", FALSE },
    { "c101", "01", FALSE },
    { "c101", "c101", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) a = test_bytes_from_hex (rows[i].a);
      g_autoptr (GBytes) b = test_bytes_from_hex (rows[i].b);
      GcoapCborKey keys[2];

      g_test_message ("%s %s", rows[i].a, rows[i].b);
      gcoap_cbor_key_init (&keys[0], g_bytes_get_data (a, NULL), g_bytes_get_size (a), 1);
      gcoap_cbor_key_init (&keys[1], g_bytes_get_data (b, NULL), g_bytes_get_size (b), 2);
      g_assert_cmpint (gcoap_cbor_keys_find_duplicate (keys, 2) != NULL, ==, rows[i].same);
      gcoap_cbor_key_init (&keys[0], g_bytes_get_data (b, NULL), g_bytes_get_size (b), 2);
      gcoap_cbor_key_init (&keys[1], g_bytes_get_data (a, NULL), g_bytes_get_size (a), 1);
      g_assert_cmpint (gcoap_cbor_keys_find_duplicate (keys, 2) != NULL, ==, rows[i].same);
    }
}

static void
test_place (void)
{
  static const guint8 encoded[] = { 5, 3, 5, 1, 3 };
  GcoapCborKey keys[5];
  const GcoapCborKey *duplicate;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gcoap_cbor_key_init (&keys[i], &encoded[i], 1, i);
  g_assert_null (gcoap_cbor_keys_find_duplicate (keys, 2));
  g_assert_null (gcoap_cbor_keys_find_duplicate (keys, 0));
  duplicate = gcoap_cbor_keys_find_duplicate (keys, 5);
  g_assert_cmpuint (duplicate->place, ==, 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cbor-keys/pairs", test_pairs);
  g_test_add_func ("/cbor-keys/place", test_place);
  return g_test_run ();
}
