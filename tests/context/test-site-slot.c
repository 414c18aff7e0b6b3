/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-site-slot-private.h"

#include "helpers/mock-responder.h"
#include "helpers/recording-sink.h"
#include "interfaces/gcoap-exchange-private.h"

static RecordingSink *
make_request (gboolean to_group)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapLocal) local = gcoap_local_new ("[ff02::fd]", 1, to_group);
  RecordingSink *sink =
    recording_sink_new_for_exchange (gcoap_exchange_new_inbound (runtime, request, NULL, local));

  recording_sink_open (sink);
  return sink;
}

static void
test_empty (void)
{
  g_autoptr (GcoapSiteSlot) slot = gcoap_site_slot_new ();
  g_autoptr (RecordingSink) one = make_request (FALSE);
  g_autoptr (RecordingSink) group = make_request (TRUE);

  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (slot), one->exchange);
  g_assert_cmpint (recording_sink_get_code (one, 0), ==, GCOAP_CODE_NOT_FOUND);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (slot), group->exchange);
  g_assert_cmpint (group->end, ==, GCOAP_EXCHANGE_END_DISMISSED);
}

static void
test_filled (void)
{
  g_autoptr (GcoapSiteSlot) slot = gcoap_site_slot_new ();
  g_autoptr (MockResponder) site = mock_responder_new (MOCK_RESPONDER_ANSWER);
  g_autoptr (RecordingSink) sink = make_request (FALSE);

  g_assert_true (gcoap_site_slot_set_site (slot, GCOAP_REQUEST_INTERFACE (site)));
  g_assert_false (gcoap_site_slot_set_site (slot, GCOAP_REQUEST_INTERFACE (site)));
  g_assert_true (gcoap_site_slot_get_site (slot) == GCOAP_REQUEST_INTERFACE (site));
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (slot), sink->exchange);
  g_assert_cmpuint (mock_responder_get_n_requests (site), ==, 1);
  g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_CONTENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site-slot/empty", test_empty);
  g_test_add_func ("/site-slot/filled", test_filled);
  return g_test_run ();
}
