/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* URIs as options and options as URIs, with the examples of the RFCs. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

static char *
dup_option_lines (GcoapMessage *message)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  for (guint i = 0; i < gcoap_message_get_n_options (message); i++)
    {
      guint number = 0;
      const guint8 *data = NULL;
      gsize length = 0;

      g_assert_true (gcoap_message_peek_option_at (message, i, &number, &data, &length));
      g_string_append_printf (lines, "%u:%.*s;", number, (int) length, (const char *) data);
    }

  return g_string_free (g_steal_pointer (&lines), FALSE);
}

static void
test_apply (void)
{
  static const struct
  {
    const char *uri;
    const char *options;
    const char *destination;
  } rows[] = {
    { "coap://example.net", "3:example.net;", "coap://example.net" },
    { "coap://example.net:61616/", "3:example.net;", "coap://example.net:61616" },
    { "coap://EXAMPLE.net/?", "3:example.net;15:;", "coap://example.net" },
    { "coap://192.0.2.1/a/", "11:a;11:;", "coap://192.0.2.1" },
    { "coap://[::1]//%2F//?%2F%2F&?%26", "11:;11:/;11:;11:;15://;15:?&;", "coap://[::1]" },
    /* A zone goes nowhere but to whoever finds the address. */
    { "coap://[fe80::1%25eth0]:7/a", "11:a;", "coap://[fe80::1%25eth0]:7" },
    { "coap+ws://example.org/sensors/temperature?u=Cel", "3:example.org;11:sensors;11:temperature;15:u=Cel;",
      "coap+ws://example.org" },
    { "coap://%2Frun%2FDev.sock/a", "11:a;", "coap://%2Frun%2FDev.sock" },
    { "coap://%C3%A9.example/", "3:\xc3\xa9.example;", "coap://%C3%A9.example" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, rows[i].uri, &error);
      g_autofree char *options = NULL;

      g_test_message ("%s", rows[i].uri);
      g_assert_no_error (error);
      g_assert_cmpuint (gcoap_message_get_code (request), ==, GCOAP_CODE_GET);
      options = dup_option_lines (request);
      g_assert_cmpstr (options, ==, rows[i].options);
      g_assert_cmpstr (gcoap_message_get_destination (request), ==, rows[i].destination);
      g_assert_true (gcoap_message_validate (request, &error));
    }
}

static void
test_apply_replaces (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapUri) uri = gcoap_uri_parse ("coap://[::1]/new", NULL);
  g_autofree char *options = NULL;

  gcoap_message_set_option_string (request, GCOAP_OPTION_URI_HOST, "old");
  gcoap_message_set_option_uint (request, GCOAP_OPTION_URI_PORT, 1);
  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "old");
  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_QUERY, "old");
  gcoap_message_set_option_string (request, GCOAP_OPTION_PROXY_URI, "coap://old/");
  gcoap_message_set_option_string (request, GCOAP_OPTION_PROXY_SCHEME, "coap");
  gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, '0');

  gcoap_uri_apply (uri, request);
  options = dup_option_lines (request);
  g_assert_cmpstr (options, ==, "11:new;17:0;");
}

