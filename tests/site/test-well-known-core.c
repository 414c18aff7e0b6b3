/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Discovery (RFC 6690). */
#include "site/gcoap-well-known-core-private.h"

#include "base/gcoap-version.h"
#include "helpers/test-exchange.h"
#include "request/gcoap-no-response-provider.h"
#include "site/gcoap-simple-resource.h"

#define CORE ".well-known/core"
#define LIBRARY "pkg:generic/libcoap-layers@" GCOAP_VERSION_S
#define IMPL_INFO "<" LIBRARY ">;rel=\"impl-info\""

static void
add_resource (GcoapSite  *site,
              const char *path,
              const char *type,
              gboolean    hidden)
{
  g_autoptr (GcoapSimpleResource) resource = g_object_new (GCOAP_TYPE_SIMPLE_RESOURCE,
                                                           "resource-type", type,
                                                           "hidden", hidden, NULL);

  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
}

static GcoapSite *
new_site (void)
{
  GcoapSite *site = gcoap_site_new ();

  add_resource (site, "lamp", "light", FALSE);
  add_resource (site, "secret", "light", TRUE);
  add_resource (site, "a b/\xc3\xa9", NULL, FALSE);
  return site;
}

static TestExchange *
discover (GcoapSite  *site,
          const char *path,
          const char *query)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, path, query);
  TestExchange *exchange = test_exchange_new (request);

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (site));
  return exchange;
}

static void
assert_links (GcoapSite  *site,
              const char *path,
              const char *query,
              const char *expected)
{
  g_autoptr (TestExchange) exchange = discover (site, path, query);
  guint format;

  test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
  test_exchange_assert_text (exchange, expected);
  g_assert_true (gcoap_message_get_option_uint (test_exchange_get_response (exchange),
                                                GCOAP_OPTION_CONTENT_FORMAT, &format));
  g_assert_cmpuint (format, ==, 40);
}

static void
test_links (void)
{
  g_autoptr (GcoapSite) empty = gcoap_site_new ();
  g_autoptr (GcoapSite) site = new_site ();

  assert_links (empty, CORE, NULL, IMPL_INFO);
  assert_links (site, CORE, NULL, "</a%20b/%C3%A9>,</lamp>;rt=\"light\"," IMPL_INFO);
  add_resource (site, "", NULL, FALSE);
  assert_links (site, CORE, NULL, "</>,</a%20b/%C3%A9>,</lamp>;rt=\"light\"," IMPL_INFO);
}

static void
test_filter (void)
{
  g_autoptr (GcoapSite) site = new_site ();

  assert_links (site, CORE, "rt=light", "</lamp>;rt=\"light\"");
  assert_links (site, CORE, "rt=li*", "</lamp>;rt=\"light\"");
  assert_links (site, CORE, "href=/a*", "</a%20b/%C3%A9>");
  assert_links (site, CORE, "rt=light&href=/a*", "");
  assert_links (site, CORE, "rt=other", "");
}

static void
test_nested (void)
{
  g_autoptr (GcoapSite) site = new_site ();
  g_autoptr (GcoapSite) inner = gcoap_site_new ();
  g_autoptr (GcoapNoResponse) decorated = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (inner));

  gcoap_site_remove (site, "a%20b/%C3%A9");
  add_resource (inner, "x", NULL, FALSE);
  add_resource (inner, "", NULL, FALSE);
  gcoap_site_add (site, "in/n%2Fer", GCOAP_REQUEST_INTERFACE (inner));
  assert_links (site, CORE, NULL, "</in/n%2Fer>,</in/n%2Fer/x>,</lamp>;rt=\"light\"," IMPL_INFO);
  gcoap_site_remove (site, "in/n%2Fer");
  gcoap_site_add (site, "in", GCOAP_REQUEST_INTERFACE (decorated));
  assert_links (site, CORE, NULL, "</in>,</in/x>,</lamp>;rt=\"light\"," IMPL_INFO);
  /* Its own listing has the same paths. */
  assert_links (site, "in/" CORE, NULL, "</in>,</in/x>," IMPL_INFO);
}

static void
test_accept (void)
{
  g_autoptr (GcoapSite) site = new_site ();
  g_autoptr (GcoapMessage) link_format = test_request_new (GCOAP_CODE_GET, CORE, NULL);
  g_autoptr (GcoapMessage) cbor = test_request_new (GCOAP_CODE_GET, CORE, NULL);
  g_autoptr (TestExchange) first = NULL;
  g_autoptr (TestExchange) second = NULL;

  gcoap_message_set_option_uint (link_format, GCOAP_OPTION_ACCEPT, 40);
  gcoap_message_set_option_uint (cbor, GCOAP_OPTION_ACCEPT, 60);
  first = test_exchange_new (link_format);
  second = test_exchange_new (cbor);
  test_exchange_send (first, GCOAP_REQUEST_INTERFACE (site));
  test_exchange_send (second, GCOAP_REQUEST_INTERFACE (site));
  test_exchange_assert_code (first, GCOAP_CODE_CONTENT);
  test_exchange_assert_code (second, GCOAP_CODE_NOT_ACCEPTABLE);
}

