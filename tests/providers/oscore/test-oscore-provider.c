/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests from one application to the other, with all that lies between. */
#include "providers/oscore/gcoap-oscore-provider.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/oscore-pair.h"

static void
test_get (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text?secret=query", NULL,
                                               GCOAP_CODE_CONTENT, &error);
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "Hello World!");
  g_assert_false (oscore_pair_has_sent (pair, 0, "Hello"));
  g_assert_false (oscore_pair_has_sent (pair, 0, "text"));
  g_assert_false (oscore_pair_has_sent (pair, 0, "secret"));
  request = oscore_pair_latest (pair, TRUE, 0);
  g_assert_cmphex (gcoap_message_get_code (request), ==, GCOAP_CODE_POST);
  g_assert_true (gcoap_message_has_option (request, GCOAP_OPTION_OSCORE));
  response = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_CHANGED);
  g_assert_true (gcoap_message_has_option (response, GCOAP_OPTION_OSCORE));
}

static void
test_put (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *changed = NULL;
  g_autofree char *text = NULL;

  changed = oscore_pair_request (pair, GCOAP_CODE_PUT, "coap://server/text", "Something else", GCOAP_CODE_CHANGED,
                                 &error);
  g_assert_no_error (error);
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "Something else");
  g_assert_false (oscore_pair_has_sent (pair, 0, "Something"));
}

/* Errors of the site are those of a response, and as secret. */
static void
test_error (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/nothing", NULL,
                                               GCOAP_CODE_NOT_FOUND, &error);
  g_autoptr (GcoapMessage) response = oscore_pair_latest (pair, FALSE, 0);

  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_CHANGED);
}

static void
test_claims (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/whoami", NULL,
                                               GCOAP_CODE_CONTENT, &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "name:alice\noscore:"));
  g_assert_true (g_str_has_suffix (text, "/63"));
}

/* A site may ask for them; whoever has none is refused. */
static void
test_required (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *good = NULL;
  g_autofree char *bad = NULL;

  gcoap_site_require (pair->pair->site, "text", "oscore:*");
  good = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  gcoap_credential_store_remove (pair->client, "coap://server/*");
  bad = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, GCOAP_CODE_UNAUTHORIZED, &error);
  g_assert_no_error (error);
}

static char *
make_body (gsize length)
{
  GString *body = g_string_new (NULL);

  for (guint i = 0; body->len < length; i++)
    g_string_append_printf (body, "%u,", i);
  g_string_truncate (body, length);
  return g_string_free (body, FALSE);
}

/* In blocks inside: each of them is protected. */
static void
test_big_bodies (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autofree char *body = make_body (5000);
  g_autoptr (GError) error = NULL;
  g_autofree char *changed = oscore_pair_request (pair, GCOAP_CODE_PUT, "coap://server/text", body,
                                                  GCOAP_CODE_CHANGED, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (pair->stored, ==, body);
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, body);
  for (guint i = 0; i < pair->datagrams->len; i++)
    g_assert_cmpuint (((OscoreDatagram *) g_ptr_array_index (pair->datagrams, i))->length, <=, 1152);
  g_assert_false (oscore_pair_has_sent (pair, 0, "100,101"));
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GcoapMessage) message = oscore_pair_latest (pair, i % 2, i / 2);

      g_assert_false (gcoap_message_has_option (message, GCOAP_OPTION_BLOCK1));
      g_assert_false (gcoap_message_has_option (message, GCOAP_OPTION_BLOCK2));
    }
}

static void
test_loss (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autofree char *body = make_body (4000);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_free (pair->stored);
  pair->stored = g_strdup (body);
  gcoap_simulated_link_set_loss (pair->pair->link, 0.2);
  gcoap_simulated_link_set_duplication (pair->pair->link, 0.3);
  gcoap_simulated_link_set_reordering (pair->pair->link, 0.3);
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, body);
}

/* What is protected, and what not, is a matter of the URI. */
static void
test_beside_plain (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_bare ();
  g_autoptr (GcoapOscoreCredential) ours = oscore_pair_credential ("c", "s", 0);
  g_autoptr (GcoapOscoreCredential) theirs = oscore_pair_credential ("s", "c", 0);
  g_autoptr (GError) error = NULL;

  gcoap_credential_store_add (pair->client, "coap://server/text", GCOAP_CREDENTIAL (ours), NULL);
  gcoap_credential_store_add_client_context (pair->server, "alice", theirs, NULL);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL,
                                                   GCOAP_CODE_CONTENT, &error);
      g_autofree char *who = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, "Hello World!");
      g_assert_false (oscore_pair_has_sent (pair, 0, "Hello"));
      who = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/whoami", NULL, GCOAP_CODE_CONTENT, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (who, ==, "nobody");
    }
  g_assert_true (oscore_pair_has_sent (pair, 0, "whoami"));
}

