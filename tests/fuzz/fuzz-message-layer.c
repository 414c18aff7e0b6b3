/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A whole message layer that is fed arbitrary datagrams, while a manager above
 * it asks, answers at once, later or never, and rejects.
 *
 * The input is a list of records: a byte that says what happens, a byte that
 * says to whom and, for datagrams, a length byte and so many bytes.
 */
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-stack.h"
#include "helpers/named-address.h"
#include "wire/gcoap-datagram-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define N_PEERS 4
#define MAX_OPEN 16

typedef struct
{
  MessageStack         *stack;
  GcoapEndpointAddress *peers[N_PEERS];
  KeptPdu              *later[MAX_OPEN];     /* requests to be answered later */
  guint                 n_later;
  GcoapTransmission    *open[MAX_OPEN];
  guint                 n_open;
  guint16               last_id[N_PEERS];    /* what was sent to them last */
} Fuzz;

typedef enum
{
  ACTION_DATAGRAM,
  ACTION_GROUP_DATAGRAM,
  ACTION_ACK_LAST,
  ACTION_RESET_LAST,
  ACTION_RESPOND_TO_LAST,
  ACTION_ADVANCE,
  ACTION_REQUEST_CON,
  ACTION_REQUEST_NON,
  ACTION_REQUEST_GROUP,
  ACTION_ANSWER_LATER,
  ACTION_ABANDON,
  ACTION_REPLACE,
  ACTION_ERROR,
  ACTION_FAIL,
  ACTION_WORK,
  ACTION_SHUTDOWN,
  N_ACTIONS
} Action;

static GcoapMessage *
new_response (guint choice)
{
  GcoapMessage *message = gcoap_message_new (GCOAP_CODE_CONTENT);

  gcoap_message_set_repeatable (message, (choice & 1) != 0);
  return message;
}

static void
keep_open (Fuzz              *fuzz,
           GcoapTransmission *transmission)
{
  if (transmission == NULL)
    return;
  if (fuzz->n_open == MAX_OPEN)
    gcoap_transmission_unref (fuzz->open[--fuzz->n_open]);
  fuzz->open[fuzz->n_open++] = transmission;
}

/* What becomes of a request is in its first token byte. */
static void
handle_request_cb (const GcoapPdu *pdu,
                   gpointer        data)
{
  Fuzz *fuzz = data;
  GcoapTokenInterface *tokens = fuzz->stack->tokens;
  guint choice = pdu->token_length > 0 ? pdu->token[0] : 0;
  g_autoptr (GcoapMessage) message = new_response (choice >> 4);
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_LIMIT, "No.");

  if ((choice & 0x20) != 0 && fuzz->n_later < MAX_OPEN)
    fuzz->later[fuzz->n_later++] = kept_pdu_new (pdu);
  switch (choice & 7)
    {
    case 0:
    case 1:
      break;
    case 2:
      keep_open (fuzz, gcoap_token_interface_send_response (tokens, pdu, NULL, NULL, FALSE));
      break;
    case 3:
      gcoap_token_interface_reject (tokens, pdu, error);
      break;
    case 4:
      /* The same comes again while it is being dealt with. */
      mock_message_interface_receive (fuzz->stack->below,
                                      fuzz->n_later > 0 ? &fuzz->later[0]->pdu : pdu);
      break;
    default:
      keep_open (fuzz, gcoap_token_interface_send_response (tokens, pdu, message, NULL,
                                                            (choice & 0x40) != 0));
      break;
    }
}

static gboolean
handle_response_cb (const GcoapPdu *pdu,
                    gpointer        data G_GNUC_UNUSED)
{
  return pdu->token_length > 0 && (pdu->token[0] & 1) != 0;
}

