/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An observer over TCP that does not read: what it missed is dropped, and it
 * gets the newest state; the queue stays short. */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "context/gcoap-context.h"
#include "helpers/raw-socket.h"
#include "site/gcoap-simple-resource.h"
#include "site/gcoap-site.h"
#include "wire/gcoap-stream-codec-private.h"

#define SIZE 10000
#define N_STATES 3000

typedef struct
{
  GcoapContext  *server;
  GcoapResource *resource;
  guint          state;
  guint8         payload[SIZE];
  int            fd;
  GByteArray    *received;
  guint          n_received;
  guint          last;        /* state that was received */
} Fixture;

static gboolean
get_cb (GcoapResource *resource G_GNUC_UNUSED,
        GcoapExchange *exchange,
        gpointer       data)
{
  Fixture *f = data;
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);

  memcpy (f->payload, &f->state, sizeof f->state);
  gcoap_message_set_payload_data (response, f->payload, SIZE);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static void
settle (void)
{
  for (guint idle = 0; idle < 2;)
    idle = g_main_context_iteration (NULL, FALSE) ? 0 : idle + 1;
}

static void
set_up (Fixture       *f,
        gconstpointer  data G_GNUC_UNUSED)
{
  static const guint8 hello[] = { 0x40, 0xe1, 0x23, 0x01, 0x02, 0x00, 0x51, 0x01, 0xaa, 0x60, 0x53, 'o', 'b', 's' };
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_auto (GStrv) uris = NULL;
  g_autoptr (GError) error = NULL;

  f->server = gcoap_context_new ();
  g_object_set (gcoap_context_get_limits (f->server), "max-send-queue", 100000u, NULL);
  f->resource = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  g_signal_connect (f->resource, "get", G_CALLBACK (get_cb), f);
  gcoap_resource_set_observable (f->resource, TRUE);
  gcoap_site_add (site, "obs", GCOAP_REQUEST_INTERFACE (f->resource));
  gcoap_context_set_site (f->server, GCOAP_REQUEST_INTERFACE (site));
  gcoap_context_listen (f->server, "coap+tcp://127.0.0.1:0", &error);
  g_assert_no_error (error);
  uris = gcoap_context_dup_listen_uris (f->server);
  name.sin_port = htons (test_port_of_uri (uris[0]));
  f->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (connect (f->fd, (struct sockaddr *) &name, sizeof name), ==, 0);
  g_assert_cmpint (write (f->fd, hello, sizeof hello), ==, sizeof hello);
  f->received = g_byte_array_new ();
  while (gcoap_resource_get_observer_count (f->resource) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  close (f->fd);
  settle ();
  g_assert_cmpuint (gcoap_resource_get_observer_count (f->resource), ==, 0);
  g_object_unref (f->server);
  g_object_unref (f->resource);
  g_byte_array_unref (f->received);
}

static void
take (Fixture        *f,
      const GcoapPdu *pdu)
{
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (pdu->message, &length);
  guint state;

  if (gcoap_message_get_code (pdu->message) != GCOAP_CODE_CONTENT)
    return;
  g_assert_cmpuint (length, ==, SIZE);
  memcpy (&state, payload, sizeof state);
  g_assert_true (f->n_received == 0 || state > f->last);
  f->last = state;
  f->n_received++;
}

/* Reads all there is. */
static void
receive (Fixture *f)
{
  guint8 buffer[65536];
  gssize n;

  while ((n = recv (f->fd, buffer, sizeof buffer, MSG_DONTWAIT)) > 0)
    {
      gsize size = 0;

      g_byte_array_append (f->received, buffer, (guint) n);
      while (gcoap_stream_peek_size (f->received->data, f->received->len, G_MAXUINT32, &size, NULL)
             && size > 0 && size <= f->received->len)
        {
          GcoapPdu pdu = { 0 };

          g_assert_true (gcoap_stream_decode (f->received->data, size, GCOAP_STREAM_FRAMING_TCP, 8, &pdu, NULL));
          take (f, &pdu);
          gcoap_message_unref (pdu.message);
          g_byte_array_remove_range (f->received, 0, (guint) size);
        }
      settle ();
    }
  g_assert_cmpint (n, !=, 0);
}

static void
test_slow (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  while (f->state < N_STATES)
    {
      f->state++;
      gcoap_resource_notify_observers (f->resource);
      settle ();
    }
  /* It is still there, though it would have been sent 30 MB. */
  g_assert_cmpuint (gcoap_resource_get_observer_count (f->resource), ==, 1);
  while (f->last < N_STATES)
    {
      receive (f);
      g_main_context_iteration (NULL, FALSE);
    }
  g_assert_cmpuint (f->n_received, <, N_STATES);
  g_test_message ("%u of %u states arrived", f->n_received, N_STATES);

  /* Who keeps up gets all. */
  f->n_received = 0;
  for (guint i = 0; i < 20; i++)
    {
      f->state++;
      gcoap_resource_notify_observers (f->resource);
      while (f->last < f->state)
        {
          g_main_context_iteration (NULL, FALSE);
          receive (f);
        }
    }
  g_assert_cmpuint (f->n_received, ==, 20);
}

/* The end comes while a notification waits. */
static void
test_gone (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  while (f->state < N_STATES)
    {
      f->state++;
      gcoap_resource_notify_observers (f->resource);
      settle ();
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/stream-departures/slow", Fixture, NULL, set_up, test_slow, tear_down);
  g_test_add ("/stream-departures/gone", Fixture, NULL, set_up, test_gone, tear_down);
  return g_test_run ();
}
