/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-message.h"

#include "helpers/message-data.h"
#include "wire/gcoap-datagram-codec-private.h"

static GcoapMessage *
new_received (void)
{
  /* POST, Uri-Path "a", Content-Format 50, payload "{}" */
  g_autoptr (GBytes) bytes = test_bytes_from_hex ("40 02 0001 b161 1132 ff 7b7d");
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { 0 };

  gcoap_datagram_decode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), 8, &pdu, NULL, &error);
  g_assert_no_error (error);

  return pdu.message;
}

static void
test_new (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  gsize length = 1;

  g_assert_cmpint (gcoap_message_get_code (message), ==, GCOAP_CODE_GET);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 0);
  g_assert_null (gcoap_message_get_payload (message));
  g_assert_null (gcoap_message_get_payload_data (message, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_null (gcoap_message_get_destination (message));
  g_assert_false (gcoap_message_is_repeatable (message));
  g_assert_false (gcoap_message_is_locked (message));
  test_assert_critical ("*<= 0xff*", g_assert_null (gcoap_message_new (256)));
}

static void
test_new_text (void)
{
  g_autoptr (GcoapMessage) content = gcoap_message_new_text (GCOAP_CODE_CONTENT, "22.3 C");
  g_autoptr (GcoapMessage) failure = gcoap_message_new_text (GCOAP_CODE_NOT_FOUND, "not here");
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (content, &length);
  guint content_format = 1;

  g_assert_cmpmem (data, length, "22.3 C", 6);
  g_assert_true (gcoap_message_get_option_uint (content, GCOAP_OPTION_CONTENT_FORMAT, &content_format));
  g_assert_cmpuint (content_format, ==, 0);
  /* RFC 7252 §5.5.2: a diagnostic payload has no Content-Format. */
  g_assert_false (gcoap_message_has_option (failure, GCOAP_OPTION_CONTENT_FORMAT));
}

static void
test_payload (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  const guint8 *data;
  gsize length;

  gcoap_message_set_payload (message, bytes);
  g_assert_true (gcoap_message_get_payload (message) == bytes);
  gcoap_message_set_payload (message, bytes);
  data = gcoap_message_get_payload_data (message, &length);
  g_assert_cmpmem (data, length, "abc", 3);

  gcoap_message_set_payload (message, empty);
  g_assert_null (gcoap_message_get_payload (message));

  gcoap_message_set_payload_data (message, (const guint8 *) "de", 2);
  data = gcoap_message_get_payload_data (message, &length);
  g_assert_cmpmem (data, length, "de", 2);
  /* Its own bytes given back to it. */
  gcoap_message_set_payload_data (message, data + 1, 1);
  data = gcoap_message_get_payload_data (message, &length);
  g_assert_cmpmem (data, length, "e", 1);

  gcoap_message_set_payload_data (message, NULL, 0);
  g_assert_null (gcoap_message_get_payload_data (message, &length));
}

/* The bytes of a payload outlive the message that they came with. */
static void
test_payload_of_received (void)
{
  GcoapMessage *message = new_received ();
  g_autoptr (GcoapMessage) copy = gcoap_message_copy (message);
  g_autoptr (GBytes) payload = g_bytes_ref (gcoap_message_get_payload (message));
  g_autoptr (GBytes) payload_of_copy = g_bytes_ref (gcoap_message_get_payload (copy));

  g_assert_true (gcoap_message_get_payload (message) == payload);
  /* Not copied: both are the bytes of the datagram. */
  g_assert_true (g_bytes_get_data (payload, NULL) == g_bytes_get_data (payload_of_copy, NULL));
  gcoap_message_unref (message);
  g_clear_pointer (&copy, gcoap_message_unref);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), "{}", 2);
  g_assert_cmpmem (g_bytes_get_data (payload_of_copy, NULL), g_bytes_get_size (payload_of_copy), "{}", 2);
}

static void
test_copy_of_received (void)
{
  GcoapMessage *message = new_received ();
  g_autoptr (GcoapMessage) copy = gcoap_message_copy (message);
  g_autoptr (GcoapMessage) untouched = gcoap_message_copy (message);
  const guint8 *shared, *data;
  gsize length;

  g_assert_true (gcoap_message_is_locked (message));
  g_assert_false (gcoap_message_is_locked (copy));
  g_assert_true (gcoap_message_equal (message, copy));
  shared = gcoap_message_peek_option (message, GCOAP_OPTION_URI_PATH, 0, &length);
  g_assert_true (gcoap_message_peek_option (copy, GCOAP_OPTION_URI_PATH, 0, &length) == shared);

  gcoap_message_add_option_string (copy, GCOAP_OPTION_URI_PATH, "b");
  g_assert_cmpuint (gcoap_message_count_option (copy, GCOAP_OPTION_URI_PATH), ==, 2);
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_URI_PATH), ==, 1);
  g_assert_cmpuint (gcoap_message_count_option (untouched, GCOAP_OPTION_URI_PATH), ==, 1);
  /* Only the new value takes space. */
  g_assert_true (gcoap_message_peek_option (copy, GCOAP_OPTION_URI_PATH, 0, &length) == shared);

  /* What the copy shares stays when the original goes. */
  gcoap_message_unref (message);
  data = gcoap_message_peek_option (copy, GCOAP_OPTION_URI_PATH, 0, &length);
  g_assert_cmpmem (data, length, "a", 1);
  data = gcoap_message_peek_option (copy, GCOAP_OPTION_URI_PATH, 1, &length);
  g_assert_cmpmem (data, length, "b", 1);
  data = gcoap_message_get_payload_data (untouched, &length);
  g_assert_cmpmem (data, length, "{}", 2);
}

