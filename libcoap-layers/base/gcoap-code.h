/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The code of a message: what a request asks for, or how a response came out. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-codes.h"
#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

GCOAP_AVAILABLE_IN_ALL
guint gcoap_code_get_class (guint code);
GCOAP_AVAILABLE_IN_ALL
guint gcoap_code_get_detail (guint code);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_is_request (guint code);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_is_response (guint code);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_is_success (guint code);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_is_client_error (guint code);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_is_server_error (guint code);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_is_error (guint code);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_is_signaling (guint code);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_code_to_string (guint code) G_GNUC_WARN_UNUSED_RESULT;
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_code_get_name (guint code);
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_code_get_nick (guint code);
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_code_from_string (const char *text,
                                 GcoapCode  *code,
                                 GError    **error);

G_END_DECLS
