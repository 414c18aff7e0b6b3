/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns: their one form, what they match, and which is more specific. */
#include "credentials/gcoap-credential-pattern-private.h"

#include "base/gcoap-error.h"

static void
test_match (void)
{
  static const struct
  {
    const char *pattern;
    const char *uri;
    gboolean    matches;
  } rows[] = {
    { "*", "coaps://h/", TRUE },
    { "coaps://h/*", "coaps://H:5684/a/b?q", TRUE },
    { "coaps://h/*", "coaps://h", TRUE },
    { "coaps://h/*", "coaps://h:1/", FALSE },
    { "coaps://h/*", "coap://h/", FALSE },
    { "coaps://h/*", "coaps://h.example/", FALSE },
    { "coaps://h/a", "coaps://h/a?q", TRUE },
    { "coaps://h/a", "coaps://h/a/b", FALSE },
    { "coaps://h/a/*", "coaps://h/ab", FALSE },
    { "coaps://h/a/*", "coaps://h/%61/b", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *pattern = gcoap_credential_pattern_normalize (rows[i].pattern);
      g_autofree char *subject = gcoap_credential_pattern_subject (rows[i].uri, NULL);

      g_test_message ("%s %s", pattern, subject);
      g_assert_true ((gcoap_credential_pattern_match (pattern, subject) > 0) == rows[i].matches);
    }
}

static void
test_order (void)
{
  gsize any = gcoap_credential_pattern_match ("*", "coaps://h/a/b");
  gsize host = gcoap_credential_pattern_match ("coaps://h/*", "coaps://h/a/b");
  gsize path = gcoap_credential_pattern_match ("coaps://h/a/*", "coaps://h/a/b");
  gsize exact = gcoap_credential_pattern_match ("coaps://h/a/b", "coaps://h/a/b");

  g_assert_true (0 < any && any < host && host < path && path < exact);
}

static void
test_errors (void)
{
  static const char *const bad[] = { "", "h/*", "coaps://h*", "coaps://*/", "coaps://h/a*", "coaps://h/?q", "coaps://h/**" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (gcoap_credential_pattern_check (bad[i], &error));
      g_assert_true (error->domain == GCOAP_ERROR);
      g_assert_null (gcoap_credential_pattern_normalize (bad[i]));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/credential-pattern/match", test_match);
  g_test_add_func ("/credential-pattern/order", test_order);
  g_test_add_func ("/credential-pattern/errors", test_errors);
  return g_test_run ();
}
