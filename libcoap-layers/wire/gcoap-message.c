/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a message, its code and its payload. Its options by number are in
 * gcoap-message-generic-options.c; the accessors named after an option are
 * generated: gcoap-message-options.c.
 */
#include "wire/gcoap-message.h"

#include <string.h>

#include "wire/gcoap-message-private.h"

/* Room in the allocation of a message made here, enough for most. */
#define OWN_VIEWS 6
#define OWN_BYTES 64

/**
 * GcoapMessage:
 *
 * A CoAP message: a code, options and a payload.
 *
 * A message is a value: it knows neither where it comes from nor where it
 * goes, and has no message ID or token. Make one with [ctor@Message.new] or
 * [ctor@Message.new_for_uri], or a response with [ctor@Message.new_text], and
 * set what it needs; the stack locks it when it is handed over. From then on it
 * cannot be changed, but [method@Message.copy] gives one that can be: the copy
 * shares options and payload until it is changed, so copies are cheap.
 *
 * Each registered option has its own functions, such as
 * [method@Message.get_content_format]; the generic ones, such as
 * [method@Message.get_option], deal with any number. An elective option that is
 * repeated though it may not be, or has a length out of its range, counts as
 * absent (RFC 7252 §5.4.1, §5.4.3, §5.4.5); only
 * [method@Message.get_option_number_at] shows it.
 *
 * A message is for one thread at a time; a locked one may be read by several.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (GcoapMessage, gcoap_message, gcoap_message_ref, gcoap_message_unref)

static GcoapMessage *
alloc_message (GcoapCode code,
               gsize     extra)
{
  GcoapMessage *self = gcoap_box_alloc (sizeof (GcoapMessage) + extra);

  self->ref_count = 1;
  self->code = code;
  self->is_locked = FALSE;
  self->is_repeatable = FALSE;
  self->owns_options = TRUE;
  self->options = &self->own_options;
  self->payload = NULL;
  self->payload_length = 0;
  self->payload_bytes = NULL;
  self->payload_box = NULL;
  self->destination = NULL;

  return self;
}

/* A message made here, with @extra bytes behind what it has for its options. */
static GcoapMessage *
new_with_extra (GcoapCode code,
                gsize     extra)
{
  GcoapMessage *self = alloc_message (code, OWN_VIEWS * sizeof (GcoapOptionView) + OWN_BYTES + extra);
  GcoapOptionView *views = (GcoapOptionView *) (self + 1);

  gcoap_options_init (&self->own_options, self, views, OWN_VIEWS,
                      (guint8 *) (views + OWN_VIEWS), OWN_BYTES);
  return self;
}

/**
 * gcoap_message_new:
 * @code: what is asked for, or how it came out
 *
 * Creates a message without options and payload.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_message_new (GcoapCode code)
{
  g_return_val_if_fail ((guint) code <= 0xff, NULL);

  return new_with_extra (code, 0);
}

/**
 * gcoap_message_new_text:
 * @code: what is asked for, or how it came out
 * @text: the payload
 *
 * Creates a message with a text as payload.
 *
 * Its Content-Format is `text/plain; charset=utf-8`, except in an error
 * response, whose text is a diagnostic payload without one (RFC 7252 §5.5.2).
 *
 * Returns: (transfer full): a new message
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_message_new_text (GcoapCode   code,
                        const char *text)
{
  GcoapMessage *self;
  gsize length;

  g_return_val_if_fail ((guint) code <= 0xff, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  /* The text lies in the message's own box: one allocation for all. */
  length = strlen (text);
  self = new_with_extra (code, length);
  if (!gcoap_code_is_error (code) && !gcoap_code_is_signaling (code))
    gcoap_message_set_option_uint (self, GCOAP_OPTION_CONTENT_FORMAT, 0);
  if (length > 0)
    {
      guint8 *place = (guint8 *) ((GcoapOptionView *) (self + 1) + OWN_VIEWS) + OWN_BYTES;

      self->payload = memcpy (place, text, length);
      self->payload_length = length;
    }

  return self;
}

GcoapMessage *
gcoap_message_new_received (GcoapCode     code,
                            const guint8 *data,
                            gsize         length,
                            guint         capacity)
{
  GcoapMessage *self = alloc_message (code, capacity * sizeof (GcoapOptionView) + length);
  GcoapOptionView *views = (GcoapOptionView *) (self + 1);
  guint8 *bytes = (guint8 *) (views + capacity);

  gcoap_options_init (&self->own_options, self, views, (guint16) capacity, bytes, 0);
  if (length > 0)
    memcpy (bytes, data, length);

  return self;
}

/**
 * gcoap_message_ref:
 * @self: a message
 *
 * Acquires a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_message_ref (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_int_inc (&self->ref_count);

  return self;
}

/**
 * gcoap_message_unref:
 * @self: (transfer full): a message
 *
 * Releases a reference; the last one frees the message.
 *
 * Since: 0.1
 */
