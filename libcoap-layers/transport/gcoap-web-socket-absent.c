/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands in for the framing where the library is built without it. */
#include "transport/gcoap-web-socket-framing-private.h"

gboolean
gcoap_web_socket_is_available (void)
{
  return FALSE;
}

GcoapMessageFraming *
gcoap_web_socket_framing_new (GcoapUri        *uri G_GNUC_UNUSED,
                              GcoapWebOrigins *origins G_GNUC_UNUSED)
{
  g_return_val_if_reached (NULL);
}
