/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-context-private.h"

#include "base/gcoap-error.h"
#include "context/gcoap-chains-private.h"
#include "providers/echo/gcoap-providers-echo-enum-types.h"

/**
 * GcoapContext:
 *
 * A whole CoAP stack, as client, server, or both.
 *
 * A context belongs to the main context that was the thread's default when it
 * was made; everything happens there, and nothing blocks it. As a
 * [iface@RequestInterface] it answers outbound exchanges by the network and
 * inbound ones by its site.
 *
 * Since: 0.1
 */

/* RFC 7252 §4.8.2: EXCHANGE_LIFETIME, rounded up to whole minutes of patience
 * for a server that acknowledged and works on its answer, would be 247 s; the
 * time after which the sender of a message that nobody acknowledged gives up
 * (MAX_TRANSMIT_WAIT, 93 s) plus half a minute serves people better. */
#define DEFAULT_RESPONSE_TIMEOUT (120 * 1000)
#define MAX_RESPONSE_TIMEOUT (24 * 60 * 60 * 1000)

enum
{
  PROP_0,
  PROP_RUNTIME,
  PROP_SITE,
  PROP_TUNING,
  PROP_RESPONSE_TIMEOUT,
  PROP_TRACE,
  PROP_AMPLIFICATION_POLICY,
  PROP_REUSE_PORT,
  PROP_CLIENT_TRANSPORT,
  PROP_SERVER_TRANSPORT,
  PROP_CREDENTIALS,
  PROP_SERVER_CREDENTIALS,
  PROP_ALLOWED_ORIGINS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapContext, gcoap_context, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      gcoap_context_request_interface_init))

