/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-pdu.h"

#include <string.h>

#include "helpers/named-address.h"

static void
test_datagram (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *text = NULL;
  g_autofree char *empty = NULL;
  GcoapPdu pdu = {
    .type = GCOAP_MESSAGE_TYPE_CON,
    .message_id = 0x1234,
    .token = (const guint8 *) "\x0b\xad\xca\xfe",
    .token_length = 4,
    .message = message,
  };

  gcoap_message_add_option_string (message, GCOAP_OPTION_URI_PATH, "test");
  gcoap_message_set_payload_data (message, (const guint8 *) "hello, world", 12);
  text = gcoap_pdu_to_string (&pdu);
  g_assert_cmpstr (text, ==, "CON GET 0x1234 token 0badcafe, Uri-Path: test, payload 12 bytes");

  pdu = (GcoapPdu) { .type = GCOAP_MESSAGE_TYPE_RST, .message_id = 1 };
  empty = gcoap_pdu_to_string (&pdu);
  g_assert_cmpstr (empty, ==, "RST 0.00 Empty 0x0001");
}

/* RFC 8323 §3.2: no type and no message ID. */
static void
test_reliable (void)
{
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("host", TEST_ADDRESS_RELIABLE);
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PING);
  g_autofree char *text = NULL;
  GcoapPdu pdu = { .token = (const guint8 *) "\x42", .token_length = 1, .address = address, .message = message };

  text = gcoap_pdu_to_string (&pdu);
  g_assert_cmpstr (text, ==, "7.02 Ping token 42");
}

static void
test_long_token (void)
{
  g_autofree guint8 *token = g_malloc0 (GCOAP_TOKEN_MAX_LENGTH);
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *text = NULL;
  GcoapPdu pdu = { .token = token, .token_length = GCOAP_TOKEN_MAX_LENGTH, .message = message };

  text = gcoap_pdu_to_string (&pdu);
  g_assert_true (g_str_has_suffix (text, "0000... (65804 bytes)"));
  g_assert_cmpuint (strlen (text), <, 200);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pdu/datagram", test_datagram);
  g_test_add_func ("/pdu/reliable", test_reliable);
  g_test_add_func ("/pdu/long-token", test_long_token);

  return g_test_run ();
}
