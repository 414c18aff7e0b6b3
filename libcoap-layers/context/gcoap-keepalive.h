/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches whether an endpoint is there, by a ping when it has been silent. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "context/gcoap-context.h"

G_BEGIN_DECLS

/**
 * GcoapKeepaliveState:
 * @GCOAP_KEEPALIVE_STATE_UNKNOWN: nothing has come from the endpoint yet
 * @GCOAP_KEEPALIVE_STATE_ALIVE: it answered lately
 * @GCOAP_KEEPALIVE_STATE_LOST: it does not answer; it is asked again
 * @GCOAP_KEEPALIVE_STATE_STOPPED: nobody asks any more
 *
 * What is known of the endpoint.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_KEEPALIVE_STATE_UNKNOWN,
  GCOAP_KEEPALIVE_STATE_ALIVE,
  GCOAP_KEEPALIVE_STATE_LOST,
  GCOAP_KEEPALIVE_STATE_STOPPED,
} GcoapKeepaliveState;

#define GCOAP_TYPE_KEEPALIVE (gcoap_keepalive_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapKeepalive, gcoap_keepalive, GCOAP, KEEPALIVE, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapKeepalive *gcoap_keepalive_new (GcoapContext *context,
                                     const char   *uri,
                                     guint         interval) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapContext *gcoap_keepalive_get_context (GcoapKeepalive *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_keepalive_get_uri (GcoapKeepalive *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_keepalive_get_interval (GcoapKeepalive *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_keepalive_set_interval (GcoapKeepalive *self,
                                   guint           seconds);

GCOAP_AVAILABLE_IN_ALL
GcoapKeepaliveState gcoap_keepalive_get_state (GcoapKeepalive *self);

GCOAP_AVAILABLE_IN_ALL
gint64 gcoap_keepalive_get_round_trip (GcoapKeepalive *self);

GCOAP_AVAILABLE_IN_ALL
const GError *gcoap_keepalive_get_error (GcoapKeepalive *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_keepalive_stop (GcoapKeepalive *self);

G_END_DECLS
