/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server does with requests it cannot, or should not, open. */
#include "providers/oscore/gcoap-oscore-provider-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/oscore-pair.h"

static void
assert_fine (OscorePair *pair)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL,
                                               GCOAP_CODE_CONTENT, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, pair->stored);
}

/* What the client is told when the server refuses. */
static void
assert_refused (OscorePair *pair,
                const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, 0, &error);

  g_assert_null (text);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "coap://server"));
  g_assert_nonnull (strstr (error->message, reason));
  g_assert_false (oscore_pair_has_sent (pair, 0, "Hello"));
}

/* The latest response is not protected, and for nobody to keep. */
static void
assert_latest (OscorePair *pair,
               GcoapCode   code)
{
  g_autoptr (GcoapMessage) response = oscore_pair_latest (pair, FALSE, 0);
  guint max_age = 60;

  g_assert_cmphex (gcoap_message_get_code (response), ==, code);
  g_assert_false (gcoap_message_has_option (response, GCOAP_OPTION_OSCORE));
  gcoap_message_get_option_uint (response, GCOAP_OPTION_MAX_AGE, &max_age);
  g_assert_cmpuint (max_age, ==, 0);
}

static guint
find_request (OscorePair *pair)
{
  for (guint i = pair->datagrams->len; i-- > 0;)
    {
      OscoreDatagram *datagram = g_ptr_array_index (pair->datagrams, i);

      if (datagram->from_client && datagram->data[1] != 0)
        return i;
    }
  g_assert_not_reached ();
}

static void
test_replay (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  guint request;

  assert_fine (pair);
  request = find_request (pair);
  oscore_pair_replay (pair, request, "client");
  assert_latest (pair, GCOAP_CODE_UNAUTHORIZED);
  oscore_pair_replay (pair, request, "mallory");
  assert_latest (pair, GCOAP_CODE_UNAUTHORIZED);
  /* When the message layer has forgotten it, too. */
  oscore_pair_run (pair, 300);
  oscore_pair_replay (pair, request, "client");
  assert_latest (pair, GCOAP_CODE_UNAUTHORIZED);
  assert_fine (pair);
}

static guint
count_requests (OscorePair *pair)
{
  guint n = 0;

  for (guint i = 0; i < pair->datagrams->len; i++)
    {
      OscoreDatagram *datagram = g_ptr_array_index (pair->datagrams, i);

      n += datagram->from_client && datagram->data[1] != 0;
    }
  return n;
}

/* RFC 8613 Appendix B.1.2: a context that comes from nowhere does not know what it
 * has seen; one question makes it sure, and nothing of before is let in. */
static void
test_echo_recovery (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();
  g_autoptr (GcoapMessage) challenge = NULL;
  gsize length;

  assert_fine (pair);
  g_assert_cmpuint (count_requests (pair), ==, 2);
  /* With a number of its own: the nonce of the request might come again. */
  challenge = oscore_pair_latest (pair, FALSE, 1);
  g_assert_nonnull (gcoap_message_peek_option (challenge, GCOAP_OPTION_OSCORE, 0, &length));
  g_assert_cmpuint (length, >, 0);
  g_assert_false (gcoap_message_has_option (challenge, GCOAP_OPTION_ECHO));
  assert_fine (pair);
  g_assert_cmpuint (count_requests (pair), ==, 3);
  for (guint i = 0, n = pair->datagrams->len; i < n; i++)
    {
      OscoreDatagram *datagram = g_ptr_array_index (pair->datagrams, i);

      if (!datagram->from_client || datagram->data[1] == 0)
        continue;
      oscore_pair_run (pair, 1);
      oscore_pair_replay (pair, i, "client");
      assert_latest (pair, GCOAP_CODE_UNAUTHORIZED);
    }
  assert_fine (pair);
}

static gboolean
drop_responses_cb (OscoreDatagram *datagram,
                   gpointer        user_data G_GNUC_UNUSED)
{
  return datagram->from_client;
}

/* A recorded request is answered by one question, not by as many as it comes
 * times: each uses the key. */
