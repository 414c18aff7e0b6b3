/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options of a message by number, whatever they mean. */
#include "wire/gcoap-message.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-message-private.h"

/**
 * gcoap_message_has_option:
 * @self: a message
 * @number: an option number
 *
 * Says whether the message has an option of this number.
 *
 * Returns: %TRUE if it has at least one
 *
 * Since: 0.1
 */
gboolean
gcoap_message_has_option (GcoapMessage *self,
                          guint         number)
{
  g_return_val_if_fail (self != NULL, FALSE);

  /* One bit per number; only the last stands for several. */
  if (number < GCOAP_OPTIONS_HIGH_BIT)
    return gcoap_options_may_have (self->options, number);

  return gcoap_options_find (self->options, number, 0) != NULL;
}

/**
 * gcoap_message_count_option:
 * @self: a message
 * @number: an option number
 *
 * Counts the options of this number.
 *
 * Returns: how many there are
 *
 * Since: 0.1
 */
guint
gcoap_message_count_option (GcoapMessage *self,
                            guint         number)
{
  guint count = 0;

  g_return_val_if_fail (self != NULL, 0);

  if (!gcoap_options_may_have (self->options, number))
    return 0;

  for (guint i = 0; i < self->options->n_views; i++)
    {
      const GcoapOptionView *view = &self->options->views[i];

      if (view->number == number && view->state != GCOAP_OPTION_STATE_IGNORED)
        count++;
    }

  return count;
}

/**
 * gcoap_message_get_n_options:
 * @self: a message
 *
 * Counts all options, with those that the other getters ignore.
 *
 * Returns: how many there are
 *
 * Since: 0.1
 */
guint
gcoap_message_get_n_options (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->options->n_views;
}

/**
 * gcoap_message_peek_option_at: (skip)
 * @self: a message
 * @position: 0 to the number of options minus one
 * @number: (out) (optional): the option's number
 * @data: (out) (optional): its value, valid until the message is changed or freed
 * @length: (out) (optional): the length of the value in bytes
 *
 * Gets the option at a position, in the order of numbers.
 *
 * This shows all options, with those that the other getters ignore.
 *
 * Returns: %TRUE if there is such an option
 *
 * Since: 0.1
 */
gboolean
gcoap_message_peek_option_at (GcoapMessage  *self,
                              guint          position,
                              guint         *number,
                              const guint8 **data,
                              gsize         *length)
{
  const GcoapOptionView *view;

  g_return_val_if_fail (self != NULL, FALSE);

  if (position >= self->options->n_views)
    return FALSE;

  view = &self->options->views[position];
  if (number != NULL)
    *number = view->number;
  if (data != NULL)
    *data = view->data;
  if (length != NULL)
    *length = view->length;

  return TRUE;
}

/**
 * gcoap_message_get_option_number_at:
 * @self: a message
 * @position: 0 to [method@Message.get_n_options] minus one
 *
 * Gets the number of the option at a position, in ascending order.
 *
 * This shows all options, with those that the other getters ignore.
 *
 * Returns: an option number
 *
 * Since: 0.1
 */
guint
gcoap_message_get_option_number_at (GcoapMessage *self,
                                    guint         position)
{
  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (position < self->options->n_views, 0);

  return self->options->views[position].number;
}

/**
 * gcoap_message_peek_option: (skip)
 * @self: a message
 * @number: an option number
 * @index: which of the options of this number, from 0
 * @length: (out): the length of the value in bytes
 *
 * Gets the bytes of an option's value, without a copy.
 *
 * They are valid as long as the message is neither changed nor freed.
 *
 * Returns: (nullable): the value, not %NULL even if empty; %NULL if there is
 *   no such option
 *
 * Since: 0.1
 */
const guint8 *
gcoap_message_peek_option (GcoapMessage *self,
                           guint         number,
                           guint         index,
                           gsize        *length)
{
  const GcoapOptionView *view;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (length != NULL, NULL);

  view = gcoap_options_find (self->options, number, index);
  *length = view != NULL ? view->length : 0;

  return view != NULL ? view->data : NULL;
}

/**
 * gcoap_message_get_option:
 * @self: a message
 * @number: an option number
 * @index: which of the options of this number, from 0
 *
 * Gets the value of an option.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL if there is no such
 *   option
 *
 * Since: 0.1
 */
GBytes *
gcoap_message_get_option (GcoapMessage *self,
                          guint         number,
                          guint         index)
{
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (self != NULL, NULL);

  data = gcoap_message_peek_option (self, number, index, &length);

  return data != NULL ? g_bytes_new (data, length) : NULL;
}

