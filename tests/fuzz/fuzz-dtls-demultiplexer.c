/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Datagrams from anybody to a server that has a session with somebody: nothing
 * that is not proven makes it keep anything, or ends the session. Each datagram
 * is preceded by a byte that chooses the sender, and two for its length.
 */
#include "helpers/dtls-network.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  TestDtlsNetwork *network = test_dtls_network_new ("secret");
  g_autoptr (GcoapCredential) alice = test_dtls_psk ("alice-id", "secret");
  GcoapDtlsAssociation *client = test_dtls_network_add_client (network, alice, 1, NULL);

  test_dtls_network_run (network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_OPEN);
  while (size >= 3)
    {
      gsize length = MIN ((gsize) data[1] << 8 | data[2], size - 3);
      guint16 port = data[0] % 3 + 1;

      test_dtls_network_forge (network, port, data + 3, length);
      data += 3 + length;
      size -= 3 + length;
    }
  test_dtls_network_run (network);
  g_assert_cmpuint (network->n_opened, ==, 1);
  g_assert_cmpuint (network->n_ended, ==, 0);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&network->server), ==, 0);
  g_assert_true (gcoap_dtls_association_send (client, (const guint8 *) "ping", 4, NULL));
  test_dtls_network_run (network);
  g_assert_cmpstr (network->answered->str, ==, "ping");
  test_dtls_network_free (network);
  return 0;
}
