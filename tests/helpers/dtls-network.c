/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/dtls-network.h"

#include <dlfcn.h>
#include <string.h>
#include <time.h>

/* GnuTLS takes no time of nought for one. */
#define BEGINNING 1000000

/* How often somebody looks whether something is to be done. */
#define STEP (50 * G_TIME_SPAN_MILLISECOND)

/* Whose clock holds; NULL: that of the machine. */
static GcoapClock *present;
static GMutex present_mutex;

static void
get_time_cb (struct timespec *time)
{
  gint64 now = -1;

  g_mutex_lock (&present_mutex);
  if (present != NULL)
    now = gcoap_clock_get_now (present);
  g_mutex_unlock (&present_mutex);
  if (now < 0)
    {
      clock_gettime (CLOCK_REALTIME, time);
      return;
    }
  time->tv_sec = BEGINNING + now / G_USEC_PER_SEC;
  time->tv_nsec = now % G_USEC_PER_SEC * 1000;
}

/* GnuTLS repeats its flights by a clock of its own, which its own tests set in
 * this way. Without it, tests of lost flights fail, and are to be skipped. */
static void
set_clock (GcoapClock *clock)
{
  static void (*set_function) (void (*func) (struct timespec *time));
  static gsize is_looked_up;

  if (g_once_init_enter (&is_looked_up))
    {
      *(void **) &set_function = dlsym (RTLD_DEFAULT, "_gnutls_global_set_gettime_function");
      if (set_function != NULL)
        set_function (get_time_cb);
      g_once_init_leave (&is_looked_up, 1);
    }
  g_mutex_lock (&present_mutex);
  present = clock;
  g_mutex_unlock (&present_mutex);
}

GcoapCredential *
test_dtls_psk (const char *identity,
               const char *key)
{
  g_autoptr (GBytes) name = g_bytes_new (identity, strlen (identity));
  g_autoptr (GBytes) secret = g_bytes_new (key, strlen (key));
  g_autoptr (GError) error = NULL;
  GcoapPskCredential *psk = gcoap_psk_credential_new (name, secret, &error);

  g_assert_no_error (error);
  return GCOAP_CREDENTIAL (psk);
}

static GcoapUdpKey
key_of (guint8  host,
        guint16 port)
{
  GcoapUdpKey key = { 0 };

  key.address.s6_addr[15] = host;
  key.port = g_htons (port);
  return key;
}

static gboolean
happens (TestDtlsNetwork *self,
         guint            per_cent)
{
  return self->random != NULL && (guint) g_rand_int_range (self->random, 0, 100) < per_cent;
}

static void
add (TestDtlsNetwork      *self,
     gboolean              to_server,
     GcoapDtlsAssociation *client,
     const GcoapUdpKey    *peer,
     const guint8         *bytes,
     gsize                 length)
{
  TestDtlsDatagram *datagram;

  self->longest = MAX (self->longest, length);
  if (happens (self, self->loss))
    return;
  if (happens (self, self->doubling))
    add (self, to_server, client, peer, bytes, length);
  datagram = g_new0 (TestDtlsDatagram, 1);

  datagram->to_server = to_server;
  datagram->client = client != NULL ? gcoap_dtls_association_ref (client) : NULL;
  datagram->peer = *peer;
  datagram->bytes = g_bytes_new (bytes, length);
  if (happens (self, self->disorder))
    g_queue_push_nth (&self->queue, datagram, g_rand_int_range (self->random, 0, (int) self->queue.length + 1));
  else
    g_queue_push_tail (&self->queue, datagram);
}

void
test_dtls_datagram_free (TestDtlsDatagram *datagram)
{
  g_clear_pointer (&datagram->client, gcoap_dtls_association_unref);
  g_bytes_unref (datagram->bytes);
  g_free (datagram);
}

/* The latest client at an address is there now. */
static GcoapDtlsAssociation *
find_client (TestDtlsNetwork   *self,
             const GcoapUdpKey *peer)
{
  for (guint i = self->clients->len; i-- > 0;)
    {
      GcoapDtlsAssociation *client = self->clients->pdata[i];
      GcoapUdpKey *own = client->owner_data;

      if (gcoap_udp_key_equal (own, peer))
        return client;
    }
  return NULL;
}

