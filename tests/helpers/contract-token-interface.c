/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/contract-token-interface.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/named-address.h"
#include "helpers/recording-token-manager.h"

typedef struct
{
  ContractTokenPair     *pair;
  RecordingTokenManager *client;   /* in the place of the client's token layer */
  RecordingTokenManager *server;
  GcoapMessage          *request;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  ContractTokenFactory factory = (ContractTokenFactory) data;

  fixture->pair = factory ();
  fixture->client = recording_token_manager_new ();
  fixture->server = recording_token_manager_new ();
  gcoap_token_interface_set_manager (fixture->pair->client, GCOAP_TOKEN_MANAGER (fixture->client));
  gcoap_token_interface_set_manager (fixture->pair->server, GCOAP_TOKEN_MANAGER (fixture->server));
  fixture->request = gcoap_message_new (GCOAP_CODE_POST);
  gcoap_message_lock (fixture->request);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  fixture->pair->free (fixture->pair);
  gcoap_message_unref (fixture->request);
  g_object_unref (fixture->client);
  g_object_unref (fixture->server);
}

static GcoapTransmission *
send_request (Fixture    *fixture,
              const char *token)
{
  g_autoptr (GError) error = NULL;
  GcoapTransmission *transmission;
  GcoapPdu pdu = {
    .token = (const guint8 *) token,
    .token_length = (guint32) strlen (token),
    .address = fixture->pair->server_address,
    .message = fixture->request,
  };

  transmission = gcoap_token_interface_send_request (fixture->pair->client, &pdu, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (transmission);
  g_assert_null (gcoap_transmission_get_manager_data (transmission));
  gcoap_transmission_set_manager_data (transmission, fixture);
  return transmission;
}

static GcoapMessage *
new_response (const char *text)
{
  GcoapMessage *response = gcoap_message_new (GCOAP_CODE_CHANGED);

  gcoap_message_set_payload_data (response, (const guint8 *) text, strlen (text));
  gcoap_message_lock (response);
  return response;
}

static GcoapTransmission *
send_response (Fixture        *fixture,
               const GcoapPdu *request,
               const char     *text,
               gboolean        report)
{
  g_autoptr (GcoapMessage) response = text != NULL ? new_response (text) : NULL;

  return gcoap_token_interface_send_response (fixture->pair->server, request, response, NULL, report);
}

static void
unref_transmission (GcoapTransmission *transmission)
{
  if (transmission != NULL)
    gcoap_transmission_unref (transmission);
}

static void
assert_response (Fixture    *fixture,
                 const char *token,
                 const char *text)
{
  g_autoptr (KeptPdu) response = recording_token_manager_take_response (fixture->client);
  const guint8 *payload;
  gsize length;

  g_assert_nonnull (response);
  g_assert_cmpmem (response->pdu.token, response->pdu.token_length, token, strlen (token));
  g_assert_true (gcoap_endpoint_address_equal (response->pdu.address, fixture->pair->server_address));
  payload = gcoap_message_get_payload_data (response->pdu.message, &length);
  g_assert_cmpmem (payload, length, text, strlen (text));
}

static KeptPdu *
receive_request (Fixture    *fixture,
                 const char *token)
{
  KeptPdu *request;

  fixture->pair->advance (fixture->pair, 20);
  request = recording_token_manager_take_request (fixture->server);
  g_assert_nonnull (request);
  g_assert_cmpmem (request->pdu.token, request->pdu.token_length, token, strlen (token));
  g_assert_cmphex (gcoap_message_get_code (request->pdu.message), ==, GCOAP_CODE_POST);
  g_assert_true (gcoap_message_is_locked (request->pdu.message));
  return request;
}

static void
answer_cb (const GcoapPdu *pdu,
           gpointer        data)
{
  unref_transmission (send_response (data, pdu, "at once", FALSE));
}

static void
test_answered_at_once (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = NULL;

  recording_token_manager_set_request_func (fixture->server, answer_cb, fixture);
  transmission = send_request (fixture, "tok");
  /* Nothing comes up from inside a call down. */
  g_assert_cmpuint (recording_token_manager_count_responses (fixture->client), ==, 0);
  fixture->pair->advance (fixture->pair, 100);
  assert_response (fixture, "tok", "at once");
  gcoap_transmission_abandon (transmission);
  fixture->pair->advance (fixture->pair, 300000);
  /* A response says all there is to say. */
  g_assert_cmpuint (recording_token_manager_count_outcomes (fixture->client), ==, 0);
  g_assert_cmpuint (recording_token_manager_count_responses (fixture->client), ==, 0);
  g_assert_cmpuint (recording_token_manager_count_requests (fixture->server), ==, 1);
}

static void
test_answered_later (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = send_request (fixture, "");
  g_autoptr (KeptPdu) request = receive_request (fixture, "");

  fixture->pair->advance (fixture->pair, 30000);
  g_assert_cmpuint (recording_token_manager_count_requests (fixture->server), ==, 0);
  unref_transmission (send_response (fixture, &request->pdu, "later", FALSE));
  fixture->pair->advance (fixture->pair, 100);
  assert_response (fixture, "", "later");
  gcoap_transmission_abandon (transmission);
}

static void
test_acknowledged (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = send_request (fixture, "a");
  g_autoptr (KeptPdu) request = receive_request (fixture, "a");
  g_autoptr (RecordedOutcome) outcome = NULL;

  unref_transmission (send_response (fixture, &request->pdu, NULL, FALSE));
  fixture->pair->advance (fixture->pair, 1000);
  g_assert_cmpuint (recording_token_manager_count_responses (fixture->client), ==, 0);
  outcome = recording_token_manager_take_outcome (fixture->client);
  if (fixture->pair->acknowledges)
    {
      g_assert_nonnull (outcome);
      g_assert_true (outcome->transmission == transmission);
      g_assert_cmpint (outcome->outcome, ==, GCOAP_OUTCOME_ACKNOWLEDGED);
    }
  fixture->pair->advance (fixture->pair, 300000);
  g_assert_cmpuint (recording_token_manager_count_outcomes (fixture->client), ==, 0);
  gcoap_transmission_abandon (transmission);
}

static void
test_stream (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = send_request (fixture, "s");
  g_autoptr (KeptPdu) request = receive_request (fixture, "s");
  const char *texts[] = { "1", "2", "3" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      unref_transmission (send_response (fixture, &request->pdu, texts[i], FALSE));
      fixture->pair->advance (fixture->pair, 500);
      assert_response (fixture, "s", texts[i]);
    }
  gcoap_transmission_abandon (transmission);
}

static void
test_reports (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = send_request (fixture, "r");
  g_autoptr (KeptPdu) request = receive_request (fixture, "r");
  g_autoptr (GcoapTransmission) taken = NULL;
  g_autoptr (GcoapTransmission) refused = NULL;
  g_autoptr (RecordedOutcome) first = NULL;
  g_autoptr (RecordedOutcome) second = NULL;

  fixture->pair->advance (fixture->pair, 1000);
  taken = send_response (fixture, &request->pdu, "taken", TRUE);
  fixture->pair->advance (fixture->pair, 1000);
  recording_token_manager_set_takes_responses (fixture->client, FALSE);
  refused = send_response (fixture, &request->pdu, "refused", TRUE);
  fixture->pair->advance (fixture->pair, 1000);
  if (fixture->pair->acknowledges)
    {
      g_assert_nonnull (taken);
      first = recording_token_manager_take_outcome (fixture->server);
      g_assert_nonnull (first);
      g_assert_true (first->transmission == taken);
      g_assert_cmpint (first->outcome, ==, GCOAP_OUTCOME_ACKNOWLEDGED);
      second = recording_token_manager_take_outcome (fixture->server);
      g_assert_nonnull (second);
      g_assert_true (second->transmission == refused);
      g_assert_cmpint (second->outcome, ==, GCOAP_OUTCOME_RESET);
    }
  g_assert_cmpuint (recording_token_manager_count_outcomes (fixture->server), ==, 0);
  gcoap_transmission_abandon (transmission);
}

static void
test_abandoned (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = send_request (fixture, "x");

  gcoap_transmission_abandon (transmission);
  gcoap_transmission_abandon (transmission);
  g_assert_false (gcoap_transmission_replace (transmission, fixture->request, NULL));
  fixture->pair->advance (fixture->pair, 300000);
  g_assert_cmpuint (recording_token_manager_count_outcomes (fixture->client), ==, 0);
}

static void
reject_cb (const GcoapPdu *pdu,
           gpointer        data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = g_error_new_literal (GCOAP_RESPONSE_ERROR,
                                                  GCOAP_RESPONSE_ERROR_BAD_OPTION, "It is odd.");

  gcoap_token_interface_reject (fixture->pair->server, pdu, error);
}

static void
test_rejected (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = NULL;
  g_autoptr (KeptPdu) response = NULL;

  recording_token_manager_set_request_func (fixture->server, reject_cb, fixture);
  transmission = send_request (fixture, "bad");
  fixture->pair->advance (fixture->pair, 100);
  response = recording_token_manager_take_response (fixture->client);
  g_assert_nonnull (response);
  g_assert_cmphex (gcoap_message_get_code (response->pdu.message), ==, GCOAP_CODE_BAD_OPTION);
  gcoap_transmission_abandon (transmission);
}

static void
echo_token_cb (const GcoapPdu *pdu,
               gpointer        data)
{
  g_autofree char *text = g_strndup ((const char *) pdu->token, pdu->token_length);

  unref_transmission (send_response (data, pdu, text, FALSE));
}

static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  GcoapTransmission *transmissions[50];

  recording_token_manager_set_request_func (fixture->server, echo_token_cb, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (transmissions); i++)
    {
      g_autofree char *token = g_strdup_printf ("%u", i);

      transmissions[i] = send_request (fixture, token);
    }
  fixture->pair->advance (fixture->pair, 10000);
  g_assert_cmpuint (recording_token_manager_count_responses (fixture->client), ==,
                    G_N_ELEMENTS (transmissions));
  for (guint i = 0; i < G_N_ELEMENTS (transmissions); i++)
    {
      g_autofree char *token = g_strdup_printf ("%u", i);

      assert_response (fixture, token, token);
      gcoap_transmission_abandon (transmissions[i]);
      gcoap_transmission_unref (transmissions[i]);
    }
}

