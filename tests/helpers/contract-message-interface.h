/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every transport of datagrams over IP does alike, as tests that any of
 * them can be put to. */
#pragma once

#include "interfaces/gcoap-message-interface.h"
#include "interfaces/gcoap-runtime.h"

G_BEGIN_DECLS

/* Makes a transport that listens at the URI, and tells what it became. One of
 * coaps knows the client of test_network_peer_open(). */
typedef GcoapMessageInterface *(*TestTransportFunc) (GcoapRuntime  *runtime,
                                                     const char    *uri,
                                                     char         **real_uri,
                                                     GError       **error);

/* Adds the tests under this path. */
void test_contract_message_interface_add (const char        *path,
                                          TestTransportFunc  func,
                                          const char        *uri);

G_END_DECLS
