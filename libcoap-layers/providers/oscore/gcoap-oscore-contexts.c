/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-contexts-private.h"

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-store-private.h"

struct _GcoapOscoreContexts
{
  GcoapRuntime         *runtime;
  GcoapCredentialStore *client;
  GcoapCredentialStore *server;
  guint64               client_serial;
  guint64               server_serial;
  GPtrArray            *slots;          /* (element-type GcoapOscoreSlot) */
  GHashTable           *by_credential;  /* (element-type GcoapCredential GcoapOscoreSlot), keys owned */
  GHashTable           *by_kid;         /* (element-type gint64 GPtrArray) */
  GPtrArray            *unread;         /* whose Recipient ID is not known yet */
  GPtrArray            *found;          /* by the latest search */
  GHashTable           *by_alias;       /* of what is alike at first sight, (element-type utf8 GPtrArray) */
  gboolean              has_patterns;
  gboolean              is_stale;
  gboolean              is_ending;
};

static void
slot_free (gpointer data)
{
  gcoap_oscore_slot_unref (data);
}

GcoapOscoreContexts *
gcoap_oscore_contexts_new (GcoapRuntime *runtime)
{
  GcoapOscoreContexts *self = g_rc_box_new0 (GcoapOscoreContexts);

  self->runtime = g_object_ref (runtime);
  self->slots = g_ptr_array_new_with_free_func (slot_free);
  self->by_credential = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->by_kid = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->unread = g_ptr_array_new ();
  self->found = g_ptr_array_new ();
  self->by_alias = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) g_ptr_array_unref);
  return self;
}

static void
clear (gpointer data)
{
  GcoapOscoreContexts *self = data;

  g_hash_table_unref (self->by_alias);
  g_hash_table_unref (self->by_kid);
  g_ptr_array_unref (self->unread);
  g_ptr_array_unref (self->found);
  g_hash_table_unref (self->by_credential);
  g_ptr_array_unref (self->slots);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_object_unref (self->runtime);
}

GcoapOscoreContexts *
gcoap_oscore_contexts_ref (GcoapOscoreContexts *self)
{
  return g_rc_box_acquire (self);
}

void
gcoap_oscore_contexts_unref (GcoapOscoreContexts *self)
{
  g_rc_box_release_full (self, clear);
}

void
gcoap_oscore_contexts_set_stores (GcoapOscoreContexts  *self,
                                  GcoapCredentialStore *client,
                                  GcoapCredentialStore *server)
{
  g_set_object (&self->client, client);
  g_set_object (&self->server, server);
  self->is_stale = TRUE;
}

static void
append_id (GString *text,
           GBytes  *id)
{
  gsize length = 0;
  const guint8 *data = id != NULL ? g_bytes_get_data (id, &length) : NULL;

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);
  g_string_append_c (text, '/');
}

/* Two credentials that are equal have it in common, and few that are not. */
static char *
make_alias (GcoapOscoreCredential *credential)
{
  const char *directory = gcoap_oscore_credential_get_directory (credential);
  GString *text = g_string_new (directory);

  g_string_append_c (text, '\n');
  append_id (text, gcoap_oscore_credential_get_sender_id (credential));
  append_id (text, gcoap_oscore_credential_get_recipient_id (credential));
  return g_string_free (text, FALSE);
}

/* The same context may be named by several credentials: by the one of a
 * client's and the one of a server's store, or by one that was loaded anew. */
static GcoapOscoreSlot *
find_alike (GcoapOscoreContexts   *self,
            GcoapOscoreCredential *credential,
            GPtrArray            **alike)
{
  g_autofree char *alias = make_alias (credential);

  *alike = g_hash_table_lookup (self->by_alias, alias);
  if (*alike == NULL)
    {
      *alike = g_ptr_array_new ();
      g_hash_table_insert (self->by_alias, g_steal_pointer (&alias), *alike);
    }
  for (guint i = 0; i < (*alike)->len; i++)
    {
      GcoapOscoreSlot *slot = g_ptr_array_index (*alike, i);

      if (gcoap_credential_equal (GCOAP_CREDENTIAL (slot->credential), GCOAP_CREDENTIAL (credential)))
        return slot;
    }
  return NULL;
}

/* By Recipient ID, which stays what it is when keys are derived again. */

