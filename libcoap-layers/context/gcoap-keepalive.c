/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-keepalive.h"

#include "base/gcoap-clock-private.h"
#include "base/gcoap-error.h"
#include "context/gcoap-carrier-private.h"
#include "context/gcoap-context-enum-types.h"

/**
 * GcoapKeepalive:
 *
 * Watches whether an endpoint is there.
 *
 * When nothing has come from the endpoint for [property@Keepalive:interval], it
 * is sent a ping (RFC 7252 §4.3), which is retransmitted like any confirmable
 * message and waits for its turn like one; over a connection a Ping without
 * Custody (RFC 8323 §5.4), for which [property@Limits:pong-timeout] holds. If that
 * is not answered either, the endpoint is lost: requests that wait for it, observations among them, fail
 * with %GCOAP_ERROR_UNREACHABLE, what it asked and observes here ends, and
 * [signal@Keepalive::lost] is emitted. It is asked again all the same, so that
 * [signal@Keepalive::alive] tells when it is back.
 *
 * A connection that is watched is kept, however long nothing is asked. One that
 * has ended is made again at the next interval, and only if that fails the
 * endpoint is lost.
 *
 * It watches from the moment it is made until [method@Keepalive.stop] or until
 * the last reference goes. It belongs to the thread of its context, and keeps
 * that alive. The addresses of messages without security can be forged, and so
 * can signs of life.
 *
 * Since: 0.1
 */
struct _GcoapKeepalive
{
  GObject parent_instance;

  GcoapContext         *context;
  char                 *uri;
  guint                 interval;
  GcoapKeepaliveState   state;
  gint64                round_trip;
  GError               *error;
  GcoapTokenInterface  *carrier;     /* where address is watched */
  GcoapEndpointAddress *address;     /* NULL until it was found */
  GCancellable         *asking;      /* what is under way, or NULL */
  gboolean              is_again;    /* the connection was just made anew */
  GcoapTimer            timer;
};

enum
{
  PROP_CONTEXT = 1,
  PROP_URI,
  PROP_INTERVAL,
  PROP_STATE,
  PROP_ROUND_TRIP,
  N_PROPERTIES
};

enum
{
  SIGNAL_ALIVE,
  SIGNAL_LOST,
  N_SIGNALS
};

#define DEFAULT_INTERVAL 60
#define MAX_INTERVAL (24 * 60 * 60)

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GcoapKeepalive, gcoap_keepalive, G_TYPE_OBJECT)

static gint64
get_now (GcoapKeepalive *self)
{
  return gcoap_clock_get_now (self->context->runtime->clock);
}

static void
schedule (GcoapKeepalive *self,
          gint64          since)
{
  gcoap_clock_schedule (self->context->runtime->clock, &self->timer,
                        since + (gint64) self->interval * G_USEC_PER_SEC);
}

static void
set_state (GcoapKeepalive      *self,
           GcoapKeepaliveState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
forget_address (GcoapKeepalive *self)
{
  if (self->address != NULL)
    gcoap_carrier_unwatch (self->carrier, self->address);
  g_clear_object (&self->address);
  g_clear_object (&self->carrier);
}

static void
note_alive (GcoapKeepalive *self)
{
  g_clear_error (&self->error);
  set_state (self, GCOAP_KEEPALIVE_STATE_ALIVE);
  if (self->state == GCOAP_KEEPALIVE_STATE_ALIVE)
    g_signal_emit (self, signals[SIGNAL_ALIVE], 0);
}

/* Takes @error. The name may lead elsewhere when it is asked again. */
static void
note_lost (GcoapKeepalive *self,
           GError         *error)
{
  g_autoptr (GcoapEndpointAddress) address = g_steal_pointer (&self->address);
  g_autoptr (GcoapTokenInterface) carrier = g_steal_pointer (&self->carrier);
  gboolean is_news = self->state != GCOAP_KEEPALIVE_STATE_LOST;

  if (address != NULL)
    gcoap_carrier_unwatch (carrier, address);
  g_clear_error (&self->error);
  self->error = error;
  schedule (self, get_now (self));
  set_state (self, GCOAP_KEEPALIVE_STATE_LOST);
  if (address != NULL)
    {
      g_autofree char *peer = gcoap_endpoint_address_dup_uri_base (address);
      g_autoptr (GError) unreachable =
        g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE,
                     "%s is lost: it was silent for %u seconds, and then answered no ping.", peer,
                     self->interval);

      gcoap_carrier_give_up_peer (carrier, address, unreachable);
    }
  if (is_news && self->state == GCOAP_KEEPALIVE_STATE_LOST)
    g_signal_emit (self, signals[SIGNAL_LOST], 0);
}

