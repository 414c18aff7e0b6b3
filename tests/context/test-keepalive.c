/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-keepalive.h"

#include "base/gcoap-error.h"
#include "helpers/simulated-pair.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

typedef struct
{
  SimulatedPair  *pair;
  GcoapKeepalive *keepalive;
  guint           n_alive;
  guint           n_lost;
  GcoapExchange  *held;
} Fixture;

static void
count_cb (GcoapKeepalive *keepalive G_GNUC_UNUSED,
          gpointer        data)
{
  ++*(guint *) data;
}

static gboolean
hold_cb (GcoapResource *resource G_GNUC_UNUSED,
         GcoapExchange *exchange,
         gpointer       data)
{
  g_set_object (&((Fixture *) data)->held, exchange);
  return TRUE;
}

static gboolean
text_cb (GcoapResource *resource G_GNUC_UNUSED,
         GcoapExchange *exchange,
         gpointer       data G_GNUC_UNUSED)
{
  gcoap_resource_answer_text (exchange, "text");
  return TRUE;
}

static void
add (Fixture    *f,
     const char *path,
     GCallback   callback)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  g_signal_connect (resource, "get", callback, f);
  gcoap_site_add (f->pair->site, path, GCOAP_REQUEST_INTERFACE (resource));
}

static void
set_up (Fixture       *f,
        gconstpointer  data G_GNUC_UNUSED)
{
  f->pair = simulated_pair_new (1);
  add (f, "text", G_CALLBACK (text_cb));
  add (f, "hold", G_CALLBACK (hold_cb));
  f->keepalive = gcoap_keepalive_new (f->pair->client, "coap://server", 30);
  g_signal_connect (f->keepalive, "alive", G_CALLBACK (count_cb), &f->n_alive);
  g_signal_connect (f->keepalive, "lost", G_CALLBACK (count_cb), &f->n_lost);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  if (f->held != NULL && gcoap_exchange_is_open (f->held))
    gcoap_exchange_dismiss (f->held);
  g_clear_object (&f->held);
  g_clear_object (&f->keepalive);
  simulated_pair_free (f->pair);
}

/* Lets time pass, whatever ends meanwhile. */
static void
pass (Fixture *f,
      guint    seconds)
{
  g_clear_object (&f->pair->result);
  simulated_pair_run (f->pair, seconds);
}

/* Nothing arrives. */
static void
cut (Fixture  *f,
     gboolean  is_cut)
{
  gcoap_simulated_link_set_loss (f->pair->link, is_cut ? 1.0 : 0.0);
}

static guint64
count_sent (Fixture *f)
{
  return gcoap_simulated_link_get_n_sent (f->pair->link);
}

static void
test_alive (Fixture       *f,
            gconstpointer  data G_GNUC_UNUSED)
{
  guint64 n_sent;

  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_UNKNOWN);
  g_assert_cmpint (gcoap_keepalive_get_round_trip (f->keepalive), ==, -1);
  gcoap_simulated_link_set_delay (f->pair->link, 50000, 50000);
  pass (f, 1);
  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_ALIVE);
  g_assert_cmpint (gcoap_keepalive_get_round_trip (f->keepalive), ==, 100000);
  g_assert_null (gcoap_keepalive_get_error (f->keepalive));
  g_assert_cmpuint (f->n_alive, ==, 1);

  /* A ping and its answer for each interval of silence. */
  n_sent = count_sent (f);
  pass (f, 95);
  g_assert_cmpuint (count_sent (f) - n_sent, ==, 6);
  g_assert_cmpuint (f->n_alive, ==, 4);
  g_assert_cmpuint (f->n_lost, ==, 0);
}

