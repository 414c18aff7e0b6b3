/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sessions over streams and datagrams, with each kind of credential and version:
 * who the peers are, resumption, and what a changed store does to it. */
#include "helpers/test-certificates.h"
#include "helpers/tls-pair.h"

#include "base/gcoap-error.h"
#include "helpers/dtls-network.h"

typedef struct
{
  TestCredentialKind  kind;
  const char         *version;   /* NULL: DTLS 1.2 */
  char               *path;
} Case;

typedef struct
{
  const Case           *kind;
  GcoapCredentialStore *store;
  GcoapCredential      *credential;
  GcoapTlsKeys         *server;
  GcoapTlsKeys         *client;
} Fixture;

static GcoapSecurity
get_security (const Case *c)
{
  return c->version != NULL ? GCOAP_SECURITY_TLS : GCOAP_SECURITY_DTLS;
}

static void
make_server_keys (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->server, gcoap_tls_keys_unref);
  self->server = gcoap_tls_keys_new_server (self->store, get_security (self->kind), &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const Case *c = data;
  g_autoptr (GError) error = NULL;

  self->kind = c;
  test_credentials_make (c->kind, &self->store, &self->credential);
  make_server_keys (self);
  self->client = gcoap_tls_keys_new_client (self->credential, get_security (c), &error);
  g_assert_no_error (error);
  if (c->version != NULL)
    tls_keys_restrict (self->client, c->kind == TEST_KIND_PSK, c->version);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_tls_keys_unref (self->server);
  gcoap_tls_keys_unref (self->client);
  g_object_unref (self->store);
  g_object_unref (self->credential);
}

static void
assert_identified (TlsPair *pair)
{
  g_auto (GStrv) claims = gcoap_claims_to_strv (gcoap_tls_session_get_claims (pair->server.session));

  g_assert_true (g_strv_contains ((const char *const *) claims, "name:client"));
  g_assert_nonnull (gcoap_tls_session_get_claims (pair->client.session));
}

static TlsPair *
connect_pair (Fixture  *self,
              GBytes   *resumption,
              gboolean  is_resumed)
{
  TlsPair *pair = tls_pair_new (self->server, self->client, resumption);
  g_autoptr (GError) error = NULL;

  tls_pair_shake_hands (pair);
  g_assert_no_error (pair->client.error);
  g_assert_no_error (pair->server.error);
  tls_pair_exchange (pair, &error);
  g_assert_no_error (error);
  assert_identified (pair);
  g_assert_cmpint (gcoap_tls_session_is_resumed (pair->client.session), ==, is_resumed);
  g_assert_cmpint (gcoap_tls_session_is_resumed (pair->server.session), ==, is_resumed);
  return pair;
}

static void
test_resumption (Fixture       *self,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TlsPair) first = connect_pair (self, NULL, FALSE);
  g_autoptr (GBytes) resumption = gcoap_tls_session_dup_resumption (first->client.session);
  g_autoptr (TlsPair) second = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (TlsPair) third = NULL;

  g_assert_nonnull (resumption);
  second = connect_pair (self, resumption, TRUE);
  /* What the resumed session gives serves as well. */
  again = gcoap_tls_session_dup_resumption (second->client.session);
  g_assert_nonnull (again);
  third = connect_pair (self, again, TRUE);
  /* A server's sessions are for its clients to resume. */
  g_assert_true (gcoap_tls_session_is_authorized (third->server.session, self->store));
}

/* A server that was loaded again knows no old ticket; the handshake is a full one. */
static void
test_old_ticket (Fixture       *self,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TlsPair) first = connect_pair (self, NULL, FALSE);
  g_autoptr (GBytes) resumption = gcoap_tls_session_dup_resumption (first->client.session);
  g_autoptr (TlsPair) second = NULL;

  make_server_keys (self);
  second = connect_pair (self, resumption, FALSE);
}

/* A certificate is accepted, without a name, as long as the server's own is there
 * with its trust anchors. */
static void
forget_client (Fixture *self)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("{}", 2);

  if (self->kind->kind != TEST_KIND_CERTIFICATE)
    g_assert_true (gcoap_credential_store_remove_client (self->store, "client"));
  else
    g_assert_true (gcoap_credential_store_load_bytes (self->store, nothing, NULL, NULL));
}

