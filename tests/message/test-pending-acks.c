/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-pending-acks-private.h"

#include "helpers/named-address.h"

static void
test_take (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) same = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) b = test_named_address_new ("b", TEST_ADDRESS_PLAIN);
  GcoapPendingAcks acks;

  gcoap_pending_acks_init (&acks);
  g_assert_false (gcoap_pending_acks_take (&acks, a, 1));
  g_assert_true (gcoap_pending_acks_add (&acks, a, NULL, 1, 10, 5));
  g_assert_false (gcoap_pending_acks_take (&acks, a, 2));
  g_assert_false (gcoap_pending_acks_take (&acks, b, 1));
  g_assert_true (gcoap_pending_acks_take (&acks, same, 1));
  g_assert_false (gcoap_pending_acks_take (&acks, a, 1));
  gcoap_pending_acks_clear (&acks);
}

static void
test_due (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapLocal) local = gcoap_local_new ("x", 3, FALSE);
  g_autoptr (GcoapPendingAck) first = NULL;
  GcoapPendingAcks acks;

  gcoap_pending_acks_init (&acks);
  g_assert_cmpint (gcoap_pending_acks_get_next_expiry (&acks), ==, G_MAXINT64);
  g_assert_true (gcoap_pending_acks_add (&acks, a, local, 1, 10, 5));
  g_assert_true (gcoap_pending_acks_add (&acks, a, NULL, 2, 20, 5));
  g_assert_cmpint (gcoap_pending_acks_get_next_expiry (&acks), ==, 10);
  g_assert_null (gcoap_pending_acks_pop_due (&acks, 9));
  first = gcoap_pending_acks_pop_due (&acks, 10);
  g_assert_nonnull (first);
  g_assert_cmpuint (first->message_id, ==, 1);
  g_assert_true (first->local == local);
  g_assert_null (gcoap_pending_acks_pop_due (&acks, 19));
  g_assert_false (gcoap_pending_acks_take (&acks, a, 1));
  gcoap_pending_acks_clear (&acks);
}

static void
test_bounded (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  GcoapPendingAcks acks;

  gcoap_pending_acks_init (&acks);
  g_assert_true (gcoap_pending_acks_add (&acks, a, NULL, 1, 10, 2));
  g_assert_true (gcoap_pending_acks_add (&acks, a, NULL, 2, 10, 2));
  g_assert_false (gcoap_pending_acks_add (&acks, a, NULL, 3, 10, 2));
  /* The same one again takes its own place. */
  g_assert_true (gcoap_pending_acks_add (&acks, a, NULL, 2, 10, 2));
  gcoap_pending_acks_clear (&acks);
}

static void
test_forget (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) b = test_named_address_new ("b", TEST_ADDRESS_PLAIN);
  GcoapPendingAcks acks;

  gcoap_pending_acks_init (&acks);
  g_assert_true (gcoap_pending_acks_add (&acks, a, NULL, 1, 10, 5));
  g_assert_true (gcoap_pending_acks_add (&acks, b, NULL, 1, 10, 5));
  g_assert_true (gcoap_pending_acks_add (&acks, a, NULL, 2, 10, 5));
  gcoap_pending_acks_forget (&acks, a);
  g_assert_false (gcoap_pending_acks_take (&acks, a, 1));
  g_assert_false (gcoap_pending_acks_take (&acks, a, 2));
  g_assert_true (gcoap_pending_acks_take (&acks, b, 1));
  gcoap_pending_acks_clear (&acks);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pending-acks/take", test_take);
  g_test_add_func ("/pending-acks/due", test_due);
  g_test_add_func ("/pending-acks/bounded", test_bounded);
  g_test_add_func ("/pending-acks/forget", test_forget);
  return g_test_run ();
}
