/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-runtime-private.h"

#include "helpers/named-address.h"

/* One form of writing things down. */
#define TEST_TYPE_TRACE (test_trace_get_type ())
G_DECLARE_FINAL_TYPE (TestTrace, test_trace, TEST, TRACE, GcoapTrace)

struct _TestTrace
{
  GcoapTrace parent_instance;
  GString   *log;
};

G_DEFINE_FINAL_TYPE (TestTrace, test_trace, GCOAP_TYPE_TRACE)

static void
test_trace_message (GcoapTrace *trace, gboolean sent, const GcoapPdu *pdu)
{
  g_string_append_printf (TEST_TRACE (trace)->log, "%c%u", sent ? '>' : '<', pdu->message_id);
}

static void
test_trace_note (GcoapTrace *trace, GcoapEndpointAddress *address, const char *text)
{
  g_string_append_printf (TEST_TRACE (trace)->log, "%c%s", address != NULL ? 'a' : '-', text);
}

static void
test_trace_class_init (TestTraceClass *klass)
{
  GCOAP_TRACE_CLASS (klass)->message = test_trace_message;
  GCOAP_TRACE_CLASS (klass)->note = test_trace_note;
}

static void
test_trace_init (TestTrace *self G_GNUC_UNUSED)
{
}

static void
test_watch (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (TestTrace) trace = g_object_new (TEST_TYPE_TRACE, NULL);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  GcoapPdu pdu = { .message_id = 7, .address = address };

  trace->log = log;
  gcoap_runtime_trace_message (runtime, TRUE, &pdu);
  gcoap_runtime_set_trace (runtime, GCOAP_TRACE (trace));
  gcoap_runtime_trace_message (runtime, TRUE, &pdu);
  gcoap_runtime_trace_message (runtime, FALSE, &pdu);
  gcoap_runtime_trace_note (runtime, address, "n");
  gcoap_runtime_trace_note (runtime, NULL, "m");
  gcoap_runtime_set_trace (runtime, NULL);
  gcoap_runtime_trace_note (runtime, NULL, "o");
  g_assert_cmpstr (log->str, ==, ">7<7an-m");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trace/watch", test_watch);
  return g_test_run ();
}
