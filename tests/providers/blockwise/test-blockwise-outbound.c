/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-block-transfer-private.h"

#include "helpers/body-responder.h"
#include "helpers/mock-responder.h"
#include "helpers/named-address.h"
#include "helpers/recording-sink.h"

typedef struct
{
  GcoapRuntime         *runtime;
  GcoapEndpointAddress *address;
  MockResponder        *network;
  GcoapBlockwise       *provider;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->runtime = gcoap_runtime_new (NULL);
  fixture->address = test_named_address_new ("a", GPOINTER_TO_UINT (data));
  fixture->network = mock_responder_new (MOCK_RESPONDER_KEEP);
  fixture->provider = gcoap_blockwise_new (GCOAP_REQUEST_INTERFACE (fixture->network), fixture->runtime);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  while (mock_responder_get_n_kept (fixture->network) > 0)
    mock_responder_release (fixture->network, 0);
  g_assert_finalize_object (fixture->provider);
  g_object_unref (fixture->network);
  g_object_unref (fixture->address);
  g_object_unref (fixture->runtime);
}

static RecordingSink *
send (Fixture      *fixture,
      GcoapMessage *request,
      gsize         length,
      gsize         room)
{
  g_autoptr (GBytes) body = body_new (length, 1);
  RecordingSink *sink;

  gcoap_message_set_payload (request, body);
  sink = recording_sink_new_for_exchange (gcoap_exchange_new (request));
  gcoap_exchange_set_address (sink->exchange, fixture->address);
  if (room > 0)
    gcoap_exchange_set_room (sink->exchange, room);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fixture->provider), sink->exchange);
  return sink;
}

static GcoapMessage *
get_sent (Fixture *fixture,
          guint    n)
{
  return gcoap_exchange_get_request (mock_responder_get_kept (fixture->network, n));
}

static void
answer (Fixture   *fixture,
        guint      n,
        GcoapCode  code,
        guint      option,
        guint      value)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (code);

  if (option != 0)
    gcoap_message_set_option_uint (response, option, value);
  gcoap_exchange_respond (mock_responder_get_kept (fixture->network, n), response, TRUE);
}

/* What needs no blocks goes through as it is, on the same exchange. */
static void
test_small (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (RecordingSink) sink = send (fixture, request, 1024, 0);

  g_assert_true (mock_responder_get_kept (fixture->network, 0) == sink->exchange);
  answer (fixture, 0, GCOAP_CODE_CHANGED, 0, 0);
  g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_CHANGED);
}

/* The room of the path decides. */
static void
test_room (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (RecordingSink) sink = send (fixture, request, 200, 150);
  GcoapBlockValue value;
  guint size;

  g_assert_true (gcoap_block_value_read (get_sent (fixture, 0), GCOAP_OPTION_BLOCK1, &value));
  g_assert_cmpuint (value.exponent, ==, 2);
  g_assert_true (value.more);
  g_assert_true (gcoap_message_get_option_uint (get_sent (fixture, 0), GCOAP_OPTION_SIZE1, &size));
  g_assert_cmpuint (size, ==, 200);
  g_assert_false (gcoap_message_has_option (get_sent (fixture, 0), GCOAP_OPTION_REQUEST_TAG));
}

/* Who sets the options himself is left alone. */
static void
test_other_hands (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { guint option; guint value; } cases[] = {
    { GCOAP_OPTION_BLOCK1, 0 }, { GCOAP_OPTION_BLOCK2, 1 << 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_POST);
      g_autoptr (RecordingSink) sink = NULL;
      GcoapBlockValue value;

      gcoap_message_set_option_uint (request, cases[i].option, cases[i].value);
      sink = send (fixture, request, 2000, 0);
      answer (fixture, 0, GCOAP_CODE_CONTENT, GCOAP_OPTION_BLOCK2, 1 << 4 | 8);
      g_assert_true (gcoap_block_value_read (g_ptr_array_index (sink->responses, 0),
                                             GCOAP_OPTION_BLOCK2, &value));
      mock_responder_release (fixture->network, 0);
    }
}

/* RFC 8323 §6.2. */
static void
test_bert (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (RecordingSink) sink = send (fixture, request, 20000, 9000);
  static const struct { guint number; gboolean more; gsize length; } blocks[] = {
    { 0, TRUE, 8192 }, { 8, TRUE, 8192 }, { 16, FALSE, 20000 - 16384 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      GcoapBlockValue value;
      gsize length;

      g_assert_true (gcoap_block_value_read (get_sent (fixture, i), GCOAP_OPTION_BLOCK1, &value));
      gcoap_message_get_payload_data (get_sent (fixture, i), &length);
      g_assert_cmpuint (value.exponent, ==, 7);
      g_assert_cmpuint (value.number, ==, blocks[i].number);
      g_assert_true (value.more == blocks[i].more);
      g_assert_cmpuint (length, ==, blocks[i].length);
      answer (fixture, i, value.more ? GCOAP_CODE_CONTINUE : GCOAP_CODE_CHANGED, GCOAP_OPTION_BLOCK1,
              value.number << 4 | (value.more ? 8u : 0u) | 7);
    }
  g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_CHANGED);
}

