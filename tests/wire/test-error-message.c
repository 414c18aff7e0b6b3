/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which errors become which responses, how much they tell, and back. */
#include <string.h>

#include <gio/gio.h>
#include <libcoap-layers/gcoap.h>

static GcoapMessage *
respond (GQuark domain, int code, const char *text)
{
  g_autoptr (GError) error = g_error_new_literal (domain, code, text);

  return gcoap_message_new_for_error (error);
}

static void
assert_payload (GcoapMessage *message, const char *expected)
{
  gsize length = 0;
  const guint8 *data = gcoap_message_get_payload_data (message, &length);

  g_assert_cmpmem (data, length, expected, strlen (expected));
}

static void
test_codes (void)
{
  const struct
  {
    GQuark domain;
    int error;
    GcoapCode code;
    gboolean explains;
    guint max_age;      /* 0: none */
  } rows[] = {
    { GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_FOUND, GCOAP_CODE_NOT_FOUND, TRUE, 0 },
    { GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_SERVICE_UNAVAILABLE, GCOAP_CODE_SERVICE_UNAVAILABLE, TRUE, 0 },
    { GCOAP_RESPONSE_ERROR, 0x9f, (GcoapCode) 0x9f, TRUE, 0 },
    { GCOAP_RESPONSE_ERROR, GCOAP_CODE_CONTENT, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_RESPONSE_ERROR, GCOAP_CODE_GET, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_RESPONSE_ERROR, GCOAP_CODE_CSM, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_RESPONSE_ERROR, 0, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_RESPONSE_ERROR, -100, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_RESPONSE_ERROR, 132 + 256, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },

    { GCOAP_ERROR, GCOAP_ERROR_MALFORMED, GCOAP_CODE_BAD_REQUEST, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_INVALID_URI, GCOAP_CODE_BAD_REQUEST, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, GCOAP_CODE_BAD_REQUEST, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION, GCOAP_CODE_BAD_OPTION, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_UNKNOWN_OPTION, GCOAP_CODE_BAD_OPTION, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED, GCOAP_CODE_NOT_IMPLEMENTED, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT, GCOAP_CODE_GATEWAY_TIMEOUT, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_RESET, GCOAP_CODE_BAD_GATEWAY, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE, GCOAP_CODE_BAD_GATEWAY, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND, GCOAP_CODE_BAD_GATEWAY, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_REFUSED, GCOAP_CODE_BAD_GATEWAY, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE, GCOAP_CODE_BAD_GATEWAY, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE, GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE, TRUE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_LIMIT, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE, GCOAP_ERROR_RETRY_SECONDS },
    { GCOAP_ERROR, GCOAP_ERROR_BUSY, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE, GCOAP_ERROR_RETRY_SECONDS },
    { GCOAP_ERROR, GCOAP_ERROR_MESSAGE_IDS, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE, GCOAP_ERROR_RETRY_SECONDS },
    { GCOAP_ERROR, GCOAP_ERROR_CLOSED, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE, GCOAP_ERROR_RETRY_SECONDS },
    { GCOAP_ERROR, GCOAP_ERROR_FAILED, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_PERMISSION, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { GCOAP_ERROR, 9999, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },

    { G_IO_ERROR, G_IO_ERROR_NOT_FOUND, GCOAP_CODE_NOT_FOUND, FALSE, 0 },
    { G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, GCOAP_CODE_FORBIDDEN, FALSE, 0 },
    { G_IO_ERROR, G_IO_ERROR_EXISTS, GCOAP_CODE_CONFLICT, FALSE, 0 },
    { G_IO_ERROR, G_IO_ERROR_NO_SPACE, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { G_IO_ERROR, G_IO_ERROR_FAILED, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { G_IO_ERROR, G_IO_ERROR_CANCELLED, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE, GCOAP_ERROR_RETRY_SECONDS },
    { G_KEY_FILE_ERROR, G_KEY_FILE_ERROR_PARSE, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
    { G_FILE_ERROR, G_FILE_ERROR_NOENT, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = respond (rows[i].domain, rows[i].error, "/srv/secret broke");
      guint max_age = 0;

      g_test_message ("%s %d", g_quark_to_string (rows[i].domain), rows[i].error);
      g_assert_cmpuint (gcoap_message_get_code (message), ==, rows[i].code);
      assert_payload (message, rows[i].explains ? "/srv/secret broke" : "");
      gcoap_message_get_option_uint (message, GCOAP_OPTION_MAX_AGE, &max_age);
      g_assert_cmpuint (max_age, ==, rows[i].max_age);
      g_assert_false (gcoap_message_has_option (message, GCOAP_OPTION_CONTENT_FORMAT));
    }
}

static void
test_diagnostic (void)
{
  g_autofree char *ascii = g_strnfill (GCOAP_DIAGNOSTIC_MAX_BYTES + 1, 'a');
  g_autofree char *cut_ascii = g_strndup (ascii, GCOAP_DIAGNOSTIC_MAX_BYTES);
  g_autofree char *split = g_strconcat (cut_ascii + 1, "\xc3\xa9", NULL);
  g_autofree char *fitting = g_strconcat (cut_ascii + 2, "\xc3\xa9", NULL);
  const struct
  {
    const char *text;
    const char *payload;
  } rows[] = {
    { "", "" },
    { "no such thing", "no such thing" },
    { "\xc3\xa9", "\xc3\xa9" },
    { "a\r\nb\tc\x7f\xc2\x85" "d", "a  b c  d" },
    { "bad \xff byte", "bad \xef\xbf\xbd byte" },
    { ascii, cut_ascii },
    { split, cut_ascii + 1 },
    { fitting, fitting },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = respond (GCOAP_RESPONSE_ERROR, GCOAP_CODE_BAD_REQUEST, rows[i].text);

      assert_payload (message, rows[i].payload);
    }
}

static void
test_to_error (void)
{
  const struct
  {
    guint code;
    const char *payload;
    const char *text;     /* NULL: no error */
  } rows[] = {
    { GCOAP_CODE_CONTENT, "fine", NULL },
    { GCOAP_CODE_VALID, "", NULL },
    { GCOAP_CODE_NOT_FOUND, "", "4.04 Not Found" },
    { GCOAP_CODE_NOT_FOUND, "no such\nthing", "4.04 Not Found: no such thing" },
    { GCOAP_CODE_BAD_GATEWAY, "\xff", "5.02 Bad Gateway" },
    { 0x9f, "what", "4.31: what" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new ((GcoapCode) rows[i].code);
      g_autoptr (GError) error = NULL;

      gcoap_message_set_payload_data (message, (const guint8 *) rows[i].payload, strlen (rows[i].payload));
      error = gcoap_message_to_error (message);
      if (rows[i].text == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, GCOAP_RESPONSE_ERROR, (int) rows[i].code);
      g_assert_cmpstr (error->message, ==, rows[i].text);
    }
}

static void
test_to_error_special (void)
{
  g_autofree char *longest = g_strnfill (5000, 'a');
  g_autoptr (GcoapMessage) formatted = gcoap_message_new (GCOAP_CODE_FORBIDDEN);
  g_autoptr (GcoapMessage) verbose = gcoap_message_new (GCOAP_CODE_FORBIDDEN);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GError) formatted_error = NULL;
  g_autoptr (GError) verbose_error = NULL;
  g_autoptr (GError) request_error = NULL;

  /* RFC 7252 §5.5.2: with Content-Format it is a representation. */
  gcoap_message_set_option_uint (formatted, GCOAP_OPTION_CONTENT_FORMAT, 0);
  gcoap_message_set_payload_data (formatted, (const guint8 *) "text", 4);
  formatted_error = gcoap_message_to_error (formatted);
  g_assert_cmpstr (formatted_error->message, ==, "4.03 Forbidden");

  gcoap_message_set_payload_data (verbose, (const guint8 *) longest, strlen (longest));
  verbose_error = gcoap_message_to_error (verbose);
  g_assert_cmpuint (strlen (verbose_error->message), ==, strlen ("4.03 Forbidden: ") + 512);

  request_error = gcoap_message_to_error (request);
  g_assert_error (request_error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE);
}

static GcoapMessage *
respond_accepting (guint accept, GQuark domain, int code, const char *text)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GError) error = g_error_new_literal (domain, code, text);

  if (accept != G_MAXUINT)
    gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, accept);

  return gcoap_message_new_for_error_accepting (error, request);
}

/* RFC 9290: only who accepts problem details gets them. */
static void
test_accepting (void)
{
  static const guint others[] = { G_MAXUINT, 0, 60 };
  g_autoptr (GcoapMessage) told = respond_accepting (257, GCOAP_RESPONSE_ERROR, GCOAP_CODE_NOT_FOUND, "no such\nthing");
  g_autoptr (GcoapMessage) untold = respond_accepting (257, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "/srv/secret");
  g_autoptr (GcoapMessage) nameless = respond_accepting (257, GCOAP_RESPONSE_ERROR, 0x9f, "");
  g_autofree char *long_text = g_strnfill (500, 'a');
  g_autoptr (GcoapMessage) cut = respond_accepting (257, GCOAP_RESPONSE_ERROR, GCOAP_CODE_NOT_FOUND, long_text);
  g_autoptr (GcoapProblemDetails) details = NULL, untold_details = NULL;
  g_autoptr (GError) error = NULL;
  guint format = 0;
  gsize length;

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GcoapMessage) plain = respond_accepting (others[i], GCOAP_RESPONSE_ERROR, GCOAP_CODE_NOT_FOUND, "gone");

      assert_payload (plain, "gone");
      g_assert_false (gcoap_message_has_option (plain, GCOAP_OPTION_CONTENT_FORMAT));
    }

  g_assert_cmpuint (gcoap_message_get_code (told), ==, GCOAP_CODE_NOT_FOUND);
  g_assert_true (gcoap_message_get_option_uint (told, GCOAP_OPTION_CONTENT_FORMAT, &format));
  g_assert_cmpuint (format, ==, 257);
  details = gcoap_problem_details_parse (gcoap_message_get_payload (told), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gcoap_problem_details_get_response_code (details), ==, GCOAP_CODE_NOT_FOUND);
  g_assert_cmpstr (gcoap_problem_details_get_detail (details), ==, "no such thing");
  g_assert_null (gcoap_problem_details_get_title (details));

  g_assert_cmpuint (gcoap_message_get_code (untold), ==, GCOAP_CODE_FORBIDDEN);
  untold_details = gcoap_problem_details_parse (gcoap_message_get_payload (untold), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_problem_details_get_title (untold_details), ==, "Forbidden");
  g_assert_null (gcoap_problem_details_get_detail (untold_details));

  g_assert_cmpuint (gcoap_message_get_code (nameless), ==, 0x9f);
  gcoap_message_get_payload_data (cut, &length);
  g_assert_cmpuint (length, ==, GCOAP_DIAGNOSTIC_MAX_BYTES);
}

