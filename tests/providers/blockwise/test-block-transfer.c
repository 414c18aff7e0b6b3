/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole transfers over a network that loses, repeats and reorders. */
#include "providers/blockwise/gcoap-block-transfer-private.h"

#include "base/gcoap-error.h"
#include "helpers/block-pair.h"
#include "helpers/named-address.h"
#include "helpers/recording-sink.h"

/* As many retransmissions as it takes. */
static void
make_patient (GcoapExchange *exchange)
{
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  gcoap_transport_tuning_set_max_retransmit (tuning, 12);
  gcoap_exchange_set_tuning (exchange, tuning);
}

static BlockPair *
new_lossy_pair (gsize   length,
                guint32 seed,
                double  loss)
{
  BlockPair *pair = block_pair_new (length, seed);

  gcoap_simulated_link_set_filter (pair->pair->link, NULL, NULL, NULL);
  gcoap_simulated_link_set_loss (pair->pair->link, loss);
  gcoap_simulated_link_set_duplication (pair->pair->link, 0.1);
  gcoap_simulated_link_set_reordering (pair->pair->link, 0.1);
  gcoap_simulated_link_set_delay (pair->pair->link, 1000, 50000);
  for (guint i = 0; i < 2; i++)
    g_object_set (block_pair_get_limits (pair, i == 0 ? pair->client : pair->server),
                  "max-body-size", 20 << 20, "body-timeout", 86400000, NULL);
  gcoap_context_set_response_timeout (pair->pair->client, 0);
  return pair;
}

static void
test_lossy (void)
{
  for (guint32 seed = 1; seed <= 10; seed++)
    {
      g_autoptr (BlockPair) pair = new_lossy_pair (20000, seed, 0.2);
      g_autoptr (GBytes) body = body_new (20000, seed + 1);
      g_autoptr (GcoapExchange) get = block_pair_new_exchange (GCOAP_CODE_GET, NULL);
      g_autoptr (GcoapExchange) post = block_pair_new_exchange (GCOAP_CODE_POST, body);
      g_autoptr (GcoapMessage) got = NULL;
      g_autoptr (GcoapMessage) posted = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("seed %u", seed);
      make_patient (get);
      make_patient (post);
      got = block_pair_send (pair, get, &error);
      g_assert_no_error (error);
      block_pair_assert (got, GCOAP_CODE_CONTENT, pair->resource->body);
      posted = block_pair_send (pair, post, &error);
      g_assert_no_error (error);
      block_pair_assert (posted, GCOAP_CODE_CHANGED, body);
      g_assert_cmpuint (pair->resource->n_requests, ==, 2);
    }
}

/* 10 MiB up and down at 20 % loss. */
static void
test_large (void)
{
  const gsize length = 10 << 20;
  g_autoptr (BlockPair) pair = new_lossy_pair (0, 7, 0.2);
  g_autoptr (GBytes) body = body_new (length, 8);
  g_autoptr (GcoapExchange) put = block_pair_new_exchange (GCOAP_CODE_PUT, body);
  g_autoptr (GcoapExchange) get = block_pair_new_exchange (GCOAP_CODE_GET, NULL);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapMessage) content = NULL;
  g_autoptr (GError) error = NULL;

  make_patient (put);
  make_patient (get);
  response = block_pair_send (pair, put, &error);
  g_assert_no_error (error);
  block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
  g_assert_true (g_bytes_equal (pair->resource->body, body));
  content = block_pair_send (pair, get, &error);
  g_assert_no_error (error);
  block_pair_assert (content, GCOAP_CODE_CONTENT, body);
}

/* A whole transfer takes longer than a response is waited for, which is for the
 * single block. */
static void
test_timeout (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (50000, 7);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_simulated_link_set_delay (pair->pair->link, 400000, 500000);
  gcoap_context_set_response_timeout (pair->pair->client, 2000);
  response = block_pair_request (pair, GCOAP_CODE_GET, NULL, &error);
  g_assert_no_error (error);
  block_pair_assert (response, GCOAP_CODE_CONTENT, pair->resource->body);
}

/* RFC 7252 §4.4: a message ID is not used again for 247 s, and there are not
 * more than 65536. A transfer of more messages waits, and goes on. */
