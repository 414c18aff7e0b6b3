/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-request-rates-private.h"

#define MINUTE (60 * G_USEC_PER_SEC)

/* What may be asked at once, as a part of what may be asked in a minute. */
#define BURST (MINUTE / 4)

struct _GcoapRequestRates
{
  GHashTable *peers;    /* (element-type GcoapEndpointAddress gint64): when the bucket is full again */
  gint64      others;   /* the same, for all peers that are not in the table */
};

static guint
address_hash (gconstpointer address)
{
  return gcoap_endpoint_address_hash ((GcoapEndpointAddress *) address);
}

static gboolean
address_equal (gconstpointer a,
               gconstpointer b)
{
  return gcoap_endpoint_address_equal ((GcoapEndpointAddress *) a, (GcoapEndpointAddress *) b);
}

GcoapRequestRates *
gcoap_request_rates_new (void)
{
  GcoapRequestRates *self = g_new0 (GcoapRequestRates, 1);

  self->peers = g_hash_table_new_full (address_hash, address_equal, g_object_unref, g_free);
  self->others = G_MININT64;
  return self;
}

void
gcoap_request_rates_free (GcoapRequestRates *self)
{
  g_hash_table_unref (self->peers);
  g_free (self);
}

guint
gcoap_request_rates_get_n_peers (GcoapRequestRates *self)
{
  return g_hash_table_size (self->peers);
}

static gboolean
is_full (gpointer key G_GNUC_UNUSED,
         gpointer value,
         gpointer now)
{
  return *(gint64 *) value <= *(gint64 *) now;
}

/* The bucket of a peer. A full one need not be remembered. */
static gint64 *
find (GcoapRequestRates    *self,
      GcoapEndpointAddress *address,
      gint64                now)
{
  gint64 *full_at = g_hash_table_lookup (self->peers, address);

  if (full_at != NULL)
    return full_at;
  if (g_hash_table_size (self->peers) >= GCOAP_REQUEST_RATES_MAX_PEERS)
    {
      /* While the shared bucket is empty nobody in it is served, so there is no
       * need to look for room each time. */
      if (self->others <= now)
        g_hash_table_foreach_remove (self->peers, is_full, &now);
      if (g_hash_table_size (self->peers) >= GCOAP_REQUEST_RATES_MAX_PEERS)
        return &self->others;
    }
  full_at = g_new (gint64, 1);
  *full_at = now;
  g_hash_table_insert (self->peers, g_object_ref (address), full_at);
  return full_at;
}

guint
gcoap_request_rates_take (GcoapRequestRates    *self,
                          GcoapEndpointAddress *address,
                          guint                 per_minute,
                          gint64                now)
{
  gint64 *full_at = find (self, address, now);
  gint64 share = MINUTE / per_minute;
  gint64 depth = MAX (BURST, share);

  if (*full_at < now)
    *full_at = now;
  if (*full_at + share > now + depth)
    return (guint) ((*full_at + share - now - depth + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  *full_at += share;
  return 0;
}
