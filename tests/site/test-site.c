/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a site does with a request before, and instead of, a resource. */
#include "site/gcoap-site.h"

#include "base/gcoap-error.h"
#include "helpers/message-data.h"
#include "helpers/mock-layer.h"
#include "helpers/test-exchange.h"
#include "request/gcoap-no-response-provider.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

static gboolean
answer_cb (GcoapSimpleResource *resource,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, user_data);
  return TRUE;
}

static GcoapResource *
new_resource (const char *text)
{
  GcoapSimpleResource *resource = gcoap_simple_resource_new ();

  g_signal_connect (resource, "get", G_CALLBACK (answer_cb), (gpointer) text);
  g_signal_connect (resource, "put", G_CALLBACK (answer_cb), (gpointer) text);
  return GCOAP_RESOURCE (resource);
}

static void
add_resource (GcoapSite  *site,
              const char *path)
{
  g_autoptr (GcoapResource) resource = new_resource (path);

  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
}

static TestExchange *
send (gpointer      site,
      GcoapMessage *request)
{
  TestExchange *exchange = test_exchange_new (request);

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (site));
  return exchange;
}

static void
assert_text (GcoapSite  *site,
             const char *path,
             const char *text)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, path, NULL);
  g_autoptr (TestExchange) exchange = send (site, request);

  test_exchange_assert_text (exchange, text);
}

static void
test_paths (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  GcoapRequestInterface *iface = GCOAP_REQUEST_INTERFACE (site);

  add_resource (site, "");
  add_resource (site, "a");
  add_resource (site, "/a/b");
  assert_text (site, "", "");
  assert_text (site, "a", "a");
  assert_text (site, "a/b", "/a/b");
  g_assert_cmpint (test_ask (iface, GCOAP_CODE_GET, "a/c"), ==, GCOAP_CODE_NOT_FOUND);
  g_assert_cmpint (test_ask (iface, GCOAP_CODE_GET, "a/b/c"), ==, GCOAP_CODE_NOT_FOUND);
  g_assert_cmpint (test_ask (iface, GCOAP_CODE_POST, "a"), ==, GCOAP_CODE_METHOD_NOT_ALLOWED);
  g_assert_cmpint (test_ask (iface, GCOAP_CODE_POST, "x"), ==, GCOAP_CODE_NOT_FOUND);

  g_assert_nonnull (gcoap_site_lookup (site, "a/b"));
  g_assert_null (gcoap_site_lookup (site, "a/c"));
  g_assert_null (gcoap_site_lookup (site, ".."));
  g_assert_true (gcoap_site_remove (site, "/a"));
  g_assert_false (gcoap_site_remove (site, "a"));
  g_assert_cmpint (test_ask (iface, GCOAP_CODE_GET, "a"), ==, GCOAP_CODE_NOT_FOUND);
  assert_text (site, "a/b", "/a/b");
  /* Replaced. */
  add_resource (site, "a/b");
  assert_text (site, "a/b", "a/b");
}

static void
test_bad_paths (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();

  g_assert_true (gcoap_site_path_is_valid ("a/b%20c"));
  g_assert_false (gcoap_site_path_is_valid ("a/../b"));
  test_assert_critical ("*segments*", add_resource (site, "a/../b"));
  test_assert_critical ("*child*", gcoap_site_add (site, "s", GCOAP_REQUEST_INTERFACE (site)));
  g_assert_null (gcoap_site_lookup (site, "s"));
}

static void
test_nested (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSite) inner = gcoap_site_new ();
  g_autoptr (GcoapNoResponse) decorated = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (inner));
  g_autoptr (MockLayer) other = mock_layer_new ();
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "raw/x/y", NULL);
  g_autoptr (TestExchange) exchange = NULL;

  add_resource (inner, "a");
  add_resource (inner, "");
  gcoap_site_add (site, "in/ner", GCOAP_REQUEST_INTERFACE (inner));
  gcoap_site_add (site, "decorated", GCOAP_REQUEST_INTERFACE (decorated));
  gcoap_site_add (site, "raw", GCOAP_REQUEST_INTERFACE (other));
  assert_text (site, "in/ner/a", "a");
  assert_text (site, "in/ner", "");
  assert_text (site, "decorated/a", "a");
  g_assert_cmpint (test_ask (GCOAP_REQUEST_INTERFACE (site), GCOAP_CODE_GET, "in/ner/b"), ==,
                   GCOAP_CODE_NOT_FOUND);

  other->holds = TRUE;
  exchange = send (site, request);
  g_assert_cmpuint (other->held->len, ==, 1);
  g_assert_cmpuint (gcoap_exchange_get_path_depth (exchange->exchange), ==, 1);
}