static void
test_echo_once (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();
  g_autoptr (GcoapMessage) challenge = NULL;
  g_autoptr (GcoapMessage) latest = NULL;

  /* The question gets lost, so the client does not prove anything. */
  pair->filter = drop_responses_cb;
  g_assert_null (oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, 0, NULL));
  challenge = oscore_pair_latest (pair, FALSE, 0);
  g_assert_true (gcoap_message_has_option (challenge, GCOAP_OPTION_OSCORE));
  pair->filter = NULL;
  for (guint i = 0; i < 3; i++)
    {
      oscore_pair_run (pair, 300);
      oscore_pair_replay (pair, 0, "mallory");
      assert_latest (pair, GCOAP_CODE_UNAUTHORIZED);
    }
  assert_fine (pair);
}

static void
test_unknown_id (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_bare ();
  g_autoptr (GcoapOscoreCredential) ours = oscore_pair_credential ("x", "s", 0);
  g_autoptr (GcoapOscoreCredential) theirs = oscore_pair_credential ("s", "c", 0);

  gcoap_credential_store_add (pair->client, "coap://server/*", GCOAP_CREDENTIAL (ours), NULL);
  gcoap_credential_store_add_client_context (pair->server, "alice", theirs, NULL);
  assert_refused (pair, "Security context not found");
  assert_latest (pair, GCOAP_CODE_UNAUTHORIZED);
}

static void
test_wrong_key (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_bare ();
  g_autoptr (GcoapOscoreCredential) ours = oscore_pair_credential ("c", "s", 1);
  g_autoptr (GcoapOscoreCredential) theirs = oscore_pair_credential ("s", "c", 0);

  gcoap_credential_store_add (pair->client, "coap://server/*", GCOAP_CREDENTIAL (ours), NULL);
  gcoap_credential_store_add_client_context (pair->server, "alice", theirs, NULL);
  assert_refused (pair, "Decryption failed");
  assert_latest (pair, GCOAP_CODE_BAD_REQUEST);
}

/* Without any context it is an option like any other that is not understood. */
static void
test_no_contexts (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapMessage) response = NULL;

  gcoap_context_set_server_credentials (pair->pair->server, NULL);
  assert_refused (pair, "4.02");
  response = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_BAD_OPTION);
}

static void
test_same_ids (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_bare ();
  g_autoptr (GcoapOscoreCredential) ours = oscore_pair_credential ("c", "s", 3);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  gcoap_credential_store_add (pair->client, "coap://server/*", GCOAP_CREDENTIAL (ours), NULL);
  for (guint8 i = 0; i < 6; i++)
    {
      g_autoptr (GcoapOscoreCredential) theirs = oscore_pair_credential ("s", "c", i);
      char name[] = { 'u', 's', 'e', 'r', (char) ('0' + i), '\0' };

      gcoap_credential_store_add_client_context (pair->server, name, theirs, NULL);
    }
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/whoami", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "name:user3\n"));
}

/* RFC 8613 §5.1: an ID Context in the request tells contexts apart. */
static void
test_id_context (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_bare ();
  g_autoptr (GcoapOscoreCredential) ours = oscore_pair_credential ("c", "s", 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GcoapMessage) request = NULL;
  const char *const ids[] = { "first", "second", "third" };

  gcoap_oscore_credential_peek_parameters (ours)->id_context = g_bytes_new_static ("second", 6);
  gcoap_credential_store_add (pair->client, "coap://server/*", GCOAP_CREDENTIAL (ours), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autoptr (GcoapOscoreCredential) theirs = oscore_pair_credential ("s", "c", 0);

      gcoap_oscore_credential_peek_parameters (theirs)->id_context = g_bytes_new_static (ids[i], strlen (ids[i]));
      gcoap_credential_store_add_client_context (pair->server, ids[i], theirs, NULL);
    }
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/whoami", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "name:second\n"));
  g_assert_true (oscore_pair_has_sent (pair, 0, "second"));
}

static void
test_taken_away (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapOscoreCredential) other = oscore_pair_credential ("s", "d", 0);

  assert_fine (pair);
  gcoap_credential_store_add_client_context (pair->server, "bob", other, NULL);
  assert_fine (pair);
  gcoap_credential_store_remove_client (pair->server, "alice");
  {
    g_autoptr (GError) error = NULL;
    g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, 0, &error);

    g_assert_null (text);
    g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  }
}