static void
gcoap_context_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  GcoapContext *self = GCOAP_CONTEXT (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      g_value_set_object (value, self->runtime);
      break;
    case PROP_SITE:
      g_value_set_object (value, gcoap_context_get_site (self));
      break;
    case PROP_TUNING:
      g_value_set_boxed (value, self->tuning);
      break;
    case PROP_RESPONSE_TIMEOUT:
      g_value_set_uint (value, self->response_timeout);
      break;
    case PROP_TRACE:
      g_value_set_object (value, gcoap_context_get_trace (self));
      break;
    case PROP_AMPLIFICATION_POLICY:
      g_value_set_enum (value, gcoap_context_get_amplification_policy (self));
      break;
    case PROP_REUSE_PORT:
      g_value_set_boolean (value, gcoap_context_get_reuse_port (self));
      break;
    case PROP_CLIENT_TRANSPORT:
      g_value_set_string (value, self->client_transport);
      break;
    case PROP_SERVER_TRANSPORT:
      g_value_set_string (value, self->server_transport);
      break;
    case PROP_CREDENTIALS:
      g_value_set_object (value, self->credentials);
      break;
    case PROP_SERVER_CREDENTIALS:
      g_value_set_object (value, self->server_credentials);
      break;
    case PROP_ALLOWED_ORIGINS:
      g_value_set_boxed (value, self->allowed_origins);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
gcoap_context_set_property (GObject      *object,
                            guint         property_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  GcoapContext *self = GCOAP_CONTEXT (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      self->runtime = g_value_dup_object (value);
      break;
    case PROP_SITE:
      gcoap_context_set_site (self, g_value_get_object (value));
      break;
    case PROP_TUNING:
      gcoap_context_set_tuning (self, g_value_get_boxed (value));
      break;
    case PROP_RESPONSE_TIMEOUT:
      gcoap_context_set_response_timeout (self, g_value_get_uint (value));
      break;
    case PROP_TRACE:
      gcoap_context_set_trace (self, g_value_get_object (value));
      break;
    case PROP_AMPLIFICATION_POLICY:
      gcoap_context_set_amplification_policy (self, g_value_get_enum (value));
      break;
    case PROP_REUSE_PORT:
      gcoap_context_set_reuse_port (self, g_value_get_boolean (value));
      break;
    case PROP_CLIENT_TRANSPORT:
      gcoap_context_set_client_transport (self, g_value_get_string (value));
      break;
    case PROP_SERVER_TRANSPORT:
      gcoap_context_set_server_transport (self, g_value_get_string (value));
      break;
    case PROP_CREDENTIALS:
      gcoap_context_set_credentials (self, g_value_get_object (value));
      break;
    case PROP_SERVER_CREDENTIALS:
      gcoap_context_set_server_credentials (self, g_value_get_object (value));
      break;
    case PROP_ALLOWED_ORIGINS:
      gcoap_context_set_allowed_origins (self, g_value_get_boxed (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
gcoap_context_constructed (GObject *object)
{
  GcoapContext *self = GCOAP_CONTEXT (object);

  G_OBJECT_CLASS (gcoap_context_parent_class)->constructed (object);
  if (self->runtime == NULL)
    self->runtime = gcoap_runtime_new (NULL);
  self->oscore = gcoap_oscore_contexts_new (self->runtime);
  gcoap_oscore_contexts_set_stores (self->oscore, self->credentials, self->server_credentials);
  self->inbound = gcoap_chains_make_inbound (GCOAP_REQUEST_INTERFACE (self->slot), self->runtime, self->oscore);
  self->outbound = gcoap_chains_make_outbound (GCOAP_REQUEST_INTERFACE (self->router),
                                               self->runtime, self->oscore);
}

static gboolean
go_cb (gpointer data)
{
  /* Whoever turns the loop of the stack owns it. */
  ((GcoapContext *) data)->thread = g_thread_self ();
  return G_SOURCE_REMOVE;
}

/* The last reference may be dropped where the stack cannot go: in the thread
 * of a caller of request_async(), while its own thread is at work in it; or by
 * a trace that is told of a message, with every layer on the stack. Then it is
 * dropped once more, from the loop. */
static gboolean
go_later (GcoapContext *self)
{
  GMainContext *main_context;
  g_autoptr (GSource) source = NULL;

  if (self->runtime == NULL)
    return FALSE;
  main_context = self->runtime->main_context;
  if (self->runtime->n_tracing == 0)
    {
      if (g_thread_self () == self->thread)
        return FALSE;
      /* Nobody turns the loop: as good as the own thread, and maybe the last
       * opportunity. */
      if (g_main_context_acquire (main_context))
        {
          self->thread = g_thread_self ();
          g_main_context_release (main_context);
          return FALSE;
        }
    }
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "GcoapContext dropped");
  /* The source's reference brings the context back from its disposal. */
  g_source_set_callback (source, go_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, main_context);
  return TRUE;
}

/* Ends the transports and what they carry. What its methods need stays until
 * the last reference goes: a garbage collector may dispose a context that is
 * still called. */
static void
gcoap_context_dispose (GObject *object)
{
  GcoapContext *self = GCOAP_CONTEXT (object);

  if (go_later (self))
    return;
  self->closed = TRUE;
  while (self->stacks->len > 0)
    {
      GcoapContextStack *stack = g_ptr_array_steal_index (self->stacks, self->stacks->len - 1);

      gcoap_router_remove (self->router, GCOAP_REQUEST_INTERFACE (stack->token_layer));
      gcoap_context_stack_free (stack);
    }
  gcoap_site_slot_set_site (self->slot, NULL);
  G_OBJECT_CLASS (gcoap_context_parent_class)->dispose (object);
}

static void
gcoap_context_finalize (GObject *object)
{
  GcoapContext *self = GCOAP_CONTEXT (object);

  g_clear_pointer (&self->stacks, g_ptr_array_unref);
  g_clear_pointer (&self->registrations, g_hash_table_unref);
  g_clear_object (&self->outbound);
  g_clear_object (&self->inbound);
  g_clear_object (&self->router);
  g_clear_object (&self->slot);
  g_clear_pointer (&self->tuning, gcoap_transport_tuning_unref);
  g_clear_pointer (&self->client_transport, g_free);
  g_clear_object (&self->credentials);
  g_clear_object (&self->server_credentials);
  g_clear_pointer (&self->oscore, gcoap_oscore_contexts_unref);
  g_clear_pointer (&self->server_transport, g_free);
  g_clear_pointer (&self->allowed_origins, g_strfreev);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_context_parent_class)->finalize (object);
}

static void
make_transport_properties (GParamFlags flags)
{
  /**
   * GcoapContext:reuse-port: (getter get_reuse_port) (setter set_reuse_port)
   *
   * Whether other sockets of the same user may listen at the same address and
   * port (`SO_REUSEPORT`), so that the system shares out what comes.
   *
   * It holds for [method@Context.listen] from now on. So a server uses several
   * processors: with a context per thread, each listening at the same URI.
   *
   * Since: 0.1
   */
  properties[PROP_REUSE_PORT] = g_param_spec_boolean ("reuse-port", NULL, NULL, FALSE, flags);

  /**
   * GcoapContext:client-transport:
   *
   * Which transport is made for requests to coap URIs: “udp”, or “socket”, the
   * portable [class@SocketTransport].
   *
   * %NULL: the environment variable `GCOAP_CLIENT_TRANSPORT` says it, else “udp”.
   * Another name makes the first request fail with
   * %GCOAP_ERROR_INVALID_ARGUMENT. It has no effect after the first request.
   * Sockets in the file system are always asked by “socket”.
   *
   * Since: 0.1
   */
  properties[PROP_CLIENT_TRANSPORT] = g_param_spec_string ("client-transport", NULL, NULL, NULL,
                                                           flags);
  /**
   * GcoapContext:server-transport:
   *
   * Which transport [method@Context.listen] makes for coap URIs: “udp”, or
   * “socket”, the portable [class@SocketTransport].
   *
   * %NULL: the environment variable `GCOAP_SERVER_TRANSPORT` says it, else “udp”.
   * With another name listening fails with %GCOAP_ERROR_INVALID_ARGUMENT. At the
   * path of a socket it is always “socket”.
   *
   * Since: 0.1
   */
  properties[PROP_SERVER_TRANSPORT] = g_param_spec_string ("server-transport", NULL, NULL, NULL,
                                                           flags);
  /**
   * GcoapContext:allowed-origins: (getter get_allowed_origins) (setter set_allowed_origins)
   *
   * Which web pages may connect to what listens for WebSockets, beside those
   * that come from the same host and port (RFC 6455 §10.2).
   *
   * Each is the origin of pages, such as “https://app.example” or
   * “http://localhost:8000”, or “null”, which is that of a local file; “*” lets
   * all pages in, and so whatever a person of this network looks at. %NULL, the
   * default, adds none. Whoever is no browser says no origin, and comes in:
   * this protects people, and does not replace credentials.
   *
   * It holds for [method@Context.listen] from now on, which fails with
   * %GCOAP_ERROR_INVALID_ARGUMENT if something in it is no origin.
   *
   * Since: 0.1
   */
  properties[PROP_ALLOWED_ORIGINS] = g_param_spec_boxed ("allowed-origins", NULL, NULL, G_TYPE_STRV, flags);
}

static void
make_credential_properties (GParamFlags flags)
{
  /**
   * GcoapContext:credentials: (getter get_credentials) (setter set_credentials)
   *
   * What secure requests are made with: which credential is for which URI.
   *
   * Without it, requests to coaps URIs fail with %GCOAP_ERROR_INVALID_ARGUMENT.
   * It can be set until the first such request; what is in the store may change
   * at any time.
   *
   * Since: 0.1
   */
  properties[PROP_CREDENTIALS] = g_param_spec_object ("credentials", NULL, NULL, GCOAP_TYPE_CREDENTIAL_STORE,
                                                      flags);

  /**
   * GcoapContext:server-credentials: (getter get_server_credentials) (setter set_server_credentials)
   *
   * What [method@Context.listen] serves coaps URIs with: what this side shows,
   * and which clients it knows.
   *
   * It holds for what listens from now on; what is in the store may change at
   * any time. It may be the same store as [property@Context:credentials].
   *
   * Since: 0.1
   */
  properties[PROP_SERVER_CREDENTIALS] = g_param_spec_object ("server-credentials", NULL, NULL,
                                                             GCOAP_TYPE_CREDENTIAL_STORE, flags);
}

static void
gcoap_context_class_init (GcoapContextClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = gcoap_context_get_property;
  object_class->set_property = gcoap_context_set_property;
  object_class->constructed = gcoap_context_constructed;
  object_class->finalize = gcoap_context_finalize;
  object_class->dispose = gcoap_context_dispose;

  /**
   * GcoapContext:runtime:
   *
   * What all layers of the stack share.
   *
   * Since: 0.1
   */
  properties[PROP_RUNTIME] = g_param_spec_object ("runtime", NULL, NULL, GCOAP_TYPE_RUNTIME,
                                                  G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                  | G_PARAM_STATIC_STRINGS);
  /**
   * GcoapContext:site:
   *
   * What answers requests from the network.
   *
   * Since: 0.1
   */
  properties[PROP_SITE] = g_param_spec_object ("site", NULL, NULL, GCOAP_TYPE_REQUEST_INTERFACE,
                                               flags);
  /**
   * GcoapContext:tuning:
   *
   * How messages are sent where nothing else is said.
   *
   * Since: 0.1
   */
  properties[PROP_TUNING] = g_param_spec_boxed ("tuning", NULL, NULL,
                                                GCOAP_TYPE_TRANSPORT_TUNING, flags);
  /**
   * GcoapContext:response-timeout:
   *
   * How long a response is waited for, in milliseconds; 0: for ever.
   *
   * Since: 0.1
   */
  properties[PROP_RESPONSE_TIMEOUT] = g_param_spec_uint ("response-timeout", NULL, NULL, 0,
                                                         MAX_RESPONSE_TIMEOUT,
                                                         DEFAULT_RESPONSE_TIMEOUT, flags);
  /**
   * GcoapContext:trace:
   *
   * What watches the messages.
   *
   * Since: 0.1
   */
  properties[PROP_TRACE] = g_param_spec_object ("trace", NULL, NULL, GCOAP_TYPE_TRACE, flags);
  /**
   * GcoapContext:amplification-policy:
   *
   * Whose address must be verified before it gets answers much larger than its
   * requests; see [class@Echo].
   *
   * Since: 0.1
   */
  properties[PROP_AMPLIFICATION_POLICY] =
    g_param_spec_enum ("amplification-policy", NULL, NULL, GCOAP_TYPE_AMPLIFICATION_POLICY,
                       GCOAP_AMPLIFICATION_POLICY_PUBLIC, flags);
  make_transport_properties (flags);
  make_credential_properties (flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
gcoap_context_init (GcoapContext *self)
{
  self->thread = g_thread_self ();
  self->response_timeout = DEFAULT_RESPONSE_TIMEOUT;
  self->slot = gcoap_site_slot_new ();
  self->router = gcoap_router_new ();
  self->stacks = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_context_stack_free);
  self->registrations = g_hash_table_new (g_bytes_hash, g_bytes_equal);
}

/**
 * gcoap_context_new:
 *
 * Makes a context that belongs to the main context that is the thread's
 * default now.
 *
 * Returns: (transfer full): a new context
 *
 * Since: 0.1
 */
GcoapContext *
gcoap_context_new (void)
{
  return g_object_new (GCOAP_TYPE_CONTEXT, NULL);
}

/**
 * gcoap_context_new_for_runtime:
 * @runtime: what the layers shall share
 *
 * Makes a context with a runtime of one's own, such as one with a manual clock.
 *
 * Returns: (transfer full): a new context
 *
 * Since: 0.1
 */
GcoapContext *
gcoap_context_new_for_runtime (GcoapRuntime *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return g_object_new (GCOAP_TYPE_CONTEXT, "runtime", runtime, NULL);
}

/**
 * gcoap_context_get_runtime:
 * @self: a context
 *
 * Gets what the layers share.
 *
 * Returns: (transfer none): the runtime
 *
 * Since: 0.1
 */
GcoapRuntime *
gcoap_context_get_runtime (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->runtime;
}

/**
 * gcoap_context_get_limits:
 * @self: a context
 *
 * Gets the limits, to be changed in place.
 *
 * Returns: (transfer none): the limits
 *
 * Since: 0.1
 */
GcoapLimits *
gcoap_context_get_limits (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->runtime->limits;
}

/**
 * gcoap_context_get_statistics:
 * @self: a context
 *
 * Gets the counters of all layers.
 *
 * Returns: (transfer none): the statistics
 *
 * Since: 0.1
 */
GcoapStatistics *
gcoap_context_get_statistics (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->runtime->statistics;
}

/**
 * gcoap_context_get_trace:
 * @self: a context
 *
 * Gets what watches the messages.
 *
 * Returns: (transfer none) (nullable): the trace
 *
 * Since: 0.1
 */
GcoapTrace *
gcoap_context_get_trace (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->runtime->trace;
}

/**
 * gcoap_context_set_trace:
 * @self: a context
 * @trace: (nullable): what shall watch the messages
 *
 * Sets what watches the messages.
 *
 * Since: 0.1
 */
void
gcoap_context_set_trace (GcoapContext *self,
                         GcoapTrace   *trace)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  if (self->runtime->trace == trace)
    return;
  gcoap_runtime_set_trace (self->runtime, trace);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRACE]);
}

/**
 * gcoap_context_get_tuning:
 * @self: a context
 *
 * Gets how messages are sent where nothing else is said.
 *
 * Returns: (transfer none) (nullable): the tuning, or %NULL for the default
 *
 * Since: 0.1
 */
GcoapTransportTuning *
gcoap_context_get_tuning (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->tuning;
}

/**
 * gcoap_context_set_tuning:
 * @self: a context
 * @tuning: (nullable): how to send messages, locked by this
 *
 * Sets how messages are sent where nothing else is said, by transports that
 * are added from now on.
 *
 * Since: 0.1
 */
void
gcoap_context_set_tuning (GcoapContext         *self,
                          GcoapTransportTuning *tuning)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  if (self->tuning == tuning)
    return;
  if (tuning != NULL)
    {
      gcoap_transport_tuning_lock (tuning);
      gcoap_transport_tuning_ref (tuning);
    }
  g_clear_pointer (&self->tuning, gcoap_transport_tuning_unref);
  self->tuning = tuning;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TUNING]);
}

