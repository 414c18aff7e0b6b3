/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A body that is being put together from its blocks, in order. */
#pragma once

#include "providers/blockwise/gcoap-block-sizes-private.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_ASSEMBLY_GOOD,
  GCOAP_ASSEMBLY_OUT_OF_ORDER,   /* the block does not start where the body ends */
  GCOAP_ASSEMBLY_BAD_PAYLOAD,    /* its length is not that of its option */
  GCOAP_ASSEMBLY_TOO_LARGE,      /* the body would exceed its maximum */
} GcoapAssemblyResult;

typedef struct
{
  GByteArray *data;       /* NULL while there is none, or if it goes elsewhere */
  guint64     received;
  guint64     maximum;
  gboolean    is_stored;  /* kept in data */
} GcoapBodyAssembly;

void gcoap_body_assembly_init  (GcoapBodyAssembly *self,
                                guint64            maximum,
                                gboolean           is_stored);
void gcoap_body_assembly_clear (GcoapBodyAssembly *self);

/* Whether the block comes next. Does not change anything. */
GcoapAssemblyResult gcoap_body_assembly_check (const GcoapBodyAssembly *self,
                                               const GcoapBlockValue   *value,
                                               gsize                    length);

/* Appends a block that has been checked. */
void gcoap_body_assembly_append (GcoapBodyAssembly *self,
                                 const guint8      *data,
                                 gsize              length);

/* The body so far; it starts anew after that. */
GBytes *gcoap_body_assembly_steal (GcoapBodyAssembly *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
