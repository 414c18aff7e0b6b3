/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Content formats: every registered one can be read back from each of its text forms. */
#include <libcoap-layers/gcoap.h>

static guint
read_format (const char *text)
{
  g_autoptr (GError) error = NULL;
  guint format = G_MAXUINT;

  g_assert_true (gcoap_content_format_from_string (text, &format, &error));
  g_assert_no_error (error);

  return format;
}

static void
assert_unreadable (const char *text)
{
  g_autoptr (GError) error = NULL;
  guint format = 4711;

  g_assert_false (gcoap_content_format_from_string (text, &format, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (format, ==, 4711);
}

static void
test_registry (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (GCOAP_TYPE_CONTENT_FORMAT);

  for (guint i = 0; i < klass->n_values; i++)
    {
      guint format = (guint) klass->values[i].value;
      g_autofree char *text = gcoap_content_format_to_string (format);

      g_assert_nonnull (gcoap_content_format_get_media_type (format));
      g_assert_cmpuint (read_format (text), ==, format);
      g_assert_cmpuint (read_format (gcoap_content_format_get_nick (format)), ==, format);
      g_assert_cmpuint (read_format (klass->values[i].value_nick), ==, format);
    }
}

static void
test_values (void)
{
  g_autofree char *unknown = gcoap_content_format_to_string (65000);
  g_autofree char *coded = gcoap_content_format_to_string (GCOAP_CONTENT_FORMAT_JSON_DEFLATE);

  g_assert_cmpint (GCOAP_CONTENT_FORMAT_TEXT_PLAIN, ==, 0);
  g_assert_cmpint (GCOAP_CONTENT_FORMAT_LINK_FORMAT, ==, 40);
  g_assert_cmpint (GCOAP_CONTENT_FORMAT_CBOR, ==, 60);
  g_assert_cmpstr (gcoap_content_format_get_media_type (0), ==, "text/plain; charset=utf-8");
  g_assert_null (gcoap_content_format_get_content_coding (0));
  g_assert_cmpstr (gcoap_content_format_get_content_coding (11050), ==, "deflate");
  g_assert_null (gcoap_content_format_get_media_type (65000));
  g_assert_null (gcoap_content_format_get_content_coding (65000));
  g_assert_null (gcoap_content_format_get_nick (65000));
  g_assert_cmpstr (unknown, ==, "65000");
  g_assert_cmpstr (coded, ==, "application/json@deflate");
}

static void
test_text (void)
{
  g_assert_cmpuint (read_format ("0"), ==, 0);
  g_assert_cmpuint (read_format ("65535"), ==, 65535);
  g_assert_cmpuint (read_format ("text"), ==, 0);
  g_assert_cmpuint (read_format ("text-plain"), ==, 0);
  g_assert_cmpuint (read_format ("json"), ==, 50);
  g_assert_cmpuint (read_format ("CBOR"), ==, 60);
  g_assert_cmpuint (read_format ("link-format"), ==, 40);
  g_assert_cmpuint (read_format ("Application/JSON"), ==, 50);
  g_assert_cmpuint (read_format ("text/plain"), ==, 0);
  g_assert_cmpuint (read_format ("text/plain;charset=UTF-8"), ==, 0);
  g_assert_cmpuint (read_format ("text/plain@zstd"), ==, 12000);
  g_assert_cmpuint (read_format ("application/cose; cose-type=cose-mac0"), ==, 17);
  /* An exact type wins over one that adds parameters. */
  g_assert_cmpuint (read_format ("application/yang-data+cbor"), ==, 340);
}

static void
test_bad_text (void)
{
  assert_unreadable ("");
  assert_unreadable ("65536");
  assert_unreadable ("-1");
  assert_unreadable ("/");
  assert_unreadable ("@");
  assert_unreadable ("jason");
  assert_unreadable ("application/unheard-of");
  assert_unreadable ("application/json@brotli");
  assert_unreadable ("text/plain; charset=latin1");
  /* Six registered formats have this type, with different parameters. */
  assert_unreadable ("application/cose");
}

static void
test_register (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *type = g_strdup ("application/vnd.example+cbor; v=1");

  g_assert_true (gcoap_content_format_register (65010, type, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_content_format_get_media_type (65010), ==, type);
  g_assert_true (gcoap_content_format_get_media_type (65010) != type);
  g_assert_cmpuint (read_format ("application/vnd.example+cbor;v=1"), ==, 65010);
  g_assert_cmpuint (read_format ("application/vnd.example+cbor"), ==, 65010);
  g_assert_true (gcoap_content_format_register (65010, type, NULL, &error));
  g_assert_no_error (error);

  g_assert_false (gcoap_content_format_register (65010, type, "deflate", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (gcoap_content_format_register (50, "application/vnd.example", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (read_format ("json"), ==, 50);
}

static void
test_register_malformed (void)
{
  static const char *malformed[] = {
    "", "/", "text", "text/", "/plain", "te xt/plain", "text/pl\nain", "text/plain; x=\t", "a/b@c", "a/b; x=y@z",
  };

  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gcoap_content_format_register (65011, malformed[i], NULL, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      g_assert_false (gcoap_content_format_register (65536, "a/b", NULL, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      g_assert_false (gcoap_content_format_register (65011, "a/b", "", &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
    }
  g_assert_null (gcoap_content_format_get_media_type (65011));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content-format/registry", test_registry);
  g_test_add_func ("/content-format/values", test_values);
  g_test_add_func ("/content-format/text", test_text);
  g_test_add_func ("/content-format/bad-text", test_bad_text);
  g_test_add_func ("/content-format/register", test_register);
  g_test_add_func ("/content-format/register-malformed", test_register_malformed);
  return g_test_run ();
}
