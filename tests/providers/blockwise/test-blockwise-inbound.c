/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-block-reception-private.h"

#include "helpers/body-responder.h"
#include "helpers/mock-responder.h"
#include "helpers/named-address.h"
#include "helpers/recording-sink.h"
#include "helpers/test-exchange.h"

typedef struct
{
  GcoapRuntime         *runtime;
  GcoapEndpointAddress *address;
  BodyResponder        *resource;
  MockResponder        *keeper;
  GcoapBlockwise       *provider;     /* over the resource */
  GcoapBlockwise       *over_keeper;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GBytes) body = body_new (10000, 1);

  fixture->runtime = gcoap_runtime_new (NULL);
  fixture->address = test_named_address_new ("a", data != NULL ? TEST_ADDRESS_RELIABLE : TEST_ADDRESS_PLAIN);
  fixture->resource = body_responder_new (body);
  fixture->keeper = mock_responder_new (MOCK_RESPONDER_KEEP);
  fixture->provider = gcoap_blockwise_new (GCOAP_REQUEST_INTERFACE (fixture->resource), fixture->runtime);
  fixture->over_keeper = gcoap_blockwise_new (GCOAP_REQUEST_INTERFACE (fixture->keeper), fixture->runtime);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_finalize_object (fixture->provider);
  g_assert_finalize_object (fixture->over_keeper);
  g_object_unref (fixture->resource);
  g_object_unref (fixture->keeper);
  g_object_unref (fixture->address);
  g_object_unref (fixture->runtime);
}

static RecordingSink *
new_sink (Fixture   *fixture,
          GcoapCode  code,
          guint      option,
          guint      value,
          gsize      room,
          gboolean   to_group)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (code);
  g_autoptr (GcoapLocal) local = to_group ? gcoap_local_new (NULL, 0, TRUE) : NULL;
  RecordingSink *sink;

  if (option != 0)
    gcoap_message_set_option_uint (request, option, value);
  sink = recording_sink_new_for_exchange (
    gcoap_exchange_new_inbound (fixture->runtime, request, fixture->address, local));
  if (room > 0)
    gcoap_exchange_set_room (sink->exchange, room);
  recording_sink_open (sink);
  return sink;
}

static void
ask (GcoapBlockwise *provider,
     RecordingSink  *sink)
{
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (provider), sink->exchange);
}

/* RFC 7959 §2.2. */
static void
test_reserved_size (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (RecordingSink) one = new_sink (fixture, GCOAP_CODE_PUT, GCOAP_OPTION_BLOCK1, 7, 0, FALSE);
  g_autoptr (RecordingSink) two = new_sink (fixture, GCOAP_CODE_GET, GCOAP_OPTION_BLOCK2, 7, 0, FALSE);

  ask (fixture->provider, one);
  ask (fixture->provider, two);
  g_assert_cmpint (recording_sink_get_code (one, 0), ==, GCOAP_CODE_BAD_REQUEST);
  g_assert_cmpint (recording_sink_get_code (two, 0), ==, GCOAP_CODE_BAD_REQUEST);
  g_assert_cmpuint (fixture->resource->n_requests, ==, 0);
}

/* RFC 8323 §6.1: the blocks are as large as messages allow. */
static void
test_bert (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (RecordingSink) first = new_sink (fixture, GCOAP_CODE_GET, 0, 0, 5000, FALSE);
  g_autoptr (RecordingSink) second = new_sink (fixture, GCOAP_CODE_GET, GCOAP_OPTION_BLOCK2,
                                               8 << 4 | 7, 5000, FALSE);
  GcoapBlockValue value;
  gsize length;

  ask (fixture->provider, first);
  g_assert_true (gcoap_block_value_read (g_ptr_array_index (first->responses, 0), GCOAP_OPTION_BLOCK2, &value));
  gcoap_message_get_payload_data (g_ptr_array_index (first->responses, 0), &length);
  g_assert_cmpuint (value.exponent, ==, 7);
  g_assert_true (value.more);
  g_assert_cmpuint (length, ==, 4096);

  ask (fixture->provider, second);
  g_assert_true (gcoap_block_value_read (g_ptr_array_index (second->responses, 0), GCOAP_OPTION_BLOCK2, &value));
  gcoap_message_get_payload_data (g_ptr_array_index (second->responses, 0), &length);
  g_assert_cmpuint (value.number, ==, 8);
  g_assert_false (value.more);
  g_assert_cmpuint (length, ==, 10000 - 8192);
}

/* RFC 7959 §2.8. */
static void
test_group (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (RecordingSink) put = new_sink (fixture, GCOAP_CODE_PUT, GCOAP_OPTION_BLOCK1, 0, 0, TRUE);
  g_autoptr (RecordingSink) later = new_sink (fixture, GCOAP_CODE_GET, GCOAP_OPTION_BLOCK2, 1 << 4, 0, TRUE);
  g_autoptr (RecordingSink) first = new_sink (fixture, GCOAP_CODE_GET, GCOAP_OPTION_BLOCK2, 2, 0, TRUE);
  gsize length;

  ask (fixture->provider, put);
  ask (fixture->provider, later);
  ask (fixture->provider, first);
  g_assert_cmpint (recording_sink_get_code (put, 0), ==, GCOAP_CODE_BAD_REQUEST);
  g_assert_cmpint (recording_sink_get_code (later, 0), ==, GCOAP_CODE_BAD_REQUEST);
  g_assert_cmpint (recording_sink_get_code (first, 0), ==, GCOAP_CODE_CONTENT);
  gcoap_message_get_payload_data (g_ptr_array_index (first->responses, 0), &length);
  g_assert_cmpuint (length, ==, 64);
}

