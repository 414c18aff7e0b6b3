/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of a peer on this machine that is reached over a datagram socket
 * in the file system. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

/* Bytes of a path that a socket address has room for. */
#define GCOAP_UNIX_ADDRESS_MAX_PATH 107

#define GCOAP_TYPE_UNIX_ADDRESS (gcoap_unix_address_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapUnixAddress, gcoap_unix_address, GCOAP, UNIX_ADDRESS, GcoapEndpointAddress)

GCOAP_AVAILABLE_IN_ALL
GcoapUnixAddress *gcoap_unix_address_new (const char  *path,
                                          GError     **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_unix_address_get_path (GcoapUnixAddress *self);

G_END_DECLS
