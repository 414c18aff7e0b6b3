/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-resource-streams-private.h"

#include "helpers/test-exchange.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"
#include "site/gcoap-site.h"

typedef struct
{
  GcoapResource *resource;
  const char    *text;
  GcoapCode      error;       /* 0: answers with the text */
  int            format;
  gboolean       keep;
  GPtrArray     *kept;
  guint          n_renderings;
  guint          n_changes;
} Fixture;

static gboolean
get_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       data)
{
  Fixture *fixture = data;

  fixture->n_renderings++;
  /* It need not know that it is asked for an observer. */
  g_assert_cmpint (gcoap_exchange_get_expects (exchange), ==, GCOAP_EXPECTS_ONE);
  if (fixture->keep)
    {
      g_ptr_array_add (fixture->kept, g_object_ref (exchange));
    }
  else if (fixture->error != 0)
    {
      gcoap_exchange_fail_code (exchange, fixture->error, "no");
    }
  else
    {
      g_autoptr (GBytes) payload = g_bytes_new (fixture->text, strlen (fixture->text));

      gcoap_resource_answer_content (exchange, payload, fixture->format, NULL);
    }
  return TRUE;
}

static void
changed_cb (GObject    *resource,
            GParamSpec *pspec,
            gpointer    data)
{
  ((Fixture *) data)->n_changes++;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->resource = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  fixture->text = "1";
  fixture->kept = g_ptr_array_new_with_free_func (g_object_unref);
  gcoap_resource_set_observable (fixture->resource, TRUE);
  g_signal_connect (fixture->resource, "get", G_CALLBACK (get_cb), fixture);
  g_signal_connect (fixture->resource, "fetch", G_CALLBACK (get_cb), fixture);
  g_signal_connect (fixture->resource, "notify::observer-count", G_CALLBACK (changed_cb), fixture);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_ptr_array_unref (fixture->kept);
  if (fixture->resource != NULL)
    g_assert_finalize_object (fixture->resource);
}

static TestExchange *
observe (Fixture    *fixture,
         const char *query)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", query);
  TestExchange *exchange = test_exchange_new (request);

  gcoap_exchange_set_expects (exchange->exchange, GCOAP_EXPECTS_STREAM);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->resource));
  return exchange;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

static void
notify (Fixture    *fixture,
        const char *text)
{
  fixture->text = text;
  gcoap_resource_notify_observers (fixture->resource);
}

static void
assert_latest (TestExchange *exchange,
               guint         n,
               const char   *text)
{
  gsize length;
  const guint8 *data;

  g_assert_cmpuint (exchange->responses->len, ==, n);
  data = gcoap_message_get_payload_data (g_ptr_array_index (exchange->responses, n - 1), &length);
  g_assert_cmpmem (data, length, text, strlen (text));
}

static GcoapCode
latest_code (TestExchange *exchange)
{
  return gcoap_message_get_code (g_ptr_array_index (exchange->responses,
                                                    exchange->responses->len - 1));
}

static void
test_notify (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (TestExchange) a = observe (fixture, NULL);
  g_autoptr (TestExchange) b = observe (fixture, NULL);
  g_autoptr (TestExchange) c = observe (fixture, "q");

  assert_latest (a, 1, "1");
  g_assert_cmpuint (a->n_ends, ==, 0);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 3);
  g_assert_cmpuint (fixture->n_changes, ==, 3);
  g_assert_cmpuint (fixture->n_renderings, ==, 3);

  /* Two states in one turn of the main loop are one, and rendered once for
   * those who asked alike. */
  notify (fixture, "2");
  notify (fixture, "3");
  assert_latest (a, 1, "1");
  settle ();
  assert_latest (a, 2, "3");
  assert_latest (b, 2, "3");
  assert_latest (c, 2, "3");
  g_assert_cmpuint (fixture->n_renderings, ==, 5);
  settle ();
  assert_latest (a, 2, "3");

  gcoap_exchange_cancel (b->exchange);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 2);
  g_assert_cmpuint (fixture->n_changes, ==, 4);
  notify (fixture, "4");
  settle ();
  assert_latest (a, 3, "4");
  assert_latest (b, 2, "3");
}

