/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending response bodies in blocks (RFC 7959 §2.4): the first when there is a
 * response, the others when they are asked for. */
#include "providers/blockwise/gcoap-block-reception-private.h"

#include <string.h>

#include "providers/blockwise/gcoap-body-reader-private.h"

#define READ_AHEAD 16384

/* A body that is kept for a peer. */
typedef struct
{
  GcoapBody        body;
  guint            ref_count;
  GcoapMessage    *response;   /* without payload */
  GcoapBodyReader *reader;
  GBytes          *payload;    /* of a FETCH request, which is part of what it asks */
} Served;

/* One block that is being read. */
typedef struct
{
  GcoapBlockwise      *provider;
  GcoapExchange       *exchange;
  Served              *served;
  GcoapBlockValue      value;
} Reading;

static Served *
served_new (GcoapMessage    *response,
            GcoapBodyReader *reader)
{
  Served *self = g_new0 (Served, 1);

  self->ref_count = 1;
  self->response = gcoap_message_copy (response);
  gcoap_message_set_payload (self->response, NULL);
  self->reader = reader;
  return self;
}

static void
served_unref (gpointer data)
{
  Served *self = data;

  if (--self->ref_count > 0)
    return;
  gcoap_message_unref (self->response);
  gcoap_body_reader_free (self->reader);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Served, served_unref)

/* What the request asks of the response: which block, and of which size at
 * most. FALSE if it says nothing. */
static gboolean
get_wanted (GcoapExchange   *exchange,
            GcoapBlockValue *wanted)
{
  if (gcoap_block_value_read (gcoap_exchange_get_request (exchange), GCOAP_OPTION_BLOCK2, wanted))
    return TRUE;
  *wanted = (GcoapBlockValue) { 0, FALSE, GCOAP_BLOCK_SZX_BERT };
  return FALSE;
}

/* RFC 7959 §2.3: the response to a block of the request names it. */
static void
acknowledge (GcoapBlockwise *provider,
             GcoapExchange  *exchange,
             GcoapMessage   *response)
{
  GcoapBlockValue value;
  guint preferred;

  if (!gcoap_block_value_read (gcoap_exchange_get_request (exchange), GCOAP_OPTION_BLOCK1, &value)
      || gcoap_message_has_option (response, GCOAP_OPTION_BLOCK1))
    return;
  preferred = gcoap_blockwise_choose_exponent (provider, exchange, response, TRUE);
  value.more = FALSE;
  value.exponent = MIN (value.exponent, preferred);
  gcoap_block_value_write (response, GCOAP_OPTION_BLOCK1, &value);
}

/* RFC 7959 §2.4 and RFC 9175 §3.8: blocks are told apart by the entity-tag, so
 * one is made of the content where there is none. It is remembered, for a
 * notification goes to many. */
static void
add_etag (GcoapBlockwise *provider,
          GcoapMessage   *response)
{
  GBytes *body = gcoap_message_get_payload (response);

  if (gcoap_message_get_code (response) != GCOAP_CODE_CONTENT
      || gcoap_message_has_option (response, GCOAP_OPTION_ETAG))
    return;
  if (body != provider->tagged)
    {
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
      guint8 digest[32];
      gsize digest_length = sizeof (digest);

      g_checksum_update (checksum, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body));
      g_checksum_get_digest (checksum, digest, &digest_length);
      memcpy (provider->tag, digest, sizeof (provider->tag));
      g_clear_pointer (&provider->tagged, g_bytes_unref);
      provider->tagged = g_bytes_ref (body);
    }
  gcoap_message_set_option (response, GCOAP_OPTION_ETAG, provider->tag, sizeof (provider->tag));
}

