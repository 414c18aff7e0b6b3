/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Receiving request bodies in blocks (RFC 7959 §2.5), into memory or into a
 * stream of the responder's. */
#include "providers/blockwise/gcoap-block-reception-private.h"

#include "base/gcoap-error.h"
#include "providers/blockwise/gcoap-body-assembly-private.h"
#include "wire/gcoap-error-message.h"

/* How long a peer that is refused is told to wait, in seconds. */
#define RETRY_AFTER 30

/* A request body that is on its way. */
typedef struct
{
  GcoapBody          body;
  guint              ref_count;
  GcoapBlockwise    *provider;       /* not owned: its table goes with it */
  GcoapBlockwise    *held;           /* the same, when it has left the table */
  GcoapBodyAssembly  assembly;
  gboolean           if_none_match;  /* what the first block said */
  GcoapMessage      *latest;         /* the block that came last */

  /* When the responder takes it in a stream: */
  GcoapExchange     *inner;          /* what the responder has; NULL otherwise */
  GcoapExchange     *waiting;        /* the block that has not been answered yet */
  GcoapMessage      *writing;        /* whose payload is being written */
  GcoapMessage      *early;          /* the responder's answer before the body's end */
  gboolean           is_complete;
} Received;

static Received *
received_ref (Received *self)
{
  self->ref_count++;
  return self;
}

static void
received_unref (gpointer data)
{
  Received *self = data;

  if (--self->ref_count > 0)
    return;
  gcoap_body_assembly_clear (&self->assembly);
  g_clear_object (&self->inner);
  g_clear_object (&self->waiting);
  g_clear_object (&self->held);
  g_clear_pointer (&self->latest, gcoap_message_unref);
  g_clear_pointer (&self->writing, gcoap_message_unref);
  g_clear_pointer (&self->early, gcoap_message_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Received, received_unref)

static GcoapMessage *
make_refusal (GcoapCode   code,
              const char *diagnostic)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_RESPONSE_ERROR, (gint) code, diagnostic);

  return gcoap_message_new_for_error (error);
}

void
gcoap_block_reception_refuse (GcoapExchange *exchange,
                              GcoapCode      code,
                              const char    *diagnostic)
{
  g_autoptr (GcoapMessage) message = make_refusal (code, diagnostic);

  if (code == GCOAP_CODE_SERVICE_UNAVAILABLE)
    gcoap_message_set_option_uint (message, GCOAP_OPTION_MAX_AGE, RETRY_AFTER);
  gcoap_exchange_respond (exchange, message, TRUE);
}

/* RFC 7959 §2.9.3. */
static void
refuse_size (GcoapBlockwise *provider,
             GcoapExchange  *exchange)
{
  g_autoptr (GcoapMessage) message = make_refusal (GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE,
                                                   "The body is too large.");
  GcoapLimits *limits = provider->runtime->limits;

  gcoap_message_set_option_uint (message, GCOAP_OPTION_SIZE1,
                                 MIN (gcoap_blockwise_get_max_body_size (provider), limits->max_body_bytes));
  gcoap_statistics_count (provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  gcoap_exchange_respond (exchange, message, TRUE);
}

/* The table gives it up, complete or not. */
static void
given_up_cb (gpointer data)
{
  Received *self = data;

  if (!self->is_complete)
    {
      g_autoptr (GcoapExchange) waiting = g_steal_pointer (&self->waiting);

      if (waiting != NULL)
        gcoap_block_reception_refuse (waiting, GCOAP_CODE_SERVICE_UNAVAILABLE,
                                      "There is no room for this body any more.");
      if (self->inner != NULL)
        gcoap_exchange_cancel (self->inner);
    }
  received_unref (self);
}

static Received *
received_new (GcoapBlockwise    *provider,
              GcoapMessage      *request,
              GcoapBodyHandling  handling)
{
  Received *self = g_new0 (Received, 1);
  gboolean is_stored = handling != GCOAP_BODY_HANDLING_STREAM;

  self->ref_count = 1;
  self->provider = provider;
  self->body.kind = GCOAP_BODY_REQUEST;
  self->body.free_func = given_up_cb;
  self->if_none_match = gcoap_message_has_option (request, GCOAP_OPTION_IF_NONE_MATCH);
  gcoap_body_assembly_init (&self->assembly,
                            is_stored ? gcoap_blockwise_get_max_body_size (provider) : G_MAXINT64,
                            is_stored);
  return self;
}

/* 2.31: what has come is good, and more is welcome. */
static void
answer_continue (GcoapBlockwise *provider,
                 GcoapExchange  *exchange)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CONTINUE);
  GcoapBlockValue value = { 0 };
  guint preferred = gcoap_blockwise_choose_exponent (provider, exchange,
                                                     gcoap_exchange_get_request (exchange), TRUE);

  gcoap_block_value_read (gcoap_exchange_get_request (exchange), GCOAP_OPTION_BLOCK1, &value);
  /* RFC 7959 §2.3: M says that the body is being collected; the size is the
   * largest that is preferred from now on. */
  value.more = TRUE;
  value.exponent = MIN (value.exponent, preferred);
  gcoap_block_value_write (message, GCOAP_OPTION_BLOCK1, &value);
  gcoap_exchange_respond (exchange, message, TRUE);
}

