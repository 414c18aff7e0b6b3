/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/conditional/gcoap-conditional-provider.h"

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "providers/conditional/gcoap-condition-private.h"

#define DEFAULT_MINIMUM_PERIOD 1000
#define MAX_MINIMUM_PERIOD (24 * 60 * 60 * 1000)

/**
 * GcoapConditional:
 *
 * Tells observers only of the states they asked for
 * (draft-ietf-core-conditional-attributes).
 *
 * It deals with the arguments `c.pmin`, `c.pmax`, `c.gt`, `c.lt`, `c.st`,
 * `c.band`, `c.edge` and `c.con` in the query of a request whose exchange
 * expects a stream, and takes them out of it, so that the resource renders a
 * state once for all who observe it, whatever their conditions. Those on values
 * apply where the state is a number, or a truth value, as text; others are
 * told of every state. Each new state is looked at when the resource tells it,
 * so there is never a later one that `c.epmin` and `c.epmax` could ask for.
 *
 * Conditions that make no sense are answered by 4.00; a `c.pmax` that would
 * make the server send too often has the registration declined.
 *
 * Since: 0.1
 */

struct _GcoapConditional
{
  GcoapRequestProvider parent_instance;

  GcoapRuntime         *runtime;
  GcoapTransportTuning *confirmable;
  guint                 minimum_period;
};

enum
{
  PROP_0,
  PROP_RUNTIME,
  PROP_MINIMUM_PERIOD,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (GcoapConditional, gcoap_conditional, GCOAP_TYPE_REQUEST_PROVIDER)

/* One observer with conditions; lives as long as the exchange derived for it. */
typedef struct
{
  GcoapConditional     *provider;
  GcoapExchange        *outer;
  GcoapMessage         *latest;
  GcoapTransportTuning *tuning;        /* of the latest */
  GcoapCondition        condition;
  GcoapTimer            timer;
  gboolean              has_responded;
} Watch;

static gint64
get_now (Watch *watch)
{
  return gcoap_clock_get_now (watch->provider->runtime->clock);
}

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  gcoap_clock_unschedule (watch->provider->runtime->clock, &watch->timer);
  g_clear_pointer (&watch->latest, gcoap_message_unref);
  g_clear_pointer (&watch->tuning, gcoap_transport_tuning_unref);
  g_object_unref (watch->outer);
  g_object_unref (watch->provider);
  g_free (watch);
}

static void
arm (Watch *watch)
{
  GcoapClock *clock = watch->provider->runtime->clock;
  gint64 next = gcoap_condition_get_next (&watch->condition);

  if (next < G_MAXINT64)
    gcoap_clock_schedule (clock, &watch->timer, next);
  else
    gcoap_clock_unschedule (clock, &watch->timer);
}

/* Tells the latest state. The watch may be gone afterwards. */
static void
tell (Watch *watch)
{
  g_autoptr (GcoapExchange) outer = g_object_ref (watch->outer);
  g_autoptr (GcoapMessage) message = gcoap_message_ref (watch->latest);
  g_autoptr (GcoapTransportTuning) tuning = NULL;

  if (watch->condition.con && watch->has_responded)
    tuning = gcoap_transport_tuning_ref (watch->provider->confirmable);
  else if (watch->tuning != NULL)
    tuning = gcoap_transport_tuning_ref (watch->tuning);
  watch->has_responded = TRUE;
  gcoap_condition_note_reported (&watch->condition, get_now (watch));
  arm (watch);
  gcoap_exchange_respond_full (outer, message, FALSE, tuning, NULL, NULL, NULL);
}

static void
timer_cb (gpointer data)
{
  Watch *watch = data;

  if (gcoap_condition_expire (&watch->condition, get_now (watch)))
    tell (watch);
  else
    arm (watch);
}

/* An end, or an error, is told at once, whatever the conditions. */
static void
pass_end (Watch         *watch,
          GcoapExchange *inner)
{
  g_autoptr (GcoapExchange) outer = g_object_ref (watch->outer);
  GcoapMessage *response = gcoap_exchange_get_response (inner);

  gcoap_clock_unschedule (watch->provider->runtime->clock, &watch->timer);
  if (response != NULL)
    gcoap_exchange_respond_full (outer, response, TRUE, gcoap_exchange_get_response_tuning (inner),
                                 NULL, NULL, NULL);
  else if (gcoap_exchange_get_end (inner) == GCOAP_EXCHANGE_END_REJECTED)
    gcoap_exchange_reject (outer, gcoap_exchange_get_error (inner));
  else
    gcoap_exchange_dismiss (outer);
}

