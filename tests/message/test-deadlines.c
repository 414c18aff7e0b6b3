/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-deadlines-private.h"

#define N 500

static void
test_order (void)
{
  g_autofree GcoapDeadline *deadlines = g_new0 (GcoapDeadline, N);
  GcoapDeadlines heap;
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  GcoapDeadline *popped;
  gint64 last = G_MININT64;
  guint n = 0;

  gcoap_deadlines_init (&heap);
  g_assert_cmpint (gcoap_deadlines_get_next (&heap), ==, G_MAXINT64);
  for (guint i = 0; i < N; i++)
    gcoap_deadlines_set (&heap, &deadlines[i], g_rand_int_range (rand, 0, 10000));
  /* Some move, some go. */
  for (guint i = 0; i < N; i += 3)
    gcoap_deadlines_set (&heap, &deadlines[i], g_rand_int_range (rand, 0, 10000));
  for (guint i = 0; i < N; i += 5)
    {
      gcoap_deadlines_unset (&heap, &deadlines[i]);
      gcoap_deadlines_unset (&heap, &deadlines[i]);
    }

  g_assert_null (gcoap_deadlines_pop_due (&heap, -1));
  while ((popped = gcoap_deadlines_pop_due (&heap, 20000)) != NULL)
    {
      g_assert_cmpint (popped->at, >=, last);
      g_assert_cmpuint (popped->position, ==, 0);
      last = popped->at;
      n++;
    }
  g_assert_cmpuint (n, ==, N - N / 5);
  gcoap_deadlines_clear (&heap);
}

static void
test_due (void)
{
  GcoapDeadlines heap;
  GcoapDeadline first = { 0 };
  GcoapDeadline second = { 0 };

  gcoap_deadlines_init (&heap);
  gcoap_deadlines_set (&heap, &second, 20);
  gcoap_deadlines_set (&heap, &first, 10);
  g_assert_cmpint (gcoap_deadlines_get_next (&heap), ==, 10);
  g_assert_null (gcoap_deadlines_pop_due (&heap, 9));
  g_assert_true (gcoap_deadlines_pop_due (&heap, 10) == &first);
  g_assert_null (gcoap_deadlines_pop_due (&heap, 19));
  gcoap_deadlines_clear (&heap);
  g_assert_cmpuint (second.position, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/deadlines/order", test_order);
  g_test_add_func ("/deadlines/due", test_due);
  return g_test_run ();
}
