/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoAP URIs as values: what is accepted, what it means, how it is written. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

/* Path and query are joined by "|"; NULL means none. */
typedef struct
{
  const char *text;
  const char *normal;
  const char *host;
  guint port;
  const char *path;
  const char *query;
} GoodRow;

static const GoodRow good_rows[] = {
  { "coap://h", "coap://h/", "h", 5683, NULL, NULL },
  { "coap://h/", "coap://h/", "h", 5683, NULL, NULL },
  { "coaps://h", "coaps://h/", "h", 5684, NULL, NULL },
  { "coap+tcp://h", "coap+tcp://h/", "h", 5683, NULL, NULL },
  { "coaps+tcp://h", "coaps+tcp://h/", "h", 5684, NULL, NULL },
  { "coap+ws://h", "coap+ws://h/", "h", 80, NULL, NULL },
  { "coaps+ws://h", "coaps+ws://h/", "h", 443, NULL, NULL },
  { "CoAP+TCP://H/A", "coap+tcp://h/A", "h", 5683, "A", NULL },

  /* RFC 7252 §6.3: three that are equivalent. */
  { "coap://example.com:5683/~sensors/temp.xml", "coap://example.com/~sensors/temp.xml",
    "example.com", 5683, "~sensors|temp.xml", NULL },
  { "coap://EXAMPLE.com/%7Esensors/temp.xml", "coap://example.com/~sensors/temp.xml",
    "example.com", 5683, "~sensors|temp.xml", NULL },
  { "coap://EXAMPLE.com:/%7esensors/temp.xml", "coap://example.com/~sensors/temp.xml",
    "example.com", 5683, "~sensors|temp.xml", NULL },

  /* Ports. */
  { "coap://h:1", "coap://h:1/", "h", 1, NULL, NULL },
  { "coap://h:65535", "coap://h:65535/", "h", 65535, NULL, NULL },
  { "coap://h:00005684", "coap://h:5684/", "h", 5684, NULL, NULL },
  { "coaps+ws://h:443", "coaps+ws://h/", "h", 443, NULL, NULL },
  { "coap://[::1]:61616/a", "coap://[::1]:61616/a", "::1", 61616, "a", NULL },
  { "coap://[::1]:/a", "coap://[::1]/a", "::1", 5683, "a", NULL },

  /* RFC 7252 §6.4 step 8: a slash after a segment begins an empty one. */
  { "coap://h/a/", "coap://h/a/", "h", 5683, "a|", NULL },
  { "coap://h//", "coap://h//", "h", 5683, "|", NULL },
  { "coap://h///", "coap://h///", "h", 5683, "||", NULL },
  { "coap://h//a", "coap://h//a", "h", 5683, "|a", NULL },

  /* Separators that are decoded separate nothing. */
  { "coap://h/a%2Fb/c", "coap://h/a%2Fb/c", "h", 5683, "a/b|c", NULL },
  { "coap://h/?a%26b&c", "coap://h/?a%26b&c", "h", 5683, NULL, "a&b|c" },
  { "coap://h/a%3Fb%23", "coap://h/a%3Fb%23", "h", 5683, "a?b#", NULL },
  { "coap://h/%25", "coap://h/%25", "h", 5683, "%", NULL },
  { "coap://h/%2525", "coap://h/%2525", "h", 5683, "%25", NULL },
  { "coap://h/%e3%81%93", "coap://h/%E3%81%93", "h", 5683, "\xe3\x81\x93", NULL },
  { "coap://h/:@!$&'()*+,;=", "coap://h/:@!$&'()*+,;=", "h", 5683, ":@!$&'()*+,;=", NULL },

  /* Queries. */
  { "coap://h?", "coap://h/?", "h", 5683, NULL, "" },
  { "coap://h/?", "coap://h/?", "h", 5683, NULL, "" },
  { "coap://h/?a&b=c&&", "coap://h/?a&b=c&&", "h", 5683, NULL, "a|b=c||" },
  { "coap://h?a/b?c", "coap://h/?a/b?c", "h", 5683, NULL, "a/b?c" },
  { "coap://h/p?%2F%3F", "coap://h/p?/?", "h", 5683, "p", "/?" },

  /* RFC 3986 §5.2.4: dot segments of the text. */
  { "coap://h/.", "coap://h/", "h", 5683, NULL, NULL },
  { "coap://h/..", "coap://h/", "h", 5683, NULL, NULL },
  { "coap://h/a/..", "coap://h/", "h", 5683, NULL, NULL },
  { "coap://h/a/b/..", "coap://h/a/", "h", 5683, "a|", NULL },
  { "coap://h/a/b/../", "coap://h/a/", "h", 5683, "a|", NULL },
  { "coap://h/a/./b/.", "coap://h/a/b/", "h", 5683, "a|b|", NULL },
  { "coap://h/a/b/c/./../../g", "coap://h/a/g", "h", 5683, "a|g", NULL },
  { "coap://h/mid/content=5/../6", "coap://h/mid/6", "h", 5683, "mid|6", NULL },
  { "coap://h//..", "coap://h/", "h", 5683, NULL, NULL },
  { "coap://h/../../a", "coap://h/a", "h", 5683, "a", NULL },
  { "coap://h/.../a..", "coap://h/.../a..", "h", 5683, "...|a..", NULL },
  { "coap://h/a?../.", "coap://h/a?../.", "h", 5683, "a", "../." },

  /* Paths of sockets. */
  { "coap://%2frun%2FDev.sock/a", "coap://%2Frun%2FDev.sock/a", "/run/Dev.sock", 5683, "a", NULL },
  { "coap://%2Frun:?q", "coap://%2Frun/?q", "/run", 5683, NULL, "q" },

  /* Addresses. */
  { "coap://192.0.2.1/", "coap://192.0.2.1/", "192.0.2.1", 5683, NULL, NULL },
  { "coap://[2001:DB8::0:2:1]/", "coap://[2001:db8::2:1]/", "2001:db8::2:1", 5683, NULL, NULL },
  { "coap://[ff02::fd%eth0]:1234/a", "coap://[ff02::fd%25eth0]:1234/a", "ff02::fd", 1234, "a", NULL },
};

