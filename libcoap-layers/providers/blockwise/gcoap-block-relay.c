/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of ours that get many responses, in a stream (RFC 7959 §2.6) or from
 * a group (§2.8): of each response that is but a first block the rest is
 * fetched, and then it is passed on whole. */
#include "providers/blockwise/gcoap-block-transfer-private.h"

typedef struct
{
  guint           ref_count;
  GcoapBlockwise *provider;
  GcoapExchange  *parent;
  GcoapExchange  *main;        /* gets the responses */
  GPtrArray      *fetches;     /* of GcoapBlockTransfer; in a stream one at most */
  gboolean        is_group;
  gboolean        has_passed;  /* a response */
  gboolean        has_ended;   /* main has */
} Relay;

static Relay *
relay_ref (Relay *self)
{
  self->ref_count++;
  return self;
}

static void
relay_unref (gpointer data)
{
  Relay *self = data;

  if (--self->ref_count > 0)
    return;
  g_ptr_array_unref (self->fetches);
  g_clear_object (&self->main);
  g_object_unref (self->parent);
  g_object_unref (self->provider);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Relay, relay_unref)

static void
drop_fetches (Relay *self)
{
  g_autoptr (GPtrArray) fetches = g_steal_pointer (&self->fetches);

  self->fetches = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_block_transfer_unref);
  for (guint i = 0; i < fetches->len; i++)
    gcoap_block_transfer_cancel (g_ptr_array_index (fetches, i));
}

static void
stop (Relay *self)
{
  drop_fetches (self);
  if (!self->has_ended)
    gcoap_exchange_cancel (self->main);
  self->has_ended = TRUE;
}

static void
parent_cancelled_cb (GcoapExchange *parent G_GNUC_UNUSED,
                     gpointer       data)
{
  g_autoptr (Relay) self = relay_ref (data);

  stop (self);
}

/* Each derived exchange takes the place of the one before it; what stays is
 * the one that gets the responses, on whose token a successor goes out. */
static void
derived_cb (gpointer data)
{
  Relay *self = data;

  self->parent->latest_derived = self->main;
  gcoap_exchange_set_cancel_callback (self->parent, parent_cancelled_cb, relay_ref (self), relay_unref);
}

static void
pass_on (Relay                *self,
         GcoapMessage         *response,
         GcoapEndpointAddress *responder,
         gboolean              is_last)
{
  self->has_passed = TRUE;
  if (responder != NULL)
    gcoap_exchange_respond_from (self->parent, response, is_last, responder);
  else
    gcoap_exchange_respond (self->parent, response, is_last);
  if (is_last || !gcoap_exchange_is_open (self->parent))
    stop (self);
}

static void
finish_group (Relay *self)
{
  if (self->has_ended && self->fetches->len == 0)
    gcoap_exchange_finish_group (self->parent);
}

static void
fetched_cb (GcoapBlockTransfer *transfer,
            GcoapMessage       *response,
            const GError       *error,
            gpointer            data)
{
  g_autoptr (Relay) self = relay_ref (data);
  g_autoptr (GcoapBlockTransfer) held = gcoap_block_transfer_ref (transfer);

  g_ptr_array_remove (self->fetches, transfer);
  if (response != NULL)
    pass_on (self, response, transfer->member, self->has_ended && !self->is_group);
  else if (error != NULL && !self->is_group
           && (self->has_ended || !self->has_passed
               || !g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE)))
    {
      /* A notification that could not be put together is made up for by the
       * next; but when the peer is gone there is none. */
      gcoap_exchange_fail (self->parent, error);
      stop (self);
    }
  if (self->is_group)
    finish_group (self);
}

static void
fetch (Relay        *self,
       GcoapMessage *response)
{
  GcoapEndpointAddress *responder = gcoap_exchange_get_responder (self->main);
  GcoapBlockTransfer *transfer;

  if (self->fetches->len >= self->provider->runtime->limits->max_bodies)
    {
      gcoap_statistics_count (self->provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      return;
    }
  transfer = gcoap_block_transfer_new (self->provider, self->parent,
                                       gcoap_exchange_get_request (self->parent), fetched_cb,
                                       relay_ref (self));
  transfer->destroy = relay_unref;
  transfer->derived = derived_cb;
  transfer->notification = gcoap_message_ref (response);
  if (self->is_group)
    transfer->member = g_object_ref (responder);
  g_ptr_array_add (self->fetches, transfer);
  gcoap_block_download_begin (transfer, response);
}

static void
end_without_response (Relay *self)
{
  const GError *error = gcoap_exchange_get_error (self->main);

  self->has_ended = TRUE;
  if (self->is_group)
    {
      if (gcoap_exchange_get_end (self->main) == GCOAP_EXCHANGE_END_RESPONDED)
        finish_group (self);
      else if (error != NULL)
        gcoap_exchange_fail (self->parent, error);
      else
        gcoap_exchange_dismiss (self->parent);
      return;
    }
  drop_fetches (self);
  if (error != NULL)
    gcoap_exchange_fail (self->parent, error);
  else
    gcoap_exchange_dismiss (self->parent);
}

static void
main_cb (GcoapExchange *exchange,
         gboolean       is_last,
         gpointer       data)
{
  g_autoptr (Relay) self = relay_ref (data);
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  GcoapBlockValue value;

  if (self->has_ended)
    return;
  gcoap_exchange_note_activity (self->parent);
  if (response == NULL)
    {
      if (is_last)
        end_without_response (self);
      return;
    }
  self->has_ended = is_last;
  /* RFC 7641 §3.4: a newer notification makes the rest of an older one
   * worthless, if it can still be had. */
  if (!self->is_group)
    drop_fetches (self);
  if (gcoap_block_value_read (response, GCOAP_OPTION_BLOCK2, &value) && (value.more || value.number > 0))
    {
      fetch (self, response);
    }
  else
    {
      g_autoptr (GcoapMessage) whole = gcoap_block_transfer_strip (response);

      pass_on (self, whole, self->is_group ? gcoap_exchange_get_responder (exchange) : NULL,
               is_last && !self->is_group);
    }
  if (is_last && self->is_group)
    finish_group (self);
}

void
gcoap_block_relay_start (GcoapBlockwise *provider,
                         GcoapExchange  *parent,
                         GcoapMessage   *message)
{
  g_autoptr (Relay) self = g_new0 (Relay, 1);

  self->ref_count = 1;
  self->provider = g_object_ref (provider);
  self->parent = g_object_ref (parent);
  self->fetches = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_block_transfer_unref);
  self->is_group = gcoap_exchange_get_expects (parent) == GCOAP_EXPECTS_GROUP;
  self->main = gcoap_exchange_derive (parent, message);
  gcoap_exchange_drop_bodies (self->main);
  derived_cb (self);
  gcoap_exchange_open (self->main, main_cb, relay_ref (self), relay_unref);
  gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (provider), self->main);
}
