/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server keeps nothing for a run of the protocol but one key per context
 * (RFC 8613 Appendix B.2.1): its part of the ID Context is known again by a MAC,
 * and with the first run that is completed the key goes, so that no message of
 * that run can come again. */
#include "providers/oscore/gcoap-oscore-rederivation-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-random-private.h"
#include "providers/oscore/gcoap-oscore-serving-private.h"

#define RANDOM_LENGTH 8
#define MAC_LENGTH (GCOAP_OSCORE_SERVER_NONCE - RANDOM_LENGTH)

/* RFC 8949 §3: major type 2. */
#define CBOR_BYTES 0x40
#define CBOR_ONE_BYTE_LENGTH 24

typedef struct
{
  GcoapOscore     *provider;
  GcoapExchange   *exchange;
  GcoapOscoreSlot *slot;
} Waiting;

static gsize
wrap (const guint8 *data,
      gsize         length,
      guint8        wrapped[GCOAP_OSCORE_MAX_WRAPPED])
{
  gsize head = length < CBOR_ONE_BYTE_LENGTH ? 1 : 2;

  if (head == 1)
    wrapped[0] = (guint8) (CBOR_BYTES | length);
  else
    wrapped[0] = CBOR_BYTES | CBOR_ONE_BYTE_LENGTH;
  if (head == 2)
    wrapped[1] = (guint8) length;
  memcpy (wrapped + head, data, length);
  return head + length;
}

gboolean
gcoap_oscore_unwrap_kid_context (const guint8  *data,
                                 gsize          length,
                                 const guint8 **content,
                                 gsize         *content_length)
{
  gsize head = length > 0 && data[0] == (CBOR_BYTES | CBOR_ONE_BYTE_LENGTH) ? 2 : 1;

  if (length < head + 1 || length - head > GCOAP_OSCORE_MAX_ID_CONTEXT)
    return FALSE;
  if (head == 1 ? data[0] != (CBOR_BYTES | (length - 1)) || length - 1 >= CBOR_ONE_BYTE_LENGTH
                : data[1] != length - 2)
    return FALSE;
  *content = data + head;
  *content_length = length - head;
  return TRUE;
}

gboolean
gcoap_oscore_is_wrapped_id_context (const GcoapOscoreKeys   *keys,
                                    const GcoapOscoreOption *option)
{
  const guint8 *id;
  gsize length;

  return keys->has_id_context && option->has_kid_context
         && gcoap_oscore_unwrap_kid_context (option->kid_context, option->kid_context_length, &id, &length)
         && length == keys->id_context_length && memcmp (id, keys->id_context, length) == 0;
}

void
gcoap_oscore_set_kid_context (GcoapMessage *outer,
                              const guint8 *data,
                              gsize         length)
{
  GcoapOscoreOption option;
  guint8 copy[GCOAP_OSCORE_MAX_OPTION];
  guint8 wrapped[GCOAP_OSCORE_MAX_WRAPPED];
  guint8 value[GCOAP_OSCORE_MAX_OPTION];
  gsize size;
  const guint8 *former = gcoap_message_peek_option (outer, GCOAP_OPTION_OSCORE, 0, &size);

  /* The views must outlive the option they are of. */
  memcpy (copy, former, size);
  if (!gcoap_oscore_option_decode (&option, copy, size, NULL))
    return;
  option.has_kid_context = TRUE;
  option.kid_context = wrapped;
  option.kid_context_length = wrap (data, length, wrapped);
  gcoap_message_set_option (outer, GCOAP_OPTION_OSCORE, value, gcoap_oscore_option_encode (&option, value));
}

/* The server's part */

static void
compute_mac (GcoapOscoreSlot *slot,
             const guint8     random[RANDOM_LENGTH],
             guint8           mac[MAC_LENGTH])
{
  guint8 digest[32];
  gsize length = sizeof digest;
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, slot->nonce_key, sizeof slot->nonce_key);

  g_hmac_update (hmac, random, RANDOM_LENGTH);
  g_hmac_get_digest (hmac, digest, &length);
  g_hmac_unref (hmac);
  memcpy (mac, digest, MAC_LENGTH);
}

