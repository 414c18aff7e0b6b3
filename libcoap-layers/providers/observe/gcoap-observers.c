/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inbound half: observers, what waits to be sent to them, and how each of
 * them ends.
 *
 * An observer stands between two exchanges: the outer one, as it came in, and
 * the inner one derived from it, which the resource answers as often as it
 * likes. */
#include "providers/observe/gcoap-observe-provider-private.h"

#include "providers/observe/gcoap-notification-pace-private.h"
#include "providers/observe/gcoap-notification-sequence-private.h"

/* RFC 7641 §4.5.1, RFC 7252 §4.7. */
#define NSTART 1

/* A client with all its observers; the pace is one for all. */
typedef struct
{
  GcoapObserve          *provider;
  GcoapEndpointAddress  *address;
  GcoapNotificationPace  pace;
  GQueue                 waiting;      /* of Observer, those with something to send */
  GcoapTimer             timer;        /* until the first of them may */
  guint                  n_observers;
  guint                  n_departing;  /* reliable notifications that wait for the peer to read */
  gboolean               is_pumping;
} Peer;

typedef struct
{
  GcoapObserve              *provider;
  Peer                      *peer;
  GcoapExchange             *outer;
  GcoapExchange             *inner;          /* not owned; NULL once it does not matter */
  GcoapNotificationSequence  sequence;
  GcoapNotificationProof     proof;
  GcoapTimer                 confirm_timer;  /* until the latest state is sent again, or earlier */
  gint64                     confirm_at;
  GList                      link;           /* in the peer's queue */
  GcoapMessage              *latest;         /* went out in a non-confirmable message */
  GcoapMessage              *pending;        /* the newest state, not sent yet */
  GcoapDeliveryReport        pending_report;
  guint8                     wish;           /* GcoapReliability of what is pending */
  guint8                     pending_is_last : 1;
  guint8                     is_waiting : 1; /* in the peer's queue */
  guint8                     has_responded : 1;
  guint8                     has_ended : 1;
} Observer;

/* One notification under way. */
typedef struct
{
  Observer            *observer;
  GcoapDeliveryReport  report;         /* of the responder */
  gint64               sent;
  gboolean             is_confirmable;
  gboolean             is_reliable;
  gboolean             is_acknowledged;
} Delivery;

static void pump (Peer *peer);

static void
peer_clear (gpointer data)
{
  Peer *self = data;

  gcoap_clock_unschedule (self->provider->runtime->clock, &self->timer);
  g_object_unref (self->address);
  g_object_unref (self->provider);
}

static void
peer_unref (Peer *self)
{
  g_rc_box_release_full (self, peer_clear);
}

static void
peer_timer_cb (gpointer data)
{
  pump (data);
}

/* The peer at that address; the reference is the caller's. */
static Peer *
take_peer (GcoapObserve         *provider,
           GcoapEndpointAddress *address)
{
  Peer *self = g_hash_table_lookup (provider->peers, address);

  if (self != NULL)
    return g_rc_box_acquire (self);
  self = g_rc_box_new0 (Peer);
  self->provider = g_object_ref (provider);
  self->address = g_object_ref (address);
  g_queue_init (&self->waiting);
  gcoap_timer_init (&self->timer, peer_timer_cb, self);
  g_hash_table_insert (provider->peers, self->address, self);
  return self;
}

static void
drop_report (GcoapDeliveryReport *place)
{
  GcoapDeliveryReport report = *place;

  *place = (GcoapDeliveryReport) { NULL, NULL, NULL };
  if (report.destroy != NULL)
    report.destroy (report.data);
}

static void
observer_clear (gpointer data)
{
  Observer *self = data;

  g_clear_pointer (&self->latest, gcoap_message_unref);
  g_clear_pointer (&self->pending, gcoap_message_unref);
  g_object_unref (self->outer);
  peer_unref (self->peer);
  g_object_unref (self->provider);
}

static void
observer_unref (gpointer self)
{
  g_rc_box_release_full (self, observer_clear);
}

/* Takes the observer out of everything but its exchanges. Returns FALSE if it
 * was so already. The caller holds a reference: that of the table goes. */