static void
test_claims (Fixture       *fixture,
             gconstpointer  data)
{
  const char *claims[] = { "somebody", NULL };
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) anybody = observe (fixture, NULL);
  g_autoptr (TestExchange) somebody = test_exchange_new (request);

  gcoap_exchange_set_expects (somebody->exchange, GCOAP_EXPECTS_STREAM);
  /* What a layer that authenticates has done before it opened it. */
  somebody->exchange->claims = g_strdupv ((char **) claims);
  test_exchange_send (somebody, GCOAP_REQUEST_INTERFACE (fixture->resource));
  notify (fixture, "2");
  settle ();
  /* Not the same to both, though they asked the same. */
  g_assert_cmpuint (fixture->n_renderings, ==, 4);
  assert_latest (somebody, 2, "2");
}

static void
test_not_observable (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (TestExchange) declined = NULL;

  gcoap_resource_set_observable (fixture->resource, FALSE);
  /* The handler sees the stream here. */
  g_signal_handlers_disconnect_by_data (fixture->resource, fixture);
  declined = observe (fixture, NULL);
  g_assert_cmpuint (declined->n_ends, ==, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
}

static void
test_first_error (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = NULL;

  fixture->error = GCOAP_CODE_FORBIDDEN;
  exchange = observe (fixture, NULL);
  test_exchange_assert_code (exchange, GCOAP_CODE_FORBIDDEN);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
}

static void
test_later_error (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (TestExchange) a = observe (fixture, NULL);
  g_autoptr (TestExchange) b = observe (fixture, NULL);

  fixture->error = GCOAP_CODE_FORBIDDEN;
  notify (fixture, "2");
  settle ();
  g_assert_cmpuint (a->n_ends, ==, 1);
  g_assert_cmpuint (b->n_ends, ==, 1);
  g_assert_cmphex (latest_code (a), ==, GCOAP_CODE_FORBIDDEN);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
}

/* RFC 7641 §4.2. */
static void
test_format_changes (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = observe (fixture, NULL);

  fixture->format = 50;
  notify (fixture, "2");
  settle ();
  g_assert_cmpuint (exchange->n_ends, ==, 1);
  g_assert_cmphex (latest_code (exchange), ==, GCOAP_CODE_NOT_ACCEPTABLE);
}

static void
test_accept (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) exchange = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, 60);
  exchange = test_exchange_new (request);
  gcoap_exchange_set_expects (exchange->exchange, GCOAP_EXPECTS_STREAM);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->resource));
  test_exchange_assert_code (exchange, GCOAP_CODE_NOT_ACCEPTABLE);
}

static void
answer_kept (Fixture    *fixture,
             guint       n,
             const char *text)
{
  GcoapExchange *exchange = g_ptr_array_index (fixture->kept, n);

  gcoap_resource_answer_text (exchange, text);
}

static void
test_slow_first (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = NULL;

  fixture->keep = TRUE;
  exchange = observe (fixture, NULL);
  g_assert_cmpuint (exchange->responses->len, ==, 0);
  /* What it answers may be older than this state. */
  notify (fixture, "");
  settle ();
  g_assert_cmpuint (fixture->n_renderings, ==, 1);
  answer_kept (fixture, 0, "old");
  assert_latest (exchange, 1, "old");
  settle ();
  g_assert_cmpuint (fixture->n_renderings, ==, 2);
  answer_kept (fixture, 1, "new");
  settle ();
  assert_latest (exchange, 2, "new");
}

