/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handshakes and records over a network that loses, doubles and mixes up, in the
 * time of a clock that is set by hand. */
#include "transport/gcoap-dtls-association-private.h"

#include <dlfcn.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/dtls-network.h"
#include "helpers/key-pair.h"

typedef enum
{
  PSK,
  RAW,
  X509,
} Kind;

typedef struct
{
  Kind  kind;
  guint mtu;
} Case;

typedef struct
{
  TestDtlsNetwork *network;
  GcoapCredential *credential;   /* of the client */
} Fixture;

/* Making a key is the slowest of all here. */
static TestKeyPair server_key, client_key;

static void
set_up_keys (GcoapCredentialStore *store,
             Fixture              *fixture,
             Kind                  kind)
{
  g_autoptr (GcoapCredential) own = NULL;
  g_autoptr (GError) error = NULL;

  if (server_key.key == NULL)
    {
      test_key_pair_init (&server_key);
      test_key_pair_init (&client_key);
    }
  if (kind == RAW)
    {
      own = test_key_pair_make_raw (&server_key, &client_key);
      fixture->credential = test_key_pair_make_raw (&client_key, &server_key);
    }
  else
    {
      own = test_key_pair_make_certificate (&server_key, &client_key);
      fixture->credential = test_key_pair_make_certificate (&client_key, &server_key);
    }
  g_assert_true (gcoap_credential_store_add_own (store, own, &error));
  g_assert_no_error (error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const Case *test = data;
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GError) error = NULL;

  if (test->kind == PSK)
    {
      fixture->credential = test_dtls_psk ("alice-id", "secret");
      gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (fixture->credential), &error);
      g_assert_no_error (error);
    }
  else
    set_up_keys (store, fixture, test->kind);
  fixture->network = test_dtls_network_new_with_store (store);
  fixture->network->times = (GcoapDtlsTimes) { 300 * 1000, 0, test->mtu };
  fixture->network->server.times = fixture->network->times;
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  test_dtls_network_free (fixture->network);
  g_object_unref (fixture->credential);
}

static gboolean
has_clock (void)
{
  if (dlsym (RTLD_DEFAULT, "_gnutls_global_set_gettime_function") != NULL)
    return TRUE;
  g_test_skip ("this GnuTLS lets nobody set its clock");
  return FALSE;
}

static void
say (TestDtlsNetwork      *network,
     GcoapDtlsAssociation *client,
     const char           *text)
{
  g_autoptr (GError) error = NULL;

  g_string_truncate (network->answered, 0);
  gcoap_dtls_association_send (client, (const guint8 *) text, strlen (text), &error);
  g_assert_no_error (error);
  test_dtls_network_run (network);
  g_assert_cmpstr (network->answered->str, ==, text);
}

/* Whatever is lost comes again in the end, and what comes twice or late does no
 * harm; and when all is over, no timer begins a handshake again. */
static void
test_bad_network (Fixture       *fixture,
                  gconstpointer  data)
{
  const Case *test = data;
  TestDtlsNetwork *network = fixture->network;

  if (!has_clock ())
    return;
  for (guint seed = 1; seed <= 8; seed++)
    {
      GcoapDtlsAssociation *client;
      guint n_sent;

      test_dtls_network_impair (network, seed, 15, 15, 30);
      client = test_dtls_network_add_client (network, fixture->credential, (guint16) (1000 + seed), NULL);
      test_dtls_network_pass (network, 299);
      g_assert_cmpint (client->state, ==, GCOAP_DTLS_OPEN);
      g_assert_cmpuint (network->n_opened, ==, seed);
      g_assert_cmpuint (network->longest, <=, test->mtu);

      test_dtls_network_impair (network, seed, 0, 0, 0);
      n_sent = network->n_sent;
      test_dtls_network_pass (network, 600);
      g_assert_cmpuint (network->n_sent, ==, n_sent);
      say (network, client, "it holds");
    }
  g_assert_cmpuint (network->n_ended, ==, 0);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&network->server), ==, 0);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_sessions (&network->server), ==, 8);
}

/* Each datagram of a handshake is lost once, one after the other. */
static void
test_each_lost (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  TestDtlsNetwork *network = fixture->network;
  guint n = 0;

  if (!has_clock ())
    return;
  for (guint lost = 0;; lost++)
    {
      GcoapDtlsAssociation *client;

      network->n_delivered = 0;
      network->victim = lost;
      client = test_dtls_network_add_client (network, fixture->credential, (guint16) (1000 + lost), NULL);
      test_dtls_network_pass (network, 20);
      g_assert_cmpint (client->state, ==, GCOAP_DTLS_OPEN);
      g_assert_cmpuint (network->n_opened, ==, lost + 1);
      n = network->n_delivered;
      network->victim = -1;
      say (network, client, "none the worse");
      if (n <= lost)
        break;
    }
  g_assert_cmpuint (n, >=, 6);
  g_assert_cmpuint (network->n_ended, ==, 0);
}