static void
test_new_for_bad_uri (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_message_new_for_uri (GCOAP_CODE_GET, "http://h/", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
}

/* Option values as one string each, added in this order; NULL result: error. */
typedef struct
{
  const char *origin;
  const char *host;
  guint port;                /* 0: absent */
  const char *path[5];
  const char *query[4];
  const char *proxy_scheme;
  const char *result;
} ComposeRow;

static const ComposeRow compose_rows[] = {
  /* RFC 7252 Appendix B. The last example prints the slashes of the query as
   * "%2F", though step 8 of the algorithm leaves them alone; the steps win, and
   * what the example prints makes the same options. */
  { "coap://[2001:db8::2:1]", NULL, 0, { NULL }, { NULL }, NULL, "coap://[2001:db8::2:1]/" },
  { "coap://[2001:db8::2:1]", "example.net", 0, { NULL }, { NULL }, NULL, "coap://example.net/" },
  { "coap://[2001:db8::2:1]", "example.net", 0, { ".well-known", "core" }, { NULL }, NULL,
    "coap://example.net/.well-known/core" },
  { "coap://[2001:db8::2:1]", "xn--18j4d.example", 0,
    { "\xE3\x81\x93\xE3\x82\x93\xE3\x81\xAB\xE3\x81\xA1\xE3\x81\xAF" }, { NULL }, NULL,
    "coap://xn--18j4d.example/%E3%81%93%E3%82%93%E3%81%AB%E3%81%A1%E3%81%AF" },
  { "coap://198.51.100.1:61616", NULL, 0, { "", "/", "", "" }, { "//", "?&" }, NULL,
    "coap://198.51.100.1:61616//%2F//?//&?%26" },

  /* Host and port. */
  { "coaps://[2001:DB8::1]:5684", NULL, 0, { "a" }, { NULL }, NULL, "coaps://[2001:db8::1]/a" },
  { "coap+tcp://h", NULL, 99, { "a" }, { NULL }, NULL, "coap+tcp://h:99/a" },
  { "coap://192.0.2.1:99", NULL, 5683, { NULL }, { NULL }, NULL, "coap://192.0.2.1/" },
  { "coap://192.0.2.1", "Example.NET", 1, { NULL }, { NULL }, NULL, "coap://example.net:1/" },
  { "coap://192.0.2.1", "192.0.2.2", 0, { NULL }, { NULL }, NULL, "coap://192.0.2.2/" },
  { "coap://192.0.2.1", "[2001:db8::0:1]", 0, { NULL }, { NULL }, NULL, "coap://[2001:db8::1]/" },
  { "coap://192.0.2.1", "\xc3\xa9.example", 0, { NULL }, { NULL }, NULL, "coap://%C3%A9.example/" },
  { "coap://[fe80::1%eth0]", NULL, 0, { "a" }, { NULL }, NULL, "coap://[fe80::1%25eth0]/a" },
  { "coap://192.0.2.1", "a b", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "a/b", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "u@h", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "h:1", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "a%41", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "::1", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "[::1", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "[fe80::1%25eth0]", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "\xff", 0, { NULL }, { NULL }, NULL, NULL },
  { "coap://192.0.2.1", "#", 0, { NULL }, { NULL }, NULL, NULL },

  /* Path and query. */
  { "coap://h", NULL, 0, { "" }, { NULL }, NULL, "coap://h/" },
  { "coap://h", NULL, 0, { "a", "" }, { NULL }, NULL, "coap://h/a/" },
  { "coap://h", NULL, 0, { "?#[]%\"" }, { "#[]%&+" }, NULL, "coap://h/%3F%23%5B%5D%25%22?%23%5B%5D%25%26+" },
  { "coap://h", NULL, 0, { ":@!$&'()*+,;=-._~" }, { ":@/?!$'()*+,;=-._~" }, NULL,
    "coap://h/:@!$&'()*+,;=-._~?:@/?!$'()*+,;=-._~" },
  { "coap://h", NULL, 0, { NULL }, { "" }, NULL, "coap://h/?" },
  { "coap://h", NULL, 0, { NULL }, { "", "" }, NULL, "coap://h/?&" },
  { "coap://h", NULL, 0, { "..." }, { ".." }, NULL, "coap://h/...?.." },
  { "coap://h", NULL, 0, { "a", ".." }, { NULL }, NULL, NULL },
  { "coap://h", NULL, 0, { "." }, { NULL }, NULL, NULL },
  { "coap://h", NULL, 0, { "\xc3" }, { NULL }, NULL, NULL },
  { "coap://h", NULL, 0, { NULL }, { "\xff" }, NULL, NULL },

  /* RFC 7252 §5.10.2. */
  { "coap://h", "example.com", 0, { "a" }, { "b" }, "HTTP", "http://example.com/a?b" },
  { "coap://h", "example.com", 5683, { NULL }, { NULL }, "coap+ws", "coap+ws://example.com:5683/" },
  { "coap://h", "example.com", 80, { NULL }, { NULL }, "coap+ws", "coap+ws://example.com/" },
  { "coap://h", "example.com", 0, { NULL }, { NULL }, "coaps", "coaps://example.com/" },
  { "coap://h", "example.com", 0, { NULL }, { NULL }, "a b", NULL },
  { "coap://h", "example.com", 0, { NULL }, { NULL }, "http:", NULL },

  /* An origin is where a request goes, nothing else. */
  { "http://h", NULL, 0, { NULL }, { NULL }, NULL, NULL },
  { "h", NULL, 0, { NULL }, { NULL }, NULL, NULL },
};

static void
test_compose (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (compose_rows); i++)
    {
      const ComposeRow *row = &compose_rows[i];
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GError) error = NULL;
      g_autofree char *uri = NULL;

      if (row->host != NULL)
        gcoap_message_set_option (request, GCOAP_OPTION_URI_HOST, (const guint8 *) row->host, strlen (row->host));
      if (row->port != 0)
        gcoap_message_set_option_uint (request, GCOAP_OPTION_URI_PORT, row->port);
      for (gsize j = 0; row->path[j] != NULL; j++)
        gcoap_message_add_option (request, GCOAP_OPTION_URI_PATH,
                                  (const guint8 *) row->path[j], strlen (row->path[j]));
      for (gsize j = 0; row->query[j] != NULL; j++)
        gcoap_message_add_option (request, GCOAP_OPTION_URI_QUERY,
                                  (const guint8 *) row->query[j], strlen (row->query[j]));
      if (row->proxy_scheme != NULL)
        gcoap_message_set_option_string (request, GCOAP_OPTION_PROXY_SCHEME, row->proxy_scheme);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      uri = gcoap_uri_compose (request, row->origin, &error);
      g_assert_cmpstr (uri, ==, row->result);
      if (row->result == NULL)
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
      else
        g_assert_no_error (error);
    }
}