/* The request without what concerns its blocks. */
static GcoapMessage *
make_request (Received      *self,
              GcoapExchange *exchange,
              GBytes        *body)
{
  GcoapMessage *request = gcoap_message_copy (gcoap_exchange_get_request (exchange));

  gcoap_message_remove_option (request, GCOAP_OPTION_BLOCK1);
  gcoap_message_remove_option (request, GCOAP_OPTION_BLOCK2);
  gcoap_message_remove_option (request, GCOAP_OPTION_SIZE1);
  gcoap_message_remove_option (request, GCOAP_OPTION_SIZE2);
  gcoap_message_remove_option (request, GCOAP_OPTION_REQUEST_TAG);
  if (self->if_none_match)
    gcoap_message_set_option_empty (request, GCOAP_OPTION_IF_NONE_MATCH);
  gcoap_message_set_payload (request, body);
  return request;
}

/* Into a stream */

static void
fail_stream (Received  *self,
             GcoapCode  code,
             const char *diagnostic)
{
  g_autoptr (Received) held = received_ref (self);
  g_autoptr (GcoapExchange) waiting = g_steal_pointer (&self->waiting);

  gcoap_exchange_cancel (self->inner);
  if (self->body.peer != NULL)
    gcoap_bodies_remove (&self->provider->bodies, &self->body);
  if (waiting != NULL)
    gcoap_block_reception_refuse (waiting, code, diagnostic);
}

/* A stream that fails with a response code knows better than we what to say. */
static void
fail_writing (Received     *self,
              const GError *error)
{
  if (error->domain == GCOAP_RESPONSE_ERROR)
    fail_stream (self, (GcoapCode) error->code, error->message);
  else
    fail_stream (self, GCOAP_CODE_INTERNAL_SERVER_ERROR, "The body could not be written.");
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (Received) self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = g_output_stream_close_finish (G_OUTPUT_STREAM (source), result, &error);

  if (!gcoap_exchange_is_open (self->inner))
    return;
  if (done)
    gcoap_exchange_report_body (self->inner);
  else
    fail_writing (self, error);
}

static void
block_written (Received *self)
{
  GcoapBlockValue value = { 0 };
  g_autoptr (GcoapExchange) waiting = NULL;

  if (self->is_complete)
    {
      g_output_stream_close_async (gcoap_exchange_get_request_sink (self->inner), G_PRIORITY_DEFAULT,
                                   NULL, closed_cb, received_ref (self));
      return;
    }
  waiting = g_steal_pointer (&self->waiting);
  if (waiting != NULL
      && gcoap_block_value_read (gcoap_exchange_get_request (waiting), GCOAP_OPTION_BLOCK1, &value))
    answer_continue (self->provider, waiting);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (Received) self = data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->writing, gcoap_message_unref);
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  /* The responder may have answered meanwhile, or the body been given up. */
  if (!gcoap_exchange_is_open (self->inner))
    return;
  if (error != NULL)
    fail_writing (self, error);
  else
    block_written (self);
}

