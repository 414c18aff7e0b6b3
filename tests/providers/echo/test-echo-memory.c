/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/echo/gcoap-echo-memory-private.h"

#include "helpers/named-address.h"

static void
assert_value (GcoapEchoMemory      *memory,
              GcoapEndpointAddress *address,
              gint64                now,
              const char           *expected)
{
  GBytes *value = gcoap_echo_memory_find (memory, address, now, 1000);

  if (expected == NULL)
    {
      g_assert_null (value);
      return;
    }
  g_assert_nonnull (value);
  g_assert_cmpmem (g_bytes_get_data (value, NULL), g_bytes_get_size (value), expected, 1);
}

static void
keep (GcoapEchoMemory      *memory,
      GcoapEndpointAddress *address,
      const char           *value,
      gint64                now)
{
  gcoap_echo_memory_keep (memory, address, (const guint8 *) value, 1, now);
}

static void
test_newest (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", 0);
  g_autoptr (GcoapEndpointAddress) again = test_named_address_new ("a", 0);
  g_autoptr (GcoapEndpointAddress) b = test_named_address_new ("b", 0);
  GcoapEchoMemory memory;

  gcoap_echo_memory_init (&memory);
  assert_value (&memory, a, 0, NULL);
  gcoap_echo_memory_forget (&memory, a);
  keep (&memory, a, "1", 0);
  assert_value (&memory, again, 0, "1");
  assert_value (&memory, b, 0, NULL);
  keep (&memory, again, "2", 500000);
  g_assert_cmpuint (gcoap_echo_memory_get_size (&memory), ==, 1);
  assert_value (&memory, a, 1500000, "2");
  assert_value (&memory, a, 1500001, NULL);
  g_assert_cmpuint (gcoap_echo_memory_get_size (&memory), ==, 0);
  keep (&memory, b, "3", 0);
  gcoap_echo_memory_forget (&memory, b);
  assert_value (&memory, b, 0, NULL);
  gcoap_echo_memory_clear (&memory);
}

static void
test_bounded (void)
{
  GcoapEchoMemory memory;
  g_autoptr (GcoapEndpointAddress) first = test_named_address_new ("0", 0);
  g_autoptr (GcoapEndpointAddress) second = test_named_address_new ("1", 0);

  gcoap_echo_memory_init (&memory);
  for (guint i = 0; i <= GCOAP_ECHO_MEMORY_MAX_SERVERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autoptr (GcoapEndpointAddress) address = test_named_address_new (name, 0);

      keep (&memory, address, "x", 0);
    }
  g_assert_cmpuint (gcoap_echo_memory_get_size (&memory), ==, GCOAP_ECHO_MEMORY_MAX_SERVERS);
  assert_value (&memory, first, 0, NULL);
  assert_value (&memory, second, 0, "x");
  gcoap_echo_memory_clear (&memory);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/echo-memory/newest", test_newest);
  g_test_add_func ("/echo-memory/bounded", test_bounded);
  return g_test_run ();
}
