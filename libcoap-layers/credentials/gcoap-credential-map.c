/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Credential maps: patterns of URIs, names, and "server", all put into a new
 * store. data/credentials.cddl describes them. */
#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "credentials/gcoap-unsupported-credential-private.h"

/* RFC 7252 §6.2, RFC 8323 §8: which security a scheme stands for; what never
 * comes to be used was not meant. */
static gboolean
check_scheme (GcoapCredentialMap  *self,
              GcoapCredentialNode *key,
              guint                kind,
              GcoapCredentialNode *at,
              GError             **error)
{
  g_autofree char *scheme = g_uri_parse_scheme (key->data);
  gboolean fits;

  if (scheme == NULL || kind == GCOAP_CREDENTIAL_KIND_OSCORE)
    return TRUE;
  if (kind == GCOAP_CREDENTIAL_KIND_DTLS)
    fits = g_str_equal (scheme, "coaps");
  else
    fits = g_str_equal (scheme, "coaps+tcp") || g_str_equal (scheme, "coaps+ws");
  return fits
         || gcoap_credential_map_fail (self, at, error, "“%s” has no use for the scheme “%.16s”",
                                       kind == GCOAP_CREDENTIAL_KIND_DTLS ? "dtls" : "tls", scheme);
}

/* A client that trusts nobody cannot talk to anybody. */
static gboolean
check_trust (GcoapCredentialMap  *self,
             GcoapCredential     *credential,
             GcoapCredentialNode *at,
             GError             **error)
{
  if (GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (credential))
    {
      const char *const *peers = gcoap_raw_public_key_credential_get_peers (GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (credential));

      if (peers[0] == NULL)
        return gcoap_credential_map_fail (self, at, error, "a client with a raw public key needs “peers”");
    }
  else if (GCOAP_IS_CERTIFICATE_CREDENTIAL (credential))
    {
      GcoapCertificateCredential *certificate = GCOAP_CERTIFICATE_CREDENTIAL (credential);

      if (gcoap_certificate_credential_peek_trust_anchors (certificate) == NULL
          && !gcoap_certificate_credential_get_system_trust (certificate)
          && gcoap_certificate_credential_get_pinned_key (certificate) == NULL)
        return gcoap_credential_map_fail (self, at, error,
                                          "a client with a certificate needs “trust-anchors” or “pin”");
    }
  return TRUE;
}

static gboolean
take_pattern (GcoapCredentialMap  *self,
              GcoapCredentialNode *key,
              GcoapCredentialNode *value,
              GError             **error)
{
  GcoapCredentialSet set = { { NULL }, { NULL } };

  if (!gcoap_credential_map_resolve (self, value, &set, error))
    return FALSE;
  for (guint kind = 0; kind < GCOAP_CREDENTIAL_N_KINDS; kind++)
    {
      GcoapCredential *credential = set.credentials[kind];
      guint n_before = self->store->patterns->len;
      GError *cause = NULL;

      if (credential == NULL)
        continue;
      if (!gcoap_credential_store_add (self->store, key->data, credential, &cause))
        return gcoap_credential_map_wrap (self, key, cause, error);
      if (self->store->patterns->len == n_before)
        return gcoap_credential_map_fail (self, key, error, "this pattern is there twice, in other words");
      if (!check_scheme (self, key, kind, set.nodes[kind], error)
          || !check_trust (self, credential, set.nodes[kind], error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_same_key (GcoapPskCredential *a,
             GcoapPskCredential *b)
{
  return g_bytes_equal (gcoap_psk_credential_get_identity (a), gcoap_psk_credential_get_identity (b))
         && gcoap_secret_equal (gcoap_psk_credential_peek_key (a), gcoap_psk_credential_peek_key (b));
}

/* A name: a server lets whoever has these credentials in under it. */
static gboolean
take_name (GcoapCredentialMap  *self,
           GcoapCredentialNode *key,
           GcoapCredentialNode *value,
           GError             **error)
{
  const char *name = key->data + 1;
  GcoapCredentialSet set = { { NULL }, { NULL } };
  GcoapCredential *previous = NULL;

  if (*name == '\0')
    return gcoap_credential_map_fail (self, key, error, "there must be a name behind the colon");
  /* Another name for an entry is not another client. */
  if (value->type == GCOAP_CBOR_TYPE_TEXT)
    return gcoap_credential_map_resolve (self, value, &set, error);
  if (!gcoap_credential_map_resolve (self, value, &set, error))
    return FALSE;
  for (guint kind = 0; kind < GCOAP_CREDENTIAL_N_KINDS; kind++)
    {
      GcoapCredential *credential = set.credentials[kind];
      GError *cause = NULL;
      gboolean success = TRUE;

      if (GCOAP_IS_OSCORE_CREDENTIAL (credential))
        success = gcoap_credential_store_add_client_context (self->store, name, GCOAP_OSCORE_CREDENTIAL (credential),
                                                             &cause);
      else if (GCOAP_IS_PSK_CREDENTIAL (credential))
        {
          /* The same key for DTLS and TLS is one key of one client. */
          if (previous == NULL || !is_same_key (GCOAP_PSK_CREDENTIAL (previous), GCOAP_PSK_CREDENTIAL (credential)))
            success = gcoap_credential_store_add_client (self->store, name, GCOAP_PSK_CREDENTIAL (credential), &cause);
          previous = credential;
        }
      if (!success)
        return gcoap_credential_map_wrap (self, set.nodes[kind], cause, error);
    }
  return TRUE;
}

static gboolean
take_entry (GcoapCredentialMap  *self,
            GcoapCredentialNode *key,
            GcoapCredentialNode *value,
            GError             **error)
{
  if (*key->data == ':')
    return take_name (self, key, value, error);
  if (g_str_equal (key->data, "server"))
    return gcoap_credential_map_take_server (self, value, error);
  if (g_str_equal (key->data, "*") || g_uri_peek_scheme (key->data) != NULL)
    return take_pattern (self, key, value, error);
  return gcoap_credential_map_fail (self, key, error,
                                    "“%.64s” is neither a URI, nor a name with a colon in front, nor “server”",
                                    key->data);
}

GcoapCredentialStore *
gcoap_credential_map_read (const char   *text,
                           gsize         length,
                           const char   *directory,
                           GCancellable *cancellable,
                           gboolean     *has_secrets,
                           GError      **error)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredentialNode) root = NULL;
  GcoapCredentialMap self = { .text = text, .directory = directory, .cancellable = cancellable, .store = store };

  if (length > GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "A credential map of %" G_GSIZE_FORMAT " bytes is larger than the limit of %d.",
                   length, GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE);
      return NULL;
    }
  root = gcoap_credential_node_parse (text, length, error);
  if (root == NULL)
    return NULL;
  self.root = root;
  if (!gcoap_credential_map_check_type (&self, root, GCOAP_CBOR_TYPE_MAP, "The credentials", error))
    return NULL;
  for (guint i = 0; i < gcoap_credential_node_get_n_values (root); i++)
    if (!take_entry (&self, gcoap_credential_node_get_key (root, i), gcoap_credential_node_get_value (root, i), error))
      return NULL;
  *has_secrets = self.has_secrets;
  return g_steal_pointer (&store);
}
