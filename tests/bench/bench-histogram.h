/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts values in buckets of 1/64 of their size, for quantiles of latencies. */
#pragma once

#include <glib.h>

typedef struct _BenchHistogram BenchHistogram;

BenchHistogram *bench_histogram_new          (void);

void            bench_histogram_add          (BenchHistogram       *self,
                                              guint64               value);

guint64         bench_histogram_get_quantile (const BenchHistogram *self,
                                              double                quantile);
