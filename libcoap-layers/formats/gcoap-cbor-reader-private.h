/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader as the library itself uses it: on the stack, over bytes that
 * somebody else owns, with no allocation at all. */
#pragma once

#include "formats/gcoap-cbor-item-private.h"
#include "formats/gcoap-cbor-reader.h"

G_BEGIN_DECLS

/* A container that was entered. */
typedef struct
{
  /* Items to come, when the number is known; a map's keys and values count. */
  guint64 left;
  guint8 major;
  guint8 indefinite;
  /* In a map of unknown length: the next item is a value. */
  guint8 at_value;
  /* Tags in front of the container. */
  guint8 n_tags;
} GcoapCborFrame;

struct _GcoapCborReader
{
  const guint8 *data;
  gsize length;
  gsize offset;
  GcoapCborReaderFlags flags;
  guint max_depth;
  guint depth;
  /* Tags read whose item is still to come, and those of containers entered. */
  guint n_tags;
  guint n_outer_tags;
  /* The item at the offset, once it was looked at. */
  gboolean has_item;
  GcoapCborItem item;
  GBytes *bytes;
  GcoapCborFrame frames[GCOAP_CBOR_MAX_DEPTH];
};

void gcoap_cbor_reader_init (GcoapCborReader     *self,
                             const guint8        *data,
                             gsize                length,
                             GcoapCborReaderFlags flags);

/* Where to go back to when something fails halfway; only from the same
 * container or from inside it. */
typedef struct
{
  gsize offset;
  guint depth;
  guint n_tags;
  guint n_outer_tags;
  GcoapCborFrame frame;
} GcoapCborMark;

GcoapCborMark gcoap_cbor_reader_set_mark (GcoapCborReader *self);

void gcoap_cbor_reader_go_back (GcoapCborReader     *self,
                                const GcoapCborMark *mark);

/* Looks for an item of a kind; then it is in @self. */
gboolean gcoap_cbor_reader_expect (GcoapCborReader *self,
                                   GcoapCborType    wanted,
                                   GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* Goes past the item that was looked at, or the first @size bytes of it. */
void gcoap_cbor_reader_consume (GcoapCborReader *self,
                                gsize            size);

/* What peek() sees, as encoded, or NULL at an end or before something invalid. */
const GcoapCborItem *gcoap_cbor_reader_peek_item (GcoapCborReader *self);

/* Enters a string that is in pieces; its pieces are read, and left, like the
 * items of an array. */
gboolean gcoap_cbor_reader_enter_string (GcoapCborReader *self,
                                         GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* An array, a map, or a string in pieces. */
gboolean gcoap_cbor_reader_enter_any (GcoapCborReader *self,
                                      GError         **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
