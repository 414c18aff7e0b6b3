/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-web-origins-private.h"

#include <string.h>

#include "base/gcoap-error.h"

static gboolean
allows (const char *entry,
        const char *origin)
{
  const char *const texts[] = { "https://first.example", entry, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapWebOrigins) origins = gcoap_web_origins_new (texts, &error);

  g_assert_no_error (error);
  g_assert_true (gcoap_web_origins_allow (origins, (GcoapHttpText) { "https://first.example", 21 }));
  return gcoap_web_origins_allow (origins, (GcoapHttpText) { origin, strlen (origin) });
}

static void
test_allow (void)
{
  g_assert_true (allows ("https://app.example", "https://app.example"));
  g_assert_true (allows ("HTTPS://App.Example", "https://app.example"));
  g_assert_true (allows ("https://app.example:443", "https://app.example"));
  g_assert_true (allows ("http://app.example:80", "http://app.example"));
  g_assert_true (allows ("http://app.example:443", "http://app.example:443"));
  g_assert_true (allows ("http://[::1]:8000", "http://[::1]:8000"));
  g_assert_true (allows ("http://[2001:DB8::1]", "http://[2001:db8::1]"));
  g_assert_true (allows ("moz-extension://0123", "moz-extension://0123"));
  g_assert_true (allows ("null", "null"));
  g_assert_true (allows ("*", "http://whatever.example"));
  g_assert_true (allows ("*", "null"));

  g_assert_false (allows ("https://app.example", "http://app.example"));
  g_assert_false (allows ("https://app.example", "https://app.example:8443"));
  g_assert_false (allows ("https://app.example:8443", "https://app.example"));
  g_assert_false (allows ("https://app.example", "https://sub.app.example"));
  g_assert_false (allows ("https://app.example", "https://app.exampl"));
  g_assert_false (allows ("https://app.example", "https://app.example.evil"));
  g_assert_false (allows ("https://app.example", "https://app.example/"));
  g_assert_false (allows ("https://app.example", ""));
  g_assert_false (allows ("https://app.example", "null"));
}

static void
test_none (void)
{
  const char *const texts[] = { NULL };
  g_autoptr (GcoapWebOrigins) origins = gcoap_web_origins_new (texts, NULL);
  g_autoptr (GcoapWebOrigins) same = gcoap_web_origins_ref (origins);

  g_assert_true (same == origins);
  g_assert_false (gcoap_web_origins_allow (origins, (GcoapHttpText) { "http://a", 8 }));
  g_assert_false (gcoap_web_origins_allow (origins, (GcoapHttpText) { NULL, 0 }));
}

static void
test_no_origins (void)
{
  static const char *const cases[] = {
    "", "app.example", "https://", "https:app.example", "https://app.example/", "https://app.example/path",
    "https://app.example?a", "https://app.example#a", "https://user@app.example", "https://app.example:port",
    "https://*.example", "https://\xc3\xa4.example", "https://a b", "**", "\xff",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *const texts[] = { "*", cases[i], NULL };
      g_autofree char *shown = g_utf8_make_valid (cases[i], -1);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", shown);
      g_assert_null (gcoap_web_origins_new (texts, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/web-origins/allow", test_allow);
  g_test_add_func ("/web-origins/none", test_none);
  g_test_add_func ("/web-origins/no-origins", test_no_origins);
  return g_test_run ();
}
