/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-unanswered-private.h"

#define TOKEN(text) (const guint8 *) text, sizeof text - 1

static void
test_order (void)
{
  GcoapUnanswered unanswered = { 0 };
  guint64 mark;

  g_assert_true (gcoap_unanswered_is_empty (&unanswered));
  g_assert_true (gcoap_unanswered_has_passed (&unanswered, gcoap_unanswered_mark (&unanswered)));
  gcoap_unanswered_add (&unanswered, TOKEN ("a"));
  gcoap_unanswered_add (&unanswered, NULL, 0);
  mark = gcoap_unanswered_mark (&unanswered);
  gcoap_unanswered_add (&unanswered, TOKEN ("a"));
  g_assert_false (gcoap_unanswered_has_passed (&unanswered, mark));

  /* Of two with the same token the older one is answered first. */
  gcoap_unanswered_remove (&unanswered, TOKEN ("a"));
  g_assert_false (gcoap_unanswered_has_passed (&unanswered, mark));
  gcoap_unanswered_remove (&unanswered, TOKEN ("b"));
  gcoap_unanswered_remove (&unanswered, TOKEN ("aa"));
  g_assert_false (gcoap_unanswered_has_passed (&unanswered, mark));
  gcoap_unanswered_remove (&unanswered, NULL, 0);
  g_assert_true (gcoap_unanswered_has_passed (&unanswered, mark));
  g_assert_false (gcoap_unanswered_is_empty (&unanswered));
  gcoap_unanswered_remove (&unanswered, TOKEN ("a"));
  g_assert_true (gcoap_unanswered_is_empty (&unanswered));

  gcoap_unanswered_add (&unanswered, TOKEN ("left over"));
  gcoap_unanswered_clear (&unanswered);
  g_assert_true (gcoap_unanswered_is_empty (&unanswered));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unanswered/order", test_order);
  return g_test_run ();
}