static void
inject_option (OscorePair *pair,
               const char *option,
               gsize       length,
               const char *payload)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_POST);

  gcoap_message_set_option (message, GCOAP_OPTION_OSCORE, (const guint8 *) option, length);
  if (payload != NULL)
    gcoap_message_set_payload_data (message, (const guint8 *) payload, strlen (payload));
  oscore_pair_inject (pair, "client", message);
}

static void
test_bad_option (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  /* Reserved bit; Partial IV of six bytes; no kid; no Partial IV; nothing. */
  static const struct { const char *option; gsize length; } bad[] = {
    { "\x89\x00" "c", 3 }, { "\x0e\x00\x00\x00\x00\x00\x00" "c", 8 }, { "\x01\x00", 2 }, { "\x08" "c", 2 },
    { "", 0 }, { "\x19\x00\x40" "c", 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      oscore_pair_run (pair, 1);
      inject_option (pair, bad[i].option, bad[i].length, "some ciphertext");
      assert_latest (pair, GCOAP_CODE_BAD_OPTION);
    }
  inject_option (pair, "\x09\x00" "c", 3, NULL);
  assert_latest (pair, GCOAP_CODE_BAD_OPTION);
  inject_option (pair, "\x09\x00" "c", 3, "too short, or wrong");
  assert_latest (pair, GCOAP_CODE_BAD_REQUEST);
}

static void
test_two_options (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_POST);

  for (guint i = 0; i < 2; i++)
    gcoap_message_add_option (message, GCOAP_OPTION_OSCORE, (const guint8 *) "\x09\x00" "c", 3);
  gcoap_message_set_payload_data (message, (const guint8 *) "some ciphertext", 15);
  oscore_pair_inject (pair, "client", message);
  assert_latest (pair, GCOAP_CODE_BAD_OPTION);
}

/* Who sends much that cannot be opened is not told each time. */
static void
test_error_rate (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  GcoapRequestProvider *oscore = gcoap_context_get_inbound_provider (pair->pair->server, GCOAP_TYPE_OSCORE);
  guint told = 0;

  gcoap_oscore_set_error_rate (GCOAP_OSCORE (oscore), 2);
  for (guint i = 0; i < 5; i++)
    {
      static guint16 message_id = 0x100;
      guint8 request[] = { 0x40, 0x02, (guint8) (message_id >> 8), (guint8) message_id, 0x93, 0x09, 0x00, 'x', 0xff, 1 };

      message_id++;
      gcoap_simulated_link_inject (pair->pair->link, "client", "server", request, sizeof request);
    }
  oscore_pair_run (pair, 1);
  for (guint i = 0; i < pair->datagrams->len; i++)
    {
      OscoreDatagram *datagram = g_ptr_array_index (pair->datagrams, i);

      told += !datagram->from_client && datagram->data[1] == GCOAP_CODE_UNAUTHORIZED;
    }
  g_assert_cmpuint (told, ==, 2);
  /* In the next second there is room for more. */
  inject_option (pair, "\x09\x00" "x", 3, "ciphertext");
  assert_latest (pair, GCOAP_CODE_UNAUTHORIZED);
}

/* The context has to be opened, for which requests wait; but not any number. */
static void
test_max_waiting (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  GcoapRequestProvider *oscore = gcoap_context_get_inbound_provider (pair->pair->server, GCOAP_TYPE_OSCORE);

  gcoap_oscore_set_max_waiting (GCOAP_OSCORE (oscore), 0);
  assert_refused (pair, "5.03");
  assert_latest (pair, GCOAP_CODE_SERVICE_UNAVAILABLE);
  gcoap_oscore_set_max_waiting (GCOAP_OSCORE (oscore), 1);
  assert_fine (pair);
}

/* What is for another host is no business of ours, even if we have the key. */
static void
test_for_another_host (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_POST);
  g_autoptr (GcoapMessage) response = NULL;

  gcoap_message_set_option (message, GCOAP_OPTION_OSCORE, (const guint8 *) "\x09\x00" "c", 3);
  gcoap_message_set_option_string (message, GCOAP_OPTION_PROXY_URI, "coap://elsewhere/");
  oscore_pair_inject (pair, "client", message);
  response = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_PROXYING_NOT_SUPPORTED);
}

