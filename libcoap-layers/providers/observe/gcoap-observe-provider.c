/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The provider as an object, and its outbound half: which responses of a
 * stream the requester gets, and which is the last. */
#include "providers/observe/gcoap-observe-provider-private.h"

#include "base/gcoap-error.h"
#include "providers/observe/gcoap-notification-order-private.h"

/* RFC 7641 §4.5.1: one non-confirmable notification in 3 s. */
#define DEFAULT_NON_CONFIRMABLE_INTERVAL 3000
#define DEFAULT_MAX_NON_CONFIRMABLE 16
#define DEFAULT_CONFIRM_DELAY 20000

#define MAX_MILLISECONDS (24 * 60 * 60 * 1000)

/**
 * GcoapObserve:
 *
 * Observation of resources (RFC 7641).
 *
 * Outbound it deals with GET and FETCH requests with Observe 0 whose exchange
 * expects a stream. Of two notifications that overtook each other only the
 * newer one is passed on (RFC 7641 §3.4), and a response that is no
 * notification ends the stream.
 *
 * Inbound it makes an exchange with Observe 0 one that expects a stream. Who
 * answers it with `is_last` has declined. What is given to a stream it numbers,
 * and sends when the client can take it: one confirmable notification
 * outstanding, or non-confirmable ones at intervals, over all observations of
 * one client (RFC 7641 §4.5.1); over a connection as soon as the client has read
 * most of what was sent before. When there is a newer state before that, the
 * older one is dropped. Notifications are confirmable unless the tuning of the
 * response says otherwise; even then now and then one is. An observer is
 * dropped when it resets or does not acknowledge a notification, when its
 * token comes with another registration or with Observe 1, and after a
 * response that is no success.
 *
 * It obeys the limits `max-observers` and `max-observers-per-peer` of
 * [class@Limits]; beyond them a registration is answered like a request
 * without Observe.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_RUNTIME,
  PROP_NON_CONFIRMABLE_INTERVAL,
  PROP_MAX_NON_CONFIRMABLE,
  PROP_CONFIRM_DELAY,
  PROP_ALLOW_GROUPS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (GcoapObserve, gcoap_observe, GCOAP_TYPE_REQUEST_PROVIDER)

/* What the filter on one stream knows. */
typedef struct
{
  GcoapRuntime           *runtime;
  GcoapNotificationOrder  order;
} Stream;

static void
stream_free (Stream *stream)
{
  g_object_unref (stream->runtime);
  g_free (stream);
}

static GcoapVerdict
order_cb (GcoapExchange *exchange,
          gboolean       is_last,
          gpointer       user_data)
{
  Stream *stream = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  guint value;

  if (is_last)
    {
      stream_free (stream);
      return GCOAP_VERDICT_PASS;
    }
  /* RFC 7641 §3.2: a response without Observe, and one that is no success, is
   * the last. */
  if (!gcoap_code_is_success (gcoap_message_get_code (response))
      || !gcoap_message_get_option_uint (response, GCOAP_OPTION_OBSERVE, &value))
    {
      stream_free (stream);
      gcoap_exchange_make_last (exchange);
      return GCOAP_VERDICT_PASS;
    }
  /* RFC 8323 §7.1: over a reliable transport nothing is reordered, and the
   * value says nothing. */
  if (!gcoap_exchange_is_reliable (exchange)
      && !gcoap_notification_order_accept (&stream->order, value,
                                           gcoap_clock_get_now (stream->runtime->clock)))
    return GCOAP_VERDICT_TAKE;
  return GCOAP_VERDICT_PASS;
}

static void
gcoap_observe_outbound (GcoapRequestProvider *provider,
                        GcoapExchange        *exchange)
{
  GcoapObserve *self = GCOAP_OBSERVE (provider);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  guint value;

  if (gcoap_message_get_option_uint (request, GCOAP_OPTION_OBSERVE, &value) && value == 0)
    {
      GcoapExpects expects = gcoap_exchange_get_expects (exchange);
      GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);

      if (!self->allow_groups
          && (expects == GCOAP_EXPECTS_GROUP
              || (address != NULL && gcoap_endpoint_address_is_multicast (address))))
        {
          g_autoptr (GError) error =
            g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                                 "A resource cannot be observed at a whole group.");

          gcoap_exchange_fail (exchange, error);
          return;
        }
      if (expects == GCOAP_EXPECTS_STREAM)
        {
          Stream *stream = g_new0 (Stream, 1);

          stream->runtime = g_object_ref (self->runtime);
          gcoap_exchange_add_response_filter (exchange, order_cb, stream);
        }
    }
  gcoap_request_provider_pass (provider, exchange);
}

static void
gcoap_observe_inbound (GcoapRequestProvider *provider,
                       GcoapExchange        *exchange)
{
  gcoap_observers_take_request (GCOAP_OBSERVE (provider), exchange);
}