/* Either side may change first, and neither sees it of the other. */
static void
test_copy_of_unlocked (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) copy = NULL;
  g_autofree char *text = NULL;

  gcoap_message_add_option_string (message, GCOAP_OPTION_URI_PATH, "a");
  gcoap_message_set_repeatable (message, TRUE);
  gcoap_message_set_destination (message, "coap://host");
  gcoap_message_set_payload_data (message, (const guint8 *) "p", 1);
  copy = gcoap_message_copy (message);
  g_assert_true (gcoap_message_is_repeatable (copy));
  g_assert_cmpstr (gcoap_message_get_destination (copy), ==, "coap://host");
  g_assert_true (gcoap_message_get_payload (copy) == gcoap_message_get_payload (message));

  gcoap_message_set_option_string (message, GCOAP_OPTION_URI_PATH, "changed");
  gcoap_message_set_destination (message, NULL);
  gcoap_message_set_payload (message, NULL);
  text = gcoap_message_get_option_string (copy, GCOAP_OPTION_URI_PATH, 0);
  g_assert_cmpstr (text, ==, "a");
  g_assert_cmpstr (gcoap_message_get_destination (copy), ==, "coap://host");
  g_assert_nonnull (gcoap_message_get_payload (copy));

  gcoap_message_add_option_string (copy, GCOAP_OPTION_URI_PATH, "b");
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_URI_PATH), ==, 1);
  gcoap_message_remove_option (copy, GCOAP_OPTION_URI_PATH);
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_URI_PATH), ==, 1);
  g_assert_false (gcoap_message_has_option (copy, GCOAP_OPTION_URI_PATH));
}

static void
test_lock (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  gcoap_message_add_option_string (message, GCOAP_OPTION_URI_PATH, "a");
  gcoap_message_lock (message);
  gcoap_message_lock (message);
  g_assert_true (gcoap_message_is_locked (message));

  test_assert_critical ("*is_locked*", gcoap_message_set_code (message, GCOAP_CODE_PUT));
  test_assert_critical ("*is_locked*", gcoap_message_set_payload (message, bytes));
  test_assert_critical ("*is_locked*", gcoap_message_set_payload_data (message, (const guint8 *) "x", 1));
  test_assert_critical ("*is_locked*", gcoap_message_set_destination (message, "coap://host"));
  test_assert_critical ("*is_locked*", gcoap_message_add_option (message, 11, NULL, 0));
  test_assert_critical ("*is_locked*", gcoap_message_set_option (message, 11, NULL, 0));
  test_assert_critical ("*is_locked*", gcoap_message_remove_option (message, 11));

  g_assert_cmpint (gcoap_message_get_code (message), ==, GCOAP_CODE_GET);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 1);
  g_assert_null (gcoap_message_get_payload (message));

  /* How it is sent is not part of it. */
  gcoap_message_set_repeatable (message, TRUE);
  g_assert_true (gcoap_message_is_repeatable (message));
}

/* RFC 8323 §5.2: 2 is Max-Message-Size in a CSM, but no known option elsewhere;
 * 11 is critical and known only to requests. */
static void
test_code_changes_options (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) copy = NULL;

  gcoap_message_add_option_string (message, 11, "a");
  g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==, 0);
  copy = gcoap_message_copy (message);
  gcoap_message_set_code (message, GCOAP_CODE_CSM);
  g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==, 11);
  g_assert_cmpuint (gcoap_message_find_bad_critical_option (copy), ==, 0);
  gcoap_message_set_code (message, GCOAP_CODE_GET);
  g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==, 0);
}

static void
test_equal (void)
{
  g_autoptr (GcoapMessage) received = new_received ();
  g_autoptr (GcoapMessage) made = gcoap_message_new (GCOAP_CODE_POST);

  g_assert_false (gcoap_message_equal (received, made));
  gcoap_message_set_option_uint (made, GCOAP_OPTION_CONTENT_FORMAT, 50);
  gcoap_message_add_option_string (made, GCOAP_OPTION_URI_PATH, "a");
  g_assert_false (gcoap_message_equal (received, made));
  gcoap_message_set_payload_data (made, (const guint8 *) "{}", 2);
  g_assert_true (gcoap_message_equal (received, made));
  gcoap_message_set_destination (made, "coap://elsewhere");
  g_assert_true (gcoap_message_equal (received, made));
  gcoap_message_set_option_uint (made, GCOAP_OPTION_CONTENT_FORMAT, 51);
  g_assert_false (gcoap_message_equal (received, made));
  gcoap_message_set_option_uint (made, GCOAP_OPTION_CONTENT_FORMAT, 50);
  gcoap_message_set_payload_data (made, (const guint8 *) "[]", 2);
  g_assert_false (gcoap_message_equal (received, made));
  gcoap_message_set_payload_data (made, (const guint8 *) "{}", 2);
  gcoap_message_set_code (made, GCOAP_CODE_PUT);
  g_assert_false (gcoap_message_equal (received, made));
}

static void
test_boxed (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) same = g_boxed_copy (GCOAP_TYPE_MESSAGE, message);

  g_assert_true (same == message);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message/new", test_new);
  g_test_add_func ("/message/new-text", test_new_text);
  g_test_add_func ("/message/payload", test_payload);
  g_test_add_func ("/message/payload-of-received", test_payload_of_received);
  g_test_add_func ("/message/copy-of-received", test_copy_of_received);
  g_test_add_func ("/message/copy-of-unlocked", test_copy_of_unlocked);
  g_test_add_func ("/message/lock", test_lock);
  g_test_add_func ("/message/code-changes-options", test_code_changes_options);
  g_test_add_func ("/message/equal", test_equal);
  g_test_add_func ("/message/boxed", test_boxed);

  return g_test_run ();
}
