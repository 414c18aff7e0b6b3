/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-kind-private.h"
#include "transport/gcoap-web-socket-framing-private.h"

static void
test_lookup (void)
{
  const GcoapStreamKind *kind = gcoap_stream_kind_lookup ("COAP+TCP");

  g_assert_nonnull (kind);
  g_assert_cmpstr (kind->scheme, ==, "coap+tcp");
  g_assert_false (kind->is_secure);
  g_assert_true (kind->make_framing (NULL, NULL) == gcoap_message_framing_get_stream ());
  kind = gcoap_stream_kind_lookup ("coap+ws");
  g_assert_true ((kind != NULL) == gcoap_web_socket_is_available ());
  kind = gcoap_stream_kind_lookup ("coaps+ws");
  g_assert_true ((kind != NULL) == gcoap_web_socket_is_available ());
  g_assert_true (kind == NULL || kind->is_secure);
  g_assert_null (gcoap_stream_kind_lookup ("coap"));
  g_assert_null (gcoap_stream_kind_lookup ("coap+tcp:"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-kind/lookup", test_lookup);
  return g_test_run ();
}
