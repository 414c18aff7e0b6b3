/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's half: from a request with an OSCORE option to the one inside it,
 * if it verifies and is no old one (RFC 8613 §8.2). */
#include "providers/oscore/gcoap-oscore-serving-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "providers/oscore/gcoap-oscore-rederivation-private.h"

/* A request that was verified, and by what. */
typedef struct
{
  GcoapOscoreSlot    *slot;
  GcoapOscoreBinding  binding;
  GcoapMessage       *message;    /* NULL: what was inside is no message */
  guint64             number;
  gint64              age;        /* milliseconds; -1: not known */
} Verified;

/* What became of a request in the contexts that may be meant. */
typedef struct
{
  GPtrArray *closed;      /* those that have to be opened first; NULL: none */
  gboolean   is_known;    /* a context has the ID */
  gboolean   is_old;      /* that has seen the number */
} Search;

/* A request that waits for contexts to open, or to be ready. */
typedef struct
{
  GcoapOscore   *provider;
  GcoapExchange *exchange;
  guint          pending;
  gboolean       is_refused;
} Waiting;

/* RFC 8613 §8.2 leaves it open whether to answer at all. Errors that anybody can
 * cause are told a few times a second; otherwise one would have us send as
 * much as one sends. */
static gboolean
may_tell (GcoapOscore *self)
{
  gint64 now = gcoap_clock_get_now (self->runtime->clock);

  if (now - self->errors_since >= G_USEC_PER_SEC)
    {
      self->errors_since = now;
      self->n_errors = self->error_rate;
    }
  if (self->n_errors == 0)
    return FALSE;
  self->n_errors--;
  return TRUE;
}

void
gcoap_oscore_refuse (GcoapOscore   *self,
                     GcoapExchange *exchange,
                     GcoapCode      code,
                     const char    *diagnostic)
{
  g_autoptr (GcoapMessage) response = NULL;

  if (diagnostic != NULL)
    gcoap_runtime_trace_note (self->runtime, exchange->address, diagnostic);
  /* RFC 7252 §8.2: nothing in an error is what a group request asks for. */
  if (gcoap_exchange_is_group (exchange) || !may_tell (self))
    {
      gcoap_exchange_dismiss (exchange);
      return;
    }
  response = gcoap_message_new (code);
  /* RFC 8613 §8.2: so that no proxy keeps it. */
  gcoap_message_set_option_empty (response, GCOAP_OPTION_MAX_AGE);
  if (diagnostic != NULL)
    gcoap_message_set_payload_data (response, (const guint8 *) diagnostic, strlen (diagnostic));
  /* Nothing is kept for requests of which nobody knows whose they are. */
  gcoap_exchange_set_repeatable (exchange, TRUE);
  gcoap_exchange_respond (exchange, response, TRUE);
}

/* Waiting */

static void
waiting_step (Waiting *self)
{
  GcoapOscore *provider = self->provider;
  GcoapExchange *exchange = self->exchange;

  if (--self->pending > 0)
    return;
  provider->n_waiting--;
  if (gcoap_exchange_is_open (exchange))
    {
      if (self->is_refused)
        gcoap_oscore_refuse (provider, exchange, GCOAP_CODE_SERVICE_UNAVAILABLE, NULL);
      else
        gcoap_oscore_verify (provider, exchange);
    }
  g_object_unref (exchange);
  g_object_unref (provider);
  g_free (self);
}

static void
opened_cb (GcoapOscoreSlot *slot,
           const GError    *error,
           gpointer         user_data)
{
  Waiting *self = user_data;
  gboolean is_ours = error != NULL && slot->error != NULL;

  /* The client only hears that its context is not known. */
  if (is_ours && !slot->has_told_error)
    g_message ("%s", error->message);
  slot->has_told_error = is_ours;

  /* One that cannot be opened is left out the next time, but for these. */
  if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT)
      || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED))
    self->is_refused = TRUE;
  waiting_step (self);
}

static void
ready_cb (GcoapOscoreSlot *slot G_GNUC_UNUSED,
          const GError    *error,
          gpointer         user_data)
{
  Waiting *self = user_data;

  self->is_refused = error != NULL;
  waiting_step (self);
}