void
gcoap_message_unref (GcoapMessage *self)
{
  g_return_if_fail (self != NULL);

  if (!gcoap_box_drop (&self->ref_count))
    return;

  g_clear_pointer (&self->payload_bytes, g_bytes_unref);
  g_clear_pointer (&self->payload_box, gcoap_box_unref);
  g_clear_pointer (&self->destination, g_ref_string_release);
  /* Its own set goes with the box, which a copy may still keep. */
  if (self->options != &self->own_options)
    gcoap_options_unref (self->options);
  gcoap_box_unref (self);
}

/**
 * gcoap_message_copy:
 * @self: a message
 *
 * Copies a message, to change the copy.
 *
 * The copy is not locked. It shares options and payload with the original
 * until one of the two changes.
 *
 * Returns: (transfer full): a new message
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_message_copy (GcoapMessage *self)
{
  GcoapMessage *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = alloc_message (self->code, 0);
  copy->is_repeatable = self->is_repeatable;
  copy->options = gcoap_options_ref (self->options);
  copy->owns_options = FALSE;
  /* A locked message changes no more, so nothing is written to it: another
   * thread may be reading. */
  if (!self->is_locked)
    self->owns_options = FALSE;

  copy->payload = self->payload;
  copy->payload_length = self->payload_length;
  if (self->payload != NULL)
    {
      GBytes *bytes = g_atomic_pointer_get (&self->payload_bytes);

      if (bytes != NULL)
        copy->payload_bytes = g_bytes_ref (bytes);
      else
        copy->payload_box = gcoap_box_ref (self->payload_box != NULL ? self->payload_box : self);
    }
  if (self->destination != NULL)
    copy->destination = g_ref_string_acquire (self->destination);

  return copy;
}

/**
 * gcoap_message_lock:
 * @self: a message
 *
 * Locks a message.
 *
 * After this, [method@Message.copy] is the way to a changed one. The stack
 * locks every message handed to it. Locking twice does nothing.
 *
 * Since: 0.1
 */
void
gcoap_message_lock (GcoapMessage *self)
{
  g_return_if_fail (self != NULL);

  if (!self->is_locked)
    self->is_locked = TRUE;
}

/**
 * gcoap_message_is_locked:
 * @self: a message
 *
 * Says whether the message can no longer be changed.
 *
 * Returns: %TRUE if it is locked
 *
 * Since: 0.1
 */
gboolean
gcoap_message_is_locked (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_locked;
}

/**
 * gcoap_message_get_code:
 * @self: a message
 *
 * Gets the code.
 *
 * A message from the network may have one that is not registered.
 *
 * Returns: the code, 0 to 255
 *
 * Since: 0.1
 */
GcoapCode
gcoap_message_get_code (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, GCOAP_CODE_EMPTY);

  return self->code;
}

/**
 * gcoap_message_set_code:
 * @self: a message that is not locked
 * @code: the code, 0 to 255
 *
 * Sets the code.
 *
 * Since: 0.1
 */
void
gcoap_message_set_code (GcoapMessage *self,
                        GcoapCode     code)
{
  gboolean numbers_change;

  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->is_locked);
  g_return_if_fail ((guint) code <= 0xff);

  /* RFC 8323 §5.2: a signal's option numbers mean something else. */
  numbers_change = code != self->code &&
                   (gcoap_code_is_signaling (code) || gcoap_code_is_signaling (self->code));
  self->code = code;

  if (numbers_change && self->options->n_views > 0)
    {
      if (!self->owns_options)
        {
          GcoapOptions *options = gcoap_options_clone (self->options);

          if (self->options != &self->own_options)
            gcoap_options_unref (self->options);
          self->options = options;
          self->owns_options = TRUE;
        }
      gcoap_options_refresh (self->options, code);
    }
}

/**
 * gcoap_message_get_payload:
 * @self: a message
 *
 * Gets the payload.
 *
 * Returns: (transfer none) (nullable): the payload, or %NULL if there is none
 *
 * Since: 0.1
 */
GBytes *
gcoap_message_get_payload (GcoapMessage *self)
{
  GBytes *bytes;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->payload == NULL)
    return NULL;

  bytes = g_atomic_pointer_get (&self->payload_bytes);
  if (bytes == NULL)
    {
      gpointer box = self->payload_box != NULL ? self->payload_box : self;

      bytes = g_bytes_new_with_free_func (self->payload, self->payload_length,
                                          gcoap_box_unref, gcoap_box_ref (box));
      /* Two threads may read a locked message. */
      if (!g_atomic_pointer_compare_and_exchange (&self->payload_bytes, NULL, bytes))
        {
          g_bytes_unref (bytes);
          bytes = g_atomic_pointer_get (&self->payload_bytes);
        }
    }

  return bytes;
}