static void
inner_answered_cb (GcoapExchange *inner,
                   gboolean       is_last,
                   gpointer       data)
{
  g_autoptr (Received) self = received_ref (data);
  g_autoptr (GcoapExchange) waiting = g_steal_pointer (&self->waiting);
  GcoapMessage *response = gcoap_exchange_get_response (inner);

  if (!is_last)
    {
      /* It is a body that is answered, once. */
      self->waiting = g_steal_pointer (&waiting);
      return;
    }
  if (waiting != NULL)
    gcoap_block_serving_relay (self->provider, waiting, inner, TRUE);
  else if (response != NULL)
    self->early = gcoap_message_ref (response);
  if (waiting != NULL && self->body.peer != NULL)
    {
      self->is_complete = TRUE;
      gcoap_bodies_remove (&self->provider->bodies, &self->body);
    }
}

static void
waiting_cancelled_cb (GcoapExchange *exchange G_GNUC_UNUSED,
                      gpointer       data)
{
  g_clear_object (&((Received *) data)->waiting);
}

static void
write_block (Received      *self,
             GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (request, &length);

  gcoap_body_assembly_append (&self->assembly, data, length);
  if (length == 0)
    {
      block_written (self);
      return;
    }
  self->writing = gcoap_message_ref (request);
  g_output_stream_write_all_async (gcoap_exchange_get_request_sink (self->inner), data, length,
                                   G_PRIORITY_DEFAULT, NULL, written_cb, received_ref (self));
}

/* Hands the request to the responder, with the first block. */
static void
open_inner (Received      *self,
            GcoapExchange *exchange)
{
  g_autoptr (GcoapMessage) request = make_request (self, exchange, NULL);

  self->inner = gcoap_exchange_derive (exchange, request);
  gcoap_exchange_open (self->inner, inner_answered_cb, received_ref (self), received_unref);
  gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (self->provider), self->inner);
}

static void
take_in_stream (Received              *self,
                GcoapExchange         *exchange,
                const GcoapBlockValue *value)
{
  g_autoptr (Received) held = received_ref (self);

  if (self->early != NULL)
    {
      g_autoptr (GcoapMessage) early = g_steal_pointer (&self->early);

      self->is_complete = TRUE;
      gcoap_bodies_remove (&self->provider->bodies, &self->body);
      gcoap_block_serving_send (self->provider, exchange, early, NULL);
      return;
    }
  if (self->writing != NULL || self->waiting != NULL)
    {
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE,
                                    "Another block is being written.");
      return;
    }
  self->waiting = g_object_ref (exchange);
  if (self->inner == NULL)
    open_inner (self, exchange);
  else
    gcoap_exchange_set_cancel_callback (exchange, waiting_cancelled_cb, received_ref (self),
                                        received_unref);
  if (!gcoap_exchange_is_open (self->inner)
      || gcoap_exchange_get_request_sink (self->inner) == NULL)
    return;
  if (!value->more)
    {
      self->is_complete = TRUE;
      self->held = g_object_ref (self->provider);
      if (self->body.peer != NULL)
        gcoap_bodies_remove (&self->provider->bodies, &self->body);
    }
  write_block (self, exchange);
}

/* Into memory */

static void
take_in_memory (GcoapBlockwise        *provider,
                Received              *self,
                GcoapExchange         *exchange,
                const GcoapBlockValue *value)
{
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GBytes) body = NULL;

  if (!gcoap_bodies_resize (&provider->bodies, &self->body, (gsize) self->assembly.received + length))
    {
      gcoap_bodies_remove (&provider->bodies, &self->body);
      refuse_size (provider, exchange);
      return;
    }
  gcoap_body_assembly_append (&self->assembly, data, length);
  if (value->more)
    {
      answer_continue (provider, exchange);
      return;
    }
  body = gcoap_body_assembly_steal (&self->assembly);
  request = make_request (self, exchange, body);
  gcoap_bodies_remove (&provider->bodies, &self->body);
  gcoap_block_serving_pass (provider, exchange, request);
}

void
gcoap_block_reception_put_back (GcoapBlockwise *provider,
                                GcoapExchange  *exchange,
                                GcoapMessage   *body)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GBytes) key = NULL;
  GcoapBlockValue value;
  Received *self;
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (body, &length);
  guint64 offset;

  if (!gcoap_block_value_read (request, GCOAP_OPTION_BLOCK1, &value) || value.number == 0)
    return;
  offset = gcoap_block_value_get_offset (&value);
  /* A body that went to a stream is not there. */
  if (offset > length)
    return;
  key = gcoap_blockwise_get_key (request);
  self = received_new (provider, body, GCOAP_BODY_HANDLING_ASSEMBLED);
  gcoap_body_assembly_append (&self->assembly, data, (gsize) offset);
  if (!gcoap_bodies_add (&provider->bodies, &self->body, gcoap_blockwise_get_peer (exchange), key,
                         gcoap_blockwise_get_now (provider)))
    received_unref (self);
  else if (!gcoap_bodies_resize (&provider->bodies, &self->body, (gsize) offset))
    gcoap_bodies_remove (&provider->bodies, &self->body);
  gcoap_blockwise_update_expiry (provider);
}

