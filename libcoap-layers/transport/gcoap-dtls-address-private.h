/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One association as an address: it leads to that association while there is
 * one. */
#pragma once

#include "credentials/gcoap-claims.h"
#include "transport/gcoap-dtls-address.h"
#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

struct _GcoapDtlsAddress
{
  GcoapEndpointAddress parent_instance;

  GcoapUdpKey    key;          /* IP address and port of the other end */
  char         **claims;       /* NULL: nothing was proven */
  gconstpointer  transport;    /* only compared */
  gpointer       association;  /* NULL when it has ended */
};

/* @claims may be NULL. */
GcoapDtlsAddress *gcoap_dtls_address_new (const GcoapUdpKey *key,
                                          GcoapClaims       *claims,
                                          gconstpointer      transport,
                                          gpointer           association) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
