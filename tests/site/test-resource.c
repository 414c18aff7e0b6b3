/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource derived in C: methods, the link, options of its own. */
#include "site/gcoap-resource.h"

#include "helpers/message-data.h"
#include "helpers/test-exchange.h"

#define METHODS_TYPE_RESOURCE (methods_resource_get_type ())
G_DECLARE_FINAL_TYPE (MethodsResource, methods_resource, METHODS, RESOURCE, GcoapResource)

/* Answers some methods, DELETE later. */
struct _MethodsResource
{
  GcoapResource parent_instance;

  GcoapExchange *held;
};

G_DEFINE_FINAL_TYPE (MethodsResource, methods_resource, GCOAP_TYPE_RESOURCE)

static void
respond (GcoapExchange *exchange,
         GcoapCode      code)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (code);

  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
methods_resource_get (GcoapResource *resource,
                      GcoapExchange *exchange)
{
  respond (exchange, GCOAP_CODE_CONTENT);
}

static void
methods_resource_post (GcoapResource *resource,
                       GcoapExchange *exchange)
{
  respond (exchange, GCOAP_CODE_CREATED);
}

static void
methods_resource_put (GcoapResource *resource,
                      GcoapExchange *exchange)
{
  respond (exchange, GCOAP_CODE_CHANGED);
}

static void
methods_resource_delete (GcoapResource *resource,
                         GcoapExchange *exchange)
{
  g_set_object (&METHODS_RESOURCE (resource)->held, exchange);
}

static void
methods_resource_fetch (GcoapResource *resource,
                        GcoapExchange *exchange)
{
  respond (exchange, GCOAP_CODE_VALID);
}

static void
methods_resource_patch (GcoapResource *resource,
                        GcoapExchange *exchange)
{
  respond (exchange, GCOAP_CODE_CONFLICT);
}

static void
methods_resource_ipatch (GcoapResource *resource,
                         GcoapExchange *exchange)
{
  respond (exchange, GCOAP_CODE_UNPROCESSABLE_ENTITY);
}

static void
methods_resource_finalize (GObject *object)
{
  g_clear_object (&METHODS_RESOURCE (object)->held);
  G_OBJECT_CLASS (methods_resource_parent_class)->finalize (object);
}

static void
methods_resource_class_init (MethodsResourceClass *klass)
{
  GcoapResourceClass *resource_class = GCOAP_RESOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = methods_resource_finalize;
  resource_class->get = methods_resource_get;
  resource_class->post = methods_resource_post;
  resource_class->put = methods_resource_put;
  resource_class->delete_ = methods_resource_delete;
  resource_class->fetch = methods_resource_fetch;
  resource_class->patch = methods_resource_patch;
  resource_class->ipatch = methods_resource_ipatch;
}

static void
methods_resource_init (MethodsResource *self)
{
}

#define BARE_TYPE_RESOURCE (bare_resource_get_type ())
G_DECLARE_FINAL_TYPE (BareResource, bare_resource, BARE, RESOURCE, GcoapResource)

struct _BareResource
{
  GcoapResource parent_instance;
};

G_DEFINE_FINAL_TYPE (BareResource, bare_resource, GCOAP_TYPE_RESOURCE)

static void
bare_resource_class_init (BareResourceClass *klass)
{
}

static void
bare_resource_init (BareResource *self)
{
}

static void
test_methods (void)
{
  g_autoptr (GcoapRequestInterface) resource = g_object_new (METHODS_TYPE_RESOURCE, NULL);

  g_assert_cmpint (test_ask (resource, GCOAP_CODE_GET, ""), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpint (test_ask (resource, GCOAP_CODE_POST, ""), ==, GCOAP_CODE_CREATED);
  g_assert_cmpint (test_ask (resource, GCOAP_CODE_PUT, ""), ==, GCOAP_CODE_CHANGED);
  g_assert_cmpint (test_ask (resource, GCOAP_CODE_FETCH, ""), ==, GCOAP_CODE_VALID);
  g_assert_cmpint (test_ask (resource, GCOAP_CODE_PATCH, ""), ==, GCOAP_CODE_CONFLICT);
  g_assert_cmpint (test_ask (resource, GCOAP_CODE_IPATCH, ""), ==,
                   GCOAP_CODE_UNPROCESSABLE_ENTITY);
  /* RFC 7252 §5.8: not a method that anybody knows. */
  g_assert_cmpint (test_ask (resource, (GcoapCode) 31, ""), ==, GCOAP_CODE_METHOD_NOT_ALLOWED);
}

static void
test_not_implemented (void)
{
  g_autoptr (GcoapRequestInterface) resource = g_object_new (BARE_TYPE_RESOURCE, NULL);

  for (guint method = GCOAP_CODE_GET; method <= GCOAP_CODE_IPATCH; method++)
    g_assert_cmpint (test_ask (resource, (GcoapCode) method, ""), ==,
                     GCOAP_CODE_METHOD_NOT_ALLOWED);
}

static void
test_later (void)
{
  g_autoptr (MethodsResource) resource = g_object_new (METHODS_TYPE_RESOURCE, NULL);
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_DELETE, "", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (resource));
  g_assert_cmpuint (exchange->n_ends, ==, 0);
  respond (resource->held, GCOAP_CODE_DELETED);
  test_exchange_assert_code (exchange, GCOAP_CODE_DELETED);
}