/* Bytes and length in one number, which is FALSE for what no context can have. */
static gboolean
pack_kid (const guint8 *kid,
          gsize         length,
          guint64      *packed)
{
  if (length > GCOAP_OSCORE_MAX_ID)
    return FALSE;
  *packed = length << 56;
  for (gsize i = 0; i < length; i++)
    *packed |= (guint64) kid[i] << (8 * i);
  return TRUE;
}

static gboolean
read_kid (GcoapOscoreSlot *slot,
          guint64         *packed)
{
  GBytes *id = gcoap_oscore_credential_get_recipient_id (slot->credential);
  gsize length;
  const guint8 *data;

  if (slot->context != NULL)
    {
      GcoapOscoreKeys *keys = gcoap_oscore_context_get_keys (slot->context);

      return pack_kid (keys->recipient_id, keys->recipient_id_length, packed);
    }
  if (id == NULL)
    return FALSE;
  data = g_bytes_get_data (id, &length);
  return pack_kid (data, length, packed);
}

/* Returns whether it has found its place. */
static gboolean
add_by_kid (GcoapOscoreContexts *self,
            GcoapOscoreSlot     *slot)
{
  GPtrArray *same;

  if (!read_kid (slot, &slot->kid))
    return FALSE;
  same = g_hash_table_lookup (self->by_kid, &slot->kid);
  if (same == NULL)
    {
      same = g_ptr_array_new ();
      g_hash_table_insert (self->by_kid, g_memdup2 (&slot->kid, sizeof slot->kid), same);
    }
  g_ptr_array_add (same, slot);
  slot->has_kid = TRUE;
  return TRUE;
}

static void
remove_by_kid (GcoapOscoreContexts *self,
               GcoapOscoreSlot     *slot)
{
  GPtrArray *same;

  if (!slot->has_kid)
    {
      g_ptr_array_remove_fast (self->unread, slot);
      return;
    }
  same = g_hash_table_lookup (self->by_kid, &slot->kid);
  g_ptr_array_remove_fast (same, slot);
  if (same->len == 0)
    g_hash_table_remove (self->by_kid, &slot->kid);
}

static void
list_cb (GcoapOscoreCredential *credential,
         const char            *client,
         gpointer               user_data)
{
  GcoapOscoreContexts *self = user_data;
  GcoapOscoreSlot *slot = g_hash_table_lookup (self->by_credential, credential);

  if (slot == NULL)
    {
      GPtrArray *alike;

      slot = find_alike (self, credential, &alike);
      if (slot == NULL)
        {
          slot = gcoap_oscore_slot_new (self->runtime, credential, client);
          g_ptr_array_add (self->slots, slot);
          g_ptr_array_add (alike, slot);
          if (!add_by_kid (self, slot))
            g_ptr_array_add (self->unread, slot);
        }
      g_hash_table_insert (self->by_credential, g_object_ref (credential), slot);
    }
  slot->is_listed = TRUE;
}

static void
unlist (GcoapOscoreContexts *self,
        GcoapOscoreSlot     *slot)
{
  g_autofree char *alias = make_alias (slot->credential);
  GPtrArray *alike = g_hash_table_lookup (self->by_alias, alias);

  g_ptr_array_remove (alike, slot);
  if (alike->len == 0)
    g_hash_table_remove (self->by_alias, alias);
  remove_by_kid (self, slot);
  gcoap_oscore_slot_shut (slot, NULL, NULL);
}

static gboolean
is_unlisted (gpointer key G_GNUC_UNUSED,
             gpointer value,
             gpointer user_data G_GNUC_UNUSED)
{
  return !((GcoapOscoreSlot *) value)->is_listed;
}

/* Makes the slots follow the stores. What a store has no more is closed, and
 * what was protected with it ends. */
static void
refresh (GcoapOscoreContexts *self)
{
  guint64 client_serial = self->client != NULL ? gcoap_credential_store_get_serial (self->client) : 0;
  guint64 server_serial = self->server != NULL ? gcoap_credential_store_get_serial (self->server) : 0;

  if (!self->is_stale && client_serial == self->client_serial && server_serial == self->server_serial)
    return;
  self->is_stale = FALSE;
  self->client_serial = client_serial;
  self->server_serial = server_serial;
  self->has_patterns = self->client != NULL
                       && gcoap_credential_store_has_pattern (self->client, GCOAP_SECURITY_OSCORE);

  for (guint i = 0; i < self->slots->len; i++)
    ((GcoapOscoreSlot *) g_ptr_array_index (self->slots, i))->is_listed = FALSE;
  if (self->server != NULL)
    gcoap_credential_store_foreach_context (self->server, list_cb, self);
  if (self->client != NULL)
    gcoap_credential_store_foreach_context (self->client, list_cb, self);

  g_hash_table_foreach_remove (self->by_credential, is_unlisted, NULL);
  for (guint i = self->slots->len; i-- > 0;)
    {
      GcoapOscoreSlot *slot = g_ptr_array_index (self->slots, i);

      if (slot->is_listed)
        continue;
      unlist (self, slot);
      g_ptr_array_remove_index_fast (self->slots, i);
    }
}

