/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: three lists with a ceiling, and a serial that rises with every
 * change of them. */
#include "credentials/gcoap-credential-store.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-pattern-private.h"
#include "credentials/gcoap-credential-store-impl-private.h"
#include "credentials/gcoap-key-material-private.h"
#include "credentials/gcoap-unsupported-credential-private.h"

/**
 * GCOAP_CREDENTIAL_STORE_MAX_ENTRIES:
 *
 * How many entries each of the lists of a credential store may have: those for
 * URIs, the server's own, and its clients.
 *
 * Since: 0.1
 */

/**
 * GcoapCredentialStore:
 *
 * All credentials of a program.
 *
 * For a client it says which credential is for which URI; for a server what it
 * shows to its clients, and which clients it knows by which name. When
 * something is taken away or replaced, transports check the sessions that were
 * made with it anew.
 *
 * A store belongs to the thread of the stacks that use it.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GcoapCredentialStore, gcoap_credential_store, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SERIAL,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

GcoapCredentialEntry *
gcoap_credential_entry_new (const char      *name,
                            GcoapCredential *credential,
                            const char      *key_hash)
{
  GcoapCredentialEntry *self = g_new0 (GcoapCredentialEntry, 1);

  self->name = g_strdup (name);
  self->credential = credential != NULL ? g_object_ref (credential) : NULL;
  self->key_hash = g_strdup (key_hash);
  return self;
}

static void
entry_free (gpointer data)
{
  GcoapCredentialEntry *self = data;

  g_free (self->name);
  g_clear_object (&self->credential);
  g_free (self->key_hash);
  g_free (self);
}

static void
gcoap_credential_store_finalize (GObject *object)
{
  GcoapCredentialStore *self = GCOAP_CREDENTIAL_STORE (object);

  g_ptr_array_unref (self->patterns);
  g_ptr_array_unref (self->own);
  g_ptr_array_unref (self->clients);
  g_hash_table_unref (self->psks);
  G_OBJECT_CLASS (gcoap_credential_store_parent_class)->finalize (object);
}

static void
gcoap_credential_store_get_property (GObject    *object,
                                     guint       property_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_SERIAL:
      g_value_set_uint64 (value, GCOAP_CREDENTIAL_STORE (object)->serial);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_credential_store_class_init (GcoapCredentialStoreClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = gcoap_credential_store_finalize;
  object_class->get_property = gcoap_credential_store_get_property;

  /**
   * GcoapCredentialStore:serial: (getter get_serial)
   *
   * A number that rises with every change.
   *
   * Since: 0.1
   */
  properties[PROP_SERIAL] =
    g_param_spec_uint64 ("serial", NULL, NULL, 0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_credential_store_init (GcoapCredentialStore *self)
{
  self->patterns = g_ptr_array_new_with_free_func (entry_free);
  self->own = g_ptr_array_new_with_free_func (entry_free);
  self->clients = g_ptr_array_new_with_free_func (entry_free);
  gcoap_credential_store_init_psks (self);
}

/**
 * gcoap_credential_store_new:
 *
 * Makes a store that is empty.
 *
 * Returns: (transfer full): a new store
 *
 * Since: 0.1
 */
GcoapCredentialStore *
gcoap_credential_store_new (void)
{
  return g_object_new (GCOAP_TYPE_CREDENTIAL_STORE, NULL);
}

/**
 * gcoap_credential_store_get_serial: (get-property serial)
 * @self: a store
 *
 * Gets a number that rises with every change.
 *
 * Returns: the serial
 *
 * Since: 0.1
 */
guint64
gcoap_credential_store_get_serial (GcoapCredentialStore *self)
{
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), 0);

  return self->serial;
}

void
gcoap_credential_store_change (GcoapCredentialStore *self)
{
  self->serial++;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SERIAL]);
}

static void
swap_arrays (GPtrArray **a,
             GPtrArray **b)
{
  GPtrArray *array = *a;

  *a = *b;
  *b = array;
}

void
gcoap_credential_store_replace (GcoapCredentialStore *self,
                                GcoapCredentialStore *other)
{
  GHashTable *psks = self->psks;

  swap_arrays (&self->patterns, &other->patterns);
  swap_arrays (&self->own, &other->own);
  swap_arrays (&self->clients, &other->clients);
  self->psks = other->psks;
  other->psks = psks;
  /* The index is keyed by this. */
  memcpy (self->index_key, other->index_key, sizeof self->index_key);
  gcoap_credential_store_change (self);
}

gboolean
gcoap_credential_store_has_room (GPtrArray *entries,
                                 GError   **error)
{
  if (entries->len < GCOAP_CREDENTIAL_STORE_MAX_ENTRIES)
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
               "A credential store takes no more than %d entries of a kind.",
               GCOAP_CREDENTIAL_STORE_MAX_ENTRIES);
  return FALSE;
}

