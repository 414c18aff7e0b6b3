/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Observation between our own client and server, over a link that loses and
 * reorders: the interoperability tests OBS_01 to OBS_12. */
#include "base/gcoap-error.h"
#include "context/gcoap-observation.h"
#include "helpers/simulated-pair.h"
#include "interfaces/gcoap-runtime-private.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"
#include "wire/gcoap-message-options.h"

typedef struct
{
  SimulatedPair    *pair;
  GcoapResource    *resource;
  GcoapObservation *observation;
  guint             state;           /* of the resource */
  guint             max_age;
  int               format;
  guint             n_requests;
  guint             n_notifications;
  guint             n_ended;
  gboolean          to_client;       /* whether datagrams get there */
  gboolean          to_server;
  guint             n_to_client;
  guint             n_con, n_non;    /* sent by the server */
  guint             n_resets;
  guint             last_token;      /* a byte of that of the latest request */
} Fixture;

static gboolean
get_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       data)
{
  Fixture *fixture = data;
  g_autofree char *text = g_strdup_printf ("%u", fixture->state);
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_CONTENT, text);

  gcoap_message_set_max_age (response, fixture->max_age);
  gcoap_message_set_content_format (response, (guint) fixture->format);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
put_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       data)
{
  Fixture *fixture = data;
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);
  guint format;

  fixture->state++;
  if (gcoap_message_get_content_format (gcoap_exchange_get_request (exchange), &format))
    fixture->format = (int) format;
  gcoap_resource_notify_observers (resource);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
delete_cb (GcoapResource *resource,
           GcoapExchange *exchange,
           gpointer       data)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_DELETED);

  gcoap_site_remove (((Fixture *) data)->pair->site, "obs");
  gcoap_resource_end_observations (resource, GCOAP_CODE_NOT_FOUND, NULL);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

/* RFC 7252 §3: type in the first byte, code in the second. */
static gboolean
link_cb (GcoapSimulatedLink *link,
         guint               serial,
         const char         *from,
         const char         *to,
         const guint8       *data,
         gsize               length,
         gpointer            user_data)
{
  Fixture *fixture = user_data;
  guint type = (data[0] >> 4) & 3;
  gboolean from_server = g_str_has_prefix (from, "server");

  if (from_server)
    {
      fixture->n_to_client++;
      if (type == GCOAP_MESSAGE_TYPE_CON)
        fixture->n_con++;
      if (type == GCOAP_MESSAGE_TYPE_NON)
        fixture->n_non++;
      return fixture->to_client;
    }
  if (type == GCOAP_MESSAGE_TYPE_RST)
    fixture->n_resets++;
  if (gcoap_code_is_request (data[1]))
    {
      fixture->n_requests++;
      fixture->last_token = data[4];
    }
  return fixture->to_server;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->pair = simulated_pair_new (11);
  fixture->resource = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  fixture->max_age = 60;
  fixture->to_client = fixture->to_server = TRUE;
  g_signal_connect (fixture->resource, "get", G_CALLBACK (get_cb), fixture);
  g_signal_connect (fixture->resource, "put", G_CALLBACK (put_cb), fixture);
  g_signal_connect (fixture->resource, "delete", G_CALLBACK (delete_cb), fixture);
  gcoap_resource_set_observable (fixture->resource, TRUE);
  gcoap_site_add (fixture->pair->site, "obs", GCOAP_REQUEST_INTERFACE (fixture->resource));
  gcoap_simulated_link_set_filter (fixture->pair->link, link_cb, fixture, NULL);
}

static void
run (Fixture *fixture,
     guint    seconds)
{
  g_clear_object (&fixture->pair->result);
  g_assert_false (simulated_pair_run (fixture->pair, seconds));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  fixture->to_client = fixture->to_server = TRUE;
  g_clear_object (&fixture->observation);
  run (fixture, 300);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
  g_clear_pointer (&fixture->pair, simulated_pair_free);
  g_assert_finalize_object (fixture->resource);
}

