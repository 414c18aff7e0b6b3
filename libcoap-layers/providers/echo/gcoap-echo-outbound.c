/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's half: answers a challenge, so that the requester need not know
 * of it. */
#include "providers/echo/gcoap-echo-private.h"

#include "interfaces/gcoap-exchange-private.h"

/* A request of ours that goes out in the place of the requester's. */
typedef struct
{
  GcoapEcho     *provider;
  GcoapExchange *parent;       /* the derived exchange keeps it alive */
  gboolean       is_answer;    /* to a challenge: there is no second one */
} Forward;

static void
forward_free (gpointer data)
{
  g_object_unref (((Forward *) data)->provider);
  g_free (data);
}

static void forward (GcoapEcho     *self,
                     GcoapExchange *parent,
                     GBytes        *value,
                     gboolean       is_answer);

/* The Echo value of a response, kept for the next request. */
static GBytes *
take_value (GcoapEcho     *self,
            GcoapExchange *exchange,
            GcoapMessage  *response)
{
  GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);
  gsize length;
  const guint8 *value = gcoap_message_peek_option (response, GCOAP_OPTION_ECHO, 0, &length);

  if (value == NULL || address == NULL)
    return NULL;
  gcoap_echo_memory_keep (&self->memory, address, value, length,
                          gcoap_clock_get_now (self->runtime->clock));
  return g_bytes_new (value, length);
}

static gboolean
is_challenge (GcoapMessage *response,
              GBytes       *value)
{
  return value != NULL && gcoap_message_get_code (response) == GCOAP_CODE_UNAUTHORIZED;
}

static void
relay (GcoapExchange *exchange,
       GcoapExchange *parent,
       gboolean       is_last)
{
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  const GError *error = gcoap_exchange_get_error (exchange);

  /* Who has resolved several candidates may have moved on. */
  g_set_object (&parent->address, exchange->address);
  if (response != NULL)
    gcoap_exchange_respond (parent, response, is_last);
  else if (gcoap_exchange_get_end (exchange) == GCOAP_EXCHANGE_END_REJECTED && error != NULL)
    gcoap_exchange_reject (parent, error);
  else if (error != NULL)
    gcoap_exchange_fail (parent, error);
  else
    gcoap_exchange_dismiss (parent);
}

static void
forward_cb (GcoapExchange *exchange,
            gboolean       is_last,
            gpointer       user_data)
{
  Forward *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  GcoapEcho *provider = self->provider;
  GcoapExchange *parent = self->parent;
  gboolean is_answer = self->is_answer;
  g_autoptr (GBytes) value = NULL;

  if (response != NULL)
    value = take_value (provider, exchange, response);
  if (response != NULL && is_challenge (response, value) && !is_answer)
    {
      g_autoptr (GcoapExchange) held = g_object_ref (parent);
      g_autoptr (GcoapEcho) alive = g_object_ref (provider);

      g_set_object (&parent->address, exchange->address);
      gcoap_exchange_set_cancel_callback (parent, NULL, NULL, NULL);
      if (!is_last)
        gcoap_exchange_cancel (exchange);
      forward (alive, held, value, TRUE);
      return;
    }
  relay (exchange, parent, is_last);
}

/* Sends the request of @parent with an Echo option, or, if there is no value, as
 * it is. */
static void
forward (GcoapEcho     *self,
         GcoapExchange *parent,
         GBytes        *value,
         gboolean       is_answer)
{
  g_autoptr (GcoapMessage) request = gcoap_message_copy (gcoap_exchange_get_request (parent));
  g_autoptr (GcoapExchange) derived = NULL;
  Forward *data = g_new0 (Forward, 1);
  gsize length;

  if (value != NULL)
    {
      const guint8 *bytes = g_bytes_get_data (value, &length);

      gcoap_message_set_option (request, GCOAP_OPTION_ECHO, bytes, length);
    }
  derived = gcoap_exchange_derive (parent, request);
  /* RFC 9175 §2.3: an Echo value goes only to the endpoint it came from. */
  if (value != NULL)
    g_clear_pointer (&derived->candidates, g_ptr_array_unref);
  /* RFC 7641 §3.6: a deregistration goes out on the token of what it ends,
   * whether or not that was derived too. */
  if (derived->predecessor == NULL && parent->predecessor != NULL)
    g_set_object (&derived->predecessor, parent->predecessor);
  data->provider = g_object_ref (self);
  data->parent = parent;
  data->is_answer = is_answer;
  gcoap_exchange_open (derived, forward_cb, data, forward_free);
  gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (self), derived);
}

static GcoapVerdict
answer_challenge_cb (GcoapExchange *exchange,
                     gboolean       is_last,
                     gpointer       user_data)
{
  GcoapEcho *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  g_autoptr (GBytes) value = NULL;

  if (response == NULL)
    return GCOAP_VERDICT_PASS;
  value = take_value (self, exchange, response);
  if (!is_last || !is_challenge (response, value))
    return GCOAP_VERDICT_PASS;
  gcoap_exchange_take_over (exchange);
  forward (self, exchange, value, TRUE);
  return GCOAP_VERDICT_TAKE;
}

/* Responses of a stream are never the last, so a filter cannot take it over;
 * and what succeeds a derived exchange is derived itself, for that has the
 * token. */
static gboolean
must_derive (GcoapExchange *exchange,
             GBytes        *value)
{
  if (value != NULL || gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_STREAM)
    return TRUE;
  return exchange->predecessor != NULL && exchange->predecessor->latest_derived != NULL;
}

void
gcoap_echo_outbound (GcoapRequestProvider *provider,
                     GcoapExchange        *exchange)
{
  GcoapEcho *self = GCOAP_ECHO (provider);
  GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);
  GBytes *value = NULL;

  /* Members of a group are not asked again one by one; and who puts an Echo
   * option in a request deals with the answer too. */
  if (address == NULL || gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_GROUP
      || gcoap_exchange_is_group (exchange)
      || gcoap_message_has_option (gcoap_exchange_get_request (exchange), GCOAP_OPTION_ECHO))
    {
      gcoap_request_provider_pass (provider, exchange);
      return;
    }
  /* With other addresses to try it is better to be challenged again than to
   * have only this one. */
  if (exchange->candidates == NULL || exchange->candidates->len == 0)
    value = gcoap_echo_memory_find (&self->memory, address,
                                    gcoap_clock_get_now (self->runtime->clock), self->window);
  if (must_derive (exchange, value))
    {
      g_autoptr (GBytes) held = value != NULL ? g_bytes_ref (value) : NULL;

      forward (self, exchange, held, FALSE);
      return;
    }
  gcoap_exchange_add_response_filter (exchange, answer_challenge_cb, self);
  gcoap_request_provider_pass (provider, exchange);
}
