/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages as text, for traces and error reports. Whatever bytes a peer sent,
 * the result is one line of UTF-8 without control characters.
 */
#include "wire/gcoap-message-text-private.h"

#include "wire/gcoap-message-private.h"

/* Longer values are cut. */
#define MAX_SHOWN_TEXT 128
#define MAX_SHOWN_BYTES 32

void
gcoap_message_text_append_hex (GString      *text,
                               const guint8 *data,
                               gsize         length)
{
  for (gsize i = 0; i < MIN (length, MAX_SHOWN_BYTES); i++)
    g_string_append_printf (text, "%02x", data[i]);
  if (length > MAX_SHOWN_BYTES)
    g_string_append_printf (text, "... (%" G_GSIZE_FORMAT " bytes)", length);
}

/* Quotes what could be taken for something else: separators, quotation marks,
 * control characters, the lack of anything. */
static void
append_string (GString      *text,
               const guint8 *data,
               gsize         length)
{
  const char *p = (const char *) data;
  const char *end = p + MIN (length, MAX_SHOWN_TEXT);
  gboolean is_plain = length > 0;

  for (const char *c = p; c < end && is_plain; c++)
    is_plain = g_ascii_isgraph (*c) && *c != ',' && *c != '"' && *c != '\\';

  if (!is_plain)
    g_string_append_c (text, '"');
  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);
      gboolean is_char = c != (gunichar) -1 && c != (gunichar) -2;

      if (is_char && c != '"' && c != '\\' && g_unichar_isprint (c))
        {
          g_string_append_unichar (text, c);
          p = g_utf8_next_char (p);
        }
      else
        g_string_append_printf (text, "\\x%02x", (guint8) *p++);
    }
  if (!is_plain)
    g_string_append_c (text, '"');
  if (length > MAX_SHOWN_TEXT)
    g_string_append_printf (text, "... (%" G_GSIZE_FORMAT " bytes)", length);
}

static gboolean
is_block (GcoapCode code,
          guint     number)
{
  return !gcoap_code_is_signaling (code) &&
         (number == GCOAP_OPTION_BLOCK1 || number == GCOAP_OPTION_BLOCK2 ||
          number == GCOAP_OPTION_Q_BLOCK1 || number == GCOAP_OPTION_Q_BLOCK2);
}

static void
append_uint (GString               *text,
             GcoapCode              code,
             const GcoapOptionView *view)
{
  guint value = 0;

  for (guint i = 0; i < view->length; i++)
    value = value << 8 | view->data[i];

  /* RFC 7959 §3 writes blocks so: number, more, size. */
  if (is_block (code, view->number))
    g_string_append_printf (text, "%u/%u/%u", value >> 4, (value >> 3) & 1, 16u << MIN (value & 7, 6));
  else
    g_string_append_printf (text, "%u", value);
}

static void
append_option (GString               *text,
               GcoapCode              code,
               const GcoapOptionView *view)
{
  const GcoapOptionDefinition *definition = gcoap_options_lookup (code, view->number);
  GcoapOptionFormat format = definition != NULL ? definition->format : GCOAP_OPTION_FORMAT_OPAQUE;

  if (definition != NULL)
    g_string_append (text, definition->name);
  else
    g_string_append_printf (text, "Option %u", view->number);

  if (format == GCOAP_OPTION_FORMAT_EMPTY && view->length == 0)
    return;

  g_string_append (text, ": ");
  if (format == GCOAP_OPTION_FORMAT_STRING)
    append_string (text, view->data, view->length);
  else if (format == GCOAP_OPTION_FORMAT_UINT && view->length <= 4)
    append_uint (text, code, view);
  else
    {
      g_string_append (text, "0x");
      gcoap_message_text_append_hex (text, view->data, view->length);
    }

  if (view->state != GCOAP_OPTION_STATE_GOOD && definition != NULL)
    g_string_append (text, " (invalid)");
}

void
gcoap_message_text_append_code (GString   *text,
                                GcoapCode  code)
{
  const char *name = gcoap_code_get_name (code);

  /* A method is known by its name alone; of responses the number is read. */
  if (name == NULL || !gcoap_code_is_request (code))
    g_string_append_printf (text, "%u.%02u", (guint) code >> 5, (guint) code & 31);
  if (name != NULL && !gcoap_code_is_request (code))
    g_string_append_c (text, ' ');
  if (name != NULL)
    g_string_append (text, name);
}

void
gcoap_message_text_append (GString      *text,
                           GcoapMessage *message)
{
  for (guint i = 0; i < message->options->n_views; i++)
    {
      g_string_append (text, ", ");
      append_option (text, message->code, &message->options->views[i]);
    }
  if (message->payload_length > 0)
    g_string_append_printf (text, ", payload %" G_GSIZE_FORMAT " bytes", message->payload_length);
}

/**
 * gcoap_message_to_string:
 * @self: a message
 *
 * Describes a message in one line, for people.
 *
 * It is safe to print whatever the message contains, and long values are cut.
 * The form may change.
 *
 * Returns: (transfer full): such as `GET, Uri-Path: test, payload 12 bytes`
 *
 * Since: 0.1
 */
char *
gcoap_message_to_string (GcoapMessage *self)
{
  GString *text;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  gcoap_message_text_append_code (text, self->code);
  gcoap_message_text_append (text, self);

  return g_string_free (text, FALSE);
}