static gboolean
observer_leave (Observer *self)
{
  Peer *peer = self->peer;

  if (self->has_ended)
    return FALSE;
  self->has_ended = TRUE;
  gcoap_clock_unschedule (self->provider->runtime->clock, &self->confirm_timer);
  if (self->is_waiting)
    g_queue_unlink (&peer->waiting, &self->link);
  self->is_waiting = FALSE;
  g_clear_pointer (&self->latest, gcoap_message_unref);
  g_clear_pointer (&self->pending, gcoap_message_unref);
  drop_report (&self->pending_report);
  if (--peer->n_observers == 0)
    g_hash_table_remove (self->provider->peers, peer->address);
  g_hash_table_remove (self->provider->observers, self->outer);
  observer_unref (self);
  return TRUE;
}

static void
cancel_inner (Observer *self)
{
  GcoapExchange *inner = g_steal_pointer (&self->inner);

  if (inner != NULL)
    gcoap_exchange_cancel (inner);
}

/* Ends the observer without a further word to the client. */
static void
observer_end (Observer *self)
{
  g_rc_box_acquire (self);
  if (observer_leave (self))
    {
      cancel_inner (self);
      gcoap_exchange_dismiss (self->outer);
    }
  observer_unref (self);
}

static void
delivery_cb (GcoapExchange *exchange,
             GcoapOutcome   outcome,
             gpointer       data)
{
  Delivery *delivery = data;

  if (delivery->report.func != NULL)
    delivery->report.func (delivery->observer->inner != NULL ? delivery->observer->inner : exchange,
                           outcome, delivery->report.data);
  /* RFC 7641 §4.5: who rejects a notification, or does not acknowledge it, is
   * not interested any more. */
  if (outcome == GCOAP_OUTCOME_ACKNOWLEDGED)
    delivery->is_acknowledged = TRUE;
  else
    observer_end (delivery->observer);
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;
  Observer *observer = delivery->observer;

  drop_report (&delivery->report);
  if (delivery->is_reliable)
    {
      observer->peer->n_departing--;
      pump (observer->peer);
    }
  else if (delivery->is_confirmable)
    {
      gint64 now = gcoap_clock_get_now (observer->provider->runtime->clock);

      gcoap_notification_pace_note_outcome (&observer->peer->pace, now,
                                            delivery->is_acknowledged ? delivery->sent : -1);
      pump (observer->peer);
    }
  observer_unref (observer);
  g_free (delivery);
}

/* RFC 7641 §4.2: a success has the option. Many observers are told of one state
 * within one tick of the numbers, and share the message. */
static GcoapMessage *
number (Observer     *self,
        GcoapMessage *message,
        gint64        now)
{
  GcoapObserve *provider = self->provider;
  guint32 sequence = gcoap_notification_sequence_next (&self->sequence, now);

  if (provider->numbered != NULL && provider->unnumbered == message && provider->number == sequence)
    return gcoap_message_ref (provider->numbered);
  g_clear_pointer (&provider->numbered, gcoap_message_unref);
  g_clear_pointer (&provider->unnumbered, gcoap_message_unref);
  provider->numbered = gcoap_message_copy (message);
  provider->unnumbered = gcoap_message_ref (message);
  provider->number = sequence;
  gcoap_message_set_option_uint (provider->numbered, GCOAP_OPTION_OBSERVE, sequence);
  return gcoap_message_ref (provider->numbered);
}

/* RFC 7641 §4.2: others than successes have it not. */
static GcoapMessage *
without_number (GcoapMessage *message)
{
  GcoapMessage *copy = gcoap_message_copy (message);

  gcoap_message_remove_option (copy, GCOAP_OPTION_OBSERVE);
  return copy;
}