static void
test_addresses (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (GcoapEndpointAddress) foreign = test_named_address_new ("foreign", TEST_ADDRESS_PLAIN);

  g_assert_nonnull (gcoap_token_interface_get_scheme (fixture->pair->client));
  g_assert_cmpstr (gcoap_token_interface_get_scheme (fixture->pair->client), ==,
                   gcoap_endpoint_address_get_scheme (fixture->pair->server_address));
  g_assert_true (gcoap_token_interface_recognizes (fixture->pair->client,
                                                   fixture->pair->server_address));
  g_assert_false (gcoap_token_interface_recognizes (fixture->pair->client, foreign));
  g_assert_cmpuint (gcoap_token_interface_get_room (fixture->pair->client,
                                                    fixture->pair->server_address), >=, 64);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_token_interface_shutdown_finish (GCOAP_TOKEN_INTERFACE (source), result, &error));
  g_assert_no_error (error);
  ++*(guint *) data;
}

static void
test_shutdown (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GcoapTransmission) open = send_request (fixture, "open");
  GcoapPdu pdu = { .address = fixture->pair->server_address, .message = fixture->request };
  g_autoptr (GError) error = NULL;
  guint n_done = 0;

  for (guint i = 0; i < 2; i++)
    gcoap_token_interface_shutdown_async (fixture->pair->client, NULL, done_cb, &n_done);
  /* Bounded in time */
  for (guint i = 0; i < 100 && n_done < 2; i++)
    fixture->pair->advance (fixture->pair, 1000);
  g_assert_cmpuint (n_done, ==, 2);

  g_assert_null (gcoap_token_interface_send_request (fixture->pair->client, &pdu, NULL, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == GCOAP_ERROR);
  fixture->pair->advance (fixture->pair, 300000);
  g_assert_cmpuint (recording_token_manager_count_responses (fixture->client), ==, 0);
}

static void
test_manager_is_gone (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (GcoapTransmission) transmission = send_request (fixture, "m");

  /* It is held weakly, and without it there is nobody to tell. */
  g_assert_finalize_object (fixture->server);
  fixture->pair->advance (fixture->pair, 300000);
  fixture->server = recording_token_manager_new ();
  gcoap_transmission_abandon (transmission);
}

void
contract_token_interface_add_tests (const char           *prefix,
                                    ContractTokenFactory  factory)
{
  static const struct { const char *name; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "answered-at-once", test_answered_at_once },
    { "answered-later", test_answered_later },
    { "acknowledged", test_acknowledged },
    { "stream", test_stream },
    { "reports", test_reports },
    { "abandoned", test_abandoned },
    { "rejected", test_rejected },
    { "many", test_many },
    { "addresses", test_addresses },
    { "shutdown", test_shutdown },
    { "manager-is-gone", test_manager_is_gone },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/%s/%s", prefix, tests[i].name);

      g_test_add (path, Fixture, (gconstpointer) factory, set_up, tests[i].func, tear_down);
    }
}
