/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tls-keys-private.h"

#include <gnutls/abstract.h>

#include "base/gcoap-error.h"

/* What both kinds of certificates are used with. GnuTLS has no CBC here, no
 * NULL and nothing before DTLS 1.2; RFC 7252 §9.1.3 asks for CCM_8. */
#define CIPHERS ":+AES-128-CCM-8:+AES-128-CCM:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:+AEAD"
#define SIGNATURES ":+SIGN-ECDSA-SHA256:+SIGN-ECDSA-SECP256R1-SHA256:+SIGN-EDDSA-ED25519" \
                   ":+SIGN-RSA-PSS-RSAE-SHA256:+SIGN-RSA-SHA256"
#define GROUPS ":+GROUP-SECP256R1:+GROUP-X25519"

static gboolean
fail (const char *what,
      int         status,
      GError    **error)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, "The credentials cannot be used: %s (%s).",
               what, gnutls_strerror (status));
  return FALSE;
}

static gboolean
make_priority (GcoapTlsKeys       *self,
               gboolean            has_psk,
               gboolean            with_raw_key,
               gboolean            with_x509,
               gnutls_priority_t  *priority,
               GError            **error)
{
  g_autoptr (GString) text = g_string_new ("NONE");
  int status;

  g_string_append (text, self->is_datagram ? ":+VERS-DTLS1.2" : ":+VERS-TLS1.3:+VERS-TLS1.2");
  if (self->certificates != NULL)
    g_string_append (text, ":+ECDHE-ECDSA:+ECDHE-RSA");
  /* Over a stream forward secrecy costs no datagrams; PSK alone would make
   * TLS 1.3 do without. */
  if (has_psk)
    g_string_append (text, self->is_datagram ? ":+PSK" : ":+ECDHE-PSK");
  /* A signature has to be named even where nothing is signed. */
  g_string_append (text, CIPHERS SIGNATURES GROUPS);
  if (with_x509)
    g_string_append (text, ":+CTYPE-SRV-X509:+CTYPE-CLI-X509");
  if (with_raw_key)
    g_string_append (text, ":+CTYPE-SRV-RAWPK:+CTYPE-CLI-RAWPK");
  g_string_append (text, ":+COMP-NULL");
  status = gnutls_priority_init (priority, text->str, NULL);
  return status == 0 || fail ("the library lacks an algorithm", status, error);
}

static gboolean
make_priorities (GcoapTlsKeys *self,
                 gboolean      has_psk,
                 GError      **error)
{
  gboolean has_raw_key = self->raw_key != NULL;
  gboolean has_both = has_raw_key && self->certificate != NULL;

  return make_priority (self, has_psk, has_raw_key, has_both || !has_raw_key, &self->priority, error)
         && (!has_both || make_priority (self, has_psk, TRUE, FALSE, &self->raw_priority, error));
}

static gboolean
ensure_certificates (GcoapTlsKeys *self,
                     GError      **error)
{
  int status = 0;

  if (self->certificates == NULL)
    status = gnutls_certificate_allocate_credentials (&self->certificates);
  return status == 0 || fail ("there is no memory", status, error);
}

static gboolean
load_private (GcoapSecret       *secret,
              gnutls_privkey_t  *key,
              GError           **error)
{
  gsize length;
  const guint8 *bytes = gcoap_secret_peek (secret, &length);
  const gnutls_datum_t der = { (guint8 *) bytes, (unsigned int) length };
  int status = gnutls_privkey_init (key);

  if (status < 0)
    return fail ("there is no memory", status, error);
  status = gnutls_privkey_import_x509_raw (*key, &der, GNUTLS_X509_FMT_DER, NULL, 0);
  if (status == 0)
    return TRUE;
  gnutls_privkey_deinit (*key);
  return fail ("the private key", status, error);
}

/* A certificate chain is kept as PEM, its key as DER, and the call for both at
 * once takes only one format. */
