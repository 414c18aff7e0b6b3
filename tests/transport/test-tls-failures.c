/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every call of GnuTLS that can fail is made to fail in turn, from the making of
 * keys to the end of a resumed session: nothing crashes, leaks or hangs, and
 * there is an error that says what happened.
 *
 * The linker is told to send the library's calls here (meson.build has the
 * list). */
#include <gnutls/abstract.h>
#include <gnutls/dtls.h>
#include <gnutls/x509.h>

#include "base/gcoap-error.h"
#include "helpers/dtls-network.h"
#include "helpers/test-certificates.h"
#include "helpers/tls-pair.h"

static guint n_calls;
static guint fail_at;          /* 0: none */
static int fail_with;
static const char *failed;     /* the one that failed */
static gboolean is_spared;     /* calls are not counted */

static gboolean
fails (const char *name)
{
  if (is_spared || ++n_calls != fail_at)
    return FALSE;
  failed = name;
  return TRUE;
}

#define WRAP(type, name, params, args)                               \
  type __real_##name params;                                         \
  type __wrap_##name params;                                         \
  type __wrap_##name params                                          \
  {                                                                  \
    return fails (#name) ? (type) fail_with : __real_##name args;    \
  }

WRAP (int, gnutls_alert_send, (gnutls_session_t s, gnutls_alert_level_t l, gnutls_alert_description_t d), (s, l, d))
WRAP (int, gnutls_alert_send_appropriate, (gnutls_session_t s, int e), (s, e))
WRAP (int, gnutls_alpn_set_protocols,
      (gnutls_session_t s, const gnutls_datum_t *p, unsigned int n, unsigned int f), (s, p, n, f))
WRAP (int, gnutls_bye, (gnutls_session_t s, gnutls_close_request_t h), (s, h))
WRAP (int, gnutls_certificate_allocate_credentials, (gnutls_certificate_credentials_t *c), (c))
WRAP (int, gnutls_certificate_set_key,
      (gnutls_certificate_credentials_t c, const char **names, int n, gnutls_pcert_st *p, int m, gnutls_privkey_t k),
      (c, names, n, p, m, k))
WRAP (int, gnutls_certificate_set_rawpk_key_mem,
      (gnutls_certificate_credentials_t c, const gnutls_datum_t *s, const gnutls_datum_t *p, gnutls_x509_crt_fmt_t f,
       const char *pass, unsigned int usage, const char **names, unsigned int n, unsigned int flags),
      (c, s, p, f, pass, usage, names, n, flags))
WRAP (int, gnutls_credentials_set, (gnutls_session_t s, gnutls_credentials_type_t t, void *c), (s, t, c))
WRAP (int, gnutls_dtls_cookie_send,
      (gnutls_datum_t *k, void *d, size_t n, gnutls_dtls_prestate_st *p, gnutls_transport_ptr_t t, gnutls_push_func f),
      (k, d, n, p, t, f))
WRAP (int, gnutls_dtls_cookie_verify,
      (gnutls_datum_t *k, void *d, size_t n, void *m, size_t o, gnutls_dtls_prestate_st *p), (k, d, n, m, o, p))
WRAP (int, gnutls_ext_raw_parse,
      (void *c, gnutls_ext_raw_process_func f, const gnutls_datum_t *d, unsigned int flags), (c, f, d, flags))
WRAP (int, gnutls_handshake, (gnutls_session_t s), (s))
WRAP (int, gnutls_init, (gnutls_session_t *s, unsigned int f), (s, f))
WRAP (int, gnutls_pcert_list_import_x509_raw,
      (gnutls_pcert_st *p, unsigned int *n, const gnutls_datum_t *d, gnutls_x509_crt_fmt_t f, unsigned int flags),
      (p, n, d, f, flags))
WRAP (int, gnutls_priority_init, (gnutls_priority_t *p, const char *t, const char **e), (p, t, e))
WRAP (int, gnutls_priority_set, (gnutls_session_t s, gnutls_priority_t p), (s, p))
WRAP (int, gnutls_privkey_import_x509, (gnutls_privkey_t k, gnutls_x509_privkey_t x, unsigned int f), (k, x, f))
WRAP (int, gnutls_privkey_import_x509_raw,
      (gnutls_privkey_t k, const gnutls_datum_t *d, gnutls_x509_crt_fmt_t f, const char *p, unsigned int flags),
      (k, d, f, p, flags))
WRAP (int, gnutls_privkey_init, (gnutls_privkey_t *k), (k))
WRAP (int, gnutls_psk_allocate_client_credentials, (gnutls_psk_client_credentials_t *c), (c))
WRAP (int, gnutls_psk_allocate_server_credentials, (gnutls_psk_server_credentials_t *c), (c))
WRAP (int, gnutls_psk_server_get_username2, (gnutls_session_t s, gnutls_datum_t *d), (s, d))
WRAP (int, gnutls_psk_set_client_credentials2,
      (gnutls_psk_client_credentials_t c, const gnutls_datum_t *i, const gnutls_datum_t *k, gnutls_psk_key_flags f),
      (c, i, k, f))
WRAP (int, gnutls_pubkey_export2, (gnutls_pubkey_t k, gnutls_x509_crt_fmt_t f, gnutls_datum_t *d), (k, f, d))
WRAP (int, gnutls_pubkey_import_privkey,
      (gnutls_pubkey_t k, gnutls_privkey_t p, unsigned int u, unsigned int f), (k, p, u, f))
WRAP (int, gnutls_pubkey_import_x509, (gnutls_pubkey_t k, gnutls_x509_crt_t c, unsigned int f), (k, c, f))
WRAP (int, gnutls_pubkey_init, (gnutls_pubkey_t *k), (k))
WRAP (ssize_t, gnutls_record_recv, (gnutls_session_t s, void *d, size_t n), (s, d, n))
WRAP (ssize_t, gnutls_record_send, (gnutls_session_t s, const void *d, size_t n), (s, d, n))
WRAP (int, gnutls_server_name_set,
      (gnutls_session_t s, gnutls_server_name_type_t t, const void *d, size_t n), (s, t, d, n))
WRAP (int, gnutls_session_get_data2, (gnutls_session_t s, gnutls_datum_t *d), (s, d))
WRAP (int, gnutls_session_set_data, (gnutls_session_t s, const void *d, size_t n), (s, d, n))
WRAP (int, gnutls_session_ticket_enable_server, (gnutls_session_t s, const gnutls_datum_t *d), (s, d))
WRAP (int, gnutls_session_ticket_key_generate, (gnutls_datum_t *d), (d))
WRAP (int, gnutls_x509_crt_get_dn3, (gnutls_x509_crt_t c, gnutls_datum_t *d, unsigned int f), (c, d, f))
WRAP (int, gnutls_x509_crt_import, (gnutls_x509_crt_t c, const gnutls_datum_t *d, gnutls_x509_crt_fmt_t f), (c, d, f))
WRAP (int, gnutls_x509_crt_init, (gnutls_x509_crt_t *c), (c))
WRAP (int, gnutls_x509_crt_list_import2,
      (gnutls_x509_crt_t **c, unsigned int *n, const gnutls_datum_t *d, gnutls_x509_crt_fmt_t f, unsigned int flags),
      (c, n, d, f, flags))
WRAP (int, gnutls_x509_privkey_export2_pkcs8,
      (gnutls_x509_privkey_t k, gnutls_x509_crt_fmt_t f, const char *p, unsigned int flags, gnutls_datum_t *d),
      (k, f, p, flags, d))
WRAP (int, gnutls_x509_privkey_import2,
      (gnutls_x509_privkey_t k, const gnutls_datum_t *d, gnutls_x509_crt_fmt_t f, const char *p, unsigned int flags),
      (k, d, f, p, flags))
WRAP (int, gnutls_x509_privkey_init, (gnutls_x509_privkey_t *k), (k))
WRAP (int, gnutls_x509_trust_list_add_trust_mem,
      (gnutls_x509_trust_list_t l, const gnutls_datum_t *c, const gnutls_datum_t *r, gnutls_x509_crt_fmt_t f,
       unsigned int a, unsigned int b),
      (l, c, r, f, a, b))
WRAP (int, gnutls_x509_trust_list_init, (gnutls_x509_trust_list_t *l, unsigned int n), (l, n))
WRAP (int, gnutls_x509_trust_list_verify_crt2,
      (gnutls_x509_trust_list_t l, gnutls_x509_crt_t *c, unsigned int n, gnutls_typed_vdata_st *d, unsigned int m,
       unsigned int f, unsigned int *v, gnutls_verify_output_function *o),
      (l, c, n, d, m, f, v, o))

/* Making one fail after the other */

static void
assert_clear (const GError *error)
{
  if (error == NULL)
    return;
  g_assert_true (error->domain == GCOAP_ERROR);
  g_assert_true (g_str_has_suffix (error->message, "."));
  g_assert_cmpuint (strlen (error->message), >, 20);
}

typedef gboolean (*Scenario) (gpointer data);

/* The scenario tells whether all went well. */
static void
run_all (Scenario scenario,
         gpointer data,
         int      status,
         guint    at_least)
{
  guint n_broken = 0;
  guint n = 0;

  fail_at = 0;
  g_assert_true (scenario (data));
  fail_with = status;
  do
    {
      n_calls = 0;
      fail_at = ++n;
      failed = NULL;
      if (!scenario (data))
        {
          g_assert_nonnull (failed);
          n_broken++;
        }
    }
  while (failed != NULL);
  fail_at = 0;
  g_test_message ("%u calls, %u of them essential", n - 1, n_broken);
  g_assert_cmpuint (n, >, at_least);
}

/* Sessions */

typedef struct
{
  GcoapSecurity         security;
  GcoapCredentialStore *store;
  GcoapCredential      *credential;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  guint number = GPOINTER_TO_UINT (data);

  self->security = number < TEST_N_KINDS ? GCOAP_SECURITY_DTLS : GCOAP_SECURITY_TLS;
  test_credentials_make ((TestCredentialKind) (number % TEST_N_KINDS), &self->store, &self->credential);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_object_unref (self->store);
  g_object_unref (self->credential);
}

/* One session; what it can be resumed with. */
static gboolean
talk (GcoapTlsKeys  *server,
      GcoapTlsKeys  *client,
      GBytes       **resumption)
{
  g_autoptr (TlsPair) pair = tls_pair_new (server, client, *resumption);
  g_autoptr (GError) error = NULL;
  gboolean is_good;

  g_clear_pointer (resumption, g_bytes_unref);
  if (pair == NULL)
    return FALSE;
  tls_pair_shake_hands (pair);
  assert_clear (pair->client.error);
  assert_clear (pair->server.error);
  g_assert_true ((pair->client.status == GCOAP_TLS_FAILED) == (pair->client.error != NULL));
  g_assert_true ((pair->server.status == GCOAP_TLS_FAILED) == (pair->server.error != NULL));
  is_good = tls_pair_exchange (pair, &error);
  assert_clear (error);
  /* Of one that is not there nothing is known. */
  if (pair->server.status != GCOAP_TLS_READY)
    g_assert_null (gcoap_tls_session_dup_resumption (pair->server.session));
  else
    g_assert_nonnull (gcoap_tls_session_get_claims (pair->server.session));
  *resumption = gcoap_tls_session_dup_resumption (pair->client.session);
  gcoap_tls_session_bye (pair->client.session);
  gcoap_tls_session_bye (pair->server.session);
  return is_good;
}

static gboolean
run_sessions (gpointer data)
{
  Fixture *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTlsKeys) server = gcoap_tls_keys_new_server (self->store, self->security, &error);
  g_autoptr (GcoapTlsKeys) client = NULL;
  g_autoptr (GBytes) resumption = NULL;

  g_assert_true ((server == NULL) == (error != NULL));
  if (server != NULL)
    client = gcoap_tls_keys_new_client (self->credential, self->security, &error);
  g_assert_true ((client == NULL) == (error != NULL));
  assert_clear (error);
  if (client == NULL || !talk (server, client, &resumption))
    return FALSE;
  /* Without a resumption it is a complete handshake. */
  return talk (server, client, &resumption);
}

