/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's half: knows a fresh request from others, and lets nothing large
 * go to an address that may be forged. */
#include "providers/echo/gcoap-echo-private.h"

#include "interfaces/gcoap-exchange-private.h"
#include "wire/gcoap-options-codec-private.h"

/* RFC 7252 §3: what stands before the token. */
#define HEADER_LENGTH 4

/* RFC 9175 §2.4 item 3 lets the token, which takes up space on both ways, out
 * of account. */
static gsize
size_without_token (GcoapMessage *message)
{
  return HEADER_LENGTH + gcoap_options_codec_get_size (message);
}

static GcoapMessage *
make_challenge_cb (GcoapExchange *exchange,
                   gpointer       data)
{
  GcoapEcho *self = data;
  GcoapMessage *challenge = gcoap_message_new (GCOAP_CODE_UNAUTHORIZED);
  guint8 value[GCOAP_ECHO_VALUE_LENGTH];

  gcoap_echo_keys_make_value (&self->keys, gcoap_exchange_get_address (exchange),
                              gcoap_clock_get_now (self->runtime->clock), self->window, value);
  /* RFC 7252 §5.9.2: an error may be cached, and Echo is not part of the cache
   * key, so a cache would give it to others. */
  gcoap_message_set_option_empty (challenge, GCOAP_OPTION_MAX_AGE);
  gcoap_message_set_option (challenge, GCOAP_OPTION_ECHO, value, sizeof value);
  /* The same request may be answered by a challenge anew. */
  gcoap_message_set_repeatable (challenge, TRUE);
  return challenge;
}

static gboolean
is_safe (GcoapMessage *request)
{
  guint method = gcoap_message_get_code (request);

  return method == GCOAP_CODE_GET || method == GCOAP_CODE_FETCH;
}

static GcoapMessage *
without_payload (GcoapMessage *response)
{
  GcoapMessage *copy = gcoap_message_copy (response);

  gcoap_message_set_payload (copy, NULL);
  gcoap_message_remove_option (copy, GCOAP_OPTION_CONTENT_FORMAT);
  return copy;
}

/* What goes instead of a response that is too large; NULL: nothing. */
static GcoapMessage *
find_substitute (GcoapEcho     *self,
                 GcoapExchange *exchange,
                 GcoapMessage  *response,
                 gboolean       is_last)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  gboolean can_trim = gcoap_code_is_error (gcoap_message_get_code (response)) || !is_safe (request);
  g_autoptr (GcoapMessage) trimmed = NULL;

  if (can_trim)
    {
      trimmed = without_payload (response);
      if (size_without_token (trimmed) <= exchange->allowance)
        return g_steal_pointer (&trimmed);
    }
  /* A stream was challenged before it began, unless it is none that the client
   * asked for; what goes beyond is left out. */
  if (gcoap_exchange_is_group (exchange) || !is_last)
    return NULL;
  if (is_safe (request))
    return make_challenge_cb (exchange, self);
  return gcoap_message_new (gcoap_message_get_code (response));
}

static GcoapVerdict
limit_cb (GcoapExchange *exchange,
          gboolean       is_last,
          gpointer       user_data)
{
  GcoapEcho *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  gsize size;

  if (response == NULL)
    return GCOAP_VERDICT_PASS;

  size = size_without_token (response);
  if (size > exchange->allowance)
    {
      g_autoptr (GcoapMessage) substitute = find_substitute (self, exchange, response, is_last);

      if (substitute == NULL)
        {
          if (is_last)
            {
              gcoap_exchange_take_over (exchange);
              gcoap_exchange_dismiss (exchange);
            }
          return GCOAP_VERDICT_TAKE;
        }
      size = size_without_token (substitute);
      gcoap_exchange_replace_response (exchange, substitute);
    }
  exchange->allowance -= (guint) MIN (size, exchange->allowance);

  /* RFC 9175 §2.4 item 3: piggybacked, or not confirmable, for every
   * retransmission would count as well. */
  g_clear_pointer (&exchange->passing.tuning, gcoap_transport_tuning_unref);
  exchange->passing.tuning = gcoap_transport_tuning_ref (self->non_confirmable);
  return GCOAP_VERDICT_PASS;
}

static gboolean
is_trusted (GcoapEcho            *self,
            GcoapEndpointAddress *address)
{
  if (self->policy == GCOAP_AMPLIFICATION_POLICY_NONE)
    return TRUE;
  if (self->policy == GCOAP_AMPLIFICATION_POLICY_PUBLIC && !gcoap_endpoint_address_is_public (address))
    return TRUE;
  /* A handshake has shown that the address can be reached. */
  return gcoap_endpoint_address_is_reliable (address) || gcoap_endpoint_address_is_secure (address);
}

static gint64
find_age (GcoapEcho            *self,
          GcoapMessage         *request,
          GcoapEndpointAddress *address)
{
  gsize length;
  const guint8 *value = gcoap_message_peek_option (request, GCOAP_OPTION_ECHO, 0, &length);

  if (value == NULL)
    return -1;
  return gcoap_echo_keys_check_value (&self->keys, address,
                                      gcoap_clock_get_now (self->runtime->clock), self->window,
                                      value, length);
}

static void
limit (GcoapEcho     *self,
       GcoapExchange *exchange,
       GcoapMessage  *request)
{
  gsize received = size_without_token (request);

  if (is_safe (request))
    {
      exchange->allowance = (guint) MIN (received * GCOAP_ECHO_FACTOR, GCOAP_ECHO_SAFE_SIZE);
    }
  else
    {
      /* Three times the bytes of both ways including the headers of the layers
       * below, which is how RFC 9175 §2.4 item 3 comes to its number; and, RFC
       * 7252 §11.3, in slices where the chain has block-wise transfer. */
      exchange->allowance = GCOAP_ECHO_SAFE_SIZE;
      exchange->room = MIN (gcoap_exchange_get_room (exchange), GCOAP_ECHO_SAFE_SIZE);
    }
  gcoap_exchange_add_response_filter (exchange, limit_cb, self);
}

void
gcoap_echo_inbound (GcoapRequestProvider *provider,
                    GcoapExchange        *exchange)
{
  GcoapEcho *self = GCOAP_ECHO (provider);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);
  gint64 age = -1;
  guint observe;

  if (address != NULL)
    {
      /* The option stays: it is elective, and may be meant for another server
       * that we pass the request on to. */
      age = find_age (self, request, address);
      /* Who has verified the request may know how new it is. */
      if (age < 0)
        age = exchange->age;
      gcoap_exchange_set_freshness (exchange, age, make_challenge_cb, self);
      if (age < 0 && !is_trusted (self, address))
        {
          limit (self, exchange, request);
          /* RFC 7641 §2: 0 registers. */
          if (!gcoap_exchange_is_group (exchange)
              && gcoap_message_get_option_uint (request, GCOAP_OPTION_OBSERVE, &observe)
              && observe == 0)
            {
              exchange->allowance = GCOAP_ECHO_SAFE_SIZE;
              gcoap_exchange_challenge (exchange);
              return;
            }
        }
    }
  gcoap_request_provider_pass (provider, exchange);
}
