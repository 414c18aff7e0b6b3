/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "oscore" and "edhoc-oscore" of a credential map. */
#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "credentials/gcoap-unsupported-credential-private.h"

#define MAX_WINDOW 1024
/* RFC 8613 §3.3: an ID Context has no limit; what is in every message needs one. */
#define MAX_ID_CONTEXT 64
#define MAX_SALT 64

static GcoapCredential *
take_directory (GcoapCredentialMap  *self,
                GcoapCredentialNode *node,
                GError             **error)
{
  GcoapCredentialNode *base = gcoap_credential_node_get (node, "basedir");
  GcoapCredentialNode *file = gcoap_credential_node_get (node, "contextfile");
  g_autofree char *path = NULL;

  for (guint i = 0; i < gcoap_credential_node_get_n_values (node); i++)
    {
      GcoapCredentialNode *key = gcoap_credential_node_get_key (node, i);
      gboolean is_file = g_str_equal (key->data, "contextfile");

      if ((!is_file && !g_str_equal (key->data, "basedir")) || (is_file && base != NULL))
        {
          gcoap_credential_map_fail (self, key, error, "“%s” contradicts a directory that holds the context",
                                     key->data);
          return NULL;
        }
    }
  path = gcoap_credential_map_take_path (self, base != NULL ? base : file, base != NULL ? "basedir" : "contextfile",
                                         error);
  return path != NULL ? GCOAP_CREDENTIAL (gcoap_oscore_credential_new_for_directory (path)) : NULL;
}

static GBytes *
take_bytes (GcoapCredentialMap  *self,
            GcoapCredentialNode *node,
            const char          *key,
            GError             **error)
{
  GcoapCredentialNode *value = gcoap_credential_node_get (node, key);

  if (value != NULL)
    return gcoap_credential_map_take_bytes (self, value, key, error);
  gcoap_credential_map_fail (self, node, error, "“oscore” needs “basedir”, or “%s”", key);
  return NULL;
}

static gboolean
take_optional_bytes (GcoapCredentialMap  *self,
                     GcoapCredentialNode *node,
                     const char          *key,
                     gsize                max,
                     GBytes             **bytes,
                     GError             **error)
{
  GcoapCredentialNode *value = gcoap_credential_node_get (node, key);

  if (value == NULL)
    return TRUE;
  *bytes = gcoap_credential_map_take_bytes (self, value, key, error);
  if (*bytes == NULL)
    return FALSE;
  return g_bytes_get_size (*bytes) <= max
         || gcoap_credential_map_fail (self, value, error, "“%s” has more than %" G_GSIZE_FORMAT " bytes", key, max);
}

/* The AEAD algorithms of COSE (RFC 9053 §4) that there are. */
static gboolean
is_aead (gint64 algorithm)
{
  return (algorithm >= 1 && algorithm <= 3) || (algorithm >= 10 && algorithm <= 13)
         || algorithm == 24 || (algorithm >= 30 && algorithm <= 33);
}

static gboolean
take_numbers (GcoapCredentialMap    *self,
              GcoapCredentialNode   *node,
              GcoapOscoreParameters *parameters,
              GError               **error)
{
  GcoapCredentialNode *algorithm = gcoap_credential_node_get (node, "algorithm");
  GcoapCredentialNode *hash = gcoap_credential_node_get (node, "hash");
  GcoapCredentialNode *window = gcoap_credential_node_get (node, "window");

  if (algorithm != NULL)
    {
      if (algorithm->type != GCOAP_CBOR_TYPE_UNSIGNED || !is_aead (algorithm->number))
        return gcoap_credential_map_fail (self, algorithm, error,
                                          "“algorithm” must be the number of an AEAD algorithm of COSE");
      parameters->algorithm = (gint) algorithm->number;
    }
  if (hash != NULL)
    {
      static const char *const hashes[] = { "sha256", "sha512", NULL };

      if (hash->type != GCOAP_CBOR_TYPE_TEXT || !g_strv_contains (hashes, hash->data))
        return gcoap_credential_map_fail (self, hash, error, "“hash” must be “sha256” or “sha512”");
      g_free (parameters->hash);
      parameters->hash = g_strdup (hash->data);
    }
  if (window != NULL)
    {
      if (window->type != GCOAP_CBOR_TYPE_UNSIGNED || window->number < 1 || window->number > MAX_WINDOW)
        return gcoap_credential_map_fail (self, window, error, "“window” must be a number from 1 to %d", MAX_WINDOW);
      parameters->window = (guint) window->number;
    }
  return TRUE;
}

static GcoapCredential *
take_parameters (GcoapCredentialMap  *self,
                 GcoapCredentialNode *node,
                 GError             **error)
{
  g_autoptr (GcoapOscoreCredential) credential = NULL;
  g_autoptr (GBytes) secret = NULL;
  g_autoptr (GBytes) sender_id = NULL;
  g_autoptr (GBytes) recipient_id = NULL;
  GcoapOscoreParameters *parameters;
  GError *cause = NULL;

  self->has_secrets = TRUE;
  secret = take_bytes (self, node, "secret", error);
  if (secret == NULL)
    return NULL;
  sender_id = take_bytes (self, node, "sender-id", error);
  if (sender_id == NULL)
    return NULL;
  recipient_id = take_bytes (self, node, "recipient-id", error);
  if (recipient_id == NULL)
    return NULL;
  credential = gcoap_oscore_credential_new (secret, sender_id, recipient_id, &cause);
  if (credential == NULL)
    {
      gcoap_credential_map_wrap (self, node, cause, error);
      return NULL;
    }
  parameters = gcoap_oscore_credential_peek_parameters (credential);
  parameters->is_static = TRUE;
  if (!take_optional_bytes (self, node, "salt", MAX_SALT, &parameters->master_salt, error)
      || !take_optional_bytes (self, node, "id-context", MAX_ID_CONTEXT, &parameters->id_context, error)
      || !take_numbers (self, node, parameters, error))
    return NULL;
  return GCOAP_CREDENTIAL (g_steal_pointer (&credential));
}

gboolean
gcoap_credential_map_take_oscore (GcoapCredentialMap  *self,
                                  GcoapCredentialNode *node,
                                  GError             **error)
{
  static const char *const keys[] = {
    "basedir", "contextfile", "secret", "salt", "sender-id", "recipient-id", "id-context", "algorithm", "hash",
    "window", NULL,
  };
  GcoapCredential *credential;

  if (!gcoap_credential_map_check_keys (self, node, "oscore", keys, error))
    return FALSE;
  if (gcoap_credential_node_get (node, "basedir") != NULL || gcoap_credential_node_get (node, "contextfile") != NULL)
    credential = take_directory (self, node, error);
  else
    credential = take_parameters (self, node, error);
  node->credential = (GObject *) credential;
  return credential != NULL;
}

gboolean
gcoap_credential_map_take_edhoc (GcoapCredentialMap  *self,
                                 GcoapCredentialNode *node,
                                 GError             **error)
{
  static const char *const keys[] = {
    "suite", "method", "own_cred_style", "peer_cred", "own_cred", "private_key_file", "private_key", NULL,
  };

  if (!gcoap_credential_map_check_keys (self, node, "edhoc-oscore", keys, error))
    return FALSE;
  if (gcoap_credential_node_get (node, "private_key") != NULL)
    self->has_secrets = TRUE;
  node->credential = G_OBJECT (gcoap_unsupported_credential_new ("EDHOC", GCOAP_SECURITY_OSCORE));
  return TRUE;
}