/* NULL: too many wait already, and the request is refused. */
static Waiting *
waiting_new (GcoapOscore   *provider,
             GcoapExchange *exchange)
{
  Waiting *self;

  if (provider->n_waiting >= provider->max_waiting)
    {
      gcoap_statistics_count (provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_oscore_refuse (provider, exchange, GCOAP_CODE_SERVICE_UNAVAILABLE, NULL);
      return NULL;
    }
  provider->n_waiting++;
  self = g_new0 (Waiting, 1);
  self->provider = g_object_ref (provider);
  self->exchange = g_object_ref (exchange);
  self->pending = 1;
  return self;
}

static void
wait_for_opening (GcoapOscore   *provider,
                  GcoapExchange *exchange,
                  GPtrArray     *closed)
{
  Waiting *self = waiting_new (provider, exchange);

  if (self == NULL)
    return;
  self->pending += closed->len;
  for (guint i = 0; i < closed->len; i++)
    gcoap_oscore_slot_open (g_ptr_array_index (closed, i), opened_cb, self);
  waiting_step (self);
}

static void
wait_for_storage (GcoapOscore     *provider,
                  GcoapExchange   *exchange,
                  GcoapOscoreSlot *slot)
{
  Waiting *self = waiting_new (provider, exchange);

  if (self != NULL)
    gcoap_oscore_slot_make_ready (slot, ready_cb, self);
}

/* Verified requests */

static gboolean
has_echo (GcoapOscoreSlot *slot,
          GcoapMessage    *message)
{
  gsize length;
  const guint8 *value = gcoap_message_peek_option (message, GCOAP_OPTION_ECHO, 0, &length);

  return slot->has_echo && value != NULL && length == sizeof slot->echo
         && sodium_memcmp (value, slot->echo, length) == 0;
}

/* RFC 8613 Appendix B.1.2: after a crash it is not known which requests have
 * been seen. The first one that is shown to be new tells. */
static void
ask_for_proof (GcoapOscoreServing *serving,
               GcoapOscoreSlot    *slot)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_UNAUTHORIZED);

  gcoap_message_set_option (response, GCOAP_OPTION_ECHO, gcoap_oscore_slot_get_echo (slot),
                            GCOAP_OSCORE_ECHO_LENGTH);
  gcoap_oscore_serving_spend_nonce (serving);
  gcoap_oscore_serving_answer (serving, response);
}

/* Each question takes a number and a use of the key. One request that somebody
 * recorded is not to use them up, so it is asked about once. */
static gboolean
may_ask (GcoapOscoreSlot *slot,
         guint64          number)
{
  gcoap_oscore_slot_get_echo (slot);
  return gcoap_replay_window_accept (&slot->asked, number);
}

static void
serve (GcoapOscore   *self,
       GcoapExchange *exchange,
       Verified      *verified,
       gboolean       is_new)
{
  GcoapMessage *message = verified->message;
  GcoapOscoreServing *serving = gcoap_oscore_serving_new (self, exchange, verified->slot,
                                                          &verified->binding);

  if (!is_new)
    {
      ask_for_proof (serving, verified->slot);
    }
  else if (message == NULL)
    {
      g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_BAD_REQUEST);

      gcoap_oscore_serving_answer (serving, response);
    }
  else
    {
      gcoap_oscore_trace_inner (self, FALSE, exchange->address, message);
      gcoap_oscore_serving_pass (serving, message, verified->age);
    }
  gcoap_oscore_serving_unref (serving);
}

static void
accept (GcoapOscore   *self,
        GcoapExchange *exchange,
        Verified      *verified)
{
  GcoapOscoreContext *context = verified->slot->context;
  GcoapReplayWindow *window = gcoap_oscore_context_get_window (context);

  if (!window->is_known && (verified->message == NULL || !has_echo (verified->slot, verified->message)))
    {
      if (may_ask (verified->slot, verified->number))
        serve (self, exchange, verified, FALSE);
      else
        gcoap_oscore_refuse (self, exchange, GCOAP_CODE_UNAUTHORIZED, "Replay detected");
      return;
    }
  /* Storage must know first that its window is not the newest any more. */
  if (!gcoap_oscore_slot_is_ready (verified->slot))
    {
      wait_for_storage (self, exchange, verified->slot);
      return;
    }
  if (!window->is_known)
    {
      gint64 now = gcoap_clock_get_now (self->runtime->clock);

      verified->age = (now - verified->slot->echo_since) / 1000;
      gcoap_replay_window_start_above (window, verified->number);
    }
  else if (!gcoap_replay_window_accept (window, verified->number))
    {
      gcoap_oscore_refuse (self, exchange, GCOAP_CODE_UNAUTHORIZED, "Replay detected");
      return;
    }
  serve (self, exchange, verified, TRUE);
}