static void
test_subtree (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();

  add_resource (site, "files");
  gcoap_resource_set_subtree (GCOAP_RESOURCE (gcoap_site_lookup (site, "files")), TRUE);
  add_resource (site, "files/special");
  assert_text (site, "files", "files");
  assert_text (site, "files/a/b", "files");
  assert_text (site, "files/special", "files/special");
}

static TestExchange *
send_with_option (GcoapSite *site,
                  guint      number)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);

  gcoap_message_set_option (request, number, (const guint8 *) "1", 1);
  return send (site, request);
}

static void
test_critical_options (void)
{
  static const guint refused[] = {
    GCOAP_OPTION_OSCORE, GCOAP_OPTION_BLOCK1, GCOAP_OPTION_BLOCK2, GCOAP_OPTION_Q_BLOCK1,
    GCOAP_OPTION_Q_BLOCK2, GCOAP_OPTION_EDHOC, 65001, 9999,
    /* Of a length it may not have. */
    GCOAP_OPTION_IF_NONE_MATCH,
  };
  static const guint passed[] = {
    GCOAP_OPTION_IF_MATCH, GCOAP_OPTION_URI_HOST, GCOAP_OPTION_URI_PORT, GCOAP_OPTION_URI_QUERY,
    GCOAP_OPTION_ETAG, GCOAP_OPTION_CONTENT_FORMAT, GCOAP_OPTION_OBSERVE, GCOAP_OPTION_HOP_LIMIT,
    GCOAP_OPTION_NO_RESPONSE, 65000,
  };
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  GcoapResource *resource;

  add_resource (site, "a");
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (TestExchange) exchange = send_with_option (site, refused[i]);

      test_exchange_assert_end (exchange, GCOAP_EXCHANGE_END_REJECTED);
      g_assert_error (exchange->error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_OPTION);
    }
  for (guint i = 0; i < G_N_ELEMENTS (passed); i++)
    {
      g_autoptr (TestExchange) exchange = send_with_option (site, passed[i]);

      test_exchange_assert_text (exchange, "a");
    }

  /* What the resource declares to deal with. */
  resource = GCOAP_RESOURCE (gcoap_site_lookup (site, "a"));
  gcoap_resource_handle_option (resource, 65001);
  gcoap_resource_handle_option (resource, GCOAP_OPTION_EDHOC);
    {
      g_autoptr (TestExchange) unknown = send_with_option (site, 65001);
      g_autoptr (TestExchange) known = send_with_option (site, GCOAP_OPTION_EDHOC);
      g_autoptr (TestExchange) other = send_with_option (site, GCOAP_OPTION_BLOCK2);

      test_exchange_assert_text (unknown, "a");
      test_exchange_assert_text (known, "a");
      test_exchange_assert_end (other, GCOAP_EXCHANGE_END_REJECTED);
    }
}

/* An origin server answers whatever the number of hops left is, but not what is
 * no such number. */
static void
test_hop_limit (void)
{
  static const struct { const char *value; gsize length; gboolean is_good; } cases[] = {
    { "\x01", 1, TRUE }, { "\x10", 1, TRUE }, { "\xff", 1, TRUE }, { "\0\x10", 2, TRUE },
    { "", 0, FALSE }, { "\0", 1, FALSE }, { "\0\0", 2, FALSE }, { "\x01\0", 2, FALSE },
    { "\xff\xff\xff\xff", 4, FALSE },
  };
  g_autoptr (GcoapSite) site = gcoap_site_new ();

  add_resource (site, "a");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
      g_autoptr (TestExchange) exchange = NULL;

      gcoap_message_set_option (request, GCOAP_OPTION_HOP_LIMIT, (const guint8 *) cases[i].value,
                                cases[i].length);
      exchange = send (site, request);
      g_test_message ("case %u", i);
      test_exchange_assert_code (exchange, cases[i].is_good ? GCOAP_CODE_CONTENT
                                                            : GCOAP_CODE_BAD_REQUEST);
    }
}

/* The first counts: the second is one too many of an elective option. */
static void
test_hop_limit_repeated (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) exchange = NULL;

  add_resource (site, "a");
  gcoap_message_add_option (request, GCOAP_OPTION_HOP_LIMIT, (const guint8 *) "\x05", 1);
  gcoap_message_add_option (request, GCOAP_OPTION_HOP_LIMIT, (const guint8 *) "\0", 1);
  exchange = send (site, request);
  test_exchange_assert_text (exchange, "a");
}

/* A decorator within the site may deal with an option that the site does not
 * know; what is left is refused further in. */