/* Notes what was sent, so that it can be answered. */
static void
collect_sent (Fuzz *fuzz)
{
  while (mock_message_interface_count_sent (fuzz->stack->below) > 0)
    {
      g_autoptr (KeptPdu) sent = mock_message_interface_take_sent (fuzz->stack->below);
      guint8 buffer[2048];
      g_autoptr (GError) error = NULL;

      /* Whatever the layer sends can be written, and has the right form. */
      g_assert_cmpuint (gcoap_datagram_encode (&sent->pdu, buffer, sizeof buffer, &error), >, 0);
      g_assert_true (sent->pdu.type != GCOAP_MESSAGE_TYPE_RST || sent->pdu.message == NULL);
      g_assert_true (sent->pdu.type != GCOAP_MESSAGE_TYPE_NON || sent->pdu.message != NULL);
      g_assert_true (!gcoap_endpoint_address_is_multicast (sent->pdu.address)
                     || sent->pdu.type == GCOAP_MESSAGE_TYPE_NON);
      for (guint i = 0; i < N_PEERS; i++)
        if (sent->pdu.address == fuzz->peers[i]
            && (sent->pdu.type == GCOAP_MESSAGE_TYPE_CON || sent->pdu.type == GCOAP_MESSAGE_TYPE_NON))
          fuzz->last_id[i] = sent->pdu.message_id;
    }
  while (recording_token_manager_count_outcomes (fuzz->stack->above) > 0)
    recorded_outcome_free (recording_token_manager_take_outcome (fuzz->stack->above));
  while (recording_token_manager_count_requests (fuzz->stack->above) > 0)
    kept_pdu_free (recording_token_manager_take_request (fuzz->stack->above));
  while (recording_token_manager_count_responses (fuzz->stack->above) > 0)
    kept_pdu_free (recording_token_manager_take_response (fuzz->stack->above));
}

static void
receive_datagram (Fuzz         *fuzz,
                  guint         peer,
                  gboolean      at_group,
                  const guint8 *data,
                  gsize         length)
{
  GcoapDatagramHeader header = { FALSE };
  GcoapPdu pdu = { .address = fuzz->peers[peer] };
  g_autoptr (GError) error = NULL;

  if (gcoap_datagram_decode (data, length, 8, &pdu, &header, &error))
    {
      pdu.address = fuzz->peers[peer];
      pdu.local = at_group ? fuzz->stack->group_local : NULL;
      mock_message_interface_receive (fuzz->stack->below, &pdu);
      g_clear_pointer (&pdu.message, gcoap_message_unref);
    }
  else if (header.has_header)
    {
      GcoapPdu malformed = {
        .type = header.type,
        .message_id = header.message_id,
        .address = fuzz->peers[peer],
        .local = at_group ? fuzz->stack->group_local : NULL,
      };

      mock_message_interface_receive_malformed (fuzz->stack->below, &malformed);
    }
}

static void
reply_to_last (Fuzz             *fuzz,
               guint             peer,
               GcoapMessageType  type,
               guint             code)
{
  message_stack_receive_from (fuzz->stack, fuzz->peers[peer], type, fuzz->last_id[peer], code,
                              code != 0 ? "a" : NULL);
}

static void
request (Fuzz                 *fuzz,
         GcoapEndpointAddress *address,
         GcoapReliability      reliability)
{
  g_autoptr (GcoapTransportTuning) tuning = message_stack_new_tuning (reliability);

  keep_open (fuzz, message_stack_try_request (fuzz->stack, address, "a", tuning, NULL));
}

static void
answer_later (Fuzz  *fuzz,
              guint  choice)
{
  g_autoptr (GcoapMessage) message = new_response (choice);
  KeptPdu *kept;

  if (fuzz->n_later == 0)
    return;
  kept = fuzz->later[--fuzz->n_later];
  keep_open (fuzz, gcoap_token_interface_send_response (fuzz->stack->tokens, &kept->pdu, message,
                                                        NULL, (choice & 2) != 0));
  kept_pdu_free (kept);
}

static void
act_on_open (Fuzz   *fuzz,
             Action  action,
             guint   choice)
{
  g_autoptr (GcoapMessage) message = new_response (0);
  GcoapTransmission *transmission;

  if (fuzz->n_open == 0)
    return;
  transmission = fuzz->open[choice % fuzz->n_open];
  if (action == ACTION_ABANDON)
    gcoap_transmission_abandon (transmission);
  else
    gcoap_transmission_replace (transmission, message, NULL);
}

