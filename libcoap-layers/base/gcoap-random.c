/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A pool of random bytes per thread, refilled by libsodium, so that a token or
 * a timeout does not cost a system call. Bytes are erased when handed out, and
 * a forked child starts with an empty pool: no two processes hand out the same.
 */
#include "base/gcoap-random-private.h"

#include <pthread.h>
#include <string.h>

#include <sodium.h>

#define POOL_SIZE 512

typedef struct
{
  guint8 bytes[POOL_SIZE];
  /* Bytes not handed out yet; they stand at the end. */
  gsize left;
  /* The value of n_forks at the last refill. */
  int n_forks;
} Pool;

static _Thread_local Pool pool;
static int n_forks;

static void
after_fork_cb (void)
{
  g_atomic_int_inc (&n_forks);
}

static void
ensure_ready (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      /* Without a source of random bytes nothing here is safe; this is no
       * error a peer can cause. */
      if (sodium_init () < 0)
        g_error ("libsodium cannot be initialized");
      if (pthread_atfork (NULL, NULL, after_fork_cb) != 0)
        g_error ("There is no memory left to watch for forks");
      g_once_init_leave (&ready, 1);
    }
}

/*< private >
 * gcoap_random_fill:
 * @buffer: (array length=length): where to write
 * @length: how many bytes to write
 *
 * Fills a buffer with random bytes.
 */
void
gcoap_random_fill (guint8 *buffer,
                   gsize   length)
{
  guint8 *start;

  ensure_ready ();

  if (length > POOL_SIZE)
    {
      randombytes_buf (buffer, length);
      return;
    }

  if (length > pool.left || pool.n_forks != g_atomic_int_get (&n_forks))
    {
      pool.n_forks = g_atomic_int_get (&n_forks);
      randombytes_buf (pool.bytes, POOL_SIZE);
      pool.left = POOL_SIZE;
    }

  if (length == 0)
    return;

  start = pool.bytes + POOL_SIZE - pool.left;
  memcpy (buffer, start, length);
  sodium_memzero (start, length);
  pool.left -= length;
}

/*< private >
 * gcoap_random_uint32:
 *
 * Returns: any number of 32 bits, each as likely as the others
 */
guint32
gcoap_random_uint32 (void)
{
  guint32 value;

  gcoap_random_fill ((guint8 *) &value, sizeof value);

  return value;
}

/*< private >
 * gcoap_random_uniform:
 * @bound: how many numbers to choose from, at least 1
 *
 * Returns: a number below @bound, each as likely as the others
 */
guint32
gcoap_random_uniform (guint32 bound)
{
  guint32 excess;
  guint32 value;

  g_return_val_if_fail (bound > 0, 0);

  /* 2^32 mod bound numbers would make the small remainders likelier; they are
   * left out. On average fewer than two are drawn. */
  excess = (0u - bound) % bound;
  do
    value = gcoap_random_uint32 ();
  while (value < excess);

  return value % bound;
}

/*< private >
 * gcoap_random_double:
 *
 * Returns: a number from 0 to below 1
 */
double
gcoap_random_double (void)
{
  guint64 value;

  gcoap_random_fill ((guint8 *) &value, sizeof value);

  /* The 53 bits that a double can hold without rounding up to 1. */
  return (double) (value >> 11) * 0x1p-53;
}
