/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between two exchanges: the outer one, as it came in, and the inner one derived
 * from it. Responses go out in the order in which they were given, for which
 * one may have to wait until storage has granted its number. */
#include "providers/oscore/gcoap-oscore-serving-private.h"

#include "base/gcoap-error.h"
#include "wire/gcoap-error-message.h"

/* A response without a room for it would be none; what is smaller than this
 * goes in blocks of 16 bytes. */
#define MIN_ROOM 64

/* One response that waits. */
typedef struct
{
  GcoapMessage         *message;    /* NULL: the end without a response */
  GcoapTransportTuning *tuning;
  GcoapDeliveryReport   report;
  gboolean              is_last;
} Waiting;

struct _GcoapOscoreServing
{
  GcoapOscore        *provider;
  GcoapExchange      *outer;
  GcoapExchange      *inner;          /* not owned; NULL once it does not matter */
  GcoapOscoreSlot    *slot;
  GcoapOscoreKeys    *keys;           /* those of the request, whatever comes later */
  GcoapOscoreBinding  binding;
  GQueue              waiting;        /* of Waiting */
  gboolean            is_taking;      /* a number is on its way */
  gboolean            is_responding;  /* what passes through the outer exchange is ours */
};

/* A delivery report, with the exchange its owner knows. */
typedef struct
{
  GcoapDeliveryReport  report;
  GcoapExchange       *inner;
} Delivery;

static void pump (GcoapOscoreServing *self);

static void
waiting_clear (Waiting *self)
{
  g_clear_pointer (&self->message, gcoap_message_unref);
  g_clear_pointer (&self->tuning, gcoap_transport_tuning_unref);
  if (self->report.destroy != NULL)
    self->report.destroy (self->report.data);
}

static void
waiting_free (gpointer data)
{
  waiting_clear (data);
  g_free (data);
}

static void
clear (gpointer data)
{
  GcoapOscoreServing *self = data;

  g_queue_clear_full (&self->waiting, waiting_free);
  gcoap_oscore_keys_unref (self->keys);
  gcoap_oscore_slot_unref (self->slot);
  g_object_unref (self->outer);
  g_object_unref (self->provider);
}

void
gcoap_oscore_serving_unref (GcoapOscoreServing *self)
{
  g_rc_box_release_full (self, clear);
}

static void
cancel_inner (GcoapOscoreServing *self)
{
  GcoapExchange *inner = g_steal_pointer (&self->inner);

  if (inner != NULL)
    gcoap_exchange_cancel (inner);
}

/* Without a protected answer there is none. */
static void
give_up (GcoapOscoreServing *self,
         const GError       *error)
{
  gcoap_runtime_trace_note (self->provider->runtime, self->outer->address, error->message);
  g_queue_clear_full (&self->waiting, waiting_free);
  cancel_inner (self);
  gcoap_exchange_dismiss (self->outer);
}

/* RFC 8613 Appendix B.2: with new keys the numbers begin anew. One of those under
 * the keys of an older request would be a nonce that was used already. */
static gboolean
check_keys (GcoapOscoreServing *self,
            GError            **error)
{
  if (self->slot->context != NULL && gcoap_oscore_context_get_keys (self->slot->context) == self->keys)
    return TRUE;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                       "The OSCORE context of a request has got new keys, or has been closed.");
  return FALSE;
}

static void
deliver_cb (GcoapExchange *exchange G_GNUC_UNUSED,
            GcoapOutcome   outcome,
            gpointer       data)
{
  Delivery *delivery = data;

  delivery->report.func (delivery->inner, outcome, delivery->report.data);
}

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  if (delivery->report.destroy != NULL)
    delivery->report.destroy (delivery->report.data);
  g_object_unref (delivery->inner);
  g_free (delivery);
}

static void
send_protected (GcoapOscoreServing *self,
                GcoapMessage       *protected,
                Waiting            *response)
{
  Delivery *delivery = NULL;

  if (response->report.func != NULL)
    {
      delivery = g_new0 (Delivery, 1);
      delivery->report = response->report;
      delivery->inner = g_object_ref (self->inner != NULL ? self->inner : self->outer);
      response->report = (GcoapDeliveryReport) { NULL, NULL, NULL };
    }
  self->is_responding = TRUE;
  gcoap_exchange_respond_full (self->outer, protected, response->is_last, response->tuning,
                               delivery != NULL ? deliver_cb : NULL, delivery,
                               delivery != NULL ? delivery_free : NULL);
  self->is_responding = FALSE;
}