/**
 * gcoap_credential_store_add:
 * @self: a store
 * @pattern: a pattern of URIs
 * @credential: what a client uses for them
 * @error: where an error goes
 *
 * Adds a credential for requests to certain URIs.
 *
 * A pattern is `*`, or a URI without a query: `coaps://host:port/path`, or with
 * a star behind its last slash. The most specific
 * one wins. A credential with the same pattern for the same kind of security is
 * replaced. It fails with %GCOAP_ERROR_INVALID_URI or
 * %GCOAP_ERROR_INVALID_ARGUMENT when it is no pattern, and with
 * %GCOAP_ERROR_LIMIT when there are [const@CREDENTIAL_STORE_MAX_ENTRIES].
 *
 * Returns: %FALSE with an error
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_add (GcoapCredentialStore *self,
                            const char           *pattern,
                            GcoapCredential      *credential,
                            GError              **error)
{
  g_autofree char *normalized = NULL;
  GcoapSecurity security;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (pattern != NULL, FALSE);
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL (credential), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gcoap_credential_pattern_check (pattern, error))
    return FALSE;
  normalized = gcoap_credential_pattern_normalize (pattern);
  security = gcoap_credential_get_security (credential);
  for (guint i = 0; i < self->patterns->len; i++)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->patterns, i);

      if (g_str_equal (entry->name, normalized)
          && gcoap_credential_get_security (entry->credential) == security)
        {
          if (g_set_object (&entry->credential, credential))
            gcoap_credential_store_change (self);
          return TRUE;
        }
    }
  if (!gcoap_credential_store_has_room (self->patterns, error))
    return FALSE;
  /* The later of two that are for the same is found: it comes first. */
  g_ptr_array_insert (self->patterns, 0, gcoap_credential_entry_new (normalized, credential, NULL));
  gcoap_credential_store_change (self);
  return TRUE;
}

/**
 * gcoap_credential_store_remove:
 * @self: a store
 * @pattern: a pattern of URIs
 *
 * Takes all credentials away that were added with this pattern.
 *
 * Returns: %FALSE if there were none
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_remove (GcoapCredentialStore *self,
                               const char           *pattern)
{
  g_autofree char *normalized = NULL;
  guint n_before;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (pattern != NULL, FALSE);

  n_before = self->patterns->len;
  normalized = gcoap_credential_pattern_normalize (pattern);
  for (guint i = n_before; normalized != NULL && i-- > 0;)
    if (g_str_equal (((GcoapCredentialEntry *) g_ptr_array_index (self->patterns, i))->name, normalized))
      g_ptr_array_remove_index (self->patterns, i);
  if (self->patterns->len == n_before)
    return FALSE;
  gcoap_credential_store_change (self);
  return TRUE;
}

/**
 * gcoap_credential_store_lookup:
 * @self: a store
 * @uri: a CoAP URI
 * @security: one kind of security
 * @error: where an error goes
 *
 * Finds the credential for a request.
 *
 * Returns: (transfer none) (nullable): the credential with the most specific
 *   pattern, or %NULL: without an error if there is none, with
 *   %GCOAP_ERROR_INVALID_URI if it is no URI, and with %GCOAP_ERROR_UNSUPPORTED
 *   if a credential map has one of a kind that is not supported yet
 *
 * Since: 0.1
 */
GcoapCredential *
gcoap_credential_store_lookup (GcoapCredentialStore *self,
                               const char           *uri,
                               GcoapSecurity         security,
                               GError              **error)
{
  g_autofree char *subject = NULL;
  GcoapCredential *best = NULL;
  gsize best_match = 0;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), NULL);
  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  subject = gcoap_credential_pattern_subject (uri, error);
  if (subject == NULL)
    return NULL;
  for (guint i = 0; i < self->patterns->len; i++)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->patterns, i);
      gsize match = gcoap_credential_pattern_match (entry->name, subject);

      if (match > best_match && (gcoap_credential_get_security (entry->credential) & security) != 0)
        {
          best = entry->credential;
          best_match = match;
        }
    }
  if (GCOAP_IS_UNSUPPORTED_CREDENTIAL (best))
    {
      gcoap_unsupported_credential_fail (GCOAP_UNSUPPORTED_CREDENTIAL (best), subject, error);
      return NULL;
    }
  return best;
}

void
gcoap_credential_store_foreach_context (GcoapCredentialStore      *self,
                                        GcoapCredentialContextFunc func,
                                        gpointer                   user_data)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->clients, i);

      if (GCOAP_IS_OSCORE_CREDENTIAL (entry->credential))
        func (GCOAP_OSCORE_CREDENTIAL (entry->credential), entry->name, user_data);
    }
  for (guint i = 0; i < self->patterns->len; i++)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->patterns, i);

      if (GCOAP_IS_OSCORE_CREDENTIAL (entry->credential))
        func (GCOAP_OSCORE_CREDENTIAL (entry->credential), NULL, user_data);
    }
}

gboolean
gcoap_credential_store_has_pattern (GcoapCredentialStore *self,
                                    GcoapSecurity         security)
{
  for (guint i = 0; i < self->patterns->len; i++)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->patterns, i);

      if ((gcoap_credential_get_security (entry->credential) & security) != 0)
        return TRUE;
    }
  return FALSE;
}