static void
test_critical_options_nested (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSite) inner = gcoap_site_new ();
  g_autoptr (MockLayer) layer = mock_layer_new ();
  g_autoptr (GcoapNoResponse) decorator = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (layer));
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "decorated", NULL);
  g_autoptr (GcoapMessage) left = test_request_new (GCOAP_CODE_GET, "in/a", NULL);
  g_autoptr (GcoapMessage) raw = test_request_new (GCOAP_CODE_GET, "raw", NULL);
  g_autoptr (TestExchange) passed = NULL;
  g_autoptr (TestExchange) refused = NULL;
  g_autoptr (TestExchange) refused_raw = NULL;

  add_resource (inner, "a");
  gcoap_site_add (site, "in", GCOAP_REQUEST_INTERFACE (inner));
  gcoap_site_add (site, "decorated", GCOAP_REQUEST_INTERFACE (decorator));
  gcoap_site_add (site, "raw", GCOAP_REQUEST_INTERFACE (layer));
  gcoap_message_set_option_uint (request, GCOAP_OPTION_BLOCK2, 6);
  gcoap_message_set_option_uint (left, GCOAP_OPTION_BLOCK2, 6);
  gcoap_message_set_option_uint (raw, GCOAP_OPTION_BLOCK2, 6);
  passed = send (site, request);
  refused = send (site, left);
  refused_raw = send (site, raw);
  test_exchange_assert_code (passed, GCOAP_CODE_CONTENT);
  test_exchange_assert_end (refused, GCOAP_EXCHANGE_END_REJECTED);
  test_exchange_assert_end (refused_raw, GCOAP_EXCHANGE_END_REJECTED);
}

static void
test_proxy_options (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapMessage) by_uri = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) by_scheme = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) first = NULL;
  g_autoptr (TestExchange) second = NULL;

  add_resource (site, "a");
  gcoap_message_set_option_string (by_uri, GCOAP_OPTION_PROXY_URI, "coap://host/a");
  gcoap_message_set_option_string (by_scheme, GCOAP_OPTION_PROXY_SCHEME, "coap");
  first = send (site, by_uri);
  second = send (site, by_scheme);
  test_exchange_assert_code (first, GCOAP_CODE_PROXYING_NOT_SUPPORTED);
  test_exchange_assert_code (second, GCOAP_CODE_PROXYING_NOT_SUPPORTED);
}

static GcoapCode
ask_accepting (GcoapSite *site,
               GcoapCode  method,
               guint      format)
{
  g_autoptr (GcoapMessage) request = test_request_new (method, "a", NULL);
  g_autoptr (TestExchange) exchange = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, format);
  exchange = send (site, request);
  return gcoap_message_get_code (test_exchange_get_response (exchange));
}

/* RFC 7252 §5.10.4, also for a handler that does not look at Accept. */
static void
test_accept (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();

  add_resource (site, "a");
  g_assert_cmpint (ask_accepting (site, GCOAP_CODE_GET, 0), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpint (ask_accepting (site, GCOAP_CODE_GET, 50), ==, GCOAP_CODE_NOT_ACCEPTABLE);
  /* What has been done is not taken back. */
  g_assert_cmpint (ask_accepting (site, GCOAP_CODE_PUT, 50), ==, GCOAP_CODE_CHANGED);
  /* Errors stay what they are. */
  g_assert_cmpint (ask_accepting (site, GCOAP_CODE_FETCH, 50), ==, GCOAP_CODE_METHOD_NOT_ALLOWED);
}

static void
test_repeatable (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapMessage) get = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (GcoapMessage) put = test_request_new (GCOAP_CODE_PUT, "a", NULL);
  g_autoptr (TestExchange) safe = test_exchange_new (get);
  g_autoptr (TestExchange) unsafe = test_exchange_new (put);
  g_autoptr (TestExchange) stream = test_exchange_new (get);

  add_resource (site, "a");
  stream->exchange->expects = GCOAP_EXPECTS_STREAM;
  test_exchange_send (safe, GCOAP_REQUEST_INTERFACE (site));
  test_exchange_send (unsafe, GCOAP_REQUEST_INTERFACE (site));
  test_exchange_send (stream, GCOAP_REQUEST_INTERFACE (site));
  g_assert_true (gcoap_exchange_is_repeatable (safe->exchange));
  g_assert_false (gcoap_exchange_is_repeatable (unsafe->exchange));
  g_assert_false (gcoap_exchange_is_repeatable (stream->exchange));
}

static gboolean
remove_cb (GcoapSimpleResource *resource,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  g_assert_true (gcoap_site_remove (user_data, "gone"));
  g_assert_false (gcoap_resource_get_hidden (GCOAP_RESOURCE (resource)));
  gcoap_resource_answer_content (exchange, NULL, -1, NULL);
  return TRUE;
}