/* @sequence: -1 for the nonce of the request. */
static void
send_response (GcoapOscoreServing *self,
               Waiting            *response,
               gint64              sequence)
{
  g_autoptr (GcoapMessage) protected = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_oscore_trace_inner (self->provider, TRUE, self->outer->address, response->message);
  protected = gcoap_oscore_protect_response (self->keys, response->message, &self->binding, sequence,
                                             &error);
  if (protected != NULL)
    send_protected (self, protected, response);
  else
    give_up (self, error);
}

static void
send_first (GcoapOscoreServing *self,
            gint64              sequence)
{
  Waiting *response = g_queue_pop_head (&self->waiting);

  send_response (self, response, sequence);
  waiting_free (response);
}

static void
number_cb (GcoapOscoreSlot *slot G_GNUC_UNUSED,
           guint64          number,
           const GError    *error,
           gpointer         user_data)
{
  GcoapOscoreServing *self = user_data;
  g_autoptr (GError) other_keys = NULL;

  self->is_taking = FALSE;
  if (gcoap_exchange_is_open (self->outer) && self->waiting.length > 0)
    {
      if (error != NULL)
        give_up (self, error);
      else if (!check_keys (self, &other_keys))
        give_up (self, other_keys);
      else
        send_first (self, (gint64) number);
      pump (self);
    }
  gcoap_oscore_serving_unref (self);
}

static void
pump (GcoapOscoreServing *self)
{
  Waiting *first;

  g_rc_box_acquire (self);
  while (!self->is_taking && (first = g_queue_peek_head (&self->waiting)) != NULL
         && gcoap_exchange_is_open (self->outer))
    {
      if (first->message == NULL)
        {
          waiting_free (g_queue_pop_head (&self->waiting));
          gcoap_exchange_dismiss (self->outer);
        }
      else if (!self->binding.nonce_used)
        {
          send_first (self, -1);
        }
      else
        {
          self->is_taking = TRUE;
          /* It may call back at once. */
          gcoap_oscore_slot_take_number (self->slot, number_cb, g_rc_box_acquire (self));
        }
    }
  gcoap_oscore_serving_unref (self);
}

static void
enqueue (GcoapOscoreServing   *self,
         GcoapMessage         *message,
         gboolean              is_last,
         GcoapTransportTuning *tuning,
         GcoapDeliveryReport   report)
{
  Waiting waiting = {
    .message = message != NULL ? gcoap_message_ref (message) : NULL,
    .tuning = tuning != NULL ? gcoap_transport_tuning_ref (tuning) : NULL,
    .report = report,
    .is_last = is_last,
  };

  /* The first one, which needs no number, waits for nobody. */
  if (message != NULL && !self->binding.nonce_used && self->waiting.length == 0)
    {
      send_response (self, &waiting, -1);
      waiting_clear (&waiting);
      return;
    }
  g_queue_push_tail (&self->waiting, g_memdup2 (&waiting, sizeof waiting));
  if (self->waiting.length > GCOAP_OSCORE_SERVING_MAX_WAITING)
    {
      g_autoptr (GError) error =
        g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                             "Too many responses wait for the storage of an OSCORE context.");

      gcoap_statistics_count (self->provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      give_up (self, error);
      return;
    }
  pump (self);
}

/* What whoever answers the inner exchange says. */
static void
sink_cb (GcoapExchange *inner,
         gboolean       is_last,
         gpointer       user_data)
{
  GcoapOscoreServing *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (inner);
  const GError *error = gcoap_exchange_get_error (inner);
  g_autoptr (GcoapMessage) refusal = NULL;

  if (!gcoap_exchange_is_open (self->outer))
    return;
  if (gcoap_exchange_get_expects (inner) == GCOAP_EXPECTS_STREAM && !self->outer->responded)
    gcoap_exchange_set_expects (self->outer, GCOAP_EXPECTS_STREAM);
  /* A rejection becomes a response here, or the layers below would make one
   * that is not protected. */
  if (response == NULL && gcoap_exchange_get_end (inner) == GCOAP_EXCHANGE_END_REJECTED && error != NULL)
    response = refusal = gcoap_message_new_for_error_accepting (error, gcoap_exchange_get_request (inner));
  g_rc_box_acquire (self);
  enqueue (self, response, is_last, gcoap_exchange_get_response_tuning (inner),
           gcoap_exchange_steal_report (inner));
  if (is_last)
    self->inner = NULL;
  gcoap_oscore_serving_unref (self);
}

static void
sink_destroyed_cb (gpointer data)
{
  GcoapOscoreServing *self = data;

  self->inner = NULL;
  gcoap_oscore_serving_unref (self);
}

/* Somebody below answers: the time is over, or the stack shuts down. Even that
 * must not leave without protection. */