static void
gcoap_observe_get_property (GObject    *object,
                            guint       property_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  GcoapObserve *self = GCOAP_OBSERVE (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      g_value_set_object (value, self->runtime);
      break;
    case PROP_NON_CONFIRMABLE_INTERVAL:
      g_value_set_uint (value, self->non_confirmable_interval);
      break;
    case PROP_MAX_NON_CONFIRMABLE:
      g_value_set_uint (value, self->max_non_confirmable);
      break;
    case PROP_CONFIRM_DELAY:
      g_value_set_uint (value, self->confirm_delay);
      break;
    case PROP_ALLOW_GROUPS:
      g_value_set_boolean (value, self->allow_groups);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_observe_set_property (GObject      *object,
                            guint         property_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  GcoapObserve *self = GCOAP_OBSERVE (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      self->runtime = g_value_dup_object (value);
      break;
    case PROP_NON_CONFIRMABLE_INTERVAL:
      gcoap_observe_set_non_confirmable_interval (self, g_value_get_uint (value));
      break;
    case PROP_MAX_NON_CONFIRMABLE:
      gcoap_observe_set_max_non_confirmable (self, g_value_get_uint (value));
      break;
    case PROP_CONFIRM_DELAY:
      gcoap_observe_set_confirm_delay (self, g_value_get_uint (value));
      break;
    case PROP_ALLOW_GROUPS:
      gcoap_observe_set_allow_groups (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_observe_finalize (GObject *object)
{
  GcoapObserve *self = GCOAP_OBSERVE (object);

  gcoap_observers_clear (self);
  gcoap_transport_tuning_unref (self->confirmable);
  gcoap_transport_tuning_unref (self->non_confirmable);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_observe_parent_class)->finalize (object);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

static void
make_properties (void)
{
  /**
   * GcoapObserve:runtime:
   *
   * The runtime of the stack.
   *
   * Since: 0.1
   */
  properties[PROP_RUNTIME] =
    g_param_spec_object ("runtime", NULL, NULL, GCOAP_TYPE_RUNTIME,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapObserve:non-confirmable-interval: (getter get_non_confirmable_interval) (setter set_non_confirmable_interval)
   *
   * The time between two non-confirmable notifications to one client, in
   * milliseconds, while its round-trip time is not known; then it is that, if
   * it is shorter (RFC 7641 §4.5.1).
   *
   * Since: 0.1
   */
  properties[PROP_NON_CONFIRMABLE_INTERVAL] =
    g_param_spec_uint ("non-confirmable-interval", NULL, NULL, 0, MAX_MILLISECONDS,
                       DEFAULT_NON_CONFIRMABLE_INTERVAL, FLAGS);

  /**
   * GcoapObserve:max-non-confirmable: (getter get_max_non_confirmable) (setter set_max_non_confirmable)
   *
   * How many non-confirmable notifications an observer is sent in a row before
   * it must show its interest by acknowledging one (RFC 7641 §7).
   *
   * Since: 0.1
   */
  properties[PROP_MAX_NON_CONFIRMABLE] =
    g_param_spec_uint ("max-non-confirmable", NULL, NULL, 0, 100000,
                       DEFAULT_MAX_NON_CONFIRMABLE, FLAGS);

  /**
   * GcoapObserve:confirm-delay: (getter get_confirm_delay) (setter set_confirm_delay)
   *
   * After how many milliseconds without another one a non-confirmable
   * notification is sent again as a confirmable one, so that the observer is
   * sure to know the latest state (RFC 7641 §4.5); 0: never.
   *
   * Since: 0.1
   */
  properties[PROP_CONFIRM_DELAY] =
    g_param_spec_uint ("confirm-delay", NULL, NULL, 0, MAX_MILLISECONDS,
                       DEFAULT_CONFIRM_DELAY, FLAGS);

  /**
   * GcoapObserve:allow-groups: (getter get_allow_groups) (setter set_allow_groups)
   *
   * Whether requests to a group may register observers.
   *
   * Since: 0.1
   */
  properties[PROP_ALLOW_GROUPS] =
    g_param_spec_boolean ("allow-groups", NULL, NULL, FALSE, FLAGS);
}

static void
gcoap_observe_class_init (GcoapObserveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapRequestProviderClass *provider_class = GCOAP_REQUEST_PROVIDER_CLASS (klass);

  object_class->get_property = gcoap_observe_get_property;
  object_class->set_property = gcoap_observe_set_property;
  object_class->finalize = gcoap_observe_finalize;

  provider_class->outbound = gcoap_observe_outbound;
  provider_class->inbound = gcoap_observe_inbound;

  make_properties ();
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static GcoapTransportTuning *
new_tuning (GcoapReliability reliability)
{
  GcoapTransportTuning *tuning = gcoap_transport_tuning_new ();

  gcoap_transport_tuning_set_reliability (tuning, reliability);
  gcoap_transport_tuning_lock (tuning);
  return tuning;
}

static void
gcoap_observe_init (GcoapObserve *self)
{
  self->confirmable = new_tuning (GCOAP_RELIABILITY_CONFIRMABLE);
  self->non_confirmable = new_tuning (GCOAP_RELIABILITY_NON_CONFIRMABLE);
  self->non_confirmable_interval = DEFAULT_NON_CONFIRMABLE_INTERVAL;
  self->max_non_confirmable = DEFAULT_MAX_NON_CONFIRMABLE;
  self->confirm_delay = DEFAULT_CONFIRM_DELAY;
  gcoap_observers_init (self);
}

/**
 * gcoap_observe_new:
 * @next: (nullable): who requests are passed on to
 * @runtime: the runtime of the stack
 *
 * Makes a provider for observation.
 *
 * Returns: (transfer full): a new provider
 *
 * Since: 0.1
 */
GcoapObserve *
gcoap_observe_new (GcoapRequestInterface *next,
                   GcoapRuntime          *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return g_object_new (GCOAP_TYPE_OBSERVE, "next", next, "runtime", runtime, NULL);
}

/**
 * gcoap_observe_get_n_observers:
 * @self: an observe provider
 *
 * Tells how many observers it keeps.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint
gcoap_observe_get_n_observers (GcoapObserve *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVE (self), 0);

  return g_hash_table_size (self->observers);
}

/**
 * gcoap_observe_get_non_confirmable_interval:
 * @self: an observe provider
 *
 * Gets the time between two non-confirmable notifications.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
gcoap_observe_get_non_confirmable_interval (GcoapObserve *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVE (self), 0);

  return self->non_confirmable_interval;
}

static void
set_number (GcoapObserve *self,
            guint        *place,
            guint         value,
            guint         property_id)
{
  if (*place == value)
    return;
  *place = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

/**
 * gcoap_observe_set_non_confirmable_interval:
 * @self: an observe provider
 * @milliseconds: the time
 *
 * Sets the time between two non-confirmable notifications.
 *
 * Since: 0.1
 */
void
gcoap_observe_set_non_confirmable_interval (GcoapObserve *self,
                                            guint         milliseconds)
{
  g_return_if_fail (GCOAP_IS_OBSERVE (self));
  g_return_if_fail (milliseconds <= MAX_MILLISECONDS);

  set_number (self, &self->non_confirmable_interval, milliseconds, PROP_NON_CONFIRMABLE_INTERVAL);
}

/**
 * gcoap_observe_get_max_non_confirmable:
 * @self: an observe provider
 *
 * Gets how many non-confirmable notifications follow each other.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint
gcoap_observe_get_max_non_confirmable (GcoapObserve *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVE (self), 0);

  return self->max_non_confirmable;
}

/**
 * gcoap_observe_set_max_non_confirmable:
 * @self: an observe provider
 * @count: how many
 *
 * Sets how many non-confirmable notifications follow each other.
 *
 * Since: 0.1
 */
void
gcoap_observe_set_max_non_confirmable (GcoapObserve *self,
                                       guint         count)
{
  g_return_if_fail (GCOAP_IS_OBSERVE (self));

  set_number (self, &self->max_non_confirmable, count, PROP_MAX_NON_CONFIRMABLE);
}

/**
 * gcoap_observe_get_confirm_delay:
 * @self: an observe provider
 *
 * Gets after what time a non-confirmable notification is repeated as a
 * confirmable one.
 *
 * Returns: milliseconds, or 0 for never
 *
 * Since: 0.1
 */
guint
gcoap_observe_get_confirm_delay (GcoapObserve *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVE (self), 0);

  return self->confirm_delay;
}

/**
 * gcoap_observe_set_confirm_delay:
 * @self: an observe provider
 * @milliseconds: the time, or 0 for never
 *
 * Sets after what time a non-confirmable notification is repeated as a
 * confirmable one.
 *
 * Since: 0.1
 */
void
gcoap_observe_set_confirm_delay (GcoapObserve *self,
                                 guint         milliseconds)
{
  g_return_if_fail (GCOAP_IS_OBSERVE (self));
  g_return_if_fail (milliseconds <= MAX_MILLISECONDS);

  set_number (self, &self->confirm_delay, milliseconds, PROP_CONFIRM_DELAY);
}

/**
 * gcoap_observe_get_allow_groups:
 * @self: an observe provider
 *
 * Tells whether requests to a group may register observers.
 *
 * Returns: %FALSE by default
 *
 * Since: 0.1
 */
gboolean
gcoap_observe_get_allow_groups (GcoapObserve *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVE (self), FALSE);

  return self->allow_groups;
}

/**
 * gcoap_observe_set_allow_groups:
 * @self: an observe provider
 * @allow_groups: whether they may
 *
 * Sets whether requests to a group may register observers.
 *
 * Since: 0.1
 */
void
gcoap_observe_set_allow_groups (GcoapObserve *self,
                                gboolean      allow_groups)
{
  g_return_if_fail (GCOAP_IS_OBSERVE (self));

  allow_groups = allow_groups != FALSE;
  if (self->allow_groups == allow_groups)
    return;
  self->allow_groups = allow_groups;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ALLOW_GROUPS]);
}