static GcoapEcho *
find_echo (GcoapContext *self)
{
  return GCOAP_ECHO (gcoap_context_get_inbound_provider (self, GCOAP_TYPE_ECHO));
}

/**
 * gcoap_context_get_amplification_policy:
 * @self: a context
 *
 * Tells whose address must be verified before it gets large answers.
 *
 * Returns: the policy, by default %GCOAP_AMPLIFICATION_POLICY_PUBLIC
 *
 * Since: 0.1
 */
GcoapAmplificationPolicy
gcoap_context_get_amplification_policy (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), GCOAP_AMPLIFICATION_POLICY_NONE);

  return gcoap_echo_get_amplification_policy (find_echo (self));
}

/**
 * gcoap_context_set_amplification_policy:
 * @self: a context
 * @policy: the policy
 *
 * Says whose address must be verified before it gets large answers (RFC 9175
 * §2.4, RFC 7252 §11.3).
 *
 * Since: 0.1
 */
void
gcoap_context_set_amplification_policy (GcoapContext             *self,
                                        GcoapAmplificationPolicy  policy)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  if (gcoap_context_get_amplification_policy (self) == policy)
    return;
  gcoap_echo_set_amplification_policy (find_echo (self), policy);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AMPLIFICATION_POLICY]);
}

/**
 * gcoap_context_get_response_timeout:
 * @self: a context
 *
 * Tells how long a response is waited for.
 *
 * Returns: milliseconds, by default 120000; 0: for ever
 *
 * Since: 0.1
 */
