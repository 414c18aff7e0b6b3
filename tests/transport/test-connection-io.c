/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes in any portions, and peers that do not read. */
#include "helpers/connection-stack.h"

#include "base/gcoap-error.h"

static void
answer_at_once (ConnectionStack *s,
                const GcoapPdu  *pdu)
{
  connection_stack_respond (s, pdu, 1000);
}

/* The result does not depend on how the bytes are cut. */
static void
test_portions (void)
{
  static const gsize sizes[] = { 1, 2, 3, 7, 1000, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++)
      {
        ConnectionStack *s = connection_stack_new ();

        s->channel->max_read = sizes[i];
        s->channel->max_write = sizes[j];
        s->answer = answer_at_once;
        connection_stack_open (s);
        for (guint n = 0; n < 20; n++)
          connection_stack_feed (s, "61 02 aa b3 666f6f ff 01  00 00  d1 02 01 bb ff 0102030405060708090a0b0c0d0e");
        connection_stack_step (s);
        g_assert_null (s->error);
        g_assert_cmpuint (s->requests.length, ==, 40);
        for (guint n = 0; n < 40; n++)
          {
            g_autoptr (KeptPdu) response = connection_stack_take (s);
            gsize length;

            g_assert_nonnull (response);
            g_assert_cmpmem (response->pdu.token, response->pdu.token_length, n % 2 == 0 ? "\xaa" : "\xbb", 1);
            g_assert_nonnull (gcoap_message_get_payload_data (response->pdu.message, &length));
            g_assert_cmpuint (length, ==, 1000);
          }
        connection_stack_assert_silent (s);
        /* Nothing is kept for a connection at rest. */
        g_assert_null (s->connection->in);
        g_assert_null (s->connection->out);
        connection_stack_free (s);
      }
}

/* Many small answers leave in one piece. */
static void
test_one_write (void)
{
  ConnectionStack *s = connection_stack_new ();

  s->answer = answer_at_once;
  connection_stack_open (s);
  for (guint n = 0; n < 20; n++)
    connection_stack_feed (s, "01 01 aa");
  s->channel->room = 0;
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, ==, 20);
  g_assert_cmpuint (s->connection->out_length, >, 20 * 1000);
  connection_stack_free (s);
}

/* A length above ours is refused when its header is there, and no memory is
 * taken; the code need not even have come. */
static void
test_too_large (void)
{
  static const char *const headers[] = {
    "f0 ffffffff 01",       /* 4 GiB and 65805 */
    "f0 ffffffff",
    "f0 00000200",          /* just above */
    "fe ffffffff 01 ffff",
  };

  for (guint i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      ConnectionStack *s = connection_stack_new ();

      connection_stack_open (s);
      connection_stack_feed (s, headers[i]);
      connection_stack_step (s);
      connection_stack_assert_sent (s, GCOAP_CODE_ABORT);
      g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
      g_assert_null (s->connection->in);
      connection_stack_free (s);
    }
}

/* What is announced is not taken from the heap before it comes. */
static void
test_slow_large (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  connection_stack_feed (s, "f0 00000001 01 ff 00 00 00 00 00 00 00 00");
  connection_stack_step (s);
  g_assert_null (s->error);
  g_assert_cmpuint (s->connection->in_length, ==, 15);
  g_assert_cmpuint (s->connection->in_size, <=, 1024);
  connection_stack_free (s);
}

static void
test_back_pressure (void)
{
  ConnectionStack *s = connection_stack_new ();

  g_object_set (s->runtime->limits, "max-send-queue", 16000u, NULL);
  s->answer = answer_at_once;
  connection_stack_open (s);
  s->channel->room = 0;
  for (guint n = 0; n < 100; n++)
    connection_stack_feed (s, "01 01 aa");
  connection_stack_step (s);
  /* A quarter is full: no more requests are taken, nor read. */
  g_assert_cmpuint (s->requests.length, ==, 4);
  g_assert_false (s->condition & G_IO_IN);
  g_assert_true (s->condition & G_IO_OUT);
  g_assert_null (s->error);

  s->channel->room = 2500;
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, >, 4);
  g_assert_cmpuint (s->requests.length, <, 10);
  s->channel->room = G_MAXSIZE;
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, ==, 100);
  g_assert_true (s->condition & G_IO_IN);
  g_assert_false (s->condition & G_IO_OUT);
  g_assert_null (s->error);
  connection_stack_free (s);
}

/* Who sends more than is read can wait for room. */
static void
test_drain (void)
{
  ConnectionStack *s = connection_stack_new ();
  const GcoapPdu *request;

  g_object_set (s->runtime->limits, "max-send-queue", 16000u, NULL);
  connection_stack_open (s);
  connection_stack_feed (s, "01 01 aa");
  connection_stack_step (s);
  request = &((KeptPdu *) s->requests.head->data)->pdu;
  s->channel->room = 0;
  for (guint n = 0; n < 3; n++)
    {
      connection_stack_respond (s, request, 1000);
      g_assert_false (gcoap_connection_watch_drain (s->connection));
    }
  connection_stack_respond (s, request, 1000);
  g_assert_true (gcoap_connection_watch_drain (s->connection));
  g_assert_true (gcoap_connection_watch_drain (s->connection));
  connection_stack_step (s);
  g_assert_cmpuint (s->n_drained, ==, 0);
  s->channel->room = 1000;
  connection_stack_step (s);
  g_assert_cmpuint (s->n_drained, ==, 1);
  s->channel->room = G_MAXSIZE;
  connection_stack_step (s);
  g_assert_cmpuint (s->n_drained, ==, 1);
  g_assert_null (s->error);
  connection_stack_free (s);
}

