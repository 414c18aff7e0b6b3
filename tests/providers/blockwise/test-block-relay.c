/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams and groups whose responses come in blocks (RFC 7959 §2.6, §2.8). */
#include "providers/blockwise/gcoap-block-transfer-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/body-responder.h"
#include "helpers/mock-responder.h"
#include "helpers/named-address.h"
#include "helpers/recording-sink.h"

/* The provider over a responder that keeps all it is given. */
typedef struct
{
  GcoapClock           *clock;
  GcoapRuntime         *runtime;
  MockResponder        *network;
  GcoapBlockwise       *provider;
  GcoapEndpointAddress *address;
  GcoapEndpointAddress *members[2];
  RecordingSink        *sink;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  gboolean is_group = data != NULL;

  fixture->clock = gcoap_clock_new_manual (0);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->network = mock_responder_new (MOCK_RESPONDER_KEEP);
  fixture->provider = gcoap_blockwise_new (GCOAP_REQUEST_INTERFACE (fixture->network), fixture->runtime);
  fixture->address = test_named_address_new ("a", is_group ? TEST_ADDRESS_MULTICAST : TEST_ADDRESS_PLAIN);
  fixture->members[0] = test_named_address_new ("m0", TEST_ADDRESS_PLAIN);
  fixture->members[1] = test_named_address_new ("m1", TEST_ADDRESS_PLAIN);
  fixture->sink = recording_sink_new (GCOAP_CODE_GET, fixture->address);
  gcoap_exchange_set_expects (fixture->sink->exchange,
                              is_group ? GCOAP_EXPECTS_GROUP : GCOAP_EXPECTS_STREAM);
  recording_sink_open (fixture->sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fixture->provider), fixture->sink->exchange);
  g_assert_cmpuint (mock_responder_get_n_kept (fixture->network), ==, 1);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  GcoapExchange *exchange = g_steal_pointer (&fixture->sink->exchange);

  gcoap_exchange_cancel (exchange);
  while (mock_responder_get_n_kept (fixture->network) > 0)
    mock_responder_release (fixture->network, 0);
  /* Nothing of it is left. */
  g_assert_finalize_object (exchange);
  recording_sink_free (fixture->sink);
  g_assert_cmpuint (fixture->provider->own_bytes, ==, 0);
  g_assert_finalize_object (fixture->provider);
  g_object_unref (fixture->network);
  g_object_unref (fixture->runtime);
  g_object_unref (fixture->clock);
  g_object_unref (fixture->address);
  g_object_unref (fixture->members[0]);
  g_object_unref (fixture->members[1]);
}

/* A block of 16 bytes of a body that consists of one letter. */
static GcoapMessage *
new_block (guint    number,
           gboolean more,
           char     letter,
           guint    observe)
{
  GcoapMessage *response = gcoap_message_new (GCOAP_CODE_CONTENT);
  GcoapBlockValue value = { number, more, 0 };
  guint8 payload[16];

  memset (payload, letter, sizeof (payload));
  gcoap_block_value_write (response, GCOAP_OPTION_BLOCK2, &value);
  gcoap_message_set_option (response, GCOAP_OPTION_ETAG, (const guint8 *) &letter, 1);
  if (observe > 0)
    gcoap_message_set_option_uint (response, GCOAP_OPTION_OBSERVE, observe);
  gcoap_message_set_payload_data (response, payload, sizeof (payload));
  return response;
}

static void
answer (Fixture  *fixture,
        guint     n,
        guint     number,
        gboolean  more,
        char      letter,
        guint     observe)
{
  g_autoptr (GcoapMessage) response = new_block (number, more, letter, observe);
  g_autoptr (GcoapExchange) exchange = g_object_ref (mock_responder_get_kept (fixture->network, n));

  gcoap_exchange_respond (exchange, response, n > 0);
}

