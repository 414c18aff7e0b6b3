/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What time it is, and what of it this process has had. */
#pragma once

#include <glib.h>

/* Nanoseconds of a clock that does not jump. */
gint64 bench_clock_read       (void);

/* Nanoseconds that this process ran, and that it waited for a processor. */
void   bench_clock_read_usage (guint64 *run_time,
                               guint64 *delay);