static void
assert_refused (Fixture *self,
                GBytes  *resumption,
                gboolean is_replaced)
{
  g_autoptr (TlsPair) pair = tls_pair_new (self->server, self->client, resumption);

  /* The keys of the server are those of before. */
  forget_client (self);
  if (is_replaced)
    {
      g_autoptr (GcoapCredential) other = test_dtls_psk ("identity", "another");

      gcoap_credential_store_add_client (self->store, "client", GCOAP_PSK_CREDENTIAL (other), NULL);
    }
  tls_pair_shake_hands (pair);
  g_assert_cmpint (pair->server.status, ==, GCOAP_TLS_FAILED);
  g_assert_nonnull (pair->server.error);
  g_assert_true (pair->server.error->domain == GCOAP_ERROR);
  g_assert_true (g_str_has_suffix (pair->server.error->message, "."));
  g_assert_null (gcoap_tls_session_is_resumed (pair->server.session)
                   ? gcoap_tls_session_dup_resumption (pair->server.session) : NULL);
}

static void
test_removed (Fixture       *self,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TlsPair) first = connect_pair (self, NULL, FALSE);
  g_autoptr (GBytes) resumption = gcoap_tls_session_dup_resumption (first->client.session);

  g_assert_true (gcoap_tls_session_is_authorized (first->server.session, self->store));
  assert_refused (self, resumption, FALSE);
  /* What stands is not allowed any more, either. */
  g_assert_false (gcoap_tls_session_is_authorized (first->server.session, self->store));
}

/* The identity is known again, but by another key. */
static void
test_replaced (Fixture       *self,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TlsPair) first = connect_pair (self, NULL, FALSE);
  g_autoptr (GBytes) resumption = gcoap_tls_session_dup_resumption (first->client.session);

  if (self->kind->kind != TEST_KIND_PSK)
    {
      g_test_skip ("a key of its own is its identity");
      return;
    }
  assert_refused (self, resumption, TRUE);
  g_assert_false (gcoap_tls_session_is_authorized (first->server.session, self->store));
}

/* The store changes when the server has seen the first flight. */
static void
test_changed_during (Fixture       *self,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TlsPair) pair = tls_pair_new (self->server, self->client, NULL);
  GError *error = NULL;

  g_assert_cmpint (gcoap_tls_session_handshake (pair->client.session, &error), ==, GCOAP_TLS_WAITING);
  g_assert_cmpint (gcoap_tls_session_handshake (pair->server.session, &error), ==, GCOAP_TLS_WAITING);
  forget_client (self);
  if (self->kind->kind == TEST_KIND_PSK)
    {
      g_autoptr (GcoapCredential) other = test_dtls_psk ("identity", "another");

      gcoap_credential_store_add_client (self->store, "client", GCOAP_PSK_CREDENTIAL (other), NULL);
    }
  tls_pair_shake_hands (pair);
  g_assert_cmpint (pair->server.status, !=, GCOAP_TLS_READY);
}

/* Of no use is what was of another version or is no resumption at all. */
static void
test_bad_resumption (Fixture       *self,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  g_autoptr (TlsPair) pair = connect_pair (self, nonsense, FALSE);

  g_assert_nonnull (gcoap_tls_session_get_own (pair->client.session));
}

static void
test_ends (Fixture       *self,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TlsPair) pair = connect_pair (self, NULL, FALSE);
  g_autoptr (GError) error = NULL;
  guint8 buffer[16];

  gcoap_tls_session_bye (pair->server.session);
  for (guint i = 0; i < 5; i++)
    {
      gssize n = gcoap_tls_session_receive (pair->client.session, buffer, sizeof buffer, &error);

      g_assert_no_error (error);
      if (n == 0)
        break;
      g_assert_cmpint (i, <, 4);
    }
  /* RFC 5246 §7.2.1: an end that is not told may be somebody else's doing. */
  if (self->kind->version != NULL)
    {
      pair->server.is_ended = TRUE;
      g_assert_cmpint (gcoap_tls_session_receive (pair->server.session, buffer, sizeof buffer, &error), ==, -1);
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
    }
}

static void
add_tests (const char *version_name,
           const char *version)
{
  for (guint i = 0; i < TEST_N_KINDS; i++)
    {
      Case *c = g_new0 (Case, 1);
      static const struct
      {
        const char *name;
        void      (*func) (Fixture *, gconstpointer);
      } tests[] = {
        { "resumption", test_resumption },
        { "old-ticket", test_old_ticket },
        { "removed", test_removed },
        { "replaced", test_replaced },
        { "changed-during", test_changed_during },
        { "bad-resumption", test_bad_resumption },
        { "ends", test_ends },
      };

      c->kind = (TestCredentialKind) i;
      c->version = version;
      for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
        {
          g_autofree char *path =
            g_strdup_printf ("/tls-session/%s/%s/%s", version_name, test_kind_names[i], tests[j].name);

          g_test_add (path, Fixture, c, set_up, tests[j].func, tear_down);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("dtls-1.2", NULL);
  add_tests ("tls-1.2", "VERS-TLS1.2");
  add_tests ("tls-1.3", "VERS-TLS1.3");
  return g_test_run ();
}