/* Sends one response; the initial one follows the request and no pace. */
static void
transmit (Observer             *self,
          GcoapMessage         *message,
          gboolean              is_last,
          GcoapTransportTuning *tuning,
          GcoapDeliveryReport   report,
          gint64                now)
{
  g_autoptr (GcoapMessage) outgoing = is_last ? without_number (message) : number (self, message, now);
  Delivery *delivery = g_new0 (Delivery, 1);

  delivery->observer = g_rc_box_acquire (self);
  delivery->report = report;
  delivery->sent = now;
  /* RFC 8323 leaves flow control to the stream: the news is that there is room
   * for more, which mostly is known at once. */
  delivery->is_reliable = gcoap_exchange_is_reliable (self->outer);
  if (delivery->is_reliable)
    self->peer->n_departing++;
  delivery->is_confirmable = !delivery->is_reliable && tuning != NULL
                             && gcoap_transport_tuning_get_reliability (tuning)
                                == GCOAP_RELIABILITY_CONFIRMABLE;
  if (delivery->is_confirmable)
    gcoap_notification_pace_note_confirmable (&self->peer->pace);
  self->has_responded = TRUE;

  if (is_last)
    {
      observer_leave (self);
      cancel_inner (self);
    }
  gcoap_exchange_respond_full (self->outer, outgoing, is_last, tuning,
                               delivery_cb, delivery, delivery_free);
}

static void
confirm_timer_cb (gpointer data)
{
  Observer *self = data;
  GcoapClock *clock = self->provider->runtime->clock;

  if (self->is_waiting || self->latest == NULL)
    return;
  /* A newer state has been sent since: it has its own time. */
  if (self->confirm_at > gcoap_clock_get_now (clock))
    {
      gcoap_clock_schedule (clock, &self->confirm_timer, self->confirm_at);
      return;
    }
  self->pending = g_steal_pointer (&self->latest);
  self->wish = GCOAP_RELIABILITY_CONFIRMABLE;
  self->is_waiting = TRUE;
  g_queue_push_tail_link (&self->peer->waiting, &self->link);
  pump (self->peer);
}

/* Keeps what may be lost until it is certain that it is of no interest. */
static void
keep_latest (Observer     *self,
             GcoapMessage *message,
             gboolean      is_confirmable,
             gint64        now)
{
  GcoapClock *clock = self->provider->runtime->clock;
  guint delay = self->provider->confirm_delay;

  g_clear_pointer (&self->latest, gcoap_message_unref);
  if (is_confirmable || delay == 0)
    {
      gcoap_clock_unschedule (clock, &self->confirm_timer);
      return;
    }
  self->latest = gcoap_message_ref (message);
  self->confirm_at = now + delay * G_GINT64_CONSTANT (1000);
  if (!gcoap_timer_is_scheduled (&self->confirm_timer))
    gcoap_clock_schedule (clock, &self->confirm_timer, self->confirm_at);
}

/* Sends what is pending. */
static void
send_pending (Observer *self,
              gint64    now)
{
  GcoapObserve *provider = self->provider;
  g_autoptr (GcoapMessage) message = g_steal_pointer (&self->pending);
  GcoapDeliveryReport report = self->pending_report;
  gboolean is_last = self->pending_is_last;
  gboolean is_reliable = gcoap_exchange_is_reliable (self->outer);
  gboolean is_confirmable = !is_reliable
                            && (is_last || self->wish != GCOAP_RELIABILITY_NON_CONFIRMABLE
                                || gcoap_notification_proof_is_due (&self->proof, now,
                                                                    provider->max_non_confirmable));

  self->pending_report = (GcoapDeliveryReport) { NULL, NULL, NULL };
  gcoap_notification_proof_note_sent (&self->proof, now, is_confirmable);
  if (!is_last)
    keep_latest (self, message, is_confirmable || is_reliable, now);
  if (!is_confirmable && !is_reliable)
    gcoap_notification_pace_note_non_confirmable (&self->peer->pace, now,
                                                  provider->non_confirmable_interval
                                                  * G_GINT64_CONSTANT (1000));
  transmit (self, message, is_last,
            is_reliable ? NULL : is_confirmable ? provider->confirmable : provider->non_confirmable,
            report, now);
}

