/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The head of an HTTP/1.1 message (RFC 9112 §2), read strictly: what is not
 * exactly as the grammar has it is refused, and nothing is copied. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lines after the first. */
#define GCOAP_HTTP_MAX_FIELDS 64

/* Bytes of the head; there is no zero behind them. */
typedef struct
{
  const char *data;
  gsize       length;
} GcoapHttpText;

typedef struct
{
  GcoapHttpText name;
  GcoapHttpText value;   /* without the blanks around it */
} GcoapHttpField;

typedef struct
{
  GcoapHttpText  start;   /* the first line */
  GcoapHttpField fields[GCOAP_HTTP_MAX_FIELDS];
  guint          n_fields;
} GcoapHttpHead;

/* How many bytes the head has, with the empty line behind it; *size 0: not all
 * of it is there. Fails as soon as there is a byte no head has. */
gboolean gcoap_http_head_find_end (const guint8  *data,
                                   gsize          length,
                                   gsize         *size,
                                   GError       **error);

/* @length is what gcoap_http_head_find_end() found; @data must outlive it. */
gboolean gcoap_http_head_parse (GcoapHttpHead  *self,
                                const guint8   *data,
                                gsize           length,
                                GError        **error);

/* How many fields have that name; *value is that of the first. */
guint gcoap_http_head_find (const GcoapHttpHead *self,
                            const char          *name,
                            GcoapHttpText       *value);

/* Whether a list, be it in one field or several, has that element. */
gboolean gcoap_http_head_lists (const GcoapHttpHead *self,
                                const char          *name,
                                const char          *element,
                                gboolean             with_case);

gboolean gcoap_http_text_equal (GcoapHttpText  text,
                                const char    *other,
                                gboolean       with_case);

G_END_DECLS