/* Also where the network takes all at once. */
static void
test_small_queue (void)
{
  ConnectionStack *s = connection_stack_new ();

  g_object_set (s->runtime->limits, "max-send-queue", 1152u, NULL);
  s->answer = answer_at_once;
  connection_stack_open (s);
  for (guint n = 0; n < 100; n++)
    connection_stack_feed (s, "01 01 aa");
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, ==, 100);
  connection_stack_free (s);
}

static void
test_full_queue (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_POST);
  g_autofree guint8 *payload = g_malloc0 (1000);
  GcoapPdu pdu = { .message = message };
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_object_set (s->runtime->limits, "max-send-queue", 4000u, NULL);
  gcoap_message_set_payload_data (message, payload, 1000);
  gcoap_message_lock (message);
  connection_stack_open (s);
  connection_stack_feed (s, "01 01 aa");
  connection_stack_step (s);
  s->channel->room = 0;
  while (gcoap_connection_send_request (s->connection, &pdu, &error))
    n++;
  g_assert_cmpuint (n, ==, 3);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  connection_stack_step (s);
  g_assert_null (s->error);

  /* A response cannot be refused: who does not read loses the connection. */
  connection_stack_respond (s, &((KeptPdu *) s->requests.head->data)->pdu, 1000);
  g_assert_null (s->error);
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

static void
test_total_queue (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdu = { .message = message };
  g_autoptr (GError) error = NULL;

  g_object_set (s->runtime->limits, "max-queued-bytes", 5000u, NULL);
  gcoap_message_lock (message);
  connection_stack_open (s);
  s->channel->room = 0;
  /* Others of the host have all of it: those that read still get theirs. */
  s->host.queued_bytes += 6000;
  g_assert_true (gcoap_connection_send_request (s->connection, &pdu, &error));
  g_assert_false (gcoap_connection_send_request (s->connection, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  s->host.queued_bytes -= 6000;
  connection_stack_free (s);
}

static void
test_broken (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  s->channel->fail_read = GCOAP_ERROR_CLOSED;
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_nonnull (strstr (s->error->message, "coap+tcp://peer"));
  g_assert_true (g_str_has_suffix (s->error->message, "cut."));
  g_assert_true (s->is_closed);
  connection_stack_free (s);

  s = connection_stack_new ();
  connection_stack_open (s);
  connection_stack_feed (s, "01 e2 42");
  s->channel->fail_write = GCOAP_ERROR_TIMED_OUT;
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  connection_stack_free (s);
}

/* What the peer said before it went is why, also when it is gone as something is
 * written: here the Abort comes with more than is read at once. */
static void
test_last_words (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  s->channel->max_read = 6;
  connection_stack_feed (s, "01 e2 42 01 e2 42");
  connection_stack_feed (s, "40 e5 ff 62 79 65");
  s->channel->fail_write = GCOAP_ERROR_TIMED_OUT;
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_nonnull (strstr (s->error->message, "bye"));
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

/* A peer that has sent its last may still wait for answers. */
static void
test_half_closed (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (KeptPdu) request = NULL;

  connection_stack_open (s);
  connection_stack_feed (s, "01 01 aa");
  s->channel->at_end = TRUE;
  connection_stack_step (s);
  g_assert_null (s->error);
  request = g_queue_pop_head (&s->requests);
  s->channel->room = 0;
  connection_stack_respond (s, &request->pdu, 3);
  connection_stack_step (s);
  g_assert_false (s->is_closed);
  s->channel->room = 100;
  connection_stack_step (s);
  g_assert_true (s->is_closed);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  connection_stack_free (s);

  /* In the middle of a message, or before the CSM. */
  s = connection_stack_new ();
  connection_stack_open (s);
  connection_stack_feed (s, "01 01");
  s->channel->at_end = TRUE;
  connection_stack_step (s);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
  s = connection_stack_new ();
  gcoap_connection_start (s->connection);
  s->channel->at_end = TRUE;
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  connection_stack_free (s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection-io/portions", test_portions);
  g_test_add_func ("/connection-io/one-write", test_one_write);
  g_test_add_func ("/connection-io/too-large", test_too_large);
  g_test_add_func ("/connection-io/slow-large", test_slow_large);
  g_test_add_func ("/connection-io/back-pressure", test_back_pressure);
  g_test_add_func ("/connection-io/drain", test_drain);
  g_test_add_func ("/connection-io/small-queue", test_small_queue);
  g_test_add_func ("/connection-io/full-queue", test_full_queue);
  g_test_add_func ("/connection-io/total-queue", test_total_queue);
  g_test_add_func ("/connection-io/broken", test_broken);
  g_test_add_func ("/connection-io/last-words", test_last_words);
  g_test_add_func ("/connection-io/half-closed", test_half_closed);
  return g_test_run ();
}
