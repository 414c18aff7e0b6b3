/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-simulated-address-private.h"

G_DEFINE_FINAL_TYPE (GcoapSimulatedAddress, gcoap_simulated_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static gboolean
gcoap_simulated_address_equal (GcoapEndpointAddress *address,
                               GcoapEndpointAddress *other)
{
  GcoapSimulatedAddress *self = GCOAP_SIMULATED_ADDRESS (address);
  GcoapSimulatedAddress *second = GCOAP_SIMULATED_ADDRESS (other);

  return self->link == second->link && g_str_equal (self->hostinfo, second->hostinfo);
}

static guint
gcoap_simulated_address_hash (GcoapEndpointAddress *address)
{
  return g_str_hash (GCOAP_SIMULATED_ADDRESS (address)->hostinfo);
}

static const char *
gcoap_simulated_address_get_scheme (GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return "coap";
}

static char *
gcoap_simulated_address_dup_hostinfo (GcoapEndpointAddress *address)
{
  return g_strdup (GCOAP_SIMULATED_ADDRESS (address)->hostinfo);
}

static gboolean
gcoap_simulated_address_is_multicast (GcoapEndpointAddress *address)
{
  return GCOAP_SIMULATED_ADDRESS (address)->is_group;
}

static void
gcoap_simulated_address_finalize (GObject *object)
{
  g_free (GCOAP_SIMULATED_ADDRESS (object)->hostinfo);
  G_OBJECT_CLASS (gcoap_simulated_address_parent_class)->finalize (object);
}

static void
gcoap_simulated_address_class_init (GcoapSimulatedAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gcoap_simulated_address_finalize;
  address_class->equal = gcoap_simulated_address_equal;
  address_class->hash = gcoap_simulated_address_hash;
  address_class->get_scheme = gcoap_simulated_address_get_scheme;
  address_class->dup_hostinfo = gcoap_simulated_address_dup_hostinfo;
  address_class->is_multicast = gcoap_simulated_address_is_multicast;
}

static void
gcoap_simulated_address_init (GcoapSimulatedAddress *self G_GNUC_UNUSED)
{
}

GcoapSimulatedAddress *
gcoap_simulated_address_new (gconstpointer link,
                             const char   *hostinfo,
                             gboolean      is_group)
{
  GcoapSimulatedAddress *self = g_object_new (GCOAP_TYPE_SIMULATED_ADDRESS, NULL);

  self->link = link;
  self->hostinfo = g_strdup (hostinfo);
  self->is_group = is_group;
  return self;
}
