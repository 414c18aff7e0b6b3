/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages that say they are protected. The first byte tells what the rest is:
 *
 *   0, 1: a datagram, of a request or a response. Nobody who lacks the key gets
 *         more in than what RFC 8613 lets proxies say.
 *   2, 3: a length, options outside of so many bytes, and a plaintext, which is
 *         sealed before it is opened as a request or a response: what the peer
 *         that has the key can send. What is hidden comes from inside alone, and
 *         a request that is protected again is opened to the same.
 */
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/oscore-vectors.h"
#include "providers/oscore/gcoap-oscore-protection-private.h"
#include "wire/gcoap-datagram-codec-private.h"
#include "wire/gcoap-options-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef enum
{
  KIND_REQUEST,
  KIND_RESPONSE,
} Kind;

static GcoapOscoreKeys *client;
static GcoapOscoreKeys *server;

static gboolean
is_hidden (guint number)
{
  return (gcoap_option_number_get_oscore_class (number) & GCOAP_OSCORE_CLASS_E) != 0;
}

static void
check_result (GcoapMessage *result,
              Kind          kind,
              const GError *error)
{
  if (result == NULL)
    {
      g_assert_true (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED) ||
                     g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED));
      return;
    }
  g_assert_no_error (error);
  g_assert_false (gcoap_message_has_option (result, GCOAP_OPTION_OSCORE));
  g_assert_true (kind == KIND_REQUEST
                   ? gcoap_code_is_request (gcoap_message_get_code (result))
                   : gcoap_code_is_response (gcoap_message_get_code (result)));
}

static GcoapMessage *
open_message (Kind                     kind,
              GcoapMessage            *outer,
              const GcoapOscoreOption *option,
              GError                 **error)
{
  GcoapOscoreBinding binding = { .piv = { 0x14 }, .piv_length = 1 };
  gint64 sequence;

  return kind == KIND_REQUEST
           ? gcoap_oscore_unprotect_request (server, outer, option, &binding, error)
           : gcoap_oscore_unprotect_response (client, outer, &binding, &sequence, error);
}

/* The corpus has requests and responses of RFC 8613 Appendix C, so that some are
 * opened. */
static void
run_datagram (Kind          kind,
              const guint8 *data,
              gsize         size)
{
  GcoapPdu pdu = { 0 };
  g_autoptr (GcoapMessage) message = NULL;
  g_autoptr (GcoapMessage) result = NULL;
  GcoapOscoreOption option = { 0 };
  const guint8 *value;
  gsize length;
  g_autoptr (GError) error = NULL;

  if (!gcoap_datagram_decode (data, size, 8, &pdu, NULL, NULL))
    return;
  message = pdu.message;
  value = gcoap_message_peek_option (message, GCOAP_OPTION_OSCORE, 0, &length);
  if (kind == KIND_REQUEST &&
      (value == NULL || !gcoap_oscore_option_decode (&option, value, length, NULL)))
    return;
  result = open_message (kind, message, &option, &error);
  check_result (result, kind, error);
  /* Hidden options of what is opened are those that were sealed: Uri-Path in
   * Appendix C.4, none in C.7 and C.8. */
  if (result != NULL)
    {
      g_assert_cmpuint (gcoap_message_count_option (result, GCOAP_OPTION_URI_PATH), ==,
                        kind == KIND_REQUEST ? 1 : 0);
      g_assert_cmpuint (gcoap_message_count_option (result, GCOAP_OPTION_OBSERVE), ==, 0);
    }
}

static void
seal (Kind                     kind,
      const GcoapOscoreOption *option,
      const guint8            *plaintext,
      gsize                    length,
      GcoapMessage            *outer)
{
  GcoapOscoreKeys *keys = kind == KIND_REQUEST ? client : server;
  gsize sealed_length = length + keys->algorithm->tag_length;
  g_autofree guint8 *sealed = g_malloc (sealed_length);
  guint8 nonce[GCOAP_AEAD_MAX_NONCE];
  guint8 aad[GCOAP_OSCORE_MAX_AAD];
  gsize aad_length = gcoap_oscore_keys_make_aad (keys, NULL, 0, (const guint8 *) "\x14", 1, aad);

  if (length > 0)
    memcpy (sealed, plaintext, length);
  gcoap_oscore_keys_make_nonce (keys, keys->sender_id, keys->sender_id_length, option->piv,
                                option->piv_length, nonce);
  if (!gcoap_aead_seal (keys->sender, nonce, keys->algorithm->nonce_length, aad, aad_length, sealed,
                        length, NULL))
    g_error ("The cipher failed.");
  gcoap_message_set_payload_data (outer, sealed, sealed_length);
}

