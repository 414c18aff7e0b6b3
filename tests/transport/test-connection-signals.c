/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8323 §5, signal by signal. */
#include "helpers/connection-stack.h"

#include "base/gcoap-error.h"

static void
test_csm (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (KeptPdu) csm = NULL;
  guint value = 0;

  g_object_set (s->runtime->limits, "max-token-length", 300u, NULL);
  gcoap_connection_start (s->connection);
  connection_stack_step (s);
  csm = connection_stack_take (s);
  g_assert_nonnull (csm);
  g_assert_cmphex (gcoap_message_get_code (csm->pdu.message), ==, GCOAP_CODE_CSM);
  g_assert_true (gcoap_message_get_option_uint (csm->pdu.message, 2, &value));
  g_assert_cmpuint (value, ==, 66048);
  g_assert_true (gcoap_message_has_option (csm->pdu.message, 4));
  g_assert_true (gcoap_message_get_option_uint (csm->pdu.message, 6, &value));
  g_assert_cmpuint (value, ==, 300);

  /* Ours does not wait for the peer's, but requests do. */
  g_assert_cmpuint (s->n_ready, ==, 0);
  g_assert_false (gcoap_connection_is_usable (s->connection));
  /* Max-Message-Size 2000, Block-Wise-Transfer, Extended-Token-Length 70000. */
  connection_stack_feed (s, "80 e1 22 07d0 20 23 011170");
  connection_stack_step (s);
  g_assert_cmpuint (s->n_ready, ==, 1);
  g_assert_true (gcoap_connection_is_usable (s->connection));
  g_assert_cmpuint (gcoap_connection_get_room (s->connection), ==, 2000);
  g_assert_true (s->connection->peer_is_blockwise);
  g_assert_cmpuint (s->connection->peer_max_token_length, ==, 65804);

  /* RFC 8323 §5.3: more of them replace values; what is not said stays. */
  connection_stack_feed (s, "30 e1 22 ffff");
  connection_stack_step (s);
  g_assert_cmpuint (gcoap_connection_get_room (s->connection), ==, 65535);
  g_assert_cmpuint (s->connection->peer_max_token_length, ==, 65804);
  g_assert_cmpuint (s->n_ready, ==, 1);
  connection_stack_free (s);
}

static void
test_csm_base_values (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  g_assert_cmpuint (gcoap_connection_get_room (s->connection), ==, 1152);
  g_assert_cmpuint (s->connection->peer_max_token_length, ==, 8);
  g_assert_false (s->connection->peer_is_blockwise);
  /* Elective options: unknown, repeated, or with a value out of range. */
  connection_stack_feed (s, "b0 e1 22 0500 02 0600 41 05 e0 0001");
  connection_stack_step (s);
  g_assert_null (s->error);
  g_assert_cmpuint (gcoap_connection_get_room (s->connection), ==, 1280);
  g_assert_cmpuint (s->connection->peer_max_token_length, ==, 8);
  connection_stack_free (s);
}

/* What the peer sends after our CSM, and the CSM option that an Abort blames;
 * 0: none. */
static void
assert_aborts (const char *hex,
               gboolean    after_csm,
               guint       bad_option)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (KeptPdu) abort = NULL;
  guint value = 0;
  gsize length;

  gcoap_connection_start (s->connection);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_CSM);
  if (after_csm)
    connection_stack_feed (s, "00 e1");
  connection_stack_feed (s, hex);
  connection_stack_step (s);
  abort = connection_stack_take (s);
  g_assert_nonnull (abort);
  g_assert_cmphex (gcoap_message_get_code (abort->pdu.message), ==, GCOAP_CODE_ABORT);
  gcoap_message_get_option_uint (abort->pdu.message, 2, &value);
  g_assert_cmpuint (value, ==, bad_option);
  /* RFC 8323 §5.6: a diagnostic payload says why. */
  g_assert_nonnull (gcoap_message_get_payload_data (abort->pdu.message, &length));
  g_assert_cmpuint (s->n_ready, ==, after_csm);
  g_assert_nonnull (s->error);
  g_assert_true (g_str_has_suffix (s->error->message, "."));
  /* It stops writing, and goes when the peer does, or after a while. */
  g_assert_true (s->channel->is_finished);
  g_assert_false (s->is_closed);
  connection_stack_feed (s, "00 01 00 01");
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, ==, 0);
  connection_stack_advance (s, 3000);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