/* Whoever talks anyway is not asked. */
static void
test_busy (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  guint64 n_sent;

  pass (f, 1);
  n_sent = count_sent (f);
  for (guint i = 0; i < 10; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapMessage) response = simulated_pair_request (f->pair, GCOAP_CODE_GET,
                                                                  "coap://server/text", NULL,
                                                                  &error);

      g_assert_no_error (error);
      pass (f, 20);
    }
  g_assert_cmpuint (count_sent (f) - n_sent, ==, 20);
  g_assert_cmpuint (f->n_alive, ==, 1);
}

/* A request that was acknowledged would wait for ever. */
static void
test_lost (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_context_set_response_timeout (f->pair->client, 0);
  g_object_set (gcoap_context_get_limits (f->pair->server), "request-timeout", 0, NULL);
  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/hold", &error);
  g_assert_no_error (error);
  gcoap_context_request_async (f->pair->client, request, NULL, simulated_pair_done_cb, f->pair);
  g_assert_false (simulated_pair_run (f->pair, 100));
  g_assert_cmpuint (f->n_lost, ==, 0);

  cut (f, TRUE);
  /* The interval and MAX_TRANSMIT_WAIT. */
  g_assert_true (simulated_pair_run (f->pair, 30 + 93 + 1));
  response = gcoap_context_request_finish (f->pair->client, f->pair->result, &error);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  g_assert_cmpstr (error->message, ==, "coap://server is lost: it was silent for 30 seconds, "
                   "and then answered no ping.");
  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_LOST);
  g_assert_error (gcoap_keepalive_get_error (f->keepalive), GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (f->n_lost, ==, 1);
  pass (f, 500);
  g_assert_cmpuint (f->n_lost, ==, 1);

  /* It is back. */
  f->n_alive = 0;
  cut (f, FALSE);
  pass (f, 130);
  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_ALIVE);
  g_assert_null (gcoap_keepalive_get_error (f->keepalive));
  g_assert_cmpuint (f->n_alive, >, 0);
}

static void
test_stop (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  guint64 n_sent;

  pass (f, 1);
  gcoap_keepalive_stop (f->keepalive);
  gcoap_keepalive_stop (f->keepalive);
  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_STOPPED);
  n_sent = count_sent (f);
  gcoap_keepalive_set_interval (f->keepalive, 1);
  pass (f, 100);
  g_assert_cmpuint (count_sent (f), ==, n_sent);
}

static void
stop_cb (GcoapKeepalive *keepalive,
         GParamSpec     *pspec G_GNUC_UNUSED,
         gpointer        data G_GNUC_UNUSED)
{
  gcoap_keepalive_stop (keepalive);
}

/* What was stopped while it told something tells nothing more. */
static void
test_stop_when_told (Fixture       *f,
                     gconstpointer  data)
{
  g_signal_connect (f->keepalive, data, G_CALLBACK (stop_cb), NULL);
  pass (f, 100);
  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_STOPPED);
  g_assert_cmpuint (f->n_alive, ==, 0);
}

/* The last reference goes while a ping is under way. */
static void
test_dropped (Fixture       *f,
              gconstpointer  data G_GNUC_UNUSED)
{
  guint64 n_sent;

  cut (f, TRUE);
  pass (f, 1);
  g_assert_cmpuint (count_sent (f), ==, 1);
  g_clear_object (&f->keepalive);
  n_sent = count_sent (f);
  pass (f, 300);
  g_assert_cmpuint (count_sent (f), ==, n_sent);
}

static void
test_shutdown (Fixture       *f,
               gconstpointer  data G_GNUC_UNUSED)
{
  pass (f, 1);
  gcoap_context_shutdown_async (f->pair->client, NULL, simulated_pair_done_cb, f->pair);
  g_assert_true (simulated_pair_run (f->pair, 10));
  pass (f, 40);
  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_STOPPED);
}

