/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Response bodies in blocks, from both ends (RFC 7959 §2.4). */
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
          g_autoptr (BlockPair) pair = block_pair_new (lengths[i], size + i);
          g_autoptr (GcoapMessage) response = NULL;
          g_autoptr (GError) error = NULL;

          /* It is the one or the other that wants small blocks. */
          gcoap_blockwise_set_block_size (side == 0 ? pair->client : pair->server, size);
          response = block_pair_request (pair, GCOAP_CODE_GET, NULL, &error);
          g_assert_no_error (error);
          block_pair_assert (response, GCOAP_CODE_CONTENT, pair->resource->body);
          /* The resource sees no blocks, and only one request. */
          g_assert_cmpuint (pair->resource->n_requests, ==, 1);
          g_assert_false (gcoap_message_has_option (pair->resource->request, GCOAP_OPTION_BLOCK2));
        }
}

/* RFC 7959 figures 2 and 3; plugtests BLOCK_01 and BLOCK_02. */
static void
test_messages (void)
{
  g_autoptr (BlockPair) late = block_pair_new (300, 1);
  g_autoptr (BlockPair) early = block_pair_new (100, 1);
  g_autoptr (GcoapMessage) response = NULL;

  late->logs = early->logs = TRUE;
  gcoap_blockwise_set_block_size (late->server, 128);
  response = block_pair_request (late, GCOAP_CODE_GET, NULL, NULL);
  block_pair_assert (response, GCOAP_CODE_CONTENT, late->resource->body);
  g_assert_cmpstr (late->log->str, ==,
                   "0.01;2.05 2:0/1/128;0.01 2:1/0/128;2.05 2:1/1/128;0.01 2:2/0/128;2.05 2:2/0/128;");
  g_clear_pointer (&response, gcoap_message_unref);

  gcoap_blockwise_set_block_size (early->client, 64);
  response = block_pair_request (early, GCOAP_CODE_GET, NULL, NULL);
  block_pair_assert (response, GCOAP_CODE_CONTENT, early->resource->body);
  g_assert_cmpstr (early->log->str, ==,
                   "0.01 2:0/0/64;2.05 2:0/1/64;0.01 2:1/0/64;2.05 2:1/0/64;");
}

/* RFC 7959 figure 4: the size that the application suggests is not changed, so
 * what is preferred is said only when the first block has come. */
static void
test_late_negotiation (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (200, 1);
  g_autoptr (GcoapMessage) request = block_pair_new_block (GCOAP_CODE_GET, NULL, "0/0/1024", NULL);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  g_autoptr (GcoapMessage) response = NULL;

  pair->logs = TRUE;
  gcoap_blockwise_set_block_size (pair->server, 128);
  gcoap_blockwise_set_block_size (pair->client, 64);
  response = block_pair_send (pair, exchange, NULL);
  block_pair_assert (response, GCOAP_CODE_CONTENT, pair->resource->body);
  g_assert_cmpstr (pair->log->str, ==,
                   "0.01 2:0/0/1024;2.05 2:0/1/128;0.01 2:2/0/64;2.05 2:2/1/64;"
                   "0.01 2:3/0/64;2.05 2:3/0/64;");
}

typedef struct
{
  guint64  bytes;
  gint64   total;
  guint    n_calls;
  gboolean is_response;
} Progress;

static void
progress_cb (GcoapExchange *exchange G_GNUC_UNUSED,
             gboolean       is_response,
             guint64        bytes,
             gint64         total,
             gpointer       data)
{
  Progress *progress = data;

  g_assert_cmpuint (bytes, >=, progress->bytes);
  progress->is_response = is_response;
  progress->bytes = bytes;
  progress->total = total;
  progress->n_calls++;
}

