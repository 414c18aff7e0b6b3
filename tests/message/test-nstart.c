/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-nstart-private.h"

static void
test_slots (void)
{
  GcoapNstart nstart;

  gcoap_nstart_init (&nstart);
  g_assert_true (gcoap_nstart_enter (&nstart, 2));
  g_assert_true (gcoap_nstart_enter (&nstart, 2));
  g_assert_false (gcoap_nstart_enter (&nstart, 2));
  gcoap_nstart_leave (&nstart);
  g_assert_true (gcoap_nstart_enter (&nstart, 2));
}

static void
test_first_in_first_out (void)
{
  GcoapNstart nstart;
  GList a = { .data = (gpointer) "a" };
  GList b = { .data = (gpointer) "b" };

  gcoap_nstart_init (&nstart);
  g_assert_null (gcoap_nstart_peek (&nstart));
  g_assert_false (gcoap_nstart_advance (&nstart, 1));
  g_assert_true (gcoap_nstart_enter (&nstart, 1));
  g_assert_true (gcoap_nstart_wait (&nstart, &a, 2));
  g_assert_true (gcoap_nstart_wait (&nstart, &b, 2));
  g_assert_false (gcoap_nstart_advance (&nstart, 1));

  gcoap_nstart_leave (&nstart);
  /* Nobody overtakes those who wait. */
  g_assert_false (gcoap_nstart_enter (&nstart, 1));
  g_assert_cmpstr (gcoap_nstart_peek (&nstart), ==, "a");
  g_assert_true (gcoap_nstart_advance (&nstart, 1));
  g_assert_cmpstr (gcoap_nstart_peek (&nstart), ==, "b");

  /* One that cannot be sent yet is first again. */
  gcoap_nstart_retreat (&nstart, &a);
  g_assert_cmpstr (gcoap_nstart_peek (&nstart), ==, "a");
  gcoap_nstart_stop_waiting (&nstart, &a);
  g_assert_true (gcoap_nstart_advance (&nstart, 1));
  g_assert_null (gcoap_nstart_peek (&nstart));
}

static void
test_bounded (void)
{
  GcoapNstart nstart;
  GList a = { NULL };
  GList b = { NULL };

  gcoap_nstart_init (&nstart);
  g_assert_false (gcoap_nstart_wait (&nstart, &a, 0));
  g_assert_true (gcoap_nstart_wait (&nstart, &a, 1));
  g_assert_false (gcoap_nstart_wait (&nstart, &b, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nstart/slots", test_slots);
  g_test_add_func ("/nstart/first-in-first-out", test_first_in_first_out);
  g_test_add_func ("/nstart/bounded", test_bounded);
  return g_test_run ();
}
