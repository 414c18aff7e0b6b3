/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single blocks of requests, as a peer might send them. */
#include "providers/blockwise/gcoap-block-reception-private.h"

#include "helpers/block-pair.h"

/* Sends one block; returns the code and the blocks of the answer. */
static char *
put (BlockPair  *pair,
     const char *block1,
     GBytes     *body,
     guint       change)
{
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_PUT, block1, NULL, body);
  g_autoptr (GcoapMessage) response = NULL;
  g_autofree char *blocks = NULL;
  guint size;

  if (change == GCOAP_OPTION_CONTENT_FORMAT)
    gcoap_message_set_option_uint (request, GCOAP_OPTION_CONTENT_FORMAT, 50);
  else if (change == GCOAP_OPTION_REQUEST_TAG)
    gcoap_message_set_option_string (request, GCOAP_OPTION_REQUEST_TAG, "t");
  else if (change == GCOAP_OPTION_SIZE1)
    gcoap_message_set_option_uint (request, GCOAP_OPTION_SIZE1, (guint) g_bytes_get_size (body));
  response = block_pair_ask (pair, request);
  blocks = block_pair_describe (response);
  if (gcoap_message_get_option_uint (response, GCOAP_OPTION_SIZE1, &size))
    return g_strdup_printf ("%u.%02u size %u", gcoap_message_get_code (response) >> 5,
                            gcoap_message_get_code (response) & 31, size);
  return g_strdup_printf ("%u.%02u %s", gcoap_message_get_code (response) >> 5,
                          gcoap_message_get_code (response) & 31, blocks);
}

#define PUT(block1, change, expected) G_STMT_START { \
    g_autofree char *told = put (pair, block1, body, change); \
    g_assert_cmpstr (told, ==, expected); } G_STMT_END

/* Without Size1, which is only a claim. */
static void
test_order (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  PUT ("1/1/32", 0, "4.08 ");
  PUT ("0/1/32", 0, "2.31 1:0/1/32");
  PUT ("2/1/32", 0, "4.08 ");
  PUT ("1/1/32", 0, "2.31 1:1/1/32");
  /* The same once more is good, and a latecomer does no harm. */
  PUT ("1/1/32", 0, "2.31 1:1/1/32");
  PUT ("1/1/16", 0, "4.08 ");
  PUT ("4/1/16", 0, "2.31 1:4/1/16");
  PUT ("5/1/16", 0, "2.31 1:5/1/16");
  PUT ("3/0/32", 0, "2.04 1:3/0/32");
  g_assert_true (g_bytes_equal (pair->resource->body, body));
  g_assert_cmpuint (pair->resource->n_requests, ==, 1);
  /* It is over. */
  PUT ("3/0/32", 0, "4.08 ");
  g_assert_cmpuint (gcoap_bodies_get_size (&pair->server->bodies), ==, 0);
}

/* RFC 7959 §2.5: a new first block overwrites. */
static void
test_restart (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);
  g_autoptr (GBytes) other = body_new (100, 3);
  g_autofree char *answer = NULL;

  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  answer = put (pair, "0/1/64", other, 0);
  g_assert_cmpstr (answer, ==, "2.31 1:0/1/64");
  g_free (answer);
  answer = put (pair, "1/0/64", other, 0);
  g_assert_cmpstr (answer, ==, "2.04 1:1/0/64");
  g_assert_true (g_bytes_equal (pair->resource->body, other));
}

/* RFC 7959 §2.3, RFC 9175 §3.3: blocks of other operations are not mixed in. */
static void
test_apart (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  PUT ("1/0/64", GCOAP_OPTION_CONTENT_FORMAT, "4.08 ");
  PUT ("1/0/64", GCOAP_OPTION_REQUEST_TAG, "4.08 ");
  PUT ("0/1/64", GCOAP_OPTION_REQUEST_TAG, "2.31 1:0/1/64");
  PUT ("1/0/64", 0, "2.04 1:1/0/64");
  PUT ("1/0/64", GCOAP_OPTION_REQUEST_TAG, "2.04 1:1/0/64");
  g_assert_false (gcoap_message_has_option (pair->resource->request, GCOAP_OPTION_REQUEST_TAG));
}

