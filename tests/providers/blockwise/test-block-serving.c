/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for single blocks of responses, as a peer might send them. */
#include "providers/blockwise/gcoap-block-reception-private.h"

#include "helpers/block-pair.h"

/* Asks for one block; checks that what comes is that of the body. */
static GcoapMessage *
get (BlockPair  *pair,
     GcoapCode   method,
     const char *block2,
     GBytes     *body)
{
  g_autoptr (GcoapMessage) request = block_pair_new_block (method, NULL, block2, NULL);
  GcoapMessage *response = block_pair_ask (pair, request);
  GcoapBlockValue value;
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (response, &length);

  if (gcoap_block_value_read (response, GCOAP_OPTION_BLOCK2, &value))
    {
      gsize offset = (gsize) gcoap_block_value_get_offset (&value);

      g_assert_cmpuint (offset + length, <=, g_bytes_get_size (body));
      g_assert_cmpmem (data, length, (const guint8 *) g_bytes_get_data (body, NULL) + offset, length);
      g_assert_true (value.more == (offset + length < g_bytes_get_size (body)));
      g_assert_true (gcoap_block_value_matches_payload (&value, length));
    }
  return response;
}

static void
assert_get (BlockPair  *pair,
            const char *block2,
            guint       code,
            const char *expected)
{
  g_autoptr (GcoapMessage) response = get (pair, GCOAP_CODE_GET, block2, pair->resource->body);
  g_autofree char *blocks = block_pair_describe (response);

  g_assert_cmpuint (gcoap_message_get_code (response), ==, code);
  g_assert_cmpstr (blocks, ==, expected);
}

/* Random access, whether it is kept, made anew, or read from a stream. */
static void
test_any_order (void)
{
  for (guint streams = 0; streams < 2; streams++)
    {
      g_autoptr (BlockPair) pair = block_pair_new (1000, 1);

      pair->resource->streams = streams;
      assert_get (pair, "3/0/64", GCOAP_CODE_CONTENT, "2:3/1/64");
      assert_get (pair, "0/0/64", GCOAP_CODE_CONTENT, "2:0/1/64");
      assert_get (pair, "15/0/64", GCOAP_CODE_CONTENT, "2:15/0/64");
      assert_get (pair, "1/0/512", GCOAP_CODE_CONTENT, "2:1/0/512");
      assert_get (pair, "2/0/16", GCOAP_CODE_CONTENT, "2:2/1/16");
      assert_get (pair, "62/0/16", GCOAP_CODE_CONTENT, "2:62/0/16");
      assert_get (pair, "63/0/16", GCOAP_CODE_BAD_REQUEST, "");
      assert_get (pair, "1048575/0/1024", GCOAP_CODE_BAD_REQUEST, "");
      assert_get (pair, "1/0/1024", GCOAP_CODE_BAD_REQUEST, "");
      assert_get (pair, "0/0/1024", GCOAP_CODE_CONTENT, "2:0/0/1024");
      /* RFC 7959 §2.4: the M bit of a request is ignored. */
      assert_get (pair, "0/1/64", GCOAP_CODE_CONTENT, "2:0/1/64");
      /* What can be read anywhere is not kept. */
      if (streams)
        g_assert_cmpuint (gcoap_bodies_get_size (&pair->server->bodies), ==, 0);
    }
}

static void
test_smaller (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (1000, 1);

  gcoap_blockwise_set_block_size (pair->server, 32);
  assert_get (pair, "0/0/128", GCOAP_CODE_CONTENT, "2:0/1/32");
  assert_get (pair, "1/0/128", GCOAP_CODE_CONTENT, "2:4/1/32");
  assert_get (pair, "1/0/16", GCOAP_CODE_CONTENT, "2:1/1/16");
}

/* RFC 7959 §4. */
static void
test_size2 (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (1000, 1);
  g_autoptr (GcoapMessage) first = get (pair, GCOAP_CODE_GET, "0/0/64", pair->resource->body);
  g_autoptr (GcoapMessage) second = get (pair, GCOAP_CODE_GET, "1/0/64", pair->resource->body);
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_GET, NULL, "1/0/64", NULL);
  g_autoptr (GcoapMessage) third = NULL;
  guint size;

  g_assert_true (gcoap_message_get_option_uint (first, GCOAP_OPTION_SIZE2, &size));
  g_assert_cmpuint (size, ==, 1000);
  g_assert_false (gcoap_message_get_option_uint (second, GCOAP_OPTION_SIZE2, &size));
  gcoap_message_set_option_uint (request, GCOAP_OPTION_SIZE2, 0);
  third = block_pair_ask (pair, request);
  g_assert_true (gcoap_message_get_option_uint (third, GCOAP_OPTION_SIZE2, &size));
  g_assert_cmpuint (size, ==, 1000);
}