static void
test_properties (Fixture       *f,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapContext) context = NULL;
  g_autoptr (GcoapKeepalive) empty = g_object_new (GCOAP_TYPE_KEEPALIVE, NULL);
  g_autoptr (GcoapKeepalive) elsewhere = NULL;
  g_autofree char *uri = NULL;
  GcoapKeepaliveState state;
  gint64 round_trip;
  guint interval;

  g_object_set (f->keepalive, "interval", 10, NULL);
  g_object_get (f->keepalive, "context", &context, "uri", &uri, "interval", &interval,
                "state", &state, "round-trip", &round_trip, NULL);
  g_assert_true (context == f->pair->client);
  g_assert_true (gcoap_keepalive_get_context (f->keepalive) == context);
  g_assert_cmpstr (uri, ==, "coap://server");
  g_assert_cmpstr (gcoap_keepalive_get_uri (f->keepalive), ==, uri);
  g_assert_cmpuint (interval, ==, 10);
  g_assert_cmpuint (gcoap_keepalive_get_interval (f->keepalive), ==, 10);
  g_assert_cmpint (state, ==, GCOAP_KEEPALIVE_STATE_UNKNOWN);
  g_assert_cmpint (round_trip, ==, -1);
  g_assert_cmpint (gcoap_keepalive_get_state (empty), ==, GCOAP_KEEPALIVE_STATE_STOPPED);

  elsewhere = gcoap_keepalive_new (f->pair->client, "http://server", 10);
  pass (f, 15);
  g_assert_error (gcoap_keepalive_get_error (elsewhere), GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
}

/* Connections: the sockets are real, the time is not. */

static void
watch_tcp (Fixture    *f,
           const char *uri)
{
  g_clear_object (&f->keepalive);
  f->n_alive = f->n_lost = 0;
  f->keepalive = gcoap_keepalive_new (f->pair->client, uri, 30);
  g_signal_connect (f->keepalive, "alive", G_CALLBACK (count_cb), &f->n_alive);
  g_signal_connect (f->keepalive, "lost", G_CALLBACK (count_cb), &f->n_lost);
  gcoap_clock_advance (f->pair->clock, 0);
}

static char *
listen_tcp (Fixture *f)
{
  g_auto (GStrv) uris = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_context_listen (f->pair->server, "coap+tcp://127.0.0.1:0", &error);
  g_assert_no_error (error);
  uris = gcoap_context_dup_listen_uris (f->pair->server);
  return g_strdup (uris[g_strv_length (uris) - 1]);
}

static void
wait_for (Fixture             *f,
          GcoapKeepaliveState  state)
{
  while (gcoap_keepalive_get_state (f->keepalive) != state)
    g_main_context_iteration (NULL, TRUE);
}

static guint64
count_connections (Fixture *f)
{
  guint64 n = 0;

  g_object_get (gcoap_context_get_statistics (f->pair->client), "connections-made", &n, NULL);
  return n;
}

/* One ping for each interval; and the connection stays longer than one that
 * nobody wants. */
static void
test_tcp_alive (Fixture       *f,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *uri = listen_tcp (f);

  watch_tcp (f, uri);
  wait_for (f, GCOAP_KEEPALIVE_STATE_ALIVE);
  g_assert_cmpint (gcoap_keepalive_get_round_trip (f->keepalive), >=, 0);
  g_assert_cmpuint (f->n_alive, ==, 1);
  for (guint i = 1; i <= 20; i++)
    {
      pass (f, 30);
      while (f->n_alive <= i)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpuint (f->n_alive, ==, i + 1);
    }
  g_assert_cmpuint (f->n_lost, ==, 0);
  g_assert_cmpuint (count_connections (f), ==, 1);

  /* Once it is not watched any more it goes like others. */
  gcoap_keepalive_stop (f->keepalive);
  pass (f, 700);
  watch_tcp (f, uri);
  wait_for (f, GCOAP_KEEPALIVE_STATE_ALIVE);
  g_assert_cmpuint (count_connections (f), ==, 2);
}

