/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/mock-address.h"

struct _MockAddress
{
  GcoapEndpointAddress parent_instance;

  char     *name;
  gboolean  is_group;
  gboolean  secure;
  gboolean  reliable;
};

G_DEFINE_FINAL_TYPE (MockAddress, mock_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static gboolean
mock_address_equal (GcoapEndpointAddress *self,
                    GcoapEndpointAddress *other)
{
  return g_str_equal (MOCK_ADDRESS (self)->name, MOCK_ADDRESS (other)->name);
}

static guint
mock_address_hash (GcoapEndpointAddress *self)
{
  return g_str_hash (MOCK_ADDRESS (self)->name);
}

static const char *
mock_address_get_scheme (GcoapEndpointAddress *self)
{
  return MOCK_ADDRESS (self)->secure ? "coaps" : "coap";
}

static char *
mock_address_dup_hostinfo (GcoapEndpointAddress *self)
{
  return g_strdup (MOCK_ADDRESS (self)->name);
}

static gboolean
mock_address_is_multicast (GcoapEndpointAddress *self)
{
  return MOCK_ADDRESS (self)->is_group;
}

static gboolean
mock_address_is_reliable (GcoapEndpointAddress *self)
{
  return MOCK_ADDRESS (self)->reliable;
}

static gboolean
mock_address_is_secure (GcoapEndpointAddress *self)
{
  return MOCK_ADDRESS (self)->secure;
}

static void
mock_address_finalize (GObject *object)
{
  g_free (MOCK_ADDRESS (object)->name);
  G_OBJECT_CLASS (mock_address_parent_class)->finalize (object);
}

static void
mock_address_class_init (MockAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = mock_address_finalize;
  address_class->equal = mock_address_equal;
  address_class->hash = mock_address_hash;
  address_class->get_scheme = mock_address_get_scheme;
  address_class->dup_hostinfo = mock_address_dup_hostinfo;
  address_class->is_multicast = mock_address_is_multicast;
  address_class->is_reliable = mock_address_is_reliable;
  address_class->is_secure = mock_address_is_secure;
}

static void
mock_address_init (MockAddress *self G_GNUC_UNUSED)
{
}

GcoapEndpointAddress *
mock_address_new (const char *name)
{
  MockAddress *self = g_object_new (MOCK_TYPE_ADDRESS, NULL);

  self->name = g_strdup (name);
  return GCOAP_ENDPOINT_ADDRESS (self);
}

GcoapEndpointAddress *
mock_address_new_group (const char *name)
{
  GcoapEndpointAddress *self = mock_address_new (name);

  MOCK_ADDRESS (self)->is_group = TRUE;
  return self;
}

GcoapEndpointAddress *
mock_address_new_secure (const char *name)
{
  GcoapEndpointAddress *self = mock_address_new (name);

  MOCK_ADDRESS (self)->secure = TRUE;
  return self;
}

void
mock_address_set_reliable (MockAddress *self,
                           gboolean     reliable)
{
  self->reliable = reliable;
}