static void
test_sessions (Fixture       *self,
               gconstpointer  data G_GNUC_UNUSED)
{
  run_all (run_sessions, self, GNUTLS_E_MEMORY_ERROR, 30);
  run_all (run_sessions, self, GNUTLS_E_INTERNAL_ERROR, 30);
}

/* What is to be tried again is no failure, whatever call says it. */
static void
test_interrupted (Fixture       *self,
                  gconstpointer  data G_GNUC_UNUSED)
{
  run_all (run_sessions, self, GNUTLS_E_INTERRUPTED, 30);
  run_all (run_sessions, self, GNUTLS_E_AGAIN, 30);
}

/* Credentials */

typedef struct
{
  GBytes *pem;
  GBytes *der;
  GBytes *key;
} Files;

static gboolean
make_credentials (gpointer data)
{
  Files *files = data;
  const char *peers[] = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapCertificateCredential) certificate =
    gcoap_certificate_credential_new (files->pem, files->key, files->pem, FALSE, &error);
  g_autoptr (GcoapRawPublicKeyCredential) raw_key = NULL;

  g_assert_true ((certificate == NULL) == (error != NULL));
  if (certificate != NULL)
    raw_key = gcoap_raw_public_key_credential_new (files->key, peers, &error);
  g_assert_true ((raw_key == NULL) == (error != NULL));
  assert_clear (error);
  return raw_key != NULL;
}