static void
test_sink (void)
{
  static const gsize lengths[] = { 0, 1, 1024, 1025, 1500000 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (BlockPair) pair = block_pair_new (lengths[i], 3);
      g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_GET, NULL);
      g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();
      g_autoptr (GcoapMessage) response = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) written = NULL;
      Progress progress = { 0 };

      gcoap_exchange_set_response_sink (exchange, sink);
      gcoap_exchange_set_progress_callback (exchange, progress_cb, &progress, NULL);
      response = block_pair_send (pair, exchange, &error);
      g_assert_no_error (error);
      block_pair_assert (response, GCOAP_CODE_CONTENT, NULL);
      g_output_stream_close (sink, NULL, NULL);
      written = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (sink));
      g_assert_true (g_bytes_equal (written, pair->resource->body));
      g_assert_true (progress.is_response);
      g_assert_cmpuint (progress.bytes, ==, lengths[i]);
      g_assert_cmpint (progress.total, ==, (gint64) lengths[i]);
      g_assert_cmpuint (progress.n_calls, ==, MAX (1, (lengths[i] + 1023) / 1024));
    }
}

/* An error's text is not what the stream is for. */
static void
test_sink_error (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (10, 3);
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/none", NULL);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();
  g_autoptr (GcoapMessage) response = NULL;
  gsize length;

  gcoap_exchange_set_response_sink (exchange, sink);
  response = block_pair_send (pair, exchange, NULL);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_NOT_FOUND);
  gcoap_message_get_payload_data (response, &length);
  g_assert_cmpuint (length, >, 0);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (sink)), ==, 0);
}

/* A stream that is full. */
static void
test_sink_fails (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (5000, 3);
  g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_GET, NULL);
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new (g_malloc (2000), 2000, NULL, g_free);
  g_autoptr (GError) error = NULL;

  gcoap_exchange_set_response_sink (exchange, sink);
  g_assert_null (block_pair_send (pair, exchange, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

/* The representation changes after the given number of datagrams, each time
 * anew as often as it says. */
typedef struct
{
  BlockPair *pair;
  guint      n_changes;
  guint      countdown;
} Changer;

static gboolean
change_cb (GcoapSimulatedLink *link G_GNUC_UNUSED,
           guint               serial G_GNUC_UNUSED,
           const char         *from G_GNUC_UNUSED,
           const char         *to,
           const guint8       *data G_GNUC_UNUSED,
           gsize               length G_GNUC_UNUSED,
           gpointer            user_data)
{
  Changer *changer = user_data;

  /* Before the third request arrives, what was kept is given up. */
  if (g_str_equal (to, "server") && changer->n_changes > 0 && ++changer->countdown % 3 == 0)
    {
      changer->n_changes--;
      while (changer->pair->server->bodies.ages.head != NULL)
        gcoap_bodies_remove (&changer->pair->server->bodies,
                             changer->pair->server->bodies.ages.head->data);
      g_bytes_unref (changer->pair->resource->body);
      changer->pair->resource->body = body_new (5000, changer->n_changes + 77);
    }
  return TRUE;
}

static void
test_changed (void)
{
  for (guint n_changes = 1; n_changes <= 5; n_changes++)
    {
      g_autoptr (BlockPair) pair = block_pair_new (5000, 3);
      Changer changer = { pair, n_changes, 0 };
      g_autoptr (GcoapMessage) response = NULL;
      g_autoptr (GError) error = NULL;

      gcoap_simulated_link_set_filter (pair->pair->link, change_cb, &changer, NULL);
      response = block_pair_request (pair, GCOAP_CODE_GET, NULL, &error);
      if (n_changes <= 4)
        {
          g_assert_no_error (error);
          block_pair_assert (response, GCOAP_CODE_CONTENT, pair->resource->body);
        }
      else
        {
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE);
        }
    }
}

static void
test_changed_sink (void)
{
  for (guint can_seek = 0; can_seek < 2; can_seek++)
    {
      g_autoptr (BlockPair) pair = block_pair_new (5000, 3);
      Changer changer = { pair, 1, 0 };
      g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_GET, NULL);
      g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
      g_autoptr (GOutputStream) sink = NULL;
      g_autoptr (GConverter) converter = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 0));
      g_autoptr (GcoapMessage) response = NULL;
      g_autoptr (GError) error = NULL;

      sink = can_seek ? g_object_ref (memory) : g_converter_output_stream_new (memory, converter);
      gcoap_simulated_link_set_filter (pair->pair->link, change_cb, &changer, NULL);
      gcoap_exchange_set_response_sink (exchange, sink);
      response = block_pair_send (pair, exchange, &error);
      if (can_seek)
        {
          g_assert_no_error (error);
          g_assert_cmpmem (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)),
                           g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory)),
                           g_bytes_get_data (pair->resource->body, NULL), 5000);
        }
      else
        {
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE);
          g_assert_nonnull (strstr (error->message, "cannot be written anew"));
        }
    }
}