static void
test_slow (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = observe (fixture, NULL);

  fixture->keep = TRUE;
  notify (fixture, "");
  settle ();
  notify (fixture, "");
  notify (fixture, "");
  settle ();
  /* One at a time. */
  g_assert_cmpuint (fixture->kept->len, ==, 1);
  answer_kept (fixture, 0, "a");
  settle ();
  assert_latest (exchange, 2, "a");
  g_assert_cmpuint (fixture->kept->len, ==, 2);
  answer_kept (fixture, 1, "b");
  settle ();
  assert_latest (exchange, 3, "b");
  g_assert_cmpuint (fixture->kept->len, ==, 2);
}

/* Those who go while the resource thinks. */
static void
test_cancelled_meanwhile (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (TestExchange) first = NULL;
  g_autoptr (TestExchange) second = NULL;

  second = observe (fixture, NULL);
  fixture->keep = TRUE;
  first = observe (fixture, NULL);
  notify (fixture, "");
  settle ();
  g_assert_cmpuint (fixture->kept->len, ==, 2);
  gcoap_exchange_cancel (first->exchange);
  gcoap_exchange_cancel (second->exchange);
  g_assert_false (gcoap_exchange_is_open (g_ptr_array_index (fixture->kept, 0)));
  g_assert_false (gcoap_exchange_is_open (g_ptr_array_index (fixture->kept, 1)));
  answer_kept (fixture, 0, "late");
  answer_kept (fixture, 1, "late");
  settle ();
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
}

static void
test_end_observations (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (TestExchange) a = observe (fixture, NULL);
  g_autoptr (TestExchange) b = observe (fixture, "q");

  gcoap_resource_end_observations (fixture->resource, GCOAP_CODE_UNAUTHORIZED, NULL);
  g_assert_cmphex (latest_code (a), ==, GCOAP_CODE_UNAUTHORIZED);
  g_assert_cmphex (latest_code (b), ==, GCOAP_CODE_UNAUTHORIZED);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
}

static void
test_disposed (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (TestExchange) a = observe (fixture, NULL);
  g_autoptr (TestExchange) b = NULL;

  fixture->keep = TRUE;
  b = observe (fixture, NULL);
  notify (fixture, "2");
  g_clear_object (&fixture->resource);
  g_assert_cmphex (latest_code (a), ==, GCOAP_CODE_NOT_FOUND);
  test_exchange_assert_code (b, GCOAP_CODE_NOT_FOUND);
  settle ();
}

static void
test_reliability (Fixture       *fixture,
                  gconstpointer  data)
{
  GcoapReliability reliability;

  g_object_get (fixture->resource, "notification-reliability", &reliability, NULL);
  g_assert_cmpint (reliability, ==, GCOAP_RELIABILITY_DEFAULT);
  g_object_set (fixture->resource, "notification-reliability", GCOAP_RELIABILITY_NON_CONFIRMABLE, NULL);
  g_assert_cmpint (gcoap_resource_get_notification_reliability (fixture->resource), ==,
                   GCOAP_RELIABILITY_NON_CONFIRMABLE);
}

#define CROWD 10000

/* Each slice has its length, everybody is told once, and those who come and go
 * in between do no harm. */
