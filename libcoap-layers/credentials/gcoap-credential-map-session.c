/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "dtls" and "tls" of a credential map: a pre-shared key, a certificate, or a
 * raw public key. */
#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"

/* What stands behind the keys that an entry may have; NULL: it has none. */
typedef struct
{
  const char          *kind;
  GcoapCredentialNode *node;
  GcoapCredentialNode *psk;
  GcoapCredentialNode *identity;
  GcoapCredentialNode *certificate;
  GcoapCredentialNode *key;
  GcoapCredentialNode *trust_anchors;
  GcoapCredentialNode *host_name;
  GcoapCredentialNode *pin;
  GcoapCredentialNode *peers;
} Session;

/* Whether no key but those of @keys is there. */
static gboolean
check_only (GcoapCredentialMap *self,
            const Session      *session,
            const char         *what,
            const char *const  *keys,
            GError            **error)
{
  for (guint i = 0; i < gcoap_credential_node_get_n_values (session->node); i++)
    {
      GcoapCredentialNode *key = gcoap_credential_node_get_key (session->node, i);

      if (!g_strv_contains (keys, key->data))
        return gcoap_credential_map_fail (self, key, error, "“%s” contradicts %s", key->data, what);
    }
  return TRUE;
}

static GcoapCredential *
take_psk (GcoapCredentialMap *self,
          const Session      *session,
          GError            **error)
{
  static const char *const keys[] = { "psk", "client-identity", NULL };
  g_autoptr (GBytes) identity = NULL;
  g_autoptr (GBytes) key = NULL;
  GError *cause = NULL;
  GcoapPskCredential *psk;

  if (!check_only (self, session, "a pre-shared key", keys, error))
    return NULL;
  if (session->psk == NULL || session->identity == NULL)
    {
      gcoap_credential_map_fail (self, session->node, error, "“%s” needs both “psk” and “client-identity”",
                                 session->kind);
      return NULL;
    }
  self->has_secrets = TRUE;
  identity = gcoap_credential_map_take_bytes (self, session->identity, "client-identity", error);
  if (identity == NULL)
    return NULL;
  key = gcoap_credential_map_take_bytes (self, session->psk, "psk", error);
  if (key == NULL)
    return NULL;
  psk = gcoap_psk_credential_new (identity, key, &cause);
  if (psk == NULL)
    gcoap_credential_map_wrap (self, session->node, cause, error);
  return psk != NULL ? GCOAP_CREDENTIAL (psk) : NULL;
}

static GcoapCredential *
take_raw_public_key (GcoapCredentialMap *self,
                     const Session      *session,
                     GError            **error)
{
  static const char *const keys[] = { "key", "peers", NULL };
  g_autoptr (GBytes) key = NULL;
  g_auto (GStrv) peers = NULL;
  GError *cause = NULL;
  GcoapRawPublicKeyCredential *raw;

  if (!check_only (self, session, "a raw public key", keys, error))
    return NULL;
  if (session->peers != NULL)
    {
      peers = gcoap_credential_map_take_hashes (self, session->peers, "peers", error);
      if (peers == NULL)
        return NULL;
    }
  if (session->key != NULL)
    {
      key = gcoap_credential_map_take_file (self, session->key, "key", TRUE, error);
      if (key == NULL)
        return NULL;
    }
  raw = gcoap_raw_public_key_credential_new (key, (const char *const *) peers, &cause);
  if (raw == NULL)
    gcoap_credential_map_wrap (self, session->key != NULL ? session->key : session->node, cause, error);
  return raw != NULL ? GCOAP_CREDENTIAL (raw) : NULL;
}

static gboolean
take_pin_and_name (GcoapCredentialMap         *self,
                   const Session              *session,
                   GcoapCertificateCredential *credential,
                   GError                    **error)
{
  GError *cause = NULL;

  if (session->pin != NULL)
    {
      if (!gcoap_credential_map_check_type (self, session->pin, GCOAP_CBOR_TYPE_TEXT, "pin", error))
        return FALSE;
      if (!gcoap_certificate_credential_set_pinned_key (credential, session->pin->data, &cause))
        return gcoap_credential_map_wrap (self, session->pin, cause, error);
    }
  if (session->host_name != NULL)
    {
      if (!gcoap_credential_map_check_type (self, session->host_name, GCOAP_CBOR_TYPE_TEXT, "host-name", error))
        return FALSE;
      if (session->host_name->length == 0)
        return gcoap_credential_map_fail (self, session->host_name, error, "“host-name” must not be empty");
      gcoap_certificate_credential_set_host_name (credential, session->host_name->data);
    }
  return TRUE;
}

