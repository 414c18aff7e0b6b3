/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sensor Measurement Lists (RFC 8428): lists of records, as JSON and CBOR. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "formats/gcoap-senml-record.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SENML_PACK (gcoap_senml_pack_get_type ())

/* What the parser takes before it gives up with GCOAP_ERROR_LIMIT. */
#define GCOAP_SENML_MAX_RECORDS 16384
#define GCOAP_SENML_MAX_TEXT_LENGTH 512

typedef struct _GcoapSenmlPack GcoapSenmlPack;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_senml_pack_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapSenmlPack *gcoap_senml_pack_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapSenmlPack *gcoap_senml_pack_ref (GcoapSenmlPack *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_pack_unref (GcoapSenmlPack *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_pack_add (GcoapSenmlPack *self, GcoapSenmlRecord *record);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_senml_pack_get_n_records (GcoapSenmlPack *self);

GCOAP_AVAILABLE_IN_ALL
GcoapSenmlRecord *gcoap_senml_pack_get_record (GcoapSenmlPack *self, guint place);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_senml_pack_is_format (guint content_format);

GCOAP_AVAILABLE_IN_ALL
GcoapSenmlPack *gcoap_senml_pack_parse (GBytes *payload, guint content_format, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_senml_pack_write (GcoapSenmlPack *self, guint content_format, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Base fields become part of each record; @now is in seconds since 1970. */
GCOAP_AVAILABLE_IN_ALL
GcoapSenmlPack *gcoap_senml_pack_resolve (GcoapSenmlPack *self, double now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* RFC 8798: the unit to use in place of a secondary one, and the value in it. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_senml_unit_to_primary (const char *unit, double value, double *primary_value);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_senml_unit_is_secondary (const char *unit);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_senml_unit_get_description (const char *unit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapSenmlPack, gcoap_senml_pack_unref)

G_END_DECLS
