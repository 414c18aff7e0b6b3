/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes CBOR in its deterministic encoding (RFC 8949 §4.2). */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_CBOR_WRITER (gcoap_cbor_writer_get_type ())

typedef struct _GcoapCborWriter GcoapCborWriter;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_cbor_writer_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapCborWriter *gcoap_cbor_writer_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapCborWriter *gcoap_cbor_writer_ref (GcoapCborWriter *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_unref (GcoapCborWriter *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_uint (GcoapCborWriter *self, guint64 value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_int (GcoapCborWriter *self, gint64 value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_double (GcoapCborWriter *self, double value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_boolean (GcoapCborWriter *self, gboolean value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_null (GcoapCborWriter *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_simple (GcoapCborWriter *self, guint8 value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_bytes (GcoapCborWriter *self, const guint8 *data, gsize length);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_text (GcoapCborWriter *self, const char *text, gssize length);

/* The item it is about comes next. */
GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_tag (GcoapCborWriter *self, guint64 tag);

/* Items that are encoded already, as they are. */
GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_encoded (GcoapCborWriter *self, const guint8 *data, gsize length);

/* Containers of a known number of items, or pairs, which come next. */
GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_array (GcoapCborWriter *self, gsize n_items);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_add_map (GcoapCborWriter *self, gsize n_pairs);

/* Containers of what is added up to the end. */
GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_begin_array (GcoapCborWriter *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_begin_map (GcoapCborWriter *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_cbor_writer_end (GcoapCborWriter *self);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_cbor_writer_finish (GcoapCborWriter *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapCborWriter, gcoap_cbor_writer_unref)

G_END_DECLS
