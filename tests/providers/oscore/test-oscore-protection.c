/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-protection-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-data.h"
#include "helpers/oscore-vectors.h"
#include "wire/gcoap-datagram-codec-private.h"

typedef struct
{
  GcoapOscoreKeys    *client;
  GcoapOscoreKeys    *server;
  GcoapOscoreBinding  client_binding;
  GcoapOscoreBinding  server_binding;
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->client = test_oscore_keys (GPOINTER_TO_UINT (data), FALSE);
  self->server = test_oscore_keys (GPOINTER_TO_UINT (data), TRUE);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_oscore_keys_unref (self->client);
  gcoap_oscore_keys_unref (self->server);
}

static GcoapMessage *
decode (const char *hex,
        GcoapPdu   *pdu)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (hex);
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  gcoap_datagram_decode (data, length, 8, pdu, NULL, &error);
  g_assert_no_error (error);
  return pdu->message;
}

static void
assert_datagram (GcoapPdu     *pdu,
                 GcoapMessage *message,
                 const char   *hex)
{
  guint8 buffer[256];
  gsize length;

  pdu->message = message;
  length = gcoap_datagram_encode (pdu, buffer, sizeof buffer, NULL);
  test_assert_bytes (buffer, length, hex);
}

/* Opens a protected request as a server does that has found the context. */
static GcoapMessage *
open_request (Fixture      *self,
              GcoapMessage *outer,
              GError      **error)
{
  GcoapOscoreOption option;
  gsize length;
  const guint8 *value = gcoap_message_peek_option (outer, GCOAP_OPTION_OSCORE, 0, &length);

  g_assert_true (gcoap_oscore_option_decode (&option, value, length, NULL));
  return gcoap_oscore_unprotect_request (self->server, outer, &option, &self->server_binding,
                                         error);
}

static GcoapMessage *
protect (Fixture      *self,
         GcoapMessage *request)
{
  g_autoptr (GError) error = NULL;
  GcoapMessage *outer = gcoap_oscore_protect_request (self->client, request, 20, FALSE,
                                                      &self->client_binding, &error);

  g_assert_no_error (error);
  return outer;
}

/* RFC 8613 Appendix C.4 to C.6. */
static void
check_request (Fixture    *self,
               const char *plain,
               const char *protected,
               gboolean    with_kid_context)
{
  GcoapPdu pdu = { 0 };
  g_autoptr (GcoapMessage) message = decode (plain, &pdu);
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  g_autoptr (GError) error = NULL;

  outer = gcoap_oscore_protect_request (self->client, message, 20, with_kid_context,
                                        &self->client_binding, &error);
  g_assert_no_error (error);
  assert_datagram (&pdu, outer, protected);
  inner = open_request (self, outer, &error);
  g_assert_no_error (error);
  assert_datagram (&pdu, inner, plain);
  g_assert_cmpmem (&self->client_binding, sizeof self->client_binding, &self->server_binding,
                   sizeof self->server_binding);
}

static void
test_c4 (Fixture       *self,
         gconstpointer  data G_GNUC_UNUSED)
{
  check_request (self, "44015d1f00003974396c6f63616c686f737483747631",
                 "44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e", FALSE);
}

static void
test_c5 (Fixture       *self,
         gconstpointer  data G_GNUC_UNUSED)
{
  check_request (self, "440171c30000b932396c6f63616c686f737483747631",
                 "440271c30000b932396c6f63616c686f737463091400ff4ed339a5a379b0b8bc731fffb0", FALSE);
}

static void
test_c6 (Fixture       *self,
         gconstpointer  data G_GNUC_UNUSED)
{
  check_request (self, "44012f8eef9bbf7a396c6f63616c686f737483747631",
                 "44022f8eef9bbf7a396c6f63616c686f73746b19140837cbf3210017a2d3ff"
                 "72cd7273fd331ac45cffbe55c3", TRUE);
}

