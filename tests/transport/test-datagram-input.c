/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-datagram-input-private.h"

#include "base/gcoap-error.h"
#include "helpers/message-recorder.h"
#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-simulated-link.h"

static const guint8 good[] = { 0x41, 0x01, 0x12, 0x34, 't', 0xb4, 't', 'e', 's', 't' };
static const guint8 bad_option[] = { 0x40, 0x01, 0xab, 0xcd, 0xf0 };

static void
test_input (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (clock);
  g_autoptr (GcoapSimulatedLink) link = gcoap_simulated_link_new (clock, 1);
  g_autoptr (GcoapSimulatedInterface) transport = gcoap_simulated_link_add_endpoint (link, "peer", runtime);
  g_autoptr (TestMessageRecorder) recorder = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (transport));
  g_autoptr (GcoapEndpointAddress) address = gcoap_simulated_link_dup_address (link, "peer");
  g_autoptr (GcoapLocal) local = gcoap_local_new ("here", 0, FALSE);
  GcoapMessageManager *manager = GCOAP_MESSAGE_MANAGER (recorder);
  GcoapMessageManagerInterface *iface = GCOAP_MESSAGE_MANAGER_GET_IFACE (manager);
  const TestRecord *record;

  gcoap_datagram_input (runtime, &manager, iface, good, sizeof good, sizeof good, address, local);
  record = test_message_recorder_get (recorder, TEST_RECORD_PDU, 0);
  g_assert_cmpint (record->message_id, ==, 0x1234);
  g_assert_true (record->address == address && record->local == local);

  gcoap_datagram_input (runtime, &manager, iface, bad_option, sizeof bad_option, sizeof bad_option, address, NULL);
  record = test_message_recorder_get (recorder, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->message_id, ==, 0xabcd);
  g_assert_null (record->local);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);

  gcoap_datagram_input (runtime, &manager, iface, bad_option, 3, 3, address, NULL);
  gcoap_datagram_input (runtime, &manager, iface, good, 0, 0, address, NULL);
  g_assert_cmpuint (runtime->statistics->counters[GCOAP_COUNTER_DATAGRAMS_MALFORMED], ==, 2);

  /* The manager may be gone already. */
  manager = NULL;
  gcoap_datagram_input (runtime, &manager, NULL, good, sizeof good, sizeof good, address, local);
  gcoap_datagram_input (runtime, &manager, NULL, bad_option, sizeof bad_option, sizeof bad_option, address, local);
  g_assert_cmpuint (recorder->records->len, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/datagram-input/input", test_input);
  return g_test_run ();
}