/* The same context serves requests of the server's, to whom the client is
 * reached at the address it asked from. */
static void
test_both_ways (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapOscoreCredential) theirs = oscore_pair_credential ("s", "c", 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://client/whoami", NULL);
  g_autoptr (GcoapMessage) response = NULL;
  g_autofree char *text = NULL;
  guint first;

  gcoap_context_set_site (pair->pair->client, GCOAP_REQUEST_INTERFACE (pair->pair->site));
  gcoap_context_set_credentials (pair->pair->server, pair->server);
  gcoap_credential_store_add (pair->server, "coap://client/*", GCOAP_CREDENTIAL (theirs), NULL);
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  first = pair->datagrams->len;
  g_clear_object (&pair->pair->result);
  gcoap_context_request_async (pair->pair->server, request, NULL, simulated_pair_done_cb, pair->pair);
  g_assert_true (simulated_pair_run (pair->pair, 100));
  response = gcoap_context_request_finish (pair->pair->server, pair->pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
  g_assert_false (oscore_pair_has_sent (pair, first, "whoami"));
  g_assert_false (oscore_pair_has_sent (pair, first, "oscore"));
}

static void
test_trace (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  oscore_pair_trace (pair);
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (pair->notes->str, "OSCORE protects"));
  g_assert_nonnull (strstr (pair->notes->str, "OSCORE verified"));
  g_test_message ("%s", pair->notes->str);
  g_assert_nonnull (strstr (pair->notes->str, "Uri-Path"));
  gcoap_context_set_trace (pair->pair->client, NULL);
  gcoap_context_set_trace (pair->pair->server, NULL);
}

static void
shut_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  gcoap_context_shutdown_finish (GCOAP_CONTEXT (source), result, NULL);
  *(gboolean *) data = TRUE;
}

/* Even then nothing leaves without protection. */
static void
test_shutdown (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/later", NULL);
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_shut = FALSE;

  g_clear_object (&pair->pair->result);
  gcoap_context_request_async (pair->pair->client, request, NULL, simulated_pair_done_cb, pair->pair);
  g_assert_false (simulated_pair_run (pair->pair, 3));
  g_assert_nonnull (pair->waiting);
  gcoap_context_shutdown_async (pair->pair->server, NULL, shut_cb, &is_shut);
  g_assert_true (simulated_pair_run (pair->pair, 3));
  response = gcoap_context_request_finish (pair->pair->client, pair->pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);
  outer = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (outer), ==, GCOAP_CODE_CHANGED);
  g_assert_true (gcoap_message_has_option (outer, GCOAP_OPTION_OSCORE));
  oscore_pair_run (pair, 300);
  g_assert_true (is_shut);
}

static void
test_properties (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapOscore) oscore = gcoap_oscore_new (NULL, runtime);
  guint size, waiting, rate;

  gcoap_oscore_set_max_unfragmented_size (oscore, 100);
  gcoap_oscore_set_max_waiting (oscore, 2);
  gcoap_oscore_set_error_rate (oscore, 3);
  g_object_get (oscore, "max-unfragmented-size", &size, "max-waiting", &waiting, "error-rate", &rate, NULL);
  g_assert_cmpuint (size, ==, gcoap_oscore_get_max_unfragmented_size (oscore));
  g_assert_cmpuint (waiting, ==, gcoap_oscore_get_max_waiting (oscore));
  g_assert_cmpuint (rate, ==, gcoap_oscore_get_error_rate (oscore));
  g_assert_cmpuint (size + waiting + rate, ==, 105);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-provider/get", test_get);
  g_test_add_func ("/oscore-provider/put", test_put);
  g_test_add_func ("/oscore-provider/error", test_error);
  g_test_add_func ("/oscore-provider/claims", test_claims);
  g_test_add_func ("/oscore-provider/required", test_required);
  g_test_add_func ("/oscore-provider/big-bodies", test_big_bodies);
  g_test_add_func ("/oscore-provider/loss", test_loss);
  g_test_add_func ("/oscore-provider/beside-plain", test_beside_plain);
  g_test_add_func ("/oscore-provider/both-ways", test_both_ways);
  g_test_add_func ("/oscore-provider/trace", test_trace);
  g_test_add_func ("/oscore-provider/shutdown", test_shutdown);
  g_test_add_func ("/oscore-provider/properties", test_properties);
  return g_test_run ();
}
