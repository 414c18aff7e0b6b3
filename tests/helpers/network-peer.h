/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who talks to a transport under test over a socket of this machine: in the clear,
 * or in a DTLS session as the client “alice-id” with the key “secret”. */
#pragma once

#include "helpers/raw-socket.h"
#include "transport/gcoap-dtls-association-private.h"

G_BEGIN_DECLS

typedef struct
{
  TestRawSocket         socket;
  const char           *host;          /* of the transport, and of this */
  guint16               port;          /* of the transport */
  GcoapDtlsAssociation *association;   /* NULL: in the clear */
  GQueue                received;      /* of GBytes */
} TestNetworkPeer;

/* Iterates the main context until a session is complete. */
void test_network_peer_open (TestNetworkPeer *self, GcoapRuntime *runtime, const char *host, guint16 port, gboolean is_secure);
void test_network_peer_close (TestNetworkPeer *self);

void test_network_peer_send (TestNetworkPeer *self, const void *data, gsize length);

/* Iterates the main context until something comes; fails the test after ten
 * seconds. */
GBytes *test_network_peer_receive (TestNetworkPeer *self);

/* What the transport calls this peer. */
GcoapEndpointAddress *test_network_peer_dup_address (TestNetworkPeer *self, gpointer transport);

G_END_DECLS
