/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-property-resource.h"

#include <string.h>

#include "helpers/simulated-pair.h"
#include "helpers/test-exchange.h"
#include "site/gcoap-simple-resource.h"

/* Resources have properties themselves: their titles and sizes are served. */
static GcoapPropertyResource *
resource_for (GcoapSimpleResource *object,
              const char          *property)
{
  return gcoap_property_resource_new (G_OBJECT (object), property);
}

static TestExchange *
ask (GcoapPropertyResource *resource,
     GcoapCode              method,
     const char            *text,
     guint                  option,
     guint                  value)
{
  g_autoptr (GcoapMessage) request = test_request_new (method, "a", NULL);
  TestExchange *exchange;

  if (text != NULL)
    gcoap_message_set_payload_data (request, (const guint8 *) text, strlen (text));
  if (option != 0)
    gcoap_message_set_option_uint (request, option, value);
  exchange = test_exchange_new (request);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (resource));
  return exchange;
}

static void
assert_code (GcoapPropertyResource *resource,
             GcoapCode              method,
             const char            *text,
             GcoapCode              expected)
{
  g_autoptr (TestExchange) exchange = ask (resource, method, text, 0, 0);

  test_exchange_assert_code (exchange, expected);
}

static void
test_get (void)
{
  g_autoptr (GcoapSimpleResource) object = gcoap_simple_resource_new ();
  g_autoptr (GcoapPropertyResource) resource = resource_for (object, "title");
  g_autoptr (TestExchange) exchange = NULL;
  g_autoptr (TestExchange) other = NULL;

  g_object_set (object, "title", "Lamp", NULL);
  exchange = ask (resource, GCOAP_CODE_GET, NULL, 0, 0);
  test_exchange_assert_text (exchange, "Lamp");
  g_assert_true (gcoap_message_has_option (test_exchange_get_response (exchange), GCOAP_OPTION_ETAG));
  other = ask (resource, GCOAP_CODE_GET, NULL, GCOAP_OPTION_ACCEPT, 50);
  test_exchange_assert_code (other, GCOAP_CODE_NOT_ACCEPTABLE);
  g_assert_true (gcoap_property_resource_get_object (resource) == G_OBJECT (object));
  g_assert_cmpstr (gcoap_property_resource_get_property_name (resource), ==, "title");
}

static void
test_put (void)
{
  g_autoptr (GcoapSimpleResource) object = gcoap_simple_resource_new ();
  g_autoptr (GcoapPropertyResource) resource = resource_for (object, "rate-limit");
  g_autoptr (TestExchange) json = NULL;
  g_autoptr (TestExchange) missing = NULL;

  assert_code (resource, GCOAP_CODE_PUT, "5", GCOAP_CODE_METHOD_NOT_ALLOWED);
  g_object_set (resource, "writable", TRUE, NULL);
  g_assert_true (gcoap_property_resource_get_writable (resource));
  assert_code (resource, GCOAP_CODE_PUT, "5", GCOAP_CODE_CHANGED);
  g_assert_cmpuint (gcoap_resource_get_rate_limit (GCOAP_RESOURCE (object)), ==, 5);
  assert_code (resource, GCOAP_CODE_PUT, "x", GCOAP_CODE_BAD_REQUEST);
  assert_code (resource, GCOAP_CODE_PUT, "1000000", GCOAP_CODE_UNPROCESSABLE_ENTITY);
  assert_code (resource, GCOAP_CODE_DELETE, NULL, GCOAP_CODE_METHOD_NOT_ALLOWED);
  json = ask (resource, GCOAP_CODE_PUT, "6", GCOAP_OPTION_CONTENT_FORMAT, 50);
  test_exchange_assert_code (json, GCOAP_CODE_UNSUPPORTED_CONTENT_FORMAT);
  missing = ask (resource, GCOAP_CODE_PUT, "6", GCOAP_OPTION_IF_MATCH, 1);
  test_exchange_assert_code (missing, GCOAP_CODE_PRECONDITION_FAILED);
  g_assert_cmpuint (gcoap_resource_get_rate_limit (GCOAP_RESOURCE (object)), ==, 5);
}

static TestExchange *
ask_format (GcoapPropertyResource *resource,
            GcoapCode              method,
            const char            *path,
            guint                  format,
            const char            *payload,
            GBytes                *if_match)
{
  g_autoptr (GcoapMessage) request = test_request_new (method, path, NULL);
  TestExchange *exchange;

  gcoap_message_set_option_uint (request, method == GCOAP_CODE_GET ? GCOAP_OPTION_ACCEPT
                                                                   : GCOAP_OPTION_CONTENT_FORMAT, format);
  if (payload != NULL)
    gcoap_message_set_payload_data (request, (const guint8 *) payload, strlen (payload));
  if (if_match != NULL)
    gcoap_message_set_option (request, GCOAP_OPTION_IF_MATCH, g_bytes_get_data (if_match, NULL),
                              g_bytes_get_size (if_match));
  exchange = test_exchange_new (request);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (resource));
  return exchange;
}

static void
assert_senml (GcoapPropertyResource *resource,
              const char            *path,
              const char            *expected)
{
  g_autoptr (TestExchange) exchange = ask_format (resource, GCOAP_CODE_GET, path, 110, NULL, NULL);
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (test_exchange_get_response (exchange), &length);

  test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
  g_assert_cmpmem (data, length, expected, strlen (expected));
}

