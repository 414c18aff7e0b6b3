/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 Appendix B.2, from end to end. */
#include "providers/oscore/gcoap-oscore-rederivation-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/oscore-pair.h"
#include "helpers/oscore-storage.h"
#include "providers/oscore/gcoap-oscore-contexts-private.h"

static void
enable (OscorePair *pair,
        gboolean    client,
        gboolean    server)
{
  GcoapRequestProvider *outbound = gcoap_context_get_outbound_provider (pair->pair->client, GCOAP_TYPE_OSCORE);
  GcoapRequestProvider *inbound = gcoap_context_get_inbound_provider (pair->pair->server, GCOAP_TYPE_OSCORE);

  gcoap_oscore_set_rederives (GCOAP_OSCORE (outbound), client);
  gcoap_oscore_set_rederives (GCOAP_OSCORE (inbound), server);
}

static void
assert_fine (OscorePair *pair)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL,
                                               GCOAP_CODE_CONTENT, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "Hello World!");
}

static gsize
get_option_length (OscorePair *pair,
                   gboolean    from_client,
                   guint       offset)
{
  g_autoptr (GcoapMessage) message = oscore_pair_latest (pair, from_client, offset);
  gsize length = 0;

  gcoap_message_peek_option (message, GCOAP_OPTION_OSCORE, 0, &length);
  return length;
}

static guint
count_from (OscorePair *pair,
            gboolean    from_client)
{
  guint n = 0;

  for (guint i = 0; i < pair->datagrams->len; i++)
    {
      OscoreDatagram *datagram = g_ptr_array_index (pair->datagrams, i);

      n += datagram->from_client == from_client && datagram->data[1] != 0;
    }
  return n;
}

static void
test_both (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();
  guint first;

  enable (pair, TRUE, TRUE);
  assert_fine (pair);
  /* Two requests, of which the server answered the first with its part. */
  g_assert_cmpuint (count_from (pair, TRUE), ==, 2);
  /* Flags, length, a byte string of R2. */
  g_assert_cmpuint (get_option_length (pair, FALSE, 1), ==, 2 + 1 + GCOAP_OSCORE_SERVER_NONCE);
  g_assert_cmpuint (get_option_length (pair, FALSE, 0), ==, 0);
  for (guint i = 0; i < 3; i++)
    assert_fine (pair);
  g_assert_cmpuint (count_from (pair, TRUE), ==, 5);

  /* What was sent on the way does not work a second time. */
  first = pair->datagrams->len;
  for (guint i = 0; i < first; i++)
    {
      OscoreDatagram *datagram = g_ptr_array_index (pair->datagrams, i);
      g_autoptr (GcoapMessage) response = NULL;
      guint8 code;

      if (!datagram->from_client || datagram->data[1] == 0)
        continue;
      oscore_pair_run (pair, 1);
      oscore_pair_replay (pair, i, "client");
      response = oscore_pair_latest (pair, FALSE, 0);
      code = (guint8) gcoap_message_get_code (response);
      /* The first of them is answered by another part, which nobody will use. */
      if (code == GCOAP_CODE_CHANGED)
        g_assert_cmpuint (get_option_length (pair, FALSE, 0), ==, 2 + 1 + GCOAP_OSCORE_SERVER_NONCE);
      else
        g_assert_true (code == GCOAP_CODE_UNAUTHORIZED || code == GCOAP_CODE_BAD_REQUEST);
    }
  assert_fine (pair);
}

/* A server that has not been told to does as if it did not know the client. */
static void
test_client_alone (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  enable (pair, TRUE, FALSE);
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, 0, &error);
  g_assert_null (text);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
}

static void
test_server_alone (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();

  enable (pair, FALSE, TRUE);
  assert_fine (pair);
}

/* The server's context, as it is when it was never used. */
static void
set_server (OscorePair        *pair,
            TestOscoreStorage *storage)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapOscoreCredential) parameters = oscore_pair_credential ("s", "c", 0);
  g_autoptr (GcoapOscoreCredential) credential = NULL;
  g_autoptr (GError) error = NULL;

  g_set_object (&storage->parameters, parameters);
  credential = gcoap_oscore_credential_new_for_storage (GCOAP_OSCORE_STORAGE (storage), "test");
  gcoap_credential_store_add_client_context (store, "alice", credential, &error);
  g_assert_no_error (error);
  gcoap_context_set_server_credentials (pair->pair->server, store);
}