/* RFC 7959 §2.4, RFC 9175 §3.8: each block has the entity-tag of the whole. */
static void
test_etag (void)
{
  for (guint adds = 0; adds < 2; adds++)
    {
      g_autoptr (BlockPair) pair = block_pair_new (1000, 1);
      g_autoptr (GcoapMessage) first = NULL;
      g_autoptr (GcoapMessage) second = NULL;
      g_autoptr (GcoapMessage) other = NULL;
      g_autoptr (GBytes) first_tag = NULL;
      g_autoptr (GBytes) second_tag = NULL;
      g_autoptr (GBytes) other_tag = NULL;

      pair->resource->adds_etag = adds;
      first = get (pair, GCOAP_CODE_GET, "0/0/64", pair->resource->body);
      second = get (pair, GCOAP_CODE_GET, "1/0/64", pair->resource->body);
      first_tag = gcoap_message_get_option (first, GCOAP_OPTION_ETAG, 0);
      second_tag = gcoap_message_get_option (second, GCOAP_OPTION_ETAG, 0);
      g_assert_true (g_bytes_equal (first_tag, second_tag));
      g_assert_cmpuint (g_bytes_get_size (first_tag), ==, adds ? 4 : 8);

      g_bytes_unref (pair->resource->body);
      pair->resource->body = body_new (1000, 9);
      other = get (pair, GCOAP_CODE_GET, "0/0/64", pair->resource->body);
      other_tag = gcoap_message_get_option (other, GCOAP_OPTION_ETAG, 0);
      g_assert_false (g_bytes_equal (first_tag, other_tag));
    }
}

/* What is kept stays as it was while the resource goes on; a new first block
 * begins anew. */
static void
test_snapshot (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (1000, 1);
  g_autoptr (GBytes) former = g_bytes_ref (pair->resource->body);
  g_autoptr (GcoapMessage) first = get (pair, GCOAP_CODE_GET, "0/0/64", former);
  g_autoptr (GcoapMessage) second = NULL;

  g_bytes_unref (pair->resource->body);
  pair->resource->body = body_new (1000, 9);
  second = get (pair, GCOAP_CODE_GET, "1/0/64", former);
  g_assert_cmpuint (pair->resource->n_requests, ==, 1);
  assert_get (pair, "0/0/64", GCOAP_CODE_CONTENT, "2:0/1/64");
  assert_get (pair, "1/0/64", GCOAP_CODE_CONTENT, "2:1/1/64");
  g_assert_cmpuint (pair->resource->n_requests, ==, 2);
  /* When it has been given up, what there is now goes out. */
  gcoap_clock_advance (pair->pair->clock, 247 * G_USEC_PER_SEC);
  g_assert_cmpuint (gcoap_bodies_get_size (&pair->server->bodies), ==, 0);
  assert_get (pair, "2/0/64", GCOAP_CODE_CONTENT, "2:2/1/64");
  g_assert_cmpuint (pair->resource->n_requests, ==, 3);
}

/* A request that is not safe is not carried out again for a block. */
static void
test_unsafe (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (1000, 2);
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_POST, "0/0/1024", "0/0/64", body);
  g_autoptr (GcoapMessage) first = block_pair_ask (pair, request);
  g_autofree char *blocks = block_pair_describe (first);
  g_autoptr (GcoapMessage) second = get (pair, GCOAP_CODE_POST, "1/0/64", body);
  g_autoptr (GcoapMessage) third = NULL;

  g_assert_cmpstr (blocks, ==, "1:0/0/1024 2:0/1/64");
  g_assert_cmpint (gcoap_message_get_code (second), ==, GCOAP_CODE_CHANGED);
  g_assert_cmpuint (pair->resource->n_requests, ==, 1);
  gcoap_clock_advance (pair->pair->clock, 247 * G_USEC_PER_SEC);
  third = get (pair, GCOAP_CODE_POST, "2/0/64", body);
  g_assert_cmpint (gcoap_message_get_code (third), ==, GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE);
  g_assert_cmpuint (pair->resource->n_requests, ==, 1);
}

/* RFC 8132 §2: FETCH asks for what its payload says, which may be in later
 * requests, or not. */
