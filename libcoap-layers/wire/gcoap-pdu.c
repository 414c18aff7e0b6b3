/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message with type, message ID and token, described for people. */
#include "wire/gcoap-pdu.h"

#include "wire/gcoap-message-text-private.h"

/**
 * GcoapMessageType:
 * @GCOAP_MESSAGE_TYPE_CON: confirmable: the receiver acknowledges or resets it
 * @GCOAP_MESSAGE_TYPE_NON: non-confirmable: it may get lost without notice
 * @GCOAP_MESSAGE_TYPE_ACK: an acknowledgement, possibly with a response
 * @GCOAP_MESSAGE_TYPE_RST: a reset: the message cannot be processed
 *
 * The types of messages in datagrams (RFC 7252 §3).
 *
 * Since: 0.1
 */

/**
 * GCOAP_TOKEN_MAX_LENGTH:
 *
 * How many bytes the longest token has that the wire can carry.
 *
 * That is an extended token (RFC 8974 §2.1); RFC 7252 alone allows 8. Which
 * length is accepted from peers, [property@Limits:max-token-length] says.
 *
 * Since: 0.1
 */

/**
 * GcoapPdu:
 * @type: the type; meaningless on reliable transports
 * @message_id: the message ID; meaningless on reliable transports
 * @token_length: the length of the token in bytes, 0 to %GCOAP_TOKEN_MAX_LENGTH
 * @token: (array length=token_length): the token, not owned; %NULL if its length is 0
 * @address: the peer, not owned
 * @local: our side, not owned; %NULL to let the transport choose
 * @message: the message, not owned; %NULL for the Empty message
 *
 * One message with what the sublayers below it add.
 *
 * It is a plain structure, owned by the caller and valid during the call that
 * it is an argument of; who needs more than that copies what it needs.
 *
 * Since: 0.1
 */

static const char *const type_names[] = { "CON", "NON", "ACK", "RST" };

/**
 * gcoap_pdu_to_string:
 * @pdu: a message and what goes with it
 *
 * Describes a message in one line, for people.
 *
 * It is safe to print whatever the message contains, and long values are cut.
 * The form may change.
 *
 * Returns: (transfer full): such as `CON GET 0x1234 token 0badcafe, Uri-Path:
 *   test, payload 12 bytes`
 *
 * Since: 0.1
 */
char *
gcoap_pdu_to_string (const GcoapPdu *pdu)
{
  gboolean is_reliable;
  GString *text;

  g_return_val_if_fail (pdu != NULL, NULL);

  is_reliable = pdu->address != NULL && gcoap_endpoint_address_is_reliable (pdu->address);
  text = g_string_new (NULL);
  /* RFC 8323 §3.2: neither type nor message ID on reliable transports. */
  if (!is_reliable)
    g_string_append_printf (text, "%s ", type_names[pdu->type & 3]);

  gcoap_message_text_append_code (text, pdu->message != NULL ? gcoap_message_get_code (pdu->message)
                                                             : GCOAP_CODE_EMPTY);
  if (!is_reliable)
    g_string_append_printf (text, " 0x%04x", pdu->message_id);
  if (pdu->token_length > 0)
    {
      g_string_append (text, " token ");
      gcoap_message_text_append_hex (text, pdu->token, pdu->token_length);
    }
  if (pdu->message != NULL)
    gcoap_message_text_append (text, pdu->message);

  return g_string_free (text, FALSE);
}
