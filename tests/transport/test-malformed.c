/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-error.h"
#include "base/gcoap-statistics-private.h"
#include "helpers/message-recorder.h"
#include "transport/gcoap-malformed-private.h"
#include "transport/gcoap-simulated-link.h"

typedef struct
{
  GcoapClock              *clock;
  GcoapRuntime            *runtime;
  GcoapSimulatedLink      *link;
  GcoapSimulatedInterface *transport;
  TestMessageRecorder     *manager;
  GcoapEndpointAddress    *address;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->clock = gcoap_clock_new_manual (0);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->link = gcoap_simulated_link_new (fixture->clock, 1);
  fixture->transport = gcoap_simulated_link_add_endpoint (fixture->link, "peer", fixture->runtime);
  fixture->manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->transport));
  fixture->address = gcoap_simulated_link_dup_address (fixture->link, "peer");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->address);
  g_clear_object (&fixture->transport);
  g_clear_object (&fixture->manager);
  g_clear_object (&fixture->link);
  g_clear_object (&fixture->runtime);
  g_clear_object (&fixture->clock);
}

static guint64
report (Fixture     *fixture,
        gboolean     has_header,
        gboolean     has_manager)
{
  const GcoapDatagramHeader header = { has_header, GCOAP_MESSAGE_TYPE_NON, 0xabcd };
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "It is odd.");
  GcoapPdu pdu = { .token = (const guint8 *) "left", .token_length = 4, .address = fixture->address };

  gcoap_malformed_report (fixture->runtime, has_manager ? GCOAP_MESSAGE_MANAGER (fixture->manager) : NULL,
                          &header, &pdu, error);
  return gcoap_runtime_get_statistics (fixture->runtime)->counters[GCOAP_COUNTER_DATAGRAMS_MALFORMED];
}

static void
test_with_header (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  const TestRecord *record;

  /* Counting is left to the manager, who knows whether it answers. */
  g_assert_cmpuint (report (fixture, TRUE, TRUE), ==, 0);
  g_assert_cmpuint (fixture->manager->records->len, ==, 1);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_NON);
  g_assert_cmpint (record->message_id, ==, 0xabcd);
  g_assert_cmpuint (g_bytes_get_size (record->token), ==, 0);
  g_assert_true (record->address == fixture->address);
  g_assert_null (record->message);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

static void
test_without_header (Fixture       *fixture,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_cmpuint (report (fixture, FALSE, TRUE), ==, 1);
  g_assert_cmpuint (report (fixture, FALSE, FALSE), ==, 2);
  g_assert_cmpuint (fixture->manager->records->len, ==, 0);
}

static void
test_too_long (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  const struct
  {
    guint8   bytes[8];
    gsize    length;
    gboolean is_reported;
    guint    code;
    guint    token_length;
  } cases[] = {
    { { 0x42, 0x45, 0xab, 0xcd, 't', 'k', 0xff, 'x' }, 8, TRUE, 0x45, 2 },
    { { 0x40, 0x45, 0xab, 0xcd }, 4, TRUE, 0x45, 0 },
    { { 0x42, 0x45, 0xab, 0xcd, 't' }, 5, TRUE, 0, 0 },   /* not all of the token */
    { { 0x4f, 0x45, 0xab, 0xcd, 't' }, 5, TRUE, 0, 0 },
    { { 0x40, 0x25, 0xab, 0xcd }, 4, TRUE, 0, 0 },        /* reserved classes */
    { { 0x40, 0xe1, 0xab, 0xcd }, 4, TRUE, 0, 0 },
    { { 0x40, 0x00, 0xab, 0xcd, 'x' }, 5, TRUE, 0, 0 },
    { { 0x00, 0x45, 0xab, 0xcd }, 4, FALSE, 0, 0 },
    { { 0x40, 0x45, 0xab }, 3, FALSE, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GcoapPdu pdu = { .address = fixture->address };
      const TestRecord *record;

      g_ptr_array_set_size (fixture->manager->records, 0);
      gcoap_malformed_report_too_long (fixture->runtime, GCOAP_MESSAGE_MANAGER (fixture->manager),
                                       cases[i].bytes, cases[i].length, 3000, &pdu);
      g_assert_cmpuint (fixture->manager->records->len, ==, cases[i].is_reported);
      if (!cases[i].is_reported)
        continue;
      record = test_message_recorder_get (fixture->manager, TEST_RECORD_MALFORMED, 0);
      g_assert_cmpint (record->message_id, ==, 0xabcd);
      g_assert_cmpuint (record->message != NULL ? gcoap_message_get_code (record->message) : 0, ==,
                        cases[i].code);
      g_assert_cmpuint (g_bytes_get_size (record->token), ==, cases[i].token_length);
      g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
      g_assert_cmpstr (record->error->message, ==, "A message of coap://peer has at least 3000 bytes; "
                       "the limit max-datagram-size is 2048.");
    }
}

static void
test_without_manager (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_cmpuint (report (fixture, TRUE, FALSE), ==, 0);
  g_assert_cmpuint (fixture->manager->records->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/malformed/with-header", test_with_header);
  ADD ("/malformed/without-header", test_without_header);
  ADD ("/malformed/too-long", test_too_long);
  ADD ("/malformed/without-manager", test_without_manager);
  return g_test_run ();
}
