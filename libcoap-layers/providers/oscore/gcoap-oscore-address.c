/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-address-private.h"

#include "interfaces/gcoap-exchange-private.h"

struct _GcoapOscoreAddress
{
  GcoapEndpointAddress parent_instance;

  GcoapEndpointAddress *lower;
  GcoapOscoreSlot      *slot;
};

G_DEFINE_FINAL_TYPE (GcoapOscoreAddress, gcoap_oscore_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static gboolean
gcoap_oscore_address_equal (GcoapEndpointAddress *address,
                            GcoapEndpointAddress *other)
{
  GcoapOscoreAddress *a = (GcoapOscoreAddress *) address;
  GcoapOscoreAddress *b = (GcoapOscoreAddress *) other;

  return a->slot == b->slot && gcoap_endpoint_address_equal (a->lower, b->lower);
}

static guint
gcoap_oscore_address_hash (GcoapEndpointAddress *address)
{
  GcoapOscoreAddress *self = (GcoapOscoreAddress *) address;

  return gcoap_endpoint_address_hash (self->lower) * 33 + g_direct_hash (self->slot);
}

static const char *
gcoap_oscore_address_get_scheme (GcoapEndpointAddress *address)
{
  return gcoap_endpoint_address_get_scheme (GCOAP_OSCORE_ADDRESS (address)->lower);
}

static char *
gcoap_oscore_address_dup_hostinfo (GcoapEndpointAddress *address)
{
  return gcoap_endpoint_address_dup_hostinfo (GCOAP_OSCORE_ADDRESS (address)->lower);
}

static gboolean
gcoap_oscore_address_is_multicast (GcoapEndpointAddress *address)
{
  return gcoap_endpoint_address_is_multicast (GCOAP_OSCORE_ADDRESS (address)->lower);
}

static gboolean
gcoap_oscore_address_is_reliable (GcoapEndpointAddress *address)
{
  return gcoap_endpoint_address_is_reliable (GCOAP_OSCORE_ADDRESS (address)->lower);
}

static gboolean
gcoap_oscore_address_is_public (GcoapEndpointAddress *address)
{
  return gcoap_endpoint_address_is_public (GCOAP_OSCORE_ADDRESS (address)->lower);
}

static gboolean
gcoap_oscore_address_is_secure (GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return TRUE;
}

/* Not those of the lower one as well: who has a session with us may be a proxy,
 * and not the one who made the message. */
static const char *const *
gcoap_oscore_address_get_claims (GcoapEndpointAddress *address)
{
  return (const char *const *) GCOAP_OSCORE_ADDRESS (address)->slot->claims;
}

static void
gcoap_oscore_address_finalize (GObject *object)
{
  GcoapOscoreAddress *self = GCOAP_OSCORE_ADDRESS (object);

  /* One that is kept for reuse has neither. */
  g_clear_object (&self->lower);
  g_clear_pointer (&self->slot, gcoap_oscore_slot_unref);
  G_OBJECT_CLASS (gcoap_oscore_address_parent_class)->finalize (object);
}

static void
gcoap_oscore_address_class_init (GcoapOscoreAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gcoap_oscore_address_finalize;

  address_class->equal = gcoap_oscore_address_equal;
  address_class->hash = gcoap_oscore_address_hash;
  address_class->get_scheme = gcoap_oscore_address_get_scheme;
  address_class->dup_hostinfo = gcoap_oscore_address_dup_hostinfo;
  address_class->is_multicast = gcoap_oscore_address_is_multicast;
  address_class->is_reliable = gcoap_oscore_address_is_reliable;
  address_class->is_public = gcoap_oscore_address_is_public;
  address_class->is_secure = gcoap_oscore_address_is_secure;
  address_class->get_claims = gcoap_oscore_address_get_claims;
}

static void
gcoap_oscore_address_init (GcoapOscoreAddress *self G_GNUC_UNUSED)
{
}

GcoapEndpointAddress *
gcoap_oscore_address_new (GcoapEndpointAddress *lower,
                          GcoapOscoreSlot      *slot)
{
  GcoapOscoreAddress *self = g_object_new (GCOAP_TYPE_OSCORE_ADDRESS, NULL);

  self->lower = g_object_ref (lower);
  self->slot = gcoap_oscore_slot_ref (slot);
  return GCOAP_ENDPOINT_ADDRESS (self);
}

GcoapEndpointAddress *
gcoap_oscore_address_pool_take (GcoapOscoreAddressPool *pool,
                                GcoapEndpointAddress   *lower,
                                GcoapOscoreSlot        *slot)
{
  GcoapOscoreAddress *self;

  if (pool->n_kept == 0)
    return gcoap_oscore_address_new (lower, slot);
  self = pool->kept[--pool->n_kept];
  self->lower = g_object_ref (lower);
  self->slot = gcoap_oscore_slot_ref (slot);
  return GCOAP_ENDPOINT_ADDRESS (self);
}

void
gcoap_oscore_address_pool_give (GcoapOscoreAddressPool *pool,
                                GcoapEndpointAddress   *address)
{
  GcoapOscoreAddress *self = GCOAP_OSCORE_ADDRESS (address);

  if (pool->n_kept == G_N_ELEMENTS (pool->kept) || !gcoap_is_reusable (self))
    {
      g_object_unref (self);
      return;
    }
  g_clear_object (&self->lower);
  g_clear_pointer (&self->slot, gcoap_oscore_slot_unref);
  pool->kept[pool->n_kept++] = self;
}

void
gcoap_oscore_address_pool_clear (GcoapOscoreAddressPool *pool)
{
  while (pool->n_kept > 0)
    g_object_unref (pool->kept[--pool->n_kept]);
}

GcoapEndpointAddress *
gcoap_oscore_address_get_lower (GcoapOscoreAddress *self)
{
  return self->lower;
}

GcoapOscoreSlot *
gcoap_oscore_address_get_slot (GcoapOscoreAddress *self)
{
  return self->slot;
}