/* A server that has lost the context that both agreed upon: the client does not
 * know, but is told, once it has gone on with it. */
static void
test_server_forgets (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();
  g_autoptr (TestOscoreStorage) first = test_oscore_storage_new (10);
  g_autoptr (TestOscoreStorage) second = test_oscore_storage_new (10);

  enable (pair, TRUE, TRUE);
  set_server (pair, first);
  assert_fine (pair);
  assert_fine (pair);
  g_assert_cmpuint (count_from (pair, TRUE), ==, 3);
  set_server (pair, second);
  assert_fine (pair);
  g_assert_cmpuint (count_from (pair, TRUE), ==, 5);
  assert_fine (pair);
  g_assert_cmpuint (count_from (pair, TRUE), ==, 6);
}

/* The client ends on the way: the next one does not go on with keys that nobody
 * else has. */
static void
test_client_ends (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();
  g_autoptr (GError) error = NULL;
  GcoapOscore *provider = GCOAP_OSCORE (gcoap_context_get_outbound_provider (pair->pair->client, GCOAP_TYPE_OSCORE));
  GcoapOscoreSlot *slot;

  enable (pair, TRUE, FALSE);
  g_assert_null (oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, 0, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  /* As when another program takes over, with what storage says. */
  slot = g_ptr_array_index (gcoap_oscore_contexts_find (provider->contexts, (const guint8 *) "s", 1), 0);
  g_assert_true (slot->is_rederived);
  g_assert_true (test_oscore_close (slot->context, NULL));
  g_clear_object (&slot->context);
  g_clear_pointer (&slot->claims, g_strfreev);
  slot->is_rederived = FALSE;
  enable (pair, TRUE, TRUE);
  assert_fine (pair);
}

static void
test_loss (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();

  gcoap_simulated_link_set_loss (pair->pair->link, 0.3);
  gcoap_simulated_link_set_duplication (pair->pair->link, 0.3);
  enable (pair, TRUE, TRUE);
  for (guint i = 0; i < 5; i++)
    assert_fine (pair);
}

static void
count_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = gcoap_context_request_finish (GCOAP_CONTEXT (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
  (*(guint *) data)++;
}

static void
test_many_at_once (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_lost ();
  guint n_responses = 0;

  enable (pair, TRUE, TRUE);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/text", NULL);

      gcoap_context_request_async (pair->pair->client, request, NULL, count_cb, &n_responses);
    }
  oscore_pair_run (pair, 100);
  g_assert_cmpuint (n_responses, ==, 5);
}

static void
test_wrapping (void)
{
  static const guint8 good[] = { 0x42, 1, 2 };
  static const guint8 long_one[26] = { 0x58, 24, 7 };
  static const guint8 bad[] = { 0x43, 1, 2 };
  static const guint8 other[] = { 0x62, 'a', 'b' };
  const guint8 *content;
  gsize length;

  g_assert_true (gcoap_oscore_unwrap_kid_context (good, sizeof good, &content, &length));
  g_assert_cmpmem (content, length, good + 1, 2);
  g_assert_true (gcoap_oscore_unwrap_kid_context (long_one, sizeof long_one, &content, &length));
  g_assert_cmpuint (length, ==, 24);
  g_assert_false (gcoap_oscore_unwrap_kid_context (bad, sizeof bad, &content, &length));
  g_assert_false (gcoap_oscore_unwrap_kid_context (other, sizeof other, &content, &length));
  g_assert_false (gcoap_oscore_unwrap_kid_context (good, 1, &content, &length));
  g_assert_false (gcoap_oscore_unwrap_kid_context (good, 0, &content, &length));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-rederivation/both", test_both);
  g_test_add_func ("/oscore-rederivation/client-alone", test_client_alone);
  g_test_add_func ("/oscore-rederivation/server-alone", test_server_alone);
  g_test_add_func ("/oscore-rederivation/server-forgets", test_server_forgets);
  g_test_add_func ("/oscore-rederivation/client-ends", test_client_ends);
  g_test_add_func ("/oscore-rederivation/loss", test_loss);
  g_test_add_func ("/oscore-rederivation/many-at-once", test_many_at_once);
  g_test_add_func ("/oscore-rederivation/wrapping", test_wrapping);
  return g_test_run ();
}
