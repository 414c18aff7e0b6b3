/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tls-peer-private.h"

#include "base/gcoap-error.h"
#include "credentials/gcoap-key-material-private.h"

char *
gcoap_tls_peer_describe_identity (const guint8 *identity,
                                  gsize         length)
{
  GString *text = g_string_new ("identity “");

  for (gsize i = 0; i < MIN (length, GCOAP_PSK_MAX_IDENTITY); i++)
    {
      if (g_ascii_isprint (identity[i]) && identity[i] != '\\')
        g_string_append_c (text, (char) identity[i]);
      else
        g_string_append_printf (text, "\\x%02x", identity[i]);
    }
  if (length > GCOAP_PSK_MAX_IDENTITY)
    g_string_append (text, "…");
  g_string_append (text, "”");
  return g_string_free (text, FALSE);
}

gboolean
gcoap_tls_peer_uses_psk (gnutls_session_t session)
{
  gnutls_kx_algorithm_t algorithm = gnutls_kx_get (session);

  return algorithm == GNUTLS_KX_PSK || algorithm == GNUTLS_KX_ECDHE_PSK || algorithm == GNUTLS_KX_DHE_PSK;
}

static gboolean
identify_psk (GcoapTlsPeer  *self,
              GcoapClaims  **claims,
              GError       **error)
{
  guint8 key[GCOAP_PSK_MAX_KEY];
  gsize length;
  gnutls_datum_t identity = { NULL, 0 };
  gboolean is_known;

  if (!self->keys->is_server)
    {
      GBytes *own = gcoap_psk_credential_get_identity (GCOAP_PSK_CREDENTIAL (self->keys->credential));

      *claims = gcoap_claims_new (GCOAP_CLAIMS_PSK, NULL, own, NULL);
      return TRUE;
    }
  if (gnutls_psk_server_get_username2 (self->session, &identity) < 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED, "The peer has told no identity.");
      return FALSE;
    }
  self->presented = gcoap_tls_peer_describe_identity (identity.data, identity.size);
  is_known = gcoap_credential_store_lookup_psk (self->keys->store, identity.data, identity.size, key, &length,
                                                claims);
  gnutls_memset (key, 0, sizeof key);
  if (!is_known)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED, "The peer's identity is not known any more.");
  return is_known;
}

static gboolean
accept_nobody (GcoapTlsPeer *self,
               gboolean      is_raw,
               GError      **error)
{
  if (self->keys->is_server && !(is_raw ? self->keys->needs_raw_key : self->keys->needs_certificate))
    return TRUE;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                       "The peer has shown neither a certificate nor a public key.");
  return FALSE;
}

static gboolean
identify_raw_key (GcoapTlsPeer         *self,
                  const gnutls_datum_t *key,
                  GcoapClaims         **claims,
                  GError              **error)
{
  g_autoptr (GBytes) public_key = g_bytes_new (key->data, key->size);
  g_autofree char *hash = gcoap_key_material_hash (public_key);

  self->presented = g_strconcat ("public key ", hash, NULL);
  if (self->keys->is_server)
    {
      *claims = gcoap_credential_store_verify_key (self->keys->store, self->keys->raw_key, public_key, error);
      return *claims != NULL;
    }
  if (self->keys->raw_key == NULL || !gcoap_raw_public_key_credential_accepts (self->keys->raw_key, hash))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                   "The server has the public key %s, which is not the expected one.", hash);
      return FALSE;
    }
  *claims = gcoap_claims_new (GCOAP_CLAIMS_RAW_PUBLIC_KEY, NULL, NULL, hash);
  return TRUE;
}

static char *
describe_certificate (const gnutls_datum_t *der)
{
  gnutls_x509_crt_t certificate;
  gnutls_datum_t name = { NULL, 0 };
  char *text = NULL;

  if (gnutls_x509_crt_init (&certificate) < 0)
    return NULL;
  if (gnutls_x509_crt_import (certificate, der, GNUTLS_X509_FMT_DER) == 0
      && gnutls_x509_crt_get_dn3 (certificate, &name, 0) == 0)
    {
      g_autofree char *plain = g_strndup ((const char *) name.data, name.size);
      g_autofree char *readable = g_strescape (plain, NULL);

      text = g_strconcat ("certificate of ", readable, NULL);
    }
  gnutls_free (name.data);
  gnutls_x509_crt_deinit (certificate);
  return text;
}

static gboolean
identify_certificate (GcoapTlsPeer         *self,
                      const gnutls_datum_t *list,
                      unsigned int          n,
                      GcoapClaims         **claims,
                      GError              **error)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (unsigned int i = 0; i < MIN (n, GCOAP_MAX_CHAIN + 1u); i++)
    g_ptr_array_add (chain, g_bytes_new (list[i].data, list[i].size));
  self->presented = describe_certificate (&list[0]);
  if (self->keys->certificate == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "The peer has shown a certificate, and nothing is there to verify it with.");
      return FALSE;
    }
  *claims = self->keys->is_server
              ? gcoap_credential_store_verify_certificates (self->keys->store, self->keys->certificate, chain,
                                                            error)
              : gcoap_certificate_credential_verify (self->keys->certificate, chain,
                                                     self->host != NULL ? self->host : "", error);
  return *claims != NULL;
}

gboolean
gcoap_tls_peer_identify (GcoapTlsPeer  *self,
                         GcoapClaims  **claims,
                         GError       **error)
{
  const gnutls_datum_t *list;
  unsigned int n = 0;
  gboolean is_raw;

  if (gcoap_tls_peer_uses_psk (self->session))
    return identify_psk (self, claims, error);
  /* Both sides show the same type here: RFC 7250 would allow others. */
  is_raw = gnutls_certificate_type_get2 (self->session, GNUTLS_CTYPE_PEERS) == GNUTLS_CRT_RAWPK;
  list = gnutls_certificate_get_peers (self->session, &n);
  if (list == NULL || n == 0)
    return accept_nobody (self, gnutls_certificate_type_get2 (self->session, GNUTLS_CTYPE_SERVER)
                                  == GNUTLS_CRT_RAWPK, error);
  if (is_raw)
    return identify_raw_key (self, &list[0], claims, error);
  return identify_certificate (self, list, n, claims, error);
}