/* What fits into a message needs no blocks on a reliable transport. */
static void
test_reliable (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (RecordingSink) sink = send (fixture, request, 5000, 9000);

  g_assert_true (mock_responder_get_kept (fixture->network, 0) == sink->exchange);
}

static void
test_group (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (RecordingSink) sink = send (fixture, request, 5000, 0);

  g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
}

/* RFC 9175 §3.5.1: under security a tag is not used again before everything
 * sent with it is too old to be replayed. */
static void
test_secure (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
      g_autoptr (RecordingSink) sink = send (fixture, request, 2000, 0);
      g_autoptr (GBytes) tag = gcoap_message_get_option (get_sent (fixture, 2 * i),
                                                         GCOAP_OPTION_REQUEST_TAG, 0);
      g_autoptr (GBytes) same_tag = NULL;

      answer (fixture, 2 * i, GCOAP_CODE_CONTINUE, GCOAP_OPTION_BLOCK1, 8 | 6);
      same_tag = gcoap_message_get_option (get_sent (fixture, 2 * i + 1), GCOAP_OPTION_REQUEST_TAG, 0);
      g_assert_true ((tag != NULL) == (i > 0));
      g_assert_true ((same_tag != NULL) == (i > 0));
      if (tag != NULL)
        g_assert_true (g_bytes_equal (tag, same_tag));
      answer (fixture, 2 * i + 1, GCOAP_CODE_CHANGED, GCOAP_OPTION_BLOCK1, 1 << 4 | 6);
      g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_CHANGED);
    }
}

/* RFC 7967: only the last block goes unanswered. */
static void
test_no_response (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (RecordingSink) sink = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_NO_RESPONSE, 26);
  sink = send (fixture, request, 2000, 0);
  g_assert_false (gcoap_message_has_option (get_sent (fixture, 0), GCOAP_OPTION_NO_RESPONSE));
  answer (fixture, 0, GCOAP_CODE_CONTINUE, GCOAP_OPTION_BLOCK1, 8 | 6);
  g_assert_true (gcoap_message_has_option (get_sent (fixture, 1), GCOAP_OPTION_NO_RESPONSE));
  gcoap_exchange_dismiss (mock_responder_get_kept (fixture->network, 1));
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_DISMISSED);
}

/* A large request for a stream. */
static void
test_stream (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_FETCH);
  g_autoptr (RecordingSink) sink = NULL;
  g_autoptr (GBytes) body = body_new (2000, 1);
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);

  gcoap_message_set_option_uint (request, GCOAP_OPTION_OBSERVE, 0);
  gcoap_message_set_payload (request, body);
  sink = recording_sink_new_for_exchange (gcoap_exchange_new (request));
  gcoap_exchange_set_address (sink->exchange, fixture->address);
  gcoap_exchange_set_expects (sink->exchange, GCOAP_EXPECTS_STREAM);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fixture->provider), sink->exchange);
  g_assert_false (gcoap_message_has_option (get_sent (fixture, 0), GCOAP_OPTION_OBSERVE));
  g_assert_cmpint (gcoap_exchange_get_expects (mock_responder_get_kept (fixture->network, 0)), ==,
                   GCOAP_EXPECTS_ONE);
  answer (fixture, 0, GCOAP_CODE_CONTINUE, GCOAP_OPTION_BLOCK1, 8 | 6);
  g_assert_true (gcoap_message_has_option (get_sent (fixture, 1), GCOAP_OPTION_OBSERVE));
  g_assert_cmpint (gcoap_exchange_get_expects (mock_responder_get_kept (fixture->network, 1)), ==,
                   GCOAP_EXPECTS_STREAM);
  gcoap_exchange_respond (mock_responder_get_kept (fixture->network, 1), response, FALSE);
  gcoap_exchange_respond (mock_responder_get_kept (fixture->network, 1), response, FALSE);
  g_assert_cmpuint (sink->responses->len, ==, 2);
  gcoap_exchange_cancel (sink->exchange);
}

#define ADD(name, flags, func) \
  g_test_add (name, Fixture, GUINT_TO_POINTER (flags), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/blockwise-outbound/small", TEST_ADDRESS_PLAIN, test_small);
  ADD ("/blockwise-outbound/room", TEST_ADDRESS_PLAIN, test_room);
  ADD ("/blockwise-outbound/other-hands", TEST_ADDRESS_PLAIN, test_other_hands);
  ADD ("/blockwise-outbound/bert", TEST_ADDRESS_RELIABLE, test_bert);
  ADD ("/blockwise-outbound/reliable", TEST_ADDRESS_RELIABLE, test_reliable);
  ADD ("/blockwise-outbound/group", TEST_ADDRESS_MULTICAST, test_group);
  ADD ("/blockwise-outbound/secure", TEST_ADDRESS_SECURE, test_secure);
  ADD ("/blockwise-outbound/no-response", TEST_ADDRESS_PLAIN, test_no_response);
  ADD ("/blockwise-outbound/stream", TEST_ADDRESS_PLAIN, test_stream);
  return g_test_run ();
}