/* RFC 8613 Appendix C.7 and C.8. */
static void
test_c7_c8 (Fixture       *self,
            gconstpointer  data G_GNUC_UNUSED)
{
  static const struct
  {
    gint64      sequence;
    const char *protected;
  } responses[] = {
    { -1, "64445d1f0000397490ffdbaad1e9a7e7b2a813d3c31524378303cdafae119106" },
    { 0, "64445d1f00003974920100ff4d4c13669384b67354b2b6175ff4b8658c666a6cf88e" },
  };
  static const char plain[] = "64455d1f00003974ff48656c6c6f20576f726c6421";

  for (guint i = 0; i < G_N_ELEMENTS (responses); i++)
    {
      GcoapOscoreBinding binding = { .piv = { 0x14 }, .piv_length = 1 };
      GcoapPdu pdu = { 0 };
      g_autoptr (GcoapMessage) message = decode (plain, &pdu);
      g_autoptr (GcoapMessage) outer = NULL;
      g_autoptr (GcoapMessage) inner = NULL;
      g_autoptr (GError) error = NULL;
      gint64 sequence;

      outer = gcoap_oscore_protect_response (self->server, message, &binding,
                                             responses[i].sequence, &error);
      g_assert_no_error (error);
      assert_datagram (&pdu, outer, responses[i].protected);
      inner = gcoap_oscore_unprotect_response (self->client, outer, &binding, &sequence, &error);
      g_assert_no_error (error);
      assert_datagram (&pdu, inner, plain);
      g_assert_cmpint (sequence, ==, responses[i].sequence);
    }
}

/* RFC 8613 §4.1: outside there is only what a proxy needs. */
static void
test_classes (Fixture       *self,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "secret");
  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_QUERY, "a=b");
  gcoap_message_set_option_string (request, GCOAP_OPTION_URI_HOST, "example.org");
  gcoap_message_set_option_uint (request, GCOAP_OPTION_URI_PORT, 61616);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_HOP_LIMIT, 16);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_NO_RESPONSE, 26);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_SIZE1, 2000);
  gcoap_message_set_option_string (request, 65000, "ours");
  gcoap_message_set_payload_data (request, (const guint8 *) "body", 4);

  outer = protect (self, request);
  g_assert_cmpint (gcoap_message_get_code (outer), ==, GCOAP_CODE_POST);
  g_assert_cmpuint (gcoap_message_get_n_options (outer), ==, 3);
  g_assert_true (gcoap_message_has_option (outer, GCOAP_OPTION_URI_HOST));
  g_assert_true (gcoap_message_has_option (outer, GCOAP_OPTION_URI_PORT));
  g_assert_true (gcoap_message_has_option (outer, GCOAP_OPTION_OSCORE));
  inner = open_request (self, outer, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_message_equal (inner, request));
}

/* RFC 8613 §8.2 item 1: what is forged outside is not seen inside, and what is
 * inside cannot be overridden. */
static void
test_forged_outside (Fixture       *self,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "door");
  outer = protect (self, request);
  gcoap_message_set_code (outer, GCOAP_CODE_DELETE);
  gcoap_message_add_option_string (outer, GCOAP_OPTION_URI_PATH, "open");
  gcoap_message_add_option_string (outer, GCOAP_OPTION_URI_QUERY, "now");
  gcoap_message_set_option_uint (outer, GCOAP_OPTION_OBSERVE, 0);
  gcoap_message_set_option_uint (outer, GCOAP_OPTION_NO_RESPONSE, 26);
  gcoap_message_set_option_uint (outer, GCOAP_OPTION_BLOCK1, 8);
  gcoap_message_set_option_empty (outer, GCOAP_OPTION_IF_NONE_MATCH);
  gcoap_message_set_option_string (outer, 65001, "unknown");
  inner = open_request (self, outer, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_message_equal (inner, request));
}

