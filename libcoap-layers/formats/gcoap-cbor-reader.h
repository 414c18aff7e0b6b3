/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads CBOR (RFC 8949) item by item, without building a tree. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_CBOR_READER (gcoap_cbor_reader_get_type ())

#define GCOAP_CBOR_DEFAULT_DEPTH 16
#define GCOAP_CBOR_MAX_DEPTH 64

typedef enum
{
  GCOAP_CBOR_TYPE_INVALID,
  GCOAP_CBOR_TYPE_END,
  GCOAP_CBOR_TYPE_UNSIGNED,
  GCOAP_CBOR_TYPE_NEGATIVE,
  GCOAP_CBOR_TYPE_BYTES,
  GCOAP_CBOR_TYPE_TEXT,
  GCOAP_CBOR_TYPE_ARRAY,
  GCOAP_CBOR_TYPE_MAP,
  GCOAP_CBOR_TYPE_TAG,
  GCOAP_CBOR_TYPE_BOOLEAN,
  GCOAP_CBOR_TYPE_NULL,
  GCOAP_CBOR_TYPE_UNDEFINED,
  GCOAP_CBOR_TYPE_SIMPLE,
  GCOAP_CBOR_TYPE_FLOAT,
} GcoapCborType;

typedef enum /*< flags >*/
{
  GCOAP_CBOR_READER_DEFAULT = 0,
  GCOAP_CBOR_READER_INDEFINITE = 1 << 0,
  GCOAP_CBOR_READER_UNIQUE_KEYS = 1 << 1,
} GcoapCborReaderFlags;

typedef struct _GcoapCborReader GcoapCborReader;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_cbor_reader_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapCborReader *gcoap_cbor_reader_new (GBytes *bytes, GcoapCborReaderFlags flags) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapCborReader *gcoap_cbor_reader_ref (GcoapCborReader *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_reader_unref (GcoapCborReader *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_reader_set_max_depth (GcoapCborReader *self, guint max_depth);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_cbor_reader_get_max_depth (GcoapCborReader *self);

GCOAP_AVAILABLE_IN_ALL
gsize gcoap_cbor_reader_get_offset (GcoapCborReader *self);

GCOAP_AVAILABLE_IN_ALL
GcoapCborType gcoap_cbor_reader_peek (GcoapCborReader *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_uint (GcoapCborReader *self, guint64 *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_int (GcoapCborReader *self, gint64 *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_double (GcoapCborReader *self, double *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_boolean (GcoapCborReader *self, gboolean *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_null (GcoapCborReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_simple (GcoapCborReader *self, guint8 *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_tag (GcoapCborReader *self, guint64 *tag, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Views into the input. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_bytes (GcoapCborReader *self, const guint8 **data, gsize *length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_text (GcoapCborReader *self, const char **text, gsize *length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_read_item (GcoapCborReader *self, const guint8 **data, gsize *length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copies; they also take strings in pieces. */
GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_cbor_reader_dup_bytes (GcoapCborReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_cbor_reader_dup_text (GcoapCborReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_enter_array (GcoapCborReader *self, gint64 *n_items, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_enter_map (GcoapCborReader *self, gint64 *n_pairs, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_leave (GcoapCborReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_skip (GcoapCborReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_cbor_reader_finish (GcoapCborReader *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapCborReader, gcoap_cbor_reader_unref)

G_END_DECLS