static void
server_send_cb (gpointer              data,
                GcoapDtlsAssociation *association,
                const GcoapUdpKey    *peer,
                const GcoapUdpSource *source G_GNUC_UNUSED,
                const guint8         *bytes,
                gsize                 length)
{
  TestDtlsNetwork *self = data;
  GcoapDtlsAssociation *client = find_client (self, peer);

  if (association == NULL)
    self->n_replies++;
  if (client != NULL)
    add (self, FALSE, client, peer, bytes, length);
}

static void
server_opened_cb (gpointer              data,
                  GcoapDtlsAssociation *association)
{
  TestDtlsNetwork *self = data;

  self->opened = association;
  self->n_opened++;
}

static void
server_record_cb (gpointer              data,
                  GcoapDtlsAssociation *association,
                  const guint8         *bytes,
                  gsize                 length)
{
  TestDtlsNetwork *self = data;

  g_string_append_len (self->received, (const char *) bytes, (gssize) length);
  gcoap_dtls_association_send (association, bytes, length, NULL);
}

static void
server_ended_cb (gpointer              data,
                 GcoapDtlsAssociation *association G_GNUC_UNUSED,
                 const GError         *error)
{
  TestDtlsNetwork *self = data;

  g_assert_nonnull (error);
  self->n_ended++;
}

static const GcoapDtlsFuncs server_funcs = { server_send_cb, server_opened_cb, server_record_cb, server_ended_cb };

static void
client_send_cb (gpointer              data,
                GcoapDtlsAssociation *association,
                const GcoapUdpKey    *peer G_GNUC_UNUSED,
                const GcoapUdpSource *source G_GNUC_UNUSED,
                const guint8         *bytes,
                gsize                 length)
{
  ((TestDtlsNetwork *) data)->n_sent++;
  add (data, TRUE, NULL, association->owner_data, bytes, length);
}

static void
client_opened_cb (gpointer              data G_GNUC_UNUSED,
                  GcoapDtlsAssociation *association G_GNUC_UNUSED)
{
}

static void
client_record_cb (gpointer              data,
                  GcoapDtlsAssociation *association G_GNUC_UNUSED,
                  const guint8         *bytes,
                  gsize                 length)
{
  TestDtlsNetwork *self = data;

  g_string_append_len (self->answered, (const char *) bytes, (gssize) length);
}

static void
client_ended_cb (gpointer              data,
                 GcoapDtlsAssociation *association G_GNUC_UNUSED,
                 const GError         *error)
{
  TestDtlsNetwork *self = data;

  g_clear_error (&self->client_error);
  self->client_error = g_error_copy (error);
}

static const GcoapDtlsFuncs client_funcs = { client_send_cb, client_opened_cb, client_record_cb, client_ended_cb };

TestDtlsNetwork *
test_dtls_network_new (const char *key)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) psk = test_dtls_psk ("alice-id", key);
  g_autoptr (GError) error = NULL;

  gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (psk), &error);
  g_assert_no_error (error);
  return test_dtls_network_new_with_store (store);
}

TestDtlsNetwork *
test_dtls_network_new_with_store (GcoapCredentialStore *store)
{
  TestDtlsNetwork *self = g_new0 (TestDtlsNetwork, 1);
  g_autoptr (GError) error = NULL;

  self->times = (GcoapDtlsTimes) { 20000, 0, 1232 };
  self->victim = -1;
  self->clock = gcoap_clock_new_manual (0);
  self->runtime = gcoap_runtime_new (self->clock);
  self->server_store = g_object_ref (store);
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_dtls_association_unref);
  self->received = g_string_new (NULL);
  self->answered = g_string_new (NULL);
  g_queue_init (&self->queue);
  set_clock (self->clock);
  gcoap_dtls_demultiplexer_init (&self->server, self->runtime, self->server_store, &server_funcs, self, self,
                                 &error);
  g_assert_no_error (error);
  return self;
}

