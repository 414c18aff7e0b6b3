/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-liveness-private.h"

#include "helpers/named-address.h"

static void
test_watch (void)
{
  GcoapLiveness liveness = { NULL };
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) same = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) b = test_named_address_new ("b", TEST_ADDRESS_PLAIN);

  gcoap_liveness_note_heard (&liveness, a, 1);
  gcoap_liveness_watch (&liveness, a);
  gcoap_liveness_watch (&liveness, same);
  g_assert_cmpint (gcoap_liveness_get_last_heard (&liveness, a), ==, G_MININT64);
  gcoap_liveness_note_heard (&liveness, same, 2);
  gcoap_liveness_note_heard (&liveness, b, 3);
  g_assert_cmpint (gcoap_liveness_get_last_heard (&liveness, a), ==, 2);
  g_assert_cmpint (gcoap_liveness_get_last_heard (&liveness, b), ==, G_MININT64);

  gcoap_liveness_unwatch (&liveness, a);
  g_assert_cmpint (gcoap_liveness_get_last_heard (&liveness, same), ==, 2);
  gcoap_liveness_unwatch (&liveness, a);
  g_assert_null (liveness.table);
  g_assert_cmpint (gcoap_liveness_get_last_heard (&liveness, a), ==, G_MININT64);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/liveness/watch", test_watch);
  return g_test_run ();
}
