/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers: ranges, no repetition across refills, threads and forks. */
#include <sys/wait.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "base/gcoap-random-private.h"

/* 64 bits meet by chance once in many billion runs of this test. */
static guint64
draw (void)
{
  guint64 value;

  gcoap_random_fill ((guint8 *) &value, sizeof value);

  return value;
}

static void
test_distinct (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < 10000; i++)
    {
      guint64 value = draw ();

      g_assert_true (g_hash_table_add (seen, g_memdup2 (&value, sizeof value)));
    }
}

static void
test_lengths (void)
{
  for (gsize length = 0; length <= 1100; length += 11)
    {
      g_autofree guint8 *buffer = g_malloc0 (length + 2);
      guint n_set = 0;

      buffer[0] = buffer[length + 1] = 0xa5;
      gcoap_random_fill (buffer + 1, length);
      g_assert_cmpuint (buffer[0], ==, 0xa5);
      g_assert_cmpuint (buffer[length + 1], ==, 0xa5);
      for (gsize i = 1; i <= length; i++)
        n_set += buffer[i] != 0;
      g_assert_cmpuint (n_set, >=, length / 2);
    }
}

static void
test_uniform (void)
{
  guint counts[3] = { 0 };

  for (guint i = 0; i < 3000; i++)
    counts[gcoap_random_uniform (G_N_ELEMENTS (counts))]++;
  /* 1000 are expected of each, with a standard deviation of 26. */
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_assert_cmpuint (counts[i], >, 700);
      g_assert_cmpuint (counts[i], <, 1300);
    }

  g_assert_cmpuint (gcoap_random_uniform (1), ==, 0);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (gcoap_random_uniform (0x80000001u), <=, 0x80000000u);
}

static void
test_double (void)
{
  double sum = 0;

  for (guint i = 0; i < 3000; i++)
    {
      double value = gcoap_random_double ();

      g_assert_cmpfloat (value, >=, 0.0);
      g_assert_cmpfloat (value, <, 1.0);
      sum += value;
    }
  /* 1500 is expected, with a standard deviation of 16. */
  g_assert_cmpfloat (sum, >, 1300);
  g_assert_cmpfloat (sum, <, 1700);
}

static gpointer
draw_in_thread (gpointer data)
{
  *(guint64 *) data = draw ();

  return NULL;
}

static void
test_threads (void)
{
  guint64 values[2] = { 0, 0 };
  GThread *thread = g_thread_new ("draw", draw_in_thread, &values[0]);

  values[1] = draw ();
  g_thread_join (thread);
  g_assert_true (values[0] != values[1]);
}

/* A child that went on with its copy of the pool would use its parent's tokens. */
static void
test_fork (void)
{
  guint64 in_parent;
  guint64 in_child = 0;
  int status;
  int ends[2];
  pid_t child;

  draw ();
  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      guint64 value = draw ();

      _exit (write (ends[1], &value, sizeof value) == sizeof value ? 0 : 1);
    }
  in_parent = draw ();
  g_assert_cmpint (read (ends[0], &in_child, sizeof in_child), ==, sizeof in_child);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (in_parent != in_child);
  close (ends[0]);
  close (ends[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/distinct", test_distinct);
  g_test_add_func ("/random/lengths", test_lengths);
  g_test_add_func ("/random/uniform", test_uniform);
  g_test_add_func ("/random/double", test_double);
  g_test_add_func ("/random/threads", test_threads);
  g_test_add_func ("/random/fork", test_fork);
  return g_test_run ();
}