static void
make_nonce (GcoapOscoreSlot *slot,
            guint8           nonce[GCOAP_OSCORE_SERVER_NONCE])
{
  if (!slot->has_nonce_key)
    gcoap_random_fill (slot->nonce_key, sizeof slot->nonce_key);
  slot->has_nonce_key = TRUE;
  gcoap_random_fill (nonce, RANDOM_LENGTH);
  compute_mac (slot, nonce, nonce + RANDOM_LENGTH);
}

static gboolean
is_own_nonce (GcoapOscoreSlot *slot,
              const guint8    *id,
              gsize            length)
{
  guint8 mac[MAC_LENGTH];

  if (!slot->has_nonce_key || length <= GCOAP_OSCORE_SERVER_NONCE)
    return FALSE;
  compute_mac (slot, id, mac);
  return sodium_memcmp (mac, id + RANDOM_LENGTH, MAC_LENGTH) == 0;
}

static void
rederived_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Waiting *self = user_data;
  g_autoptr (GError) error = NULL;

  /* The request that completes it was made with them. */
  if (gcoap_oscore_context_rederive_finish (GCOAP_OSCORE_CONTEXT (source), result, &error))
    gcoap_oscore_context_confirm_keys (GCOAP_OSCORE_CONTEXT (source));
  else
    gcoap_runtime_trace_note (self->provider->runtime, self->exchange->address, error->message);
  self->provider->n_waiting--;
  if (gcoap_exchange_is_open (self->exchange))
    {
      if (error != NULL)
        gcoap_oscore_refuse (self->provider, self->exchange, GCOAP_CODE_SERVICE_UNAVAILABLE, NULL);
      else
        gcoap_oscore_verify (self->provider, self->exchange);
    }
  gcoap_oscore_slot_unref (self->slot);
  g_object_unref (self->exchange);
  g_object_unref (self->provider);
  g_free (self);
}

/* Step 4: it is the client's answer to what we chose, and so it is new. With the
 * context that follows from it the request is one like any other. */
static void
complete (GcoapOscore     *provider,
          GcoapExchange   *exchange,
          GcoapOscoreSlot *slot,
          GBytes          *id)
{
  Waiting *self;

  if (provider->n_waiting >= provider->max_waiting)
    {
      gcoap_statistics_count (provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_oscore_refuse (provider, exchange, GCOAP_CODE_SERVICE_UNAVAILABLE, NULL);
      return;
    }
  sodium_memzero (slot->nonce_key, sizeof slot->nonce_key);
  slot->has_nonce_key = FALSE;
  provider->n_waiting++;
  self = g_new (Waiting, 1);
  self->provider = g_object_ref (provider);
  self->exchange = g_object_ref (exchange);
  self->slot = gcoap_oscore_slot_ref (slot);
  gcoap_oscore_context_rederive_async (slot->context, id, NULL, rederived_cb, self);
}

static GBytes *
join (const guint8 *first,
      gsize         first_length,
      const guint8 *second,
      gsize         second_length)
{
  guint8 *joined = g_malloc (first_length + second_length);

  memcpy (joined, first, first_length);
  memcpy (joined + first_length, second, second_length);
  return g_bytes_new_take (joined, first_length + second_length);
}

/* Step 2: whether it is new is not known; the answer makes that the next one is.
 * Its key is new with each, so the nonce of the request is too. */
static void
answer (GcoapOscore        *provider,
        GcoapExchange      *exchange,
        GcoapOscoreSlot    *slot,
        GcoapOscoreBinding *binding,
        const guint8       *id,
        gsize               length)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_UNAUTHORIZED);
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapOscoreKeys) keys = NULL;
  g_autoptr (GBytes) joined = NULL;
  guint8 nonce[GCOAP_OSCORE_SERVER_NONCE];

  make_nonce (slot, nonce);
  joined = join (nonce, sizeof nonce, id, length);
  keys = gcoap_oscore_context_derive_keys (slot->context, joined, NULL);
  if (keys != NULL)
    outer = gcoap_oscore_protect_response (keys, response, binding, -1, NULL);
  if (outer == NULL)
    {
      gcoap_exchange_dismiss (exchange);
      return;
    }
  gcoap_oscore_set_kid_context (outer, nonce, sizeof nonce);
  gcoap_exchange_respond (exchange, outer, TRUE);
}

