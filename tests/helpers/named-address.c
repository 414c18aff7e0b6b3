/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An endpoint address that is nothing but a name and a few flags. */
#include "helpers/named-address.h"

struct _TestNamedAddress
{
  GcoapEndpointAddress parent_instance;
  char *name;
  TestAddressFlags flags;
};

G_DEFINE_FINAL_TYPE (TestNamedAddress, test_named_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static gboolean
test_named_address_equal (GcoapEndpointAddress *address,
                          GcoapEndpointAddress *other)
{
  TestNamedAddress *a = TEST_NAMED_ADDRESS (address);
  TestNamedAddress *b = TEST_NAMED_ADDRESS (other);

  return a->flags == b->flags && g_str_equal (a->name, b->name);
}

static guint
test_named_address_hash (GcoapEndpointAddress *address)
{
  return g_str_hash (TEST_NAMED_ADDRESS (address)->name);
}

static const char *
test_named_address_get_scheme (GcoapEndpointAddress *address)
{
  TestAddressFlags flags = TEST_NAMED_ADDRESS (address)->flags;

  if (flags & TEST_ADDRESS_RELIABLE)
    return flags & TEST_ADDRESS_SECURE ? "coaps+tcp" : "coap+tcp";

  return flags & TEST_ADDRESS_SECURE ? "coaps" : "coap";
}

static char *
test_named_address_dup_hostinfo (GcoapEndpointAddress *address)
{
  return g_strdup (TEST_NAMED_ADDRESS (address)->name);
}

static gboolean
test_named_address_is_multicast (GcoapEndpointAddress *address)
{
  return (TEST_NAMED_ADDRESS (address)->flags & TEST_ADDRESS_MULTICAST) != 0;
}

static gboolean
test_named_address_is_reliable (GcoapEndpointAddress *address)
{
  return (TEST_NAMED_ADDRESS (address)->flags & TEST_ADDRESS_RELIABLE) != 0;
}

static gboolean
test_named_address_is_secure (GcoapEndpointAddress *address)
{
  return (TEST_NAMED_ADDRESS (address)->flags & TEST_ADDRESS_SECURE) != 0;
}

static gboolean
test_named_address_is_public (GcoapEndpointAddress *address)
{
  return (TEST_NAMED_ADDRESS (address)->flags & TEST_ADDRESS_PUBLIC) != 0;
}

static void
test_named_address_finalize (GObject *object)
{
  g_free (TEST_NAMED_ADDRESS (object)->name);

  G_OBJECT_CLASS (test_named_address_parent_class)->finalize (object);
}

static void
test_named_address_class_init (TestNamedAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_named_address_finalize;

  address_class->equal = test_named_address_equal;
  address_class->hash = test_named_address_hash;
  address_class->get_scheme = test_named_address_get_scheme;
  address_class->dup_hostinfo = test_named_address_dup_hostinfo;
  address_class->is_multicast = test_named_address_is_multicast;
  address_class->is_reliable = test_named_address_is_reliable;
  address_class->is_secure = test_named_address_is_secure;
  address_class->is_public = test_named_address_is_public;
}

static void
test_named_address_init (TestNamedAddress *self)
{
}

GcoapEndpointAddress *
test_named_address_new (const char       *name,
                        TestAddressFlags  flags)
{
  TestNamedAddress *self = g_object_new (TEST_TYPE_NAMED_ADDRESS, NULL);

  self->name = g_strdup (name);
  self->flags = flags;

  return GCOAP_ENDPOINT_ADDRESS (self);
}