/* The body the block belongs to, a new one for the first; NULL if the block has
 * been answered already. */
static Received *
find_or_start (GcoapBlockwise        *provider,
               GcoapExchange         *exchange,
               const GcoapBlockValue *value,
               GcoapBodyHandling      handling)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GcoapEndpointAddress *peer = gcoap_blockwise_get_peer (exchange);
  g_autoptr (GBytes) key = gcoap_blockwise_get_key (request);
  gint64 now = gcoap_blockwise_get_now (provider);
  Received *self;
  guint size;

  if (value->number > 0)
    {
      self = (Received *) gcoap_bodies_find (&provider->bodies, GCOAP_BODY_REQUEST, peer, key, now);
      if (self == NULL)
        gcoap_block_reception_refuse (exchange, GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE,
                                      "The blocks before this one are not here.");
      return self;
    }
  self = received_new (provider, request, handling);
  if (gcoap_message_get_option_uint (request, GCOAP_OPTION_SIZE1, &size)
      && size > self->assembly.maximum)
    {
      received_unref (self);
      refuse_size (provider, exchange);
      return NULL;
    }
  /* RFC 7959 §2.5: a new sequence overwrites what may be left of an old one. */
  if (!gcoap_bodies_add (&provider->bodies, &self->body, peer, key, now))
    {
      received_unref (self);
      gcoap_statistics_count (provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE,
                                    "Too many bodies are being received.");
      return NULL;
    }
  return self;
}

/* Whether it is the latest block once more. A peer that has not heard our answer
 * may have asked for so long that its message is not recognised any more. */
static gboolean
is_repeated (Received      *self,
             GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);

  return self->latest != NULL && self->waiting == NULL && gcoap_message_equal (self->latest, request);
}

static void
take (GcoapBlockwise        *provider,
      Received              *self,
      GcoapExchange         *exchange,
      const GcoapBlockValue *value)
{
  g_clear_pointer (&self->latest, gcoap_message_unref);
  self->latest = gcoap_message_ref (gcoap_exchange_get_request (exchange));
  if (self->assembly.is_stored)
    take_in_memory (provider, self, exchange, value);
  else
    take_in_stream (self, exchange, value);
}

void
gcoap_block_reception_take (GcoapBlockwise        *provider,
                            GcoapExchange         *exchange,
                            const GcoapBlockValue *value,
                            GcoapBodyHandling      handling)
{
  Received *self;
  gsize length;

  gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);
  if (!gcoap_block_value_matches_payload (value, length))
    {
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_BAD_REQUEST,
                                    "The payload is not as long as the block.");
      return;
    }
  self = find_or_start (provider, exchange, value, handling);
  if (self == NULL)
    {
      gcoap_blockwise_update_expiry (provider);
      return;
    }
  gcoap_bodies_touch (&provider->bodies, &self->body, gcoap_blockwise_get_now (provider));
  switch (gcoap_body_assembly_check (&self->assembly, value, length))
    {
    case GCOAP_ASSEMBLY_GOOD:
      take (provider, self, exchange, value);
      break;
    case GCOAP_ASSEMBLY_TOO_LARGE:
      gcoap_bodies_remove (&provider->bodies, &self->body);
      refuse_size (provider, exchange);
      break;
    case GCOAP_ASSEMBLY_OUT_OF_ORDER:
    case GCOAP_ASSEMBLY_BAD_PAYLOAD:
    default:
      if (is_repeated (self, exchange))
        {
          answer_continue (provider, exchange);
          break;
        }
      /* RFC 7959 §2.5: what has come stays, for this one may be a latecomer. */
      gcoap_block_reception_refuse (exchange, GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE,
                                    "The blocks before this one are not here.");
    }
  gcoap_blockwise_update_expiry (provider);
}