/* RFC 7959 §2.3: the server's size is smaller. */
static void
test_preference (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  gcoap_blockwise_set_block_size (pair->server, 16);
  PUT ("0/1/64", 0, "2.31 1:0/1/16");
  PUT ("4/1/16", 0, "2.31 1:4/1/16");
  PUT ("5/1/16", 0, "2.31 1:5/1/16");
  PUT ("6/0/16", 0, "2.04 1:6/0/16");
}

static void
test_bad_payload (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  /* 100 bytes end in the middle of a block that says more follow. */
  PUT ("0/1/1024", 0, "4.00 ");
  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  PUT ("1/1/64", 0, "4.00 ");
  PUT ("1/0/64", 0, "2.04 1:1/0/64");
}

static void
test_max_body_size (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  g_object_set (block_pair_get_limits (pair, pair->server), "max-body-size", 100, NULL);
  PUT ("0/1/64", GCOAP_OPTION_SIZE1, "2.31 1:0/1/64");
  PUT ("1/0/64", 0, "2.04 1:1/0/64");
  g_object_set (block_pair_get_limits (pair, pair->server), "max-body-size", 99, NULL);
  /* When it is said at the beginning, or when it turns out. */
  PUT ("0/1/64", GCOAP_OPTION_SIZE1, "4.13 size 99");
  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  PUT ("1/0/64", 0, "4.13 size 99");
  PUT ("1/0/64", 0, "4.08 ");
  g_assert_cmpuint (pair->resource->n_requests, ==, 1);
}

static void
test_max_body_bytes (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (200, 2);

  g_object_set (block_pair_get_limits (pair, pair->server), "max-body-bytes", 128, NULL);
  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  PUT ("0/1/64", GCOAP_OPTION_REQUEST_TAG, "2.31 1:0/1/64");
  PUT ("1/1/64", 0, "4.13 size 128");
  PUT ("1/1/64", GCOAP_OPTION_REQUEST_TAG, "2.31 1:1/1/64");
}

static void
test_max_bodies (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (200, 2);
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_PUT, "0/1/64", NULL, body);
  g_autoptr (GcoapMessage) response = NULL;
  guint max_age;

  g_object_set (block_pair_get_limits (pair, pair->server), "max-bodies", 1, NULL);
  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  gcoap_message_set_option_string (request, GCOAP_OPTION_REQUEST_TAG, "t");
  response = block_pair_ask (pair, request);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);
  g_assert_true (gcoap_message_get_option_uint (response, GCOAP_OPTION_MAX_AGE, &max_age));
  PUT ("1/1/64", 0, "2.31 1:1/1/64");
}

static void
test_max_bodies_per_peer (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (200, 2);

  g_object_set (block_pair_get_limits (pair, pair->server), "max-bodies-per-peer", 1, NULL);
  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  PUT ("0/1/64", GCOAP_OPTION_REQUEST_TAG, "2.31 1:0/1/64");
  PUT ("1/1/64", 0, "4.08 ");
  PUT ("1/1/64", GCOAP_OPTION_REQUEST_TAG, "2.31 1:1/1/64");
}

/* RFC 7959 §2.5: EXCHANGE_LIFETIME after the latest block. */
static void
test_timeout (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (200, 2);

  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  gcoap_clock_advance (pair->pair->clock, 244 * G_USEC_PER_SEC);
  PUT ("1/1/64", 0, "2.31 1:1/1/64");
  gcoap_clock_advance (pair->pair->clock, 244 * G_USEC_PER_SEC);
  PUT ("2/1/64", 0, "2.31 1:2/1/64");
  gcoap_clock_advance (pair->pair->clock, 247 * G_USEC_PER_SEC);
  g_assert_cmpuint (gcoap_bodies_get_size (&pair->server->bodies), ==, 0);
  PUT ("3/0/64", 0, "4.08 ");
}