static gboolean
take_id (GcoapOscore             *self,
         GcoapExchange           *exchange,
         GcoapOscoreSlot         *slot,
         const GcoapOscoreOption *option,
         const guint8            *id,
         gsize                    length)
{
  g_autoptr (GcoapOscoreKeys) keys = NULL;
  g_autoptr (GcoapMessage) message = NULL;
  g_autoptr (GBytes) bytes = NULL;
  GcoapOscoreBinding binding;

  if (length > GCOAP_OSCORE_MAX_ID_CONTEXT - GCOAP_OSCORE_SERVER_NONCE)
    return FALSE;
  bytes = g_bytes_new (id, length);
  keys = gcoap_oscore_context_derive_keys (slot->context, bytes, NULL);
  if (keys == NULL)
    return FALSE;
  message = gcoap_oscore_unprotect_request (keys, gcoap_exchange_get_request (exchange), option, &binding, NULL);
  if (message == NULL)
    return FALSE;
  if (is_own_nonce (slot, id, length))
    complete (self, exchange, slot, bytes);
  else
    answer (self, exchange, slot, &binding, id, length);
  return TRUE;
}

gboolean
gcoap_oscore_rederivation_take_request (GcoapOscore             *self,
                                        GcoapExchange           *exchange,
                                        GcoapOscoreSlot         *slot,
                                        const GcoapOscoreOption *option)
{
  const guint8 *id;
  gsize length;

  if (!option->has_kid_context)
    return FALSE;
  if (gcoap_oscore_unwrap_kid_context (option->kid_context, option->kid_context_length, &id, &length)
      && take_id (self, exchange, slot, option, id, length))
    return TRUE;
  /* It is not wrapped by a client that does not know yet that the server has lost
   * the context, and leaves out step 1. */
  return take_id (self, exchange, slot, option, option->kid_context, option->kid_context_length);
}

/* The client's part */

GBytes *
gcoap_oscore_rederivation_begin (void)
{
  guint8 nonce[GCOAP_OSCORE_CLIENT_NONCE];

  gcoap_random_fill (nonce, sizeof nonce);
  return g_bytes_new (nonce, sizeof nonce);
}

GBytes *
gcoap_oscore_rederivation_take_response (GcoapOscoreContext       *context,
                                         GcoapOscoreKeys          *keys,
                                         GcoapMessage             *outer,
                                         const GcoapOscoreBinding *binding)
{
  g_autoptr (GcoapOscoreKeys) second = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  g_autoptr (GBytes) id = NULL;
  GcoapOscoreOption option;
  guint8 own[GCOAP_OSCORE_CLIENT_NONCE];
  const guint8 *nonce;
  gsize nonce_length;
  gsize length = 0;
  gint64 sequence;
  const guint8 *value = gcoap_message_peek_option (outer, GCOAP_OPTION_OSCORE, 0, &length);

  if (!gcoap_oscore_option_decode (&option, value, length, NULL) || !option.has_kid_context || !keys->has_id_context
      || !gcoap_oscore_unwrap_kid_context (option.kid_context, option.kid_context_length, &nonce, &nonce_length)
      || nonce_length + MAX (keys->id_context_length, sizeof own) > GCOAP_OSCORE_MAX_ID_CONTEXT)
    return NULL;
  id = join (nonce, nonce_length, keys->id_context, keys->id_context_length);
  second = gcoap_oscore_context_derive_keys (context, id, NULL);
  if (second == NULL)
    return NULL;
  inner = gcoap_oscore_unprotect_response (second, outer, binding, &sequence, NULL);
  if (inner == NULL || gcoap_message_get_code (inner) != GCOAP_CODE_UNAUTHORIZED)
    return NULL;
  gcoap_random_fill (own, sizeof own);
  return join (nonce, nonce_length, own, sizeof own);
}