static void
notification_cb (GcoapObservation *observation,
                 Fixture          *fixture)
{
  fixture->n_notifications++;
}

static void
ended_cb (GcoapObservation *observation,
          Fixture          *fixture)
{
  fixture->n_ended++;
}

static GcoapObservation *
observe (Fixture    *fixture,
         const char *uri)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, uri, NULL);
  g_autoptr (GError) error = NULL;
  GcoapObservation *observation;

  g_clear_object (&fixture->pair->result);
  gcoap_context_observe_async (fixture->pair->client, request, NULL, simulated_pair_done_cb,
                               fixture->pair);
  g_assert_true (simulated_pair_run (fixture->pair, 100));
  observation = gcoap_context_observe_finish (fixture->pair->client, fixture->pair->result, &error);
  g_assert_no_error (error);
  return observation;
}

static void
start (Fixture *fixture)
{
  fixture->observation = observe (fixture, "coap://server/obs");
  g_signal_connect (fixture->observation, "notification", G_CALLBACK (notification_cb), fixture);
  g_signal_connect (fixture->observation, "ended", G_CALLBACK (ended_cb), fixture);
  g_assert_cmpint (gcoap_observation_get_state (fixture->observation), ==,
                   GCOAP_OBSERVATION_STATE_FRESH);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 1);
}

static void
change (Fixture *fixture)
{
  fixture->state++;
  gcoap_resource_notify_observers (fixture->resource);
}

static void
assert_shows (Fixture *fixture,
              guint    state)
{
  g_autofree char *text = g_strdup_printf ("%u", state);
  gsize length;
  const guint8 *data =
    gcoap_message_get_payload_data (gcoap_observation_get_message (fixture->observation), &length);

  g_assert_cmpmem (data, length, text, strlen (text));
}

static GcoapCode
latest_code (Fixture *fixture)
{
  return gcoap_message_get_code (gcoap_observation_get_message (fixture->observation));
}

/* Also what OBS_09 asks for. */
static void
test_obs_01 (Fixture       *fixture,
             gconstpointer  data)
{
  start (fixture);
  assert_shows (fixture, 0);
  for (guint i = 1; i < 20; i++)
    {
      change (fixture);
      run (fixture, 1);
      assert_shows (fixture, i);
    }
  g_assert_cmpuint (fixture->n_notifications, ==, 19);
  g_assert_cmpuint (fixture->n_con, ==, 19);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

static void
test_obs_02 (Fixture       *fixture,
             gconstpointer  data)
{
  gcoap_resource_set_notification_reliability (fixture->resource, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  start (fixture);
  for (guint i = 1; i < 20; i++)
    {
      change (fixture);
      run (fixture, 4);
      assert_shows (fixture, i);
    }
  /* Now and then one shows that the client is still there. */
  g_assert_cmpuint (fixture->n_non, ==, 18);
  g_assert_cmpuint (fixture->n_con, ==, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 1);
}

static void
lose_observers (Fixture *fixture)
{
  fixture->to_client = FALSE;
  gcoap_resource_end_observations (fixture->resource, GCOAP_CODE_NOT_FOUND, NULL);
  run (fixture, 0);
}

/* The server forgets its observers; the client notices by Max-Age. */
static void
test_obs_04 (Fixture       *fixture,
             gconstpointer  data)
{
  guint token;

  start (fixture);
  token = fixture->last_token;
  lose_observers (fixture);
  change (fixture);
  run (fixture, 59);
  g_assert_cmpint (gcoap_observation_get_state (fixture->observation), ==,
                   GCOAP_OBSERVATION_STATE_FRESH);
  run (fixture, 2);
  g_assert_cmpint (gcoap_observation_get_state (fixture->observation), ==,
                   GCOAP_OBSERVATION_STATE_STALE);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
  fixture->to_client = TRUE;
  run (fixture, 16);
  g_assert_cmpuint (fixture->n_requests, ==, 2);
  g_assert_cmphex (fixture->last_token, ==, token);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 1);
}

/* The client is switched off. */
static void
test_obs_05 (Fixture       *fixture,
             gconstpointer  data)
{
  guint sent;

  fixture->max_age = 1000;
  start (fixture);
  fixture->to_client = FALSE;
  change (fixture);
  run (fixture, 100);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
  g_assert_cmpuint (fixture->n_con, ==, 5);
  sent = fixture->n_to_client;
  change (fixture);
  run (fixture, 100);
  g_assert_cmpuint (fixture->n_to_client, ==, sent);
}

/* The client forgets the observation. */
static void
test_obs_06 (Fixture       *fixture,
             gconstpointer  data)
{
  start (fixture);
  gcoap_observation_set_deregister_on_close (fixture->observation, FALSE);
  g_clear_object (&fixture->observation);
  run (fixture, 10);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 1);
  change (fixture);
  run (fixture, 1);
  g_assert_cmpuint (fixture->n_resets, ==, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
}

static void
ask (Fixture   *fixture,
     GcoapCode  method,
     int        format,
     GcoapCode  expected)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (method, "coap://server/obs", NULL);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  if (format >= 0)
    gcoap_message_set_content_format (request, (guint) format);
  g_clear_object (&fixture->pair->result);
  gcoap_context_request_async (fixture->pair->client, request, NULL, simulated_pair_done_cb,
                               fixture->pair);
  g_assert_true (simulated_pair_run (fixture->pair, 100));
  response = gcoap_context_request_finish (fixture->pair->client, fixture->pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (response), ==, expected);
  g_assert_false (gcoap_message_has_option (response, GCOAP_OPTION_OBSERVE));
}