static void
test_fetch (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (200, 2);
  g_autoptr (GBytes) other = body_new (200, 3);
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_FETCH, NULL, "0/0/64", NULL);
  g_autoptr (GcoapMessage) again = block_pair_new_block (GCOAP_CODE_FETCH, NULL, "1/0/64", NULL);
  g_autoptr (GcoapMessage) response = NULL;
  gsize length;
  const guint8 *data;

  gcoap_message_set_payload (request, body);
  response = block_pair_ask (pair, request);
  g_clear_pointer (&response, gcoap_message_unref);
  response = get (pair, GCOAP_CODE_FETCH, "1/0/64", body);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (pair->resource->n_requests, ==, 1);
  g_clear_pointer (&response, gcoap_message_unref);

  gcoap_message_set_payload (again, other);
  response = block_pair_ask (pair, again);
  data = gcoap_message_get_payload_data (response, &length);
  g_assert_cmpmem (data, length, (const guint8 *) g_bytes_get_data (other, NULL) + 64, 64);
  g_assert_cmpuint (pair->resource->n_requests, ==, 2);
  g_clear_pointer (&response, gcoap_message_unref);

  gcoap_clock_advance (pair->pair->clock, 247 * G_USEC_PER_SEC);
  response = get (pair, GCOAP_CODE_FETCH, "1/0/64", body);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE);
}

/* From a stream that can be read only once: in order, the same again. */
static void
test_once (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (1000, 1);

  pair->resource->streams = TRUE;
  pair->resource->is_unseekable = TRUE;
  assert_get (pair, "1/0/64", GCOAP_CODE_BAD_REQUEST, "");
  assert_get (pair, "0/0/64", GCOAP_CODE_CONTENT, "2:0/1/64");
  assert_get (pair, "1/0/64", GCOAP_CODE_CONTENT, "2:1/1/64");
  assert_get (pair, "1/0/64", GCOAP_CODE_CONTENT, "2:1/1/64");
  assert_get (pair, "0/0/64", GCOAP_CODE_CONTENT, "2:0/1/64");
  assert_get (pair, "2/0/64", GCOAP_CODE_BAD_REQUEST, "");
}

/* Large bodies from streams, by our own other half. */
static void
test_stream (void)
{
  static const gsize lengths[] = { 0, 1, 1024, 1025, 300000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint is_unseekable = 0; is_unseekable < 2; is_unseekable++)
      for (guint is_post = 0; is_post < 2; is_post++)
        {
          g_autoptr (BlockPair) pair = block_pair_new (lengths[i], 1);
          g_autoptr (GcoapMessage) response = NULL;
          g_autoptr (GError) error = NULL;

          pair->resource->streams = TRUE;
          pair->resource->is_unseekable = is_unseekable;
          pair->resource->adds_etag = TRUE;
          response = block_pair_request (pair, is_post ? GCOAP_CODE_POST : GCOAP_CODE_GET,
                                         is_post ? pair->resource->body : NULL, &error);
          g_assert_no_error (error);
          block_pair_assert (response, is_post ? GCOAP_CODE_CHANGED : GCOAP_CODE_CONTENT,
                             pair->resource->body);
        }
}

/* Without room to keep anything, what is safe is made anew for each block, and
 * what is not is refused. */
static void
test_no_room (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (3000, 1);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapMessage) posted = NULL;
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_POST, NULL, "0/0/64", NULL);
  g_autoptr (GBytes) body = body_new (100, 2);
  g_autoptr (GError) error = NULL;

  g_object_set (block_pair_get_limits (pair, pair->server), "max-body-bytes", 99, NULL);
  response = block_pair_request (pair, GCOAP_CODE_GET, NULL, &error);
  g_assert_no_error (error);
  block_pair_assert (response, GCOAP_CODE_CONTENT, pair->resource->body);
  g_assert_cmpuint (pair->resource->n_requests, ==, 3);
  gcoap_message_set_payload (request, body);
  posted = block_pair_ask (pair, request);
  g_assert_cmpint (gcoap_message_get_code (posted), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);
}

/* The room of a message is less than the block that is preferred. */
static void
test_long_options (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (1100, 1);
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/big", NULL);
  g_autoptr (GcoapMessage) response = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, 0);
  response = block_pair_ask (pair, request);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-serving/any-order", test_any_order);
  g_test_add_func ("/block-serving/smaller", test_smaller);
  g_test_add_func ("/block-serving/size2", test_size2);
  g_test_add_func ("/block-serving/etag", test_etag);
  g_test_add_func ("/block-serving/snapshot", test_snapshot);
  g_test_add_func ("/block-serving/unsafe", test_unsafe);
  g_test_add_func ("/block-serving/fetch", test_fetch);
  g_test_add_func ("/block-serving/once", test_once);
  g_test_add_func ("/block-serving/stream", test_stream);
  g_test_add_func ("/block-serving/no-room", test_no_room);
  g_test_add_func ("/block-serving/long-options", test_long_options);
  return g_test_run ();
}