static void
sink_cb (GcoapExchange *inner,
         gboolean       is_last,
         gpointer       user_data)
{
  Watch *watch = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (inner);
  GcoapTransportTuning *tuning = gcoap_exchange_get_response_tuning (inner);
  const guint8 *payload;
  gsize length;
  gboolean is_notable;

  if (is_last || !gcoap_code_is_success (gcoap_message_get_code (response)))
    {
      pass_end (watch, inner);
      if (!is_last)
        gcoap_exchange_cancel (inner);
      return;
    }
  gcoap_message_ref (response);
  g_clear_pointer (&watch->latest, gcoap_message_unref);
  watch->latest = response;
  g_clear_pointer (&watch->tuning, gcoap_transport_tuning_unref);
  watch->tuning = tuning != NULL ? gcoap_transport_tuning_ref (tuning) : NULL;

  payload = gcoap_message_get_payload_data (response, &length);
  is_notable = gcoap_condition_sample (&watch->condition, (const char *) payload, length,
                                       get_now (watch));
  if (is_notable || !watch->has_responded)
    tell (watch);
  else
    arm (watch);
}

/* The request without conditions, or NULL if it has none, or wrong ones. */
static GcoapMessage *
take_conditions (GcoapMessage    *request,
                 GcoapCondition  *condition,
                 GError         **error)
{
  guint n = gcoap_message_count_option (request, GCOAP_OPTION_URI_QUERY);
  g_autoptr (GcoapMessage) rest = NULL;

  for (guint i = 0; i < n; i++)
    {
      gsize length;
      const guint8 *argument = gcoap_message_peek_option (request, GCOAP_OPTION_URI_QUERY, i, &length);
      gboolean is_condition = gcoap_condition_parse (condition, (const char *) argument, length, error);

      if (*error != NULL)
        return NULL;
      if (is_condition && rest == NULL)
        {
          rest = gcoap_message_copy (request);
          gcoap_message_remove_option (rest, GCOAP_OPTION_URI_QUERY);
          for (guint k = 0; k < i; k++)
            {
              gsize earlier_length;
              const guint8 *earlier = gcoap_message_peek_option (request, GCOAP_OPTION_URI_QUERY, k,
                                                                 &earlier_length);

              gcoap_message_add_option (rest, GCOAP_OPTION_URI_QUERY, earlier, earlier_length);
            }
        }
      else if (!is_condition && rest != NULL)
        gcoap_message_add_option (rest, GCOAP_OPTION_URI_QUERY, argument, length);
    }
  if (rest != NULL && !gcoap_condition_validate (condition, error))
    return NULL;
  return g_steal_pointer (&rest);
}

static gboolean
is_too_often (GcoapConditional     *self,
              const GcoapCondition *condition)
{
  return (condition->flags & GCOAP_CONDITION_PMAX) != 0
         && condition->pmax < self->minimum_period * G_GINT64_CONSTANT (1000);
}

static void
gcoap_conditional_inbound (GcoapRequestProvider *provider,
                           GcoapExchange        *exchange)
{
  GcoapConditional *self = GCOAP_CONDITIONAL (provider);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GcoapCondition condition = { 0 };
  g_autoptr (GcoapMessage) rest = NULL;
  g_autoptr (GError) error = NULL;
  GcoapExchange *inner;
  Watch *watch;

  /* Only observers have conditions; elsewhere these are arguments like any
   * other. */
  if (gcoap_exchange_get_expects (exchange) != GCOAP_EXPECTS_STREAM
      || !gcoap_message_has_option (request, GCOAP_OPTION_URI_QUERY))
    {
      gcoap_request_provider_pass (provider, exchange);
      return;
    }
  rest = take_conditions (request, &condition, &error);
  if (error != NULL)
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  if (rest == NULL)
    {
      gcoap_request_provider_pass (provider, exchange);
      return;
    }

  watch = g_new0 (Watch, 1);
  watch->provider = g_object_ref (self);
  watch->outer = g_object_ref (exchange);
  watch->condition = condition;
  gcoap_timer_init (&watch->timer, timer_cb, watch);
  inner = gcoap_exchange_derive (exchange, rest);
  /* Whoever is asked for one response declines the stream by it. */
  if (is_too_often (self, &condition))
    gcoap_exchange_set_expects (inner, GCOAP_EXPECTS_ONE);
  gcoap_exchange_open (inner, sink_cb, watch, watch_free);
  gcoap_request_provider_pass (provider, inner);
  g_object_unref (inner);
}