static gboolean
protect_foreign (GcoapOscoreServing *self,
                 GcoapMessage       *response)
{
  g_autoptr (GcoapMessage) protected = NULL;
  g_autoptr (GError) error = NULL;
  gint64 sequence = -1;

  if (self->binding.nonce_used)
    {
      guint64 number;

      if (!check_keys (self, &error)
          || !gcoap_oscore_context_take_sequence (self->slot->context, &number, &error))
        return FALSE;
      sequence = (gint64) number;
    }
  protected = gcoap_oscore_protect_response (self->keys, response, &self->binding, sequence,
                                             &error);
  if (protected == NULL)
    return FALSE;
  gcoap_exchange_replace_response (self->outer, protected);
  return TRUE;
}

static GcoapVerdict
guard_cb (GcoapExchange *outer,
          gboolean       is_last,
          gpointer       user_data)
{
  GcoapOscoreServing *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (outer);
  GcoapVerdict verdict = GCOAP_VERDICT_PASS;

  if (!self->is_responding && response != NULL && !protect_foreign (self, response))
    verdict = GCOAP_VERDICT_TAKE;
  if (!is_last)
    return verdict;

  g_queue_clear_full (&self->waiting, waiting_free);
  /* Of a cancelled exchange the derived one is cancelled by itself. */
  if (gcoap_exchange_get_end (outer) != GCOAP_EXCHANGE_END_CANCELLED)
    cancel_inner (self);
  if (verdict == GCOAP_VERDICT_TAKE)
    {
      gcoap_exchange_take_over (outer);
      gcoap_exchange_dismiss (outer);
    }
  /* The filter's own. */
  gcoap_oscore_serving_unref (self);
  return verdict;
}

GcoapOscoreServing *
gcoap_oscore_serving_new (GcoapOscore              *provider,
                          GcoapExchange            *exchange,
                          GcoapOscoreSlot          *slot,
                          const GcoapOscoreBinding *binding)
{
  GcoapOscoreServing *self = g_rc_box_new0 (GcoapOscoreServing);

  self->provider = g_object_ref (provider);
  self->outer = g_object_ref (exchange);
  self->slot = gcoap_oscore_slot_ref (slot);
  self->keys = gcoap_oscore_keys_ref (gcoap_oscore_context_get_keys (slot->context));
  self->binding = *binding;
  g_queue_init (&self->waiting);
  gcoap_exchange_add_response_filter (exchange, guard_cb, g_rc_box_acquire (self));
  return self;
}

void
gcoap_oscore_serving_spend_nonce (GcoapOscoreServing *self)
{
  self->binding.nonce_used = TRUE;
}

void
gcoap_oscore_serving_answer (GcoapOscoreServing *self,
                             GcoapMessage       *response)
{
  gcoap_message_lock (response);
  enqueue (self, response, TRUE, NULL, (GcoapDeliveryReport) { NULL, NULL, NULL });
}

void
gcoap_oscore_serving_pass (GcoapOscoreServing *self,
                           GcoapMessage       *request,
                           gint64              age)
{
  GcoapExchange *outer = self->outer;
  /* Whoever answers may let go of the whole stack. */
  g_autoptr (GcoapOscore) provider = g_object_ref (self->provider);
  GcoapEndpointAddress *address = gcoap_oscore_address_pool_take (&provider->addresses, outer->address,
                                                                  self->slot);
  gsize overhead = gcoap_oscore_get_overhead (self->keys);
  GcoapExchange *inner = gcoap_exchange_pool_derive (&provider->pool, outer, request);
  gsize room = gcoap_exchange_get_room (inner);

  gcoap_exchange_set_address (inner, address);
  /* Those of the address count, and not those of whoever brought it. */
  gcoap_exchange_set_claims (inner, NULL);
  gcoap_exchange_set_room (inner, room > overhead + MIN_ROOM ? room - overhead : MIN_ROOM);
  /* What an Echo option outside has proved is nothing to rely on inside. */
  gcoap_exchange_set_freshness (inner, age, outer->challenge_func, outer->challenge_data);
  /* RFC 8613 §4.1.3.5: the same token in a request of somebody else, or in one
   * that nobody has verified, ends nothing. */
  if (inner->predecessor != NULL
      && (inner->predecessor->address == NULL
          || !gcoap_endpoint_address_equal (inner->predecessor->address, address)))
    g_clear_object (&inner->predecessor);

  self->inner = inner;
  gcoap_exchange_open (inner, sink_cb, g_rc_box_acquire (self), sink_destroyed_cb);
  if (provider->inside != NULL)
    gcoap_request_interface_request (provider->inside, inner);
  else
    gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (provider), inner);
  /* Only the responder keeps it, so that its forgetting is noticed; most have
   * answered by now. */
  gcoap_exchange_pool_give (&provider->pool, inner);
  gcoap_oscore_address_pool_give (&provider->addresses, address);
}