/**
 * gcoap_message_get_option_uint:
 * @self: a message
 * @number: an option number
 * @value: (out) (optional): the value; 0 if there is no such option
 *
 * Gets the value of an option that is an unsigned integer.
 *
 * Leading zeros are accepted (RFC 7252 §3.2).
 *
 * Returns: %TRUE if there is such an option, of 4 bytes at most
 *
 * Since: 0.1
 */
gboolean
gcoap_message_get_option_uint (GcoapMessage *self,
                               guint         number,
                               guint        *value)
{
  const GcoapOptionView *view;
  guint result = 0;

  g_return_val_if_fail (self != NULL, FALSE);

  view = gcoap_options_find (self->options, number, 0);
  if (view != NULL && view->length > 4)
    view = NULL;

  if (view != NULL)
    {
      for (gsize i = 0; i < view->length; i++)
        result = result << 8 | view->data[i];
    }
  if (value != NULL)
    *value = result;

  return view != NULL;
}

char *
gcoap_message_dup_text (const GcoapOptionView *view)
{
  if (view->length == 0)
    return g_strdup ("");

  return g_utf8_make_valid ((const char *) view->data, view->length);
}

/**
 * gcoap_message_get_option_string:
 * @self: a message
 * @number: an option number
 * @index: which of the options of this number, from 0
 *
 * Gets the value of an option that is text.
 *
 * What is not UTF-8 in it, and a NUL, is replaced by U+FFFD; so a text never
 * looks shorter than it is. [method@Message.get_option] has the exact bytes.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if there is no such
 *   option
 *
 * Since: 0.1
 */
char *
gcoap_message_get_option_string (GcoapMessage *self,
                                 guint         number,
                                 guint         index)
{
  const GcoapOptionView *view;

  g_return_val_if_fail (self != NULL, NULL);

  view = gcoap_options_find (self->options, number, index);

  return view != NULL ? gcoap_message_dup_text (view) : NULL;
}

static void
edit (GcoapMessage     *self,
      GcoapOptionsEdit  how,
      guint             number,
      const guint8     *data,
      gsize             length)
{
  self->options = gcoap_options_edit (self->options, self, self->owns_options, self->code,
                                      how, number, data, length);
  self->owns_options = TRUE;
}

/* Puts a value of the caller's into the message, if it fits. */
static void
put (GcoapMessage     *self,
     GcoapOptionsEdit  how,
     guint             number,
     const guint8     *data,
     gsize             length)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->is_locked);
  g_return_if_fail (number <= G_MAXUINT16);
  g_return_if_fail (data != NULL || length == 0);
  g_return_if_fail (length <= GCOAP_OPTION_LENGTH_MAX);
  g_return_if_fail (self->options->n_views < GCOAP_OPTIONS_MAX_COUNT);
  g_return_if_fail (length <= GCOAP_OPTIONS_MAX_SIZE - self->options->total_length);

  edit (self, how, number, data, length);
}

/**
 * gcoap_message_add_option:
 * @self: a message that is not locked
 * @number: an option number, 0 to 65535
 * @data: (nullable) (array length=length): the value
 * @length: the length of the value in bytes, at most 65804
 *
 * Adds an option after those of the same number that there are.
 *
 * A message has at most 256 options, whose values take at most 256 KiB; half of
 * both for a message from the network, so that what came can be added to.
 *
 * Since: 0.1
 */
void
gcoap_message_add_option (GcoapMessage *self,
                          guint         number,
                          const guint8 *data,
                          gsize         length)
{
  put (self, GCOAP_OPTIONS_EDIT_ADD, number, data, length);
}

/**
 * gcoap_message_add_option_string:
 * @self: a message that is not locked
 * @number: an option number, 0 to 65535
 * @value: the value, in UTF-8
 *
 * Adds an option that is text after those of the same number that there are.
 *
 * Since: 0.1
 */
void
gcoap_message_add_option_string (GcoapMessage *self,
                                 guint         number,
                                 const char   *value)
{
  g_return_if_fail (value != NULL);

  gcoap_message_add_option (self, number, (const guint8 *) value, strlen (value));
}

/**
 * gcoap_message_set_option:
 * @self: a message that is not locked
 * @number: an option number, 0 to 65535
 * @data: (nullable) (array length=length): the value
 * @length: the length of the value in bytes, at most 65804
 *
 * Replaces all options of this number by one.
 *
 * Since: 0.1
 */
void
gcoap_message_set_option (GcoapMessage *self,
                          guint         number,
                          const guint8 *data,
                          gsize         length)
{
  put (self, GCOAP_OPTIONS_EDIT_REPLACE, number, data, length);
}

