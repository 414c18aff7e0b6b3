/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of a map. Sorting them costs n log n comparisons, so that a large
 * map of a stranger is no trap. */
#include "formats/gcoap-cbor-keys-private.h"

#include <stdlib.h>
#include <string.h>

void
gcoap_cbor_key_init (GcoapCborKey *key,
                     const guint8 *data,
                     gsize         size,
                     gsize         place)
{
  GcoapCborItem item;

  if (!gcoap_cbor_item_decode (&item, data, size, 0, NULL))
    g_return_if_reached ();

  *key = (GcoapCborKey) {
    .data = data,
    .size = size,
    .argument = item.argument,
    .head_size = (guint8) item.head_size,
    .major = item.major,
    .indefinite = item.indefinite ? TRUE : FALSE,
    .is_float = item.is_float ? TRUE : FALSE,
    .place = place,
  };
  /* As bits: a NaN equals itself, and 0.0 is another key than -0.0. */
  if (item.is_float)
    memcpy (&key->argument, &item.real, sizeof key->argument);
}

#define COMPARE(a, b) (((a) > (b)) - ((a) < (b)))

static int
compare_values (const GcoapCborKey *a,
                const GcoapCborKey *b)
{
  gsize rest_a, rest_b;
  int order;

  if (a->major != b->major)
    return COMPARE (a->major, b->major);
  if (a->indefinite != b->indefinite)
    return COMPARE (a->indefinite, b->indefinite);
  if (a->is_float != b->is_float)
    return COMPARE (a->is_float, b->is_float);
  if (a->argument != b->argument)
    return COMPARE (a->argument, b->argument);

  if (a->is_float)
    return 0;

  rest_a = a->size - a->head_size;
  rest_b = b->size - b->head_size;
  order = memcmp (a->data + a->head_size, b->data + b->head_size, MIN (rest_a, rest_b));

  return order != 0 ? order : COMPARE (rest_a, rest_b);
}

static int
compare_keys (const void *a,
              const void *b)
{
  const GcoapCborKey *key_a = a;
  const GcoapCborKey *key_b = b;
  int order = compare_values (key_a, key_b);

  return order != 0 ? order : COMPARE (key_a->place, key_b->place);
}

const GcoapCborKey *
gcoap_cbor_keys_find_duplicate (GcoapCborKey *keys,
                                gsize         n_keys)
{
  if (n_keys < 2)
    return NULL;

  qsort (keys, n_keys, sizeof *keys, compare_keys);
  for (gsize i = 1; i < n_keys; i++)
    {
      if (compare_values (&keys[i - 1], &keys[i]) == 0)
        return &keys[i];
    }

  return NULL;
}
