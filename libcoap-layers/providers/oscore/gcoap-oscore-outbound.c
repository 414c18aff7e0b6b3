/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's half: requests to protected addresses leave as another exchange
 * with the address below, and only what verifies comes back (RFC 8613 §8.1,
 * §8.4). */
#include "providers/oscore/gcoap-oscore-provider-private.h"

#include "base/gcoap-error.h"
#include "providers/oscore/gcoap-oscore-rederivation-private.h"
#include "wire/gcoap-error-message.h"

/* Values of the Observe option. */
#define OBSERVE_MASK 0xffffff

typedef struct
{
  GcoapOscore        *provider;
  GcoapExchange      *parent;
  GcoapOscoreSlot    *slot;
  GcoapOscoreKeys    *keys;             /* NULL until it has a number */
  GcoapOscoreBinding  binding;
  guint64             notification;     /* RFC 8613 §4.1.3.5.2: the largest number of a notification */
  guint32             n_notifications;
  guint               n_rederivations;  /* on the way to an answer; once is enough */
  gboolean            has_observe;      /* it registers */
  gboolean            has_notification; /* a notification with a number has come */
  gboolean            has_oldest;       /* the one without, too, or it is not wanted any more */
} Sending;

static void
sending_free (gpointer data)
{
  Sending *self = data;

  g_clear_pointer (&self->keys, gcoap_oscore_keys_unref);
  gcoap_oscore_slot_unref (self->slot);
  g_object_unref (self->parent);
  g_object_unref (self->provider);
  g_free (self);
}

static char *
describe_peer (Sending *self)
{
  return gcoap_endpoint_address_dup_uri_base (self->parent->address);
}

/* RFC 8613 §8.4: nothing that does not verify gets further; §8.4.2: but that
 * does not end an observation. */
static void
discard (Sending       *self,
         GcoapExchange *exchange,
         gboolean       is_last,
         const GError  *error)
{
  gcoap_runtime_trace_note (self->provider->runtime, exchange->address, error->message);
  if (!is_last && self->n_notifications > 0)
    return;
  /* Failing the parent forgets its cancellation of this one. */
  g_object_ref (exchange);
  gcoap_exchange_fail (self->parent, error);
  gcoap_exchange_cancel (exchange);
  g_object_unref (exchange);
}

/* RFC 8613 §8.2: what the server says when it cannot open the request is not
 * protected. Anybody could say it, so it is no response, but the best reason
 * there is. */
static void
discard_plain (Sending       *self,
               GcoapExchange *exchange,
               gboolean       is_last,
               GcoapMessage  *response)
{
  g_autofree char *peer = describe_peer (self);
  g_autoptr (GError) error = NULL;
  GcoapCode code = gcoap_message_get_code (response);

  if (gcoap_code_is_error (code))
    {
      g_autoptr (GError) said = gcoap_message_to_error (response);

      error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "%s could not open a request protected with OSCORE; without protection it said “%s”.",
                           peer, said->message);
    }
  else
    {
      error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                           "%s answered a request protected with OSCORE without protection; "
                           "the answer was discarded.", peer);
    }
  discard (self, exchange, is_last, error);
}

/* RFC 8613 §7.4.1: whether a notification is newer than those before. */
static gboolean
is_newer (Sending *self,
          gint64   sequence)
{
  if (sequence < 0)
    {
      /* The oldest one, whenever it arrives. */
      if (self->has_oldest || self->has_notification)
        return FALSE;
      self->has_oldest = TRUE;
      return TRUE;
    }
  if (self->has_notification && (guint64) sequence <= self->notification)
    return FALSE;
  self->has_notification = TRUE;
  self->notification = (guint64) sequence;
  return TRUE;
}

/* The order has been found out here, by numbers that are never reused and cannot
 * be forged; so those of the option simply rise. */
static GcoapMessage *
number_notification (Sending      *self,
                     GcoapMessage *response)
{
  GcoapMessage *copy = gcoap_message_copy (response);

  gcoap_message_set_option_uint (copy, GCOAP_OPTION_OBSERVE, self->n_notifications++ & OBSERVE_MASK);
  return copy;
}

/* RFC 7252 §5.4.1: what the layers below do with the options outside. */
static gboolean
check_options (Sending       *self,
               GcoapMessage  *response,
               GError       **error)
{
  guint number = gcoap_message_find_bad_critical_option (response);
  g_autofree char *peer = NULL;

  if (number == 0)
    return TRUE;
  peer = describe_peer (self);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNKNOWN_OPTION,
               "The protected response of %s has the critical option %u, which is not understood "
               "or has no valid value.", peer, number);
  return FALSE;
}

