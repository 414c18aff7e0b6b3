/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which claims let a request through, and what those without them learn. */
#include "helpers/message-data.h"
#include "helpers/test-exchange.h"
#include "site/gcoap-simple-resource.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-site.h"

static gboolean
answer_cb (GcoapSimpleResource *resource,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, "x");
  return TRUE;
}

static void
add_resource (GcoapSite  *site,
              const char *path)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  g_signal_connect (resource, "get", G_CALLBACK (answer_cb), NULL);
  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
}

static void
assert_code (GcoapSite         *site,
             const char        *path,
             const char *const *claims,
             GcoapCode          code)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, path, NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  /* As the transports set them, before the exchange is open. */
  exchange->exchange->claims = g_strdupv ((char **) claims);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (site));
  test_exchange_assert_code (exchange, code);
}

static const char *const alice[] = { "name:alice", "psk:a", NULL };
static const char *const bob[] = { "name:bob", "psk:b", NULL };
static const char *const nameless[] = { "x509:CN=carol", NULL };
static const char *const nothing[] = { NULL };

static void
test_patterns (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();

  add_resource (site, "open");
  add_resource (site, "any");
  add_resource (site, "named/a");
  add_resource (site, "named/alice");
  gcoap_site_require (site, "any", "*");
  gcoap_site_require (site, "/named", "name:*");
  gcoap_site_require (site, "named/alice", "name:alice");

  assert_code (site, "open", NULL, GCOAP_CODE_CONTENT);
  assert_code (site, "any", NULL, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "any", nothing, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "any", nameless, GCOAP_CODE_CONTENT);
  assert_code (site, "named/a", nameless, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "named/a", bob, GCOAP_CODE_CONTENT);
  assert_code (site, "named/alice", bob, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "named/alice", alice, GCOAP_CODE_CONTENT);
  /* What is not there is not told to strangers, and neither is what is. */
  assert_code (site, "named/x", NULL, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "named/x", bob, GCOAP_CODE_NOT_FOUND);
  assert_code (site, "named", NULL, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "namedx", NULL, GCOAP_CODE_NOT_FOUND);

  /* A second pattern for a path is another way in; above it all must be met. */
  gcoap_site_require (site, "named/alice", "psk:b");
  assert_code (site, "named/alice", bob, GCOAP_CODE_CONTENT);
  gcoap_site_require (site, "", "name:alice");
  assert_code (site, "named/alice", bob, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "open", NULL, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, ".well-known/core", NULL, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "open", alice, GCOAP_CODE_CONTENT);
  gcoap_site_require (site, "", NULL);
  gcoap_site_require (site, "x", NULL);
  assert_code (site, "open", NULL, GCOAP_CODE_CONTENT);
  assert_code (site, "any", NULL, GCOAP_CODE_UNAUTHORIZED);
}

static void
test_nested (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSite) inner = gcoap_site_new ();

  add_resource (inner, "a/b");
  gcoap_site_add (site, "in/ner", GCOAP_REQUEST_INTERFACE (inner));
  gcoap_site_require (inner, "a", "name:alice");
  assert_code (site, "in/ner/a/b", NULL, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "in/ner/a/b", alice, GCOAP_CODE_CONTENT);
  assert_code (inner, "a/b", bob, GCOAP_CODE_UNAUTHORIZED);
  assert_code (site, "in/ner/b", NULL, GCOAP_CODE_NOT_FOUND);
  test_assert_critical ("*segments*", gcoap_site_require (site, "a/../b", "*"));
  test_assert_critical ("*pattern*", gcoap_site_require (site, "a", ""));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site-requirements/patterns", test_patterns);
  g_test_add_func ("/site-requirements/nested", test_nested);
  return g_test_run ();
}