/* A value of four bytes is for the end of the chain to refuse. */
static void
test_malformed (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (RecordingSink) sink = new_sink (fixture, GCOAP_CODE_GET, GCOAP_OPTION_BLOCK2,
                                             0x1000000, 0, FALSE);

  ask (fixture->over_keeper, sink);
  g_assert_cmpuint (mock_responder_get_n_requests (fixture->keeper), ==, 1);
  gcoap_exchange_dismiss (mock_responder_get_kept (fixture->keeper, 0));
  mock_responder_release (fixture->keeper, 0);
}

/* However the request ends further in, so it ends here. */
static void
test_ends (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { MockResponderMode mode; GcoapExchangeEnd end; } cases[] = {
    { MOCK_RESPONDER_DISMISS, GCOAP_EXCHANGE_END_DISMISSED },
    { MOCK_RESPONDER_REJECT, GCOAP_EXCHANGE_END_REJECTED },
    { MOCK_RESPONDER_FAIL, GCOAP_EXCHANGE_END_RESPONDED },
    { MOCK_RESPONDER_ANSWER, GCOAP_EXCHANGE_END_RESPONDED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint has_block = 0; has_block < 2; has_block++)
      {
        g_autoptr (RecordingSink) sink = new_sink (fixture, GCOAP_CODE_GET,
                                                   has_block ? GCOAP_OPTION_BLOCK2 : 0, 2, 0, FALSE);

        mock_responder_set_mode (fixture->keeper, cases[i].mode);
        ask (fixture->over_keeper, sink);
        g_assert_cmpint (sink->end, ==, cases[i].end);
      }
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (RecordingSink) sink = new_sink (fixture, GCOAP_CODE_GET, GCOAP_OPTION_BLOCK2, 2, 0, FALSE);

  ask (fixture->over_keeper, sink);
  gcoap_exchange_cancel (sink->exchange);
  g_assert_cmpuint (mock_responder_get_n_cancelled (fixture->keeper), ==, 1);
  mock_responder_release (fixture->keeper, 0);
}

/* A stream: of each response the first block goes out, of the size that was
 * asked for (RFC 7959 §2.6), and its delivery is reported. */
static void
test_stream (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  for (guint has_block = 0; has_block < 2; has_block++)
    {
      g_autoptr (RecordingSink) sink = new_sink (fixture, GCOAP_CODE_GET,
                                                 has_block ? GCOAP_OPTION_BLOCK2 : 0, 2, 0, FALSE);
      g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
      g_autoptr (GBytes) body = body_new (3000, 1);
      GcoapExchange *inner;
      GcoapBlockValue value;
      guint observe;

      ask (fixture->over_keeper, sink);
      inner = mock_responder_get_kept (fixture->keeper, 0);
      gcoap_exchange_set_expects (inner, GCOAP_EXPECTS_STREAM);
      gcoap_message_set_option_uint (response, GCOAP_OPTION_OBSERVE, 9);
      gcoap_message_set_payload (response, body);
      gcoap_exchange_respond (inner, response, FALSE);
      gcoap_exchange_respond (inner, response, FALSE);
      g_assert_cmpuint (sink->responses->len, ==, 2);
      g_assert_cmpuint (sink->n_ends, ==, 0);
      g_assert_cmpint (gcoap_exchange_get_expects (sink->exchange), ==, GCOAP_EXPECTS_STREAM);
      for (guint i = 0; i < 2; i++)
        {
          GcoapMessage *first = g_ptr_array_index (sink->responses, i);

          g_assert_true (gcoap_block_value_read (first, GCOAP_OPTION_BLOCK2, &value));
          g_assert_true (value.more && value.number == 0 && value.exponent == (has_block ? 2 : 6));
          g_assert_true (gcoap_message_get_option_uint (first, GCOAP_OPTION_OBSERVE, &observe));
          g_assert_cmpuint (observe, ==, 9);
        }
      gcoap_exchange_dismiss (inner);
      mock_responder_release (fixture->keeper, 0);
    }
}

/* A renewed registration finds the one before it, in whatever form. */
static void
test_predecessor (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (RecordingSink) first = new_sink (fixture, GCOAP_CODE_GET, 0, 0, 0, FALSE);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (RecordingSink) second = NULL;

  ask (fixture->over_keeper, first);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_BLOCK2, 2);
  second = recording_sink_new_for_exchange (
    gcoap_exchange_new_inbound (fixture->runtime, request, fixture->address, NULL));
  gcoap_exchange_set_predecessor (second->exchange, first->exchange);
  recording_sink_open (second);
  ask (fixture->over_keeper, second);
  g_assert_true (gcoap_exchange_get_predecessor (mock_responder_get_kept (fixture->keeper, 1))
                 == mock_responder_get_kept (fixture->keeper, 0));
  for (guint i = 0; i < 2; i++)
    {
      gcoap_exchange_dismiss (mock_responder_get_kept (fixture->keeper, 0));
      mock_responder_release (fixture->keeper, 0);
    }
}

#define ADD(name, data, func) g_test_add (name, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/blockwise-inbound/reserved-size", NULL, test_reserved_size);
  ADD ("/blockwise-inbound/bert", "reliable", test_bert);
  ADD ("/blockwise-inbound/group", NULL, test_group);
  ADD ("/blockwise-inbound/malformed", NULL, test_malformed);
  ADD ("/blockwise-inbound/ends", NULL, test_ends);
  ADD ("/blockwise-inbound/cancelled", NULL, test_cancelled);
  ADD ("/blockwise-inbound/stream", NULL, test_stream);
  ADD ("/blockwise-inbound/predecessor", NULL, test_predecessor);
  return g_test_run ();
}