static void
test_abuse (void)
{
  /* RFC 8323 §3.3: the first message is a CSM. */
  assert_aborts ("00 01", FALSE, 0);
  assert_aborts ("00 45", FALSE, 0);
  assert_aborts ("00 e2", FALSE, 0);
  assert_aborts ("00 e4", FALSE, 0);
  /* §5.6: an option that cannot be used is named. */
  assert_aborts ("10 e1 10", FALSE, 1);
  assert_aborts ("10 e1 90", FALSE, 9);
  assert_aborts ("60 e1 25 0000000001", FALSE, 2);
  assert_aborts ("20 e1 41 00", FALSE, 4);
  assert_aborts ("50 e1 64 00000010", FALSE, 6);
  assert_aborts ("10 e1 30", TRUE, 3);
  /* §5.2: critical options of other signals. */
  assert_aborts ("10 e2 10", TRUE, 0);
  assert_aborts ("10 e3 90", TRUE, 0);
  assert_aborts ("10 e4 50", TRUE, 0);
  assert_aborts ("10 e7 50", TRUE, 0);
  /* Message format errors. */
  assert_aborts ("0f e1", FALSE, 0);
  assert_aborts ("10 01 ff", TRUE, 0);
  assert_aborts ("00 20", TRUE, 0);
  assert_aborts ("00 c0", TRUE, 0);
  assert_aborts ("01 00 aa", TRUE, 0);
  assert_aborts ("10 01 f0", TRUE, 0);
  /* A token longer than what we said we take (RFC 8974 §2.2.1). */
  assert_aborts ("09 01 010203040506070809", TRUE, 0);
  assert_aborts ("0d 01 00 01020304050607080910111213", TRUE, 0);
}

/* RFC 8323 §3.4: even before the CSM. */
static void
test_empty (void)
{
  ConnectionStack *s = connection_stack_new ();

  gcoap_connection_start (s->connection);
  connection_stack_feed (s, "00 00 00 00 00 e1 00 00");
  connection_stack_step (s);
  g_assert_cmpuint (s->n_ready, ==, 1);
  g_assert_null (s->error);
  connection_stack_free (s);
}

static void
test_unknown_signal (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  connection_stack_feed (s, "10 e6 20 01 e2 07");
  connection_stack_step (s);
  g_assert_null (s->error);
  connection_stack_assert_sent (s, GCOAP_CODE_PONG);
  connection_stack_free (s);
}

static void
test_ping (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (KeptPdu) pong = NULL;

  connection_stack_open (s);
  connection_stack_feed (s, "01 e2 42");
  connection_stack_step (s);
  pong = connection_stack_take (s);
  g_assert_nonnull (pong);
  g_assert_cmphex (gcoap_message_get_code (pong->pdu.message), ==, GCOAP_CODE_PONG);
  g_assert_cmpmem (pong->pdu.token, pong->pdu.token_length, "\x42", 1);
  g_assert_false (gcoap_message_has_option (pong->pdu.message, 2));
  connection_stack_assert_silent (s);
  connection_stack_free (s);
}

/* RFC 8323 §5.4.1 */
static void
test_custody (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (KeptPdu) first = NULL;
  g_autoptr (KeptPdu) pong = NULL;

  connection_stack_open (s);
  /* A request, a Ping with Custody, another request, a Ping without. */
  connection_stack_feed (s, "01 01 aa  11 e2 42 20  01 01 bb  01 e2 43");
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, ==, 2);
  connection_stack_assert_sent (s, GCOAP_CODE_PONG);
  connection_stack_assert_silent (s);
  first = g_queue_pop_head (&s->requests);
  connection_stack_respond (s, &first->pdu, 0);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_CONTENT);
  pong = connection_stack_take (s);
  g_assert_nonnull (pong);
  g_assert_cmpmem (pong->pdu.token, pong->pdu.token_length, "\x42", 1);
  g_assert_true (gcoap_message_has_option (pong->pdu.message, 2));

  /* No more than some of them wait. */
  for (guint i = 0; i < 20; i++)
    connection_stack_feed (s, "11 e2 44 20");
  connection_stack_step (s);
  for (guint i = 0; i < 4; i++)
    connection_stack_assert_sent (s, GCOAP_CODE_PONG);
  connection_stack_assert_silent (s);
  connection_stack_free (s);
}

