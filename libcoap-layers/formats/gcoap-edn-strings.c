/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strings of EDN and JSON: text, bytes in three notations, bytes that are
 * encoded items, and what is put together of them. */
#include "formats/gcoap-edn-private.h"

#include <string.h>

#include "formats/gcoap-cbor-item-private.h"

static void
append_character (GByteArray *content,
                  gunichar    c)
{
  char encoded[6];
  int length = g_unichar_to_utf8 (c, encoded);

  g_byte_array_append (content, (const guint8 *) encoded, (guint) length);
}

/* Four hexadecimal digits. */
static gboolean
take_code_unit (GcoapEdnParser *self,
                guint32        *unit,
                GError        **error)
{
  *unit = 0;
  for (guint i = 0; i < 4; i++)
    {
      if (self->p == self->end || !g_ascii_isxdigit (*self->p))
        return gcoap_edn_fail (self, self->p, error, "four hexadecimal digits must follow “\\u”");
      *unit = *unit << 4 | (guint32) g_ascii_xdigit_value (*self->p++);
    }

  return TRUE;
}

static gboolean
take_braced (GcoapEdnParser *self,
             guint32        *c,
             GError        **error)
{
  const char *start = self->p++;

  *c = 0;
  while (self->p < self->end && g_ascii_isxdigit (*self->p))
    {
      *c = *c << 4 | (guint32) g_ascii_xdigit_value (*self->p++);
      if (*c > 0x10ffff)
        return gcoap_edn_fail (self, start, error, "there is no such character");
    }
  if (self->p == start + 1 || self->p == self->end || *self->p != '}')
    return gcoap_edn_fail (self, self->p, error, "hexadecimal digits and “}” must follow “\\u{”");
  self->p++;

  return TRUE;
}

/* After “\u”. */
static gboolean
take_unicode (GcoapEdnParser *self,
              GByteArray     *content,
              GError        **error)
{
  const char *start = self->p - 2;
  guint32 c, low;

  if (!gcoap_edn_is_json (self) && gcoap_edn_is_next (self, "{"))
    {
      if (!take_braced (self, &c, error))
        return FALSE;
    }
  else
    {
      if (!take_code_unit (self, &c, error))
        return FALSE;
      /* RFC 8259 §7: beyond the basic plane a pair of surrogates. */
      if (c >= 0xd800 && c < 0xdc00 && gcoap_edn_is_next (self, "\\u"))
        {
          self->p += 2;
          if (!take_code_unit (self, &low, error))
            return FALSE;
          if (low < 0xdc00 || low > 0xdfff)
            return gcoap_edn_fail (self, start, error, "a surrogate is not followed by the other of its pair");
          c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        }
    }
  if (c >= 0xd800 && c <= 0xdfff)
    return gcoap_edn_fail (self, start, error, "a surrogate without the other of its pair is no character");

  append_character (content, c);

  return TRUE;
}

/* At the backslash. */
static gboolean
take_escape (GcoapEdnParser *self,
             char            quote,
             GByteArray     *content,
             GError        **error)
{
  static const char from[] = "bfnrt\\";
  static const char to[] = "\b\f\n\r\t\\";
  const char *start = self->p++;
  const char *found;
  char c;

  if (self->p == self->end)
    return gcoap_edn_fail (self, start, error, "the input ends inside a string");

  c = *self->p++;
  if (c == 'u')
    return take_unicode (self, content, error);

  found = strchr (from, c);
  if (found != NULL && *found != '\0')
    c = to[found - from];
  else if (c != quote && !(c == '/' && quote == '"'))
    return gcoap_edn_fail (self, start, error, "there is no such escape");
  g_byte_array_append (content, (const guint8 *) &c, 1);

  return TRUE;
}

