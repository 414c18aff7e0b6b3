/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One record of a SenML pack (RFC 8428 §4): some of a fixed set of fields. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SENML_RECORD (gcoap_senml_record_get_type ())

typedef enum
{
  GCOAP_SENML_FIELD_BASE_VERSION,
  GCOAP_SENML_FIELD_BASE_NAME,
  GCOAP_SENML_FIELD_BASE_TIME,
  GCOAP_SENML_FIELD_BASE_UNIT,
  GCOAP_SENML_FIELD_BASE_VALUE,
  GCOAP_SENML_FIELD_BASE_SUM,
  GCOAP_SENML_FIELD_BASE_CONTENT_FORMAT,
  GCOAP_SENML_FIELD_NAME,
  GCOAP_SENML_FIELD_UNIT,
  GCOAP_SENML_FIELD_VALUE,
  GCOAP_SENML_FIELD_STRING_VALUE,
  GCOAP_SENML_FIELD_BOOLEAN_VALUE,
  GCOAP_SENML_FIELD_DATA_VALUE,
  GCOAP_SENML_FIELD_SUM,
  GCOAP_SENML_FIELD_TIME,
  GCOAP_SENML_FIELD_UPDATE_TIME,
  GCOAP_SENML_FIELD_CONTENT_FORMAT,
} GcoapSenmlField;

typedef struct _GcoapSenmlRecord GcoapSenmlRecord;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_senml_record_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapSenmlRecord *gcoap_senml_record_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapSenmlRecord *gcoap_senml_record_new_measurement (const char *name, const char *unit, double value) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapSenmlRecord *gcoap_senml_record_ref (GcoapSenmlRecord *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_record_unref (GcoapSenmlRecord *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_senml_record_has (GcoapSenmlRecord *self, GcoapSenmlField field);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_record_unset (GcoapSenmlRecord *self, GcoapSenmlField field);

/* Base version, times, values and sums. */
GCOAP_AVAILABLE_IN_ALL
double gcoap_senml_record_get_number (GcoapSenmlRecord *self, GcoapSenmlField field);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_record_set_number (GcoapSenmlRecord *self, GcoapSenmlField field, double value);

/* Names, units, content formats and the string value. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_senml_record_get_text (GcoapSenmlRecord *self, GcoapSenmlField field);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_record_set_text (GcoapSenmlRecord *self, GcoapSenmlField field, const char *value);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_senml_record_get_boolean (GcoapSenmlRecord *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_record_set_boolean (GcoapSenmlRecord *self, gboolean value);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_senml_record_get_data (GcoapSenmlRecord *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_senml_record_set_data (GcoapSenmlRecord *self, GBytes *value);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_senml_field_get_label (GcoapSenmlField field);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapSenmlRecord, gcoap_senml_record_unref)

G_END_DECLS