/* The search for the context */

static gboolean
is_id (GBytes                  *id,
       const GcoapOscoreOption *option)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (id, &length);

  return length == option->kid_length && (length == 0 || memcmp (data, option->kid, length) == 0);
}

static gboolean
matches_kid (const GcoapOscoreKeys   *keys,
             const GcoapOscoreOption *option)
{
  return keys->recipient_id_length == option->kid_length
         && (option->kid_length == 0 || memcmp (keys->recipient_id, option->kid, option->kid_length) == 0);
}

/* RFC 8613 §5.1: an ID Context may be left out of a request, but one that is
 * there has to match. */
static gboolean
matches_context (const GcoapOscoreKeys   *keys,
                 const GcoapOscoreOption *option)
{
  if (!option->has_kid_context)
    return TRUE;
  return keys->has_id_context && keys->id_context_length == option->kid_context_length
         && (option->kid_context_length == 0
             || memcmp (keys->id_context, option->kid_context, option->kid_context_length) == 0);
}

static void
note_closed (Search                  *search,
             GcoapOscoreSlot         *slot,
             const GcoapOscoreOption *option)
{
  GBytes *id = gcoap_oscore_credential_get_recipient_id (slot->credential);

  /* What is in a directory, only that tells. */
  if ((id != NULL && !is_id (id, option)) || !gcoap_oscore_slot_can_open (slot))
    return;
  if (search->closed == NULL)
    search->closed = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_oscore_slot_unref);
  g_ptr_array_add (search->closed, gcoap_oscore_slot_ref (slot));
}

static gboolean
try_slot (GcoapOscoreSlot         *slot,
          GcoapMessage            *request,
          const GcoapOscoreOption *option,
          Search                  *search,
          Verified                *verified)
{
  GcoapOscoreKeys *keys = gcoap_oscore_context_get_keys (slot->context);
  GcoapReplayWindow *window = gcoap_oscore_context_get_window (slot->context);
  g_autoptr (GError) error = NULL;

  if (!matches_kid (keys, option)
      || (!matches_context (keys, option) && !gcoap_oscore_is_wrapped_id_context (keys, option)))
    return FALSE;
  search->is_known = TRUE;
  verified->number = gcoap_oscore_decode_piv (option->piv, option->piv_length);
  if (window->is_known && !gcoap_replay_window_is_new (window, verified->number))
    {
      search->is_old = TRUE;
      return FALSE;
    }
  if (!gcoap_oscore_context_can_verify (slot->context, &error))
    {
      gcoap_runtime_trace_note (slot->runtime, NULL, error->message);
      return FALSE;
    }
  verified->message = gcoap_oscore_unprotect_request (keys, request, option, &verified->binding, &error);
  if (verified->message == NULL && g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED))
    {
      gcoap_oscore_context_note_failure (slot->context);
      return FALSE;
    }
  verified->slot = slot;
  verified->age = -1;
  return TRUE;
}

/* Whether it was made with keys that nobody here has, but can make. */
static gboolean
rederive (GcoapOscore             *self,
          GcoapExchange           *exchange,
          const GcoapOscoreOption *option,
          GPtrArray               *slots)
{
  for (guint i = 0; i < slots->len; i++)
    {
      GcoapOscoreSlot *slot = g_ptr_array_index (slots, i);

      if (slot->context != NULL && matches_kid (gcoap_oscore_context_get_keys (slot->context), option)
          && !matches_context (gcoap_oscore_context_get_keys (slot->context), option)
          && !gcoap_oscore_is_wrapped_id_context (gcoap_oscore_context_get_keys (slot->context), option)
          && gcoap_oscore_rederivation_take_request (self, exchange, slot, option))
        return TRUE;
    }
  return FALSE;
}

