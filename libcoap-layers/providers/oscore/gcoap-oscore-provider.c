/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-provider-private.h"

/* What other implementations take for a whole message as well. */
#define DEFAULT_MAX_UNFRAGMENTED_SIZE (64 * 1024)
#define MAX_MAX_UNFRAGMENTED_SIZE (16 * 1024 * 1024)
#define DEFAULT_MAX_WAITING 64
#define MAX_MAX_WAITING GCOAP_OSCORE_SLOT_MAX_WAITING
#define DEFAULT_ERROR_RATE 10
#define MAX_ERROR_RATE 100000

/**
 * GcoapOscore:
 *
 * Protects requests and responses from end to end (RFC 8613).
 *
 * Outbound, a request to a URI that has an OSCORE credential in
 * [property@Context:credentials] leaves protected; it shows in the address of its
 * exchange, so that further requests to that address, for the blocks of a large
 * body for instance, are protected too. Only a response that verifies reaches the
 * requester; what is not protected, or does not verify, is
 * %GCOAP_ERROR_UNEXPECTED_RESPONSE. If a server says, as it must without
 * protection, that it cannot open the request, that is %GCOAP_ERROR_REFUSED with
 * what it said. A request to a group is %GCOAP_ERROR_UNSUPPORTED.
 *
 * Inbound, a request with an OSCORE option is opened with the context that
 * verifies it among those of the clients in
 * [property@Context:server-credentials], or those for URIs in
 * [property@Context:credentials], whose peers may be clients, too. Its exchange
 * has the claims of the context, such as `oscore:` with the name of the context, a
 * slash and the ID of the sender; [method@Site.require] can ask for them.
 * Whatever answers it, even an error or the end of the stack, leaves protected.
 * Requests without the option pass.
 *
 * Contexts are opened when they are needed first. A server that does not know
 * after a crash which requests it has seen asks for a proof of freshness once
 * (RFC 8613 Appendix B.1.2).
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_RUNTIME,
  PROP_MAX_UNFRAGMENTED_SIZE,
  PROP_MAX_WAITING,
  PROP_ERROR_RATE,
  PROP_REDERIVES,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static GcoapRequestInterfaceInterface *parent_iface;

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapOscore, gcoap_oscore, GCOAP_TYPE_REQUEST_PROVIDER,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE, request_interface_init))

static void
gcoap_oscore_prepare_async (GcoapRequestInterface *iface,
                            GcoapExchange         *exchange,
                            GCancellable          *cancellable,
                            GAsyncReadyCallback    callback,
                            gpointer               user_data)
{
  GcoapOscore *self = GCOAP_OSCORE (iface);
  GcoapRequestInterface *next = gcoap_request_provider_get_next (GCOAP_REQUEST_PROVIDER (self));

  if (!gcoap_oscore_prepare (self, next, exchange, cancellable, callback, user_data))
    parent_iface->prepare_async (iface, exchange, cancellable, callback, user_data);
}

/* The router knows only the addresses below. */
static gboolean
gcoap_oscore_recognizes (GcoapRequestInterface *iface,
                         GcoapExchange         *exchange)
{
  GcoapEndpointAddress *address = exchange->address;
  gboolean recognizes;

  if (gcoap_oscore_find_slot (exchange) == NULL)
    return parent_iface->recognizes (iface, exchange);
  exchange->address = gcoap_oscore_address_get_lower (GCOAP_OSCORE_ADDRESS (address));
  recognizes = parent_iface->recognizes (iface, exchange);
  exchange->address = address;
  return recognizes;
}

static void
gcoap_oscore_shutdown_async (GcoapRequestInterface *iface,
                             GCancellable          *cancellable,
                             GAsyncReadyCallback    callback,
                             gpointer               user_data)
{
  GcoapOscore *self = GCOAP_OSCORE (iface);

  if (self->contexts != NULL)
    gcoap_oscore_contexts_end_waiting (self->contexts);
  /* What it keeps for peers goes at once; there is nothing to wait for. */
  if (self->wire != NULL)
    gcoap_request_interface_shutdown_async (self->wire, cancellable, NULL, NULL);
  parent_iface->shutdown_async (iface, cancellable, callback, user_data);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);
  iface->prepare_async = gcoap_oscore_prepare_async;
  iface->recognizes = gcoap_oscore_recognizes;
  iface->shutdown_async = gcoap_oscore_shutdown_async;
}

