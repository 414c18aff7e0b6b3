/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-locals-private.h"

#include <string.h>

#define MAGIC 0x55445036   /* "UDP6" */

G_STATIC_ASSERT (sizeof (GcoapUdpLocal) <= GCOAP_LOCAL_MAX_OPAQUE);

void
gcoap_udp_locals_clear (GcoapUdpLocals *self)
{
  for (guint i = 0; i < self->n; i++)
    gcoap_local_unref (self->slots[i].local);
  self->n = self->latest = self->oldest = 0;
}

static inline gboolean
matches (const GcoapUdpLocalSlot *slot,
         const struct in6_addr   *address,
         guint                    interface_index)
{
  return slot->interface_index == interface_index &&
         memcmp (&slot->address, address, sizeof *address) == 0;
}

static GcoapLocal *
make (const struct in6_addr *address,
      guint                  interface_index,
      guint16                port)
{
  GcoapUdpLocal opaque = { .magic = MAGIC, .interface_index = interface_index, .address = *address };
  GcoapUdpKey key = { .address = *address, .port = port };
  g_autofree char *hostinfo = NULL;

  if (IN6_IS_ADDR_LINKLOCAL (address) || IN6_IS_ADDR_MULTICAST (address))
    key.scope_id = interface_index;
  hostinfo = gcoap_udp_key_dup_hostinfo (&key, 0);
  return gcoap_local_new_full (hostinfo, interface_index, gcoap_udp_in6_is_group (address),
                               &opaque, sizeof opaque);
}

GcoapLocal *
gcoap_udp_locals_find (GcoapUdpLocals        *self,
                       const struct in6_addr *address,
                       guint                  interface_index)
{
  GcoapUdpLocalSlot *slot = &self->slots[self->latest];

  if (self->n > 0 && matches (slot, address, interface_index))
    return slot->local;
  for (guint i = 0; i < self->n; i++)
    if (matches (&self->slots[i], address, interface_index))
      {
        self->latest = i;
        return self->slots[i].local;
      }

  if (self->n < GCOAP_UDP_LOCALS_SIZE)
    self->latest = self->n++;
  else
    {
      self->latest = self->oldest;
      self->oldest = (self->oldest + 1) % GCOAP_UDP_LOCALS_SIZE;
      gcoap_local_unref (self->slots[self->latest].local);
    }
  slot = &self->slots[self->latest];
  slot->address = *address;
  slot->interface_index = interface_index;
  slot->local = make (address, interface_index, self->port);
  return slot->local;
}

const GcoapUdpLocal *
gcoap_udp_local_get (GcoapLocal *local)
{
  gsize length;
  const GcoapUdpLocal *opaque = gcoap_local_get_opaque (local, &length);

  return opaque != NULL && length == sizeof *opaque && opaque->magic == MAGIC ? opaque : NULL;
}