static void
gcoap_conditional_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  GcoapConditional *self = GCOAP_CONDITIONAL (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      g_value_set_object (value, self->runtime);
      break;
    case PROP_MINIMUM_PERIOD:
      g_value_set_uint (value, self->minimum_period);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_conditional_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  GcoapConditional *self = GCOAP_CONDITIONAL (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      self->runtime = g_value_dup_object (value);
      break;
    case PROP_MINIMUM_PERIOD:
      gcoap_conditional_set_minimum_period (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_conditional_finalize (GObject *object)
{
  GcoapConditional *self = GCOAP_CONDITIONAL (object);

  gcoap_transport_tuning_unref (self->confirmable);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_conditional_parent_class)->finalize (object);
}

static void
gcoap_conditional_class_init (GcoapConditionalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_conditional_get_property;
  object_class->set_property = gcoap_conditional_set_property;
  object_class->finalize = gcoap_conditional_finalize;

  GCOAP_REQUEST_PROVIDER_CLASS (klass)->inbound = gcoap_conditional_inbound;

  /**
   * GcoapConditional:runtime:
   *
   * The runtime of the stack.
   *
   * Since: 0.1
   */
  properties[PROP_RUNTIME] =
    g_param_spec_object ("runtime", NULL, NULL, GCOAP_TYPE_RUNTIME,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapConditional:minimum-period: (getter get_minimum_period) (setter set_minimum_period)
   *
   * The least `c.pmax` that is accepted, in milliseconds: nobody may have the
   * server send more often than this when nothing has changed.
   *
   * Since: 0.1
   */
  properties[PROP_MINIMUM_PERIOD] =
    g_param_spec_uint ("minimum-period", NULL, NULL, 1, MAX_MINIMUM_PERIOD, DEFAULT_MINIMUM_PERIOD,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_conditional_init (GcoapConditional *self)
{
  self->minimum_period = DEFAULT_MINIMUM_PERIOD;
  self->confirmable = gcoap_transport_tuning_new ();
  gcoap_transport_tuning_set_reliability (self->confirmable, GCOAP_RELIABILITY_CONFIRMABLE);
  gcoap_transport_tuning_lock (self->confirmable);
}

/**
 * gcoap_conditional_new:
 * @next: (nullable): who requests are passed on to
 * @runtime: the runtime of the stack
 *
 * Makes a provider for conditions of observers.
 *
 * Returns: (transfer full): a new provider
 *
 * Since: 0.1
 */
GcoapConditional *
gcoap_conditional_new (GcoapRequestInterface *next,
                       GcoapRuntime          *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return g_object_new (GCOAP_TYPE_CONDITIONAL, "next", next, "runtime", runtime, NULL);
}

/**
 * gcoap_conditional_get_minimum_period:
 * @self: a conditional provider
 *
 * Gets the least `c.pmax` that is accepted.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
gcoap_conditional_get_minimum_period (GcoapConditional *self)
{
  g_return_val_if_fail (GCOAP_IS_CONDITIONAL (self), 0);

  return self->minimum_period;
}

/**
 * gcoap_conditional_set_minimum_period:
 * @self: a conditional provider
 * @milliseconds: the time, at least 1
 *
 * Sets the least `c.pmax` that is accepted.
 *
 * Since: 0.1
 */
void
gcoap_conditional_set_minimum_period (GcoapConditional *self,
                                      guint             milliseconds)
{
  g_return_if_fail (GCOAP_IS_CONDITIONAL (self));
  g_return_if_fail (milliseconds >= 1 && milliseconds <= MAX_MINIMUM_PERIOD);

  if (self->minimum_period == milliseconds)
    return;
  self->minimum_period = milliseconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MINIMUM_PERIOD]);
}