static void
test_formats (void)
{
  g_autoptr (GcoapSimpleResource) object = gcoap_simple_resource_new ();
  g_autoptr (GcoapPropertyResource) resource = resource_for (object, "rate-limit");
  g_autoptr (TestExchange) cbor = NULL;
  g_autoptr (TestExchange) put = NULL;
  g_autoptr (TestExchange) outdated = NULL;
  g_autoptr (GBytes) etag = NULL;
  gsize length;
  const guint8 *data;

  g_object_set (object, "rate-limit", 7, NULL);
  g_object_set (resource, "writable", TRUE, "unit", "1/min", NULL);
  g_assert_cmpstr (gcoap_property_resource_get_unit (resource), ==, "1/min");
  g_assert_cmpstr (gcoap_resource_get_content_formats (GCOAP_RESOURCE (resource)), ==, "0 60 110 112");
  cbor = ask_format (resource, GCOAP_CODE_GET, "a", 60, NULL, NULL);
  data = gcoap_message_get_payload_data (test_exchange_get_response (cbor), &length);
  g_assert_cmpmem (data, length, "\x07", 1);
  assert_senml (resource, "a/b", "[{\"n\":\"a/b\",\"u\":\"1/min\",\"v\":7}]");
  /* What no name can have, and where a name cannot begin. */
  assert_senml (resource, "a b/c", "[{\"n\":\"a_b/c\",\"u\":\"1/min\",\"v\":7}]");
  assert_senml (resource, "_/", "[{\"n\":\"rate-limit\",\"u\":\"1/min\",\"v\":7}]");

  /* The tag of any representation will do. */
  etag = gcoap_message_get_option (test_exchange_get_response (cbor), GCOAP_OPTION_ETAG, 0);
  put = ask_format (resource, GCOAP_CODE_PUT, "a", 110, "[{\"n\":\"a\",\"v\":8}]", etag);
  test_exchange_assert_code (put, GCOAP_CODE_CHANGED);
  g_assert_cmpuint (gcoap_resource_get_rate_limit (GCOAP_RESOURCE (object)), ==, 8);
  outdated = ask_format (resource, GCOAP_CODE_PUT, "a", 110, "[{\"n\":\"a\",\"v\":9}]", etag);
  test_exchange_assert_code (outdated, GCOAP_CODE_PRECONDITION_FAILED);
}

/* One that can be set when the object is made, and not later. */
static void
test_construct_only (void)
{
  g_autoptr (GcoapSimpleResource) object = gcoap_simple_resource_new ();
  g_autoptr (GcoapPropertyResource) inner = resource_for (object, "title");
  g_autoptr (GcoapPropertyResource) resource =
    gcoap_property_resource_new (G_OBJECT (inner), "property-name");

  g_object_set (resource, "writable", TRUE, NULL);
  assert_code (resource, GCOAP_CODE_PUT, "hidden", GCOAP_CODE_METHOD_NOT_ALLOWED);
  assert_code (resource, GCOAP_CODE_GET, NULL, GCOAP_CODE_CONTENT);
}

static void
test_no_text (void)
{
  g_autoptr (GcoapSimpleResource) object = gcoap_simple_resource_new ();
  g_autoptr (GcoapPropertyResource) inner = resource_for (object, "title");
  g_autoptr (GcoapPropertyResource) resource = gcoap_property_resource_new (G_OBJECT (inner), "object");

  assert_code (resource, GCOAP_CODE_GET, NULL, GCOAP_CODE_NOT_IMPLEMENTED);
}

static guint n_texts;
static char last_text[16];

static void
notification_cb (GcoapExchange *exchange,
                 gboolean       is_last G_GNUC_UNUSED,
                 gpointer       user_data G_GNUC_UNUSED)
{
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  gsize length = 0;
  const guint8 *data;

  if (response == NULL)
    return;
  data = gcoap_message_get_payload_data (response, &length);
  n_texts++;
  g_snprintf (last_text, sizeof last_text, "%.*s", (int) length, (const char *) data);
}

static void
test_observed (void)
{
  g_autoptr (GcoapSimpleResource) object = gcoap_simple_resource_new ();
  g_autoptr (GcoapPropertyResource) resource = resource_for (object, "title");
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GcoapEndpointAddress) server = gcoap_simulated_link_dup_address (pair->link, "server");

  g_assert_true (gcoap_resource_get_observable (GCOAP_RESOURCE (resource)));
  g_object_set (object, "title", "off", NULL);
  gcoap_site_add (pair->site, "lamp", GCOAP_REQUEST_INTERFACE (resource));
  request = test_request_new (GCOAP_CODE_GET, "lamp", NULL);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_OBSERVE, 0);
  exchange = gcoap_exchange_new (request);
  gcoap_exchange_set_address (exchange, server);
  gcoap_exchange_set_expects (exchange, GCOAP_EXPECTS_STREAM);
  gcoap_exchange_open (exchange, notification_cb, NULL, NULL);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (pair->client), exchange);
  g_assert_false (simulated_pair_run (pair, 5));
  g_assert_cmpstr (last_text, ==, "off");
  g_object_set (object, "title", "on", NULL);
  g_assert_false (simulated_pair_run (pair, 5));
  g_assert_cmpstr (last_text, ==, "on");
  g_assert_cmpuint (n_texts, ==, 2);
  gcoap_exchange_cancel (exchange);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/property-resource/get", test_get);
  g_test_add_func ("/property-resource/put", test_put);
  g_test_add_func ("/property-resource/formats", test_formats);
  g_test_add_func ("/property-resource/construct-only", test_construct_only);
  g_test_add_func ("/property-resource/no-text", test_no_text);
  g_test_add_func ("/property-resource/observed", test_observed);
  return g_test_run ();
}
