/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a peer sends over a WebSocket after the handshake: the first byte says
 * how many bytes come at a time, whether they can be answered and which side
 * the peer is, the rest is the stream. In the end nothing is left over.
 */
#include "helpers/connection-stack.h"
#include "transport/gcoap-web-socket-framing-private.h"
#include "transport/gcoap-web-socket-upgrade-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
answer (ConnectionStack *stack,
        const GcoapPdu  *pdu)
{
  g_assert_cmpuint (stack->n_ready, ==, 1);
  if (gcoap_message_get_code (pdu->message) != GCOAP_CODE_POST)
    connection_stack_respond (stack, pdu, 100);
}

static void
shake_hands (ConnectionStack *stack,
             GcoapUri        *uri)
{
  g_autoptr (GcoapUri) other = gcoap_uri_parse ("coap+ws://h", NULL);
  g_autofree char *words = NULL;
  g_auto (GcoapWebSocketRequest) request = { 0 };

  gcoap_connection_start (stack->connection);
  connection_stack_step (stack);
  if (uri == NULL)
    {
      words = gcoap_web_socket_make_request (other, "dGhlIHNhbXBsZSBub25jZQ==");
    }
  else
    {
      g_assert_true (gcoap_web_socket_check_request (stack->channel->outgoing->data,
                                                     stack->channel->outgoing->len, NULL, &request, NULL));
      words = gcoap_web_socket_make_response (request.accept);
    }
  g_byte_array_append (stack->channel->incoming, (const guint8 *) words, (guint) strlen (words));
  connection_stack_step (stack);
  g_assert_no_error (stack->error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  ConnectionStack *stack;
  g_autoptr (GcoapUri) uri = NULL;

  if (size == 0 || !gcoap_web_socket_is_available ())
    return 0;
  uri = data[0] & 128 ? gcoap_uri_parse ("coap+ws://h", NULL) : NULL;
  stack = connection_stack_new_with_framing (gcoap_web_socket_framing_new (uri, NULL));
  g_object_set (stack->runtime->limits, "max-message-size", 4096u, "max-send-queue", 4096u,
                "max-token-length", 300u, NULL);
  stack->answer = answer;
  shake_hands (stack, uri);
  stack->channel->max_read = (data[0] & 63) + 1;
  if (data[0] & 64)
    stack->channel->room = 1000;
  g_byte_array_append (stack->channel->incoming, data + 1, (guint) size - 1);
  connection_stack_step (stack);
  if (!stack->is_closed)
    {
      g_assert_cmpuint (stack->host.queued_bytes, <=, 4096 + 1200);
      stack->channel->room = G_MAXSIZE;
      connection_stack_step (stack);
    }
  while (stack->requests.length > 0)
    {
      g_autoptr (KeptPdu) request = g_queue_pop_head (&stack->requests);

      connection_stack_respond (stack, &request->pdu, 1);
    }
  connection_stack_step (stack);
  if (!stack->is_closed)
    stack->channel->at_end = TRUE;
  connection_stack_step (stack);
  g_assert_true (stack->is_closed);
  g_assert_nonnull (stack->error);
  connection_stack_free (stack);
  return 0;
}
