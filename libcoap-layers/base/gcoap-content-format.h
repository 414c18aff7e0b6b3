/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers that stand for media types in Content-Format and Accept. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-content-formats.h"
#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_content_format_get_media_type (guint format);
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_content_format_get_content_coding (guint format);
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_content_format_get_nick (guint format);
GCOAP_AVAILABLE_IN_ALL
char *gcoap_content_format_to_string (guint format) G_GNUC_WARN_UNUSED_RESULT;
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_content_format_from_string (const char *text,
                                           guint      *format,
                                           GError    **error);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_content_format_register (guint       format,
                                        const char *media_type,
                                        const char *content_coding,
                                        GError    **error);

G_END_DECLS