/* What an asynchronous call is given instead of a reference. */
static GWeakRef *
weak_new (GcoapKeepalive *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* The keepalive, if it still waits for this. */
static GcoapKeepalive *
take_weak (gpointer  data,
           GError   *error)
{
  GWeakRef *weak = data;
  g_autoptr (GcoapKeepalive) self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  if (self == NULL || self->state == GCOAP_KEEPALIVE_STATE_STOPPED
      || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return NULL;
  g_clear_object (&self->asking);
  return g_steal_pointer (&self);
}

static void look_up (GcoapKeepalive *self);

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) error = NULL;
  gint64 round_trip = gcoap_carrier_ping_finish (GCOAP_TOKEN_INTERFACE (source), result, &error);
  g_autoptr (GcoapKeepalive) self = take_weak (data, error);

  if (self == NULL)
    return;
  if (self->context->closed)
    {
      gcoap_keepalive_stop (self);
    }
  else if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED) && !self->is_again)
    {
      /* A connection or a session may end for many reasons, and be made again. */
      self->is_again = TRUE;
      forget_address (self);
      look_up (self);
    }
  else if (error == NULL)
    {
      self->is_again = FALSE;
      schedule (self, get_now (self));
      self->round_trip = round_trip;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROUND_TRIP]);
      /* Who was told may have had enough. */
      if (self->state != GCOAP_KEEPALIVE_STATE_STOPPED)
        note_alive (self);
    }
  /* A limit of our own says nothing of the endpoint; and while the ping waited
   * for its answer something else may have come. */
  else if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT)
           || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_MESSAGE_IDS)
           || gcoap_carrier_get_last_heard (self->carrier, self->address)
              > get_now (self) - (gint64) self->interval * G_USEC_PER_SEC)
    {
      schedule (self, get_now (self));
    }
  else
    {
      note_lost (self, g_steal_pointer (&error));
    }
}

static void
ping (GcoapKeepalive *self)
{
  self->asking = g_cancellable_new ();
  gcoap_carrier_ping_async (self->carrier, self->address, self->asking, answered_cb, weak_new (self));
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GcoapKeepalive) self = NULL;

  addresses = gcoap_token_interface_resolve_finish (GCOAP_TOKEN_INTERFACE (source), result, &error);
  self = take_weak (data, error);
  if (self == NULL)
    return;
  if (addresses == NULL)
    {
      note_lost (self, g_steal_pointer (&error));
      return;
    }
  self->carrier = g_object_ref (GCOAP_TOKEN_INTERFACE (source));
  self->address = g_object_ref (g_ptr_array_index (addresses, 0));
  gcoap_carrier_watch (self->carrier, self->address);
  ping (self);
}

/* Finds out where the endpoint is, and asks it. */
static void
look_up (GcoapKeepalive *self)
{
  g_autofree char *scheme = gcoap_router_dup_key (self->uri);
  GcoapTokenInterface *carrier = NULL;
  GError *error = NULL;

  if (self->context->closed)
    {
      gcoap_keepalive_stop (self);
      return;
    }
  if (scheme != NULL && gcoap_context_ensure_client (self->context, scheme, &error))
    carrier = gcoap_carrier_find (self->context, scheme);
  if (carrier == NULL)
    {
      if (error == NULL)
        error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                             "%s cannot be kept alive: CoAP ping needs a URI of a scheme that is carried here.", self->uri);
      note_lost (self, error);
      return;
    }
  self->asking = g_cancellable_new ();
  gcoap_token_interface_resolve_async (carrier, self->uri, self->asking, resolved_cb, weak_new (self));
}

static void
timer_cb (gpointer data)
{
  g_autoptr (GcoapKeepalive) self = g_object_ref (data);
  gint64 interval = (gint64) self->interval * G_USEC_PER_SEC;
  gint64 last;

  if (self->asking != NULL)
    return;
  if (self->address == NULL)
    {
      look_up (self);
      return;
    }
  self->is_again = FALSE;
  last = gcoap_carrier_get_last_heard (self->carrier, self->address);
  if (last == G_MININT64 || last + interval <= get_now (self))
    {
      ping (self);
      return;
    }
  schedule (self, last);
  if (self->state != GCOAP_KEEPALIVE_STATE_ALIVE)
    note_alive (self);
}

static void
gcoap_keepalive_constructed (GObject *object)
{
  GcoapKeepalive *self = GCOAP_KEEPALIVE (object);

  G_OBJECT_CLASS (gcoap_keepalive_parent_class)->constructed (object);
  if (self->context == NULL || self->uri == NULL)
    {
      /* Made by a binding without what it needs: it watches nothing. */
      self->state = GCOAP_KEEPALIVE_STATE_STOPPED;
      return;
    }
  gcoap_clock_schedule (self->context->runtime->clock, &self->timer, get_now (self));
}

