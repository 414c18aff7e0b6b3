/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tls-resumptions-private.h"

#include "credentials/gcoap-credential-store-private.h"

struct _GcoapTlsResumptions
{
  guint                 ref_count;
  GcoapCredentialStore *store;
  GQueue                entries;   /* of Resumption, oldest first */
};

typedef struct
{
  char            *server;
  GcoapCredential *credential;
  GBytes          *bytes;
} Resumption;

static void
resumption_free (gpointer data)
{
  Resumption *self = data;

  g_free (self->server);
  g_object_unref (self->credential);
  g_bytes_unref (self->bytes);
  g_free (self);
}

GcoapTlsResumptions *
gcoap_tls_resumptions_new (GcoapCredentialStore *store)
{
  GcoapTlsResumptions *self = g_new0 (GcoapTlsResumptions, 1);

  self->ref_count = 1;
  self->store = g_object_ref (store);
  g_queue_init (&self->entries);
  return self;
}

GcoapTlsResumptions *
gcoap_tls_resumptions_ref (GcoapTlsResumptions *self)
{
  self->ref_count++;
  return self;
}

void
gcoap_tls_resumptions_unref (GcoapTlsResumptions *self)
{
  if (--self->ref_count > 0)
    return;
  gcoap_tls_resumptions_clear (self);
  g_object_unref (self->store);
  g_free (self);
}

/* A store that was loaded again has other objects of the same content. */
static GList *
find (GcoapTlsResumptions *self,
      const char          *server,
      GcoapCredential     *credential)
{
  for (GList *l = self->entries.head; l != NULL; l = l->next)
    {
      Resumption *entry = l->data;

      if (g_str_equal (entry->server, server) && gcoap_credential_equal (entry->credential, credential))
        return l;
    }
  return NULL;
}

GBytes *
gcoap_tls_resumptions_take (GcoapTlsResumptions *self,
                            const char          *server,
                            GcoapCredential     *credential)
{
  GList *l = find (self, server, credential);
  GBytes *bytes;

  if (l == NULL)
    return NULL;
  bytes = g_bytes_ref (((Resumption *) l->data)->bytes);
  resumption_free (l->data);
  g_queue_delete_link (&self->entries, l);
  return bytes;
}

void
gcoap_tls_resumptions_add (GcoapTlsResumptions *self,
                           const char          *server,
                           GcoapCredential     *credential,
                           GBytes              *resumption,
                           guint                maximum)
{
  g_autoptr (GBytes) before = gcoap_tls_resumptions_take (self, server, credential);
  Resumption *entry;

  if (resumption == NULL)
    return;
  if (maximum == 0 || !gcoap_credential_store_authorizes (self->store, credential, NULL))
    {
      g_bytes_unref (resumption);
      return;
    }
  while (self->entries.length >= maximum)
    resumption_free (g_queue_pop_head (&self->entries));
  entry = g_new0 (Resumption, 1);
  entry->server = g_strdup (server);
  entry->credential = g_object_ref (credential);
  entry->bytes = resumption;
  g_queue_push_tail (&self->entries, entry);
}

void
gcoap_tls_resumptions_prune (GcoapTlsResumptions *self)
{
  for (GList *l = self->entries.head; l != NULL;)
    {
      GList *next = l->next;

      if (!gcoap_credential_store_authorizes (self->store, ((Resumption *) l->data)->credential, NULL))
        {
          resumption_free (l->data);
          g_queue_delete_link (&self->entries, l);
        }
      l = next;
    }
}

void
gcoap_tls_resumptions_clear (GcoapTlsResumptions *self)
{
  g_queue_clear_full (&self->entries, resumption_free);
}