static void
take_verified (Sending       *self,
               GcoapExchange *exchange,
               gboolean       is_last,
               GcoapMessage  *response,
               gint64         sequence)
{
  gboolean is_notification = gcoap_message_has_option (response, GCOAP_OPTION_OBSERVE);
  g_autoptr (GcoapMessage) numbered = NULL;
  g_autoptr (GError) bad_option = NULL;

  gcoap_oscore_trace_inner (self->provider, FALSE, exchange->address, response);
  if (!check_options (self, response, &bad_option))
    {
      discard (self, exchange, is_last, bad_option);
      return;
    }
  if (is_notification && !self->has_observe)
    {
      g_autofree char *peer = describe_peer (self);
      g_autoptr (GError) error =
        g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                     "%s answered a request with a notification that was not asked for.", peer);

      /* RFC 8613 §4.1.3.5.2 */
      discard (self, exchange, is_last, error);
      return;
    }
  if (is_notification)
    {
      if (!is_newer (self, sequence))
        {
          gcoap_runtime_trace_note (self->provider->runtime, exchange->address,
                                    "An old notification was discarded");
          return;
        }
      numbered = number_notification (self, response);
      response = numbered;
    }
  gcoap_exchange_respond (self->parent, response, is_last);
}

/* RFC 8613 Appendix B.2 */

static void take_number (Sending *self);

static void
rederived_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Sending *self = user_data;
  g_autoptr (GError) error = NULL;

  gcoap_oscore_context_rederive_finish (GCOAP_OSCORE_CONTEXT (source), result, &error);
  /* Another request has been faster; its keys are as good. */
  if (error == NULL || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_BUSY))
    {
      take_number (self);
      return;
    }
  gcoap_exchange_fail (self->parent, error);
  sending_free (self);
}

static Sending *
sending_new (GcoapOscore     *provider,
             GcoapExchange   *parent,
             GcoapOscoreSlot *slot)
{
  Sending *self = g_new0 (Sending, 1);

  self->provider = g_object_ref (provider);
  self->parent = g_object_ref (parent);
  self->slot = gcoap_oscore_slot_ref (slot);
  return self;
}

/* Step 3: the server has given its part of a new ID Context. The same request
 * goes out again with the keys that follow from it. */
static gboolean
go_on_with (Sending       *self,
            GcoapExchange *exchange,
            gboolean       is_last,
            GcoapMessage  *response)
{
  GcoapOscoreContext *context = self->slot->context;
  g_autoptr (GBytes) id = gcoap_oscore_rederivation_take_response (context, self->keys, response, &self->binding);
  Sending *next;

  if (id == NULL)
    return FALSE;
  next = sending_new (self->provider, self->parent, self->slot);
  next->n_rederivations = 1;
  self->slot->is_rederived = TRUE;
  gcoap_exchange_set_cancel_callback (self->parent, NULL, NULL, NULL);
  if (self->keys == gcoap_oscore_context_get_keys (context))
    gcoap_oscore_context_rederive_async (context, id, NULL, rederived_cb, next);
  else
    take_number (next);
  if (!is_last)
    gcoap_exchange_cancel (exchange);
  return TRUE;
}

static void
take_response (Sending       *self,
               GcoapExchange *exchange,
               gboolean       is_last,
               GcoapMessage  *response)
{
  g_autoptr (GcoapMessage) inner = NULL;
  g_autoptr (GError) cause = NULL;
  gint64 sequence = -1;

  if (!gcoap_message_has_option (response, GCOAP_OPTION_OSCORE))
    {
      discard_plain (self, exchange, is_last, response);
      return;
    }
  if (self->slot->context != NULL && !gcoap_oscore_context_can_verify (self->slot->context, &cause))
    {
      discard (self, exchange, is_last, cause);
      return;
    }
  /* It may also be the server that has lost the context (Appendix B.2). */
  if ((self->slot->is_rederived || self->provider->rederives) && self->n_rederivations == 0
      && self->slot->context != NULL
      && go_on_with (self, exchange, is_last, response))
    return;
  inner = gcoap_oscore_unprotect_response (self->keys, response, &self->binding, &sequence, &cause);
  if (inner == NULL)
    {
      g_autofree char *peer = describe_peer (self);
      g_autoptr (GError) error =
        g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                     "The answer of %s could not be verified, and was discarded; the keys of the OSCORE "
                     "context may differ, or it is no answer to this request.", peer);

      if (self->slot->context != NULL && g_error_matches (cause, GCOAP_ERROR, GCOAP_ERROR_REFUSED))
        gcoap_oscore_context_note_failure (self->slot->context);
      gcoap_runtime_trace_note (self->provider->runtime, exchange->address, cause->message);
      discard (self, exchange, is_last, error);
      return;
    }
  /* Step 5: the peer has the same keys. */
  self->slot->is_rederived = FALSE;
  if (self->slot->context != NULL && self->keys == gcoap_oscore_context_get_keys (self->slot->context))
    gcoap_oscore_context_confirm_keys (self->slot->context);
  take_verified (self, exchange, is_last, inner, sequence);
}