/* Sends what waits, in the order of its first arrival, as the pace allows. */
static void
pump (Peer *peer)
{
  GcoapClock *clock = peer->provider->runtime->clock;
  GList *first;

  if (peer->is_pumping)
    return;
  peer->is_pumping = TRUE;
  g_rc_box_acquire (peer);
  while ((first = g_queue_peek_head_link (&peer->waiting)) != NULL)
    {
      Observer *observer = first->data;
      gint64 now = gcoap_clock_get_now (clock);
      gint64 next = gcoap_notification_pace_get_next (&peer->pace, NSTART);

      if (gcoap_exchange_is_reliable (observer->outer))
        {
          if (peer->n_departing > 0)
            break;
        }
      else if (next > now)
        {
          if (next < G_MAXINT64)
            gcoap_clock_schedule (clock, &peer->timer, next);
          break;
        }
      g_queue_unlink (&peer->waiting, first);
      observer->is_waiting = FALSE;
      g_rc_box_acquire (observer);
      send_pending (observer, now);
      observer_unref (observer);
    }
  peer->is_pumping = FALSE;
  peer_unref (peer);
}

/* RFC 7641 §4.5.2: the newest state takes the place of one that has not been
 * sent; there is never more than one. */
static void
enqueue (Observer            *self,
         GcoapMessage        *message,
         gboolean             is_last,
         GcoapReliability     wish,
         GcoapDeliveryReport  report)
{
  g_clear_pointer (&self->pending, gcoap_message_unref);
  drop_report (&self->pending_report);
  self->pending = gcoap_message_ref (message);
  self->pending_is_last = is_last;
  self->pending_report = report;
  self->wish = (guint8) wish;
  if (!self->is_waiting)
    {
      self->is_waiting = TRUE;
      g_queue_push_tail_link (&self->peer->waiting, &self->link);
    }
  pump (self->peer);
}

/* The resource has ended the stream without a response. */
static void
end_without_response (Observer      *self,
                      GcoapExchange *inner)
{
  if (!observer_leave (self))
    return;
  if (gcoap_exchange_get_end (inner) == GCOAP_EXCHANGE_END_REJECTED)
    gcoap_exchange_reject (self->outer, gcoap_exchange_get_error (inner));
  else
    gcoap_exchange_dismiss (self->outer);
}

/* What the resource says. */
static void
sink_cb (GcoapExchange *inner,
         gboolean       is_last,
         gpointer       user_data)
{
  Observer *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (inner);
  GcoapTransportTuning *tuning = gcoap_exchange_get_response_tuning (inner);
  GcoapDeliveryReport report;

  g_rc_box_acquire (self);
  if (is_last)
    self->inner = NULL;
  if (self->has_ended)
    {
      observer_unref (self);
      return;
    }
  if (response == NULL)
    {
      end_without_response (self, inner);
      observer_unref (self);
      return;
    }

  report = gcoap_exchange_steal_report (inner);
  if (!gcoap_code_is_success (gcoap_message_get_code (response)))
    is_last = TRUE;
  if (!self->has_responded)
    {
      transmit (self, response, is_last, tuning, report,
                gcoap_clock_get_now (self->provider->runtime->clock));
    }
  else
    {
      /* It is the last word; a newer state shall not take its place. */
      if (is_last)
        cancel_inner (self);
      enqueue (self, response, is_last,
               tuning != NULL ? gcoap_transport_tuning_get_reliability (tuning)
                              : GCOAP_RELIABILITY_DEFAULT,
               report);
    }
  observer_unref (self);
}

static void
sink_destroyed_cb (gpointer data)
{
  Observer *self = data;

  self->inner = NULL;
  observer_unref (self);
}

/* The outer exchange ends though nobody here ended it: its association died,
 * or the stack shuts down. */
static GcoapVerdict
watch_end_cb (GcoapExchange *outer,
              gboolean       is_last,
              gpointer       user_data)
{
  Observer *self = user_data;

  if (!is_last)
    return GCOAP_VERDICT_PASS;
  /* Of a cancelled exchange the derived one is cancelled by itself. */
  if (observer_leave (self) && gcoap_exchange_get_end (outer) != GCOAP_EXCHANGE_END_CANCELLED)
    cancel_inner (self);
  /* The filter's own. */
  observer_unref (self);
  return GCOAP_VERDICT_PASS;
}