/* Outer blocks */

static gboolean
drop_cb (OscoreDatagram *datagram,
         gpointer        user_data)
{
  return FALSE;
}

/* A request of the client that did not arrive. */
static GcoapMessage *
take_request (OscorePair *pair)
{
  /* The query makes it longer than two blocks. */
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/text?some&more&long&queries", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  pair->filter = drop_cb;
  gcoap_context_request_async (pair->pair->client, request, cancellable, simulated_pair_done_cb, pair->pair);
  oscore_pair_run (pair, 1);
  g_cancellable_cancel (cancellable);
  oscore_pair_run (pair, 1);
  pair->filter = NULL;
  return oscore_pair_latest (pair, TRUE, 0);
}

static void
inject_block (OscorePair   *pair,
              GcoapMessage *whole,
              guint         number,
              gboolean      more)
{
  g_autoptr (GcoapMessage) block = gcoap_message_copy (whole);
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (whole, &length);

  /* RFC 7959 §2.2: 16 bytes each. */
  gcoap_message_set_option_uint (block, GCOAP_OPTION_BLOCK1, number << 4 | (more ? 8 : 0));
  gcoap_message_set_payload_data (block, data + number * 16, more ? 16 : length - number * 16);
  oscore_pair_inject (pair, "proxy", block);
}

static void
test_outer_blocks (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  GcoapRequestProvider *oscore = gcoap_context_get_inbound_provider (pair->pair->server, GCOAP_TYPE_OSCORE);
  g_autoptr (GcoapSimulatedInterface) proxy = NULL;
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (pair->pair->clock);
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapMessage) refusal = NULL;
  g_autoptr (GcoapMessage) padded = NULL;
  guint8 large[64] = { 0 };

  proxy = gcoap_simulated_link_add_endpoint (pair->pair->link, "proxy", runtime);
  request = take_request (pair);
  inject_block (pair, request, 0, TRUE);
  response = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTINUE);
  g_clear_pointer (&response, gcoap_message_unref);
  inject_block (pair, request, 1, TRUE);
  inject_block (pair, request, 2, FALSE);
  response = oscore_pair_latest (pair, FALSE, 0);
  g_assert_true (gcoap_message_has_option (response, GCOAP_OPTION_OSCORE));
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_CHANGED);

  /* MAX_UNFRAGMENTED_SIZE */
  gcoap_oscore_set_max_unfragmented_size (GCOAP_OSCORE (oscore), 40);
  padded = gcoap_message_copy (request);
  gcoap_message_set_payload_data (padded, large, sizeof large);
  inject_block (pair, padded, 0, TRUE);
  inject_block (pair, padded, 1, TRUE);
  inject_block (pair, padded, 2, TRUE);
  refusal = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (refusal), ==, GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-inbound/replay", test_replay);
  g_test_add_func ("/oscore-inbound/echo-recovery", test_echo_recovery);
  g_test_add_func ("/oscore-inbound/echo-once", test_echo_once);
  g_test_add_func ("/oscore-inbound/unknown-id", test_unknown_id);
  g_test_add_func ("/oscore-inbound/wrong-key", test_wrong_key);
  g_test_add_func ("/oscore-inbound/no-contexts", test_no_contexts);
  g_test_add_func ("/oscore-inbound/same-ids", test_same_ids);
  g_test_add_func ("/oscore-inbound/id-context", test_id_context);
  g_test_add_func ("/oscore-inbound/taken-away", test_taken_away);
  g_test_add_func ("/oscore-inbound/bad-option", test_bad_option);
  g_test_add_func ("/oscore-inbound/two-options", test_two_options);
  g_test_add_func ("/oscore-inbound/error-rate", test_error_rate);
  g_test_add_func ("/oscore-inbound/max-waiting", test_max_waiting);
  g_test_add_func ("/oscore-inbound/for-another-host", test_for_another_host);
  g_test_add_func ("/oscore-inbound/outer-blocks", test_outer_blocks);
  return g_test_run ();
}