static void
test_crowd (Fixture       *fixture,
            gconstpointer  data)
{
  GcoapResourceStreams *streams = gcoap_resource_get_streams (fixture->resource, TRUE);
  g_autoptr (GPtrArray) crowd = g_ptr_array_new_with_free_func ((GDestroyNotify) test_exchange_free);
  guint n_slices = 1;
  guint n_told = 0;

  for (guint i = 0; i < CROWD; i++)
    g_ptr_array_add (crowd, observe (fixture, NULL));
  fixture->n_renderings = 0;
  notify (fixture, "2");
  while (gcoap_resource_streams_run_slice (streams, GCOAP_RESOURCE_STREAMS_SLICE))
    {
      if (n_slices == 5)
        {
          TestExchange *newcomer = observe (fixture, NULL);

          assert_latest (newcomer, 1, "2");
          g_ptr_array_add (crowd, newcomer);
          for (guint i = 0; i < 100; i++)
            gcoap_exchange_cancel (((TestExchange *) g_ptr_array_index (crowd, i * 100))->exchange);
        }
      n_slices++;
    }
  /* One for the crowd and one for the newcomer. */
  g_assert_cmpuint (fixture->n_renderings, ==, 2);
  g_assert_cmpuint (n_slices, >=, (CROWD - 100) / GCOAP_RESOURCE_STREAMS_SLICE);
  for (guint i = 0; i < CROWD; i++)
    n_told += ((TestExchange *) g_ptr_array_index (crowd, i))->responses->len == 2;
  g_assert_cmpuint (n_told, >=, CROWD - 100);
  assert_latest (g_ptr_array_index (crowd, CROWD - 1), 2, "2");
  assert_latest (g_ptr_array_index (crowd, CROWD), 1, "2");

  /* A newer state in the middle of it: those not told yet never see the older. */
  notify (fixture, "3");
  g_assert_true (gcoap_resource_streams_run_slice (streams, GCOAP_RESOURCE_STREAMS_SLICE));
  notify (fixture, "4");
  while (gcoap_resource_streams_run_slice (streams, GCOAP_RESOURCE_STREAMS_SLICE))
    {
    }
  assert_latest (g_ptr_array_index (crowd, 1), 4, "4");
  assert_latest (g_ptr_array_index (crowd, CROWD - 1), 3, "4");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

static gboolean
is_exchange (GcoapExchange *exchange,
             gpointer       data)
{
  return exchange == data;
}

/* A state that matters to some only; also to one who still waits for the first
 * response. */
static void
test_notify_some (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  GcoapResourceStreams *streams = gcoap_resource_get_streams (fixture->resource, TRUE);
  g_autoptr (TestExchange) first = observe (fixture, "first");
  g_autoptr (TestExchange) second = observe (fixture, "second");
  g_autoptr (TestExchange) third = NULL;

  assert_latest (first, 1, "1");
  fixture->text = "2";
  gcoap_resource_streams_notify_some (streams, is_exchange, first->exchange);
  settle ();
  assert_latest (first, 2, "2");
  assert_latest (second, 1, "1");

  fixture->keep = TRUE;
  third = observe (fixture, "third");
  g_assert_true (gcoap_resource_streams_is_rendering (g_ptr_array_index (fixture->kept, 0)));
  g_assert_false (gcoap_resource_streams_is_rendering (third->exchange));
  gcoap_resource_streams_notify_some (streams, is_exchange, third->exchange);
  fixture->keep = FALSE;
  gcoap_resource_answer_text (g_ptr_array_index (fixture->kept, 0), "2");
  fixture->text = "3";
  settle ();
  assert_latest (third, 2, "3");
  assert_latest (first, 2, "2");
  assert_latest (second, 1, "1");
  gcoap_exchange_cancel (first->exchange);
  gcoap_exchange_cancel (second->exchange);
  gcoap_exchange_cancel (third->exchange);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/resource-streams/notify", test_notify);
  ADD ("/resource-streams/claims", test_claims);
  ADD ("/resource-streams/not-observable", test_not_observable);
  ADD ("/resource-streams/first-error", test_first_error);
  ADD ("/resource-streams/later-error", test_later_error);
  ADD ("/resource-streams/format-changes", test_format_changes);
  ADD ("/resource-streams/accept", test_accept);
  ADD ("/resource-streams/slow-first", test_slow_first);
  ADD ("/resource-streams/slow", test_slow);
  ADD ("/resource-streams/cancelled-meanwhile", test_cancelled_meanwhile);
  ADD ("/resource-streams/end-observations", test_end_observations);
  ADD ("/resource-streams/disposed", test_disposed);
  ADD ("/resource-streams/reliability", test_reliability);
  ADD ("/resource-streams/crowd", test_crowd);
  ADD ("/resource-streams/notify-some", test_notify_some);
  return g_test_run ();
}
