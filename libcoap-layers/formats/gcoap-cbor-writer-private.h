/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writer as the library itself uses it: over a buffer on the stack, which
 * it leaves for the heap only when that is full. */
#pragma once

#include "formats/gcoap-cbor-writer.h"

G_BEGIN_DECLS

/* A container that was begun. */
typedef struct
{
  gsize start;
  gboolean is_map;
} GcoapCborOpening;

#define GCOAP_CBOR_WRITER_MAX_DEPTH 32

/* In place of the bytes of an argument: as few as possible. */
#define GCOAP_CBOR_WIDTH_SHORTEST G_MAXUINT

/* In place of the bytes of an argument: a container or string of unknown
 * length, which a break must end. */
#define GCOAP_CBOR_WIDTH_INDEFINITE (G_MAXUINT - 1)

struct _GcoapCborWriter
{
  guint8 *data;
  gsize length;
  gsize size;
  /* Whether the data are on the heap. */
  gboolean is_owned;
  GError *error;
  guint depth;
  GcoapCborOpening openings[GCOAP_CBOR_WRITER_MAX_DEPTH];
};

/* @buffer may be NULL. What is written is then in @data, up to @length. */
void gcoap_cbor_writer_init (GcoapCborWriter *self,
                             guint8          *buffer,
                             gsize            size);

void gcoap_cbor_writer_clear (GcoapCborWriter *self);

/* Writes over what is there. */
void gcoap_cbor_writer_reset (GcoapCborWriter *self);

void gcoap_cbor_writer_add_raw (GcoapCborWriter *self,
                                const guint8    *data,
                                gsize            length);

/* @width: the bytes of the argument, 0, 1, 2, 4 or 8, or one of
 * the two above. Returns FALSE if it does not fit. */
gboolean gcoap_cbor_writer_add_head (GcoapCborWriter *self,
                                     guint8           major,
                                     guint64          argument,
                                     guint            width);

/* The head of an item whose content was written from @start on. */
gboolean gcoap_cbor_writer_insert_head (GcoapCborWriter *self,
                                        gsize            start,
                                        guint8           major,
                                        guint64          argument,
                                        guint            width);

/* Returns FALSE if @width bytes do not hold the very number. */
gboolean gcoap_cbor_writer_add_float (GcoapCborWriter *self,
                                      double           value,
                                      guint            width);

/* The bytes of the shortest encoding that holds the very number: 2, 4 or 8. */
guint gcoap_cbor_float_get_width (double value);

static inline void
gcoap_cbor_writer_cleanup (GcoapCborWriter *self)
{
  gcoap_cbor_writer_clear (self);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GcoapCborWriter, gcoap_cbor_writer_cleanup)

G_END_DECLS