guint
gcoap_context_get_response_timeout (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), 0);

  return self->response_timeout;
}

/**
 * gcoap_context_set_response_timeout:
 * @self: a context
 * @milliseconds: 0 to 86400000 (a day); 0: for ever
 *
 * Sets how long the requests made from now on wait for their response.
 *
 * It ends with %GCOAP_ERROR_TIMED_OUT. A confirmable request that nobody
 * acknowledges ends earlier, by its transmission parameters.
 *
 * Since: 0.1
 */
void
gcoap_context_set_response_timeout (GcoapContext *self,
                                    guint         milliseconds)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (milliseconds <= MAX_RESPONSE_TIMEOUT);

  if (self->response_timeout == milliseconds)
    return;
  self->response_timeout = milliseconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RESPONSE_TIMEOUT]);
}

/**
 * gcoap_context_get_site:
 * @self: a context
 *
 * Gets what answers requests from the network.
 *
 * Returns: (transfer none) (nullable): the site
 *
 * Since: 0.1
 */
GcoapRequestInterface *
gcoap_context_get_site (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return gcoap_site_slot_get_site (self->slot);
}

/**
 * gcoap_context_set_site:
 * @self: a context
 * @site: (nullable): what shall answer requests from the network, or %NULL to
 *   answer 4.04
 *
 * Sets what answers requests from the network, usually a [class@Site].
 *
 * Since: 0.1
 */
void
gcoap_context_set_site (GcoapContext          *self,
                        GcoapRequestInterface *site)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (site == NULL || GCOAP_IS_REQUEST_INTERFACE (site));

  if (gcoap_site_slot_set_site (self->slot, site))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SITE]);
}