static GcoapMessage *
make_block (Served                *served,
            GcoapExchange         *exchange,
            const GcoapBlockValue *value,
            const guint8          *data,
            gsize                  length)
{
  GcoapMessage *message = gcoap_message_copy (served->response);
  gint64 total = gcoap_body_reader_get_size (served->reader);

  gcoap_message_set_payload_data (message, data, length);
  gcoap_block_value_write (message, GCOAP_OPTION_BLOCK2, value);
  if (value->number > 0)
    /* RFC 7959 §3.4: it is the first that is the notification. */
    gcoap_message_remove_option (message, GCOAP_OPTION_OBSERVE);
  /* RFC 7959 §4: with the first block, or when asked. */
  if (total >= 0 && total <= G_MAXUINT32
      && ((value->number == 0 && value->more)
          || gcoap_message_has_option (gcoap_exchange_get_request (exchange), GCOAP_OPTION_SIZE2)))
    gcoap_message_set_option_uint (message, GCOAP_OPTION_SIZE2, (guint) total);
  return message;
}

static void
block_read_cb (GcoapBodyReader *reader G_GNUC_UNUSED,
               const guint8    *data,
               gsize            length,
               gboolean         more,
               const GError    *error,
               gpointer         user_data)
{
  Reading *self = user_data;
  g_autoptr (GcoapMessage) message = NULL;

  if (error == NULL)
    {
      self->value.more = more;
      message = make_block (self->served, self->exchange, &self->value, data, length);
      acknowledge (self->provider, self->exchange, message);
      gcoap_exchange_respond (self->exchange, message, TRUE);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT)
           || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    {
      gcoap_block_reception_refuse (self->exchange, GCOAP_CODE_BAD_REQUEST,
                                    "The response has no such block, or not any more.");
    }
  else
    {
      gcoap_block_reception_refuse (self->exchange, GCOAP_CODE_INTERNAL_SERVER_ERROR,
                                    "The response cannot be read.");
    }
  served_unref (self->served);
  g_object_unref (self->exchange);
  g_object_unref (self->provider);
  g_free (self);
}

/* Reads the block that the exchange asks for, and answers with it. */
static void
answer_from (GcoapBlockwise *provider,
             GcoapExchange  *exchange,
             Served         *served)
{
  GcoapBlockValue wanted;
  Reading *reading;
  guint64 offset;
  gsize room;

  get_wanted (exchange, &wanted);
  if (gcoap_body_reader_is_busy (served->reader))
    {
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE,
                                    "Another block is being read.");
      return;
    }
  offset = gcoap_block_value_get_offset (&wanted);
  wanted.exponent = MIN (wanted.exponent,
                         gcoap_blockwise_choose_exponent (provider, exchange, served->response, TRUE));
  /* RFC 7959 §2.4: a smaller size than asked for counts differently. */
  if (!gcoap_block_sizes_number_at (offset, wanted.exponent, &wanted.number))
    {
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_BAD_REQUEST, "The response has no such block.");
      return;
    }
  reading = g_new0 (Reading, 1);
  reading->provider = g_object_ref (provider);
  reading->exchange = g_object_ref (exchange);
  reading->served = served;
  reading->value = wanted;
  served->ref_count++;
  room = gcoap_block_sizes_room_for_payload (served->response, gcoap_exchange_get_room (exchange));
  gcoap_body_reader_read (served->reader, offset, gcoap_block_sizes_payload (wanted.exponent, room),
                          block_read_cb, reading);
}

/* Keeps a body for the blocks to come. FALSE if there is no room for it. */
static gboolean
keep (GcoapBlockwise *provider,
      GcoapExchange  *exchange,
      Served         *served,
      gsize           bytes)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GBytes) key = gcoap_blockwise_get_key (request);
  gboolean is_kept;

  served->body.kind = GCOAP_BODY_RESPONSE;
  served->body.is_dispensable = gcoap_blockwise_is_safe (request);
  served->body.free_func = served_unref;
  if (gcoap_message_get_code (request) == GCOAP_CODE_FETCH
      && gcoap_message_get_payload (request) != NULL)
    served->payload = g_bytes_ref (gcoap_message_get_payload (request));
  is_kept = gcoap_bodies_add (&provider->bodies, &served->body, gcoap_blockwise_get_peer (exchange),
                              key, gcoap_blockwise_get_now (provider));
  if (is_kept)
    {
      served->ref_count++;
      is_kept = gcoap_bodies_resize (&provider->bodies, &served->body, bytes);
      if (!is_kept)
        gcoap_bodies_remove (&provider->bodies, &served->body);
    }
  if (!is_kept)
    gcoap_statistics_count (provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  gcoap_blockwise_update_expiry (provider);
  return is_kept;
}