static gboolean
load_certificate (GcoapTlsKeys *self,
                  GError      **error)
{
  GBytes *chain = gcoap_certificate_credential_peek_chain (self->certificate);
  GcoapSecret *secret = gcoap_certificate_credential_peek_key (self->certificate);
  gnutls_pcert_st parts[16];
  unsigned int n = G_N_ELEMENTS (parts);
  gnutls_privkey_t key;
  gnutls_datum_t pem;
  gsize length;
  int status;

  if (!ensure_certificates (self, error))
    return FALSE;
  if (chain == NULL || secret == NULL)
    return TRUE;
  pem.data = (guint8 *) g_bytes_get_data (chain, &length);
  pem.size = (unsigned int) length;
  status = gnutls_pcert_list_import_x509_raw (parts, &n, &pem, GNUTLS_X509_FMT_PEM, 0);
  if (status < 0)
    return fail ("the certificates", status, error);
  if (load_private (secret, &key, error))
    {
      /* Takes the key and what the parts hold, if it succeeds. */
      status = gnutls_certificate_set_key (self->certificates, NULL, 0, parts, (int) n, key);
      if (status >= 0)
        return TRUE;
      gnutls_privkey_deinit (key);
      fail ("the certificate and its key", status, error);
    }
  for (unsigned int i = 0; i < n; i++)
    gnutls_pcert_deinit (&parts[i]);
  return FALSE;
}

static gboolean
load_raw_key (GcoapTlsKeys *self,
              GError      **error)
{
  GBytes *public_key = gcoap_raw_public_key_credential_get_public_key (self->raw_key);
  GcoapSecret *secret = gcoap_raw_public_key_credential_peek_key (self->raw_key);
  gnutls_datum_t spki, der;
  gsize length;
  int status;

  if (!ensure_certificates (self, error))
    return FALSE;
  if (public_key == NULL || secret == NULL)
    return TRUE;
  spki.data = (guint8 *) g_bytes_get_data (public_key, &length);
  spki.size = (unsigned int) length;
  der.data = (guint8 *) gcoap_secret_peek (secret, &length);
  der.size = (unsigned int) length;
  status = gnutls_certificate_set_rawpk_key_mem (self->certificates, &spki, &der, GNUTLS_X509_FMT_DER,
                                                 NULL, 0, NULL, 0, 0);
  return status >= 0 || fail ("the raw public key", status, error);
}

static GcoapTlsKeys *
new_keys (gboolean      is_server,
          GcoapSecurity security)
{
  GcoapTlsKeys *self = g_new0 (GcoapTlsKeys, 1);

  self->ref_count = 1;
  self->is_server = is_server;
  self->is_datagram = security == GCOAP_SECURITY_DTLS;
  return self;
}

static void
take_own (GcoapTlsKeys         *self,
          GcoapCredentialStore *store,
          GcoapSecurity         security)
{
  GcoapCredential *certificate =
    gcoap_credential_store_get_own (store, GCOAP_TYPE_CERTIFICATE_CREDENTIAL, security);
  GcoapCredential *raw_key =
    gcoap_credential_store_get_own (store, GCOAP_TYPE_RAW_PUBLIC_KEY_CREDENTIAL, security);

  if (certificate != NULL)
    {
      self->certificate = GCOAP_CERTIFICATE_CREDENTIAL (certificate);
      self->held[0] = g_object_ref (certificate);
      self->needs_certificate =
        gcoap_certificate_credential_peek_trust_anchors (self->certificate) != NULL
        || gcoap_certificate_credential_get_system_trust (self->certificate)
        || gcoap_certificate_credential_get_pinned_key (self->certificate) != NULL;
    }
  if (raw_key != NULL)
    {
      self->raw_key = GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (raw_key);
      self->held[1] = g_object_ref (raw_key);
      self->needs_raw_key = gcoap_raw_public_key_credential_get_peers (self->raw_key)[0] != NULL
                            || gcoap_credential_store_has_client_key (store);
    }
}