static void
test_problem_to_error (void)
{
  const struct
  {
    const char *edn;
    const char *text;
  } rows[] = {
    { "{-1: \"Too hot\", -2: \"It is\\n41 degrees\"}", "4.03 Forbidden: Too hot: It is 41 degrees" },
    { "{-1: 38([\"en\", \"Too hot\"])}", "4.03 Forbidden: Too hot" },
    { "{-8: 65001}", "4.03 Forbidden: options not processed: 65001" },
    { "{-4: 131}", "4.03 Forbidden" },
    { "[]", "4.03 Forbidden" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_FORBIDDEN);
      g_autoptr (GBytes) payload = gcoap_edn_parse (rows[i].edn, -1, GCOAP_EDN_DEFAULT, NULL);
      g_autoptr (GError) error = NULL;

      gcoap_message_set_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, 257);
      gcoap_message_set_payload (response, payload);
      error = gcoap_message_to_error (response);
      g_assert_cmpstr (error->message, ==, rows[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error-message/codes", test_codes);
  g_test_add_func ("/error-message/diagnostic", test_diagnostic);
  g_test_add_func ("/error-message/to-error", test_to_error);
  g_test_add_func ("/error-message/to-error-special", test_to_error_special);
  g_test_add_func ("/error-message/accepting", test_accepting);
  g_test_add_func ("/error-message/problem-to-error", test_problem_to_error);
  return g_test_run ();
}
