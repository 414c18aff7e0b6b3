/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-clock-private.h"

typedef struct
{
  GcoapTimer  timer;
  GcoapClock *clock;
  GString    *log;
  char        name;
  gint64      again;       /* schedules itself anew after so long, if not 0 */
  GcoapTimer *victim;      /* unscheduled when this one fires */
} Probe;

static void
probe_cb (gpointer data)
{
  Probe *probe = data;

  g_assert_false (gcoap_timer_is_scheduled (&probe->timer));
  g_string_append_c (probe->log, probe->name);
  if (probe->again != 0)
    gcoap_clock_schedule (probe->clock, &probe->timer,
                          gcoap_clock_get_now (probe->clock) + probe->again);
  if (probe->victim != NULL)
    gcoap_clock_unschedule (probe->clock, probe->victim);
}

static void
probe_init (Probe *probe, GcoapClock *clock, GString *log, char name)
{
  *probe = (Probe) { .clock = clock, .log = log, .name = name };
  gcoap_timer_init (&probe->timer, probe_cb, probe);
}

static void
test_order (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (1000);
  g_autoptr (GString) log = g_string_new (NULL);
  Probe a, b, c;

  probe_init (&a, clock, log, 'a');
  probe_init (&b, clock, log, 'b');
  probe_init (&c, clock, log, 'c');
  g_assert_true (gcoap_clock_is_manual (clock));
  g_assert_cmpint (gcoap_clock_get_next_expiry (clock), ==, -1);

  gcoap_clock_schedule (clock, &a.timer, 1300);
  gcoap_clock_schedule (clock, &b.timer, 1100);
  gcoap_clock_schedule (clock, &c.timer, 1200);
  g_assert_cmpint (gcoap_clock_get_next_expiry (clock), ==, 1100);

  gcoap_clock_advance (clock, 99);
  g_assert_cmpstr (log->str, ==, "");
  gcoap_clock_advance (clock, 1);
  g_assert_cmpstr (log->str, ==, "b");
  gcoap_clock_advance (clock, 1000);
  g_assert_cmpstr (log->str, ==, "bca");
  g_assert_cmpint (gcoap_clock_get_now (clock), ==, 2100);
}

static void
test_move (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GString) log = g_string_new (NULL);
  Probe a, b;

  probe_init (&a, clock, log, 'a');
  probe_init (&b, clock, log, 'b');
  gcoap_clock_schedule (clock, &a.timer, 10);
  gcoap_clock_schedule (clock, &b.timer, 20);
  gcoap_clock_schedule (clock, &a.timer, 30);   /* later */
  g_assert_cmpint (gcoap_clock_get_next_expiry (clock), ==, 20);
  gcoap_clock_schedule (clock, &a.timer, 5);    /* earlier */
  g_assert_cmpint (gcoap_clock_get_next_expiry (clock), ==, 5);
  gcoap_clock_unschedule (clock, &b.timer);
  gcoap_clock_unschedule (clock, &b.timer);     /* twice does no harm */
  gcoap_clock_advance (clock, 100);
  g_assert_cmpstr (log->str, ==, "a");
}

static void
test_from_inside (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GString) log = g_string_new (NULL);
  Probe a, b;

  probe_init (&a, clock, log, 'a');
  probe_init (&b, clock, log, 'b');
  a.again = 10;
  a.victim = &b.timer;
  gcoap_clock_schedule (clock, &a.timer, 10);
  gcoap_clock_schedule (clock, &b.timer, 10);
  gcoap_clock_advance (clock, 35);
  g_assert_cmpstr (log->str, ==, "aaa");
  gcoap_clock_unschedule (clock, &a.timer);
}

/* Many timers against a plain model: the heap gives them in order. */
static void
test_many (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GString) log = g_string_new (NULL);
  const guint n = 5000;
  g_autofree Probe *probes = g_new0 (Probe, n);
  guint live = 0;

  for (guint i = 0; i < n; i++)
    {
      probe_init (&probes[i], clock, log, 'x');
      gcoap_clock_schedule (clock, &probes[i].timer, g_test_rand_int_range (1, 100000));
    }
  for (guint i = 0; i < n; i += 3)
    gcoap_clock_unschedule (clock, &probes[g_test_rand_int_range (0, n)].timer);
  for (guint i = 0; i < n; i++)
    live += gcoap_timer_is_scheduled (&probes[i].timer);

  while (gcoap_clock_get_next_expiry (clock) != -1)
    {
      gint64 next = gcoap_clock_get_next_expiry (clock);
      guint due = 0;
      gsize before = log->len;

      for (guint i = 0; i < n; i++)
        if (gcoap_timer_is_scheduled (&probes[i].timer))
          {
            g_assert_cmpint (probes[i].timer.deadline, >=, next);
            due += probes[i].timer.deadline == next;
          }
      gcoap_clock_advance (clock, next - gcoap_clock_get_now (clock));
      g_assert_cmpuint (log->len - before, ==, due);
    }
  g_assert_cmpuint (log->len, ==, live);
}

static void
test_real (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GcoapClock) clock = NULL;
  g_autoptr (GString) log = g_string_new (NULL);
  Probe a, b;
  gint64 now;

  g_main_context_push_thread_default (context);
  clock = gcoap_clock_new ();
  g_assert_false (gcoap_clock_is_manual (clock));
  probe_init (&a, clock, log, 'a');
  probe_init (&b, clock, log, 'b');
  now = gcoap_clock_get_now (clock);
  gcoap_clock_schedule (clock, &b.timer, now + 3000);
  gcoap_clock_schedule (clock, &a.timer, now + 1000);
  while (log->len < 2)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpstr (log->str, ==, "ab");
  g_assert_cmpint (gcoap_clock_get_now (clock), >=, now + 3000);
  g_main_context_pop_thread_default (context);
}

static void
test_outlived (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  GcoapClock *clock = gcoap_clock_new_manual (0);
  Probe a;

  probe_init (&a, clock, log, 'a');
  gcoap_clock_schedule (clock, &a.timer, 10);
  g_object_unref (clock);
  g_assert_false (gcoap_timer_is_scheduled (&a.timer));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clock/order", test_order);
  g_test_add_func ("/clock/move", test_move);
  g_test_add_func ("/clock/from-inside", test_from_inside);
  g_test_add_func ("/clock/many", test_many);
  g_test_add_func ("/clock/real", test_real);
  g_test_add_func ("/clock/outlived", test_outlived);
  return g_test_run ();
}