GcoapTlsKeys *
gcoap_tls_keys_new_server (GcoapCredentialStore *store,
                           GcoapSecurity         security,
                           GError              **error)
{
  g_autoptr (GcoapTlsKeys) self = new_keys (TRUE, security);
  gboolean has_psk = gcoap_credential_store_has_psk (store);
  int status;

  self->store = g_object_ref (store);
  self->serial = gcoap_credential_store_get_serial (store);
  take_own (self, store, security);
  if (!has_psk && self->certificate == NULL && self->raw_key == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The server's credentials hold neither a certificate, nor a raw public key, "
                           "nor the pre-shared key of a client.");
      return NULL;
    }
  if (self->certificate != NULL && !load_certificate (self, error))
    return NULL;
  if (self->raw_key != NULL && !load_raw_key (self, error))
    return NULL;
  if (has_psk)
    {
      status = gnutls_psk_allocate_server_credentials (&self->psk_server);
      if (status < 0)
        return fail ("there is no memory", status, error), NULL;
      gnutls_psk_set_server_credentials_function2 (self->psk_server, gcoap_tls_session_find_psk);
    }
  /* A ticket lives no longer than what it was given for. */
  status = gnutls_session_ticket_key_generate (&self->ticket_key);
  if (status < 0)
    return fail ("there are no random numbers", status, error), NULL;
  return make_priorities (self, has_psk, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
load_psk (GcoapTlsKeys       *self,
          GcoapPskCredential *psk,
          GError            **error)
{
  gnutls_datum_t identity, key;
  gsize length;
  int status = gnutls_psk_allocate_client_credentials (&self->psk_client);

  if (status < 0)
    return fail ("there is no memory", status, error);
  identity.data = (guint8 *) g_bytes_get_data (gcoap_psk_credential_get_identity (psk), &length);
  identity.size = (unsigned int) length;
  key.data = (guint8 *) gcoap_secret_peek (gcoap_psk_credential_peek_key (psk), &length);
  key.size = (unsigned int) length;
  status = gnutls_psk_set_client_credentials2 (self->psk_client, &identity, &key, GNUTLS_PSK_KEY_RAW);
  return status == 0 || fail ("the pre-shared key", status, error);
}

GcoapTlsKeys *
gcoap_tls_keys_new_client (GcoapCredential *credential,
                           GcoapSecurity    security,
                           GError         **error)
{
  g_autoptr (GcoapTlsKeys) self = new_keys (FALSE, security);
  gboolean is_loaded = FALSE;

  self->credential = g_object_ref (credential);
  if (GCOAP_IS_PSK_CREDENTIAL (credential))
    {
      is_loaded = load_psk (self, GCOAP_PSK_CREDENTIAL (credential), error);
    }
  else if (GCOAP_IS_CERTIFICATE_CREDENTIAL (credential))
    {
      self->certificate = GCOAP_CERTIFICATE_CREDENTIAL (credential);
      is_loaded = load_certificate (self, error);
    }
  else if (GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (credential))
    {
      self->raw_key = GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (credential);
      is_loaded = load_raw_key (self, error);
    }
  else
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "A credential of the type %s is of no use here.", G_OBJECT_TYPE_NAME (credential));
    }
  if (!is_loaded || !make_priorities (self, self->psk_client != NULL, error))
    return NULL;
  return g_steal_pointer (&self);
}

GcoapTlsKeys *
gcoap_tls_keys_ref (GcoapTlsKeys *self)
{
  self->ref_count++;
  return self;
}

void
gcoap_tls_keys_unref (GcoapTlsKeys *self)
{
  if (--self->ref_count > 0)
    return;
  if (self->priority != NULL)
    gnutls_priority_deinit (self->priority);
  if (self->raw_priority != NULL)
    gnutls_priority_deinit (self->raw_priority);
  if (self->psk_server != NULL)
    gnutls_psk_free_server_credentials (self->psk_server);
  if (self->psk_client != NULL)
    gnutls_psk_free_client_credentials (self->psk_client);
  if (self->certificates != NULL)
    gnutls_certificate_free_credentials (self->certificates);
  if (self->ticket_key.data != NULL)
    {
      gnutls_memset (self->ticket_key.data, 0, self->ticket_key.size);
      gnutls_free (self->ticket_key.data);
    }
  g_clear_object (&self->held[0]);
  g_clear_object (&self->held[1]);
  g_clear_object (&self->store);
  g_clear_object (&self->credential);
  g_free (self);
}