/* From quote to quote. */
static gboolean
take_quoted (GcoapEdnParser *self,
             GByteArray     *content,
             GError        **error)
{
  const char *start = self->p;
  char quote = *self->p++;
  gboolean json = gcoap_edn_is_json (self);

  while (self->p < self->end && *self->p != quote)
    {
      guchar c = (guchar) *self->p;

      if (c == '\\')
        {
          if (!take_escape (self, quote, content, error))
            return FALSE;
          continue;
        }
      if (c < 0x20 && (json || (c != '\n' && c != '\r')))
        return gcoap_edn_fail (self, self->p, error, "a control character in a string must be escaped");
      /* The EDN draft, §5.1: carriage returns are as if not there. */
      if (c != '\r')
        g_byte_array_append (content, &c, 1);
      self->p++;
    }
  if (self->p == self->end)
    return gcoap_edn_fail (self, start, error, "a string has no end");
  self->p++;

  return TRUE;
}

/* After “h” and the quote: spaces and comments may be between the digits. */
static gboolean
take_hex (GcoapEdnParser *self,
          const char     *start,
          GByteArray     *content,
          GError        **error)
{
  int high = -1;

  for (;;)
    {
      int digit;

      if (!gcoap_edn_skip_space (self, error))
        return FALSE;
      if (self->p == self->end)
        return gcoap_edn_fail (self, start, error, "a string has no end");
      if (*self->p == '\'')
        break;

      digit = g_ascii_xdigit_value (*self->p);
      if (digit < 0)
        return gcoap_edn_fail (self, self->p, error, "this is no hexadecimal digit");
      self->p++;
      if (high < 0)
        {
          high = digit;
        }
      else
        {
          guint8 byte = (guint8) (high << 4 | digit);

          g_byte_array_append (content, &byte, 1);
          high = -1;
        }
    }
  if (high >= 0)
    return gcoap_edn_fail (self, self->p, error, "the number of hexadecimal digits must be even");
  self->p++;

  return TRUE;
}

/* Both alphabets of RFC 4648. */
static int
get_base64_value (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+' || c == '-')
    return 62;

  return c == '/' || c == '_' ? 63 : -1;
}

static void
skip_base64_space (GcoapEdnParser *self)
{
  while (self->p < self->end)
    {
      if (*self->p == '#')
        while (self->p < self->end && *self->p != '\n')
          self->p++;
      else if (strchr (" \t\r\n", *self->p) != NULL)
        self->p++;
      else
        break;
    }
}

/* After “b64” and the quote. */
static gboolean
take_base64 (GcoapEdnParser *self,
             const char     *start,
             GByteArray     *content,
             GError        **error)
{
  guint n_characters = 0, n_padding = 0;
  guint32 bits = 0;

  for (skip_base64_space (self); self->p < self->end && *self->p != '\''; skip_base64_space (self))
    {
      int value = get_base64_value (*self->p);
      guint8 byte;

      if (*self->p == '=' && n_padding < 2)
        {
          n_padding++;
          self->p++;
          continue;
        }
      if (value < 0 || n_padding > 0)
        return gcoap_edn_fail (self, self->p, error, "this cannot be here in base64");

      self->p++;
      n_characters = n_characters % 4 + 1;
      bits = (bits << 6 | (guint32) value) & 0xffffff;
      if (n_characters == 1)
        continue;
      byte = (guint8) (bits >> (8 - 2 * n_characters));
      g_byte_array_append (content, &byte, 1);
    }
  if (self->p == self->end)
    return gcoap_edn_fail (self, start, error, "a string has no end");

  /* RFC 4648 §3.5: the bits that are left over are zero. */
  n_characters %= 4;
  if (n_characters == 1 || (n_padding > 0 && n_characters + n_padding != 4) ||
      (n_characters == 2 && (bits & 0xf) != 0) || (n_characters == 3 && (bits & 0x3) != 0))
    return gcoap_edn_fail (self, self->p, error, "base64 ends too early here");
  self->p++;

  return TRUE;
}

