/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-locals-private.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

static struct in6_addr
address_of (const char *text)
{
  struct in6_addr address;

  g_assert_cmpint (inet_pton (AF_INET6, text, &address), ==, 1);
  return address;
}

static void
assert_local (GcoapUdpLocals *locals,
              const char     *text,
              guint           interface_index,
              const char     *hostinfo,
              gboolean        is_group)
{
  struct in6_addr address = address_of (text);
  GcoapLocal *local = gcoap_udp_locals_find (locals, &address, interface_index);
  const GcoapUdpLocal *opaque = gcoap_udp_local_get (local);

  g_assert_cmpstr (gcoap_local_get_hostinfo (local), ==, hostinfo);
  g_assert_cmpuint (gcoap_local_get_interface_index (local), ==, interface_index);
  g_assert_cmpint (gcoap_local_is_group (local), ==, is_group);
  g_assert_cmpmem (&opaque->address, sizeof opaque->address, &address, sizeof address);
  g_assert_true (gcoap_udp_locals_find (locals, &address, interface_index) == local);
}

static void
test_values (void)
{
  GcoapUdpLocals locals = { .port = g_htons (5683) };
  guint lo = if_nametoindex ("lo");

  assert_local (&locals, "2001:db8::1", 1, "[2001:db8::1]:5683", FALSE);
  assert_local (&locals, "2001:db8::1", 2, "[2001:db8::1]:5683", FALSE);
  assert_local (&locals, "::ffff:192.0.2.1", 2, "192.0.2.1:5683", FALSE);
  assert_local (&locals, "fe80::1", lo, "[fe80::1%lo]:5683", FALSE);
  assert_local (&locals, "ff02::fd", lo, "[ff02::fd%lo]:5683", TRUE);
  assert_local (&locals, "::ffff:224.0.1.187", lo, "224.0.1.187:5683", TRUE);
  g_assert_cmpuint (locals.n, ==, 6);
  gcoap_udp_locals_clear (&locals);
}

/* However many addresses the machine has, the table stays small. */
static void
test_limit (void)
{
  GcoapUdpLocals locals = { 0 };
  struct in6_addr address = address_of ("2001:db8::1");
  GcoapLocal *first = gcoap_local_ref (gcoap_udp_locals_find (&locals, &address, 1));
  GcoapLocal *again;

  for (guint i = 2; i < 1000; i++)
    gcoap_udp_locals_find (&locals, &address, i);
  g_assert_cmpuint (locals.n, ==, GCOAP_UDP_LOCALS_SIZE);
  again = gcoap_udp_locals_find (&locals, &address, 1);
  g_assert_true (again != first);
  g_assert_cmpuint (gcoap_local_get_interface_index (again), ==, 1);
  g_assert_cmpuint (gcoap_local_get_interface_index (first), ==, 1);
  gcoap_local_unref (first);
  gcoap_udp_locals_clear (&locals);
}

static void
test_foreign (void)
{
  g_autoptr (GcoapLocal) local = gcoap_local_new ("server", 1, FALSE);
  const GcoapUdpLocal forged = { 0 };
  g_autoptr (GcoapLocal) other = gcoap_local_new_full ("server", 1, FALSE, &forged, sizeof forged);

  g_assert_null (gcoap_udp_local_get (local));
  g_assert_null (gcoap_udp_local_get (other));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-locals/values", test_values);
  g_test_add_func ("/udp-locals/limit", test_limit);
  g_test_add_func ("/udp-locals/foreign", test_foreign);
  return g_test_run ();
}