/* The blocks that the n-th request asks for. */
static guint
get_number (Fixture *fixture,
            guint    n)
{
  GcoapExchange *exchange = mock_responder_get_kept (fixture->network, n);
  GcoapBlockValue value;

  g_assert_cmpint (gcoap_exchange_get_expects (exchange), ==, GCOAP_EXPECTS_ONE);
  g_assert_false (gcoap_message_has_option (gcoap_exchange_get_request (exchange), GCOAP_OPTION_OBSERVE));
  g_assert_true (gcoap_block_value_read (gcoap_exchange_get_request (exchange), GCOAP_OPTION_BLOCK2, &value));
  return value.number;
}

static void
assert_response (Fixture *fixture,
                 guint    n,
                 char     letter,
                 gsize    length,
                 guint    observe)
{
  GcoapMessage *response;
  g_autofree char *text = NULL;
  guint value = 0;

  g_assert_cmpuint (fixture->sink->responses->len, ==, n + 1);
  response = g_ptr_array_index (fixture->sink->responses, n);
  text = recording_sink_dup_text (fixture->sink, n);
  g_assert_cmpuint (strlen (text), ==, length);
  g_assert_cmpint (text[0], ==, letter);
  g_assert_cmpint (text[length - 1], ==, letter);
  gcoap_message_get_option_uint (response, GCOAP_OPTION_OBSERVE, &value);
  g_assert_cmpuint (value, ==, observe);
  g_assert_false (gcoap_message_has_option (response, GCOAP_OPTION_BLOCK2));
}

/* RFC 7959 figure 12. */
static void
test_stream (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_cmpint (gcoap_exchange_get_expects (mock_responder_get_kept (fixture->network, 0)), ==,
                   GCOAP_EXPECTS_STREAM);
  answer (fixture, 0, 0, TRUE, 'a', 5);
  g_assert_cmpuint (get_number (fixture, 1), ==, 1);
  answer (fixture, 1, 1, TRUE, 'a', 0);
  g_assert_cmpuint (get_number (fixture, 2), ==, 2);
  answer (fixture, 2, 2, FALSE, 'a', 0);
  assert_response (fixture, 0, 'a', 48, 5);

  /* One that fits into a block, and another that does not. */
  answer (fixture, 0, 0, FALSE, 'b', 6);
  assert_response (fixture, 1, 'b', 16, 6);
  answer (fixture, 0, 0, TRUE, 'c', 7);
  answer (fixture, 3, 1, FALSE, 'c', 0);
  assert_response (fixture, 2, 'c', 32, 7);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 0);
  /* A successor finds the token where the stream's is. */
  g_assert_true (fixture->sink->exchange->latest_derived
                 == mock_responder_get_kept (fixture->network, 0));
}

/* A newer notification makes the rest of the older one worthless. */
static void
test_superseded (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  answer (fixture, 0, 0, TRUE, 'a', 5);
  answer (fixture, 0, 0, TRUE, 'b', 6);
  g_assert_cmpuint (mock_responder_get_n_cancelled (fixture->network), ==, 1);
  answer (fixture, 2, 1, FALSE, 'b', 0);
  assert_response (fixture, 0, 'b', 32, 6);
}

/* It has changed meanwhile: what there is now is as good. */
static void
test_changed (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  answer (fixture, 0, 0, TRUE, 'a', 5);
  answer (fixture, 1, 1, FALSE, 'b', 0);
  g_assert_cmpuint (get_number (fixture, 2), ==, 0);
  answer (fixture, 2, 0, TRUE, 'b', 0);
  answer (fixture, 3, 1, FALSE, 'b', 0);
  assert_response (fixture, 0, 'b', 32, 5);
}

/* The last response, if it comes in blocks, is whole too. */
static void
test_last (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = new_block (0, TRUE, 'a', 0);

  gcoap_exchange_respond (mock_responder_get_kept (fixture->network, 0), response, TRUE);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 0);
  answer (fixture, 1, 1, FALSE, 'a', 0);
  assert_response (fixture, 0, 'a', 32, 0);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 1);
}

static void
test_fails (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT, "Nothing.");

  answer (fixture, 0, 0, TRUE, 'a', 5);
  gcoap_exchange_fail (mock_responder_get_kept (fixture->network, 1), error);
  g_assert_error (fixture->sink->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (mock_responder_get_n_cancelled (fixture->network), ==, 1);
}

