/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One step through CBOR (RFC 8949 §3): the head of an item, with the content
 * if it is a string of known length. Everything that reads CBOR goes through
 * this, and this through libcbor's streaming decoder, which allocates nothing.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Major types. */
enum
{
  GCOAP_CBOR_MAJOR_UNSIGNED,
  GCOAP_CBOR_MAJOR_NEGATIVE,
  GCOAP_CBOR_MAJOR_BYTES,
  GCOAP_CBOR_MAJOR_TEXT,
  GCOAP_CBOR_MAJOR_ARRAY,
  GCOAP_CBOR_MAJOR_MAP,
  GCOAP_CBOR_MAJOR_TAG,
  GCOAP_CBOR_MAJOR_OTHER,
};

typedef struct
{
  guint8 major;
  /* Bytes of the argument after the initial byte: 0, 1, 2, 4 or 8. */
  guint8 width;
  /* An indefinite length; with major type 7 the break that ends one. */
  gboolean indefinite;
  gboolean is_float;
  /* The value, the length, the count, the tag, the simple value, or the bits
   * of the floating-point number as encoded. */
  guint64 argument;
  double real;
  /* The content of a string. */
  const guint8 *content;
  /* Bytes of the head, and of head and content. */
  gsize head_size;
  gsize size;
} GcoapCborItem;

/* @offset is where @data stands in the input, for messages. */
gboolean gcoap_cbor_item_decode (GcoapCborItem *item,
                                 const guint8  *data,
                                 gsize          length,
                                 gsize          offset,
                                 GError       **error) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_cbor_set_error (GError    **error,
                           gsize       offset,
                           const char *format,
                           ...) G_GNUC_PRINTF (3, 4);

/* As g_utf8_validate(), but a NUL is a character like any other. */
gboolean gcoap_cbor_is_utf8 (const guint8 *text,
                             gsize         length);

G_END_DECLS