/* Into a stream, whatever the limit for memory. */
static void
test_stream (void)
{
  static const gsize lengths[] = { 0, 1, 1024, 1025, 200000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (BlockPair) pair = block_pair_new (0, 1);
      g_autoptr (GBytes) body = body_new (lengths[i], 2);
      g_autoptr (GcoapMessage) response = NULL;
      g_autoptr (GError) error = NULL;

      g_object_set (block_pair_get_limits (pair, pair->server),
                    "max-body-size", 1000, "max-body-bytes", 1000, NULL);
      if (lengths[i] > 1024)
        gcoap_resource_set_body_handling (GCOAP_RESOURCE (pair->resource), GCOAP_BODY_HANDLING_STREAM);
      response = block_pair_request (pair, GCOAP_CODE_PUT, body, &error);
      g_assert_no_error (error);
      block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
      g_assert_true (g_bytes_equal (pair->resource->body, body));
      g_assert_cmpuint (pair->resource->n_requests, ==, 1);
      g_assert_cmpuint (pair->resource->n_cancelled, ==, 0);
    }
}

static void
test_stream_order (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  gcoap_resource_set_body_handling (GCOAP_RESOURCE (pair->resource), GCOAP_BODY_HANDLING_STREAM);
  PUT ("0/1/32", 0, "2.31 1:0/1/32");
  PUT ("2/1/32", 0, "4.08 ");
  PUT ("1/1/32", 0, "2.31 1:1/1/32");
  PUT ("1/1/32", 0, "2.31 1:1/1/32");
  PUT ("2/1/32", 0, "2.31 1:2/1/32");
  PUT ("3/0/32", 0, "2.04 1:3/0/32");
  g_assert_true (g_bytes_equal (pair->resource->body, body));
  /* One block alone is a body too. */
  PUT ("0/0/1024", 0, "2.04 1:0/0/1024");
  g_assert_true (g_bytes_equal (pair->resource->body, body));
  /* A new beginning puts an end to the old one. */
  PUT ("0/1/32", 0, "2.31 1:0/1/32");
  PUT ("0/1/64", 0, "2.31 1:0/1/64");
  g_assert_cmpuint (pair->resource->n_cancelled, ==, 1);
  gcoap_clock_advance (pair->pair->clock, 247 * G_USEC_PER_SEC);
  g_assert_cmpuint (pair->resource->n_cancelled, ==, 2);
}

static void
test_stream_fails (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  gcoap_resource_set_body_handling (GCOAP_RESOURCE (pair->resource), GCOAP_BODY_HANDLING_STREAM);
  pair->resource->fails = TRUE;
  PUT ("0/1/16", 0, "2.31 1:0/1/16");
  PUT ("1/1/16", 0, "5.00 ");
  g_assert_cmpuint (pair->resource->n_cancelled, ==, 1);
  PUT ("2/1/16", 0, "4.08 ");
}

/* A body that comes in one message goes to the stream as well; an empty one
 * too. */
static void
test_stream_whole (void)
{
  static const gsize lengths[] = { 0, 1, 1024 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (BlockPair) pair = block_pair_new (10, 1);
      g_autoptr (GBytes) body = body_new (lengths[i], 2);
      g_autoptr (GcoapMessage) response = NULL;
      g_autoptr (GError) error = NULL;

      gcoap_resource_set_body_handling (GCOAP_RESOURCE (pair->resource), GCOAP_BODY_HANDLING_STREAM);
      response = block_pair_request (pair, GCOAP_CODE_PUT, body, &error);
      g_assert_no_error (error);
      block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
      g_assert_false (gcoap_message_has_option (response, GCOAP_OPTION_BLOCK1));
      g_assert_true (g_bytes_equal (pair->resource->body, body));
      g_assert_null (gcoap_message_get_payload (pair->resource->request));
    }
}

