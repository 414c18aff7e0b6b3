/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-endpoint-address.h"

#include "helpers/message-data.h"
#include "helpers/named-address.h"

/* A kind of address that leaves everything to the defaults. */
typedef GcoapEndpointAddress BareAddress;
typedef GcoapEndpointAddressClass BareAddressClass;
GType bare_address_get_type (void);
G_DEFINE_TYPE (BareAddress, bare_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static void
bare_address_class_init (BareAddressClass *klass)
{
}

static void
bare_address_init (BareAddress *self)
{
}

static void
test_defaults (void)
{
  g_autoptr (GcoapEndpointAddress) a = g_object_new (bare_address_get_type (), NULL);
  g_autoptr (GcoapEndpointAddress) b = g_object_new (bare_address_get_type (), NULL);
  g_autofree char *hostinfo = NULL;

  g_assert_true (gcoap_endpoint_address_equal (a, a));
  g_assert_false (gcoap_endpoint_address_equal (a, b));
  g_assert_cmpuint (gcoap_endpoint_address_hash (a), ==, gcoap_endpoint_address_hash (a));
  g_assert_cmpstr (gcoap_endpoint_address_get_scheme (a), ==, "coap");
  g_assert_false (gcoap_endpoint_address_is_multicast (a));
  g_assert_false (gcoap_endpoint_address_is_reliable (a));
  g_assert_false (gcoap_endpoint_address_is_secure (a));
  g_assert_true (gcoap_endpoint_address_get_blockwise_key (a) == a);
  test_assert_critical ("*does not implement dup_hostinfo*", hostinfo = gcoap_endpoint_address_dup_hostinfo (a));
  g_assert_cmpstr (hostinfo, ==, "");
}

static void
test_derived (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a.example:1", TEST_ADDRESS_RELIABLE);
  g_autoptr (GcoapEndpointAddress) same = test_named_address_new ("a.example:1", TEST_ADDRESS_RELIABLE);
  g_autoptr (GcoapEndpointAddress) other = test_named_address_new ("b.example", TEST_ADDRESS_RELIABLE);
  g_autoptr (GcoapEndpointAddress) bare = g_object_new (bare_address_get_type (), NULL);
  g_autofree char *hostinfo = gcoap_endpoint_address_dup_hostinfo (a);
  g_autofree char *uri_base = gcoap_endpoint_address_dup_uri_base (a);

  g_assert_true (gcoap_endpoint_address_equal (a, same));
  g_assert_cmpuint (gcoap_endpoint_address_hash (a), ==, gcoap_endpoint_address_hash (same));
  g_assert_false (gcoap_endpoint_address_equal (a, other));
  /* The vfuncs would cast the other to their own kind. */
  g_assert_false (gcoap_endpoint_address_equal (a, bare));
  g_assert_false (gcoap_endpoint_address_equal (bare, a));
  g_assert_cmpstr (hostinfo, ==, "a.example:1");
  g_assert_cmpstr (uri_base, ==, "coap+tcp://a.example:1");
  g_assert_true (gcoap_endpoint_address_is_reliable (a));
  g_assert_false (gcoap_endpoint_address_is_secure (a));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/endpoint-address/defaults", test_defaults);
  g_test_add_func ("/endpoint-address/derived", test_derived);

  return g_test_run ();
}
