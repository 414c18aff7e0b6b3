/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Responses of ours whose sender wants to know what became of them. */
#include "token/gcoap-token-layer-private.h"

/* A reset may answer a non-confirmable response as long as the network may
 * hold either; after EXCHANGE_LIFETIME (RFC 7252 §4.8.2, default values, in
 * microseconds), which is the longer of the two, no news will come. */
#define LIFETIME (G_GINT64_CONSTANT (247) * G_USEC_PER_SEC)

struct _GcoapTokenDelivery
{
  GcoapTokenEntry      entry;
  GList                link;          /* in the layer's queue */
  GcoapTokenDelivery **place;         /* where its exchange keeps it, or NULL */
  GcoapTokenLayer     *layer;
  GcoapExchange       *exchange;
  GcoapDeliveryReport  report;
  GcoapTransmission   *transmission;
  gint64               deadline;
};

typedef GcoapTokenDelivery Delivery;

static void
arm (GcoapTokenLayer *self)
{
  GList *oldest = g_queue_peek_head_link (&self->deliveries);

  if (oldest == NULL)
    gcoap_clock_unschedule (self->runtime->clock, &self->deliveries_timer);
  else
    gcoap_clock_schedule (self->runtime->clock, &self->deliveries_timer,
                          ((Delivery *) oldest->data)->deadline);
}

/* Takes the delivery out of the layer; it still holds report and exchange. */
static void
detach (Delivery *self)
{
  GcoapTokenLayer *layer = self->layer;

  if (self->place != NULL)
    gcoap_token_delivery_unplace (self->place);
  gcoap_token_table_remove (&layer->table, &self->entry);
  g_queue_unlink (&layer->deliveries, &self->link);
  /* Else the timer finds nothing due and is set anew: that happens once, this
   * for every delivery. */
  if (layer->deliveries.length == 0)
    arm (layer);
  /* A reset to it would find nobody any more. */
  if (gcoap_transmission_is_complete (self->transmission))
    gcoap_transmission_abandon (self->transmission);
  else
    gcoap_transmission_set_manager_data (self->transmission, NULL);
  g_clear_pointer (&self->transmission, gcoap_transmission_unref);
}

static void
delivery_free (Delivery *self)
{
  if (self->report.destroy != NULL)
    self->report.destroy (self->report.data);
  g_object_unref (self->exchange);
  g_free (self);
}

static void
expire_cb (gpointer data)
{
  GcoapTokenLayer *self = data;
  gint64 now = gcoap_clock_get_now (self->runtime->clock);
  Delivery *oldest;

  g_object_ref (self);
  while ((oldest = g_queue_peek_head (&self->deliveries)) != NULL && oldest->deadline <= now)
    gcoap_token_delivery_forget (&oldest->entry);
  arm (self);
  g_object_unref (self);
}

void
gcoap_token_deliveries_init (GcoapTokenLayer *self)
{
  g_queue_init (&self->deliveries);
  gcoap_timer_init (&self->deliveries_timer, expire_cb, self);
}

static void
watch (GcoapTokenDelivery  *self,
       GcoapDeliveryReport  report,
       GcoapTransmission   *transmission)
{
  self->report = report;
  self->transmission = transmission;
  self->deadline = gcoap_clock_get_now (self->layer->runtime->clock) + LIFETIME;
  gcoap_transmission_set_manager_data (transmission, &self->entry);
  g_queue_push_tail_link (&self->layer->deliveries, &self->link);
}

/* Of a stream of non-confirmable responses, the newest is enough to hear that
 * nobody wants them: it takes the place of the one before, and what is kept does
 * not grow with their number. */
static void
follow (GcoapTokenDelivery  *self,
        GcoapDeliveryReport  report,
        GcoapTransmission   *transmission)
{
  GcoapDeliveryReport before = self->report;

  gcoap_transmission_abandon (self->transmission);
  gcoap_transmission_unref (self->transmission);
  g_queue_unlink (&self->layer->deliveries, &self->link);
  watch (self, report, transmission);
  if (before.destroy != NULL)
    before.destroy (before.data);
}

/* Takes report and transmission over. */
void
gcoap_token_layer_watch_delivery (GcoapTokenLayer      *self,
                                  GcoapExchange        *exchange,
                                  GcoapEndpointAddress *address,
                                  GcoapDeliveryReport   report,
                                  GcoapTransmission    *transmission,
                                  GcoapTokenDelivery  **latest)
{
  Delivery *delivery;

  /* A response that is not sent as a message of its own, or could not be
   * sent, has no news; nor is any waited for when the layer is being shut. */
  if (transmission == NULL || self->is_shut)
    {
      g_clear_pointer (&transmission, gcoap_transmission_unref);
      if (report.destroy != NULL)
        report.destroy (report.data);
      return;
    }
  if (latest != NULL && *latest != NULL && gcoap_transmission_is_complete (transmission))
    {
      follow (*latest, report, transmission);
      return;
    }
  /* The oldest has the least chance that news of it still comes. */
  if (self->deliveries.length >= self->runtime->limits->max_inbound_exchanges)
    {
      Delivery *oldest = g_queue_peek_head (&self->deliveries);

      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_token_delivery_forget (&oldest->entry);
    }

  delivery = g_new0 (Delivery, 1);
  delivery->layer = self;
  delivery->exchange = g_object_ref (exchange);
  delivery->link.data = delivery;
  if (latest != NULL && gcoap_transmission_is_complete (transmission))
    {
      delivery->place = latest;
      *latest = delivery;
    }
  gcoap_token_table_add (&self->table, &delivery->entry, GCOAP_TOKEN_ROLE_REPORT, address,
                         FALSE, NULL, 0);
  watch (delivery, report, transmission);
  if (self->deliveries.length == 1)
    arm (self);
}

void
gcoap_token_delivery_unplace (GcoapTokenDelivery **latest)
{
  if (*latest == NULL)
    return;
  (*latest)->place = NULL;
  *latest = NULL;
}

void
gcoap_token_delivery_settle (GcoapTokenEntry *entry,
                             GcoapOutcome     outcome)
{
  Delivery *self = (Delivery *) entry;

  detach (self);
  self->report.func (self->exchange, outcome, self->report.data);
  delivery_free (self);
}

void
gcoap_token_delivery_forget (GcoapTokenEntry *entry)
{
  Delivery *self = (Delivery *) entry;

  detach (self);
  delivery_free (self);
}
