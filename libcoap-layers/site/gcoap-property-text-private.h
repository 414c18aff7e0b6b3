/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of properties as text and back, the same in every locale. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* NULL if there is no text for values of this type. */
char *gcoap_property_text_write (const GValue *value) G_GNUC_WARN_UNUSED_RESULT;

/* Fills @value, which is initialized to the type of @pspec. Errors:
 * GCOAP_RESPONSE_ERROR_BAD_REQUEST for what is no such value,
 * GCOAP_RESPONSE_ERROR_UNPROCESSABLE_ENTITY for one out of range,
 * GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED for types without text. */
gboolean gcoap_property_text_read (const char  *data,
                                   gsize        length,
                                   GParamSpec  *pspec,
                                   GValue      *value,
                                   GError     **error);

G_END_DECLS
