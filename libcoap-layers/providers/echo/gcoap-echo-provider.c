/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/echo/gcoap-echo-private.h"

#include "providers/echo/gcoap-providers-echo-enum-types.h"

/* Long enough for a conversation, short enough for an address to stay with its
 * owner. */
#define DEFAULT_WINDOW (10 * 60 * 1000)
#define MIN_WINDOW 1000
#define MAX_WINDOW (24 * 60 * 60 * 1000)

/**
 * GcoapEcho:
 *
 * Answers challenges of servers, and challenges clients (RFC 9175 §2).
 *
 * Outbound, a request that is answered by 4.01 with an Echo option is repeated
 * once with that option; the requester sees the answer to the repetition. The
 * newest Echo value of a server goes with further requests to it, as long as
 * [property@Echo:freshness-window] says; values of at most 256 servers are
 * kept.
 *
 * Inbound, it keeps the server from being used against a third party whose
 * address somebody else puts into requests: an address that has not been
 * verified gets at most three times the bytes of its request, and at most 136
 * (RFC 9175 §2.4 item 3, RFC 7252 §11.3). A larger answer to GET or FETCH is
 * replaced by a challenge, 4.01 with an Echo option; with it the request comes
 * again from a verified address. So is a request to observe, for it asks for
 * many answers. The other methods are not to be executed twice, so their answer
 * may have 136 bytes, is given to block-wise transfer in slices where that
 * stands in the chain, and loses its payload if it is still too large. Errors
 * lose their diagnostic payload. Groups are not challenged: what is too large
 * is not sent.
 *
 * Peers with a connection or a security association have verified addresses.
 *
 * The values need no state: they are a time and a MAC over time and endpoint,
 * with a random key that changes once per window.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_RUNTIME,
  PROP_AMPLIFICATION_POLICY,
  PROP_FRESHNESS_WINDOW,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (GcoapEcho, gcoap_echo, GCOAP_TYPE_REQUEST_PROVIDER)

static void
gcoap_echo_get_property (GObject    *object,
                         guint       property_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  GcoapEcho *self = GCOAP_ECHO (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      g_value_set_object (value, self->runtime);
      break;
    case PROP_AMPLIFICATION_POLICY:
      g_value_set_enum (value, self->policy);
      break;
    case PROP_FRESHNESS_WINDOW:
      g_value_set_uint (value, self->window);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_echo_set_property (GObject      *object,
                         guint         property_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  GcoapEcho *self = GCOAP_ECHO (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      self->runtime = g_value_dup_object (value);
      break;
    case PROP_AMPLIFICATION_POLICY:
      gcoap_echo_set_amplification_policy (self, g_value_get_enum (value));
      break;
    case PROP_FRESHNESS_WINDOW:
      gcoap_echo_set_freshness_window (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_echo_constructed (GObject *object)
{
  GcoapEcho *self = GCOAP_ECHO (object);

  G_OBJECT_CLASS (gcoap_echo_parent_class)->constructed (object);
  if (self->runtime == NULL)
    self->runtime = gcoap_runtime_new (NULL);
}

static void
gcoap_echo_finalize (GObject *object)
{
  GcoapEcho *self = GCOAP_ECHO (object);

  gcoap_echo_keys_clear (&self->keys);
  gcoap_echo_memory_clear (&self->memory);
  gcoap_transport_tuning_unref (self->non_confirmable);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_echo_parent_class)->finalize (object);
}

static void
gcoap_echo_class_init (GcoapEchoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapRequestProviderClass *provider_class = GCOAP_REQUEST_PROVIDER_CLASS (klass);

  object_class->get_property = gcoap_echo_get_property;
  object_class->set_property = gcoap_echo_set_property;
  object_class->constructed = gcoap_echo_constructed;
  object_class->finalize = gcoap_echo_finalize;

  provider_class->outbound = gcoap_echo_outbound;
  provider_class->inbound = gcoap_echo_inbound;

  /**
   * GcoapEcho:runtime:
   *
   * What the layers of the stack share; it gives the time.
   *
   * Since: 0.1
   */
  properties[PROP_RUNTIME] =
    g_param_spec_object ("runtime", NULL, NULL, GCOAP_TYPE_RUNTIME,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapEcho:amplification-policy: (getter get_amplification_policy) (setter set_amplification_policy)
   *
   * Whose address must be verified before it gets large answers.
   *
   * Since: 0.1
   */
  properties[PROP_AMPLIFICATION_POLICY] =
    g_param_spec_enum ("amplification-policy", NULL, NULL,
                       GCOAP_TYPE_AMPLIFICATION_POLICY, GCOAP_AMPLIFICATION_POLICY_PUBLIC,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapEcho:freshness-window: (getter get_freshness_window) (setter set_freshness_window)
   *
   * How long an Echo value is good, in milliseconds: as proof that an address
   * is its sender's, and, outbound, to be sent again.
   *
   * Resources that ask for freshness have a limit of their own, which works as
   * far as it is below this one.
   *
   * Since: 0.1
   */
  properties[PROP_FRESHNESS_WINDOW] =
    g_param_spec_uint ("freshness-window", NULL, NULL,
                       MIN_WINDOW, MAX_WINDOW, DEFAULT_WINDOW,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_echo_init (GcoapEcho *self)
{
  self->policy = GCOAP_AMPLIFICATION_POLICY_PUBLIC;
  self->window = DEFAULT_WINDOW;
  gcoap_echo_keys_init (&self->keys);
  gcoap_echo_memory_init (&self->memory);
  self->non_confirmable = gcoap_transport_tuning_new ();
  gcoap_transport_tuning_set_reliability (self->non_confirmable,
                                          GCOAP_RELIABILITY_NON_CONFIRMABLE);
  gcoap_transport_tuning_lock (self->non_confirmable);
}

/**
 * gcoap_echo_new:
 * @next: (nullable): the next interface of the chain
 * @runtime: what the layers of the stack share
 *
 * Makes a provider that answers and makes challenges.
 *
 * Returns: (transfer full): a new provider
 *
 * Since: 0.1
 */
GcoapEcho *
gcoap_echo_new (GcoapRequestInterface *next,
                GcoapRuntime          *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return g_object_new (GCOAP_TYPE_ECHO, "next", next, "runtime", runtime, NULL);
}

/**
 * gcoap_echo_get_amplification_policy: (get-property amplification-policy)
 * @self: a provider
 *
 * Tells whose address must be verified before it gets large answers.
 *
 * Returns: the policy
 *
 * Since: 0.1
 */
GcoapAmplificationPolicy
gcoap_echo_get_amplification_policy (GcoapEcho *self)
{
  g_return_val_if_fail (GCOAP_IS_ECHO (self), GCOAP_AMPLIFICATION_POLICY_NONE);

  return self->policy;
}

/**
 * gcoap_echo_set_amplification_policy: (set-property amplification-policy)
 * @self: a provider
 * @policy: the policy
 *
 * Says whose address must be verified before it gets large answers.
 *
 * Since: 0.1
 */
void
gcoap_echo_set_amplification_policy (GcoapEcho                *self,
                                     GcoapAmplificationPolicy  policy)
{
  g_return_if_fail (GCOAP_IS_ECHO (self));

  if (self->policy == policy)
    return;
  self->policy = policy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_AMPLIFICATION_POLICY]);
}

/**
 * gcoap_echo_get_freshness_window: (get-property freshness-window)
 * @self: a provider
 *
 * Tells how long an Echo value is good.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
gcoap_echo_get_freshness_window (GcoapEcho *self)
{
  g_return_val_if_fail (GCOAP_IS_ECHO (self), 0);

  return self->window;
}

/**
 * gcoap_echo_set_freshness_window: (set-property freshness-window)
 * @self: a provider
 * @milliseconds: 1000 (a second) to 86400000 (a day)
 *
 * Says how long an Echo value is good.
 *
 * Since: 0.1
 */
void
gcoap_echo_set_freshness_window (GcoapEcho *self,
                                 guint      milliseconds)
{
  g_return_if_fail (GCOAP_IS_ECHO (self));
  g_return_if_fail (milliseconds >= MIN_WINDOW && milliseconds <= MAX_WINDOW);

  if (self->window == milliseconds)
    return;
  self->window = milliseconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRESHNESS_WINDOW]);
}