static void
test_obs_07 (Fixture       *fixture,
             gconstpointer  data)
{
  start (fixture);
  ask (fixture, GCOAP_CODE_DELETE, -1, GCOAP_CODE_DELETED);
  run (fixture, 1);
  g_assert_cmphex (latest_code (fixture), ==, GCOAP_CODE_NOT_FOUND);
  g_assert_false (gcoap_message_has_option (gcoap_observation_get_message (fixture->observation),
                                            GCOAP_OPTION_OBSERVE));
  g_assert_cmpint (gcoap_observation_get_state (fixture->observation), ==,
                   GCOAP_OBSERVATION_STATE_ENDED);
  g_assert_null (gcoap_observation_get_error (fixture->observation));
  g_assert_cmpuint (fixture->n_notifications, ==, 1);
  g_assert_cmpuint (fixture->n_ended, ==, 1);
  g_assert_cmpuint (fixture->n_con, ==, 1);
}

static void
test_obs_08 (Fixture       *fixture,
             gconstpointer  data)
{
  start (fixture);
  ask (fixture, GCOAP_CODE_PUT, 50, GCOAP_CODE_CHANGED);
  run (fixture, 1);
  g_assert_cmphex (latest_code (fixture), ==, GCOAP_CODE_NOT_ACCEPTABLE);
  g_assert_cmpuint (fixture->n_ended, ==, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
}

static void
test_obs_09 (Fixture       *fixture,
             gconstpointer  data)
{
  start (fixture);
  ask (fixture, GCOAP_CODE_PUT, 0, GCOAP_CODE_CHANGED);
  run (fixture, 1);
  assert_shows (fixture, 1);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

static void
test_obs_10 (Fixture       *fixture,
             gconstpointer  data)
{
  start (fixture);
  ask (fixture, GCOAP_CODE_GET, -1, GCOAP_CODE_CONTENT);
  change (fixture);
  run (fixture, 1);
  assert_shows (fixture, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 1);
}

static void
test_obs_11 (Fixture       *fixture,
             gconstpointer  data)
{
  start (fixture);
  gcoap_simulated_link_set_loss (fixture->pair->link, 0.2);
  gcoap_simulated_link_set_reordering (fixture->pair->link, 0.2);
  gcoap_simulated_link_set_duplication (fixture->pair->link, 0.2);
  for (guint i = 0; i < 100; i++)
    {
      change (fixture);
      run (fixture, (guint) g_test_rand_int_range (0, 3));
      g_assert_cmpuint (fixture->n_ended, ==, 0);
    }
  gcoap_simulated_link_set_loss (fixture->pair->link, 0);
  /* In the end it knows the latest, though not all. */
  run (fixture, 200);
  assert_shows (fixture, 100);
  g_assert_cmpuint (fixture->n_notifications, <=, 105);
}

static void
test_obs_12 (Fixture       *fixture,
             gconstpointer  data)
{
  guint token;
  guint sent;

  start (fixture);
  token = fixture->last_token;
  gcoap_observation_cancel (fixture->observation);
  g_assert_cmpuint (fixture->n_ended, ==, 1);
  run (fixture, 1);
  g_assert_cmpuint (fixture->n_requests, ==, 2);
  g_assert_cmphex (fixture->last_token, ==, token);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
  sent = fixture->n_to_client;
  change (fixture);
  run (fixture, 100);
  g_assert_cmpuint (fixture->n_to_client, ==, sent);
  g_assert_cmpuint (fixture->n_notifications, ==, 0);
}

/* RFC 7641 §4.5.1: while one is under way the newer states wait. */
static void
test_one_outstanding (Fixture       *fixture,
                      gconstpointer  data)
{
  fixture->max_age = 1000;
  start (fixture);
  fixture->to_server = FALSE;
  for (guint i = 0; i < 10; i++)
    {
      change (fixture);
      run (fixture, 1);
    }
  /* One transmission and its retransmissions: 2 to 3 s, twice that. */
  g_assert_cmpuint (fixture->n_con, <=, 3);
  fixture->to_server = TRUE;
  run (fixture, 60);
  assert_shows (fixture, 10);
  /* The first state, and then the newest. */
  g_assert_cmpuint (fixture->n_notifications, ==, 2);
}

static void
test_limit (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GcoapObservation) second = NULL;

  g_object_set (gcoap_context_get_limits (fixture->pair->server), "max-observers", 1, NULL);
  start (fixture);
  second = observe (fixture, "coap://server/obs?another");
  /* It has the state, and knows that it will not be told. */
  g_assert_cmpint (gcoap_observation_get_state (second), ==, GCOAP_OBSERVATION_STATE_ENDED);
  g_assert_cmphex (gcoap_message_get_code (gcoap_observation_get_message (second)), ==,
                   GCOAP_CODE_CONTENT);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 1);
}

