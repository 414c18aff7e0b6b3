/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Any datagram: it is refused with a reason, or understood, and then encoding
 * and decoding again gives the same.
 */
#include <string.h>

#include "wire/gcoap-cache-key.h"
#include "wire/gcoap-datagram-codec-private.h"
#include "wire/gcoap-message-options.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
read_everything (GcoapMessage *message)
{
  g_autofree char *text = gcoap_message_to_string (message);
  g_autoptr (GBytes) key = gcoap_message_get_cache_key (message, NULL, 0);
  g_autoptr (GcoapBlock) block = gcoap_message_get_block2 (message);
  g_autoptr (GPtrArray) tags = gcoap_message_get_etag (message);
  g_auto (GStrv) path = gcoap_message_get_uri_path (message);
  g_autoptr (GcoapMessage) copy = gcoap_message_copy (message);
  guint n_options = gcoap_message_get_n_options (message);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_nonnull (key);
  g_assert_nonnull (tags);
  g_assert_true (block == NULL || gcoap_block_get_size (block) >= 16);
  gcoap_message_validate (message, NULL);
  gcoap_message_get_max_age (message);

  /* A changed copy leaves the original as it was. */
  gcoap_message_set_option_uint (copy, GCOAP_OPTION_HOP_LIMIT, 15);
  gcoap_message_remove_option (copy, GCOAP_OPTION_URI_PATH);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, n_options);
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_URI_PATH), ==, g_strv_length (path));
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) message = NULL;
  g_autoptr (GcoapMessage) message_again = NULL;
  g_autofree guint8 *buffer = NULL;
  g_autofree char *text = NULL;
  GcoapPdu pdu = { 0 };
  GcoapPdu again = { 0 };
  gsize length;

  if (!gcoap_datagram_decode (data, size, GCOAP_TOKEN_MAX_LENGTH, &pdu, NULL, &error))
    {
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_no_error (error);
  message = pdu.message;
  text = gcoap_pdu_to_string (&pdu);
  if (message != NULL)
    read_everything (message);

  /* The encoder uses the shortest forms, so it never needs more. */
  length = gcoap_datagram_get_size (&pdu);
  g_assert_cmpuint (length, <=, size);
  buffer = g_malloc (length);
  g_assert_cmpuint (gcoap_datagram_encode (&pdu, buffer, length, &error), ==, length);
  g_assert_no_error (error);

  g_assert_true (gcoap_datagram_decode (buffer, length, GCOAP_TOKEN_MAX_LENGTH, &again, NULL, &error));
  g_assert_no_error (error);
  message_again = again.message;
  g_assert_cmpint (again.type, ==, pdu.type);
  g_assert_cmpuint (again.message_id, ==, pdu.message_id);
  g_assert_cmpmem (again.token, again.token_length, pdu.token, pdu.token_length);
  g_assert_true ((message == NULL) == (message_again == NULL));
  g_assert_true (message == NULL || gcoap_message_equal (message, message_again));

  return 0;
}