static void
test_limits (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (3000, 3);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  g_object_set (block_pair_get_limits (pair, pair->client), "max-body-size", 3000, NULL);
  response = block_pair_request (pair, GCOAP_CODE_GET, NULL, &error);
  g_assert_no_error (error);
  block_pair_assert (response, GCOAP_CODE_CONTENT, pair->resource->body);

  g_object_set (block_pair_get_limits (pair, pair->client), "max-body-size", 2999, NULL);
  g_assert_null (block_pair_request (pair, GCOAP_CODE_GET, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_object_set (block_pair_get_limits (pair, pair->client),
                "max-body-size", 3000, "max-body-bytes", 2999, NULL);
  g_assert_null (block_pair_request (pair, GCOAP_CODE_GET, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpuint (pair->client->own_bytes, ==, 0);
}

/* Answers each request with the next of these, the way a bad server might. */
typedef struct
{
  const char *block2;
  guint       length;
  guint       code;
  const char *etag;
} Answer;

typedef struct
{
  GObject       parent_instance;
  const Answer *answers;
  guint         n_requests;
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
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapMessage) block = NULL;
  g_autoptr (GBytes) body = body_new (answer->length, 1);
  guint value;

  response = gcoap_message_new (answer->code);
  block = block_pair_new_block (GCOAP_CODE_GET, NULL, answer->block2, NULL);
  if (gcoap_message_get_option_uint (block, GCOAP_OPTION_BLOCK2, &value))
    gcoap_message_set_option_uint (response, GCOAP_OPTION_BLOCK2, value);
  if (answer->etag != NULL)
    gcoap_message_set_option (response, GCOAP_OPTION_ETAG, (const guint8 *) answer->etag,
                              strlen (answer->etag));
  gcoap_message_set_payload (response, body);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
script_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = script_request;
}

static void
script_class_init (ScriptClass *klass G_GNUC_UNUSED)
{
}

static void
script_init (Script *self G_GNUC_UNUSED)
{
}

typedef struct
{
  Answer   answers[6];
  gint     error;        /* or -1 */
  guint    n_requests;
} ScriptCase;

static const ScriptCase scripts[] = {
  /* As it should be, and with a size that shrinks. */
  { { { "0/1/32", 32, 69, "a" }, { "1/0/32", 5, 69, "a" } }, -1, 2 },
  { { { "0/1/64", 64, 69, NULL }, { "2/1/32", 32, 69, NULL }, { "3/0/32", 1, 69, NULL } }, -1, 3 },
  /* The end is empty. */
  { { { "0/1/32", 32, 69, NULL }, { "1/0/32", 0, 69, NULL } }, -1, 2 },
  /* It begins elsewhere, or goes on elsewhere. */
  { { { "1/1/32", 32, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 1 },
  { { { "1/0/32", 32, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 1 },
  { { { "0/1/32", 32, 69, NULL }, { "2/1/32", 32, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 2 },
  { { { "0/1/32", 32, 69, NULL }, { "0/1/32", 32, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 2 },
  { { { "0/1/32", 32, 69, NULL }, { "1048575/1/1024", 1024, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 2 },
  /* A payload of another length. */
  { { { "0/1/32", 31, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 1 },
  { { { "0/1/32", 33, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 1 },
  { { { "0/1/32", 32, 69, NULL }, { "1/1/32", 0, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 2 },
  /* RFC 7959 §2.2: a reserved size. */
  { { { "0/1/2048", 1024, 69, NULL } }, GCOAP_ERROR_UNEXPECTED_RESPONSE, 1 },
  /* It changes, and goes on from there. */
  { { { "0/1/32", 32, 69, "a" }, { "1/0/32", 5, 69, "b" }, { "0/1/32", 32, 69, "b" },
      { "1/0/32", 5, 69, "b" } }, -1, 4 },
  { { { "0/1/32", 32, 69, "a" }, { "1/0/32", 5, 69, NULL }, { "0/0/32", 20, 69, NULL } }, -1, 3 },
  { { { "0/1/32", 32, 69, "a" }, { NULL, 37, 69, "b" }, { NULL, 37, 69, "b" } }, -1, 3 },
  /* An error on the way is the answer. */
  { { { "0/1/32", 32, 69, "a" }, { NULL, 0, 132, NULL } }, -1, 2 },
  { { { "0/1/32", 32, 69, "a" }, { NULL, 0, 160, NULL } }, -1, 2 },
};

static void
test_script (gconstpointer data)
{
  const ScriptCase *script_case = data;
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GObject) script = g_object_new (script_get_type (), NULL);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  /* The server's own provider lets pass what has blocks already. */
  ((Script *) script)->answers = script_case->answers;
  gcoap_context_set_site (pair->server, GCOAP_REQUEST_INTERFACE (script));
  response = simulated_pair_request (pair, GCOAP_CODE_GET, "coap://server/x", NULL, &error);
  if (script_case->error >= 0)
    g_assert_error (error, GCOAP_ERROR, script_case->error);
  else
    g_assert_no_error (error);
  g_assert_cmpuint (((Script *) script)->n_requests, ==, script_case->n_requests);
  g_clear_object (&pair->result);
}

static void
test_cancel (void)
{
  g_autoptr (BlockPair) pair = block_pair_new (50000, 3);
  g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (GCOAP_CODE_GET, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint n_sent;

  gcoap_context_send_async (pair->pair->client, exchange, cancellable, simulated_pair_done_cb, pair->pair);
  g_assert_false (simulated_pair_run (pair->pair, 0));
  for (guint i = 0; i < 20; i++)
    gcoap_clock_advance (pair->pair->clock, 1000), g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  g_assert_true (simulated_pair_run (pair->pair, 10));
  g_assert_null (gcoap_context_send_finish (pair->pair->client, pair->pair->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  n_sent = gcoap_simulated_link_get_n_sent (pair->pair->link);
  g_clear_object (&pair->pair->result);
  simulated_pair_run (pair->pair, 100);
  g_assert_cmpuint (gcoap_simulated_link_get_n_sent (pair->pair->link), <=, n_sent + 1);
  g_assert_cmpuint (pair->client->own_bytes, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/block-download/sizes", test_sizes);
  g_test_add_func ("/block-download/messages", test_messages);
  g_test_add_func ("/block-download/late-negotiation", test_late_negotiation);
  g_test_add_func ("/block-download/sink", test_sink);
  g_test_add_func ("/block-download/sink-error", test_sink_error);
  g_test_add_func ("/block-download/sink-fails", test_sink_fails);
  g_test_add_func ("/block-download/changed", test_changed);
  g_test_add_func ("/block-download/changed-sink", test_changed_sink);
  g_test_add_func ("/block-download/limits", test_limits);
  g_test_add_func ("/block-download/cancel", test_cancel);
  for (guint i = 0; i < G_N_ELEMENTS (scripts); i++)
    {
      g_autofree char *path = g_strdup_printf ("/block-download/script/%u", i);

      g_test_add_data_func (path, &scripts[i], test_script);
    }
  return g_test_run ();
}
