/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client makes of answers that are none. */
#include "providers/oscore/gcoap-oscore-provider-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/oscore-pair.h"
#include "wire/gcoap-datagram-codec-private.h"

/* A forger between the two: it changes the next response. */
typedef struct
{
  OscorePair *pair;
  gboolean    is_armed;
  gboolean    drops_payload;   /* leaves code and token, nothing else */
  GcoapCode   code;            /* of what it makes then */
  GBytes     *ciphertext;      /* to be put in the place of the payload; NULL: keeps it here */
} Forger;

static void
forge (Forger         *self,
       OscoreDatagram *datagram)
{
  GcoapPdu pdu = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) genuine = NULL;
  g_autoptr (GcoapMessage) forged = NULL;
  guint8 token[8];
  guint8 buffer[1500];
  gsize length;

  gcoap_datagram_decode (datagram->data, datagram->length, 8, &pdu, NULL, &error);
  g_assert_no_error (error);
  genuine = pdu.message;
  memcpy (token, pdu.token, pdu.token_length);
  pdu.token = token;
  if (self->drops_payload)
    {
      forged = gcoap_message_new_text (self->code, "forged");
    }
  else
    {
      const guint8 *data = g_bytes_get_data (self->ciphertext, &length);

      forged = gcoap_message_copy (genuine);
      gcoap_message_set_payload_data (forged, data, length);
    }
  pdu.message = forged;
  length = gcoap_datagram_encode (&pdu, buffer, sizeof buffer, &error);
  g_assert_no_error (error);
  gcoap_simulated_link_inject (self->pair->pair->link, "server", "client", buffer, length);
}

static gboolean
forge_cb (OscoreDatagram *datagram,
          gpointer        user_data)
{
  Forger *self = user_data;

  if (!self->is_armed || datagram->from_client || datagram->data[1] == 0)
    return TRUE;
  self->is_armed = FALSE;
  forge (self, datagram);
  return FALSE;
}

static void
assert_discarded (OscorePair *pair,
                  GcoapError  code,
                  const char *reason)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL, 0, &error);

  g_assert_null (text);
  g_assert_error (error, GCOAP_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, "coap://server"));
  g_assert_nonnull (strstr (error->message, reason));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static void
test_plain_response (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  Forger forger = { pair, TRUE, TRUE, GCOAP_CODE_CONTENT };

  pair->filter = forge_cb;
  pair->filter_data = &forger;
  assert_discarded (pair, GCOAP_ERROR_UNEXPECTED_RESPONSE, "without protection");
  forger.is_armed = TRUE;
  forger.code = GCOAP_CODE_UNAUTHORIZED;
  assert_discarded (pair, GCOAP_ERROR_REFUSED, "forged");
  forger.is_armed = TRUE;
  forger.code = GCOAP_CODE_SERVICE_UNAVAILABLE;
  assert_discarded (pair, GCOAP_ERROR_REFUSED, "5.03");
  pair->filter = NULL;
}

/* RFC 8613 §7.1: a response belongs to one request. */
static void
test_swapped_response (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL,
                                               GCOAP_CODE_CONTENT, &error);
  g_autoptr (GcoapMessage) former = oscore_pair_latest (pair, FALSE, 0);
  Forger forger = { pair, TRUE, FALSE };

  g_assert_no_error (error);
  forger.ciphertext = g_bytes_ref (gcoap_message_get_payload (former));
  pair->filter = forge_cb;
  pair->filter_data = &forger;
  assert_discarded (pair, GCOAP_ERROR_UNEXPECTED_RESPONSE, "could not be verified");
  g_bytes_unref (forger.ciphertext);
  pair->filter = NULL;
}

/* A request that is lost has used up its number; the next has another. */
static void
test_numbers (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  guint64 last = 0;

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/text", NULL,
                                                   GCOAP_CODE_CONTENT, &error);
      g_autoptr (GcoapMessage) request = NULL;
      GcoapOscoreOption option;
      gsize length;
      const guint8 *value;
      guint64 number;

      g_assert_no_error (error);
      request = oscore_pair_latest (pair, TRUE, 0);
      value = gcoap_message_peek_option (request, GCOAP_OPTION_OSCORE, 0, &length);
      g_assert_true (gcoap_oscore_option_decode (&option, value, length, NULL));
      number = gcoap_oscore_decode_piv (option.piv, option.piv_length);
      if (i > 0)
        g_assert_cmpuint (number, >, last);
      last = number;
    }
}

/* Requests made at one time, while the context is being opened and storage asked
 * for numbers. */
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
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  guint n_responses = 0;

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/text", NULL);

      gcoap_context_request_async (pair->pair->client, request, NULL, count_cb, &n_responses);
    }
  oscore_pair_run (pair, 100);
  g_assert_cmpuint (n_responses, ==, 50);
}

static GError *
send_to_group (OscorePair *pair)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/text", NULL);
  GError *error = NULL;

  g_clear_object (&pair->pair->result);
  gcoap_context_request_group_async (pair->pair->client, request, NULL, 1000, NULL, NULL, NULL, NULL,
                                     simulated_pair_done_cb, pair->pair);
  g_assert_true (simulated_pair_run (pair->pair, 100));
  gcoap_context_request_group_finish (pair->pair->client, pair->pair->result, &error);
  return error;
}

static void
test_group (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = send_to_group (pair);

  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "group"));
  g_assert_cmpuint (pair->datagrams->len, ==, 0);
}

/* Nothing is sent when there is no context, least of all without protection. */
static void
test_no_context (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new_bare ();
  g_autoptr (GcoapOscoreCredential) nowhere =
    gcoap_oscore_credential_new_for_directory ("/nonexistent/oscore/context");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  gcoap_credential_store_add (pair->client, "coap://server/*", GCOAP_CREDENTIAL (nowhere), NULL);
  g_clear_object (&pair->pair->result);
  {
    g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/text", NULL);
    g_autoptr (GcoapMessage) response = NULL;

    gcoap_context_request_async (pair->pair->client, request, NULL, simulated_pair_done_cb, pair->pair);
    /* A thread looks at the directory. */
    while (pair->pair->result == NULL)
      g_main_context_iteration (NULL, TRUE);
    response = gcoap_context_request_finish (pair->pair->client, pair->pair->result, &error);
    g_assert_null (response);
  }
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, "/nonexistent/oscore/context"));
  g_assert_cmpuint (pair->datagrams->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-outbound/plain-response", test_plain_response);
  g_test_add_func ("/oscore-outbound/swapped-response", test_swapped_response);
  g_test_add_func ("/oscore-outbound/numbers", test_numbers);
  g_test_add_func ("/oscore-outbound/many-at-once", test_many_at_once);
  g_test_add_func ("/oscore-outbound/group", test_group);
  g_test_add_func ("/oscore-outbound/no-context", test_no_context);
  return g_test_run ();
}