static void
refuse_to_keep (GcoapExchange *exchange)
{
  gcoap_block_reception_refuse (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE,
                                "The request was carried out, but there is no room to keep its response.");
}

/* What a payload that has been cut becomes. */
typedef enum
{
  CUT_WHOLE,     /* it goes as it is */
  CUT_BLOCK,     /* *block goes instead */
  CUT_REFUSED,   /* there is no such block */
  CUT_NO_ROOM,   /* the rest cannot be kept, and cannot be made again */
} Cut;

static Cut
cut (GcoapBlockwise *provider,
     GcoapExchange  *exchange,
     GcoapMessage   *response,
     GcoapMessage  **block)
{
  GcoapBlockValue wanted;
  gboolean is_asked = get_wanted (exchange, &wanted);
  g_autoptr (GcoapMessage) tagged = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (Served) served = NULL;
  guint64 offset = gcoap_block_value_get_offset (&wanted);
  gsize room;
  gsize total;
  gsize size;
  const guint8 *data = gcoap_message_get_payload_data (response, &total);

  if (gcoap_message_has_option (response, GCOAP_OPTION_BLOCK2))
    return CUT_WHOLE;
  if (!is_asked && gcoap_blockwise_fits (provider, exchange, response))
    return CUT_WHOLE;
  wanted.exponent = MIN (wanted.exponent,
                         gcoap_blockwise_choose_exponent (provider, exchange, response, TRUE));
  room = gcoap_block_sizes_room_for_payload (response, gcoap_exchange_get_room (exchange));
  size = gcoap_block_sizes_payload (wanted.exponent, room);
  if (gcoap_message_get_code (response) >> 5 != 2
      && (wanted.number > 0 || gcoap_blockwise_fits (provider, exchange, response)))
    return CUT_WHOLE;
  if (offset > 0 && offset >= total)
    return total == 0 ? CUT_WHOLE : CUT_REFUSED;
  if (total == 0 || !gcoap_block_sizes_number_at (offset, wanted.exponent, &wanted.number))
    return total == 0 ? CUT_WHOLE : CUT_REFUSED;

  tagged = gcoap_message_copy (response);
  if (total > size)
    add_etag (provider, tagged);
  bytes = gcoap_message_get_payload (response);
  g_bytes_ref (bytes);
  served = served_new (tagged, gcoap_body_reader_new_for_bytes (bytes));
  if (total > size && !keep (provider, exchange, served, total)
      && !gcoap_blockwise_is_safe (gcoap_exchange_get_request (exchange)))
    return CUT_NO_ROOM;
  wanted.more = total - offset > size;
  *block = make_block (served, exchange, &wanted, data + offset, MIN (size, total - (gsize) offset));
  return CUT_BLOCK;
}

/* A body that comes from a stream. */
static void
send_stream (GcoapBlockwise *provider,
             GcoapExchange  *exchange,
             GcoapMessage   *response,
             GInputStream   *stream)
{
  gboolean is_safe = gcoap_blockwise_is_safe (gcoap_exchange_get_request (exchange));
  GcoapBodyReader *reader = gcoap_body_reader_new_for_stream (stream, 0);
  g_autoptr (Served) served = NULL;

  /* What can be made again at any place need not be kept. */
  if (!is_safe || !gcoap_body_reader_can_seek (reader))
    {
      gcoap_body_reader_free (reader);
      reader = gcoap_body_reader_new_for_stream (stream, READ_AHEAD);
      served = served_new (response, reader);
      if (!keep (provider, exchange, served, READ_AHEAD))
        {
          refuse_to_keep (exchange);
          return;
        }
      served->body.is_dispensable = FALSE;
    }
  else
    {
      served = served_new (response, reader);
    }
  answer_from (provider, exchange, served);
}

