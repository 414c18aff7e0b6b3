/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as people type them. strtoul() and its kin take signs, white space
 * and the locale's digits, and are silent about what follows; these do not. */
#include "common/tool-number.h"

#include <libcoap-layers/gcoap.h>

#include <string.h>

gboolean
tool_parse_uint (const char *text,
                 const char *what,
                 guint64     min,
                 guint64     max,
                 guint64    *value,
                 GError    **error)
{
  guint64 result = 0;
  gboolean is_good = *text != '\0';

  for (const char *p = text; *p != '\0' && is_good; p++)
    {
      is_good = g_ascii_isdigit (*p)
                && g_uint64_checked_mul (&result, result, 10)
                && g_uint64_checked_add (&result, result, (guint64) g_ascii_digit_value (*p));
    }
  if (!is_good || result < min || result > max)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "%s is a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                   ", not “%s”.", what, min, max, text);
      return FALSE;
    }

  *value = result;
  return TRUE;
}

static gboolean
read_milliseconds (const char *text,
                   guint       max,
                   guint      *milliseconds)
{
  const char *p = text;
  guint64 result = 0;
  guint scale = 1000;
  gboolean has_digits = FALSE;

  for (; g_ascii_isdigit (*p); p++, has_digits = TRUE)
    {
      result = result * 10 + (guint64) g_ascii_digit_value (*p) * 1000;
      if (result > max)
        return FALSE;
    }
  if (*p == '.')
    {
      gboolean is_fractional = FALSE;

      for (p++; g_ascii_isdigit (*p); p++, has_digits = TRUE)
        {
          scale /= 10;
          result += (guint) g_ascii_digit_value (*p) * scale;
          /* Less than a millisecond is rounded up, so that it is not nothing. */
          is_fractional |= scale == 0 && *p != '0';
        }
      result += is_fractional ? 1 : 0;
    }

  *milliseconds = (guint) MIN (result, G_MAXUINT);
  return has_digits && *p == '\0' && result <= max;
}

gboolean
tool_parse_seconds (const char *text,
                    const char *what,
                    guint       min,
                    guint       max,
                    guint      *milliseconds,
                    GError    **error)
{
  guint result;

  if (!read_milliseconds (text, max, &result) || result < min)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "%s is a number of seconds from %g to %.10g, not “%s”.",
                   what, min / 1000.0, max / 1000.0, text);
      return FALSE;
    }

  *milliseconds = result;
  return TRUE;
}

GByteArray *
tool_parse_hex (const char *text,
                GError    **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize length = strlen (text);
  gboolean is_good = length % 2 == 0 && length >= 2 && text[0] == '0' && (text[1] | 0x20) == 'x';

  for (gsize i = 2; i < length && is_good; i += 2)
    {
      int high = g_ascii_xdigit_value (text[i]);
      int low = g_ascii_xdigit_value (text[i + 1]);

      is_good = high >= 0 && low >= 0;
      if (is_good)
        {
          guint8 byte = (guint8) (high * 16 + low);

          g_byte_array_append (bytes, &byte, 1);
        }
    }
  if (!is_good)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "“%s” is not hexadecimal: 0x and two digits for each byte are wanted.", text);
      return NULL;
    }

  return g_steal_pointer (&bytes);
}
