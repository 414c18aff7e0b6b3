/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Request bodies in blocks, from both ends (RFC 7959 §2.5). */
#include "providers/blockwise/gcoap-block-transfer-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/block-pair.h"

static void
test_sizes (void)
{
  static const gsize lengths[] = { 0, 1, 16, 17, 1023, 1024, 1025, 2048, 5000 };

  for (guint size = 16; size <= 1024; size *= 2)
    for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
      for (guint side = 0; side < 2; side++)
        {
          g_autoptr (BlockPair) pair = block_pair_new (0, size + i);
          g_autoptr (GBytes) body = body_new (lengths[i], size);
          g_autoptr (GcoapMessage) response = NULL;
          g_autoptr (GError) error = NULL;

          gcoap_blockwise_set_block_size (side == 0 ? pair->client : pair->server, size);
          response = block_pair_request (pair, GCOAP_CODE_PUT, body, &error);
          g_assert_no_error (error);
          block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
          g_assert_true (g_bytes_equal (body, pair->resource->body));
          g_assert_cmpuint (pair->resource->n_requests, ==, 1);
          g_assert_false (gcoap_message_has_option (pair->resource->request, GCOAP_OPTION_BLOCK1));
          g_assert_false (gcoap_message_has_option (pair->resource->request, GCOAP_OPTION_SIZE1));
        }
}

/* RFC 7959 figures 7 and 9; plugtests BLOCK_03 and BLOCK_04. */
static void
test_messages (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (BlockPair) late = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (300, 2);
  g_autoptr (GBytes) short_body = body_new (200, 2);
  g_autoptr (GcoapMessage) response = NULL;

  pair->logs = late->logs = TRUE;
  gcoap_blockwise_set_block_size (pair->client, 128);
  response = block_pair_request (pair, GCOAP_CODE_PUT, body, NULL);
  block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
  g_assert_cmpstr (pair->log->str, ==,
                   "0.03 1:0/1/128;2.31 1:0/1/128;0.03 1:1/1/128;2.31 1:1/1/128;"
                   "0.03 1:2/0/128;2.04 1:2/0/128;");
  g_clear_pointer (&response, gcoap_message_unref);

  gcoap_blockwise_set_block_size (late->client, 128);
  gcoap_blockwise_set_block_size (late->server, 32);
  response = block_pair_request (late, GCOAP_CODE_PUT, short_body, NULL);
  block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
  g_assert_cmpstr (late->log->str, ==,
                   "0.03 1:0/1/128;2.31 1:0/1/32;0.03 1:4/1/32;2.31 1:4/1/32;"
                   "0.03 1:5/1/32;2.31 1:5/1/32;0.03 1:6/0/32;2.04 1:6/0/32;");
}

/* RFC 7959 figures 10 and 11; plugtest BLOCK_05. */
static void
test_both_ways (void)
{
  static const GcoapCode methods[] = { GCOAP_CODE_POST, GCOAP_CODE_FETCH };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    for (guint size = 16; size <= 1024; size *= 8)
      {
        g_autoptr (BlockPair) pair = block_pair_new (0, 1);
        g_autoptr (GBytes) body = body_new (size * 3 + 7, 2);
        g_autoptr (GcoapMessage) response = NULL;
        g_autoptr (GError) error = NULL;

        gcoap_blockwise_set_block_size (pair->client, size);
        response = block_pair_request (pair, methods[i], body, &error);
        g_assert_no_error (error);
        block_pair_assert (response, methods[i] == GCOAP_CODE_POST ? GCOAP_CODE_CHANGED : GCOAP_CODE_CONTENT,
                           body);
        g_assert_cmpuint (pair->resource->n_requests, ==, 1);
      }
}

static void
test_both_ways_messages (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (150, 2);
  g_autoptr (GcoapMessage) response = NULL;

  pair->logs = TRUE;
  gcoap_blockwise_set_block_size (pair->client, 64);
  response = block_pair_request (pair, GCOAP_CODE_POST, body, NULL);
  block_pair_assert (response, GCOAP_CODE_CHANGED, body);
  g_assert_cmpstr (pair->log->str, ==,
                   "0.02 1:0/1/64;2.31 1:0/1/64;0.02 1:1/1/64;2.31 1:1/1/64;"
                   "0.02 1:2/0/64 2:0/0/64;2.04 1:2/0/64 2:0/1/64;"
                   "0.02 2:1/0/64;2.04 2:1/1/64;0.02 2:2/0/64;2.04 2:2/0/64;");
}

