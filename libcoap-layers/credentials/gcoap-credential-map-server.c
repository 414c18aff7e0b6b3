/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "server" of a credential map: what a server shows, and whom it lets in. */
#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "credentials/gcoap-unsupported-credential-private.h"

static gboolean
take_own_entry (GcoapCredentialMap  *self,
                GcoapCredentialNode *node,
                GError             **error)
{
  GcoapCredentialSet set = { { NULL }, { NULL } };

  if (!gcoap_credential_map_resolve (self, node, &set, error))
    return FALSE;
  for (guint kind = 0; kind < GCOAP_CREDENTIAL_N_KINDS; kind++)
    {
      GError *cause = NULL;

      if (set.credentials[kind] != NULL
          && !gcoap_credential_store_add_own (self->store, set.credentials[kind], &cause))
        return gcoap_credential_map_wrap (self, set.nodes[kind], cause, error);
    }
  return TRUE;
}

static gboolean
take_own (GcoapCredentialMap  *self,
          GcoapCredentialNode *node,
          GError             **error)
{
  if (node->type != GCOAP_CBOR_TYPE_ARRAY)
    return take_own_entry (self, node, error);
  for (guint i = 0; i < gcoap_credential_node_get_n_values (node); i++)
    if (!take_own_entry (self, gcoap_credential_node_get_value (node, i), error))
      return FALSE;
  return TRUE;
}

/* An identity, and its key alone or with a name. */
static gboolean
take_identity (GcoapCredentialMap  *self,
               GcoapCredentialNode *key,
               GcoapCredentialNode *value,
               GError             **error)
{
  static const char *const keys[] = { "psk", "name", NULL };
  GcoapCredentialNode *psk_node = gcoap_credential_node_get (value, "psk");
  GcoapCredentialNode *name_node = gcoap_credential_node_get (value, "name");
  g_autoptr (GBytes) identity = g_bytes_new (key->data, key->length);
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GcoapPskCredential) psk = NULL;
  GError *cause = NULL;

  self->has_secrets = TRUE;
  if (psk_node != NULL || name_node != NULL)
    {
      if (!gcoap_credential_map_check_keys (self, value, "identities", keys, error))
        return FALSE;
      if (psk_node == NULL)
        return gcoap_credential_map_fail (self, value, error, "an identity needs “psk”");
      if (name_node != NULL
          && !gcoap_credential_map_check_type (self, name_node, GCOAP_CBOR_TYPE_TEXT, "name", error))
        return FALSE;
    }
  secret = gcoap_credential_map_take_bytes (self, psk_node != NULL ? psk_node : value, "psk", error);
  if (secret == NULL)
    return FALSE;
  psk = gcoap_psk_credential_new (identity, secret, &cause);
  if (psk == NULL
      || !gcoap_credential_store_add_client (self->store, name_node != NULL ? name_node->data : key->data, psk, &cause))
    return gcoap_credential_map_wrap (self, key, cause, error);
  return TRUE;
}

static gboolean
take_client (GcoapCredentialMap  *self,
             GcoapCredentialNode *key,
             GcoapCredentialNode *value,
             GError             **error)
{
  g_auto (GStrv) hashes = gcoap_credential_map_take_hashes (self, value, "clients", error);
  GError *cause = NULL;

  if (hashes == NULL)
    return FALSE;
  for (guint i = 0; hashes[i] != NULL; i++)
    if (!gcoap_credential_store_add_client_key (self->store, key->data, hashes[i], &cause))
      return gcoap_credential_map_wrap (self, key, cause, error);
  return TRUE;
}

static gboolean
take_table (GcoapCredentialMap  *self,
            GcoapCredentialNode *node,
            const char          *what,
            gboolean           (*take) (GcoapCredentialMap  *self,
                                        GcoapCredentialNode *key,
                                        GcoapCredentialNode *value,
                                        GError             **error),
            GError             **error)
{
  if (!gcoap_credential_map_check_type (self, node, GCOAP_CBOR_TYPE_MAP, what, error))
    return FALSE;
  for (guint i = 0; i < gcoap_credential_node_get_n_values (node); i++)
    if (!take (self, gcoap_credential_node_get_key (node, i), gcoap_credential_node_get_value (node, i), error))
      return FALSE;
  return TRUE;
}

gboolean
gcoap_credential_map_take_server (GcoapCredentialMap  *self,
                                  GcoapCredentialNode *node,
                                  GError             **error)
{
  static const char *const keys[] = { "own", "identities", "clients", NULL };
  GcoapCredentialNode *own = gcoap_credential_node_get (node, "own");
  GcoapCredentialNode *identities = gcoap_credential_node_get (node, "identities");
  GcoapCredentialNode *clients = gcoap_credential_node_get (node, "clients");

  return gcoap_credential_map_check_keys (self, node, "server", keys, error)
         && (own == NULL || take_own (self, own, error))
         && (identities == NULL || take_table (self, identities, "identities", take_identity, error))
         && (clients == NULL || take_table (self, clients, "clients", take_client, error));
}
