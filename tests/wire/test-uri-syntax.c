/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of URIs that schemes share: components, hosts, references. */
#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-uri-syntax-private.h"

static void
test_check (void)
{
  static const struct
  {
    const char *text;
    const char *allowed;
    gssize bad;          /* -1: none */
  } rows[] = {
    { "", "", -1 },
    { "aZ09-._~", "", -1 },
    { "a b", "", 1 },
    { "a/b", "", 1 },
    { "a/b", "/", -1 },
    { "%41%fF", "", -1 },
    { "a%4", "", 1 },
    { "a%", "%", 1 },
    { "%4g", "", 0 },
    { "\xc3\xa9", GCOAP_URI_QUERY_CHARACTERS, 0 },
    { "a\x7f", GCOAP_URI_QUERY_CHARACTERS, 1 },
    { "#", GCOAP_URI_QUERY_CHARACTERS, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize bad = 99;
      gboolean good = gcoap_uri_syntax_check (rows[i].text, 0, strlen (rows[i].text), rows[i].allowed, &bad);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (good, ==, rows[i].bad < 0);
      if (!good)
        g_assert_cmpuint (bad, ==, rows[i].bad);
    }
}

static void
test_decode (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strconcat ("..", "%2f%C3%A9x", "..", NULL);
  g_autofree char *value = NULL;
  g_autofree char *longest = g_strnfill (GCOAP_URI_MAX_COMPONENT + 1, 'a');

  value = gcoap_uri_syntax_decode (text, 2, strlen (text) - 2, "", "part", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (value, ==, "/\xc3\xa9x");

  g_clear_pointer (&value, g_free);
  value = gcoap_uri_syntax_decode (longest, 1, GCOAP_URI_MAX_COMPONENT + 1, "", "part", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (value), ==, GCOAP_URI_MAX_COMPONENT);

  g_assert_null (gcoap_uri_syntax_decode (longest, 0, GCOAP_URI_MAX_COMPONENT + 1, "", "part", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
  g_assert_cmpstr (error->message, ==, "Invalid URI: the part is longer than 255 bytes (byte 255).");
}

static void
test_hosts (void)
{
  static const struct
  {
    const char *text;
    const char *name;     /* NULL: an error */
    const char *zone;
    gboolean is_literal;
    const char *written;  /* NULL: as the text */
  } rows[] = {
    { "example.com", "example.com", NULL, FALSE, NULL },
    { "EXAMPLE.com", "example.com", NULL, FALSE, "example.com" },
    { "%41b", "ab", NULL, FALSE, "ab" },
    { "a_b~c!$&'()*+,;=", "a_b~c!$&'()*+,;=", NULL, FALSE, NULL },
    { "%C3%89.example", "\xc3\x89.example", NULL, FALSE, NULL },
    { "192.0.2.1", "192.0.2.1", NULL, TRUE, NULL },
    { "%31%39%32.0.2.1", "192.0.2.1", NULL, TRUE, "192.0.2.1" },
    { "192.0.2.256", "192.0.2.256", NULL, FALSE, NULL },
    { "192.0.2", "192.0.2", NULL, FALSE, NULL },
    { "[::1]", "::1", NULL, TRUE, NULL },
    { "[2001:DB8:0:0:0:0:2:1]", "2001:db8::2:1", NULL, TRUE, "[2001:db8::2:1]" },
    { "[::ffff:192.0.2.1]", "::ffff:192.0.2.1", NULL, TRUE, NULL },
    { "[fe80::1%25eth0]", "fe80::1", "eth0", TRUE, NULL },
    { "[fe80::1%eth0]", "fe80::1", "eth0", TRUE, "[fe80::1%25eth0]" },
    { "[fe80::1%251]", "fe80::1", "1", TRUE, NULL },
    { "[fe80::1%2]", "fe80::1", "2", TRUE, "[fe80::1%252]" },
    { "[fe80::1%25eth0%3A1]", "fe80::1", "eth0:1", TRUE, NULL },
    { "", NULL },
    { "a b", NULL },
    { "a/b", NULL },
    { "a%2Fb", NULL },
    { "a%20b", NULL },
    { "a%3Ab", NULL },
    { "%5B::1%5D", NULL },
    { "a%00b", NULL },
    { "%FF", NULL },
    { "\xc3\xa9", NULL },
    { "[", NULL },
    { "[]", NULL },
    { "[::1", NULL },
    { "[::1]x", NULL },
    { "[192.0.2.1]", NULL },
    { "[v1.x]", NULL },
    { "[:::1]", NULL },
    { "[1:2:3:4:5:6:7:8:9]", NULL },
    { "[1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa]", NULL },
    { "[fe80::1%25]", NULL },
    { "[fe80::1%]", NULL },
    { "[fe80::1%25a%2Fb]", NULL },
    { "[fe80::1%25a%00b]", NULL },
    { "[fe80::1%25%C3%A9]", NULL },
    { "[fe80::1%25a%25b]", NULL },
    { "[%25eth0]", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GcoapUriHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) written = g_string_new (NULL);
      gboolean success;

      g_test_message ("%s", rows[i].text);
      success = gcoap_uri_syntax_parse_host (rows[i].text, 0, strlen (rows[i].text), &host, &error);
      if (rows[i].name == NULL)
        {
          g_assert_false (success);
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
          continue;
        }

      g_assert_no_error (error);
      g_assert_true (success);
      g_assert_cmpstr (host.name, ==, rows[i].name);
      g_assert_cmpstr (host.zone, ==, rows[i].zone);
      g_assert_cmpint (host.is_literal, ==, rows[i].is_literal);
      gcoap_uri_host_append (&host, written);
      g_assert_cmpstr (written->str, ==, rows[i].written != NULL ? rows[i].written : rows[i].text);
    }
}

/* The case of a path counts, and it comes back as it was. */
static void
test_path_hosts (void)
{
  static const struct
  {
    const char *text;
    const char *name;     /* NULL: an error */
    const char *written;
  } rows[] = {
    { "%2Frun%2FDevice.sock", "/run/Device.sock", "%2Frun%2FDevice.sock" },
    { "%2fa%3a%25b", "/a:%b", "%2Fa%3A%25b" },
    { "%2Fa%0Ab", NULL, NULL },
    { "%2Fa%00b", NULL, NULL },
    { "%2Fa/b", NULL, NULL },
    { "%2F%FF", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GcoapUriHost) host = { 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) written = g_string_new (NULL);

      if (!gcoap_uri_syntax_parse_host (rows[i].text, 0, strlen (rows[i].text), &host, &error))
        {
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
          g_assert_null (rows[i].name);
          continue;
        }
      g_assert_cmpstr (host.name, ==, rows[i].name);
      g_assert_true (host.is_path);
      g_assert_false (host.is_literal);
      gcoap_uri_host_append (&host, written);
      g_assert_cmpstr (written->str, ==, rows[i].written);
    }
}

static void
test_schemes (void)
{
  g_assert_true (gcoap_uri_syntax_is_scheme ("coap+tcp", 8));
  g_assert_true (gcoap_uri_syntax_is_scheme ("a1.-+", 5));
  g_assert_false (gcoap_uri_syntax_is_scheme ("", 0));
  g_assert_false (gcoap_uri_syntax_is_scheme ("1a", 2));
  g_assert_false (gcoap_uri_syntax_is_scheme ("+a", 2));
  g_assert_false (gcoap_uri_syntax_is_scheme ("a b", 3));
  g_assert_false (gcoap_uri_syntax_is_scheme ("a%41", 4));
}

static void
test_references (void)
{
  static const struct
  {
    const char *text;
    gssize bad;
  } rows[] = {
    { "", -1 },
    { "/", -1 },
    { "a/b?c#d", -1 },
    { "coap://[::1]:5683/a?b", -1 },
    { "http://user@h:80/?a=[b", 20 },
    { "urn:ietf:rfc:6690", -1 },
    { "http://www.example.org/myapp.wadl#sensor", -1 },
    { "./a:b", -1 },
    { "1a:b", 0 },
    { ":b", 0 },
    { "/a:b", -1 },
    { "//h", -1 },
    { "a#b#c", 3 },
    { "a b", 1 },
    { "/a/\x01", 3 },
    { "/a%2", 2 },
    { "/a%zz", 2 },
    { "/a%41", -1 },
    { "/[", 1 },
    { "/\"", 1 },
    { "/<", 1 },
    { "?a\\", 2 },
    { "#a/b?c", -1 },
    { "//h h", 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize bad = 99;
      gboolean good = gcoap_uri_syntax_is_reference (rows[i].text, strlen (rows[i].text), &bad);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpint (good, ==, rows[i].bad < 0);
      if (!good)
        g_assert_cmpuint (bad, ==, rows[i].bad);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uri-syntax/check", test_check);
  g_test_add_func ("/uri-syntax/decode", test_decode);
  g_test_add_func ("/uri-syntax/hosts", test_hosts);
  g_test_add_func ("/uri-syntax/path-hosts", test_path_hosts);
  g_test_add_func ("/uri-syntax/schemes", test_schemes);
  g_test_add_func ("/uri-syntax/references", test_references);
  return g_test_run ();
}
