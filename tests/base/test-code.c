/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Codes: their parts and kinds for every byte, and their text forms. */
#include <libcoap-layers/gcoap.h>

static void
test_kinds (void)
{
  for (guint code = 0; code <= 255; code++)
    {
      guint class = code / 32;

      g_assert_cmpuint (gcoap_code_get_class (code), ==, class);
      g_assert_cmpuint (gcoap_code_get_detail (code), ==, code % 32);
      g_assert_cmpint (gcoap_code_is_request (code), ==, class == 0 && code != 0);
      g_assert_cmpint (gcoap_code_is_success (code), ==, class == 2);
      g_assert_cmpint (gcoap_code_is_client_error (code), ==, class == 4);
      g_assert_cmpint (gcoap_code_is_server_error (code), ==, class == 5);
      g_assert_cmpint (gcoap_code_is_error (code), ==, class == 4 || class == 5);
      g_assert_cmpint (gcoap_code_is_response (code), ==, class == 2 || class == 4 || class == 5);
      g_assert_cmpint (gcoap_code_is_signaling (code), ==, class == 7);
    }
}

static void
test_values (void)
{
  g_assert_cmpint (GCOAP_CODE_EMPTY, ==, 0);
  g_assert_cmpint (GCOAP_CODE_IPATCH, ==, 7);
  g_assert_cmpint (GCOAP_CODE_CONTENT, ==, 69);
  g_assert_cmpint (GCOAP_CODE_UNSUPPORTED_CONTENT_FORMAT, ==, 143);
  g_assert_cmpint (GCOAP_CODE_HOP_LIMIT_REACHED, ==, 168);
  g_assert_cmpint (GCOAP_CODE_ABORT, ==, 229);
}

static void
test_names (void)
{
  g_assert_cmpstr (gcoap_code_get_name (GCOAP_CODE_EMPTY), ==, "Empty");
  g_assert_cmpstr (gcoap_code_get_name (GCOAP_CODE_IPATCH), ==, "iPATCH");
  g_assert_cmpstr (gcoap_code_get_nick (GCOAP_CODE_IPATCH), ==, "ipatch");
  g_assert_cmpstr (gcoap_code_get_name (GCOAP_CODE_NOT_FOUND), ==, "Not Found");
  g_assert_cmpstr (gcoap_code_get_nick (GCOAP_CODE_NOT_FOUND), ==, "not-found");
  g_assert_null (gcoap_code_get_name (31));
  g_assert_null (gcoap_code_get_nick (255));
}

/* Whatever the enumeration holds is known by the same nick in the table, and
 * the codes that a handler can fail with are the registered error codes. */
static void
test_enumerations_agree (void)
{
  g_autoptr (GEnumClass) codes = g_type_class_ref (GCOAP_TYPE_CODE);
  g_autoptr (GEnumClass) errors = g_type_class_ref (GCOAP_TYPE_RESPONSE_ERROR);
  guint n_errors = 0;

  for (guint i = 0; i < codes->n_values; i++)
    {
      guint code = (guint) codes->values[i].value;

      g_assert_cmpstr (codes->values[i].value_nick, ==, gcoap_code_get_nick (code));
      if (gcoap_code_is_error (code))
        {
          GEnumValue *value = g_enum_get_value (errors, (int) code);

          g_assert_nonnull (value);
          g_assert_cmpstr (value->value_nick, ==, gcoap_code_get_nick (code));
          n_errors++;
        }
    }
  g_assert_cmpuint (errors->n_values, ==, n_errors);
}

static void
test_text (void)
{
  static const struct
  {
    const char *text;
    guint code;
  } readable[] = {
    { "GET", 1 },
    { "get", 1 },
    { "ipatch", 7 },
    { "iPATCH", 7 },
    { "2.05", 69 },
    { "content", 69 },
    { "Not Found", 132 },
    { "not-found", 132 },
    { "NOT-FOUND", 132 },
    { "0.00", 0 },
    { "7.31", 255 },
    { "3.09", 105 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (readable); i++)
    {
      g_autoptr (GError) error = NULL;
      GcoapCode code = GCOAP_CODE_EMPTY;

      g_assert_true (gcoap_code_from_string (readable[i].text, &code, &error));
      g_assert_no_error (error);
      g_assert_cmpint (code, ==, readable[i].code);
    }

  for (guint code = 0; code <= 255; code++)
    {
      g_autofree char *text = gcoap_code_to_string (code);
      GcoapCode again = GCOAP_CODE_EMPTY;

      g_assert_true (gcoap_code_from_string (text, &again, NULL));
      g_assert_cmpuint (again, ==, code);
    }
}

static void
test_bad_text (void)
{
  static const char *unreadable[] = {
    "", "GOT", "2", "2.", "2.5", "2.050", "2.32", "8.00", "-1.05", " 2.05", "2.05 ", "69", "2,05",
  };

  for (guint i = 0; i < G_N_ELEMENTS (unreadable); i++)
    {
      g_autoptr (GError) error = NULL;
      GcoapCode code = GCOAP_CODE_PING;

      g_assert_false (gcoap_code_from_string (unreadable[i], &code, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_assert_cmpint (code, ==, GCOAP_CODE_PING);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/code/kinds", test_kinds);
  g_test_add_func ("/code/values", test_values);
  g_test_add_func ("/code/names", test_names);
  g_test_add_func ("/code/enumerations-agree", test_enumerations_agree);
  g_test_add_func ("/code/text", test_text);
  g_test_add_func ("/code/bad-text", test_bad_text);
  return g_test_run ();
}
