/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of SenML records and packs, and the table of fields. */
#pragma once

#include "formats/gcoap-senml-pack.h"
#include "formats/gcoap-senml-record.h"

G_BEGIN_DECLS

#define GCOAP_SENML_N_FIELDS (GCOAP_SENML_FIELD_CONTENT_FORMAT + 1)

/* RFC 8428 §4.1. */
#define GCOAP_SENML_DEFAULT_VERSION 10

/* RFC 9100 §4. */
#define GCOAP_SENML_FEATURE_SECONDARY_UNITS 16

typedef enum
{
  GCOAP_SENML_KIND_NUMBER,
  GCOAP_SENML_KIND_TEXT,
  GCOAP_SENML_KIND_BOOLEAN,
  GCOAP_SENML_KIND_DATA,
} GcoapSenmlKind;

typedef struct
{
  char label[8];
  GcoapSenmlKind kind;
  /* RFC 8428 §6; or GCOAP_SENML_NO_NUMBER. */
  gint8 number;
} GcoapSenmlFieldInfo;

/* RFC 9193 §3: fields that came later have no number. */
#define GCOAP_SENML_NO_NUMBER G_MAXINT8

extern const GcoapSenmlFieldInfo gcoap_senml_fields[GCOAP_SENML_N_FIELDS];

struct _GcoapSenmlRecord
{
  guint32 present;
  union
  {
    double number;
    gboolean boolean;
    char *text;
    GBytes *data;
  } values[GCOAP_SENML_N_FIELDS];
};

struct _GcoapSenmlPack
{
  GPtrArray *records;
};

/* Whether the values of the records go together (RFC 8428 §4). */
gboolean gcoap_senml_pack_check (GcoapSenmlPack *self,
                                 GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* The version that all records have. */
guint64 gcoap_senml_pack_get_version (GcoapSenmlPack *self);

/* @place counts from zero. */
void gcoap_senml_set_error (GError    **error,
                            int         code,
                            guint       place,
                            const char *format,
                            ...) G_GNUC_PRINTF (4, 5);

G_END_DECLS
