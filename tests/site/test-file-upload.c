/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-upload-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/file-tree.h"

static TestExchange *
start (FileTree   *tree,
       const char *path,
       const char *payload)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, path, NULL);
  g_autoptr (GcoapFileRoot) root = gcoap_file_root_new (tree->root, TRUE, NULL);
  TestExchange *exchange;

  if (payload != NULL)
    gcoap_message_set_payload_data (request, (const guint8 *) payload, strlen (payload));
  exchange = test_exchange_new (request);
  gcoap_file_upload_run (gcoap_file_job_new (root, path, exchange->exchange, 8));
  return exchange;
}

/* A payload needs no stream. */
static void
test_payload (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (TestExchange) exchange = start (tree, "new", "whole");
  g_autofree char *text = NULL;

  g_assert_null (gcoap_exchange_get_request_sink (exchange->exchange));
  file_tree_wait (exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_CREATED);
  text = file_tree_read (tree, "new");
  g_assert_cmpstr (text, ==, "whole");
}

static void
test_stream (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (TestExchange) exchange = start (tree, "hello.txt", NULL);
  GOutputStream *sink = gcoap_exchange_get_request_sink (exchange->exchange);
  g_autofree char *text = NULL;

  g_assert_true (g_output_stream_write_all (sink, "in ", 3, NULL, NULL, NULL));
  g_assert_true (g_output_stream_write_all (sink, "parts", 5, NULL, NULL, NULL));
  text = file_tree_read (tree, "hello.txt");
  g_assert_cmpstr (text, ==, "hello");
  g_assert_true (g_output_stream_close (sink, NULL, NULL));
  gcoap_exchange_report_body (exchange->exchange);
  file_tree_wait (exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_CHANGED);
  g_assert_true (gcoap_message_has_option (test_exchange_get_response (exchange), GCOAP_OPTION_ETAG));
  g_free (text);
  text = file_tree_read (tree, "hello.txt");
  g_assert_cmpstr (text, ==, "in parts");
}

/* The error says which response is right. */
static void
test_error (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (TestExchange) exchange = start (tree, "none/new", NULL);
  GOutputStream *sink = gcoap_exchange_get_request_sink (exchange->exchange);
  g_autoptr (GError) error = NULL;

  g_assert_false (g_output_stream_write_all (sink, "x", 1, NULL, NULL, &error));
  g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_FOUND);
  gcoap_exchange_cancel (exchange->exchange);
}

/* Nothing is left of what has not come to its end. */
static void
test_cancelled (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (TestExchange) exchange = start (tree, "sub/new", NULL);
  g_autofree char *path = file_tree_path (tree, "sub");
  g_autoptr (GOutputStream) sink = g_object_ref (gcoap_exchange_get_request_sink (exchange->exchange));
  g_autoptr (GDir) directory = NULL;

  g_assert_true (g_output_stream_write_all (sink, "x", 1, NULL, NULL, NULL));
  gcoap_exchange_cancel (exchange->exchange);
  g_assert_finalize_object (g_steal_pointer (&sink));
  directory = g_dir_open (path, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (directory), ==, "note.json");
  g_assert_null (g_dir_read_name (directory));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-upload/payload", test_payload);
  g_test_add_func ("/file-upload/stream", test_stream);
  g_test_add_func ("/file-upload/error", test_error);
  g_test_add_func ("/file-upload/cancelled", test_cancelled);
  return g_test_run ();
}