typedef struct
{
  guint64 bytes;
  gint64  total;
  guint   n_calls;
} Progress;

static void
progress_cb (GcoapExchange *exchange G_GNUC_UNUSED,
             gboolean       is_response,
             guint64        bytes,
             gint64         total,
             gpointer       data)
{
  Progress *progress = data;

  if (is_response)
    return;
  g_assert_cmpuint (bytes, >, progress->bytes);
  progress->bytes = bytes;
  progress->total = total;
  progress->n_calls++;
}

static void
test_stream (void)
{
  static const gsize lengths[] = { 1, 1024, 1025, 100000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (guint can_seek = 0; can_seek < 2; can_seek++)
      {
        g_autoptr (BlockPair) pair = block_pair_new (0, 3);
        g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_PUT, NULL);
        g_autoptr (GBytes) body = body_new (lengths[i], 7);
        g_autoptr (GInputStream) stream = can_seek ? g_memory_input_stream_new_from_bytes (body)
                                                   : body_new_unseekable (body);
        g_autoptr (GcoapMessage) response = NULL;
        g_autoptr (GError) error = NULL;
        Progress progress = { 0 };

        gcoap_exchange_set_request_body (exchange, stream);
        gcoap_exchange_set_progress_callback (exchange, progress_cb, &progress, NULL);
        response = block_pair_send (pair, exchange, &error);
        g_assert_no_error (error);
        block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
        g_assert_true (g_bytes_equal (body, pair->resource->body));
        g_assert_cmpuint (progress.bytes, ==, lengths[i]);
        g_assert_cmpint (progress.total, ==, (gint64) lengths[i]);
        g_assert_cmpuint (progress.n_calls, ==, (lengths[i] + 1023) / 1024);
      }
}

/* An empty stream is a request without payload. */
static void
test_empty_stream (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (100, 3);
  g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_PUT, NULL);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new ();
  g_autoptr (GcoapMessage) response = NULL;

  pair->logs = TRUE;
  gcoap_exchange_set_request_body (exchange, stream);
  response = block_pair_send (pair, exchange, NULL);
  block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
  g_assert_cmpstr (pair->log->str, ==, "0.03;2.04;");
  g_assert_cmpuint (g_bytes_get_size (pair->resource->body), ==, 0);
}

/* A stream that says it is long, without being read. */
typedef GMemoryInputStream LongStream;
typedef GMemoryInputStreamClass LongStreamClass;

static goffset long_stream_size;
static goffset long_stream_place;

static void long_stream_seekable_init (GSeekableIface *iface);
static GType long_stream_get_type (void);
G_DEFINE_TYPE_WITH_CODE (LongStream, long_stream, G_TYPE_MEMORY_INPUT_STREAM,
                         G_IMPLEMENT_INTERFACE (G_TYPE_SEEKABLE, long_stream_seekable_init))

static goffset
long_stream_tell (GSeekable *seekable G_GNUC_UNUSED)
{
  return long_stream_place;
}

static gboolean
long_stream_seek (GSeekable    *seekable G_GNUC_UNUSED,
                  goffset       offset,
                  GSeekType     type,
                  GCancellable *cancellable G_GNUC_UNUSED,
                  GError      **error G_GNUC_UNUSED)
{
  long_stream_place = (type == G_SEEK_END ? long_stream_size : 0) + offset;
  return TRUE;
}

static gboolean
long_stream_can_seek (GSeekable *seekable G_GNUC_UNUSED)
{
  return TRUE;
}

static void
long_stream_seekable_init (GSeekableIface *iface)
{
  iface->tell = long_stream_tell;
  iface->seek = long_stream_seek;
  iface->can_seek = long_stream_can_seek;
}