static void
test_link (void)
{
  g_autoptr (GcoapResource) resource = g_object_new (BARE_TYPE_RESOURCE,
                                                     "title", "A \"lamp\"",
                                                     "resource-type", "light dimmer",
                                                     "interface-description", "sensor",
                                                     "content-formats", "0 60",
                                                     "maximum-size", (guint64) 5000000000,
                                                     "observable", TRUE,
                                                     NULL);
  g_autoptr (GcoapLink) link = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GcoapResource) plain = g_object_new (BARE_TYPE_RESOURCE, NULL);
  g_autoptr (GcoapLink) plain_link = gcoap_resource_get_link (plain, "/");
  g_autofree char *plain_text = gcoap_link_to_string (plain_link);

  gcoap_resource_add_attribute (resource, "rel", "hosts");
  gcoap_resource_add_attribute (resource, "osc", NULL);
  link = gcoap_resource_get_link (resource, "/lamp");
  g_assert_cmpstr (gcoap_link_get_target (link), ==, "/lamp");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "title"), ==, "A \"lamp\"");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "rt"), ==, "light dimmer");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "if"), ==, "sensor");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "ct"), ==, "0 60");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "sz"), ==, "5000000000");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "obs"), ==, "");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "rel"), ==, "hosts");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "osc"), ==, "");
  g_assert_cmpuint (gcoap_link_get_n_attributes (link), ==, 8);
  g_assert_cmpstr (plain_text, ==, "</>");
}

static void
count_cb (GObject    *object,
          GParamSpec *pspec,
          gpointer    user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_properties (void)
{
  g_autoptr (GcoapResource) resource = g_object_new (BARE_TYPE_RESOURCE, NULL);
  g_autofree char *title = NULL;
  gboolean hidden = TRUE;
  guint64 size;
  guint n = 0;

  g_object_get (resource, "title", &title, "hidden", &hidden, "maximum-size", &size, NULL);
  g_assert_null (title);
  g_assert_false (hidden);
  g_assert_cmpuint (size, ==, 0);

  g_signal_connect (resource, "notify", G_CALLBACK (count_cb), &n);
  gcoap_resource_set_title (resource, "A");
  gcoap_resource_set_title (resource, "A");
  gcoap_resource_set_hidden (resource, TRUE);
  gcoap_resource_set_hidden (resource, 7);
  gcoap_resource_set_subtree (resource, TRUE);
  gcoap_resource_set_maximum_size (resource, 3);
  gcoap_resource_set_maximum_size (resource, 3);
  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpstr (gcoap_resource_get_title (resource), ==, "A");
  g_assert_true (gcoap_resource_get_hidden (resource));
  g_assert_true (gcoap_resource_get_subtree (resource));

  /* No link can say this. */
  test_assert_critical ("*gcoap_link_check_attribute*",
                        gcoap_resource_set_title (resource, "two\nlines"));
  g_assert_cmpstr (gcoap_resource_get_title (resource), ==, "A");
}

static void
test_options (void)
{
  g_autoptr (GcoapResource) resource = g_object_new (BARE_TYPE_RESOURCE, NULL);

  g_assert_false (gcoap_resource_handles_option (resource, 65001));
  gcoap_resource_handle_option (resource, 65001);
  gcoap_resource_handle_option (resource, 65001);
  gcoap_resource_handle_option (resource, 65003);
  g_assert_true (gcoap_resource_handles_option (resource, 65001));
  g_assert_true (gcoap_resource_handles_option (resource, 65003));
  g_assert_false (gcoap_resource_handles_option (resource, 65005));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resource/methods", test_methods);
  g_test_add_func ("/resource/not-implemented", test_not_implemented);
  g_test_add_func ("/resource/later", test_later);
  g_test_add_func ("/resource/link", test_link);
  g_test_add_func ("/resource/properties", test_properties);
  g_test_add_func ("/resource/options", test_options);
  return g_test_run ();
}
