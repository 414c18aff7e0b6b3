/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Credentials of a command line: keys are wiped from it, and what does not go
 * together is refused; tests/interop/test_tool_credentials.py uses them. */
#include <string.h>

#include "common/tool-credentials.h"

static void
test_arguments (void)
{
  char first[] = "sensor:secret";
  char second[] = "--psk=hub:hex:00ff";
  char file[] = "hub:@/etc/key";
  char other[] = "--payload=a:b";
  char *argv[] = { (char *) "client", (char *) "--psk", first, second, (char *) "--psk", file, other,
                   (char *) "--psk", NULL };
  int argc = G_N_ELEMENTS (argv) - 1;
  char **taken = tool_credentials_take_arguments (argc, argv);

  g_assert_cmpstr (taken[2], ==, "sensor:secret");
  g_assert_cmpstr (taken[3], ==, "--psk=hub:hex:00ff");
  g_assert_null (taken[argc]);
  /* Not only up to the first NUL, which is all that a comparison of texts sees. */
  g_assert_cmpmem (first, sizeof first, "sensor:\0\0\0\0\0\0", sizeof first);
  g_assert_cmpmem (second, sizeof second, "--psk=hub:\0\0\0\0\0\0\0\0", sizeof second);
  g_assert_cmpstr (file, ==, "hub:@/etc/key");
  g_assert_cmpstr (other, ==, "--payload=a:b");
  tool_credentials_free_arguments (taken);
}

static void
assert_refused (const ToolCredentials *credentials,
                const char            *pattern)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (tool_credentials_check (credentials, &error));
  g_assert_true (TOOL_CREDENTIALS_IS_USAGE (error));
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("“%s” is not like “%s”.", error->message, pattern);
}

static void
test_check (void)
{
  char *one[] = { (char *) "a:secret", NULL };
  char *two[] = { (char *) "a:secret", (char *) "b:secret", NULL };
  char *no_key[] = { (char *) "secret:", NULL };
  g_autoptr (GError) error = NULL;

  g_assert_true (tool_credentials_check (&(ToolCredentials) { 0 }, &error));
  g_assert_true (tool_credentials_check (&(ToolCredentials) { .psks = one }, &error));
  g_assert_true (tool_credentials_check (&(ToolCredentials) { .for_server = TRUE, .psks = two }, &error));
  assert_refused (&(ToolCredentials) { .psks = two }, "--psk can be given once*");
  assert_refused (&(ToolCredentials) { .psks = one, .insecure = TRUE }, "--psk excludes*");
  assert_refused (&(ToolCredentials) { .files = two }, "--credentials can be given once.");
  assert_refused (&(ToolCredentials) { .trust_anchors = two }, "--ca can be given once*");
  assert_refused (&(ToolCredentials) { .trust_anchors = one, .insecure = TRUE }, "--insecure trusts*");
  assert_refused (&(ToolCredentials) { .peer_keys = one }, "--peer-key needs sha256:*");
  /* What may be a key is not repeated. */
  assert_refused (&(ToolCredentials) { .psks = no_key }, "--psk needs an identity, a colon and a key, *sensor:@FILE.");
}

static gboolean
check_uri (const ToolCredentials *credentials,
           const char            *uri)
{
  const char *const uris[] = { "coap://a", uri, NULL };

  return tool_credentials_check_uris (credentials, uri != NULL ? uris + 1 : uris, NULL);
}

static void
test_uris (void)
{
  static const char *const secure[] = { "coaps://a", "COAPS://a", "coaps+tcp://a", "coaps+ws://a/path" };
  char *one[] = { (char *) "a:secret", NULL };
  const ToolCredentials none = { 0 };
  const ToolCredentials none_of_server = { .for_server = TRUE };
  const ToolCredentials typed = { .psks = one };
  const ToolCredentials file = { .for_server = TRUE, .files = one };
  const char *const mixed[] = { "coap://a", "coaps://a", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (secure); i++)
    {
      g_assert_true (check_uri (&none, secure[i]));
      g_assert_true (check_uri (&typed, secure[i]));
      g_assert_true (check_uri (&file, secure[i]));
      g_assert_false (check_uri (&none_of_server, secure[i]));
    }
  g_assert_true (check_uri (&none_of_server, NULL));
  g_assert_false (check_uri (&typed, NULL));
  g_assert_false (check_uri (&typed, "coap+tcp://a"));
  /* There may be something for OSCORE in it. */
  g_assert_true (check_uri (&file, NULL));
  g_assert_true (tool_credentials_check_uris (&typed, mixed, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/credentials/arguments", test_arguments);
  g_test_add_func ("/tools/credentials/check", test_check);
  g_test_add_func ("/tools/credentials/uris", test_uris);

  return g_test_run ();
}