static void
gcoap_oscore_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  GcoapOscore *self = GCOAP_OSCORE (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      g_value_set_object (value, self->runtime);
      break;
    case PROP_MAX_UNFRAGMENTED_SIZE:
      g_value_set_uint (value, self->max_unfragmented_size);
      break;
    case PROP_MAX_WAITING:
      g_value_set_uint (value, self->max_waiting);
      break;
    case PROP_ERROR_RATE:
      g_value_set_uint (value, self->error_rate);
      break;
    case PROP_REDERIVES:
      g_value_set_boolean (value, self->rederives);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_oscore_set_property (GObject      *object,
                           guint         property_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  GcoapOscore *self = GCOAP_OSCORE (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      self->runtime = g_value_dup_object (value);
      break;
    case PROP_MAX_UNFRAGMENTED_SIZE:
      gcoap_oscore_set_max_unfragmented_size (self, g_value_get_uint (value));
      break;
    case PROP_MAX_WAITING:
      gcoap_oscore_set_max_waiting (self, g_value_get_uint (value));
      break;
    case PROP_ERROR_RATE:
      gcoap_oscore_set_error_rate (self, g_value_get_uint (value));
      break;
    case PROP_REDERIVES:
      gcoap_oscore_set_rederives (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_oscore_constructed (GObject *object)
{
  GcoapOscore *self = GCOAP_OSCORE (object);

  G_OBJECT_CLASS (gcoap_oscore_parent_class)->constructed (object);
  if (self->runtime == NULL)
    self->runtime = gcoap_runtime_new (NULL);
}

static void
gcoap_oscore_finalize (GObject *object)
{
  GcoapOscore *self = GCOAP_OSCORE (object);

  gcoap_exchange_pool_clear (&self->pool);
  gcoap_oscore_address_pool_clear (&self->addresses);
  g_clear_pointer (&self->contexts, gcoap_oscore_contexts_unref);
  g_clear_object (&self->wire);
  g_clear_object (&self->inside);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_oscore_parent_class)->finalize (object);
}

static void
make_properties (void)
{
  /**
   * GcoapOscore:runtime:
   *
   * What the layers of the stack share; it gives the time.
   *
   * Since: 0.1
   */
  properties[PROP_RUNTIME] =
    g_param_spec_object ("runtime", NULL, NULL, GCOAP_TYPE_RUNTIME,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapOscore:max-unfragmented-size: (getter get_max_unfragmented_size) (setter set_max_unfragmented_size)
   *
   * How many bytes of payload a protected request may have that was put together
   * from blocks which are not protected themselves: MAX_UNFRAGMENTED_SIZE of RFC
   * 8613 §4.1.3.4.2. Larger bodies are sent in blocks that are.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_UNFRAGMENTED_SIZE] =
    g_param_spec_uint ("max-unfragmented-size", NULL, NULL,
                       0, MAX_MAX_UNFRAGMENTED_SIZE, DEFAULT_MAX_UNFRAGMENTED_SIZE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapOscore:max-waiting: (getter get_max_waiting) (setter set_max_waiting)
   *
   * How many requests of peers may wait for contexts to be opened, or for their
   * storage; those beyond are answered 5.03.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_WAITING] =
    g_param_spec_uint ("max-waiting", NULL, NULL,
                       0, MAX_MAX_WAITING, DEFAULT_MAX_WAITING,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapOscore:error-rate: (getter get_error_rate) (setter set_error_rate)
   *
   * How many requests that cannot be opened are answered by an error per second;
   * those beyond get no answer.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR_RATE] =
    g_param_spec_uint ("error-rate", NULL, NULL,
                       0, MAX_ERROR_RATE, DEFAULT_ERROR_RATE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapOscore:rederives: (getter get_rederives) (setter set_rederives)
   *
   * Whether keys are made anew where the state of a context was lost (RFC 8613
   * Appendix B.2): outbound with the first request, inbound when a client does
   * so. Both peers must do it; each takes up to two messages more. The ID
   * Context of the credentials is then only that of the first keys.
   *
   * Since: 0.1
   */
  properties[PROP_REDERIVES] =
    g_param_spec_boolean ("rederives", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
gcoap_oscore_class_init (GcoapOscoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapRequestProviderClass *provider_class = GCOAP_REQUEST_PROVIDER_CLASS (klass);

  object_class->get_property = gcoap_oscore_get_property;
  object_class->set_property = gcoap_oscore_set_property;
  object_class->constructed = gcoap_oscore_constructed;
  object_class->finalize = gcoap_oscore_finalize;

  provider_class->outbound = gcoap_oscore_outbound;
  provider_class->inbound = gcoap_oscore_inbound;

  make_properties ();
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_oscore_init (GcoapOscore *self)
{
  self->max_unfragmented_size = DEFAULT_MAX_UNFRAGMENTED_SIZE;
  self->max_waiting = DEFAULT_MAX_WAITING;
  self->error_rate = DEFAULT_ERROR_RATE;
  self->errors_since = G_MININT64 / 2;
}

/**
 * gcoap_oscore_new:
 * @next: (nullable): the next interface of the chain
 * @runtime: what the layers of the stack share
 *
 * Makes a provider that protects messages.
 *
 * That of a [class@Context] knows its credentials; this one has none, and lets
 * everything pass.
 *
 * Returns: (transfer full): a new provider
 *
 * Since: 0.1
 */
GcoapOscore *
gcoap_oscore_new (GcoapRequestInterface *next,
                  GcoapRuntime          *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return g_object_new (GCOAP_TYPE_OSCORE, "next", next, "runtime", runtime, NULL);
}

void
gcoap_oscore_set_contexts (GcoapOscore         *self,
                           GcoapOscoreContexts *contexts)
{
  g_clear_pointer (&self->contexts, gcoap_oscore_contexts_unref);
  self->contexts = gcoap_oscore_contexts_ref (contexts);
}

void
gcoap_oscore_set_wire (GcoapOscore           *self,
                       GcoapRequestInterface *wire)
{
  g_set_object (&self->wire, wire);
}

void
gcoap_oscore_set_inside (GcoapOscore           *self,
                         GcoapRequestInterface *inside)
{
  g_set_object (&self->inside, inside);
}

void
gcoap_oscore_trace_inner (GcoapOscore          *self,
                          gboolean              sent,
                          GcoapEndpointAddress *address,
                          GcoapMessage         *inner)
{
  g_autofree char *message = NULL;
  g_autofree char *text = NULL;

  if (G_LIKELY (self->runtime->trace == NULL))
    return;
  message = gcoap_message_to_string (inner);
  text = g_strdup_printf ("OSCORE %s %s", sent ? "protects" : "verified", message);
  gcoap_runtime_trace_note (self->runtime, address, text);
}

static void
set_number (GcoapOscore *self,
            guint       *place,
            guint        value,
            guint        property_id)
{
  if (*place == value)
    return;
  *place = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

/**
 * gcoap_oscore_get_max_unfragmented_size: (get-property max-unfragmented-size)
 * @self: a provider
 *
 * Tells how large a protected request may be that is put together from blocks.
 *
 * Returns: bytes of payload
 *
 * Since: 0.1
 */
guint
gcoap_oscore_get_max_unfragmented_size (GcoapOscore *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE (self), 0);

  return self->max_unfragmented_size;
}

/**
 * gcoap_oscore_set_max_unfragmented_size: (set-property max-unfragmented-size)
 * @self: a provider
 * @bytes: bytes of payload, up to 16 MiB
 *
 * Says how large a protected request may be that is put together from blocks.
 *
 * Since: 0.1
 */
void
gcoap_oscore_set_max_unfragmented_size (GcoapOscore *self,
                                        guint        bytes)
{
  g_return_if_fail (GCOAP_IS_OSCORE (self));
  g_return_if_fail (bytes <= MAX_MAX_UNFRAGMENTED_SIZE);

  set_number (self, &self->max_unfragmented_size, bytes, PROP_MAX_UNFRAGMENTED_SIZE);
}

/**
 * gcoap_oscore_get_max_waiting: (get-property max-waiting)
 * @self: a provider
 *
 * Tells how many requests may wait for contexts.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint
gcoap_oscore_get_max_waiting (GcoapOscore *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE (self), 0);

  return self->max_waiting;
}

/**
 * gcoap_oscore_set_max_waiting: (set-property max-waiting)
 * @self: a provider
 * @requests: up to 128
 *
 * Says how many requests may wait for contexts.
 *
 * Since: 0.1
 */
void
gcoap_oscore_set_max_waiting (GcoapOscore *self,
                              guint        requests)
{
  g_return_if_fail (GCOAP_IS_OSCORE (self));
  g_return_if_fail (requests <= MAX_MAX_WAITING);

  set_number (self, &self->max_waiting, requests, PROP_MAX_WAITING);
}

/**
 * gcoap_oscore_get_error_rate: (get-property error-rate)
 * @self: a provider
 *
 * Tells how many errors that are not protected are sent per second.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint
gcoap_oscore_get_error_rate (GcoapOscore *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE (self), 0);

  return self->error_rate;
}

/**
 * gcoap_oscore_set_error_rate: (set-property error-rate)
 * @self: a provider
 * @per_second: up to 100000
 *
 * Says how many errors that are not protected are sent per second.
 *
 * Since: 0.1
 */
void
gcoap_oscore_set_error_rate (GcoapOscore *self,
                             guint        per_second)
{
  g_return_if_fail (GCOAP_IS_OSCORE (self));
  g_return_if_fail (per_second <= MAX_ERROR_RATE);

  set_number (self, &self->error_rate, per_second, PROP_ERROR_RATE);
}

/**
 * gcoap_oscore_get_rederives: (get-property rederives)
 * @self: a provider
 *
 * Tells whether keys are made anew where the state of a context was lost.
 *
 * Returns: %TRUE if so
 *
 * Since: 0.1
 */
gboolean
gcoap_oscore_get_rederives (GcoapOscore *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE (self), FALSE);

  return self->rederives;
}

/**
 * gcoap_oscore_set_rederives: (set-property rederives)
 * @self: a provider
 * @rederives: whether to make keys anew
 *
 * Says whether keys are made anew where the state of a context was lost.
 *
 * Since: 0.1
 */
void
gcoap_oscore_set_rederives (GcoapOscore *self,
                            gboolean     rederives)
{
  g_return_if_fail (GCOAP_IS_OSCORE (self));

  if (self->rederives == !!rederives)
    return;
  self->rederives = !!rederives;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REDERIVES]);
}