guint
gcoap_oscore_contexts_get_n_slots (GcoapOscoreContexts *self)
{
  if (!self->is_ending)
    refresh (self);
  return self->slots->len;
}

GPtrArray *
gcoap_oscore_contexts_find (GcoapOscoreContexts *self,
                            const guint8        *kid,
                            gsize                kid_length)
{
  GPtrArray *same = NULL;
  guint64 packed;

  if (!self->is_ending)
    refresh (self);
  /* Those that have been opened since. */
  for (guint i = self->unread->len; i-- > 0;)
    if (add_by_kid (self, g_ptr_array_index (self->unread, i)))
      g_ptr_array_remove_index_fast (self->unread, i);
  if (pack_kid (kid, kid_length, &packed))
    same = g_hash_table_lookup (self->by_kid, &packed);
  if (same != NULL && self->unread->len == 0)
    return same;
  g_ptr_array_set_size (self->found, 0);
  if (same != NULL)
    g_ptr_array_extend (self->found, same, NULL, NULL);
  g_ptr_array_extend (self->found, self->unread, NULL, NULL);
  return self->found;
}

gboolean
gcoap_oscore_contexts_has_patterns (GcoapOscoreContexts *self)
{
  if (!self->is_ending)
    refresh (self);
  return self->has_patterns;
}

GcoapOscoreSlot *
gcoap_oscore_contexts_lookup (GcoapOscoreContexts *self,
                              const char          *uri,
                              GError             **error)
{
  GcoapCredential *credential = gcoap_credential_store_lookup (self->client, uri, GCOAP_SECURITY_OSCORE, error);
  GcoapOscoreSlot *slot;

  if (credential == NULL)
    return NULL;
  slot = g_hash_table_lookup (self->by_credential, credential);
  if (slot == NULL)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                 "%s cannot be asked: its OSCORE context has been closed.", uri);
  return slot;
}

void
gcoap_oscore_contexts_end_waiting (GcoapOscoreContexts *self)
{
  self->is_ending = TRUE;
  for (guint i = 0; i < self->slots->len; i++)
    gcoap_oscore_slot_end_waiting (g_ptr_array_index (self->slots, i));
}

/* Closing */

static void
closing_step (GTask *task)
{
  gsize pending = GPOINTER_TO_SIZE (g_task_get_task_data (task)) - 1;

  g_task_set_task_data (task, GSIZE_TO_POINTER (pending), NULL);
  if (pending == 0)
    g_task_return_boolean (task, TRUE);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GcoapOscoreContext *context = GCOAP_OSCORE_CONTEXT (source);
  g_autoptr (GError) error = NULL;

  /* The storage says “unknown” then, and what comes of that is provided for. */
  if (!gcoap_oscore_context_close_finish (context, result, &error)
      && !gcoap_oscore_context_has_told_failure (context))
    g_message ("%s", error->message);
  closing_step (task);
}

void
gcoap_oscore_contexts_close_async (GcoapOscoreContexts *self,
                                   gpointer             source_object,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (source_object, NULL, callback, user_data);

  g_task_set_source_tag (task, gcoap_oscore_contexts_close_async);
  /* One more than there are, so that the end does not come in the loop. */
  g_task_set_task_data (task, GSIZE_TO_POINTER (1), NULL);
  gcoap_oscore_contexts_end_waiting (self);
  for (guint i = 0; i < self->slots->len; i++)
    {
      GTask *held = g_object_ref (task);

      if (!gcoap_oscore_slot_shut (g_ptr_array_index (self->slots, i), closed_cb, held))
        {
          g_object_unref (held);
          continue;
        }
      g_task_set_task_data (task, GSIZE_TO_POINTER (GPOINTER_TO_SIZE (g_task_get_task_data (task)) + 1), NULL);
    }
  closing_step (task);
}
