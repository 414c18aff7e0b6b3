/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One entry of a credential map, and what references, "any" and "all" make of
 * several. */
#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "credentials/gcoap-unsupported-credential-private.h"

static const char *const kind_names[GCOAP_CREDENTIAL_N_KINDS] = { "dtls", "tls", "oscore" };

/* Adds one credential. Of several the first is the choice, unless it is not
 * supported; without a choice there must be one only. */
static gboolean
add (GcoapCredentialMap  *self,
     GcoapCredentialSet  *set,
     guint                kind,
     GcoapCredential     *credential,
     GcoapCredentialNode *node,
     gboolean             is_choice,
     GError             **error)
{
  GcoapCredential *present = set->credentials[kind];

  if (present != NULL && present != credential)
    {
      if (!is_choice)
        return gcoap_credential_map_fail (self, node, error, "this contradicts another “%s” of the same entry",
                                          kind_names[kind]);
      if (!GCOAP_IS_UNSUPPORTED_CREDENTIAL (present))
        return TRUE;
    }
  set->credentials[kind] = credential;
  set->nodes[kind] = node;
  return TRUE;
}

static gboolean
resolve_kind (GcoapCredentialMap  *self,
              GcoapCredentialNode *key,
              GcoapCredentialNode *node,
              GcoapCredentialSet  *set,
              GError             **error)
{
  GcoapCredentialKind kind = GCOAP_CREDENTIAL_KIND_OSCORE;
  gboolean success = TRUE;

  if (g_str_equal (key->data, "dtls"))
    kind = GCOAP_CREDENTIAL_KIND_DTLS;
  else if (g_str_equal (key->data, "tls"))
    kind = GCOAP_CREDENTIAL_KIND_TLS;

  if (node->credential == NULL)
    {
      if (kind != GCOAP_CREDENTIAL_KIND_OSCORE)
        success = gcoap_credential_map_take_session (self, node, kind, error);
      else if (g_str_equal (key->data, "oscore"))
        success = gcoap_credential_map_take_oscore (self, node, error);
      else
        success = gcoap_credential_map_take_edhoc (self, node, error);
    }
  return success && add (self, set, kind, GCOAP_CREDENTIAL (node->credential), key, FALSE, error);
}

static gboolean
resolve_list (GcoapCredentialMap  *self,
              GcoapCredentialNode *key,
              GcoapCredentialNode *list,
              GcoapCredentialSet  *set,
              GError             **error)
{
  gboolean is_choice = g_str_equal (key->data, "any");

  if (!gcoap_credential_map_check_type (self, list, GCOAP_CBOR_TYPE_ARRAY, key->data, error))
    return FALSE;
  if (gcoap_credential_node_get_n_values (list) == 0)
    return gcoap_credential_map_fail (self, list, error, "“%s” must have at least one entry", key->data);
  for (guint i = 0; i < gcoap_credential_node_get_n_values (list); i++)
    {
      GcoapCredentialNode *node = gcoap_credential_node_get_value (list, i);
      GcoapCredentialSet found = { { NULL }, { NULL } };

      if (!gcoap_credential_map_resolve (self, node, &found, error))
        return FALSE;
      for (guint kind = 0; kind < GCOAP_CREDENTIAL_N_KINDS; kind++)
        if (found.credentials[kind] != NULL
            && !add (self, set, kind, found.credentials[kind], node, is_choice, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
resolve_map (GcoapCredentialMap  *self,
             GcoapCredentialNode *node,
             GcoapCredentialSet  *set,
             GError             **error)
{
  static const char *const keys[] = { "dtls", "tls", "oscore", "edhoc-oscore", "any", "all", NULL };
  guint n = gcoap_credential_node_get_n_values (node);

  if (!gcoap_credential_map_check_keys (self, node, "A credential", keys, error))
    return FALSE;
  if (n == 0)
    return gcoap_credential_map_fail (self, node, error, "this entry says nothing");
  for (guint i = 0; i < n; i++)
    {
      GcoapCredentialNode *key = gcoap_credential_node_get_key (node, i);
      GcoapCredentialNode *value = gcoap_credential_node_get_value (node, i);
      gboolean is_list = g_str_equal (key->data, "any") || g_str_equal (key->data, "all");

      if (is_list && n > 1)
        return gcoap_credential_map_fail (self, key, error, "“%s” stands alone in an entry", key->data);
      if (is_list ? !resolve_list (self, key, value, set, error) : !resolve_kind (self, key, value, set, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
resolve_reference (GcoapCredentialMap  *self,
                   GcoapCredentialNode *node,
                   GcoapCredentialSet  *set,
                   GError             **error)
{
  GcoapCredentialNode *target = *node->data == ':' ? gcoap_credential_node_get (self->root, node->data) : NULL;

  if (*node->data != ':')
    return gcoap_credential_map_fail (self, node, error, "a reference must begin with a colon");
  if (target == NULL)
    return gcoap_credential_map_fail (self, node, error, "there is no entry “%.64s”", node->data);
  return gcoap_credential_map_resolve (self, target, set, error);
}

gboolean
gcoap_credential_map_resolve (GcoapCredentialMap  *self,
                              GcoapCredentialNode *node,
                              GcoapCredentialSet  *set,
                              GError             **error)
{
  gboolean success;

  if (self->n_visits++ >= GCOAP_CREDENTIAL_MAX_VISITS)
    return gcoap_credential_map_fail_code (self, node, GCOAP_ERROR_LIMIT, error,
                                           "entries and references lead to more than %d credentials",
                                           GCOAP_CREDENTIAL_MAX_VISITS);
  if (node->is_busy)
    return gcoap_credential_map_fail (self, node, error, "references lead in a circle");
  if (self->depth >= GCOAP_CREDENTIAL_MAX_REFERENCES)
    return gcoap_credential_map_fail_code (self, node, GCOAP_ERROR_LIMIT, error,
                                           "references and lists lead through more than %d others",
                                           GCOAP_CREDENTIAL_MAX_REFERENCES);
  self->depth++;
  node->is_busy = TRUE;
  if (node->type == GCOAP_CBOR_TYPE_TEXT)
    success = resolve_reference (self, node, set, error);
  else
    success = resolve_map (self, node, set, error);
  node->is_busy = FALSE;
  self->depth--;
  return success;
}