static void
test_message_ids (void)
{
  const gsize length = 70000 * 16;
  g_autoptr (BlockPair) pair = new_lossy_pair (0, 7, 0.0);
  g_autoptr (GBytes) body = body_new (length, 8);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapMessage) content = NULL;
  g_autoptr (GError) error = NULL;
  gint64 begin = gcoap_clock_get_now (pair->pair->clock);

  gcoap_simulated_link_set_duplication (pair->pair->link, 0.0);
  gcoap_simulated_link_set_delay (pair->pair->link, 0, 0);
  gcoap_simulated_link_set_reordering (pair->pair->link, 0.0);
  gcoap_blockwise_set_block_size (pair->client, 16);
  gcoap_context_set_response_timeout (pair->pair->client, 60000);
  response = block_pair_request (pair, GCOAP_CODE_PUT, body, &error);
  g_assert_no_error (error);
  block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
  g_assert_true (g_bytes_equal (pair->resource->body, body));
  g_assert_cmpint (gcoap_clock_get_now (pair->pair->clock) - begin, >=, 240 * G_USEC_PER_SEC);
  content = block_pair_request (pair, GCOAP_CODE_GET, NULL, &error);
  g_assert_no_error (error);
  block_pair_assert (content, GCOAP_CODE_CONTENT, body);
}

static void
test_peer_vanishes (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 7);
  g_autoptr (GBytes) body = body_new (50000, 8);
  g_autoptr (GError) error = NULL;

  gcoap_simulated_link_set_loss (pair->pair->link, 1.0);
  g_assert_null (block_pair_request (pair, GCOAP_CODE_PUT, body, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  /* Part of it may have arrived: the next has a tag (RFC 9175 §3.4). */
  g_assert_cmpuint (gcoap_request_tags_get_size (&pair->client->tags), ==, 1);
  gcoap_simulated_link_set_loss (pair->pair->link, 0.0);
  g_clear_error (&error);
  gcoap_message_unref (block_pair_request (pair, GCOAP_CODE_PUT, body, &error));
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (pair->resource->body, body));
}

/* Answers each block at once, without a network between. */
typedef GcoapRequestProvider Near;
typedef GcoapRequestProviderClass NearClass;

static GType near_get_type (void);
G_DEFINE_TYPE (Near, near, GCOAP_TYPE_REQUEST_PROVIDER)

static void
near_outbound (GcoapRequestProvider *provider G_GNUC_UNUSED,
               GcoapExchange        *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GcoapMessage) response = NULL;
  GcoapBlockValue value = { 0 };

  gcoap_block_value_read (request, GCOAP_OPTION_BLOCK1, &value);
  response = gcoap_message_new (value.more ? GCOAP_CODE_CONTINUE : GCOAP_CODE_CHANGED);
  gcoap_block_value_write (response, GCOAP_OPTION_BLOCK1, &value);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
near_class_init (NearClass *klass)
{
  klass->outbound = near_outbound;
}

static void
near_init (Near *self G_GNUC_UNUSED)
{
}

/* The blocks follow each other without recursion, which a million of them would
 * not survive. */
static void
test_depth (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GObject) network = g_object_new (near_get_type (), NULL);
  g_autoptr (GcoapBlockwise) client =
    gcoap_blockwise_new (GCOAP_REQUEST_INTERFACE (network), runtime);
  g_autoptr (GBytes) body = body_new (16 << 20, 1);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (RecordingSink) sink = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);

  gcoap_message_set_payload (request, body);
  sink = recording_sink_new_for_exchange (gcoap_exchange_new (request));
  gcoap_exchange_set_address (sink->exchange, address);
  gcoap_blockwise_set_block_size (client, 16);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (client), sink->exchange);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_CHANGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-transfer/lossy", test_lossy);
  g_test_add_func ("/block-transfer/large", test_large);
  g_test_add_func ("/block-transfer/message-ids", test_message_ids);
  g_test_add_func ("/block-transfer/timeout", test_timeout);
  g_test_add_func ("/block-transfer/peer-vanishes", test_peer_vanishes);
  g_test_add_func ("/block-transfer/depth", test_depth);
  return g_test_run ();
}
