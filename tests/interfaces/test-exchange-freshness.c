/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-exchange-private.h"

#include "helpers/test-exchange.h"

static GcoapMessage *
challenge_cb (GcoapExchange *exchange G_GNUC_UNUSED,
              gpointer       data)
{
  GcoapMessage *response = gcoap_message_new (GCOAP_CODE_UNAUTHORIZED);

  gcoap_message_set_option (response, GCOAP_OPTION_ECHO, data, 3);
  return response;
}

static void
test_is_fresh (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "lock", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  /* What has proved nothing is not fresh, however patient one is. */
  g_assert_false (gcoap_exchange_is_fresh (exchange->exchange, G_MAXUINT));
  gcoap_exchange_set_freshness (exchange->exchange, 1000, challenge_cb, NULL);
  g_assert_false (gcoap_exchange_is_fresh (exchange->exchange, 999));
  g_assert_true (gcoap_exchange_is_fresh (exchange->exchange, 1000));
}

static void
test_challenge (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "lock", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  GcoapMessage *response;
  const guint8 *data;
  gsize length;

  gcoap_exchange_set_freshness (exchange->exchange, -1, challenge_cb, (gpointer) "abc");
  gcoap_exchange_challenge (exchange->exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_UNAUTHORIZED);
  response = test_exchange_get_response (exchange);
  data = gcoap_message_peek_option (response, GCOAP_OPTION_ECHO, 0, &length);
  g_assert_cmpmem (data, length, "abc", 3);
  /* The requester has gone; nothing happens. */
  gcoap_exchange_challenge (exchange->exchange);
}

static void
test_nobody_to_challenge (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "lock", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  gcoap_exchange_challenge (exchange->exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_UNAUTHORIZED);
}

static void
test_group (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "lock", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new_for_group (request);

  gcoap_exchange_set_freshness (exchange->exchange, -1, challenge_cb, (gpointer) "abc");
  gcoap_exchange_challenge (exchange->exchange);
  test_exchange_assert_end (exchange, GCOAP_EXCHANGE_END_DISMISSED);
}

/* What is derived for the next in the chain knows the same. */
static void
test_derived (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "lock", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  g_autoptr (GcoapExchange) derived = NULL;

  gcoap_exchange_set_freshness (exchange->exchange, 1000, challenge_cb, (gpointer) "abc");
  derived = gcoap_exchange_derive (exchange->exchange, request);
  g_assert_true (gcoap_exchange_is_fresh (derived, 1000));
  g_assert_false (gcoap_exchange_is_fresh (derived, 999));
  g_assert_true (derived->challenge_func == challenge_cb);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange-freshness/is-fresh", test_is_fresh);
  g_test_add_func ("/exchange-freshness/challenge", test_challenge);
  g_test_add_func ("/exchange-freshness/nobody-to-challenge", test_nobody_to_challenge);
  g_test_add_func ("/exchange-freshness/group", test_group);
  g_test_add_func ("/exchange-freshness/derived", test_derived);
  return g_test_run ();
}