static char *
join (const char *const *values)
{
  return values[0] != NULL ? g_strjoinv ("|", (char **) values) : NULL;
}

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      const GoodRow *row = &good_rows[i];
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapUri) uri = gcoap_uri_parse (row->text, &error);
      g_autoptr (GcoapUri) again = NULL;
      g_autofree char *normal = NULL;
      g_autofree char *path = NULL;
      g_autofree char *query = NULL;
      g_autofree char *normal_again = NULL;

      g_test_message ("%s", row->text);
      g_assert_no_error (error);
      g_assert_cmpstr (gcoap_uri_get_host (uri), ==, row->host);
      g_assert_cmpuint (gcoap_uri_get_port (uri), ==, row->port);
      path = join (gcoap_uri_get_path (uri));
      g_assert_cmpstr (path, ==, row->path);
      query = join (gcoap_uri_get_query (uri));
      g_assert_cmpstr (query, ==, row->query);
      normal = gcoap_uri_to_string (uri);
      g_assert_cmpstr (normal, ==, row->normal);

      again = gcoap_uri_parse (normal, &error);
      g_assert_no_error (error);
      normal_again = gcoap_uri_to_string (again);
      g_assert_cmpstr (normal_again, ==, normal);
    }
}

static const struct
{
  const char *text;
  const char *message;  /* what the message must contain */
} bad_rows[] = {
  { "", "scheme" },
  { "coap", "scheme" },
  { "/a", "scheme" },
  { "//h/a", "scheme" },
  { "http://h/", "none of CoAP's (byte 0)" },
  { "coapx://h/", "none of CoAP's" },
  { "coa://h/", "none of CoAP's" },
  { "coap+udp://h/", "none of CoAP's" },
  { "://h/", "none of CoAP's" },
  { " coap://h/", "none of CoAP's" },
  { "coap:h", "“//” and a host must follow the scheme (byte 5)" },
  { "coap:/h", "“//”" },
  { "coap:", "“//”" },
  { "coap://", "the host is empty (byte 7)" },
  { "coap://%2Fx:1/", "the path of a socket has no port (byte 11)" },
  { "coap:///a", "the host is empty (byte 7)" },
  { "coap://?a", "the host is empty" },
  { "coap://:5683", "the host is empty" },
  { "coap://u@h/", "user information before the host (byte 8)" },
  { "coap://u:p@h/", "user information" },
  { "coap://@h/", "user information" },
  { "coap://h/#", "fragment (byte 9)" },
  { "coap://h#a", "fragment" },
  { "coap://h/?a#b", "fragment" },
  { "coap://h:0", "port is not between 1 and 65535 (byte 9)" },
  { "coap://h:65536", "port is not between 1 and 65535" },
  { "coap://h:99999999999999999999999999", "port is not between" },
  { "coap://h:4294967297", "port is not between" },
  { "coap://h:-1", "port is not a number (byte 9)" },
  { "coap://h:5683x", "port is not a number (byte 13)" },
  { "coap://h:1:2", "port is not a number" },
  { "coap://h: 1", "port is not a number" },
  { "coap://::1/", "the host is empty" },
  { "coap://2001:db8::1/", "port is not a number" },
  { "coap://[::1/", "matching" },
  { "coap://[::1]x/", "matching" },
  { "coap://[::g]/", "no IPv6 address" },
  { "coap://[fe80::1%25]/", "zone" },
  { "coap://h/%00", "NUL character (byte 9)" },
  { "coap://h/?%00", "NUL character" },
  { "coap://h%00/", "NUL character" },
  { "coap://h/a%2", "hexadecimal digits (byte 10)" },
  { "coap://h/%", "hexadecimal" },
  { "coap://h/%gg", "hexadecimal" },
  { "coap://h/?%4", "hexadecimal" },
  { "coap://h/%C3", "not UTF-8" },
  { "coap://h/%FF", "not UTF-8" },
  { "coap://h/%C0%80", "not UTF-8" },
  { "coap://h/%ED%A0%80", "not UTF-8" },
  { "coap://h/%C3/%A9", "not UTF-8 when decoded (byte 9)" },
  { "coap://h/?%C3&%A9", "not UTF-8" },
  { "coap://h/\xc3\xa9", "must be percent-encoded (byte 9)" },
  { "coap://h/a b", "must be percent-encoded (byte 10)" },
  { "coap://h/a\tb", "must be percent-encoded" },
  { "coap://h/a\\b", "must be percent-encoded" },
  { "coap://h/[", "must be percent-encoded" },
  { "coap://h/\"", "must be percent-encoded" },
  { "coap://h/a|b", "must be percent-encoded" },
  { "coap://h/?a^b", "must be percent-encoded" },
  { "coap://h/%2E", "dot segment is percent-encoded (byte 9)" },
  { "coap://h/%2e%2e/a", "dot segment is percent-encoded" },
  { "coap://h/a/.%2E", "dot segment is percent-encoded (byte 11)" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapUri) uri = gcoap_uri_parse (bad_rows[i].text, &error);

      g_test_message ("%s: %s", bad_rows[i].text, error != NULL ? error->message : "accepted");
      g_assert_null (uri);
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
      g_assert_nonnull (strstr (error->message, bad_rows[i].message));
    }
}