/* The last example of RFC 7252 Appendix B, as printed. */
static void
test_compose_appendix_b (void)
{
  static const char *const printed = "coap://198.51.100.1:61616//%2F//?%2F%2F&?%26";
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, printed, NULL);
  g_autofree char *composed = gcoap_uri_compose (request, NULL, NULL);
  g_autoptr (GcoapMessage) again = gcoap_message_new_for_uri (GCOAP_CODE_GET, composed, NULL);
  g_autofree char *options = dup_option_lines (request);
  g_autofree char *options_again = dup_option_lines (again);

  g_assert_cmpstr (options, ==, "11:;11:/;11:;11:;15://;15:?&;");
  g_assert_cmpstr (options_again, ==, options);
  g_assert_cmpstr (gcoap_message_get_destination (request), ==, "coap://198.51.100.1:61616");
}

static void
test_compose_nul (void)
{
  static const guint8 nul[] = { 'a', 0, 'b' };
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://h/", NULL);
  g_autoptr (GError) error = NULL;

  gcoap_message_add_option (request, GCOAP_OPTION_URI_PATH, nul, sizeof nul);
  g_assert_null (gcoap_uri_compose (request, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
}

static void
test_compose_port_zero (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://h/", NULL);
  g_autoptr (GError) error = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_URI_PORT, 0);
  g_assert_null (gcoap_uri_compose (request, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
}

static void
test_compose_destination (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://h:7/a?b", NULL);
  g_autoptr (GcoapMessage) nowhere = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = gcoap_uri_compose (request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (uri, ==, "coap://h:7/a?b");
  g_assert_null (gcoap_uri_compose (nowhere, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
}

/* A socket has no port; a name that is asked for through it may. */
static void
test_compose_path (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://%2Frun%2FDev.sock/a", NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_URI_PORT, 7);
  uri = gcoap_uri_compose (request, NULL, &error);
  g_assert_cmpstr (uri, ==, "coap://%2Frun%2FDev.sock/a");
  gcoap_message_set_option_string (request, GCOAP_OPTION_URI_HOST, "h");
  g_clear_pointer (&uri, g_free);
  uri = gcoap_uri_compose (request, NULL, &error);
  g_assert_cmpstr (uri, ==, "coap://h:7/a");
  /* Only the origin may be a path: no option can name one. */
  gcoap_message_set_option_string (request, GCOAP_OPTION_URI_HOST, "/run/x");
  g_assert_null (gcoap_uri_compose (request, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
}

static void
test_proxy_uri (void)
{
  static const struct
  {
    const char *value;
    gboolean is_good;
  } rows[] = {
    { "http://user@example.com:8080/a?b", TRUE },
    { "coap://[2001:db8::1]/", TRUE },
    { "urn:x:y", TRUE },
    { "/a", FALSE },
    { "coap", FALSE },
    { "1:2", FALSE },
    { "coap://h/#a", FALSE },
    { "coap://h/a b", FALSE },
    { "coap://h/%4", FALSE },
    { "coap://h/\xff", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GError) error = NULL;
      g_autofree char *uri = NULL;

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      gcoap_message_set_option (request, GCOAP_OPTION_PROXY_URI,
                                (const guint8 *) rows[i].value, strlen (rows[i].value));
      uri = gcoap_uri_compose (request, NULL, &error);
      g_assert_cmpstr (uri, ==, rows[i].is_good ? rows[i].value : NULL);
      if (!rows[i].is_good)
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
    }
}

static void
test_location (void)
{
  static const struct
  {
    const char *path[4];
    const char *query[3];
    guint other;
    const char *result;
    const char *resolved;
  } rows[] = {
    { { "a", "b" }, { "x=1" }, 0, "/a/b?x=1", "coap://h/a/b?x=1" },
    { { "a" }, { NULL }, 0, "/a", "coap://h/a" },
    { { "a", "" }, { NULL }, 0, "/a/", "coap://h/a/" },
    { { NULL }, { "x", "y&" }, 0, "/?x&y%26", "coap://h/?x&y%26" },
    { { "a/b" }, { NULL }, 0, "/a%2Fb", "coap://h/a%2Fb" },
    /* It must not be taken for a reference to the host "evil". */
    { { "", "evil" }, { NULL }, 0, "/.//evil", "coap://h//evil" },
    { { "" }, { NULL }, 0, "/", "coap://h/" },
    { { NULL }, { NULL }, 0, NULL },
    { { "a", ".." }, { NULL }, 0, NULL },
    { { "\xff" }, { NULL }, 0, NULL },
    { { "a" }, { NULL }, 128, NULL },
    { { "a" }, { NULL }, 140, NULL },
    { { "a" }, { NULL }, 144, "/a", "coap://h/a" },
  };
  g_autoptr (GcoapUri) base = gcoap_uri_parse ("coap://h/parent/child?q", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CREATED);
      g_autoptr (GcoapUri) resolved = NULL;
      g_autofree char *location = NULL;
      g_autofree char *text = NULL;

      for (gsize j = 0; rows[i].path[j] != NULL; j++)
        gcoap_message_add_option (response, GCOAP_OPTION_LOCATION_PATH,
                                  (const guint8 *) rows[i].path[j], strlen (rows[i].path[j]));
      for (gsize j = 0; rows[i].query[j] != NULL; j++)
        gcoap_message_add_option_string (response, GCOAP_OPTION_LOCATION_QUERY, rows[i].query[j]);
      if (rows[i].other != 0)
        gcoap_message_set_option (response, rows[i].other, NULL, 0);

      g_test_message ("row %" G_GSIZE_FORMAT, i);
      location = gcoap_uri_compose_location (response);
      g_assert_cmpstr (location, ==, rows[i].result);
      if (location == NULL)
        continue;
      resolved = gcoap_uri_resolve (base, location, NULL);
      text = gcoap_uri_to_string (resolved);
      g_assert_cmpstr (text, ==, rows[i].resolved);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uri-options/apply", test_apply);
  g_test_add_func ("/uri-options/apply-replaces", test_apply_replaces);
  g_test_add_func ("/uri-options/new-for-bad-uri", test_new_for_bad_uri);
  g_test_add_func ("/uri-options/compose", test_compose);
  g_test_add_func ("/uri-options/compose-appendix-b", test_compose_appendix_b);
  g_test_add_func ("/uri-options/compose-nul", test_compose_nul);
  g_test_add_func ("/uri-options/compose-port-zero", test_compose_port_zero);
  g_test_add_func ("/uri-options/compose-destination", test_compose_destination);
  g_test_add_func ("/uri-options/compose-path", test_compose_path);
  g_test_add_func ("/uri-options/proxy-uri", test_proxy_uri);
  g_test_add_func ("/uri-options/location", test_location);
  return g_test_run ();
}
