/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* States, deadlines, and what may be sent. */
#include "helpers/connection-stack.h"

#include "base/gcoap-error.h"

/* Slow-loris: who does not say what it can do is not waited for. */
static void
test_csm_timeout (void)
{
  ConnectionStack *s = connection_stack_new ();

  gcoap_connection_start (s->connection);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_CSM);
  for (guint i = 0; i < 9; i++)
    {
      /* Bytes do not help, nor do Empty messages. */
      connection_stack_feed (s, "00 00");
      connection_stack_advance (s, 1000);
      g_assert_null (s->error);
    }
  connection_stack_feed (s, "f0");
  connection_stack_advance (s, 1001);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  connection_stack_assert_sent (s, GCOAP_CODE_ABORT);
  connection_stack_advance (s, 2001);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

static void
test_handshake (void)
{
  ConnectionStack *s = connection_stack_new ();

  s->channel->n_waits = 2;
  gcoap_connection_start (s->connection);
  connection_stack_assert_silent (s);
  gcoap_connection_run (s->connection, G_IO_IN);
  connection_stack_assert_silent (s);
  gcoap_connection_run (s->connection, G_IO_IN);
  connection_stack_assert_sent (s, GCOAP_CODE_CSM);
  connection_stack_free (s);

  s = connection_stack_new ();
  s->channel->n_waits = 100;
  gcoap_connection_start (s->connection);
  connection_stack_advance (s, 10001);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  connection_stack_advance (s, 2001);
  g_assert_true (s->is_closed);
  connection_stack_free (s);

  s = connection_stack_new ();
  s->channel->fail_start = GCOAP_ERROR_REFUSED;
  gcoap_connection_start (s->connection);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

/* A socket that is closed with bytes unread makes the peer's system forget what it
 * was told. */
static void
test_refused_handshake (void)
{
  for (guint i = 0; i < 2; i++)
    {
      ConnectionStack *s = connection_stack_new ();

      s->channel->fail_start = GCOAP_ERROR_REFUSED;
      s->channel->refuses = TRUE;
      gcoap_connection_start (s->connection);
      g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
      g_assert_nonnull (strstr (s->error->message, "coap+tcp://peer"));
      g_assert_true (s->channel->is_finished);
      connection_stack_feed (s, "00 e1 01 01 aa");
      connection_stack_step (s);
      g_assert_cmpuint (s->channel->incoming->len, ==, 0);
      g_assert_cmpuint (s->requests.length, ==, 0);
      g_assert_cmpuint (s->n_ready, ==, 0);
      g_assert_false (s->is_closed);
      if (i == 0)
        {
          s->channel->at_end = TRUE;
          connection_stack_step (s);
        }
      else
        {
          connection_stack_advance (s, 2001);
        }
      g_assert_true (s->is_closed);
      connection_stack_free (s);
    }
}

static void
test_idle (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  connection_stack_advance (s, 299000);
  connection_stack_assert_silent (s);
  connection_stack_feed (s, "00 45");
  connection_stack_step (s);
  connection_stack_advance (s, 299000);
  connection_stack_assert_silent (s);
  /* A Ping asks for more time, too. */
  connection_stack_feed (s, "00 e2");
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_PONG);
  connection_stack_advance (s, 299000);
  connection_stack_assert_silent (s);
  connection_stack_advance (s, 1001);
  connection_stack_assert_sent (s, GCOAP_CODE_RELEASE);
  g_assert_cmpuint (s->n_retired, ==, 1);
  g_assert_null (s->error);

  /* What crossed the Release is still answered. */
  connection_stack_feed (s, "01 01 aa");
  connection_stack_step (s);
  connection_stack_respond (s, &((KeptPdu *) s->requests.head->data)->pdu, 1);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_CONTENT);
  s->channel->at_end = TRUE;
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

static void
test_release_timeout (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (GcoapMessage) own = gcoap_message_new (GCOAP_CODE_GET);
  const GcoapPdu pdu = { .message = own };

  connection_stack_open (s);
  gcoap_connection_release (s->connection);
  gcoap_connection_release (s->connection);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_RELEASE);
  connection_stack_assert_silent (s);
  connection_stack_advance (s, 1999);
  g_assert_false (s->is_closed);
  connection_stack_advance (s, 2);
  g_assert_true (s->is_closed);
  connection_stack_free (s);

  /* RFC 8323 §5.5: an answer that takes longer is waited for; but nobody may take
   * longer than the time for a request. */
  s = connection_stack_new ();
  connection_stack_open (s);
  connection_stack_feed (s, "01 01 aa 00 e4");
  connection_stack_step (s);
  connection_stack_advance (s, 59999);
  g_assert_false (s->is_closed);
  connection_stack_advance (s, 2);
  g_assert_true (s->is_closed);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  connection_stack_free (s);

  /* An answer to a request of this side is not waited for so long. */
  s = connection_stack_new ();
  connection_stack_open (s);
  g_assert_true (gcoap_connection_send_request (s->connection, &pdu, NULL));
  connection_stack_feed (s, "01 01 aa 40 e4 23 75 72 6c");
  connection_stack_step (s);
  connection_stack_advance (s, 1000);
  connection_stack_respond (s, &((KeptPdu *) s->requests.head->data)->pdu, 1);
  connection_stack_step (s);
  connection_stack_advance (s, 999);
  g_assert_false (s->is_closed);
  connection_stack_advance (s, 2);
  g_assert_true (s->is_closed);
  /* Whoever waited learns where else to ask. */
  g_assert_nonnull (strstr (s->error->message, "“url”"));
  connection_stack_free (s);

  /* Nor when this side has no time either. */
  s = connection_stack_new ();
  connection_stack_open (s);
  connection_stack_feed (s, "01 01 aa 00 e4");
  connection_stack_step (s);
  connection_stack_advance (s, 5000);
  gcoap_connection_release (s->connection);
  connection_stack_advance (s, 1999);
  g_assert_false (s->is_closed);
  gcoap_connection_release (s->connection);
  connection_stack_advance (s, 2);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

