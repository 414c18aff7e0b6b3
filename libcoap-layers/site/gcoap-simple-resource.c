/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource for applications that connect signals instead of deriving. */
#include "site/gcoap-simple-resource.h"

/**
 * GcoapSimpleResource:
 *
 * A resource whose methods are signals.
 *
 * Connect [signal@SimpleResource::get] and the others. A handler answers the
 * exchange, or keeps a reference to answer it later, and returns %TRUE; the
 * handlers connected after it are then not called. A method that no handler
 * takes is answered by 4.05.
 *
 * Since: 0.1
 */
struct _GcoapSimpleResource
{
  GcoapResource parent_instance;
};

enum
{
  SIGNAL_GET,
  SIGNAL_POST,
  SIGNAL_PUT,
  SIGNAL_DELETE,
  SIGNAL_FETCH,
  SIGNAL_PATCH,
  SIGNAL_IPATCH,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GcoapSimpleResource, gcoap_simple_resource, GCOAP_TYPE_RESOURCE)

static void
offer (GcoapResource *self,
       guint          signal,
       GcoapExchange *exchange)
{
  gboolean handled = FALSE;

  /* Without a handler GLib returns at once, so there is no need to ask. */
  g_signal_emit (self, signals[signal], 0, exchange, &handled);
  /* A handler that answered but did not say so has handled it all the same. */
  if (!handled && gcoap_exchange_is_open (exchange))
    gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                              "The resource does not know this method.");
}

static void
gcoap_simple_resource_get (GcoapResource *resource,
                           GcoapExchange *exchange)
{
  offer (resource, SIGNAL_GET, exchange);
}

static void
gcoap_simple_resource_post (GcoapResource *resource,
                            GcoapExchange *exchange)
{
  offer (resource, SIGNAL_POST, exchange);
}

static void
gcoap_simple_resource_put (GcoapResource *resource,
                           GcoapExchange *exchange)
{
  offer (resource, SIGNAL_PUT, exchange);
}

static void
gcoap_simple_resource_delete (GcoapResource *resource,
                              GcoapExchange *exchange)
{
  offer (resource, SIGNAL_DELETE, exchange);
}

static void
gcoap_simple_resource_fetch (GcoapResource *resource,
                             GcoapExchange *exchange)
{
  offer (resource, SIGNAL_FETCH, exchange);
}

static void
gcoap_simple_resource_patch (GcoapResource *resource,
                             GcoapExchange *exchange)
{
  offer (resource, SIGNAL_PATCH, exchange);
}

static void
gcoap_simple_resource_ipatch (GcoapResource *resource,
                              GcoapExchange *exchange)
{
  offer (resource, SIGNAL_IPATCH, exchange);
}

typedef gboolean (*HandlerFunc) (gpointer first,
                                 gpointer exchange,
                                 gpointer last);

/* Calls a handler written in C. What GLib does for signals it knows nothing
 * about goes through libffi, which takes as long as the rest of a request. */
static void
call_handler (GClosure *closure,
              GValue   *return_value,
              gpointer  instance,
              gpointer  exchange,
              gpointer  marshal_data)
{
  HandlerFunc func = (HandlerFunc) (marshal_data != NULL ? marshal_data
                                                         : ((GCClosure *) closure)->callback);
  gboolean swapped = G_CCLOSURE_SWAP_DATA (closure);
  gboolean handled = func (swapped ? closure->data : instance, exchange,
                           swapped ? instance : closure->data);

  g_value_set_boolean (return_value, handled);
}

static void
marshal (GClosure     *closure,
         GValue       *return_value,
         guint         n_values,
         const GValue *values,
         gpointer      hint,
         gpointer      marshal_data)
{
  call_handler (closure, return_value, g_value_peek_pointer (&values[0]),
                g_value_get_object (&values[1]), marshal_data);
}

static void
marshal_va (GClosure *closure,
            GValue   *return_value,
            gpointer  instance,
            va_list   arguments,
            gpointer  marshal_data,
            int       n_types,
            GType    *types)
{
  g_autoptr (GcoapExchange) exchange = NULL;
  va_list copy;

  va_copy (copy, arguments);
  exchange = g_object_ref (va_arg (copy, GcoapExchange *));
  va_end (copy);
  call_handler (closure, return_value, instance, exchange, marshal_data);
}

