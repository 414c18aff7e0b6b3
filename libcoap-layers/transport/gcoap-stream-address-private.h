/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection as an address: it leads to that connection while there is
 * one. */
#pragma once

#include "transport/gcoap-stream-address.h"
#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

struct _GcoapStreamAddress
{
  GcoapEndpointAddress parent_instance;

  GcoapUdpKey   key;          /* IP address and port of the other end */
  const char   *scheme;       /* interned */
  gboolean      is_secure;
  gconstpointer transport;    /* only compared */
  gpointer      connection;   /* of the transport's; NULL when it has ended */
  char        **claims;       /* who the peer has proved to be, or NULL */
};

GcoapStreamAddress *gcoap_stream_address_new (const char        *scheme,
                                              gboolean           is_secure,
                                              const GcoapUdpKey *key,
                                              gconstpointer      transport) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