void
test_dtls_network_free (TestDtlsNetwork *self)
{
  set_clock (NULL);
  gcoap_dtls_demultiplexer_clear (&self->server);
  g_queue_clear_full (&self->queue, (GDestroyNotify) test_dtls_datagram_free);
  for (guint i = 0; i < self->clients->len; i++)
    g_free (((GcoapDtlsAssociation *) self->clients->pdata[i])->owner_data);
  g_ptr_array_unref (self->clients);
  g_string_free (self->received, TRUE);
  g_string_free (self->answered, TRUE);
  g_clear_error (&self->client_error);
  g_clear_pointer (&self->random, g_rand_free);
  g_object_unref (self->server_store);
  g_object_unref (self->runtime);
  g_object_unref (self->clock);
  g_free (self);
}

GcoapDtlsAssociation *
test_dtls_network_add_client (TestDtlsNetwork *self,
                              GcoapCredential *credential,
                              guint16          port,
                              GBytes          *resumption)
{
  return test_dtls_network_add_client_at (self, credential, 1, port, resumption);
}

GcoapDtlsAssociation *
test_dtls_network_add_client_at (TestDtlsNetwork *self,
                                 GcoapCredential *credential,
                                 guint8           host,
                                 guint16          port,
                                 GBytes          *resumption)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTlsKeys) keys = gcoap_tls_keys_new_client (credential, GCOAP_SECURITY_DTLS, &error);
  GcoapUdpKey server = key_of (1, 5684);
  GcoapDtlsAssociation *client;

  g_assert_no_error (error);
  client = gcoap_dtls_association_new (self->runtime, keys, "localhost", &server, &self->times, &client_funcs, self);
  g_assert_nonnull (client);
  client->owner_data = g_new (GcoapUdpKey, 1);
  *(GcoapUdpKey *) client->owner_data = key_of (host, port);
  g_ptr_array_add (self->clients, client);
  if (resumption != NULL)
    gcoap_tls_session_set_resumption (client->session, resumption);
  gcoap_dtls_association_start (client);
  return client;
}

static void
deliver (TestDtlsNetwork  *self,
         TestDtlsDatagram *datagram)
{
  const GcoapUdpSource source = { 0 };
  gsize length;
  const guint8 *bytes = g_bytes_get_data (datagram->bytes, &length);

  if (self->victim >= 0 && self->n_delivered++ == (guint) self->victim)
    return;
  if (datagram->to_server)
    gcoap_dtls_demultiplexer_receive (&self->server, &datagram->peer, &source, NULL, bytes, length);
  else if (datagram->client->state != GCOAP_DTLS_ENDED)
    gcoap_dtls_association_receive (datagram->client, bytes, length);
}

void
test_dtls_network_run (TestDtlsNetwork *self)
{
  TestDtlsDatagram *datagram;

  while ((datagram = g_queue_pop_head (&self->queue)) != NULL)
    {
      deliver (self, datagram);
      test_dtls_datagram_free (datagram);
    }
}

void
test_dtls_network_forge (TestDtlsNetwork *self,
                         guint16          port,
                         const guint8    *bytes,
                         gsize            length)
{
  const GcoapUdpSource source = { 0 };
  GcoapUdpKey peer = key_of (1, port);

  gcoap_dtls_demultiplexer_receive (&self->server, &peer, &source, NULL, bytes, length);
}

void
test_dtls_network_impair (TestDtlsNetwork *self,
                          guint32          seed,
                          guint            loss,
                          guint            doubling,
                          guint            disorder)
{
  g_clear_pointer (&self->random, g_rand_free);
  self->random = g_rand_new_with_seed (seed);
  self->loss = loss;
  self->doubling = doubling;
  self->disorder = disorder;
}

void
test_dtls_network_pass (TestDtlsNetwork *self,
                        guint            seconds)
{
  gint64 end = gcoap_clock_get_now (self->clock) + seconds * (gint64) G_USEC_PER_SEC;

  test_dtls_network_run (self);
  while (gcoap_clock_get_now (self->clock) < end)
    {
      gcoap_clock_advance (self->clock, STEP);
      test_dtls_network_run (self);
    }
}