/* Each hidden option there is, is there as often as inside. */
static void
check_hidden (GcoapMessage *result,
              GcoapMessage *inner)
{
  guint n_options = gcoap_message_get_n_options (result);
  const guint8 *value;
  gsize length;
  guint number;

  for (guint i = 0; i < n_options; i++)
    {
      gcoap_message_peek_option_at (result, i, &number, &value, &length);
      if (is_hidden (number) && number != GCOAP_OPTION_OBSERVE)
        g_assert_cmpuint (gcoap_message_count_option (result, number), ==,
                          gcoap_message_count_option (inner, number));
    }
}

static void
check_again (GcoapMessage *request)
{
  GcoapOscoreBinding binding;
  GcoapOscoreOption option;
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) result = NULL;
  const guint8 *value;
  gsize length;
  g_autoptr (GError) error = NULL;

  outer = gcoap_oscore_protect_request (client, request, 0x14, FALSE, &binding, &error);
  if (outer == NULL)
    {
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
      return;
    }
  value = gcoap_message_peek_option (outer, GCOAP_OPTION_OSCORE, 0, &length);
  if (!gcoap_oscore_option_decode (&option, value, length, &error))
    g_assert_no_error (error);
  result = gcoap_oscore_unprotect_request (server, outer, &option, &binding, &error);
  g_assert_no_error (error);
  if (!gcoap_message_has_option (request, GCOAP_OPTION_PROXY_URI))
    g_assert_true (gcoap_message_equal (result, request));
}

static void
run_sealed (Kind          kind,
            const guint8 *data,
            gsize         size)
{
  /* Numbers 0x14, the request's own, and 0x203 of the server's. */
  const GcoapOscoreOption options[] = {
    [KIND_REQUEST] = { .piv = { 0x14 }, .piv_length = 1, .has_kid = TRUE },
    [KIND_RESPONSE] = { .piv = { 0x02, 0x03 }, .piv_length = 2 },
  };
  guint8 value[GCOAP_OSCORE_MAX_OPTION];
  const guint8 *copy;
  g_autoptr (GcoapMessage) proxied = NULL;
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  g_autoptr (GcoapMessage) result = NULL;
  g_autoptr (GError) error = NULL;
  gsize outside;

  if (size == 0)
    return;
  outside = MIN (data[0], size - 1);
  proxied = gcoap_options_codec_decode (kind == KIND_REQUEST ? GCOAP_CODE_POST : GCOAP_CODE_CHANGED,
                                        data + 1, outside, 0, &copy, NULL);
  if (proxied == NULL)
    return;
  data += 1 + outside;
  size -= 1 + outside;
  outer = gcoap_message_copy (proxied);
  gcoap_message_set_option (outer, GCOAP_OPTION_OSCORE, value,
                            gcoap_oscore_option_encode (&options[kind], value));
  seal (kind, &options[kind], data, size, outer);
  result = open_message (kind, outer, &options[kind], &error);
  check_result (result, kind, error);
  if (result == NULL)
    return;
  inner = gcoap_options_codec_decode (data[0], data, size, 1, &copy, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (result), ==, gcoap_message_get_code (inner));
  check_hidden (result, inner);
  if (kind == KIND_REQUEST)
    check_again (result);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  if (client == NULL)
    {
      client = test_oscore_keys (TEST_OSCORE_C1, FALSE);
      server = test_oscore_keys (TEST_OSCORE_C1, TRUE);
    }
  if (size == 0)
    return 0;
  if (data[0] & 2)
    run_sealed (data[0] & 1, data + 1, size - 1);
  else
    run_datagram (data[0] & 1, data + 1, size - 1);
  return 0;
}