static void
long_stream_class_init (LongStreamClass *klass G_GNUC_UNUSED)
{
}

static void
long_stream_init (LongStream *self G_GNUC_UNUSED)
{
}

/* It fails before anything is sent. */
static void
test_too_long (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 3);
  g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_PUT, NULL);
  g_autoptr (GInputStream) stream = g_object_new (long_stream_get_type (), NULL);
  g_autoptr (GError) error = NULL;

  long_stream_place = 0;
  long_stream_size = 1073741825;
  gcoap_exchange_set_request_body (exchange, stream);
  g_assert_null (block_pair_send (pair, exchange, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "1073741824"));
  g_assert_cmpuint (gcoap_simulated_link_get_n_sent (pair->pair->link), ==, 0);
}

/* A small size that cannot number the body is given up. */
static void
test_size_grows (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 3);
  g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_PUT, NULL);
  g_autoptr (GInputStream) stream = g_object_new (long_stream_get_type (), NULL);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = body_new (200, 3);

  long_stream_place = 0;
  long_stream_size = 16777217;
  g_memory_input_stream_add_bytes (G_MEMORY_INPUT_STREAM (stream), bytes);
  gcoap_blockwise_set_block_size (pair->client, 16);
  gcoap_exchange_set_request_body (exchange, stream);
  pair->logs = TRUE;
  response = block_pair_send (pair, exchange, &error);
  /* The server does not take so much. */
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE);
  g_assert_cmpstr (pair->log->str, ==, "0.03 1:0/1/32;4.13;");
}

typedef struct
{
  BlockPair *pair;
  guint      countdown;    /* requests until the server has lost what it has */
  guint      n_losses;
} Loser;

static gboolean
lose_cb (GcoapSimulatedLink *link G_GNUC_UNUSED,
         guint               serial G_GNUC_UNUSED,
         const char         *from G_GNUC_UNUSED,
         const char         *to,
         const guint8       *data G_GNUC_UNUSED,
         gsize               length G_GNUC_UNUSED,
         gpointer            user_data)
{
  Loser *loser = user_data;

  if (g_str_equal (to, "server") && loser->n_losses > 0 && ++loser->countdown % 3 == 0)
    {
      loser->n_losses--;
      while (loser->pair->server->bodies.ages.head != NULL)
        gcoap_bodies_remove (&loser->pair->server->bodies, loser->pair->server->bodies.ages.head->data);
    }
  return TRUE;
}

/* RFC 7959 §2.9.2: the server has forgotten the beginning. */
static void
test_incomplete (void)
{
  for (guint n_losses = 1; n_losses <= 3; n_losses++)
    for (guint can_seek = 0; can_seek < 2; can_seek++)
      {
        g_autoptr (BlockPair) pair = block_pair_new (0, 3);
        Loser loser = { pair, 0, n_losses };
        g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_PUT, NULL);
        g_autoptr (GBytes) body = body_new (5000, 7);
        g_autoptr (GInputStream) stream = can_seek ? g_memory_input_stream_new_from_bytes (body)
                                                   : body_new_unseekable (body);
        g_autoptr (GcoapMessage) response = NULL;
        g_autoptr (GError) error = NULL;

        gcoap_simulated_link_set_filter (pair->pair->link, lose_cb, &loser, NULL);
        gcoap_exchange_set_request_body (exchange, stream);
        response = block_pair_send (pair, exchange, &error);
        if (!can_seek)
          {
            g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE);
            g_assert_nonnull (strstr (error->message, "only once"));
            continue;
          }
        g_assert_no_error (error);
        if (n_losses <= 2)
          {
            block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
            g_assert_true (g_bytes_equal (body, pair->resource->body));
          }
        else
          {
            g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE);
          }
      }
}

/* What a server says to each block, and what the client makes of it. */
typedef struct
{
  guint       code;
  const char *block1;
  guint       size1;
} Answer;

typedef struct
{
  gsize       length;
  Answer      answers[6];
  const char *requests;    /* their blocks */
  guint       code;        /* in the end; 0: an error */
} ScriptCase;