/**
 * gcoap_message_set_payload:
 * @self: a message that is not locked
 * @payload: (nullable): the payload; %NULL and an empty one mean none
 *
 * Sets the payload, without copying it.
 *
 * Since: 0.1
 */
void
gcoap_message_set_payload (GcoapMessage *self,
                           GBytes       *payload)
{
  GBytes *bytes = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->is_locked);

  if (payload != NULL && g_bytes_get_size (payload) > 0)
    bytes = g_bytes_ref (payload);

  g_clear_pointer (&self->payload_bytes, g_bytes_unref);
  g_clear_pointer (&self->payload_box, gcoap_box_unref);

  self->payload_bytes = bytes;
  self->payload = bytes != NULL ? g_bytes_get_data (bytes, &self->payload_length) : NULL;
  if (bytes == NULL)
    self->payload_length = 0;
}

/**
 * gcoap_message_get_payload_data:
 * @self: a message
 * @length: (out): how many bytes there are
 *
 * Gets the bytes of the payload.
 *
 * They are valid as long as the message is neither changed nor freed.
 *
 * Returns: (transfer none) (nullable) (array length=length): the bytes, or
 *   %NULL if there are none
 *
 * Since: 0.1
 */
const guint8 *
gcoap_message_get_payload_data (GcoapMessage *self,
                                gsize        *length)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (length != NULL, NULL);

  *length = self->payload_length;

  return self->payload;
}

/**
 * gcoap_message_set_payload_data:
 * @self: a message that is not locked
 * @data: (nullable) (array length=length): the bytes
 * @length: how many bytes there are; 0 for no payload
 *
 * Sets the payload to a copy of some bytes.
 *
 * Since: 0.1
 */
void
gcoap_message_set_payload_data (GcoapMessage *self,
                                const guint8 *data,
                                gsize         length)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->is_locked);
  g_return_if_fail (data != NULL || length == 0);

  if (length > 0)
    bytes = g_bytes_new (data, length);
  gcoap_message_set_payload (self, bytes);
}

/**
 * gcoap_message_get_destination:
 * @self: a message
 *
 * Gets where a request made from a URI shall go.
 *
 * This is not part of the message on the wire.
 *
 * Returns: (transfer none) (nullable): an origin, such as `coap://host:61616`,
 *   or %NULL if the message was not made for a URI
 *
 * Since: 0.1
 */
const char *
gcoap_message_get_destination (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->destination;
}

/**
 * gcoap_message_set_destination:
 * @self: a message that is not locked
 * @destination: (nullable): an origin, such as `coap://host:61616`
 *
 * Sets where the request shall go.
 *
 * Since: 0.1
 */
void
gcoap_message_set_destination (GcoapMessage *self,
                               const char   *destination)
{
  char *copy = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->is_locked);

  if (destination != NULL)
    copy = g_ref_string_new (destination);
  g_clear_pointer (&self->destination, g_ref_string_release);
  self->destination = copy;
}

/**
 * gcoap_message_is_repeatable:
 * @self: a response
 *
 * Says whether the request may be executed anew when it arrives again.
 *
 * Returns: %TRUE if the message layer need not keep this response
 *
 * Since: 0.1
 */
gboolean
gcoap_message_is_repeatable (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_repeatable;
}

/**
 * gcoap_message_set_repeatable:
 * @self: a response, locked or not
 * @repeatable: whether the request may be executed anew
 *
 * Allows the request to be executed anew when it arrives again.
 *
 * Then the message layer need not keep the response to answer a repeated
 * request (RFC 7252 §4.5). This is not part of the message, but of how it is
 * sent: the token layer sets it of a locked message too, just before sending.
 *
 * Since: 0.1
 */
void
gcoap_message_set_repeatable (GcoapMessage *self,
                              gboolean      repeatable)
{
  g_return_if_fail (self != NULL);

  self->is_repeatable = repeatable != FALSE;
}

/**
 * gcoap_message_equal:
 * @self: a message
 * @other: another message
 *
 * Compares two messages: their codes, options and payloads.
 *
 * Returns: %TRUE if they are the same on the wire
 *
 * Since: 0.1
 */
gboolean
gcoap_message_equal (GcoapMessage *self,
                     GcoapMessage *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  if (self->code != other->code || self->options->n_views != other->options->n_views ||
      self->payload_length != other->payload_length)
    return FALSE;

  for (guint i = 0; i < self->options->n_views; i++)
    {
      const GcoapOptionView *a = &self->options->views[i];
      const GcoapOptionView *b = &other->options->views[i];

      if (a->number != b->number || a->length != b->length ||
          memcmp (a->data, b->data, a->length) != 0)
        return FALSE;
    }

  return self->payload_length == 0 ||
         memcmp (self->payload, other->payload, self->payload_length) == 0;
}