static void
act (Fuzz   *fuzz,
     Action  action,
     guint   choice)
{
  guint peer = choice % N_PEERS;

  switch (action)
    {
    case ACTION_ACK_LAST:
      reply_to_last (fuzz, peer, GCOAP_MESSAGE_TYPE_ACK, 0);
      break;
    case ACTION_RESET_LAST:
      reply_to_last (fuzz, peer, GCOAP_MESSAGE_TYPE_RST, 0);
      break;
    case ACTION_RESPOND_TO_LAST:
      reply_to_last (fuzz, peer, GCOAP_MESSAGE_TYPE_ACK, GCOAP_CODE_CONTENT);
      break;
    case ACTION_ADVANCE:
      message_stack_advance (fuzz->stack, choice);
      break;
    case ACTION_REQUEST_CON:
      request (fuzz, fuzz->peers[peer], GCOAP_RELIABILITY_CONFIRMABLE);
      break;
    case ACTION_REQUEST_NON:
      request (fuzz, fuzz->peers[peer], GCOAP_RELIABILITY_NON_CONFIRMABLE);
      break;
    case ACTION_REQUEST_GROUP:
      request (fuzz, fuzz->stack->group, GCOAP_RELIABILITY_DEFAULT);
      break;
    case ACTION_ANSWER_LATER:
      answer_later (fuzz, choice);
      break;
    case ACTION_ABANDON:
    case ACTION_REPLACE:
      act_on_open (fuzz, action, choice);
      break;
    case ACTION_ERROR:
      mock_message_interface_report_error (fuzz->stack->below, fuzz->peers[peer],
                                           (choice & 0x80) != 0 ? -1 : fuzz->last_id[peer]);
      break;
    case ACTION_FAIL:
      mock_message_interface_set_failure (fuzz->stack->below, GCOAP_ERROR_UNREACHABLE);
      break;
    case ACTION_WORK:
      mock_message_interface_set_failure (fuzz->stack->below, -1);
      break;
    case ACTION_SHUTDOWN:
      /* Rarely, for little happens after it. */
      if (choice == 0xff)
        gcoap_token_interface_shutdown_async (fuzz->stack->tokens, NULL, NULL, NULL);
      break;
    case ACTION_DATAGRAM:
    case ACTION_GROUP_DATAGRAM:
    case N_ACTIONS:
    default:
      break;
    }
}

static void
run (Fuzz         *fuzz,
     const guint8 *data,
     gsize         size)
{
  while (size >= 2)
    {
      Action action = data[0] % N_ACTIONS;
      guint choice = data[1];

      data += 2;
      size -= 2;
      if (action == ACTION_DATAGRAM || action == ACTION_GROUP_DATAGRAM)
        {
          gsize length = size > 0 ? MIN (data[0], size - 1) : 0;

          if (size == 0)
            return;
          receive_datagram (fuzz, choice % N_PEERS, action == ACTION_GROUP_DATAGRAM, data + 1, length);
          data += 1 + length;
          size -= 1 + length;
        }
      else
        act (fuzz, action, choice);
      collect_sent (fuzz);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { .stack = message_stack_new (NULL) };

  /* Small limits, so that they are reached. */
  g_object_set (fuzz.stack->runtime->limits,
                "max-peers", 3,
                "max-queued-per-peer", 3,
                "max-inbound-exchanges", 3,
                "max-outbound-exchanges", 4,
                "max-duplicates", 16,
                "max-duplicates-per-peer", 6,
                "max-kept-bytes", 1024,
                NULL);
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("peer-%u", i);

      fuzz.peers[i] = test_named_address_new (name, i == 3 ? TEST_ADDRESS_SECURE : TEST_ADDRESS_PLAIN);
    }
  recording_token_manager_set_request_func (fuzz.stack->above, handle_request_cb, &fuzz);
  recording_token_manager_set_response_func (fuzz.stack->above, handle_response_cb, &fuzz);

  run (&fuzz, data, size);

  /* In the end everything is forgotten. */
  for (guint i = 0; i < fuzz.n_open; i++)
    {
      gcoap_transmission_abandon (fuzz.open[i]);
      gcoap_transmission_unref (fuzz.open[i]);
    }
  for (guint i = 0; i < fuzz.n_later; i++)
    kept_pdu_free (fuzz.later[i]);
  message_stack_advance (fuzz.stack, 2000);
  collect_sent (&fuzz);
  g_assert_cmpint (gcoap_clock_get_next_expiry (fuzz.stack->clock), ==, -1);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  message_stack_free (fuzz.stack);
  for (guint i = 0; i < N_PEERS; i++)
    g_assert_finalize_object (fuzz.peers[i]);
  return 0;
}
