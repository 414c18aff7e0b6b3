/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-watches-private.h"

#include "helpers/file-tree.h"
#include "helpers/named-address.h"
#include "interfaces/gcoap-runtime-private.h"
#include "site/gcoap-directory-resource.h"

typedef struct
{
  FileTree               *tree;
  GcoapFileRoot          *root;
  GcoapDirectoryResource *resource;
  GcoapFileWatches       *watches;
  GcoapClock             *clock;
  GcoapRuntime           *runtime;
  GcoapEndpointAddress   *peer;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GFile) directory = NULL;

  fixture->tree = file_tree_new ();
  directory = g_file_new_for_path (fixture->tree->root);
  fixture->root = gcoap_file_root_new (fixture->tree->root, TRUE, NULL);
  fixture->resource = gcoap_directory_resource_new (directory, NULL);
  fixture->watches = gcoap_file_watches_new (GCOAP_RESOURCE (fixture->resource));
  fixture->clock = gcoap_clock_new_manual (0);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->peer = test_named_address_new ("peer", 0);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_file_watches_free (fixture->watches);
  g_assert_finalize_object (fixture->resource);
  gcoap_file_root_unref (fixture->root);
  g_object_unref (fixture->peer);
  g_object_unref (fixture->runtime);
  g_object_unref (fixture->clock);
  file_tree_free (fixture->tree);
}

static TestExchange *
observe (Fixture    *fixture,
         const char *path)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, path, NULL);
  TestExchange *exchange = test_exchange_new_from (request, fixture->peer, fixture->runtime, FALSE);

  gcoap_exchange_set_expects (exchange->exchange, GCOAP_EXPECTS_STREAM);
  return exchange;
}

static gboolean
add (Fixture      *fixture,
     TestExchange *exchange,
     const char   *path)
{
  return gcoap_file_watches_add (fixture->watches, fixture->root, path, 2, exchange->exchange);
}

/* One monitor for all who observe a file, as long as there is one of them. */
static void
test_count (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  TestExchange *first = observe (fixture, "hello.txt");
  TestExchange *second = observe (fixture, "hello.txt");
  g_autoptr (TestExchange) third = observe (fixture, "sub");
  g_autoptr (TestExchange) fourth = observe (fixture, ".");

  g_assert_true (add (fixture, first, "hello.txt"));
  g_assert_true (add (fixture, second, "hello.txt"));
  g_assert_cmpuint (gcoap_file_watches_get_n (fixture->watches), ==, 1);
  g_assert_true (add (fixture, third, "sub"));
  g_assert_false (add (fixture, fourth, "."));
  g_assert_cmpuint (fixture->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 1);
  test_exchange_free (first);
  g_assert_cmpuint (gcoap_file_watches_get_n (fixture->watches), ==, 2);
  test_exchange_free (second);
  g_assert_cmpuint (gcoap_file_watches_get_n (fixture->watches), ==, 1);
  g_assert_true (add (fixture, fourth, "."));
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  static const char *const paths[] = { "none", "outside", "absolute", "up", "pipe", "huge" };
  g_autofree char *huge = g_strnfill (1024 * 1024 + 1, 'x');
  g_autoptr (TestExchange) exchange = observe (fixture, "x");

  file_tree_write (fixture->tree, "huge", huge);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_false (add (fixture, exchange, paths[i]));
  g_assert_cmpuint (gcoap_file_watches_get_n (fixture->watches), ==, 0);
  huge[1024 * 1024] = '\0';
  file_tree_write (fixture->tree, "huge", huge);
  g_assert_true (add (fixture, exchange, "huge"));
}

static void
wait_for_responses (Fixture      *fixture,
                    TestExchange *exchange,
                    guint         n)
{
  while (exchange->responses->len < n)
    {
      g_main_context_iteration (NULL, TRUE);
      gcoap_clock_advance (fixture->clock, 1000);
    }
  g_assert_cmpuint (exchange->responses->len, ==, n);
}

/* Those who observe another file are not told. */
static void
test_notified (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) file = observe (fixture, "hello.txt");
  g_autoptr (TestExchange) other = observe (fixture, "data.cbor");
  gsize length;
  const guint8 *text;

  test_exchange_send (file, GCOAP_REQUEST_INTERFACE (fixture->resource));
  test_exchange_send (other, GCOAP_REQUEST_INTERFACE (fixture->resource));
  wait_for_responses (fixture, file, 1);
  wait_for_responses (fixture, other, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (GCOAP_RESOURCE (fixture->resource)), ==, 2);
  file_tree_write (fixture->tree, "hello.txt", "hallo");
  wait_for_responses (fixture, file, 2);
  text = gcoap_message_get_payload_data (g_ptr_array_index (file->responses, 1), &length);
  g_assert_cmpmem (text, length, "hallo", 5);
  g_assert_cmpuint (other->responses->len, ==, 1);
  gcoap_exchange_cancel (file->exchange);
  gcoap_exchange_cancel (other->exchange);
}

/* Beyond the limit the answer is one, and the last. */
static void
test_declined (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) exchange = observe (fixture, "hello.txt");

  gcoap_directory_resource_set_max_monitors (fixture->resource, 0);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->resource));
  file_tree_wait (exchange);
  test_exchange_assert_text (exchange, "hello");
}

/* The resource goes first. */
static void
test_outlived (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  GcoapFileWatches *watches = gcoap_file_watches_new (GCOAP_RESOURCE (fixture->resource));
  g_autoptr (TestExchange) exchange = observe (fixture, "sub");

  g_assert_true (gcoap_file_watches_add (watches, fixture->root, "sub", 1, exchange->exchange));
  gcoap_file_watches_free (watches);
  file_tree_write (fixture->tree, "sub/new", "x");
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/file-watches/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("count", test_count);
  ADD ("refused", test_refused);
  ADD ("notified", test_notified);
  ADD ("declined", test_declined);
  ADD ("outlived", test_outlived);
  return g_test_run ();
}
