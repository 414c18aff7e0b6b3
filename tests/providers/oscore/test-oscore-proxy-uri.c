/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-proxy-uri-private.h"

#include <string.h>

#include "base/gcoap-error.h"

static void
test_split (void)
{
  static const struct
  {
    const char *uri;
    const char *outer;
    const char *path;    /* segments behind slashes */
    const char *query;   /* arguments behind question marks */
  } uris[] = {
    { "coap://example.com/resource?q=1", "coap://example.com", "/resource", "?q=1" },
    { "coap://example.com:61616/a/b%2Fc/", "coap://example.com:61616", "/a/b/c/", "" },
    { "coaps://[2001:db8::1]", "coaps://[2001:db8::1]", "", "" },
    { "coap://example.com/", "coap://example.com", "", "" },
    { "http://example.com/x?a=1&b=%26", "http://example.com", "/x", "?a=1?b=&" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GcoapMessage) outer = gcoap_message_new (GCOAP_CODE_POST);
      g_autoptr (GcoapMessage) inner = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GString) path = g_string_new (NULL);
      g_autoptr (GString) query = g_string_new (NULL);
      g_autofree char *left = NULL;
      g_autoptr (GError) error = NULL;

      gcoap_message_set_option_string (outer, GCOAP_OPTION_PROXY_URI, uris[i].uri);
      g_assert_true (gcoap_oscore_split_proxy_uri (outer, inner, &error));
      g_assert_no_error (error);
      left = gcoap_message_get_option_string (outer, GCOAP_OPTION_PROXY_URI, 0);
      g_assert_cmpstr (left, ==, uris[i].outer);
      for (guint j = 0; j < gcoap_message_count_option (inner, GCOAP_OPTION_URI_PATH); j++)
        {
          g_autofree char *one = gcoap_message_get_option_string (inner, GCOAP_OPTION_URI_PATH, j);

          g_string_append_printf (path, "/%s", one);
        }
      for (guint j = 0; j < gcoap_message_count_option (inner, GCOAP_OPTION_URI_QUERY); j++)
        {
          g_autofree char *one = gcoap_message_get_option_string (inner, GCOAP_OPTION_URI_QUERY, j);

          g_string_append_printf (query, "?%s", one);
        }
      g_assert_cmpstr (path->str, ==, uris[i].path);
      g_assert_cmpstr (query->str, ==, uris[i].query);
    }
}

/* What cannot be taken apart would tell the proxy everything. */
static void
test_refused (void)
{
  g_autofree char *long_segment = g_strnfill (256, 'a');
  g_autofree char *too_long = g_strconcat ("coap://example.com/", long_segment, NULL);
  const char *uris[] = {
    "urn:dev:mac:0024befffe804ff1", "no uri", "coap:///path", "coap://user@example.com/",
    "coap://example.com/#fragment", "coap://example.com/a%00b", too_long,
  };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GcoapMessage) outer = gcoap_message_new (GCOAP_CODE_POST);
      g_autoptr (GcoapMessage) inner = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GError) error = NULL;

      gcoap_message_set_option_string (outer, GCOAP_OPTION_PROXY_URI, uris[i]);
      g_assert_false (gcoap_oscore_split_proxy_uri (outer, inner, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-proxy-uri/split", test_split);
  g_test_add_func ("/oscore-proxy-uri/refused", test_refused);
  return g_test_run ();
}