static void
test_limits (void)
{
  g_autofree char *longest = g_strnfill (255, 'a');
  g_autoptr (GString) text = g_string_new ("coap://h");
  g_autoptr (GError) error = NULL;
  static const char *const formats[] = { "coap://%s%s", "coap://h/%s%s", "coap://h/?%s%s" };

  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
      g_autofree char *fits = g_strdup_printf (formats[i], longest, "");
      g_autofree char *too_long = g_strdup_printf (formats[i], longest, "%41");
#pragma GCC diagnostic pop
      g_autoptr (GcoapUri) uri = gcoap_uri_parse (fits, &error);

      g_assert_no_error (error);
      g_assert_null (gcoap_uri_parse (too_long, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
      g_assert_nonnull (strstr (error->message, "longer than 255 bytes"));
      g_clear_error (&error);
    }

  /* Dot segments make any text short. */
  while (text->len < GCOAP_URI_MAX_LENGTH)
    g_string_append (text, "/.");
  {
    g_autoptr (GcoapUri) uri = gcoap_uri_parse (text->str, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (g_strv_length ((char **) gcoap_uri_get_path (uri)), ==, 0);
  }
  g_string_append_c (text, '/');
  g_assert_null (gcoap_uri_parse (text->str, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
  g_assert_nonnull (strstr (error->message, "longer than 65536 bytes"));
}

static void
test_components (void)
{
  for (guint n_segments = 1; n_segments <= GCOAP_URI_MAX_COMPONENTS; n_segments++)
    {
      g_autoptr (GString) text = g_string_new ("coap://h");
      g_autoptr (GcoapMessage) request = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n_segments; i++)
        g_string_append (text, "/a");
      for (guint i = n_segments; i < GCOAP_URI_MAX_COMPONENTS; i++)
        g_string_append (text, i == n_segments ? "?b" : "&b");

      /* All of them, and Uri-Host, fit into a message. */
      request = gcoap_message_new_for_uri (GCOAP_CODE_GET, text->str, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (gcoap_message_get_n_options (request), ==, GCOAP_URI_MAX_COMPONENTS + 1);

      g_string_append (text, n_segments == GCOAP_URI_MAX_COMPONENTS ? "/c" : "&c");
      g_assert_null (gcoap_uri_parse (text->str, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
      g_assert_nonnull (strstr (error->message, "more than 192"));
    }
}

static void
test_parts (void)
{
  g_autoptr (GcoapUri) uri = gcoap_uri_parse ("COAPS+TCP://[FE80::1%25lo]:7/a?b", NULL);
  g_autoptr (GcoapUri) same = gcoap_uri_ref (uri);
  g_autoptr (GcoapUri) name = gcoap_uri_parse ("coap+ws://h:80/x", NULL);
  g_autoptr (GcoapUri) path = gcoap_uri_parse ("coap://%2Frun%2Fx/", NULL);
  g_autofree char *origin = gcoap_uri_dup_origin (uri);
  g_autofree char *plain_origin = gcoap_uri_dup_origin (name);

  g_assert_true (same == uri);
  g_assert_cmpstr (gcoap_uri_get_scheme (uri), ==, "coaps+tcp");
  g_assert_cmpstr (gcoap_uri_get_zone (uri), ==, "lo");
  g_assert_true (gcoap_uri_host_is_literal (uri));
  g_assert_cmpstr (origin, ==, "coaps+tcp://[fe80::1%25lo]:7");
  g_assert_null (gcoap_uri_get_zone (name));
  g_assert_false (gcoap_uri_host_is_literal (name));
  g_assert_false (gcoap_uri_host_is_path (name));
  g_assert_false (gcoap_uri_host_is_path (uri));
  g_assert_true (gcoap_uri_host_is_path (path));
  g_assert_false (gcoap_uri_host_is_literal (path));
  g_assert_cmpstr (plain_origin, ==, "coap+ws://h");

  g_assert_cmpuint (gcoap_uri_scheme_get_default_port ("COAPS"), ==, 5684);
  g_assert_cmpuint (gcoap_uri_scheme_get_default_port ("http"), ==, 0);
}

/* RFC 3986 §5.4 with the scheme changed; NULL where CoAP forbids the result. */
static const struct
{
  const char *reference;
  const char *result;
} resolve_rows[] = {
  { "g:h", NULL },
  { "g", "coap://a/b/c/g" },
  { "./g", "coap://a/b/c/g" },
  { "g/", "coap://a/b/c/g/" },
  { "/g", "coap://a/g" },
  { "//g", "coap://g/" },
  { "?y", "coap://a/b/c/d;p?y" },
  { "g?y", "coap://a/b/c/g?y" },
  { "#s", NULL },
  { "g#s", NULL },
  { "g?y#s", NULL },
  { ";x", "coap://a/b/c/;x" },
  { "g;x", "coap://a/b/c/g;x" },
  { "", "coap://a/b/c/d;p?q" },
  { ".", "coap://a/b/c/" },
  { "./", "coap://a/b/c/" },
  { "..", "coap://a/b/" },
  { "../", "coap://a/b/" },
  { "../g", "coap://a/b/g" },
  { "../..", "coap://a/" },
  { "../../", "coap://a/" },
  { "../../g", "coap://a/g" },
  { "../../../g", "coap://a/g" },
  { "../../../../g", "coap://a/g" },
  { "/./g", "coap://a/g" },
  { "/../g", "coap://a/g" },
  { "g.", "coap://a/b/c/g." },
  { ".g", "coap://a/b/c/.g" },
  { "g..", "coap://a/b/c/g.." },
  { "..g", "coap://a/b/c/..g" },
  { "./../g", "coap://a/b/g" },
  { "./g/.", "coap://a/b/c/g/" },
  { "g/./h", "coap://a/b/c/g/h" },
  { "g/../h", "coap://a/b/c/h" },
  { "g;x=1/./y", "coap://a/b/c/g;x=1/y" },
  { "g;x=1/../y", "coap://a/b/c/y" },
  { "g?y/./x", "coap://a/b/c/g?y/./x" },
  { "g?y/../x", "coap://a/b/c/g?y/../x" },
  { "coap:g", NULL },

  { "coaps://x/y", "coaps://x/y" },
  { "http://x/y", NULL },
  { "//u@g", NULL },
  { "//", NULL },
  { "1:2", NULL },
  { "./1:2", "coap://a/b/c/1:2" },
  { "%2e%2e/g", NULL },
  { "a b", NULL },
  { "/.//g", "coap://a//g" },
};

static void
test_resolve (void)
{
  g_autoptr (GcoapUri) base = gcoap_uri_parse ("coap://a/b/c/d;p?q", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (resolve_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapUri) uri = gcoap_uri_resolve (base, resolve_rows[i].reference, &error);
      g_autofree char *text = uri != NULL ? gcoap_uri_to_string (uri) : NULL;

      g_test_message ("%s", resolve_rows[i].reference);
      g_assert_cmpstr (text, ==, resolve_rows[i].result);
      if (resolve_rows[i].result == NULL)
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
      else
        g_assert_no_error (error);
    }
}

/* Links keep the port and the zone of where they were found. */
static void
test_resolve_origin (void)
{
  g_autoptr (GcoapUri) base = gcoap_uri_parse ("coap+tcp://[fe80::1%25eth0]:99", NULL);
  g_autoptr (GcoapUri) uri = gcoap_uri_resolve (base, "a?b", NULL);
  g_autofree char *text = gcoap_uri_to_string (uri);

  g_assert_cmpstr (text, ==, "coap+tcp://[fe80::1%25eth0]:99/a?b");
}

static void
append_random (GString *text, const char *separators)
{
  static const char *const pieces[] = {
    "a", "Z", "~", "%41", "%2f", "%C3%A9", "%25", "%26", "..", ".", ":", "@", "!", "&", "+", "%3f", "",
  };
  guint n = g_test_rand_int_range (0, 12);

  for (guint i = 0; i < n; i++)
    if (g_test_rand_int_range (0, 3) == 0)
      g_string_append_c (text, separators[g_test_rand_int_range (0, (int) strlen (separators))]);
    else
      g_string_append (text, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);
}

/* What is accepted is written in a form that means the same and stays as it is. */
static void
test_random (void)
{
  guint n_accepted = 0;

  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GString) text = g_string_new ("coap://h/");
      g_autoptr (GcoapUri) uri = NULL;
      g_autoptr (GcoapUri) again = NULL;
      g_autofree char *normal = NULL;
      g_autofree char *normal_again = NULL;

      append_random (text, "/");
      if (g_test_rand_bit ())
        {
          g_string_append_c (text, '?');
          append_random (text, "/?&");
        }

      uri = gcoap_uri_parse (text->str, NULL);
      if (uri == NULL)
        continue;
      n_accepted++;
      normal = gcoap_uri_to_string (uri);
      again = gcoap_uri_parse (normal, NULL);
      g_assert_nonnull (again);
      normal_again = gcoap_uri_to_string (again);
      g_assert_cmpstr (normal, ==, normal_again);
      g_assert_true (g_strv_equal (gcoap_uri_get_path (uri), gcoap_uri_get_path (again)));
      g_assert_true (g_strv_equal (gcoap_uri_get_query (uri), gcoap_uri_get_query (again)));
    }

  g_assert_cmpuint (n_accepted, >, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uri/good", test_good);
  g_test_add_func ("/uri/bad", test_bad);
  g_test_add_func ("/uri/limits", test_limits);
  g_test_add_func ("/uri/components", test_components);
  g_test_add_func ("/uri/parts", test_parts);
  g_test_add_func ("/uri/resolve", test_resolve);
  g_test_add_func ("/uri/resolve-origin", test_resolve_origin);
  g_test_add_func ("/uri/random", test_random);
  return g_test_run ();
}