/**
 * gcoap_message_set_option_uint:
 * @self: a message that is not locked
 * @number: an option number, 0 to 65535
 * @value: the value
 *
 * Replaces all options of this number by one that is an unsigned integer.
 *
 * It is written in as few bytes as possible: none for 0 (RFC 7252 §3.2).
 *
 * Since: 0.1
 */
void
gcoap_message_set_option_uint (GcoapMessage *self,
                               guint         number,
                               guint         value)
{
  guint8 bytes[4] = { value >> 24, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff };
  guint skipped = 0;

  while (skipped < sizeof (bytes) && bytes[skipped] == 0)
    skipped++;

  gcoap_message_set_option (self, number, bytes + skipped, sizeof (bytes) - skipped);
}

/**
 * gcoap_message_set_option_string:
 * @self: a message that is not locked
 * @number: an option number, 0 to 65535
 * @value: the value, in UTF-8
 *
 * Replaces all options of this number by one that is text.
 *
 * Since: 0.1
 */
void
gcoap_message_set_option_string (GcoapMessage *self,
                                 guint         number,
                                 const char   *value)
{
  g_return_if_fail (value != NULL);

  gcoap_message_set_option (self, number, (const guint8 *) value, strlen (value));
}

/**
 * gcoap_message_set_option_empty:
 * @self: a message that is not locked
 * @number: an option number, 0 to 65535
 *
 * Replaces all options of this number by one without value.
 *
 * Since: 0.1
 */
void
gcoap_message_set_option_empty (GcoapMessage *self,
                                guint         number)
{
  gcoap_message_set_option (self, number, NULL, 0);
}

/**
 * gcoap_message_remove_option:
 * @self: a message that is not locked
 * @number: an option number
 *
 * Removes all options of this number, if there are any.
 *
 * Since: 0.1
 */
void
gcoap_message_remove_option (GcoapMessage *self,
                             guint         number)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (!self->is_locked);

  /* The presence map does not know those that are ignored. */
  for (guint i = 0; i < self->options->n_views; i++)
    {
      if (self->options->views[i].number == number)
        {
          edit (self, GCOAP_OPTIONS_EDIT_REMOVE, number, NULL, 0);
          break;
        }
    }
}

/**
 * gcoap_message_find_bad_critical_option:
 * @self: a message
 *
 * Finds a critical option that makes the message unacceptable.
 *
 * That is one that is not known, that is repeated though it may not be, or that
 * has a length out of its range (RFC 7252 §5.4.1, §5.4.3, §5.4.5).
 *
 * Returns: the number of the first such option, or 0 if there is none
 *
 * Since: 0.1
 */
guint
gcoap_message_find_bad_critical_option (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->options->bad_critical;
}

static gboolean
check_option (GcoapMessage           *self,
              const GcoapOptionView  *view,
              gboolean                is_repeated,
              GError                **error)
{
  const GcoapOptionDefinition *definition = gcoap_options_lookup (self->code, view->number);

  if (definition == NULL)
    return TRUE;

  if (view->length < definition->min_length || view->length > definition->max_length)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION,
                   "The option %s has %u bytes, but may have %u to %u (RFC 7252 §5.4.3).", definition->name,
                   view->length, definition->min_length, definition->max_length);
      return FALSE;
    }
  if (is_repeated && !definition->repeatable)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION,
                   "The option %s is there more than once (RFC 7252 §5.4.5).", definition->name);
      return FALSE;
    }
  if (definition->format == GCOAP_OPTION_FORMAT_STRING && view->length > 0 &&
      !g_utf8_validate_len ((const char *) view->data, view->length, NULL))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION,
                   "The option %s is not text in UTF-8 (RFC 7252 §3.2).", definition->name);
      return FALSE;
    }

  return TRUE;
}

/**
 * gcoap_message_validate:
 * @self: a message
 * @error: return location for %GCOAP_ERROR_INVALID_OPTION
 *
 * Checks every option against what is known about its number: the length,
 * whether it may be repeated, and that text is UTF-8 without NUL.
 *
 * Unknown options pass. The error names the first option that fails.
 *
 * Returns: %TRUE if all options are as they should be
 *
 * Since: 0.1
 */
gboolean
gcoap_message_validate (GcoapMessage  *self,
                        GError       **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  for (guint i = 0; i < self->options->n_views; i++)
    {
      const GcoapOptionView *view = &self->options->views[i];
      gboolean is_repeated = i > 0 && view[-1].number == view->number;

      if (!check_option (self, view, is_repeated, error))
        return FALSE;
    }

  return TRUE;
}
