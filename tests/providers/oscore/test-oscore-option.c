/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-option-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-data.h"

static gboolean
decode (const char        *hex,
        GcoapOscoreOption *option,
        GBytes           **bytes,
        GError           **error)
{
  gsize length;
  const guint8 *data;

  *bytes = test_bytes_from_hex (hex);
  data = g_bytes_get_data (*bytes, &length);
  return gcoap_oscore_option_decode (option, data, length, error);
}

static void
test_good (void)
{
  /* RFC 8613 §6.3 and Appendix C; as much as there may be. */
  static const char *const values[] = {
    "", "0905", "090525", "0914", "091400", "19140837cbf3210017a2d3", "0100", "08", "0825", "1000",
    "1800", "1c01020304000d", "0dffffffffff0102", "1904054142434445aa",
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      GcoapOscoreOption option;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      guint8 buffer[GCOAP_OSCORE_MAX_OPTION];
      g_autofree char *encoded = NULL;

      if (!decode (values[i], &option, &bytes, &error))
        g_assert_no_error (error);
      encoded = test_bytes_to_hex (buffer, gcoap_oscore_option_encode (&option, buffer));
      g_assert_cmpstr (encoded, ==, values[i]);
    }
}

static void
test_fields (void)
{
  GcoapOscoreOption option;
  g_autoptr (GBytes) bytes = NULL;

  g_assert_true (decode ("1a0102" "03414243" "5859", &option, &bytes, NULL));
  g_assert_cmpuint (gcoap_oscore_decode_piv (option.piv, option.piv_length), ==, 0x0102);
  g_assert_true (option.has_kid && option.has_kid_context);
  g_assert_cmpmem (option.kid, option.kid_length, "XY", 2);
  g_assert_cmpmem (option.kid_context, option.kid_context_length, "ABC", 3);
}

static void
test_bad (void)
{
  static const struct
  {
    const char *value;
    const char *message;
  } values[] = {
    { "00", "*at byte 0: without any flag*" },
    { "0000", "*at byte 0: without any flag*" },
    { "2914", "*at byte 0: a reserved flag*" },
    { "4914", "*at byte 0: a reserved flag*" },
    { "8914", "*at byte 0: a reserved flag*" },
    { "06010203040506", "*at byte 0: the length of the Partial IV is reserved*" },
    { "0f01020304050607", "*at byte 0: the length of the Partial IV is reserved*" },
    { "01", "*at byte 1: the Partial IV is cut off*" },
    { "0d01020304", "*at byte 1: the Partial IV is cut off*" },
    { "10", "*at byte 1: the length of the kid context is missing*" },
    { "1914", "*at byte 2: the length of the kid context is missing*" },
    { "10020a", "*at byte 2: the kid context is cut off*" },
    { "11140801020304050607", "*at byte 3: the kid context is cut off*" },
    { "01140a", "*at byte 2: there is more, but no kid*" },
    { "1001aabb", "*at byte 3: there is more, but no kid*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      GcoapOscoreOption option;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (values[i].value, &option, &bytes, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_true (g_pattern_match_simple (values[i].message, error->message));
    }
}

static void
test_too_long (void)
{
  guint8 value[256] = { 0x08 };
  GcoapOscoreOption option;
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_oscore_option_decode (&option, value, 255, NULL));
  g_assert_cmpuint (option.kid_length, ==, 254);
  g_assert_false (gcoap_oscore_option_decode (&option, value, 256, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

static void
test_piv (void)
{
  static const struct
  {
    guint64     number;
    const char *piv;
  } numbers[] = {
    { 0, "00" }, { 1, "01" }, { 0xff, "ff" }, { 0x100, "0100" }, { 0xffffffff, "ffffffff" },
    { G_GUINT64_CONSTANT (0x100000000), "0100000000" }, { GCOAP_OSCORE_MAX_SEQUENCE, "ffffffffff" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      guint8 piv[GCOAP_OSCORE_MAX_PIV];
      guint8 length = gcoap_oscore_encode_piv (numbers[i].number, piv);
      g_autofree char *hex = test_bytes_to_hex (piv, length);

      g_assert_cmpstr (hex, ==, numbers[i].piv);
      g_assert_cmpuint (gcoap_oscore_decode_piv (piv, length), ==, numbers[i].number);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-option/good", test_good);
  g_test_add_func ("/oscore-option/fields", test_fields);
  g_test_add_func ("/oscore-option/bad", test_bad);
  g_test_add_func ("/oscore-option/too-long", test_too_long);
  g_test_add_func ("/oscore-option/piv", test_piv);
  return g_test_run ();
}