static void
test_credentials (void)
{
  Files files;

  test_certificate_make (time (NULL) + 3600, &files.pem, &files.der, &files.key);
  run_all (make_credentials, &files, GNUTLS_E_MEMORY_ERROR, 10);
  g_bytes_unref (files.pem);
  g_bytes_unref (files.der);
  g_bytes_unref (files.key);
}

/* A server of datagrams, cookies and all */

static gboolean
run_network (gpointer data)
{
  TestDtlsNetwork *network = data;
  g_autoptr (GcoapCredential) credential = test_dtls_psk ("alice-id", "secret");
  static guint16 port = 1;
  GcoapDtlsAssociation *client;
  g_autoptr (GError) error = NULL;
  gboolean is_good;

  is_spared = TRUE;
  client = test_dtls_network_add_client (network, credential, ++port, NULL);
  is_spared = FALSE;
  test_dtls_network_run (network);
  /* What failed once is sent again; or the time runs out. */
  for (guint i = 0; i < 40 && client->state == GCOAP_DTLS_HANDSHAKING; i++)
    {
      gcoap_clock_advance (network->clock, 600 * G_GINT64_CONSTANT (1000));
      test_dtls_network_run (network);
    }
  g_assert_cmpint (client->state, !=, GCOAP_DTLS_HANDSHAKING);
  g_string_truncate (network->answered, 0);
  is_good = gcoap_dtls_association_send (client, (const guint8 *) "hello", 5, &error);
  test_dtls_network_run (network);
  assert_clear (error);
  assert_clear (network->client_error);
  is_good = is_good && g_str_equal (network->answered->str, "hello");
  if (error == NULL)
    error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The test has ended this session.");
  gcoap_dtls_association_end (client, error);
  test_dtls_network_run (network);
  return is_good;
}

static void
test_demultiplexer (void)
{
  TestDtlsNetwork *network = test_dtls_network_new ("secret");

  run_all (run_network, network, GNUTLS_E_MEMORY_ERROR, 20);
  test_dtls_network_free (network);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < 2 * TEST_N_KINDS; i++)
    {
      const char *name = i < TEST_N_KINDS ? "dtls" : "tls";
      g_autofree char *path = g_strdup_printf ("/tls-failures/%s/%s", name, test_kind_names[i % TEST_N_KINDS]);
      g_autofree char *interrupted = g_strconcat (path, "/interrupted", NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_sessions, tear_down);
      g_test_add (interrupted, Fixture, GUINT_TO_POINTER (i), set_up, test_interrupted, tear_down);
    }
  g_test_add_func ("/tls-failures/credentials", test_credentials);
  g_test_add_func ("/tls-failures/demultiplexer", test_demultiplexer);
  return g_test_run ();
}