static void
response_cb (GcoapExchange *exchange,
             gboolean       is_last,
             gpointer       user_data)
{
  Sending *self = user_data;
  g_autoptr (GcoapExchange) parent = g_object_ref (self->parent);
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  const GError *error = gcoap_exchange_get_error (exchange);

  /* Another of the addresses that the host has was the one that worked. */
  if (exchange->address != NULL
      && exchange->address != gcoap_oscore_address_get_lower (GCOAP_OSCORE_ADDRESS (parent->address)))
    {
      GcoapEndpointAddress *address = gcoap_oscore_address_new (exchange->address, self->slot);

      g_object_unref (parent->address);
      parent->address = address;
    }
  if (response != NULL)
    take_response (self, exchange, is_last, response);
  else if (gcoap_exchange_get_end (exchange) == GCOAP_EXCHANGE_END_REJECTED && error != NULL)
    gcoap_exchange_reject (parent, error);
  else if (error != NULL)
    gcoap_exchange_fail (parent, error);
  else
    gcoap_exchange_dismiss (parent);
}

/* Sends the request under its number. */
static void
send_protected (Sending *self,
                guint64  number)
{
  GcoapOscore *provider = self->provider;
  GcoapExchange *parent = self->parent;
  GcoapMessage *request = gcoap_exchange_get_request (parent);
  g_autoptr (GcoapMessage) protected = NULL;
  g_autoptr (GcoapExchange) derived = NULL;
  g_autoptr (GError) error = NULL;
  guint observe;

  self->keys = gcoap_oscore_keys_ref (gcoap_oscore_context_get_keys (self->slot->context));
  self->has_observe = gcoap_message_get_option_uint (request, GCOAP_OPTION_OBSERVE, &observe) && observe == 0;
  protected = gcoap_oscore_protect_request (self->keys, request, number, self->keys->has_id_context,
                                            &self->binding, &error);
  if (protected == NULL)
    {
      gcoap_exchange_fail (parent, error);
      sending_free (self);
      return;
    }
  if (self->slot->is_rederived)
    gcoap_oscore_set_kid_context (protected, self->keys->id_context, self->keys->id_context_length);
  gcoap_oscore_trace_inner (provider, TRUE, parent->address, request);
  derived = gcoap_exchange_derive (parent, protected);
  gcoap_exchange_set_address (derived, gcoap_oscore_address_get_lower (GCOAP_OSCORE_ADDRESS (parent->address)));
  gcoap_exchange_set_claims (derived, NULL);
  derived->room = parent->room != 0 ? parent->room + gcoap_oscore_get_overhead (self->keys) : 0;
  /* RFC 7641 §3.6: a deregistration goes out on the token of what it ends. */
  if (derived->predecessor == NULL && parent->predecessor != NULL)
    g_set_object (&derived->predecessor, parent->predecessor);
  gcoap_exchange_open (derived, response_cb, self, sending_free);
  if (provider->wire != NULL)
    gcoap_request_interface_request (provider->wire, derived);
  else
    gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (provider), derived);
}

static void
number_cb (GcoapOscoreSlot *slot G_GNUC_UNUSED,
           guint64          number,
           const GError    *error,
           gpointer         user_data)
{
  Sending *self = user_data;

  if (error == NULL && gcoap_exchange_is_open (self->parent))
    {
      send_protected (self, number);
      return;
    }
  /* Not sent, and cancelled perhaps: a number less. */
  if (error != NULL)
    gcoap_exchange_fail (self->parent, error);
  sending_free (self);
}

static void
take_number (Sending *self)
{
  gcoap_oscore_slot_take_number (self->slot, number_cb, self);
}

/* Step 1: what was lost with a crash, or never known, is replaced. */
static gboolean
must_rederive (GcoapOscore     *self,
               GcoapOscoreSlot *slot)
{
  return self->rederives && !slot->is_rederived && slot->context != NULL
         && !gcoap_oscore_context_get_window (slot->context)->is_known;
}

void
gcoap_oscore_outbound (GcoapRequestProvider *provider,
                       GcoapExchange        *exchange)
{
  GcoapOscoreSlot *slot = gcoap_oscore_find_slot (exchange);
  Sending *self;

  if (slot == NULL)
    {
      gcoap_request_provider_pass (provider, exchange);
      return;
    }
  if (gcoap_exchange_is_group (exchange) || gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_GROUP)
    {
      g_autoptr (GError) error =
        g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                             "A request to a group cannot be protected with OSCORE.");

      gcoap_exchange_fail (exchange, error);
      return;
    }
  self = sending_new (GCOAP_OSCORE (provider), exchange, slot);
  if (must_rederive (GCOAP_OSCORE (provider), slot))
    {
      g_autoptr (GBytes) id = gcoap_oscore_rederivation_begin ();

      slot->is_rederived = TRUE;
      gcoap_oscore_context_rederive_async (slot->context, id, NULL, rederived_cb, self);
      return;
    }
  take_number (self);
}