static guint
new_signal (const char *name)
{
  guint signal = g_signal_new (name, GCOAP_TYPE_SIMPLE_RESOURCE, G_SIGNAL_RUN_LAST,
                               0, g_signal_accumulator_true_handled, NULL, marshal,
                               G_TYPE_BOOLEAN, 1, GCOAP_TYPE_EXCHANGE);

  g_signal_set_va_marshaller (signal, GCOAP_TYPE_SIMPLE_RESOURCE, marshal_va);
  return signal;
}

static void
make_signals (void)
{
  /**
   * GcoapSimpleResource::get:
   * @self: the resource
   * @exchange: an open exchange
   *
   * A GET request.
   *
   * Returns: %TRUE if @exchange is answered, or will be
   *
   * Since: 0.1
   */
  signals[SIGNAL_GET] = new_signal ("get");

  /**
   * GcoapSimpleResource::post:
   * @self: the resource
   * @exchange: an open exchange
   *
   * A POST request.
   *
   * Returns: %TRUE if @exchange is answered, or will be
   *
   * Since: 0.1
   */
  signals[SIGNAL_POST] = new_signal ("post");

  /**
   * GcoapSimpleResource::put:
   * @self: the resource
   * @exchange: an open exchange
   *
   * A PUT request.
   *
   * Returns: %TRUE if @exchange is answered, or will be
   *
   * Since: 0.1
   */
  signals[SIGNAL_PUT] = new_signal ("put");

  /**
   * GcoapSimpleResource::delete:
   * @self: the resource
   * @exchange: an open exchange
   *
   * A DELETE request.
   *
   * Returns: %TRUE if @exchange is answered, or will be
   *
   * Since: 0.1
   */
  signals[SIGNAL_DELETE] = new_signal ("delete");
}

/* The methods of RFC 8132. */
static void
make_patch_signals (void)
{
  /**
   * GcoapSimpleResource::fetch:
   * @self: the resource
   * @exchange: an open exchange
   *
   * A FETCH request (RFC 8132).
   *
   * Returns: %TRUE if @exchange is answered, or will be
   *
   * Since: 0.1
   */
  signals[SIGNAL_FETCH] = new_signal ("fetch");

  /**
   * GcoapSimpleResource::patch:
   * @self: the resource
   * @exchange: an open exchange
   *
   * A PATCH request (RFC 8132).
   *
   * Returns: %TRUE if @exchange is answered, or will be
   *
   * Since: 0.1
   */
  signals[SIGNAL_PATCH] = new_signal ("patch");

  /**
   * GcoapSimpleResource::ipatch:
   * @self: the resource
   * @exchange: an open exchange
   *
   * An iPATCH request (RFC 8132).
   *
   * Returns: %TRUE if @exchange is answered, or will be
   *
   * Since: 0.1
   */
  signals[SIGNAL_IPATCH] = new_signal ("ipatch");
}

static void
gcoap_simple_resource_class_init (GcoapSimpleResourceClass *klass)
{
  GcoapResourceClass *resource_class = GCOAP_RESOURCE_CLASS (klass);

  resource_class->get = gcoap_simple_resource_get;
  resource_class->post = gcoap_simple_resource_post;
  resource_class->put = gcoap_simple_resource_put;
  resource_class->delete_ = gcoap_simple_resource_delete;
  resource_class->fetch = gcoap_simple_resource_fetch;
  resource_class->patch = gcoap_simple_resource_patch;
  resource_class->ipatch = gcoap_simple_resource_ipatch;

  make_signals ();
  make_patch_signals ();
}

static void
gcoap_simple_resource_init (GcoapSimpleResource *self G_GNUC_UNUSED)
{
}

/**
 * gcoap_simple_resource_new:
 *
 * Makes a resource that answers every method by 4.05 until signals are
 * connected.
 *
 * Returns: (transfer full): a new resource
 *
 * Since: 0.1
 */
GcoapSimpleResource *
gcoap_simple_resource_new (void)
{
  return g_object_new (GCOAP_TYPE_SIMPLE_RESOURCE, NULL);
}
