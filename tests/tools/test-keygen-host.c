/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hosts: which are names, which are addresses, and which are neither. */
#include "gcoap-keygen/keygen-host.h"

static void
test_good (void)
{
  static const struct { const char *text; const char *name; gboolean is_address; const char *pattern; } good[] = {
    { "localhost", "localhost", FALSE, "coaps://localhost/*" },
    { "a-b.example", "a-b.example", FALSE, "coaps://a-b.example/*" },
    { "*.example", "*.example", FALSE, "coaps://host/*" },
    { "b\xc3\xbc" "cher.example", "xn--bcher-kva.example", FALSE, "coaps://xn--bcher-kva.example/*" },
    { "127.0.0.1", "127.0.0.1", TRUE, "coaps://127.0.0.1/*" },
    { "::1", "::1", TRUE, "coaps://[::1]/*" },
    { "[2001:db8:0:0::1]", "2001:db8::1", TRUE, "coaps://[2001:db8::1]/*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (KeygenHost) host = keygen_host_parse (good[i].text, &error);
      g_autofree char *pattern = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (host->name, ==, good[i].name);
      g_assert_true ((host->address != NULL) == good[i].is_address);
      pattern = keygen_host_dup_pattern (host, "coaps");
      g_assert_cmpstr (pattern, ==, good[i].pattern);
    }
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "", ".", "a..b", "a.", "-a", "a-", "a b", "a/b", "a:5684", "coaps://a", "*", "a.*", "*a.example", "[127.0.0.1]",
    "[::1", "::1]", "[]", "fe80::1%eth0", "a\"", "\xff", "a\nb",
    "0123456789012345678901234567890123456789012345678901234567890123",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      KeygenHost *host = keygen_host_parse (bad[i], &error);

      if (host != NULL)
        g_error ("“%s” is taken as a host.", bad[i]);
      g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
    }
}

static void
test_pattern (void)
{
  char *hosts[] = { (char *) "a.example", NULL };
  char *bad[] = { (char *) "a b", NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *none = keygen_host_make_pattern (NULL, "coap", NULL);
  g_autofree char *one = keygen_host_make_pattern (hosts, "coap", NULL);

  g_assert_cmpstr (none, ==, "coap://host/*");
  g_assert_cmpstr (one, ==, "coap://a.example/*");
  g_assert_null (keygen_host_make_pattern (bad, "coap", &error));
  g_assert_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keygen-host/good", test_good);
  g_test_add_func ("/keygen-host/bad", test_bad);
  g_test_add_func ("/keygen-host/pattern", test_pattern);
  return g_test_run ();
}
