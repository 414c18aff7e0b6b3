/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-rate-limit-private.h"

static guint
pass_many (GcoapRateLimit *limit,
           guint           per_second,
           gint64          now)
{
  guint n = 0;

  for (guint i = 0; i < 1000; i++)
    if (gcoap_rate_limit_pass (limit, per_second, now))
      n++;
  return n;
}

static void
test_burst_and_refill (void)
{
  GcoapRateLimit limit = { 0 };

  g_assert_cmpuint (pass_many (&limit, 10, 5000000), ==, 10);
  g_assert_cmpuint (pass_many (&limit, 10, 5099999), ==, 0);
  g_assert_cmpuint (pass_many (&limit, 10, 5100000), ==, 1);
  g_assert_cmpuint (pass_many (&limit, 10, 5600000), ==, 5);
  /* What is not used is not saved up for longer than a second. */
  g_assert_cmpuint (pass_many (&limit, 10, 90000000), ==, 10);
}

static void
test_none (void)
{
  GcoapRateLimit limit = { 0 };

  g_assert_cmpuint (pass_many (&limit, 0, 5000000), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate-limit/burst-and-refill", test_burst_and_refill);
  g_test_add_func ("/rate-limit/none", test_none);
  return g_test_run ();
}
