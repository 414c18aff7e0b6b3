/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts values in buckets of 1/64 of their size, for quantiles of latencies.
 *
 * Values below 64 have a bucket each; above, each doubling has 64 buckets. */
#include "bench-histogram.h"

#define STEP_BITS 6
#define STEPS (1u << STEP_BITS)
#define DOUBLINGS 42 /* up to 2^48 ns, three days */

struct _BenchHistogram
{
  guint64 total;
  guint64 counts[STEPS * (DOUBLINGS + 1)];
};

BenchHistogram *
bench_histogram_new (void)
{
  return g_new0 (BenchHistogram, 1);
}

void
bench_histogram_add (BenchHistogram *self,
                     guint64         value)
{
  guint bucket = (guint) value;

  if (value >= STEPS)
    {
      guint shift = g_bit_storage (value) - 1 - STEP_BITS;

      bucket = shift < DOUBLINGS
        ? (shift + 1) * STEPS + (guint) (value >> shift) - STEPS
        : G_N_ELEMENTS (self->counts) - 1;
    }
  self->counts[bucket]++;
  self->total++;
}

/* The lower bound of the bucket that holds the value at @quantile (0 to 1), 0
 * if there is none. */
guint64
bench_histogram_get_quantile (const BenchHistogram *self,
                              double                quantile)
{
  guint64 wanted = (guint64) ((double) self->total * quantile);
  guint64 seen = 0;

  for (guint bucket = 0; bucket < G_N_ELEMENTS (self->counts); bucket++)
    {
      seen += self->counts[bucket];
      if (seen > wanted)
        return bucket < STEPS
          ? bucket
          : (guint64) (STEPS + bucket % STEPS) << (bucket / STEPS - 1);
    }

  return 0;
}