void
gcoap_block_serving_send (GcoapBlockwise *provider,
                          GcoapExchange  *exchange,
                          GcoapMessage   *response,
                          GInputStream   *stream)
{
  g_autoptr (GcoapMessage) message = NULL;

  if (stream != NULL && gcoap_message_get_code (response) >> 5 == 2)
    {
      send_stream (provider, exchange, response, stream);
      return;
    }
  switch (cut (provider, exchange, response, &message))
    {
    case CUT_REFUSED:
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_BAD_REQUEST, "The response has no such block.");
      return;
    case CUT_NO_ROOM:
      refuse_to_keep (exchange);
      return;
    case CUT_WHOLE:
    case CUT_BLOCK:
    default:
      break;
    }
  if (message == NULL)
    message = gcoap_message_copy (response);
  acknowledge (provider, exchange, message);
  gcoap_exchange_respond (exchange, message, TRUE);
}

GcoapVerdict
gcoap_block_serving_filter (GcoapExchange *exchange,
                            gboolean       is_last,
                            gpointer       data)
{
  GcoapBlockwise *provider = data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  g_autoptr (GcoapMessage) block = NULL;
  GInputStream *stream = gcoap_exchange_get_response_body (exchange);

  if (response == NULL || (stream == NULL && gcoap_blockwise_fits (provider, exchange, response)
                           && !gcoap_message_has_option (gcoap_exchange_get_request (exchange),
                                                         GCOAP_OPTION_BLOCK2)))
    return GCOAP_VERDICT_PASS;
  if (stream != NULL && is_last)
    {
      g_autoptr (GInputStream) held = g_object_ref (stream);
      g_autoptr (GcoapMessage) kept = gcoap_message_ref (response);

      gcoap_exchange_take_over (exchange);
      gcoap_exchange_set_repeatable (exchange, FALSE);
      gcoap_exchange_set_response_body (exchange, NULL);
      gcoap_block_serving_send (provider, exchange, kept, held);
      return GCOAP_VERDICT_TAKE;
    }
  switch (cut (provider, exchange, response, &block))
    {
    case CUT_BLOCK:
      /* The rest is kept; to ask again would put another in its place. */
      gcoap_exchange_set_repeatable (exchange, FALSE);
      gcoap_exchange_replace_response (exchange, block);
      return GCOAP_VERDICT_PASS;
    case CUT_REFUSED:
    case CUT_NO_ROOM:
      if (!is_last)
        return GCOAP_VERDICT_TAKE;
      gcoap_exchange_take_over (exchange);
      refuse_to_keep (exchange);
      return GCOAP_VERDICT_TAKE;
    case CUT_WHOLE:
    default:
      return GCOAP_VERDICT_PASS;
    }
}

/* Passing requests on */

void
gcoap_block_serving_relay (GcoapBlockwise *provider,
                           GcoapExchange  *exchange,
                           GcoapExchange  *inner,
                           gboolean        is_last)
{
  GcoapMessage *response = gcoap_exchange_get_response (inner);
  GcoapDeliveryReport report;
  g_autoptr (GcoapMessage) message = NULL;

  if (!gcoap_exchange_is_open (exchange))
    return;
  if (response == NULL)
    {
      if (gcoap_exchange_get_end (inner) == GCOAP_EXCHANGE_END_REJECTED)
        gcoap_exchange_reject (exchange, gcoap_exchange_get_error (inner));
      else
        gcoap_exchange_dismiss (exchange);
      return;
    }
  if (is_last && gcoap_message_get_code (response) == GCOAP_CODE_UNAUTHORIZED)
    gcoap_block_reception_put_back (provider, exchange, gcoap_exchange_get_request (inner));
  if (is_last)
    {
      g_autoptr (GInputStream) stream = gcoap_exchange_get_response_body (inner);

      if (stream != NULL)
        g_object_ref (stream);
      gcoap_block_serving_send (provider, exchange, response, stream);
      return;
    }
  /* A stream, which a decorator further in has made of the request. */
  exchange->expects = inner->expects;
  switch (cut (provider, exchange, response, &message))
    {
    case CUT_WHOLE:
      message = gcoap_message_ref (response);
      break;
    case CUT_BLOCK:
      break;
    case CUT_REFUSED:
    case CUT_NO_ROOM:
    default:
      return;
    }
  report = gcoap_exchange_steal_report (inner);
  gcoap_exchange_respond_full (exchange, message, FALSE, gcoap_exchange_get_response_tuning (inner),
                               report.func, report.data, report.destroy);
}

