/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The keys of a map: put in order, and searched for one that is there twice. */
#pragma once

#include "formats/gcoap-cbor-item-private.h"

G_BEGIN_DECLS

typedef struct
{
  /* The encoded key. */
  const guint8 *data;
  gsize size;
  /* Its argument, or its value as the bits of a double. */
  guint64 argument;
  guint8 head_size;
  guint8 major;
  guint8 indefinite;
  guint8 is_float;
  /* Free for the caller; of two equal keys the one with the higher is found. */
  gsize place;
} GcoapCborKey;

/* The key at @data, which is a well-formed item of @size bytes. */
void gcoap_cbor_key_init (GcoapCborKey *key,
                          const guint8 *data,
                          gsize         size,
                          gsize         place);

/* Sorts the keys; returns one that equals another, or NULL. Numbers are equal
 * by value, whatever the length of their encoding; so are strings, unless they
 * are in pieces; everything else is compared byte by byte. */
const GcoapCborKey *gcoap_cbor_keys_find_duplicate (GcoapCborKey *keys,
                                                    gsize         n_keys);

G_END_DECLS