static void
test_methods (void)
{
  g_autoptr (GcoapSite) site = new_site ();

  g_assert_cmpint (test_ask (GCOAP_REQUEST_INTERFACE (site), GCOAP_CODE_POST, CORE), ==,
                   GCOAP_CODE_METHOD_NOT_ALLOWED);
}

static void
test_validation (void)
{
  g_autoptr (GcoapSite) site = new_site ();
  g_autoptr (TestExchange) first = discover (site, CORE, NULL);
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, CORE, NULL);
  g_autoptr (TestExchange) again = NULL;
  g_autoptr (TestExchange) changed = NULL;
  gsize length;
  const guint8 *tag = gcoap_message_peek_option (test_exchange_get_response (first),
                                                 GCOAP_OPTION_ETAG, 0, &length);

  gcoap_message_add_option (request, GCOAP_OPTION_ETAG, tag, length);
  again = test_exchange_new (request);
  test_exchange_send (again, GCOAP_REQUEST_INTERFACE (site));
  test_exchange_assert_code (again, GCOAP_CODE_VALID);
  gcoap_site_remove (site, "lamp");
  changed = test_exchange_new (request);
  test_exchange_send (changed, GCOAP_REQUEST_INTERFACE (site));
  test_exchange_assert_code (changed, GCOAP_CODE_CONTENT);
}

static TestExchange *
discover_in_group (GcoapSite  *site,
                   const char *query)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, CORE, query);
  TestExchange *exchange = test_exchange_new_for_group (request);

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (site));
  return exchange;
}

/* RFC 6690 §4.1: a group is not answered if the filter does not match. */
static void
test_group (void)
{
  g_autoptr (GcoapSite) site = new_site ();
  g_autoptr (TestExchange) all = discover_in_group (site, NULL);
  g_autoptr (TestExchange) some = discover_in_group (site, "rt=light");
  g_autoptr (TestExchange) none = discover_in_group (site, "rt=other");

  test_exchange_assert_code (all, GCOAP_CODE_CONTENT);
  test_exchange_assert_text (some, "</lamp>;rt=\"light\"");
  test_exchange_assert_end (none, GCOAP_EXCHANGE_END_DISMISSED);
}

static void
test_implementation_info (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();

  add_resource (site, "a", NULL, FALSE);
  /* The library says what it is, unless the application knows better. */
  g_assert_cmpstr (gcoap_site_get_implementation_info (site), ==, LIBRARY);
  assert_links (site, CORE, NULL, "</a>," IMPL_INFO);
  assert_links (site, CORE, "rel=impl-info", IMPL_INFO);
  g_object_set (site, "implementation-info", "https://example.org/server", NULL);
  g_assert_cmpstr (gcoap_site_get_implementation_info (site), ==, "https://example.org/server");
  assert_links (site, CORE, NULL, "</a>,<https://example.org/server>;rel=\"impl-info\"");
  assert_links (site, CORE, "rel=impl-info", "<https://example.org/server>;rel=\"impl-info\"");
  gcoap_site_set_implementation_info (site, NULL);
  assert_links (site, CORE, NULL, "</a>");
}

/* It does not keep the site alive, nor need it. */
static void
test_site_gone (void)
{
  GcoapSite *site = new_site ();
  g_autoptr (GcoapRequestInterface) core = g_object_ref (gcoap_site_lookup (site, CORE));

  g_assert_finalize_object (site);
  g_assert_cmpint (test_ask (core, GCOAP_CODE_GET, CORE), ==, GCOAP_CODE_NOT_FOUND);
}

static void
test_replaced (void)
{
  g_autoptr (GcoapSite) site = new_site ();

  g_assert_true (gcoap_site_remove (site, CORE));
  g_assert_cmpint (test_ask (GCOAP_REQUEST_INTERFACE (site), GCOAP_CODE_GET, CORE), ==,
                   GCOAP_CODE_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/well-known-core/links", test_links);
  g_test_add_func ("/well-known-core/filter", test_filter);
  g_test_add_func ("/well-known-core/nested", test_nested);
  g_test_add_func ("/well-known-core/accept", test_accept);
  g_test_add_func ("/well-known-core/methods", test_methods);
  g_test_add_func ("/well-known-core/validation", test_validation);
  g_test_add_func ("/well-known-core/group", test_group);
  g_test_add_func ("/well-known-core/implementation-info", test_implementation_info);
  g_test_add_func ("/well-known-core/site-gone", test_site_gone);
  g_test_add_func ("/well-known-core/replaced", test_replaced);
  return g_test_run ();
}
