/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-message-framing-private.h"

#include "base/gcoap-error.h"

static void
test_stream (void)
{
  GcoapMessageFraming *framing = gcoap_message_framing_get_stream ();
  guint8 bytes[] = { 0x01, 0xe2, 0x42, 0x00, 0x00 };
  GcoapMessageFrame frame;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PING);
  GcoapPdu pdu = { .token = (const guint8 *) "\x42", .token_length = 1, .message = message };
  guint8 buffer[3];

  g_assert_true (framing->funcs->next (framing, NULL, bytes, sizeof bytes, 1152, &frame, &error));
  g_assert_cmpuint (frame.consumed, ==, 3);
  g_assert_cmpuint (frame.length, ==, 3);
  g_assert_true (frame.message == bytes);

  g_assert_true (framing->funcs->next (framing, NULL, bytes, 2, 1152, &frame, &error));
  g_assert_cmpuint (frame.consumed, ==, 0);
  g_assert_cmpuint (frame.needed, ==, 3);
  g_assert_true (framing->funcs->next (framing, NULL, bytes, 0, 1152, &frame, &error));
  g_assert_cmpuint (frame.consumed, ==, 0);
  g_assert_cmpuint (frame.needed, ==, 0);

  g_assert_false (framing->funcs->next (framing, NULL, bytes, 3, 2, &frame, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_assert_cmpuint (framing->funcs->get_size (framing, &pdu), ==, 3);
  g_assert_cmpuint (framing->funcs->encode (framing, &pdu, buffer, sizeof buffer, &error), ==, 3);
  g_assert_cmpmem (buffer, 3, bytes, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-framing/stream", test_stream);
  return g_test_run ();
}
