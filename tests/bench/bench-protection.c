/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What protects and verifies is the library's own; there is no context, exchange,
 * replay window or storage here, so that this is faster than any server. */
#include "bench-protection.h"

#include "bench-peer.h"

#include <string.h>

#include "providers/oscore/gcoap-oscore-protection-private.h"
#include "wire/gcoap-datagram-codec-private.h"
#include "wire/gcoap-message-options.h"

struct _BenchProtection
{
  GcoapOscoreKeys    *keys;
  GcoapMessage       *request;
  guint64             sequence;
  GcoapOscoreBinding *bindings;    /* by slot */
};

BenchProtection *
bench_protection_new (const char *path,
                      guint       client,
                      guint       outstanding)
{
  BenchProtection *self = g_new0 (BenchProtection, 1);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);
  guint8 client_id[BENCH_OSCORE_ID_LENGTH];
  guint8 server_id[BENCH_OSCORE_ID_LENGTH];
  GcoapOscoreSource source = {
    .algorithm = gcoap_aead_algorithm_lookup (10),
    .master_secret = (const guint8 *) BENCH_OSCORE_SECRET,
    .master_secret_length = sizeof BENCH_OSCORE_SECRET - 1,
    .sender_id = client_id,
    .sender_id_length = sizeof client_id,
    .recipient_id = server_id,
    .recipient_id_length = sizeof server_id,
  };

  bench_peer_make_oscore_id ('c', client, client_id);
  bench_peer_make_oscore_id ('s', client, server_id);
  self->keys = gcoap_oscore_keys_derive (&source, &error);
  if (self->keys == NULL)
    g_error ("%s", error->message);
  self->request = gcoap_message_new (GCOAP_CODE_GET);
  for (guint i = 0; segments[i] != NULL; i++)
    if (segments[i][0] != '\0')
      gcoap_message_add_uri_path (self->request, segments[i]);
  gcoap_message_lock (self->request);
  self->bindings = g_new0 (GcoapOscoreBinding, outstanding);
  return self;
}

gsize
bench_protection_write_request (BenchProtection *self,
                                guint            slot,
                                guint            type,
                                guint16          message_id,
                                const guint8    *token,
                                gsize            token_length,
                                guint8          *buffer,
                                gsize            size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) outer = NULL;
  GcoapPdu pdu = { .type = type, .message_id = message_id, .token = token,
                   .token_length = token_length };
  gsize length;

  /* The server keeps this limit, too. */
  if (self->sequence >= self->keys->algorithm->max_encryptions)
    g_error ("A key is for %" G_GUINT64_FORMAT " messages: measure for a shorter time.", self->sequence);
  outer = gcoap_oscore_protect_request (self->keys, self->request, self->sequence++, FALSE,
                                        &self->bindings[slot], &error);
  if (outer == NULL)
    g_error ("%s", error->message);
  pdu.message = outer;
  length = gcoap_datagram_encode (&pdu, buffer, size, &error);
  if (length == 0)
    g_error ("%s", error->message);
  return length;
}

guint
bench_protection_open_answer (BenchProtection *self,
                              guint            slot,
                              const guint8    *bytes,
                              gsize            length)
{
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapMessage) inner = NULL;
  GcoapPdu pdu;
  gint64 sequence;
  gsize payload_length;
  const guint8 *payload;

  if (!gcoap_datagram_decode (bytes, length, 8, &pdu, NULL, NULL))
    return 0;
  outer = pdu.message;
  if (outer == NULL)
    return 0;
  inner = gcoap_oscore_unprotect_response (self->keys, outer, &self->bindings[slot], &sequence, NULL);
  if (inner == NULL)
    return 0;
  payload = gcoap_message_get_payload_data (inner, &payload_length);
  if (payload_length != BENCH_PAYLOAD_LENGTH || memcmp (payload, BENCH_PAYLOAD, payload_length) != 0)
    return 0;
  return gcoap_message_get_code (inner);
}
