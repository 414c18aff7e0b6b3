/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the EDN parser share: a cursor over text that is known to
 * be UTF-8, ends at @end, and has no NUL there. */
#pragma once

#include "formats/gcoap-cbor-writer-private.h"
#include "formats/gcoap-edn.h"

G_BEGIN_DECLS

typedef struct
{
  const char *text;
  const char *p;
  const char *end;
  GcoapEdnFlags flags;
  guint depth;
  GcoapCborWriter *writer;
  /* Offsets in the text of the items, keys among them, each before those in it;
   * or NULL. */
  GArray *positions;
  /* Errors do not repeat what the text says. */
  gboolean is_secret;
} GcoapEdnParser;

/* An integer of any length, or a floating-point number. */
typedef struct
{
  gboolean is_float;
  gboolean is_negative;
  /* Written without sign in decimal digits, as the number of a tag is. */
  gboolean is_plain;
  double real;
  /* The magnitude, in the first @n_bytes, the most significant first. */
  gsize n_bytes;
  guint8 bytes[GCOAP_EDN_MAX_NUMBER_LENGTH / 2];
} GcoapEdnNumber;

/* Sets an error with line and column; always FALSE. */
gboolean gcoap_edn_fail (GcoapEdnParser *self,
                         const char     *at,
                         GError        **error,
                         const char     *format,
                         ...) G_GNUC_PRINTF (4, 5);

gboolean gcoap_edn_is_next (GcoapEdnParser *self,
                            const char     *token);

gboolean gcoap_edn_is_json (GcoapEdnParser *self);

/* Goes past white space and comments. */
gboolean gcoap_edn_skip_space (GcoapEdnParser *self,
                               GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Goes past an encoding indicator, if there is one. */
gboolean gcoap_edn_take_indicator (GcoapEdnParser *self,
                                   guint          *width,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Goes one level down, or fails because of the limit. */
gboolean gcoap_edn_descend (GcoapEdnParser *self,
                            GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Items up to @close, which is passed, or to the end if it is NULL. */
gboolean gcoap_edn_take_sequence (GcoapEdnParser *self,
                                  const char     *close,
                                  guint64        *n_items,
                                  GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a string begins here, and not another item. */
gboolean gcoap_edn_is_string (GcoapEdnParser *self);

gboolean gcoap_edn_take_string (GcoapEdnParser *self,
                                guint8         *major,
                                GError        **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean gcoap_edn_take_number (GcoapEdnParser *self,
                                GcoapEdnNumber *number,
                                GError        **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean gcoap_edn_get_uint64 (const GcoapEdnNumber *number,
                               guint64              *value);

/* Encodes a number that was found @at. */
gboolean gcoap_edn_write_number (GcoapEdnParser       *self,
                                 const char           *at,
                                 const GcoapEdnNumber *number,
                                 guint                 width,
                                 GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* Like gcoap_edn_parse(), of text that holds secrets: no error quotes it, and
 * what was encoded is wiped before it is freed. @positions: (element-type gsize)
 * where each item stands in the text, keys among them, in the order of their
 * heads in the encoded item. What stands within “<<” and “>>” is no item. */
GBytes *gcoap_edn_parse_secret (const char *text,
                                gsize       length,
                                GArray    **positions,
                                GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* Both count from one, columns in characters. */
void gcoap_edn_get_place (const char *text,
                          gsize       offset,
                          guint      *line,
                          glong      *column);

G_END_DECLS
