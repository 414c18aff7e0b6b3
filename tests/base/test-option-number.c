/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Option numbers: what their bits say, what the registry says, and their text forms. */
#include <libcoap-layers/gcoap.h>

static void
test_bits (void)
{
  g_assert_true (gcoap_option_number_is_critical (GCOAP_OPTION_IF_MATCH));
  g_assert_false (gcoap_option_number_is_critical (GCOAP_OPTION_ETAG));
  g_assert_true (gcoap_option_number_is_unsafe (GCOAP_OPTION_URI_HOST));
  g_assert_true (gcoap_option_number_is_unsafe (GCOAP_OPTION_MAX_AGE));
  g_assert_false (gcoap_option_number_is_unsafe (GCOAP_OPTION_ACCEPT));
  g_assert_true (gcoap_option_number_is_no_cache_key (GCOAP_OPTION_SIZE1));
  g_assert_true (gcoap_option_number_is_no_cache_key (GCOAP_OPTION_ECHO));
  g_assert_false (gcoap_option_number_is_no_cache_key (GCOAP_OPTION_URI_PATH));
  /* RFC 7252 §5.4.6: 0x1e has the unsafe bit set, so the others mean nothing. */
  g_assert_false (gcoap_option_number_is_no_cache_key (0x1e));
}

static void
test_registry (void)
{
  g_assert_cmpstr (gcoap_option_number_get_name (GCOAP_OPTION_URI_PATH), ==, "Uri-Path");
  g_assert_cmpstr (gcoap_option_number_get_nick (GCOAP_OPTION_ETAG), ==, "etag");
  g_assert_cmpstr (gcoap_option_number_get_name (292), ==, "Request-Tag");
  g_assert_null (gcoap_option_number_get_name (2));
  g_assert_null (gcoap_option_number_get_name (63));
  g_assert_null (gcoap_option_number_get_name (64));
  g_assert_null (gcoap_option_number_get_name (128));
  g_assert_null (gcoap_option_number_get_nick (65536));

  g_assert_cmpint (gcoap_option_number_get_format (GCOAP_OPTION_EDHOC), ==, GCOAP_OPTION_FORMAT_EMPTY);
  g_assert_cmpint (gcoap_option_number_get_format (GCOAP_OPTION_ECHO), ==, GCOAP_OPTION_FORMAT_OPAQUE);
  g_assert_cmpint (gcoap_option_number_get_format (GCOAP_OPTION_BLOCK1), ==, GCOAP_OPTION_FORMAT_UINT);
  g_assert_cmpint (gcoap_option_number_get_format (GCOAP_OPTION_PROXY_URI), ==, GCOAP_OPTION_FORMAT_STRING);
  g_assert_cmpint (gcoap_option_number_get_format (65000), ==, GCOAP_OPTION_FORMAT_OPAQUE);

  g_assert_true (gcoap_option_number_is_repeatable (GCOAP_OPTION_URI_QUERY));
  g_assert_false (gcoap_option_number_is_repeatable (GCOAP_OPTION_OBSERVE));
  g_assert_true (gcoap_option_number_is_repeatable (65000));

  g_assert_cmpint (gcoap_option_number_get_oscore_class (GCOAP_OPTION_URI_PATH), ==, GCOAP_OSCORE_CLASS_E);
  g_assert_cmpint (gcoap_option_number_get_oscore_class (GCOAP_OPTION_URI_HOST), ==, GCOAP_OSCORE_CLASS_U);
  g_assert_cmpint (gcoap_option_number_get_oscore_class (GCOAP_OPTION_OBSERVE), ==,
                   GCOAP_OSCORE_CLASS_E | GCOAP_OSCORE_CLASS_U);
  g_assert_cmpint (gcoap_option_number_get_oscore_class (65000), ==, GCOAP_OSCORE_CLASS_E);
}

static void
test_text (void)
{
  static const struct
  {
    const char *text;
    guint number;
  } readable[] = {
    { "Uri-Path", 11 },
    { "uri-path", 11 },
    { "ETAG", 4 },
    { "scp82-params", 2055 },
    { "0", 0 },
    { "65535", 65535 },
    { "11", 11 },
  };
  static const char *unreadable[] = { "", "uri path", "-1", "65536", "1 ", "0x0b", "99999999999999999999" };

  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    {
      g_autoptr (GError) error = NULL;
      guint number = G_MAXUINT;

      g_assert_true (gcoap_option_number_from_string (readable[i].text, &number, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (number, ==, readable[i].number);
    }

  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++)
    {
      g_autoptr (GError) error = NULL;
      guint number = 17;

      g_assert_false (gcoap_option_number_from_string (unreadable[i], &number, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_assert_cmpuint (number, ==, 17);
    }
}

static void
test_register (void)
{
  g_autoptr (GError) error = NULL;
  guint number = 0;

  g_assert_true (gcoap_option_number_register (65002, "Example-Level", GCOAP_OPTION_FORMAT_UINT, 0, 2, FALSE,
                                               &error));
  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_option_number_get_name (65002), ==, "Example-Level");
  g_assert_cmpstr (gcoap_option_number_get_nick (65002), ==, "example-level");
  g_assert_cmpint (gcoap_option_number_get_format (65002), ==, GCOAP_OPTION_FORMAT_UINT);
  g_assert_false (gcoap_option_number_is_repeatable (65002));
  g_assert_true (gcoap_option_number_from_string ("EXAMPLE-level", &number, &error));
  g_assert_cmpuint (number, ==, 65002);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-number/bits", test_bits);
  g_test_add_func ("/option-number/registry", test_registry);
  g_test_add_func ("/option-number/text", test_text);
  g_test_add_func ("/option-number/register", test_register);
  return g_test_run ();
}
