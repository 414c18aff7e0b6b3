/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of properties as text, CBOR and SenML, and back. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define GCOAP_PROPERTY_N_FORMATS 4

/* Content formats, the one that is made when nobody asks for another first. */
extern const guint gcoap_property_formats[GCOAP_PROPERTY_N_FORMATS];

/* What SenML says besides the value. */
typedef struct
{
  const char *name;   /* letters, digits and some signs: RFC 8428 §4.5.1 */
  const char *unit;   /* NULL: none */
} GcoapPropertyLabel;

/* Errors: GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED for types that nothing is known
 * of, GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE for a value that the format has no
 * exact representation of. */
GBytes *gcoap_property_formats_write (const GValue             *value,
                                      guint                     format,
                                      const GcoapPropertyLabel *label,
                                      GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fills @value, which is initialized to the type of @pspec. Errors: as those of
 * gcoap_property_text_read(). */
gboolean gcoap_property_formats_read (GBytes                   *payload,
                                      guint                     format,
                                      const GcoapPropertyLabel *label,
                                      GParamSpec               *pspec,
                                      GValue                   *value,
                                      GError                  **error);

G_END_DECLS
