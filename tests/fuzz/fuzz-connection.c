/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a peer sends over a connection: the first byte says how many bytes come
 * at a time and whether they can be answered, the rest is the stream. In the
 * end no message was taken before a CSM, and nothing is left over.
 */
#include "helpers/connection-stack.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
answer (ConnectionStack *stack,
        const GcoapPdu  *pdu)
{
  g_assert_cmpuint (stack->n_ready, ==, 1);
  /* Some wait, for Pings and Releases to wait for them. */
  if (gcoap_message_get_code (pdu->message) != GCOAP_CODE_POST)
    connection_stack_respond (stack, pdu, 100);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  ConnectionStack *stack;

  if (size == 0)
    return 0;
  stack = connection_stack_new ();
  g_object_set (stack->runtime->limits, "max-message-size", 4096u, "max-send-queue", 4096u,
                "max-token-length", 300u, NULL);
  stack->answer = answer;
  stack->channel->max_read = (data[0] & 63) + 1;
  if (data[0] & 64)
    stack->channel->room = 1000;
  gcoap_connection_start (stack->connection);
  g_byte_array_append (stack->channel->incoming, data + 1, (guint) size - 1);
  connection_stack_step (stack);
  if (!stack->is_closed)
    {
      g_assert_cmpuint (stack->connection->in_size, <=, 2 * GCOAP_CONNECTION_SCRATCH_SIZE);
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