static void
gcoap_keepalive_dispose (GObject *object)
{
  GcoapKeepalive *self = GCOAP_KEEPALIVE (object);

  self->state = GCOAP_KEEPALIVE_STATE_STOPPED;
  if (self->context != NULL)
    gcoap_clock_unschedule (self->context->runtime->clock, &self->timer);
  if (self->asking != NULL)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  forget_address (self);
  G_OBJECT_CLASS (gcoap_keepalive_parent_class)->dispose (object);
}

static void
gcoap_keepalive_finalize (GObject *object)
{
  GcoapKeepalive *self = GCOAP_KEEPALIVE (object);

  g_clear_object (&self->context);
  g_free (self->uri);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (gcoap_keepalive_parent_class)->finalize (object);
}

static void
gcoap_keepalive_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  GcoapKeepalive *self = GCOAP_KEEPALIVE (object);

  switch (property_id)
    {
    case PROP_CONTEXT:
      g_value_set_object (value, self->context);
      break;
    case PROP_URI:
      g_value_set_string (value, self->uri);
      break;
    case PROP_INTERVAL:
      g_value_set_uint (value, self->interval);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_ROUND_TRIP:
      g_value_set_int64 (value, self->round_trip);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_keepalive_set_property (GObject      *object,
                              guint         property_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  GcoapKeepalive *self = GCOAP_KEEPALIVE (object);

  switch (property_id)
    {
    case PROP_CONTEXT:
      self->context = g_value_dup_object (value);
      break;
    case PROP_URI:
      self->uri = g_value_dup_string (value);
      break;
    case PROP_INTERVAL:
      gcoap_keepalive_set_interval (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  const GParamFlags reading = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * GcoapKeepalive:context:
   *
   * What sends the pings.
   *
   * Since: 0.1
   */
  properties[PROP_CONTEXT] = g_param_spec_object ("context", NULL, NULL, GCOAP_TYPE_CONTEXT, construct);
  /**
   * GcoapKeepalive:uri:
   *
   * A URI of the endpoint; only scheme, host and port count.
   *
   * Since: 0.1
   */
  properties[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, construct);
  /**
   * GcoapKeepalive:interval:
   *
   * How long the endpoint may be silent before it is asked, in seconds.
   *
   * Since: 0.1
   */
  properties[PROP_INTERVAL] =
    g_param_spec_uint ("interval", NULL, NULL, 1, MAX_INTERVAL, DEFAULT_INTERVAL,
                       G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS
                       | G_PARAM_EXPLICIT_NOTIFY);
  /**
   * GcoapKeepalive:state:
   *
   * What is known of the endpoint.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, GCOAP_TYPE_KEEPALIVE_STATE,
                                              GCOAP_KEEPALIVE_STATE_UNKNOWN, reading);
  /**
   * GcoapKeepalive:round-trip:
   *
   * How long the answer to the latest ping took, in microseconds; -1 before.
   *
   * Since: 0.1
   */
  properties[PROP_ROUND_TRIP] = g_param_spec_int64 ("round-trip", NULL, NULL, -1, G_MAXINT64, -1,
                                                    reading);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_keepalive_class_init (GcoapKeepaliveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = gcoap_keepalive_constructed;
  object_class->dispose = gcoap_keepalive_dispose;
  object_class->finalize = gcoap_keepalive_finalize;
  object_class->get_property = gcoap_keepalive_get_property;
  object_class->set_property = gcoap_keepalive_set_property;
  install_properties (object_class);

  /**
   * GcoapKeepalive::alive:
   * @self: the keepalive
   *
   * The endpoint has answered a ping, or something else came from it when it
   * was not known to be alive.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ALIVE] = g_signal_new ("alive", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * GcoapKeepalive::lost:
   * @self: the keepalive
   *
   * The endpoint does not answer any more, or was not found;
   * [method@Keepalive.get_error] tells which.
   *
   * It is emitted once, until the endpoint is back.
   *
   * Since: 0.1
   */
  signals[SIGNAL_LOST] = g_signal_new ("lost", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
gcoap_keepalive_init (GcoapKeepalive *self)
{
  self->interval = DEFAULT_INTERVAL;
  self->round_trip = -1;
  gcoap_timer_init (&self->timer, timer_cb, self);
}

/**
 * gcoap_keepalive_new:
 * @context: what shall send the pings
 * @uri: a URI of the endpoint; only scheme, host and port count
 * @interval: how long it may be silent, in seconds, 1 to 86400
 *
 * Begins to watch an endpoint.
 *
 * The first ping is sent at once. An interval of less than a quarter of a
 * minute is rarely worth what it costs the network.
 *
 * Returns: (transfer full): a new keepalive
 *
 * Since: 0.1
 */
GcoapKeepalive *
gcoap_keepalive_new (GcoapContext *context,
                     const char   *uri,
                     guint         interval)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (context), NULL);
  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (interval >= 1 && interval <= MAX_INTERVAL, NULL);

  return g_object_new (GCOAP_TYPE_KEEPALIVE, "context", context, "uri", uri, "interval", interval,
                       NULL);
}

/**
 * gcoap_keepalive_get_context: (get-property context)
 * @self: a keepalive
 *
 * Gets what sends the pings.
 *
 * Returns: (transfer none): the context
 *
 * Since: 0.1
 */
GcoapContext *
gcoap_keepalive_get_context (GcoapKeepalive *self)
{
  g_return_val_if_fail (GCOAP_IS_KEEPALIVE (self), NULL);

  return self->context;
}

/**
 * gcoap_keepalive_get_uri: (get-property uri)
 * @self: a keepalive
 *
 * Tells whom it watches.
 *
 * Returns: (transfer none): the URI it was made for
 *
 * Since: 0.1
 */
const char *
gcoap_keepalive_get_uri (GcoapKeepalive *self)
{
  g_return_val_if_fail (GCOAP_IS_KEEPALIVE (self), NULL);

  return self->uri;
}

/**
 * gcoap_keepalive_get_interval: (get-property interval)
 * @self: a keepalive
 *
 * Tells how long the endpoint may be silent.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
guint
gcoap_keepalive_get_interval (GcoapKeepalive *self)
{
  g_return_val_if_fail (GCOAP_IS_KEEPALIVE (self), 0);

  return self->interval;
}

/**
 * gcoap_keepalive_set_interval: (set-property interval)
 * @self: a keepalive
 * @seconds: 1 to 86400 (a day)
 *
 * Sets how long the endpoint may be silent before it is asked.
 *
 * Since: 0.1
 */
void
gcoap_keepalive_set_interval (GcoapKeepalive *self,
                              guint           seconds)
{
  g_return_if_fail (GCOAP_IS_KEEPALIVE (self));
  g_return_if_fail (seconds >= 1 && seconds <= MAX_INTERVAL);

  if (self->interval == seconds)
    return;
  self->interval = seconds;
  if (self->context != NULL && gcoap_timer_is_scheduled (&self->timer))
    schedule (self, get_now (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INTERVAL]);
}

/**
 * gcoap_keepalive_get_state: (get-property state)
 * @self: a keepalive
 *
 * Tells what is known of the endpoint.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
GcoapKeepaliveState
gcoap_keepalive_get_state (GcoapKeepalive *self)
{
  g_return_val_if_fail (GCOAP_IS_KEEPALIVE (self), GCOAP_KEEPALIVE_STATE_STOPPED);

  return self->state;
}

/**
 * gcoap_keepalive_get_round_trip: (get-property round-trip)
 * @self: a keepalive
 *
 * Tells how long the answer to the latest ping took.
 *
 * If the ping had to be repeated, it counts from its first transmission.
 *
 * Returns: microseconds, or -1 if there was none yet
 *
 * Since: 0.1
 */
gint64
gcoap_keepalive_get_round_trip (GcoapKeepalive *self)
{
  g_return_val_if_fail (GCOAP_IS_KEEPALIVE (self), -1);

  return self->round_trip;
}

/**
 * gcoap_keepalive_get_error:
 * @self: a keepalive
 *
 * Tells why the endpoint is lost.
 *
 * Returns: (transfer none) (nullable): the error, or %NULL while it is not lost
 *
 * Since: 0.1
 */
const GError *
gcoap_keepalive_get_error (GcoapKeepalive *self)
{
  g_return_val_if_fail (GCOAP_IS_KEEPALIVE (self), NULL);

  return self->error;
}

/**
 * gcoap_keepalive_stop:
 * @self: a keepalive
 *
 * Stops watching, for good.
 *
 * Since: 0.1
 */
void
gcoap_keepalive_stop (GcoapKeepalive *self)
{
  g_return_if_fail (GCOAP_IS_KEEPALIVE (self));

  if (self->state == GCOAP_KEEPALIVE_STATE_STOPPED)
    return;
  gcoap_clock_unschedule (self->context->runtime->clock, &self->timer);
  if (self->asking != NULL)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  forget_address (self);
  set_state (self, GCOAP_KEEPALIVE_STATE_STOPPED);
}