static void
pinged_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_set_object ((GTask **) data, G_TASK (result));
}

static void
test_own_ping (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (GTask) first = NULL;
  g_autoptr (GTask) second = NULL;
  g_autoptr (KeptPdu) ping = NULL;
  g_autofree char *hex = NULL;
  g_autoptr (GError) error = NULL;

  connection_stack_open (s);
  gcoap_connection_ping (s->connection, g_task_new (NULL, NULL, pinged_cb, &first));
  connection_stack_step (s);
  ping = connection_stack_take (s);
  g_assert_nonnull (ping);
  g_assert_cmphex (gcoap_message_get_code (ping->pdu.message), ==, GCOAP_CODE_PING);
  /* Not every Pong is ours. */
  connection_stack_feed (s, "01 e3 01");
  connection_stack_step (s);
  while (g_main_context_iteration (NULL, FALSE));
  g_assert_null (first);
  hex = g_strdup_printf ("08 e3 %016" G_GINT64_MODIFIER "x", s->connection->n_pings_sent);
  connection_stack_feed (s, hex);
  connection_stack_step (s);
  while (g_main_context_iteration (NULL, FALSE));
  g_assert_nonnull (first);
  g_assert_cmpint (g_task_propagate_int (first, &error), >=, 0);
  g_assert_no_error (error);

  /* A peer may forget the token, and may speak without answering. */
  g_clear_object (&first);
  gcoap_connection_ping (s->connection, g_task_new (NULL, NULL, pinged_cb, &first));
  connection_stack_feed (s, "00 e3");
  connection_stack_step (s);
  while (g_main_context_iteration (NULL, FALSE));
  g_assert_nonnull (first);
  g_assert_cmpint (g_task_propagate_int (first, &error), >=, 0);
  g_clear_object (&first);
  gcoap_connection_ping (s->connection, g_task_new (NULL, NULL, pinged_cb, &first));
  connection_stack_feed (s, "00 00");
  connection_stack_step (s);
  connection_stack_advance (s, 30001);
  while (g_main_context_iteration (NULL, FALSE));
  g_assert_nonnull (first);
  g_assert_cmpint (g_task_propagate_int (first, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_clear_error (&error);
  g_assert_null (s->error);

  /* The end of the connection is the answer, if nothing else is. */
  gcoap_connection_ping (s->connection, g_task_new (NULL, NULL, pinged_cb, &second));
  s->channel->at_end = TRUE;
  connection_stack_step (s);
  while (g_main_context_iteration (NULL, FALSE));
  g_assert_nonnull (second);
  g_assert_cmpint (g_task_propagate_int (second, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  connection_stack_free (s);
}

static void
test_release_at_rest (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  /* Hold-Off 300 */
  connection_stack_feed (s, "30 e4 42 012c");
  connection_stack_step (s);
  g_assert_cmpuint (s->connection->hold_off, ==, 300);
  g_assert_cmpuint (s->n_retired, ==, 1);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_true (s->channel->is_finished);
  s->channel->at_end = TRUE;
  connection_stack_step (s);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

/* RFC 8323 §10.1: it is told, not followed. */
static void
test_release_elsewhere (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  /* Empty, which is no address; one with a line feed, and another one. */
  connection_stack_feed (s, "80 e4 20 03 61 0a 62 02 63 64");
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_nonnull (strstr (s->error->message, "“a b”"));
  g_assert_cmpuint (s->connection->hold_off, ==, 0);
  connection_stack_free (s);
}

/* A peer that takes nothing is sent no request. */
static void
test_tiny_peer (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (GcoapMessage) own = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdu = { .message = own };
  g_autoptr (GError) error = NULL;

  connection_stack_open (s);
  connection_stack_feed (s, "10 e1 20");
  connection_stack_step (s);
  g_assert_cmpuint (gcoap_connection_get_room (s->connection), ==, 0);
  g_assert_false (gcoap_connection_send_request (s->connection, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  /* It may ask all the same, and is answered something. */
  connection_stack_feed (s, "01 01 aa");
  connection_stack_step (s);
  connection_stack_respond (s, &((KeptPdu *) s->requests.head->data)->pdu, 100);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_INTERNAL_SERVER_ERROR);
  g_assert_null (s->error);
  connection_stack_free (s);
}

/* Whoever asks and asks, and does not read, is not read from. */
static void
test_ping_flood (void)
{
  ConnectionStack *s = connection_stack_new ();

  g_object_set (s->runtime->limits, "max-send-queue", 1152u, NULL);
  connection_stack_open (s);
  s->channel->room = 0;
  for (guint i = 0; i < 10000; i++)
    connection_stack_feed (s, "01 e2 42");
  connection_stack_step (s);
  g_assert_null (s->error);
  g_assert_cmpuint (s->connection->out_length, <=, 1152);
  g_assert_false (s->condition & G_IO_IN);
  /* Nor do CSMs or Pings with custody grow anything. */
  s->channel->room = G_MAXSIZE;
  for (guint i = 0; i < 1000; i++)
    connection_stack_feed (s, "30 e1 22 0500 11 e2 42 20 00 e3");
  connection_stack_feed (s, "01 01 aa");
  for (guint i = 0; i < 1000; i++)
    connection_stack_feed (s, "11 e2 42 20");
  connection_stack_step (s);
  g_assert_null (s->error);
  g_assert_cmpuint (s->connection->pongs.length, <=, 16);
  connection_stack_free (s);
}

/* RFC 8323 §5.5: what came before it is answered first. */
static void
test_release_with_open_requests (void)
{
  ConnectionStack *s = connection_stack_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (KeptPdu) request = NULL;
  g_autoptr (GcoapMessage) own = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdu = { .message = own };

  connection_stack_open (s);
  g_assert_true (gcoap_connection_send_request (s->connection, &pdu, &error));
  connection_stack_feed (s, "01 01 aa 00 e4");
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_GET);
  g_assert_null (s->error);
  g_assert_cmpuint (s->n_retired, ==, 1);
  g_assert_false (gcoap_connection_send_request (s->connection, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);

  request = g_queue_pop_head (&s->requests);
  connection_stack_respond (s, &request->pdu, 3);
  connection_stack_step (s);
  connection_stack_assert_sent (s, GCOAP_CODE_CONTENT);
  g_assert_null (s->error);
  /* And the answer to ours is waited for. */
  connection_stack_feed (s, "00 45");
  connection_stack_step (s);
  g_assert_cmpuint (s->responses.length, ==, 1);
  gcoap_connection_request_done (s->connection);
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_true (s->channel->is_finished);
  connection_stack_free (s);
}

static void
test_abort (void)
{
  ConnectionStack *s = connection_stack_new ();

  connection_stack_open (s);
  connection_stack_feed (s, "80 e5 ff 74 6f 6f 0a 62 61 64");
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_nonnull (strstr (s->error->message, "too bad"));
  g_assert_true (s->is_closed);
  connection_stack_free (s);

  s = connection_stack_new ();
  gcoap_connection_start (s->connection);
  connection_stack_feed (s, "20 e5 21 04");
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_nonnull (strstr (s->error->message, "option 4"));
  connection_stack_free (s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connection-signals/csm", test_csm);
  g_test_add_func ("/connection-signals/csm-base-values", test_csm_base_values);
  g_test_add_func ("/connection-signals/abuse", test_abuse);
  g_test_add_func ("/connection-signals/empty", test_empty);
  g_test_add_func ("/connection-signals/unknown-signal", test_unknown_signal);
  g_test_add_func ("/connection-signals/ping", test_ping);
  g_test_add_func ("/connection-signals/custody", test_custody);
  g_test_add_func ("/connection-signals/own-ping", test_own_ping);
  g_test_add_func ("/connection-signals/release-at-rest", test_release_at_rest);
  g_test_add_func ("/connection-signals/release-with-open-requests", test_release_with_open_requests);
  g_test_add_func ("/connection-signals/release-elsewhere", test_release_elsewhere);
  g_test_add_func ("/connection-signals/tiny-peer", test_tiny_peer);
  g_test_add_func ("/connection-signals/ping-flood", test_ping_flood);
  g_test_add_func ("/connection-signals/abort", test_abort);
  return g_test_run ();
}