static void
search_context (GcoapOscore             *self,
                GcoapExchange           *exchange,
                const GcoapOscoreOption *option)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GPtrArray *slots = gcoap_oscore_contexts_find (self->contexts, option->kid, option->kid_length);
  Search search = { NULL };
  Verified verified = { NULL };

  /* RFC 8613 §3.3: several contexts may have the same Recipient ID; only the
   * one that verifies the message is meant. */
  for (guint i = 0; i < slots->len && verified.slot == NULL; i++)
    {
      GcoapOscoreSlot *slot = g_ptr_array_index (slots, i);

      if (slot->context != NULL)
        try_slot (slot, request, option, &search, &verified);
    }
  /* Most are for one that is open already: only if not, the others are asked. */
  for (guint i = 0; i < slots->len && verified.slot == NULL; i++)
    {
      GcoapOscoreSlot *slot = g_ptr_array_index (slots, i);

      if (slot->context == NULL)
        note_closed (&search, slot, option);
    }

  if (verified.slot == NULL && self->rederives && rederive (self, exchange, option, slots))
    ;
  else if (verified.slot != NULL)
    {
      gcoap_oscore_slot_ref (verified.slot);
      accept (self, exchange, &verified);
      gcoap_oscore_slot_unref (verified.slot);
      g_clear_pointer (&verified.message, gcoap_message_unref);
    }
  else if (search.closed != NULL)
    wait_for_opening (self, exchange, search.closed);
  else if (search.is_old)
    gcoap_oscore_refuse (self, exchange, GCOAP_CODE_UNAUTHORIZED, "Replay detected");
  else if (search.is_known)
    gcoap_oscore_refuse (self, exchange, GCOAP_CODE_BAD_REQUEST, "Decryption failed");
  else
    gcoap_oscore_refuse (self, exchange, GCOAP_CODE_UNAUTHORIZED, "Security context not found");
  g_clear_pointer (&search.closed, g_ptr_array_unref);
}

void
gcoap_oscore_verify (GcoapOscore   *self,
                     GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GcoapOscoreOption option;
  gsize length = 0;
  gsize payload_length;
  const guint8 *value = gcoap_message_peek_option (request, GCOAP_OPTION_OSCORE, 0, &length);

  gcoap_message_get_payload_data (request, &payload_length);
  /* RFC 8613 §5: a request has both, and always a ciphertext. RFC 7252 §5.4.5: a
   * second option is like a critical one that is not known. */
  if (gcoap_message_count_option (request, GCOAP_OPTION_OSCORE) != 1
      || !gcoap_oscore_option_decode (&option, value, length, NULL)
      || !option.has_kid || option.piv_length == 0 || payload_length == 0)
    {
      gcoap_oscore_refuse (self, exchange, GCOAP_CODE_BAD_OPTION, "Failed to decode COSE");
      return;
    }
  search_context (self, exchange, &option);
}

/* What is meant for another host is left to whoever passes it on. */
static gboolean
is_for_another_host (GcoapMessage *request)
{
  return gcoap_message_has_option (request, GCOAP_OPTION_PROXY_URI)
         || gcoap_message_has_option (request, GCOAP_OPTION_PROXY_SCHEME);
}

static gboolean
is_in_blocks (GcoapMessage *request)
{
  return gcoap_message_has_option (request, GCOAP_OPTION_BLOCK1)
         || gcoap_message_has_option (request, GCOAP_OPTION_BLOCK2);
}

void
gcoap_oscore_inbound (GcoapRequestProvider *provider,
                      GcoapExchange        *exchange)
{
  GcoapOscore *self = GCOAP_OSCORE (provider);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);

  /* Without a context there is nothing that could understand the option, which
   * is critical: the end of the chain says so. */
  if (G_LIKELY (!gcoap_message_has_option (request, GCOAP_OPTION_OSCORE))
      || self->contexts == NULL || is_for_another_host (request)
      || gcoap_oscore_contexts_get_n_slots (self->contexts) == 0)
    gcoap_request_provider_pass (provider, exchange);
  else if (gcoap_exchange_is_group (exchange) || exchange->address == NULL)
    gcoap_exchange_dismiss (exchange);
  else if (self->wire != NULL && is_in_blocks (request))
    gcoap_request_interface_request (self->wire, exchange);
  else
    gcoap_oscore_verify (self, exchange);
}
