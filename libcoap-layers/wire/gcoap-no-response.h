/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7967 §2.1: which responses a requester does not want. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-code.h"
#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_no_response_suppresses (guint value, GcoapCode code);

G_END_DECLS
