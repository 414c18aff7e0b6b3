/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of messages as people write and programs read them; the registry
 * says which form a value has. */
#include "common/tool-option-value.h"

#include <string.h>

#include "common/tool-json.h"
#include "common/tool-number.h"

/* What one message may carry here; the library takes a little more. */
#define MAX_OPTIONS 128
#define MAX_OPTION_BYTES 65804

static gboolean
is_block (guint number)
{
  return number == GCOAP_OPTION_BLOCK1 || number == GCOAP_OPTION_BLOCK2
         || number == GCOAP_OPTION_Q_BLOCK1 || number == GCOAP_OPTION_Q_BLOCK2;
}

/* RFC 7959 §3 writes blocks as number, more and size. */
static gboolean
parse_block (const char *text,
             guint64    *value,
             GError    **error)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 3);
  guint64 number, more, size;
  guint exponent = 4;

  if (g_strv_length (parts) != 3)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "A block is a number, 0 or 1 for more, and a size, as in 2/0/64, not “%s”.", text);
      return FALSE;
    }
  if (!tool_parse_uint (parts[0], "The number of a block", 0, 0xfffff, &number, error)
      || !tool_parse_uint (parts[1], "The more flag of a block", 0, 1, &more, error)
      || !tool_parse_uint (parts[2], "The size of a block", 16, 1024, &size, error))
    return FALSE;
  while (exponent < 10 && (1u << exponent) < size)
    exponent++;
  if ((1u << exponent) != size)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The size of a block is a power of two from 16 to 1024, not “%s”.", parts[2]);
      return FALSE;
    }

  *value = number << 4 | more << 3 | (exponent - 4);
  return TRUE;
}

static gboolean
parse_number (guint       number,
              const char *text,
              guint64    *value,
              GError    **error)
{
  if ((number == GCOAP_OPTION_CONTENT_FORMAT || number == GCOAP_OPTION_ACCEPT)
      && !g_ascii_isdigit (text[0]))
    {
      guint format;

      if (!gcoap_content_format_from_string (text, &format, error))
        return FALSE;
      *value = format;
      return TRUE;
    }
  if (is_block (number) && strchr (text, '/') != NULL)
    return parse_block (text, value, error);

  return tool_parse_uint (text, "Its value", 0, G_MAXUINT32, value, error);
}

static gboolean
add_value (GcoapMessage *message,
           guint         number,
           const char   *text,
           GError      **error)
{
  GcoapOptionFormat format = gcoap_option_number_get_format (number);
  guint64 value;

  if (format == GCOAP_OPTION_FORMAT_EMPTY)
    {
      if (*text != '\0')
        {
          g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, "It takes no value.");
          return FALSE;
        }
      gcoap_message_add_option (message, number, NULL, 0);
    }
  else if (format == GCOAP_OPTION_FORMAT_UINT)
    {
      guint8 bytes[4];
      gsize length = 0;

      if (!parse_number (number, text, &value, error))
        return FALSE;
      /* RFC 7252 §3.2: without leading zeros, so that 0 is no byte at all. */
      for (guint shift = 32; shift > 0; shift -= 8)
        {
          if (length > 0 || (value >> (shift - 8)) != 0)
            bytes[length++] = (guint8) (value >> (shift - 8));
        }
      gcoap_message_add_option (message, number, bytes, length);
    }
  else if (format == GCOAP_OPTION_FORMAT_OPAQUE && g_ascii_strncasecmp (text, "0x", 2) == 0)
    {
      g_autoptr (GByteArray) bytes = tool_parse_hex (text, error);

      if (bytes == NULL)
        return FALSE;
      gcoap_message_add_option (message, number, bytes->data, bytes->len);
    }
  else
    gcoap_message_add_option (message, number, (const guint8 *) text, strlen (text));

  return TRUE;
}

static gboolean
has_room (GcoapMessage *message,
          gsize         length)
{
  guint n_options = gcoap_message_get_n_options (message);

  for (guint i = 0; i < n_options; i++)
    {
      gsize one;

      gcoap_message_peek_option_at (message, i, NULL, NULL, &one);
      length += one;
    }

  return n_options < MAX_OPTIONS && length <= MAX_OPTION_BYTES;
}

gboolean
tool_option_add (GcoapMessage *message,
                 const char   *assignment,
                 GError      **error)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *name = equals != NULL ? g_strndup (assignment, (gsize) (equals - assignment))
                                         : g_strdup (assignment);
  guint number;

  if (!gcoap_option_number_from_string (name, &number, error))
    return FALSE;
  if (equals == NULL && gcoap_option_number_get_format (number) != GCOAP_OPTION_FORMAT_EMPTY)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The option %s needs a value, as in %s=VALUE.", name, name);
      return FALSE;
    }
  if (!has_room (message, equals != NULL ? strlen (equals) : 0))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "There is no room for the option %s: a request has at most %d options of %d bytes in all.",
                   name, MAX_OPTIONS, MAX_OPTION_BYTES);
      return FALSE;
    }
  if (!add_value (message, number, equals != NULL ? equals + 1 : "", error))
    {
      g_prefix_error (error, "The option %s is wrong. ", name);
      return FALSE;
    }

  return TRUE;
}

void
tool_option_append_json (GString      *json,
                         GcoapCode     code,
                         guint         number,
                         const guint8 *data,
                         gsize         length)
{
  /* The options of signalling messages have numbers of their own (RFC 8323 §5.2). */
  gboolean is_known = !gcoap_code_is_signaling (code) && gcoap_option_number_get_name (number) != NULL;
  GcoapOptionFormat format = is_known ? gcoap_option_number_get_format (number)
                                      : GCOAP_OPTION_FORMAT_OPAQUE;

  g_string_append_printf (json, "{\"number\":%u,\"name\":", number);
  if (is_known)
    tool_json_append_string (json, gcoap_option_number_get_name (number), -1);
  else
    g_string_append (json, "null");
  g_string_append (json, ",\"value\":");

  if (format == GCOAP_OPTION_FORMAT_EMPTY && length == 0)
    g_string_append (json, "null");
  else if (format == GCOAP_OPTION_FORMAT_UINT && length <= 4)
    {
      guint32 value = 0;

      for (gsize i = 0; i < length; i++)
        value = value << 8 | data[i];
      g_string_append_printf (json, "%u", value);
    }
  else if (format == GCOAP_OPTION_FORMAT_STRING
           && (length == 0 || g_utf8_validate ((const char *) data, (gssize) length, NULL)))
    tool_json_append_string (json, (const char *) data, (gssize) length);
  else
    {
      g_string_append_c (json, '"');
      for (gsize i = 0; i < length; i++)
        g_string_append_printf (json, "%02x", data[i]);
      g_string_append (json, "\",\"encoding\":\"hex\"");
    }
  g_string_append_c (json, '}');
}
