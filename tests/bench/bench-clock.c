/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-clock.h"

#include <stdio.h>
#include <time.h>

gint64
bench_clock_read (void)
{
  struct timespec t;

  clock_gettime (CLOCK_MONOTONIC, &t);

  return t.tv_sec * G_GINT64_CONSTANT (1000000000) + t.tv_nsec;
}

void
bench_clock_read_usage (guint64 *run_time,
                        guint64 *delay)
{
  g_autofree char *text = NULL;

  *run_time = *delay = 0;
  if (g_file_get_contents ("/proc/self/schedstat", &text, NULL, NULL))
    sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, run_time, delay);
}