/* The handler of DELETE takes its own resource away. */
static void
test_removed_by_itself (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  GcoapSimpleResource *resource = gcoap_simple_resource_new ();

  g_signal_connect (resource, "delete", G_CALLBACK (remove_cb), site);
  gcoap_site_add (site, "gone", GCOAP_REQUEST_INTERFACE (resource));
  g_object_add_weak_pointer (G_OBJECT (resource), (gpointer *) &resource);
  g_object_unref (resource);
  g_assert_nonnull (resource);
  g_assert_cmpint (test_ask (GCOAP_REQUEST_INTERFACE (site), GCOAP_CODE_DELETE, "gone"), ==,
                   GCOAP_CODE_DELETED);
  g_assert_null (resource);
  g_assert_cmpint (test_ask (GCOAP_REQUEST_INTERFACE (site), GCOAP_CODE_GET, "gone"), ==,
                   GCOAP_CODE_NOT_FOUND);
}

/* It is what stands at the path that is asked, also through sites within sites
 * and decorators. */
static void
test_body_handling (void)
{
  g_autoptr (GcoapSite) inner = gcoap_site_new ();
  g_autoptr (GcoapSite) outer = gcoap_site_new ();
  g_autoptr (GcoapNoResponse) decorator = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (inner));
  g_autoptr (GcoapResource) resource = new_resource ("x");
  static const struct { const char *path; GcoapBodyHandling handling; } cases[] = {
    { "a/b/c", GCOAP_BODY_HANDLING_BLOCKS },
    { "a/b", GCOAP_BODY_HANDLING_ASSEMBLED },
    { "none", GCOAP_BODY_HANDLING_ASSEMBLED },
  };

  gcoap_resource_set_body_handling (resource, GCOAP_BODY_HANDLING_BLOCKS);
  gcoap_site_add (inner, "b/c", GCOAP_REQUEST_INTERFACE (resource));
  gcoap_site_add (outer, "a", GCOAP_REQUEST_INTERFACE (decorator));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, cases[i].path, NULL);
      g_autoptr (TestExchange) exchange = test_exchange_new (request);

      g_assert_cmpint (gcoap_request_interface_find_body_handling (GCOAP_REQUEST_INTERFACE (outer),
                                                                   exchange->exchange), ==,
                       cases[i].handling);
      g_assert_cmpuint (gcoap_exchange_get_path_depth (exchange->exchange), ==, 0);
      gcoap_exchange_dismiss (exchange->exchange);
    }
}

static GcoapCode
ask_abbreviated (GcoapRequestInterface *site,
                 guint                  value,
                 gboolean               with_path,
                 guint                 *depth)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (TestExchange) exchange = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_URI_PATH_ABBREV, value);
  if (with_path)
    gcoap_message_set_option_string (request, GCOAP_OPTION_URI_PATH, "a");
  exchange = test_exchange_new (request);
  test_exchange_send (exchange, site);
  *depth = gcoap_exchange_get_path_depth (exchange->exchange);
  return gcoap_message_get_code (test_exchange_get_response (exchange));
}

/* draft-ietf-core-uri-path-abbrev §2.1, §2.4. */
static void
test_path_abbrev (void)
{
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  GcoapRequestInterface *iface = GCOAP_REQUEST_INTERFACE (site);
  guint depth;

  g_assert_cmphex (ask_abbreviated (iface, 0, FALSE, &depth), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (depth, ==, 2);
  g_assert_cmphex (ask_abbreviated (iface, 2, FALSE, &depth), ==, GCOAP_CODE_NOT_FOUND);
  g_assert_cmphex (ask_abbreviated (iface, 3, FALSE, &depth), ==, GCOAP_CODE_BAD_OPTION);
  g_assert_cmphex (ask_abbreviated (iface, 0, TRUE, &depth), ==, GCOAP_CODE_BAD_OPTION);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site/paths", test_paths);
  g_test_add_func ("/site/bad-paths", test_bad_paths);
  g_test_add_func ("/site/nested", test_nested);
  g_test_add_func ("/site/subtree", test_subtree);
  g_test_add_func ("/site/critical-options", test_critical_options);
  g_test_add_func ("/site/hop-limit", test_hop_limit);
  g_test_add_func ("/site/hop-limit-repeated", test_hop_limit_repeated);
  g_test_add_func ("/site/critical-options-nested", test_critical_options_nested);
  g_test_add_func ("/site/proxy-options", test_proxy_options);
  g_test_add_func ("/site/accept", test_accept);
  g_test_add_func ("/site/repeatable", test_repeatable);
  g_test_add_func ("/site/path-abbrev", test_path_abbrev);
  g_test_add_func ("/site/removed-by-itself", test_removed_by_itself);
  g_test_add_func ("/site/body-handling", test_body_handling);
  return g_test_run ();
}