static const ScriptCase scripts[] = {
  /* RFC 7959 figure 8: a server that acts on each block, by 2.04 or 2.01. */
  { 2500, { { 68, "0/0/1024", 0 }, { 68, "1/0/1024", 0 }, { 68, "2/0/1024", 0 } },
    "1:0/1/1024;1:1/1/1024;1:2/0/1024;", 68 },
  { 2500, { { 65, "0/0/1024", 0 }, { 68, "1/0/1024", 0 }, { 68, "2/0/1024", 0 } },
    "1:0/1/1024;1:1/1/1024;1:2/0/1024;", 65 },
  /* RFC 7959 §2.9.3: 4.13 and a smaller size. */
  { 1500, { { 141, "0/1/512", 0 }, { 95, "0/1/512", 0 }, { 95, "1/1/512", 0 }, { 68, "2/0/512", 0 } },
    "1:0/1/1024;1:0/1/512;1:1/1/512;1:2/0/512;", 68 },
  /* 4.13 to a request without blocks is a hint to try them. */
  { 1000, { { 141, NULL, 0 }, { 95, "0/1/512", 0 }, { 68, "1/0/512", 0 } }, ";1:0/1/512;1:1/0/512;", 68 },
  { 1000, { { 141, NULL, 4000 }, { 95, "0/1/512", 0 }, { 68, "1/0/512", 0 } }, ";1:0/1/512;1:1/0/512;", 68 },
  { 100, { { 141, "0/0/32", 0 }, { 95, "0/1/32", 0 }, { 95, "1/1/32", 0 }, { 95, "2/1/32", 0 },
           { 68, "3/0/32", 0 } }, ";1:0/1/32;1:1/1/32;1:2/1/32;1:3/0/32;", 68 },
  /* Unless no size would do. */
  { 1000, { { 141, NULL, 999 } }, ";", 141 },
  { 2500, { { 141, NULL, 2000 } }, "1:0/1/1024;", 141 },
  { 2500, { { 141, "0/1/1024", 0 } }, "1:0/1/1024;", 141 },
  { 10, { { 141, NULL, 0 } }, ";", 141 },
  /* Errors on the way. */
  { 2500, { { 95, "0/1/1024", 0 }, { 132, "1/0/1024", 0 } }, "1:0/1/1024;1:1/1/1024;", 132 },
  { 2500, { { 136, NULL, 0 } }, "1:0/1/1024;", 136 },
  /* Rules broken. */
  { 2500, { { 95, "1/1/1024", 0 } }, "1:0/1/1024;", 0 },
  { 2500, { { 68, NULL, 0 } }, "1:0/1/1024;", 0 },
  { 1500, { { 95, "0/1/1024", 0 }, { 95, "1/1/1024", 0 } }, "1:0/1/1024;1:1/0/1024;", 0 },
};

typedef struct
{
  GObject       parent_instance;
  const Answer *answers;
  guint         n_requests;
  GString      *requests;
} Script;

typedef GObjectClass ScriptClass;

static void script_interface_init (GcoapRequestInterfaceInterface *iface);
static GType script_get_type (void);
G_DEFINE_TYPE_WITH_CODE (Script, script, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE, script_interface_init))

static void
script_request (GcoapRequestInterface *iface,
                GcoapExchange         *exchange)
{
  Script *self = (Script *) iface;
  const Answer *answer = &self->answers[self->n_requests++];
  g_autoptr (GcoapMessage) response = gcoap_message_new (answer->code);
  g_autoptr (GBytes) body = g_bytes_new_static ("", 0);
  g_autoptr (GcoapMessage) block = block_pair_new_block (GCOAP_CODE_GET, NULL, answer->block1, body);
  g_autofree char *blocks = block_pair_describe (gcoap_exchange_get_request (exchange));
  guint value;

  g_string_append_printf (self->requests, "%s;", blocks);
  if (gcoap_message_get_option_uint (block, GCOAP_OPTION_BLOCK2, &value))
    gcoap_message_set_option_uint (response, GCOAP_OPTION_BLOCK1, value);
  if (answer->size1 > 0)
    gcoap_message_set_option_uint (response, GCOAP_OPTION_SIZE1, answer->size1);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static GcoapBodyHandling
script_find_body_handling (GcoapRequestInterface *iface G_GNUC_UNUSED,
                           GcoapExchange         *exchange G_GNUC_UNUSED)
{
  return GCOAP_BODY_HANDLING_BLOCKS;
}

static void
script_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = script_request;
  iface->find_body_handling = script_find_body_handling;
}