/* RFC 8323 §3.4 */
static void
test_keepalive (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  s->is_used = TRUE;
  for (guint i = 0; i < 10; i++)
    {
      connection_stack_advance (s, 120001);
      connection_stack_assert_sent (s, GCOAP_CODE_PING);
      connection_stack_assert_silent (s);
      connection_stack_advance (s, 20000);
      connection_stack_feed (s, i % 2 == 0 ? "00 e3" : "00 00");
      connection_stack_step (s);
    }
  g_assert_null (s->error);
  connection_stack_advance (s, 120001);
  connection_stack_assert_sent (s, GCOAP_CODE_PING);
  connection_stack_advance (s, 29000);
  g_assert_null (s->error);
  connection_stack_advance (s, 1001);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

static void
test_switched_off (void)
{
  ConnectionStack *s = connection_stack_new ();

  g_object_set (s->runtime->limits, "keepalive-interval", 0u, "idle-timeout", 0u, NULL);
  connection_stack_open (s);
  connection_stack_advance (s, 86400000);
  connection_stack_assert_silent (s);
  g_assert_null (s->error);
  connection_stack_free (s);
}

static void
test_send_timeout (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  s->channel->room = 1;
  connection_stack_feed (s, "01 e2 42");
  connection_stack_step (s);
  connection_stack_advance (s, 59000);
  s->channel->room = 1;
  connection_stack_step (s);
  connection_stack_advance (s, 59000);
  g_assert_null (s->error);
  connection_stack_advance (s, 1001);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

static void
test_sizes (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_POST);
  g_autofree guint8 *payload = g_malloc0 (2000);
  GcoapPdu pdu = { .message = message };
  g_autoptr (GError) error = NULL;
  g_autoptr (KeptPdu) response = NULL;

  connection_stack_open (s);
  /* 1152 bytes are what every peer takes: header 4, marker 1. */
  gcoap_message_set_payload_data (message, payload, 1147);
  g_assert_true (gcoap_connection_send_request (s->connection, &pdu, &error));
  gcoap_message_set_payload_data (message, payload, 1148);
  g_assert_false (gcoap_connection_send_request (s->connection, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_clear_error (&error);
  gcoap_message_set_payload (message, NULL);
  pdu.token = payload;
  pdu.token_length = 9;
  g_assert_false (gcoap_connection_send_request (s->connection, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_POST);
  connection_stack_assert_silent (s);

  /* A response that is too large is replaced by one that says so. */
  connection_stack_feed (s, "01 01 aa");
  connection_stack_step (s);
  connection_stack_respond (s, &((KeptPdu *) s->requests.head->data)->pdu, 1147);
  connection_stack_step (s);
  response = connection_stack_take (s);
  g_assert_nonnull (response);
  g_assert_cmphex (gcoap_message_get_code (response->pdu.message), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
  g_assert_cmpmem (response->pdu.token, response->pdu.token_length, "\xaa", 1);

  /* What the peer takes is not sent if it is more than our own limit. */
  connection_stack_feed (s, "50 e1 24 00ffffff");
  connection_stack_step (s);
  g_assert_cmpuint (gcoap_connection_get_room (s->connection), ==, 66048);
  connection_stack_free (s);
}

/* The framing that is not there yet when the channel is. */
static gboolean
wait_for_upgrade (GcoapMessageFraming *framing G_GNUC_UNUSED,
                  GcoapConnection     *connection)
{
  gcoap_connection_write (connection, (const guint8 *) "GET ", 4);
  return FALSE;
}

static gboolean
next_upgrade (GcoapMessageFraming  *framing G_GNUC_UNUSED,
              GcoapConnection      *connection,
              guint8               *data G_GNUC_UNUSED,
              gsize                 length,
              gsize                 max_message_size G_GNUC_UNUSED,
              GcoapMessageFrame    *frame,
              GError              **error G_GNUC_UNUSED)
{
  *frame = (GcoapMessageFrame) { 0 };
  if (length < 4)
    return TRUE;
  frame->consumed = 4;
  gcoap_connection_framing_is_ready (connection);
  return TRUE;
}

static void
test_framing_handshake (void)
{
  ConnectionStack *s = connection_stack_new ();
  GcoapMessageFramingFuncs funcs = *s->connection->framing->funcs;
  GcoapMessageFraming framing = { &funcs };

  funcs.start = wait_for_upgrade;
  funcs.next = next_upgrade;
  s->connection->framing = &framing;
  gcoap_connection_start (s->connection);
  connection_stack_feed (s, "48 54 54");
  connection_stack_step (s);
  g_assert_cmpmem (s->channel->outgoing->data, s->channel->outgoing->len, "GET ", 4);
  g_byte_array_set_size (s->channel->outgoing, 0);
  connection_stack_feed (s, "50");
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_CSM);
  connection_stack_free (s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection/csm-timeout", test_csm_timeout);
  g_test_add_func ("/connection/handshake", test_handshake);
  g_test_add_func ("/connection/refused-handshake", test_refused_handshake);
  g_test_add_func ("/connection/idle", test_idle);
  g_test_add_func ("/connection/release-timeout", test_release_timeout);
  g_test_add_func ("/connection/keepalive", test_keepalive);
  g_test_add_func ("/connection/switched-off", test_switched_off);
  g_test_add_func ("/connection/send-timeout", test_send_timeout);
  g_test_add_func ("/connection/sizes", test_sizes);
  g_test_add_func ("/connection/framing-handshake", test_framing_handshake);
  return g_test_run ();
}