/* RFC 8613 §4.1.3.5. */
static void
test_observe (Fixture       *self,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  g_autoptr (GcoapMessage) outer_response = NULL;
  g_autoptr (GcoapMessage) inner_response = NULL;
  g_autoptr (GError) error = NULL;
  guint32 value;
  gint64 sequence;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_OBSERVE, 0);
  outer = protect (self, request);
  g_assert_cmpint (gcoap_message_get_code (outer), ==, GCOAP_CODE_FETCH);
  g_assert_true (gcoap_message_has_option (outer, GCOAP_OPTION_OBSERVE));
  gcoap_message_remove_option (outer, GCOAP_OPTION_OBSERVE);
  inner = open_request (self, outer, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_message_equal (inner, request));

  gcoap_message_set_option_uint (response, GCOAP_OPTION_OBSERVE, 77);
  outer_response = gcoap_oscore_protect_response (self->server, response, &self->server_binding,
                                                  0x1020304, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (outer_response), ==, GCOAP_CODE_CONTENT);
  inner_response = gcoap_oscore_unprotect_response (self->client, outer_response,
                                                    &self->client_binding, &sequence, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sequence, ==, 0x1020304);
  g_assert_true (gcoap_message_get_option_uint (inner_response, GCOAP_OPTION_OBSERVE, &value));
  g_assert_cmphex (value, ==, 0x020304);
}

