/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR as text: extended diagnostic notation (EDN), and JSON as its subset. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_EDN_MAX_DEPTH 32
#define GCOAP_EDN_MAX_NUMBER_LENGTH 1024

typedef enum /*< flags >*/
{
  GCOAP_EDN_DEFAULT = 0,
  GCOAP_EDN_JSON = 1 << 0,
  GCOAP_EDN_SEQUENCE = 1 << 1,
  GCOAP_EDN_PRETTY = 1 << 2,
} GcoapEdnFlags;

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_edn_parse (const char *text, gssize length, GcoapEdnFlags flags, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_edn_write (GBytes *bytes, GcoapEdnFlags flags, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