static gboolean
has_room (GcoapObserve         *self,
          GcoapEndpointAddress *address)
{
  GcoapLimits *limits = self->runtime->limits;
  Peer *peer = g_hash_table_lookup (self->peers, address);

  if (g_hash_table_size (self->observers) < limits->max_observers
      && (peer == NULL || peer->n_observers < limits->max_observers_per_peer))
    return TRUE;
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  return FALSE;
}

static void
add_observer (GcoapObserve              *self,
              GcoapExchange             *outer,
              GcoapNotificationSequence  sequence)
{
  Observer *observer = g_rc_box_new0 (Observer);
  g_autoptr (GcoapMessage) request = gcoap_message_copy (gcoap_exchange_get_request (outer));
  GcoapExchange *inner;

  gcoap_message_remove_option (request, GCOAP_OPTION_OBSERVE);
  gcoap_exchange_set_expects (outer, GCOAP_EXPECTS_STREAM);
  inner = gcoap_exchange_derive (outer, request);

  observer->provider = g_object_ref (self);
  observer->peer = take_peer (self, gcoap_exchange_get_address (outer));
  observer->peer->n_observers++;
  observer->outer = g_object_ref (outer);
  observer->inner = inner;
  observer->sequence = sequence;
  observer->proof.confirmed = gcoap_clock_get_now (self->runtime->clock);
  observer->link.data = observer;
  gcoap_timer_init (&observer->confirm_timer, confirm_timer_cb, observer);

  /* One reference is that of the table, taken back by who makes it leave. */
  g_hash_table_insert (self->observers, outer, observer);
  gcoap_exchange_add_response_filter (outer, watch_end_cb, g_rc_box_acquire (observer));
  gcoap_exchange_open (inner, sink_cb, g_rc_box_acquire (observer), sink_destroyed_cb);
  gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (self), inner);
  /* Only the responder keeps it, so that its forgetting is noticed. */
  g_object_unref (inner);
}

/* RFC 7641 §4.1: the same client and token as in another registration. */
static GcoapNotificationSequence
end_predecessor (GcoapObserve  *self,
                 GcoapExchange *exchange)
{
  GcoapExchange *predecessor = gcoap_exchange_get_predecessor (exchange);
  Observer *observer = predecessor != NULL ? g_hash_table_lookup (self->observers, predecessor) : NULL;
  GcoapNotificationSequence sequence = { 0 };

  if (observer != NULL)
    {
      sequence = observer->sequence;
      observer_end (observer);
    }
  return sequence;
}

void
gcoap_observers_take_request (GcoapObserve  *self,
                              GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GcoapCode code = gcoap_message_get_code (request);
  GcoapNotificationSequence sequence;
  guint value;

  /* RFC 7641 §2, RFC 8132 §2.4: for GET and FETCH, 0 registers, 1 deregisters;
   * the option is elective, so all else is a request like any other. */
  if (!gcoap_message_get_option_uint (request, GCOAP_OPTION_OBSERVE, &value) || value > 1
      || (code != GCOAP_CODE_GET && code != GCOAP_CODE_FETCH)
      || (gcoap_exchange_is_group (exchange) && !self->allow_groups))
    {
      gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (self), exchange);
      return;
    }

  sequence = end_predecessor (self, exchange);
  if (value == 0 && has_room (self, gcoap_exchange_get_address (exchange)))
    add_observer (self, exchange, sequence);
  else
    gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (self), exchange);
}

void
gcoap_observers_init (GcoapObserve *self)
{
  self->observers = g_hash_table_new (NULL, NULL);
  self->peers = g_hash_table_new ((GHashFunc) gcoap_endpoint_address_hash,
                                  (GEqualFunc) gcoap_endpoint_address_equal);
}

void
gcoap_observers_clear (GcoapObserve *self)
{
  g_clear_pointer (&self->numbered, gcoap_message_unref);
  g_clear_pointer (&self->unnumbered, gcoap_message_unref);
  g_hash_table_unref (self->observers);
  g_hash_table_unref (self->peers);
}