static void
listen_raw (GSocket **listener,
            char    **uri)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) error = NULL;

  *listener = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);
  g_assert_no_error (error);
  g_socket_set_blocking (*listener, FALSE);
  g_socket_bind (*listener, address, TRUE, &error);
  g_assert_no_error (error);
  g_socket_listen (*listener, &error);
  g_assert_no_error (error);
  bound = g_socket_get_local_address (*listener, &error);
  *uri = g_strdup_printf ("coap+tcp://127.0.0.1:%u", g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
}

/* A peer that only says hello. */
static GSocket *
accept_raw (GSocket *listener)
{
  GSocket *peer;

  while ((peer = g_socket_accept (listener, NULL, NULL)) == NULL)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (g_socket_send (peer, "\x00\xe1", 2, NULL, NULL), ==, 2);
  return peer;
}

/* Reads until a Ping has come: the last is one. */
static void
expect_ping (GSocket *peer)
{
  guint8 buffer[64];
  gssize n = 0;

  g_socket_set_blocking (peer, FALSE);
  while (n < 10 || buffer[n - 9] != 0xe2)
    {
      gssize more = g_socket_receive (peer, (char *) buffer + n, sizeof buffer - (gsize) n, NULL, NULL);

      n += MAX (more, 0);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
test_tcp_lost (Fixture       *f,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GSocket) listener = NULL;
  g_autoptr (GSocket) peer = NULL;
  g_autofree char *uri = NULL;

  listen_raw (&listener, &uri);
  watch_tcp (f, uri);
  peer = accept_raw (listener);
  expect_ping (peer);
  pass (f, 29);
  g_assert_cmpint (gcoap_keepalive_get_state (f->keepalive), ==, GCOAP_KEEPALIVE_STATE_UNKNOWN);
  pass (f, 2);
  wait_for (f, GCOAP_KEEPALIVE_STATE_LOST);
  g_assert_error (gcoap_keepalive_get_error (f->keepalive), GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (f->n_lost, ==, 1);
}

/* A connection that ended is made again; that alone is no loss. */
static void
test_tcp_ended (Fixture       *f,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GSocket) listener = NULL;
  g_autoptr (GSocket) peer = NULL;
  g_autofree char *uri = NULL;

  listen_raw (&listener, &uri);
  watch_tcp (f, uri);
  peer = accept_raw (listener);
  expect_ping (peer);
  g_assert_cmpint (g_socket_send (peer, "\x00\xe3", 2, NULL, NULL), ==, 2);
  wait_for (f, GCOAP_KEEPALIVE_STATE_ALIVE);
  g_socket_close (peer, NULL);
  g_clear_object (&peer);
  pass (f, 31);
  peer = accept_raw (listener);
  expect_ping (peer);
  g_assert_cmpint (g_socket_send (peer, "\x00\xe3", 2, NULL, NULL), ==, 2);
  while (f->n_alive < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (f->n_lost, ==, 0);
  g_assert_cmpuint (count_connections (f), ==, 2);

  /* Gone for good, and twice at once. */
  g_socket_close (listener, NULL);
  g_socket_close (peer, NULL);
  pass (f, 31);
  wait_for (f, GCOAP_KEEPALIVE_STATE_LOST);
  g_assert_error (gcoap_keepalive_get_error (f->keepalive), GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

#define ADD(path, func) \
  g_test_add ("/keepalive/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("alive", test_alive);
  ADD ("busy", test_busy);
  ADD ("lost", test_lost);
  ADD ("stop", test_stop);
  g_test_add ("/keepalive/stop-at-round-trip", Fixture, "notify::round-trip", set_up,
              test_stop_when_told, tear_down);
  g_test_add ("/keepalive/stop-at-state", Fixture, "notify::state", set_up, test_stop_when_told,
              tear_down);
  ADD ("dropped", test_dropped);
  ADD ("shutdown", test_shutdown);
  ADD ("properties", test_properties);
  ADD ("tcp-alive", test_tcp_alive);
  ADD ("tcp-lost", test_tcp_lost);
  ADD ("tcp-ended", test_tcp_ended);
  return g_test_run ();
}