typedef struct
{
  GcoapBlockwise *provider;
  GcoapExchange  *exchange;
} Passed;

static void
passed_free (gpointer data)
{
  Passed *passed = data;

  g_object_unref (passed->provider);
  g_object_unref (passed->exchange);
  g_free (passed);
}

static void
answered_cb (GcoapExchange *inner,
             gboolean       is_last,
             gpointer       data)
{
  Passed *passed = data;

  gcoap_block_serving_relay (passed->provider, passed->exchange, inner, is_last);
}

void
gcoap_block_serving_pass (GcoapBlockwise *provider,
                          GcoapExchange  *exchange,
                          GcoapMessage   *request)
{
  g_autoptr (GcoapExchange) inner = gcoap_exchange_derive (exchange, request);
  Passed *passed = g_new0 (Passed, 1);

  /* Of an earlier request with this token the decorators further in may know
   * what came in its place, or itself. */
  if (gcoap_exchange_get_predecessor (inner) == NULL)
    gcoap_exchange_set_predecessor (inner, gcoap_exchange_get_predecessor (exchange));
  passed->provider = g_object_ref (provider);
  passed->exchange = g_object_ref (exchange);
  gcoap_exchange_open (inner, answered_cb, passed, passed_free);
  gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (provider), inner);
}

static gboolean
has_payload (GcoapMessage *message)
{
  gsize length;

  gcoap_message_get_payload_data (message, &length);
  return length > 0;
}

/* What is kept for the request, unless it is about another payload. */
static Served *
find (GcoapBlockwise *provider,
      GcoapExchange  *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GBytes) key = gcoap_blockwise_get_key (request);
  Served *served = (Served *) gcoap_bodies_find (&provider->bodies, GCOAP_BODY_RESPONSE,
                                                 gcoap_blockwise_get_peer (exchange), key,
                                                 gcoap_blockwise_get_now (provider));

  if (served == NULL || !has_payload (request) || served->payload == NULL)
    return served;
  return g_bytes_equal (served->payload, gcoap_message_get_payload (request)) ? served : NULL;
}

void
gcoap_block_serving_take (GcoapBlockwise        *provider,
                          GcoapExchange         *exchange,
                          const GcoapBlockValue *value)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GcoapMessage) bare = NULL;
  Served *served = value->number > 0 ? find (provider, exchange) : NULL;

  if (served != NULL)
    {
      gcoap_bodies_touch (&provider->bodies, &served->body, gcoap_blockwise_get_now (provider));
      /* Reading it again does no harm. */
      gcoap_exchange_set_repeatable (exchange, served->body.is_dispensable);
      answer_from (provider, exchange, served);
      return;
    }
  /* The request would be carried out again, or it lacks what it asks for. */
  if (value->number > 0
      && (!gcoap_blockwise_is_safe (request)
          || (gcoap_message_get_code (request) == GCOAP_CODE_FETCH && !has_payload (request))))
    {
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE,
                                    "The response to this request is not kept any more.");
      return;
    }
  bare = gcoap_message_copy (request);
  gcoap_message_remove_option (bare, GCOAP_OPTION_BLOCK2);
  gcoap_message_remove_option (bare, GCOAP_OPTION_SIZE2);
  gcoap_message_remove_option (bare, GCOAP_OPTION_REQUEST_TAG);
  gcoap_block_serving_pass (provider, exchange, bare);
}