/* RFC 8613 §5.2: a nonce serves for one response. */
static void
test_nonce_once (Fixture       *self,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  GcoapOscoreBinding binding = { .piv = { 1 }, .piv_length = 1 };
  g_autoptr (GcoapMessage) first = NULL;
  g_autoptr (GcoapMessage) third = NULL;
  g_autoptr (GError) error = NULL;

  first = gcoap_oscore_protect_response (self->server, response, &binding, -1, &error);
  g_assert_no_error (error);
  g_assert_null (gcoap_oscore_protect_response (self->server, response, &binding, -1, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_clear_error (&error);
  third = gcoap_oscore_protect_response (self->server, response, &binding, 5, &error);
  g_assert_no_error (error);
}

/* RFC 8613 §5.4: a response answers its request alone. */
static void
test_swapped (Fixture       *self,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  gint64 sequences[] = { -1, 9 };

  for (guint i = 0; i < G_N_ELEMENTS (sequences); i++)
    {
      GcoapOscoreBinding one = { .piv = { 1 }, .piv_length = 1 };
      GcoapOscoreBinding two = { .piv = { 2 }, .piv_length = 1 };
      GcoapOscoreBinding other_kid = { .kid = { 7 }, .kid_length = 1, .piv = { 1 }, .piv_length = 1 };
      g_autoptr (GcoapMessage) outer = NULL;
      g_autoptr (GError) error = NULL;
      gint64 sequence;

      outer = gcoap_oscore_protect_response (self->server, response, &one, sequences[i], &error);
      g_assert_no_error (error);
      g_assert_null (gcoap_oscore_unprotect_response (self->client, outer, &two, &sequence, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
      g_clear_error (&error);
      g_assert_null (gcoap_oscore_unprotect_response (self->client, outer, &other_kid, &sequence,
                                                      &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
      g_clear_error (&error);
      /* Nor is what the server sent a response of the client's. */
      g_assert_null (gcoap_oscore_unprotect_response (self->server, outer, &one, &sequence, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
    }
}

static void
test_damaged (Fixture       *self,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_text (GCOAP_CODE_POST, "payload");
  g_autoptr (GcoapMessage) outer = protect (self, request);
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (outer, &length);
  g_autofree guint8 *copy = g_memdup2 (payload, length);

  for (gsize bit = 0; bit < length * 8; bit++)
    {
      g_autoptr (GcoapMessage) damaged = gcoap_message_copy (outer);
      g_autoptr (GError) error = NULL;

      copy[bit / 8] ^= (guint8) (1 << (bit % 8));
      gcoap_message_set_payload_data (damaged, copy, length);
      copy[bit / 8] ^= (guint8) (1 << (bit % 8));
      g_assert_null (open_request (self, damaged, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
    }
  for (gsize shorter = 0; shorter < length; shorter++)
    {
      g_autoptr (GcoapMessage) damaged = gcoap_message_copy (outer);
      g_autoptr (GError) error = NULL;

      gcoap_message_set_payload_data (damaged, copy, shorter);
      g_assert_null (open_request (self, damaged, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
    }
}

/* Opens a datagram as a server does: the identifiers have to be those of the
 * context. */
static GcoapMessage *
open_datagram (Fixture      *self,
               const guint8 *data,
               gsize         length)
{
  GcoapPdu pdu = { 0 };
  GcoapOscoreOption option;
  GcoapMessage *inner = NULL;
  const guint8 *value;
  g_autoptr (GError) error = NULL;

  if (!gcoap_datagram_decode (data, length, 8, &pdu, NULL, NULL))
    return NULL;
  value = gcoap_message_peek_option (pdu.message, GCOAP_OPTION_OSCORE, 0, &length);
  if (value != NULL && gcoap_oscore_option_decode (&option, value, length, NULL) && option.has_kid &&
      option.kid_length == self->server->recipient_id_length && !option.has_kid_context)
    {
      inner = gcoap_oscore_unprotect_request (self->server, pdu.message, &option,
                                              &self->server_binding, &error);
      if (inner == NULL)
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
    }
  gcoap_message_unref (pdu.message);
  return inner;
}

/* RFC 8613 Appendix C.4 as a whole datagram: where a bit is not verified, for it is
 * in the header, the token, or an option for proxies, the request is the same. */
static void
test_damaged_datagram (Fixture       *self,
                       gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) bytes =
      test_bytes_from_hex ("44025d1f00003974396c6f63616c686f7374620914ff612f1092f1776f1c1668b3825e");
  gsize length = g_bytes_get_size (bytes);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
  const gsize oscore_at = 8 + 10;
  guint n_same = 0;

  for (gsize bit = 0; bit < length * 8; bit++)
    {
      g_autoptr (GcoapMessage) inner = NULL;
      g_autofree char *path = NULL;

      copy[bit / 8] ^= (guint8) (1 << (bit % 8));
      inner = open_datagram (self, copy, length);
      copy[bit / 8] ^= (guint8) (1 << (bit % 8));
      if (bit / 8 >= oscore_at)
        g_assert_null (inner);
      if (inner == NULL)
        continue;
      n_same++;
      path = gcoap_message_get_option_string (inner, GCOAP_OPTION_URI_PATH, 0);
      g_assert_cmpint (gcoap_message_get_code (inner), ==, GCOAP_CODE_GET);
      g_assert_cmpstr (path, ==, "tv1");
    }
  /* Message ID and token, if nothing else. */
  g_assert_cmpuint (n_same, >=, 6 * 8);
  for (gsize shorter = 0; shorter < length; shorter++)
    {
      g_autofree guint8 *exact = g_memdup2 (copy, shorter);

      g_assert_null (open_datagram (self, exact, shorter));
    }
}

/* Each of the twelve, with bodies around what memory that is set aside holds. */
static void
test_all_algorithms (void)
{
  static const gint algorithms[] = { 1, 2, 3, 10, 11, 12, 13, 24, 30, 31, 32, 33 };
  static const gsize lengths[] = { 0, 1, 1270, 1278, 1279, 1280, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (algorithms) * G_N_ELEMENTS (lengths); i++)
    {
      gint algorithm = algorithms[i % G_N_ELEMENTS (algorithms)];
      gsize length = lengths[i / G_N_ELEMENTS (algorithms)];
      Fixture self = { test_oscore_keys_for_algorithm (algorithm, FALSE),
                       test_oscore_keys_for_algorithm (algorithm, TRUE) };
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
      g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
      g_autofree guint8 *body = g_malloc (length + 1);
      g_autoptr (GcoapMessage) outer = NULL;
      g_autoptr (GcoapMessage) inner = NULL;
      g_autoptr (GcoapMessage) outer_response = NULL;
      g_autoptr (GcoapMessage) inner_response = NULL;
      g_autoptr (GError) error = NULL;
      gint64 sequence;

      memset (body, 'b', length);
      gcoap_message_set_payload_data (request, body, length);
      gcoap_message_set_payload_data (response, body, length);
      outer = protect (&self, request);
      inner = open_request (&self, outer, &error);
      g_assert_no_error (error);
      g_assert_true (gcoap_message_equal (inner, request));
      outer_response = gcoap_oscore_protect_response (self.server, response, &self.server_binding,
                                                      i % 5 ? 0x123456789 : -1, &error);
      g_assert_no_error (error);
      inner_response = gcoap_oscore_unprotect_response (self.client, outer_response,
                                                        &self.client_binding, &sequence, &error);
      g_assert_no_error (error);
      g_assert_true (gcoap_message_equal (inner_response, response));
      tear_down (&self, NULL);
    }
}

/* RFC 8613 §7.2.1: the number after the last would be number zero again. */
static void
test_last_number (Fixture       *self,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autoptr (GcoapMessage) last = NULL;
  g_autoptr (GcoapMessage) last_response = NULL;
  g_autoptr (GError) error = NULL;

  last = gcoap_oscore_protect_request (self->client, request, GCOAP_OSCORE_MAX_SEQUENCE, FALSE,
                                       &self->client_binding, &error);
  g_assert_no_error (error);
  g_assert_null (gcoap_oscore_protect_request (self->client, request, GCOAP_OSCORE_MAX_SEQUENCE + 1,
                                               FALSE, &self->client_binding, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_clear_error (&error);
  last_response = gcoap_oscore_protect_response (self->server, response, &self->server_binding,
                                                 (gint64) GCOAP_OSCORE_MAX_SEQUENCE, &error);
  g_assert_no_error (error);
  g_assert_null (gcoap_oscore_protect_response (self->server, response, &self->server_binding,
                                                (gint64) GCOAP_OSCORE_MAX_SEQUENCE + 1, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
}

/* RFC 8613 §4.1.3: a response tells proxies nothing, and they tell us nothing. */
static void
test_special_options (Fixture       *self,
                      gconstpointer  data G_GNUC_UNUSED)
{
  static const guint numbers[] = {
    GCOAP_OPTION_MAX_AGE, GCOAP_OPTION_BLOCK2, GCOAP_OPTION_SIZE2, GCOAP_OPTION_ETAG,
    GCOAP_OPTION_ECHO, GCOAP_OPTION_CONTENT_FORMAT, GCOAP_OPTION_LOCATION_PATH,
  };
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  GcoapOscoreBinding binding = { .piv = { 4 }, .piv_length = 1 };
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  g_autoptr (GError) error = NULL;
  gint64 sequence;

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    gcoap_message_set_option_uint (response, numbers[i], 0x21);
  outer = gcoap_oscore_protect_response (self->server, response, &binding, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (outer), ==, GCOAP_CODE_CHANGED);
  g_assert_cmpuint (gcoap_message_get_n_options (outer), ==, 1);
  gcoap_message_set_code (outer, GCOAP_CODE_NOT_FOUND);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    gcoap_message_set_option_uint (outer, numbers[i], 0x42);
  gcoap_message_set_option_uint (outer, GCOAP_OPTION_OBSERVE, 9);
  inner = gcoap_oscore_unprotect_response (self->client, outer, &binding, &sequence, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_message_equal (inner, response));
}

/* Options for proxies that are inside have been verified: they count more than
 * those outside, and are not doubled by them. */
static void
test_outer_kind_inside (Fixture       *self,
                        gconstpointer  data G_GNUC_UNUSED)
{
  /* GET, Uri-Host "safe", Uri-Path "a". */
  static const guint8 plaintext[] = { 0x01, 0x34, 's', 'a', 'f', 'e', 0x81, 'a' };
  const GcoapOscoreOption option = { .piv = { 3 }, .piv_length = 1, .has_kid = TRUE };
  g_autoptr (GcoapMessage) outer = gcoap_message_new (GCOAP_CODE_POST);
  g_autoptr (GcoapMessage) inner = NULL;
  g_autofree char *host = NULL;
  guint8 sealed[sizeof plaintext + 8];
  guint8 nonce[GCOAP_AEAD_MAX_NONCE];
  guint8 aad[GCOAP_OSCORE_MAX_AAD];
  gsize aad_length = gcoap_oscore_keys_make_aad (self->client, NULL, 0, option.piv, 1, aad);
  guint32 port;
  g_autoptr (GError) error = NULL;

  memcpy (sealed, plaintext, sizeof plaintext);
  gcoap_oscore_keys_make_nonce (self->client, NULL, 0, option.piv, 1, nonce);
  g_assert_true (gcoap_aead_seal (self->client->sender, nonce, 13, aad, aad_length, sealed,
                                  sizeof plaintext, NULL));
  gcoap_message_set_payload_data (outer, sealed, sizeof sealed);
  gcoap_message_set_option_string (outer, GCOAP_OPTION_URI_HOST, "evil");
  gcoap_message_set_option_uint (outer, GCOAP_OPTION_URI_PORT, 99);
  inner = gcoap_oscore_unprotect_request (self->server, outer, &option, &self->server_binding,
                                          &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gcoap_message_count_option (inner, GCOAP_OPTION_URI_HOST), ==, 1);
  host = gcoap_message_get_option_string (inner, GCOAP_OPTION_URI_HOST, 0);
  g_assert_cmpstr (host, ==, "safe");
  g_assert_true (gcoap_message_get_option_uint (inner, GCOAP_OPTION_URI_PORT, &port));
  g_assert_cmpuint (port, ==, 99);
}

/* RFC 7252 §5.4.5, RFC 8613 §5. */
static void
test_bad_outer (Fixture       *self,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autoptr (GcoapMessage) outer = protect (self, request);
  g_autoptr (GcoapMessage) outer_response = NULL;
  const GcoapOscoreOption without_piv = { .has_kid = TRUE };
  GcoapOscoreBinding binding = self->client_binding;
  g_autoptr (GError) error = NULL;
  gint64 sequence;

  g_assert_null (gcoap_oscore_unprotect_request (self->server, outer, &without_piv,
                                                 &self->server_binding, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_true (g_pattern_match_simple ("*no Partial IV*", error->message));
  g_clear_error (&error);

  gcoap_message_add_option (outer, GCOAP_OPTION_OSCORE, (const guint8 *) "\x09\x15", 2);
  g_assert_null (open_request (self, outer, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_true (g_pattern_match_simple ("*more than one*", error->message));
  g_clear_error (&error);

  outer_response = gcoap_oscore_protect_response (self->server, response, &binding, -1, &error);
  g_assert_no_error (error);
  gcoap_message_add_option (outer_response, GCOAP_OPTION_OSCORE, NULL, 0);
  g_assert_null (gcoap_oscore_unprotect_response (self->client, outer_response,
                                                  &self->client_binding, &sequence, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_clear_error (&error);
  gcoap_message_set_option (outer_response, GCOAP_OPTION_OSCORE, (const guint8 *) "\x06", 1);
  g_assert_null (gcoap_oscore_unprotect_response (self->client, outer_response,
                                                  &self->client_binding, &sequence, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

/* What the peer sealed can still be no request: code, options, nested OSCORE. */
static void
test_sealed_nonsense (Fixture       *self,
                      gconstpointer  data G_GNUC_UNUSED)
{
  static const struct
  {
    guint8 bytes[8];
    gsize  length;
  } plaintexts[] = {
    { { 0x00 }, 1 },                   /* Empty */
    { { 0x45 }, 1 },                   /* a response */
    { { 0x01, 0xff }, 2 },             /* marker without payload */
    { { 0x01, 0xb5, 'a' }, 3 },        /* cut off */
    { { 0x01, 0xf0 }, 2 },             /* reserved delta */
    { { 0x01, 0x91, 0x08 }, 3 },       /* OSCORE within OSCORE */
  };

  for (guint i = 0; i < G_N_ELEMENTS (plaintexts); i++)
    {
      g_autoptr (GcoapMessage) outer = gcoap_message_new (GCOAP_CODE_POST);
      const GcoapOscoreOption option = { .piv = { 3 }, .piv_length = 1, .has_kid = TRUE };
      guint8 sealed[32];
      guint8 nonce[GCOAP_AEAD_MAX_NONCE];
      guint8 aad[GCOAP_OSCORE_MAX_AAD];
      gsize aad_length = gcoap_oscore_keys_make_aad (self->client, NULL, 0, option.piv, 1, aad);
      g_autoptr (GError) error = NULL;

      memcpy (sealed, plaintexts[i].bytes, plaintexts[i].length);
      gcoap_oscore_keys_make_nonce (self->client, NULL, 0, option.piv, 1, nonce);
      g_assert_true (gcoap_aead_seal (self->client->sender, nonce, 13, aad, aad_length, sealed,
                                      plaintexts[i].length, NULL));
      gcoap_message_set_payload_data (outer, sealed, plaintexts[i].length + 8);
      g_assert_null (gcoap_oscore_unprotect_request (self->server, outer, &option,
                                                     &self->server_binding, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
    }
}

static void
test_refused (Fixture       *self,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) plain = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autoptr (GError) error = NULL;
  gint64 sequence;

  gcoap_message_set_option_empty (request, GCOAP_OPTION_OSCORE);
  g_assert_null (gcoap_oscore_protect_request (self->client, request, 0, FALSE,
                                               &self->client_binding, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION);
  g_clear_error (&error);
  g_assert_null (gcoap_oscore_unprotect_response (self->client, plain, &self->client_binding,
                                                  &sequence, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
}

/* What the room of a path is lowered by is enough for any message. */
static void
test_overhead (void)
{
  static const gint algorithms[] = { 1, 10, 24, 33 };

  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GcoapOscoreKeys) keys =
          test_oscore_keys_for_algorithm (algorithms[i % 4], FALSE);
      g_autoptr (GcoapMessage) message = test_random_message ();
      g_autoptr (GcoapMessage) outer = NULL;
      GcoapOscoreBinding binding;
      GcoapPdu pdu = { .message = message };
      GcoapPdu protected = { 0 };

      if (gcoap_message_has_option (message, GCOAP_OPTION_PROXY_URI))
        continue;
      outer = gcoap_oscore_protect_request (keys, message, GCOAP_OSCORE_MAX_SEQUENCE, TRUE,
                                            &binding, NULL);
      if (outer == NULL)
        continue;
      protected.message = outer;
      g_assert_cmpuint (gcoap_datagram_get_size (&protected), <=,
                        gcoap_datagram_get_size (&pdu) + gcoap_oscore_get_overhead (keys));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, vector, func) \
  g_test_add ("/oscore-protection/" name, Fixture, GUINT_TO_POINTER (vector), set_up, func, tear_down)
  ADD ("c4", TEST_OSCORE_C1, test_c4);
  ADD ("c5", TEST_OSCORE_C2, test_c5);
  ADD ("c6", TEST_OSCORE_C3, test_c6);
  ADD ("c7-c8", TEST_OSCORE_C1, test_c7_c8);
  ADD ("classes", TEST_OSCORE_C1, test_classes);
  ADD ("forged-outside", TEST_OSCORE_C1, test_forged_outside);
  ADD ("observe", TEST_OSCORE_C1, test_observe);
  ADD ("nonce-once", TEST_OSCORE_C1, test_nonce_once);
  ADD ("swapped", TEST_OSCORE_C1, test_swapped);
  ADD ("damaged", TEST_OSCORE_C1, test_damaged);
  ADD ("damaged-datagram", TEST_OSCORE_C1, test_damaged_datagram);
  ADD ("last-number", TEST_OSCORE_C1, test_last_number);
  ADD ("special-options", TEST_OSCORE_C1, test_special_options);
  ADD ("outer-kind-inside", TEST_OSCORE_C1, test_outer_kind_inside);
  ADD ("bad-outer", TEST_OSCORE_C1, test_bad_outer);
  ADD ("sealed-nonsense", TEST_OSCORE_C1, test_sealed_nonsense);
  ADD ("refused", TEST_OSCORE_C1, test_refused);
#undef ADD
  g_test_add_func ("/oscore-protection/all-algorithms", test_all_algorithms);
  g_test_add_func ("/oscore-protection/overhead", test_overhead);
  return g_test_run ();
}