/* Errors of the stream itself, also while something is being fetched. */
static void
test_stream_fails (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_RESET, "No.");

  answer (fixture, 0, 0, TRUE, 'a', 5);
  gcoap_exchange_fail (mock_responder_get_kept (fixture->network, 0), error);
  g_assert_error (fixture->sink->error, GCOAP_ERROR, GCOAP_ERROR_RESET);
  g_assert_cmpuint (mock_responder_get_n_cancelled (fixture->network), ==, 1);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  answer (fixture, 0, 0, TRUE, 'a', 5);
  gcoap_exchange_cancel (fixture->sink->exchange);
  g_assert_cmpuint (mock_responder_get_n_cancelled (fixture->network), ==, 2);
}

static void
answer_from (Fixture  *fixture,
             guint     n,
             guint     member,
             guint     number,
             gboolean  more,
             char      letter)
{
  g_autoptr (GcoapMessage) response = new_block (number, more, letter, 0);

  gcoap_exchange_respond_from (mock_responder_get_kept (fixture->network, n), response, n > 0,
                               fixture->members[member]);
}

/* RFC 7959 §2.8: the rest is asked of each member by unicast. */
static void
test_group (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  answer_from (fixture, 0, 0, 0, TRUE, 'a');
  answer_from (fixture, 0, 1, 0, TRUE, 'b');
  g_assert_true (gcoap_exchange_get_address (mock_responder_get_kept (fixture->network, 1))
                 == fixture->members[0]);
  g_assert_true (gcoap_exchange_get_address (mock_responder_get_kept (fixture->network, 2))
                 == fixture->members[1]);
  answer (fixture, 2, 1, FALSE, 'b', 0);
  assert_response (fixture, 0, 'b', 32, 0);
  g_assert_true (g_ptr_array_index (fixture->sink->responders, 0) == fixture->members[1]);
  /* The deadline waits for what is being fetched. */
  gcoap_exchange_finish_group (mock_responder_get_kept (fixture->network, 0));
  g_assert_cmpuint (fixture->sink->n_ends, ==, 0);
  answer (fixture, 1, 1, FALSE, 'a', 0);
  assert_response (fixture, 1, 'a', 32, 0);
  g_assert_true (g_ptr_array_index (fixture->sink->responders, 1) == fixture->members[0]);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 1);
  g_assert_cmpint (fixture->sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
}

static void
test_group_member_fails (Fixture       *fixture,
                         gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT, "Nothing.");

  answer_from (fixture, 0, 0, 0, TRUE, 'a');
  answer_from (fixture, 0, 1, 0, FALSE, 'b');
  assert_response (fixture, 0, 'b', 16, 0);
  gcoap_exchange_fail (mock_responder_get_kept (fixture->network, 1), error);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 0);
  gcoap_exchange_finish_group (mock_responder_get_kept (fixture->network, 0));
  g_assert_cmpint (fixture->sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_cmpuint (fixture->sink->responses->len, ==, 1);
}

static void
test_group_limit (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_object_set (fixture->runtime->limits, "max-bodies", 1, NULL);
  answer_from (fixture, 0, 0, 0, TRUE, 'a');
  answer_from (fixture, 0, 1, 0, TRUE, 'b');
  g_assert_cmpuint (mock_responder_get_n_kept (fixture->network), ==, 2);
  g_assert_cmpuint (fixture->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 1);
}

#define ADD(name, data, func) g_test_add (name, Fixture, data, set_up, func, tear_down)
#define GROUP "group"

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/block-relay/stream", NULL, test_stream);
  ADD ("/block-relay/superseded", NULL, test_superseded);
  ADD ("/block-relay/changed", NULL, test_changed);
  ADD ("/block-relay/last", NULL, test_last);
  ADD ("/block-relay/fails", NULL, test_fails);
  ADD ("/block-relay/stream-fails", NULL, test_stream_fails);
  ADD ("/block-relay/cancel", NULL, test_cancel);
  ADD ("/block-relay/group", GROUP, test_group);
  ADD ("/block-relay/group-member-fails", GROUP, test_group_member_fails);
  ADD ("/block-relay/group-limit", GROUP, test_group_limit);
  return g_test_run ();
}