/* Items in “<<” and “>>”. */
static gboolean
take_embedded (GcoapEdnParser *self,
               GByteArray     *content,
               GError        **error)
{
  g_auto (GcoapCborWriter) writer;
  GcoapCborWriter *outer = self->writer;
  GArray *positions = self->positions;
  guint64 n_items;
  gboolean success;

  gcoap_cbor_writer_init (&writer, NULL, 0);
  if (!gcoap_edn_descend (self, error))
    return FALSE;
  self->p += 2;
  self->writer = &writer;
  self->positions = NULL;
  success = gcoap_edn_take_sequence (self, ">>", &n_items, error);
  self->writer = outer;
  self->positions = positions;
  self->depth--;
  if (success)
    g_byte_array_append (content, writer.data, (guint) writer.length);

  return success;
}

/* One string, without what may be joined to it. */
static gboolean
take_part (GcoapEdnParser *self,
           GByteArray     *content,
           gboolean       *is_text,
           GError        **error)
{
  const char *start = self->p;

  *is_text = gcoap_edn_is_next (self, "\"");
  if (*is_text || gcoap_edn_is_next (self, "'"))
    return take_quoted (self, content, error);
  if (gcoap_edn_is_next (self, "h'"))
    {
      self->p += 2;
      return take_hex (self, start, content, error);
    }
  if (gcoap_edn_is_next (self, "b64'"))
    {
      self->p += 4;
      return take_base64 (self, start, content, error);
    }
  if (gcoap_edn_is_next (self, "<<"))
    return take_embedded (self, content, error);

  return gcoap_edn_fail (self, start, error, "a string must be here");
}

gboolean
gcoap_edn_is_string (GcoapEdnParser *self)
{
  static const char *const starts[] = { "\"", "'", "h'", "b64'", "<<" };
  guint n_starts = gcoap_edn_is_json (self) ? 1 : G_N_ELEMENTS (starts);

  for (guint i = 0; i < n_starts; i++)
    {
      if (gcoap_edn_is_next (self, starts[i]))
        return TRUE;
    }

  return FALSE;
}

/* The draft, §2.5: strings with “+” between them are one. */
static gboolean
take_more_parts (GcoapEdnParser *self,
                 GByteArray     *content,
                 gboolean       *is_text,
                 GError        **error)
{
  while (!gcoap_edn_is_json (self))
    {
      const char *start = self->p;
      gboolean is_part_text;

      if (!gcoap_edn_skip_space (self, error))
        return FALSE;
      if (!gcoap_edn_is_next (self, "+"))
        {
          self->p = start;
          return TRUE;
        }
      self->p++;
      if (!gcoap_edn_skip_space (self, error) || !take_part (self, content, &is_part_text, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
gcoap_edn_take_string (GcoapEdnParser *self,
                       guint8         *major,
                       GError        **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  const char *start = self->p;
  guint width;
  gboolean is_text;

  if (!take_part (self, content, &is_text, error) || !take_more_parts (self, content, &is_text, error) ||
      !gcoap_edn_take_indicator (self, &width, error))
    return FALSE;
  if (is_text && !gcoap_cbor_is_utf8 (content->data, content->len))
    return gcoap_edn_fail (self, start, error, "a text is not in UTF-8 once it is put together");

  *major = is_text ? GCOAP_CBOR_MAJOR_TEXT : GCOAP_CBOR_MAJOR_BYTES;
  /* The draft, §2.5.4: the way to write a string of no pieces. */
  if (width == GCOAP_CBOR_WIDTH_INDEFINITE)
    {
      if (content->len > 0)
        return gcoap_edn_fail (self, start, error, "a string of indefinite length is written in pieces, in “(_” and “)”");
      if (!gcoap_edn_descend (self, error))
        return FALSE;
      self->depth--;
      gcoap_cbor_writer_add_head (self->writer, *major, 0, width);
      gcoap_cbor_writer_add_raw (self->writer, (const guint8 *) "\xff", 1);
      return TRUE;
    }
  if (!gcoap_cbor_writer_add_head (self->writer, *major, content->len, width))
    return gcoap_edn_fail (self, start, error, "the length of a string does not fit its encoding indicator");
  gcoap_cbor_writer_add_raw (self->writer, content->data, content->len);

  return TRUE;
}