/* The certificates themselves, so that who is told of an error learns which file to
 * look at. */
static GBytes *
take_trust_anchors (GcoapCredentialMap *self,
                    const Session      *session,
                    GError            **error)
{
  g_autoptr (GBytes) anchors = gcoap_credential_map_take_file (self, session->trust_anchors, "trust-anchors", FALSE,
                                                               error);
  g_autoptr (GcoapCertificateCredential) alone = NULL;
  GError *cause = NULL;

  if (anchors == NULL)
    return NULL;
  alone = gcoap_certificate_credential_new (NULL, NULL, anchors, FALSE, &cause);
  if (alone != NULL)
    return g_steal_pointer (&anchors);
  gcoap_credential_map_wrap (self, session->trust_anchors, cause, error);
  return NULL;
}

static GcoapCredential *
take_certificate (GcoapCredentialMap *self,
                  const Session      *session,
                  GError            **error)
{
  static const char *const keys[] = { "certificate", "key", "trust-anchors", "host-name", "pin", NULL };
  g_autoptr (GcoapCertificateCredential) credential = NULL;
  g_autoptr (GBytes) chain = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) anchors = NULL;
  gboolean system_trust;
  GError *cause = NULL;

  if (!check_only (self, session, "a certificate", keys, error))
    return NULL;
  if ((session->certificate == NULL) != (session->key == NULL))
    {
      gcoap_credential_map_fail (self, session->certificate != NULL ? session->certificate : session->key, error,
                                 "“certificate” and “key” are only of use together");
      return NULL;
    }
  if (session->certificate != NULL)
    {
      chain = gcoap_credential_map_take_file (self, session->certificate, "certificate", FALSE, error);
      if (chain == NULL)
        return NULL;
      key = gcoap_credential_map_take_file (self, session->key, "key", TRUE, error);
      if (key == NULL)
        return NULL;
    }
  system_trust = session->trust_anchors != NULL && session->trust_anchors->type == GCOAP_CBOR_TYPE_TEXT
                 && g_str_equal (session->trust_anchors->data, "system");
  if (session->trust_anchors != NULL && !system_trust)
    {
      anchors = take_trust_anchors (self, session, error);
      if (anchors == NULL)
        return NULL;
    }
  credential = gcoap_certificate_credential_new (chain, key, anchors, system_trust, &cause);
  if (credential == NULL)
    {
      gcoap_credential_map_wrap (self, session->certificate != NULL ? session->certificate : session->node, cause,
                                 error);
      return NULL;
    }
  return take_pin_and_name (self, session, credential, error) ? GCOAP_CREDENTIAL (g_steal_pointer (&credential)) : NULL;
}

gboolean
gcoap_credential_map_take_session (GcoapCredentialMap  *self,
                                   GcoapCredentialNode *node,
                                   GcoapCredentialKind  kind,
                                   GError             **error)
{
  static const char *const keys[] = {
    "psk", "client-identity", "certificate", "key", "trust-anchors", "host-name", "pin", "peers", NULL,
  };
  const Session session = {
    .kind = kind == GCOAP_CREDENTIAL_KIND_DTLS ? "dtls" : "tls",
    .node = node,
    .psk = gcoap_credential_node_get (node, "psk"),
    .identity = gcoap_credential_node_get (node, "client-identity"),
    .certificate = gcoap_credential_node_get (node, "certificate"),
    .key = gcoap_credential_node_get (node, "key"),
    .trust_anchors = gcoap_credential_node_get (node, "trust-anchors"),
    .host_name = gcoap_credential_node_get (node, "host-name"),
    .pin = gcoap_credential_node_get (node, "pin"),
    .peers = gcoap_credential_node_get (node, "peers"),
  };
  GcoapCredential *credential;

  if (!gcoap_credential_map_check_keys (self, node, session.kind, keys, error))
    return FALSE;
  if (gcoap_credential_node_get_n_values (node) == 0)
    return gcoap_credential_map_fail (self, node, error, "“%s” needs a key or trust anchors", session.kind);
  if (session.psk != NULL || session.identity != NULL)
    credential = take_psk (self, &session, error);
  else if (session.peers != NULL || gcoap_credential_node_get_n_values (node) == (session.key != NULL))
    credential = take_raw_public_key (self, &session, error);
  else
    credential = take_certificate (self, &session, error);
  if (credential == NULL)
    return FALSE;
  gcoap_credential_set_security (credential, kind == GCOAP_CREDENTIAL_KIND_DTLS ? GCOAP_SECURITY_DTLS
                                                                              : GCOAP_SECURITY_TLS);
  node->credential = G_OBJECT (credential);
  return TRUE;
}