static void
shut_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  *(gboolean *) data = gcoap_context_shutdown_finish (GCOAP_CONTEXT (source), result, NULL);
}

/* RFC 7641 §4.2 with 5.03: the client does not take it for the end. */
static void
test_shutdown (Fixture       *fixture,
               gconstpointer  data)
{
  gboolean is_shut = FALSE;

  start (fixture);
  gcoap_context_shutdown_async (fixture->pair->server, NULL, shut_cb, &is_shut);
  run (fixture, 5);
  g_assert_true (is_shut);
  g_assert_cmpuint (gcoap_resource_get_observer_count (fixture->resource), ==, 0);
  g_assert_cmpint (gcoap_observation_get_state (fixture->observation), ==,
                   GCOAP_OBSERVATION_STATE_STALE);
  g_assert_cmpuint (fixture->n_ended, ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/observe/obs-01", test_obs_01);
  ADD ("/observe/obs-02", test_obs_02);
  ADD ("/observe/obs-04", test_obs_04);
  ADD ("/observe/obs-05", test_obs_05);
  ADD ("/observe/obs-06", test_obs_06);
  ADD ("/observe/obs-07", test_obs_07);
  ADD ("/observe/obs-08", test_obs_08);
  ADD ("/observe/obs-09", test_obs_09);
  ADD ("/observe/obs-10", test_obs_10);
  ADD ("/observe/obs-11", test_obs_11);
  ADD ("/observe/obs-12", test_obs_12);
  ADD ("/observe/one-outstanding", test_one_outstanding);
  ADD ("/observe/limit", test_limit);
  ADD ("/observe/shutdown", test_shutdown);
  return g_test_run ();
}