static void
script_class_init (ScriptClass *klass G_GNUC_UNUSED)
{
}

static void
script_init (Script *self)
{
  self->requests = g_string_new (NULL);
}

static void
test_script (gconstpointer data)
{
  const ScriptCase *script_case = data;
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GObject) object = g_object_new (script_get_type (), NULL);
  g_autoptr (GBytes) body = body_new (script_case->length, 1);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  Script *script = (Script *) object;

  script->answers = script_case->answers;
  gcoap_context_set_site (pair->pair->server, GCOAP_REQUEST_INTERFACE (script));
  response = block_pair_request (pair, GCOAP_CODE_PUT, body, &error);
  g_assert_cmpstr (script->requests->str, ==, script_case->requests);
  if (script_case->code == 0)
    g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE);
  else
    {
      g_assert_no_error (error);
      g_assert_cmpint (gcoap_message_get_code (response), ==, script_case->code);
    }
  g_string_free (script->requests, TRUE);
}

/* RFC 9175 §3.5.2: two at once are kept apart. */
static void
test_concurrent (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  GBytes *bodies[3] = { body_new (5000, 1), body_new (5000, 2), body_new (4000, 3) };
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_POST, bodies[i]);

      gcoap_context_send_async (pair->pair->client, exchange, NULL, simulated_pair_done_cb, pair->pair);
    }
  while (results->len < 3)
    {
      g_clear_object (&pair->pair->result);
      g_assert_true (simulated_pair_run (pair->pair, 1000));
      g_ptr_array_add (results, g_object_ref (pair->pair->result));
    }
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GcoapMessage) response =
        gcoap_context_send_finish (pair->pair->client, g_ptr_array_index (results, i), NULL);
      gboolean is_known = FALSE;

      for (guint j = 0; j < 3; j++)
        is_known = is_known || g_bytes_equal (bodies[j], gcoap_message_get_payload (response));
      g_assert_true (is_known);
    }
  g_assert_cmpuint (pair->resource->n_requests, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_bytes_unref (bodies[i]);
}

/* RFC 7959 §2.10. */
static void
test_if_none_match (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (0, 1);
  g_autoptr (GBytes) body = body_new (3000, 1);
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_PUT, "coap://server/big", NULL);
  g_autoptr (GcoapMessage) response = NULL;

  gcoap_message_set_payload (request, body);
  gcoap_message_set_option_empty (request, GCOAP_OPTION_IF_NONE_MATCH);
  exchange = gcoap_exchange_new (request);
  response = block_pair_send (pair, exchange, NULL);
  block_pair_assert (response, GCOAP_CODE_CHANGED, NULL);
  g_assert_true (gcoap_message_has_option (pair->resource->request, GCOAP_OPTION_IF_NONE_MATCH));
  g_assert_true (g_bytes_equal (body, pair->resource->body));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-upload/sizes", test_sizes);
  g_test_add_func ("/block-upload/messages", test_messages);
  g_test_add_func ("/block-upload/both-ways", test_both_ways);
  g_test_add_func ("/block-upload/both-ways-messages", test_both_ways_messages);
  g_test_add_func ("/block-upload/stream", test_stream);
  g_test_add_func ("/block-upload/empty-stream", test_empty_stream);
  g_test_add_func ("/block-upload/too-long", test_too_long);
  g_test_add_func ("/block-upload/size-grows", test_size_grows);
  g_test_add_func ("/block-upload/incomplete", test_incomplete);
  g_test_add_func ("/block-upload/concurrent", test_concurrent);
  g_test_add_func ("/block-upload/if-none-match", test_if_none_match);
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/block-upload/script/%u", i);

      g_test_add_data_func (path, &scripts[i], test_script);
    }
  return g_test_run ();
}