static void
test_shutdown (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);

  gcoap_resource_set_body_handling (GCOAP_RESOURCE (pair->resource), GCOAP_BODY_HANDLING_STREAM);
  PUT ("0/1/32", 0, "2.31 1:0/1/32");
  g_clear_object (&pair->pair->result);
  gcoap_context_shutdown_async (pair->pair->server, NULL, simulated_pair_done_cb, pair->pair);
  g_assert_true (simulated_pair_run (pair->pair, 1000));
  g_assert_true (gcoap_context_shutdown_finish (pair->pair->server, pair->pair->result, NULL));
  g_assert_cmpuint (pair->resource->n_cancelled, ==, 1);
  g_assert_cmpuint (gcoap_bodies_get_size (&pair->server->bodies), ==, 0);
}

/* The responder refuses at once, or while the body comes. */
static void
test_stream_refused (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_IPATCH, "0/1/32", NULL, body);
  g_autoptr (GcoapMessage) response = NULL;

  gcoap_resource_set_body_handling (GCOAP_RESOURCE (pair->resource), GCOAP_BODY_HANDLING_STREAM);
  response = block_pair_ask (pair, request);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_METHOD_NOT_ALLOWED);
  g_assert_cmpuint (gcoap_bodies_get_size (&pair->server->bodies), ==, 0);
}

/* RFC 9175 §2.3: a resource that wants fresh requests challenges the last block,
 * which is then sent again. */
static void
test_challenge (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (3000, 2);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  pair->logs = TRUE;
  gcoap_resource_set_require_freshness (GCOAP_RESOURCE (pair->resource), 5000);
  response = block_pair_request (pair, GCOAP_CODE_PUT, body, &error);
  g_assert_no_error (error);
  block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
  g_assert_true (g_bytes_equal (pair->resource->body, body));
  g_assert_cmpstr (pair->log->str, ==,
                   "0.03 1:0/1/1024;2.31 1:0/1/1024;0.03 1:1/1/1024;2.31 1:1/1/1024;"
                   "0.03 1:2/0/1024;4.01 1:2/0/1024;0.03 1:2/0/1024;2.04 1:2/0/1024;");
  g_assert_cmpuint (gcoap_bodies_get_size (&pair->server->bodies), ==, 0);
}

/* RFC 7959 §2.3: the resource deals with each block itself. */
static void
test_blocks (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (100, 2);
  guint value;

  gcoap_resource_set_body_handling (GCOAP_RESOURCE (pair->resource), GCOAP_BODY_HANDLING_BLOCKS);
  gcoap_resource_handle_option (GCOAP_RESOURCE (pair->resource), GCOAP_OPTION_BLOCK1);
  PUT ("1/1/32", 0, "2.04 ");
  g_assert_cmpuint (g_bytes_get_size (pair->resource->body), ==, 32);
  g_assert_true (gcoap_message_get_option_uint (pair->resource->request, GCOAP_OPTION_BLOCK1, &value));
  g_assert_cmpuint (value, ==, 1 << 4 | 8 | 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-reception/order", test_order);
  g_test_add_func ("/block-reception/restart", test_restart);
  g_test_add_func ("/block-reception/apart", test_apart);
  g_test_add_func ("/block-reception/preference", test_preference);
  g_test_add_func ("/block-reception/bad-payload", test_bad_payload);
  g_test_add_func ("/block-reception/max-body-size", test_max_body_size);
  g_test_add_func ("/block-reception/max-body-bytes", test_max_body_bytes);
  g_test_add_func ("/block-reception/max-bodies", test_max_bodies);
  g_test_add_func ("/block-reception/max-bodies-per-peer", test_max_bodies_per_peer);
  g_test_add_func ("/block-reception/timeout", test_timeout);
  g_test_add_func ("/block-reception/stream", test_stream);
  g_test_add_func ("/block-reception/stream-order", test_stream_order);
  g_test_add_func ("/block-reception/stream-fails", test_stream_fails);
  g_test_add_func ("/block-reception/stream-whole", test_stream_whole);
  g_test_add_func ("/block-reception/stream-refused", test_stream_refused);
  g_test_add_func ("/block-reception/shutdown", test_shutdown);
  g_test_add_func ("/block-reception/challenge", test_challenge);
  g_test_add_func ("/block-reception/blocks", test_blocks);
  return g_test_run ();
}