/* No record is taken twice, and those that come are what was sent. */
static void
test_records (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  TestDtlsNetwork *network = fixture->network;
  GcoapDtlsAssociation *client = test_dtls_network_add_client (network, fixture->credential, 1000, NULL);
  guint seen[300] = { 0 };
  guint n = 0;

  test_dtls_network_run (network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_OPEN);
  test_dtls_network_impair (network, 7, 20, 30, 30);
  for (guint i = 0; i < G_N_ELEMENTS (seen); i++)
    {
      g_autofree char *text = g_strdup_printf ("%04u;", i);

      g_assert_true (gcoap_dtls_association_send (client, (const guint8 *) text, strlen (text), NULL));
      if (i % 10 == 9)
        test_dtls_network_run (network);
    }
  test_dtls_network_run (network);
  g_assert_cmpuint (network->received->len % 5, ==, 0);
  for (gsize offset = 0; offset < network->received->len; offset += 5)
    {
      guint i = (guint) g_ascii_strtoull (network->received->str + offset, NULL, 10);

      g_assert_cmpuint (i, <, G_N_ELEMENTS (seen));
      seen[i]++;
      g_assert_cmpuint (seen[i], ==, 1);
      n++;
    }
  g_assert_cmpuint (n, >, G_N_ELEMENTS (seen) / 2);
  g_assert_cmpuint (n, <, G_N_ELEMENTS (seen));
  test_dtls_network_impair (network, 7, 0, 0, 0);
  say (network, client, "to the end");
  g_assert_cmpuint (network->n_opened, ==, 1);
}

/* A server that is not there: the client repeats itself at growing distances
 * (RFC 6347 §4.2.4.1), and gives up when its time is over. */
static void
test_vanished (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  TestDtlsNetwork *network = fixture->network;
  GcoapDtlsAssociation *client;

  if (!has_clock ())
    return;
  network->times.handshake_timeout = 20000;
  test_dtls_network_impair (network, 1, 100, 0, 0);
  client = test_dtls_network_add_client (network, fixture->credential, 1000, NULL);
  test_dtls_network_pass (network, 19);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_HANDSHAKING);
  /* At once, and after 1, 3, 7 and 15 seconds. */
  g_assert_cmpuint (network->n_sent, ==, 5);
  test_dtls_network_pass (network, 2);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_ENDED);
  g_assert_error (network->client_error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (network->client_error->message, "timed out; a wrong key or identity is one cause"));
  test_dtls_network_pass (network, 100);
  g_assert_cmpuint (network->n_sent, ==, 5);
}

/* Both ends tell the other, and are heard. */
static void
test_close_notify (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "It is enough.");
  TestDtlsNetwork *network = fixture->network;
  GcoapDtlsAssociation *client = test_dtls_network_add_client (network, fixture->credential, 1000, NULL);

  test_dtls_network_run (network);
  gcoap_dtls_association_end (client, error);
  test_dtls_network_run (network);
  g_assert_cmpuint (network->n_ended, ==, 1);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_sessions (&network->server), ==, 0);

  client = test_dtls_network_add_client (network, fixture->credential, 1001, NULL);
  test_dtls_network_run (network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_OPEN);
  gcoap_dtls_association_end (network->opened, error);
  test_dtls_network_run (network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_ENDED);
  g_assert_error (network->client_error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_false (gcoap_dtls_association_send (client, (const guint8 *) "x", 1, NULL));
}

/* A router may say that less fits, but not that nothing does. */
static void
test_lower_mtu (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  TestDtlsNetwork *network = fixture->network;
  GcoapDtlsAssociation *client = test_dtls_network_add_client (network, fixture->credential, 1000, NULL);
  g_autofree guint8 *message = g_malloc0 (1232);
  gsize room, lower;

  test_dtls_network_run (network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_OPEN);
  room = gcoap_tls_session_get_room (client->session);
  /* IPv6 takes that much everywhere. */
  gcoap_dtls_association_lower_mtu (client, 600);
  g_assert_cmpuint (gcoap_tls_session_get_room (client->session), ==, room);
  gcoap_dtls_association_lower_mtu (client, 9000);
  g_assert_cmpuint (gcoap_tls_session_get_room (client->session), ==, room);

  client->peer.address.s6_addr[10] = client->peer.address.s6_addr[11] = 0xff;
  gcoap_dtls_association_lower_mtu (client, 1000);
  lower = gcoap_tls_session_get_room (client->session);
  g_assert_cmpuint (lower, ==, room - (1232 - 1000 + 28));
  network->longest = 0;
  g_assert_true (gcoap_dtls_association_send (client, message, lower, NULL));
  g_assert_cmpuint (network->longest, ==, 1000 - 28);
  g_assert_false (gcoap_dtls_association_send (client, message, lower + 1, NULL));
  gcoap_dtls_association_lower_mtu (client, 1);
  g_assert_cmpuint (gcoap_tls_session_get_room (client->session), ==, room - (1232 - 576 + 28));
}

int
main (int    argc,
      char **argv)
{
  static const Case psk = { PSK, 1232 }, psk_small = { PSK, 128 }, raw = { RAW, 1232 }, raw_small = { RAW, 300 },
                    x509 = { X509, 1232 }, x509_small = { X509, 300 }, x509_middle = { X509, 600 };
  static const struct
  {
    const char *name;
    const Case *test;
  } cases[] = {
    { "psk", &psk }, { "psk-128", &psk_small }, { "raw", &raw }, { "raw-300", &raw_small },
    { "x509", &x509 }, { "x509-300", &x509_small }, { "x509-600", &x509_middle },
  };
  int status;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *bad = g_strconcat ("/transport/dtls-association/bad-network/", cases[i].name, NULL);
      g_autofree char *lost = g_strconcat ("/transport/dtls-association/each-lost/", cases[i].name, NULL);

      g_test_add (bad, Fixture, cases[i].test, set_up, test_bad_network, tear_down);
      g_test_add (lost, Fixture, cases[i].test, set_up, test_each_lost, tear_down);
    }
#define ADD(path, func) g_test_add ("/transport/dtls-association/" path, Fixture, &psk, set_up, func, tear_down)
  ADD ("records", test_records);
  ADD ("vanished", test_vanished);
  ADD ("close-notify", test_close_notify);
  ADD ("lower-mtu", test_lower_mtu);
  status = g_test_run ();
  test_key_pair_clear (&server_key);
  test_key_pair_clear (&client_key);
  return status;
}
