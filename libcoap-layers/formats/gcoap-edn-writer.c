/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CBOR to extended diagnostic notation, or to JSON where that is possible. What
 * is written in EDN is parsed to the same bytes again; only a NaN may lose what
 * it carries.
 */
#include "formats/gcoap-edn.h"

#include <math.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-reader-private.h"
#include "formats/gcoap-cbor-writer-private.h"

/* What a line of pretty text holds before it is broken. */
#define LINE_LENGTH 76

/* Longer integers stay byte strings with their tag. */
#define MAX_BIGNUM_SIZE 64

typedef struct
{
  GcoapCborReader *reader;
  GString *text;
  GcoapEdnFlags flags;
  guint level;
  /* While it is tried whether something fits in a line: where the line ends. */
  gsize limit;
  gboolean is_trying;
} Writer;

static gboolean write_item (Writer *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

static gboolean
is_json (Writer *self)
{
  return (self->flags & GCOAP_EDN_JSON) != 0;
}

static gboolean
refuse (Writer     *self,
        const char *what,
        GError    **error)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
               "%s cannot be written as JSON (byte %" G_GSIZE_FORMAT ").",
               what, gcoap_cbor_reader_get_offset (self->reader));
  return FALSE;
}

static void
write_indicator (Writer *self,
                 guint   width,
                 guint   shortest)
{
  if (width <= shortest || is_json (self))
    return;

  g_string_append (self->text, width == 1 ? "_0" : width == 2 ? "_1" : width == 4 ? "_2" : "_3");
}

static guint
get_shortest (guint64 argument)
{
  if (argument < 24)
    return 0;
  if (argument <= G_MAXUINT8)
    return 1;
  if (argument <= G_MAXUINT16)
    return 2;

  return argument <= G_MAXUINT32 ? 4 : 8;
}

static void
write_integer (Writer              *self,
               const GcoapCborItem *item)
{
  if (item->major == GCOAP_CBOR_MAJOR_UNSIGNED)
    g_string_append_printf (self->text, "%" G_GUINT64_FORMAT, item->argument);
  else if (item->argument == G_MAXUINT64)
    g_string_append (self->text, "-18446744073709551616");
  else
    g_string_append_printf (self->text, "-%" G_GUINT64_FORMAT, item->argument + 1);
  write_indicator (self, item->width, get_shortest (item->argument));
}

/* As few digits as it takes to be read as the same number. */
static void
append_real (GString *text,
             double   value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  for (guint precision = 15; precision <= 17; precision++)
    {
      char format[] = "%.15g";

      format[3] = (char) ('0' + precision % 10);
      g_ascii_formatd (digits, sizeof digits, format, value);
      if (g_ascii_strtod (digits, NULL) == value)
        break;
    }
  g_string_append (text, digits);
  if (strpbrk (digits, ".e") == NULL)
    g_string_append (text, ".0");
}

static gboolean
write_float (Writer              *self,
             const GcoapCborItem *item,
             GError             **error)
{
  if (!isfinite (item->real) && is_json (self))
    return refuse (self, "A number that is not finite", error);

  if (isnan (item->real))
    g_string_append (self->text, "NaN");
  else if (isinf (item->real))
    g_string_append (self->text, item->real < 0 ? "-Infinity" : "Infinity");
  else
    append_real (self->text, item->real);
  write_indicator (self, item->width, gcoap_cbor_float_get_width (item->real));

  return TRUE;
}

/* Besides what JSON demands, what terminals and lines do not bear is escaped. */
static void
append_escaped (GString    *text,
                const char *content,
                gsize       length)
{
  const char *end = content + length;

  while (content < end)
    {
      /* It is UTF-8, but GLib takes no NUL for a character. */
      gunichar c = *content != '\0' ? g_utf8_get_char (content) : 0;

      if (c == '"' || c == '\\')
        g_string_append_printf (text, "\\%c", (char) c);
      else if (c == '\n')
        g_string_append (text, "\\n");
      else if (c == '\r')
        g_string_append (text, "\\r");
      else if (c == '\t')
        g_string_append (text, "\\t");
      else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
        g_string_append_printf (text, "\\u%04x", c);
      else
        g_string_append_unichar (text, c);
      content += *content != '\0' ? g_utf8_skip[*(const guchar *) content] : 1;
    }
}

static void
append_hex (GString      *text,
            const guint8 *data,
            gsize         length)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < length; i++)
    {
      g_string_append_c (text, digits[data[i] >> 4]);
      g_string_append_c (text, digits[data[i] & 0xf]);
    }
}

/* A string in one piece. */
static void
write_string (Writer              *self,
              const GcoapCborItem *item)
{
  gsize length = (gsize) item->argument;

  if (item->major == GCOAP_CBOR_MAJOR_TEXT)
    {
      g_string_append_c (self->text, '"');
      append_escaped (self->text, (const char *) item->content, length);
      g_string_append_c (self->text, '"');
    }
  else
    {
      g_string_append (self->text, "h'");
      append_hex (self->text, item->content, length);
      g_string_append_c (self->text, '\'');
    }
  write_indicator (self, item->width, get_shortest (item->argument));
}

static gboolean
write_pieces (Writer  *self,
              GError **error)
{
  const GcoapCborItem *item = gcoap_cbor_reader_peek_item (self->reader);
  const char *empty = item->major == GCOAP_CBOR_MAJOR_TEXT ? "\"\"_" : "''_";
  gboolean json = is_json (self);
  guint n_pieces = 0;

  if (!gcoap_cbor_reader_enter_string (self->reader, error))
    return FALSE;
  g_string_append (self->text, json ? "\"" : "(_ ");
  for (; (item = gcoap_cbor_reader_peek_item (self->reader)) != NULL; n_pieces++)
    {
      if (n_pieces > 0 && !json)
        g_string_append (self->text, ", ");
      if (json)
        append_escaped (self->text, (const char *) item->content, (gsize) item->argument);
      else
        write_string (self, item);
      gcoap_cbor_reader_consume (self->reader, item->size);
    }
  if (n_pieces == 0 && !json)
    {
      g_string_truncate (self->text, self->text->len - 3);
      g_string_append (self->text, empty);
    }
  else
    g_string_append (self->text, json ? "\"" : ")");

  return gcoap_cbor_reader_leave (self->reader, error);
}

static void
break_line (Writer *self)
{
  g_string_append_c (self->text, '\n');
  for (guint i = 0; i < self->level; i++)
    g_string_append (self->text, "  ");
}

/* Between two members: a line break, or what stands in for one. */
static void
separate (Writer  *self,
          gboolean in_lines,
          gboolean is_first)
{
  if (!is_first)
    g_string_append_c (self->text, ',');
  if (in_lines)
    break_line (self);
  else if (!is_first && (self->flags & GCOAP_EDN_PRETTY) != 0)
    g_string_append_c (self->text, ' ');
}

static gboolean
write_key (Writer  *self,
           GError **error)
{
  if (is_json (self) && gcoap_cbor_reader_peek (self->reader) != GCOAP_CBOR_TYPE_TEXT)
    {
      /* What is not valid is no matter of JSON. */
      if (gcoap_cbor_reader_peek (self->reader) == GCOAP_CBOR_TYPE_INVALID)
        return write_item (self, error);
      return refuse (self, "A key that is no text", error);
    }
  if (!write_item (self, error))
    return FALSE;
  g_string_append (self->text, (self->flags & GCOAP_EDN_PRETTY) != 0 ? ": " : ":");

  return TRUE;
}

/* What is tried and does not fit fails without an error. */
static gboolean
write_members (Writer  *self,
               gboolean is_map,
               gboolean in_lines,
               GError **error)
{
  gboolean is_first = TRUE;

  self->level++;
  while (gcoap_cbor_reader_peek (self->reader) != GCOAP_CBOR_TYPE_END)
    {
      separate (self, in_lines, is_first);
      if (is_map && !write_key (self, error))
        return FALSE;
      if (!write_item (self, error))
        return FALSE;
      if (self->is_trying && self->text->len > self->limit)
        return FALSE;
      is_first = FALSE;
    }
  self->level--;
  if (in_lines && !is_first)
    break_line (self);

  return gcoap_cbor_reader_leave (self->reader, error);
}

static gboolean
write_brackets (Writer  *self,
                gboolean in_lines,
                GError **error)
{
  const GcoapCborItem item = *gcoap_cbor_reader_peek_item (self->reader);
  gboolean is_map = item.major == GCOAP_CBOR_MAJOR_MAP;
  gsize opening = self->text->len + 1;

  if (!gcoap_cbor_reader_enter_any (self->reader, error))
    return FALSE;

  g_string_append_c (self->text, is_map ? '{' : '[');
  if (item.indefinite && !is_json (self))
    g_string_append_c (self->text, '_');
  else
    write_indicator (self, item.width, get_shortest (item.argument));
  if (self->text->len > opening)
    g_string_append_c (self->text, ' ');
  if (!write_members (self, is_map, in_lines, error))
    return FALSE;
  g_string_append_c (self->text, is_map ? '}' : ']');

  return TRUE;
}

static gsize
get_column (Writer *self)
{
  const char *line = g_strrstr_len (self->text->str, (gssize) self->text->len, "\n");

  return self->text->len - (line != NULL ? (gsize) (line + 1 - self->text->str) : 0);
}

/* In one line if it fits there, else one member a line. */
static gboolean
write_container (Writer  *self,
                 GError **error)
{
  GcoapCborReader before = *self->reader;
  gsize length = self->text->len;
  guint level = self->level;
  gsize column;
  g_autoptr (GError) trial_error = NULL;
  gboolean fits;

  if ((self->flags & GCOAP_EDN_PRETTY) == 0 || self->is_trying)
    return write_brackets (self, FALSE, error);

  column = get_column (self);
  self->is_trying = TRUE;
  self->limit = length + (column < LINE_LENGTH ? LINE_LENGTH - column : 0);
  fits = write_brackets (self, FALSE, &trial_error) && self->text->len <= self->limit;
  self->is_trying = FALSE;
  if (trial_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&trial_error));
      return FALSE;
    }
  if (fits)
    return TRUE;

  *self->reader = before;
  self->level = level;
  g_string_truncate (self->text, length);

  return write_brackets (self, TRUE, error);
}

/* RFC 8949 §3.4.3. Decimal digits of bytes that are more than 64 bits. */
static char *
dup_decimal (const guint8 *data,
             gsize         length,
             gboolean      is_negative)
{
  /* One more for the carry of -1 - n. */
  guint8 magnitude[MAX_BIGNUM_SIZE + 1] = { 0 };
  g_autoptr (GString) digits = g_string_new (NULL);
  gboolean is_zero = FALSE;

  memcpy (magnitude + 1, data, length);
  for (gsize i = length + 1; is_negative && i > 0; i--)
    {
      if (++magnitude[i - 1] != 0)
        break;
    }
  while (!is_zero)
    {
      guint remainder = 0;

      is_zero = TRUE;
      for (gsize i = 0; i <= length; i++)
        {
          guint part = remainder << 8 | magnitude[i];

          magnitude[i] = (guint8) (part / 10);
          remainder = part % 10;
          is_zero = is_zero && magnitude[i] == 0;
        }
      g_string_append_c (digits, (char) ('0' + remainder));
    }
  if (is_negative)
    g_string_append_c (digits, '-');

  return g_utf8_strreverse (digits->str, (gssize) digits->len);
}

/* After the tag; FALSE also if it is not written as a number. */
static gboolean
write_bignum (Writer              *self,
              const GcoapCborItem *tag)
{
  const GcoapCborItem *item = gcoap_cbor_reader_peek_item (self->reader);
  g_autofree char *digits = NULL;

  if ((tag->argument != 2 && tag->argument != 3) || tag->width != 0 || item == NULL ||
      item->major != GCOAP_CBOR_MAJOR_BYTES || item->indefinite || item->argument <= 8 ||
      item->argument > MAX_BIGNUM_SIZE || item->content[0] == 0 || item->width != get_shortest (item->argument))
    return FALSE;

  digits = dup_decimal (item->content, (gsize) item->argument, tag->argument == 3);
  g_string_append (self->text, digits);
  gcoap_cbor_reader_consume (self->reader, item->size);

  return TRUE;
}

static gboolean
write_tags (Writer  *self,
            GError **error)
{
  guint n_tags = 0;
  const GcoapCborItem *item;

  while ((item = gcoap_cbor_reader_peek_item (self->reader)) != NULL && item->major == GCOAP_CBOR_MAJOR_TAG)
    {
      const GcoapCborItem tag = *item;
      GcoapCborMark mark = gcoap_cbor_reader_set_mark (self->reader);
      guint64 number;

      if (!gcoap_cbor_reader_read_tag (self->reader, &number, error))
        return FALSE;
      if (write_bignum (self, &tag))
        break;
      if (is_json (self))
        {
          gcoap_cbor_reader_go_back (self->reader, &mark);
          return refuse (self, "A tag", error);
        }
      n_tags++;
      g_string_append_printf (self->text, "%" G_GUINT64_FORMAT, number);
      write_indicator (self, tag.width, get_shortest (number));
      g_string_append_c (self->text, '(');
      item = gcoap_cbor_reader_peek_item (self->reader);
      if (item != NULL && item->major == GCOAP_CBOR_MAJOR_TAG)
        continue;
      if (!write_item (self, error))
        return FALSE;
      break;
    }
  while (n_tags-- > 0)
    g_string_append_c (self->text, ')');

  return TRUE;
}

static gboolean
write_simple (Writer              *self,
              const GcoapCborItem *item,
              GError             **error)
{
  static const char *const names[] = { "false", "true", "null", "undefined" };

  if (item->argument >= 20 && item->argument <= 23)
    {
      if (item->argument == 23 && is_json (self))
        return refuse (self, "“undefined”", error);
      g_string_append (self->text, names[item->argument - 20]);
      return TRUE;
    }
  if (is_json (self))
    return refuse (self, "A simple value", error);
  g_string_append_printf (self->text, "simple(%u)", (guint) item->argument);

  return TRUE;
}

static gboolean
write_item (Writer  *self,
            GError **error)
{
  const GcoapCborItem *item = gcoap_cbor_reader_peek_item (self->reader);

  /* The reader says what is wrong, or that there is nothing. */
  if (item == NULL)
    return gcoap_cbor_reader_skip (self->reader, error);

  switch (item->major)
    {
    case GCOAP_CBOR_MAJOR_ARRAY:
    case GCOAP_CBOR_MAJOR_MAP:
      return write_container (self, error);

    case GCOAP_CBOR_MAJOR_TAG:
      return write_tags (self, error);

    case GCOAP_CBOR_MAJOR_BYTES:
      if (is_json (self))
        return refuse (self, "A byte string", error);
      G_GNUC_FALLTHROUGH;
    case GCOAP_CBOR_MAJOR_TEXT:
      if (item->indefinite)
        return write_pieces (self, error);
      write_string (self, item);
      break;

    case GCOAP_CBOR_MAJOR_UNSIGNED:
    case GCOAP_CBOR_MAJOR_NEGATIVE:
      write_integer (self, item);
      break;

    default:
      if (!(item->is_float ? write_float (self, item, error) : write_simple (self, item, error)))
        return FALSE;
      break;
    }
  gcoap_cbor_reader_consume (self->reader, item->size);

  return TRUE;
}

static gboolean
write_all (Writer  *self,
           GError **error)
{
  gboolean is_sequence = (self->flags & GCOAP_EDN_SEQUENCE) != 0;

  if (!is_sequence)
    return write_item (self, error) && gcoap_cbor_reader_finish (self->reader, error);

  for (gboolean is_first = TRUE; gcoap_cbor_reader_peek (self->reader) != GCOAP_CBOR_TYPE_END; is_first = FALSE)
    {
      if (!is_first)
        g_string_append (self->text, (self->flags & GCOAP_EDN_PRETTY) != 0 ? ",\n" : ",");
      if (!write_item (self, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * gcoap_edn_write:
 * @bytes: an encoded item
 * @flags: how to write it
 * @error: return location for an error
 *
 * Writes CBOR as text: in extended diagnostic notation, or as JSON.
 *
 * The text tells everything about the encoding, so that [func@edn_parse] makes the same bytes of it; only of a NaN nothing but
 * its length is told. JSON is refused with `GCOAP_ERROR_UNSUPPORTED` for what JSON does not have: byte strings, tags but those of
 * large integers, keys that are no text, numbers that are not finite, undefined.
 *
 * What is no CBOR is refused as [struct@CborReader] says, with %GCOAP_EDN_MAX_DEPTH for a limit. Control characters are always
 * escaped.
 *
 * Returns: (transfer full): the text, or %NULL
 *
 * Since: 0.1
 */
char *
gcoap_edn_write (GBytes       *bytes,
                 GcoapEdnFlags flags,
                 GError      **error)
{
  GcoapCborReader reader;
  g_autoptr (GString) text = g_string_new (NULL);
  Writer self = { .reader = &reader, .text = text, .flags = flags };
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  gcoap_cbor_reader_init (&reader, data, length, GCOAP_CBOR_READER_INDEFINITE);
  gcoap_cbor_reader_set_max_depth (&reader, GCOAP_EDN_MAX_DEPTH);
  if (!write_all (&self, error))
    return NULL;

  return g_string_free (g_steal_pointer (&text), FALSE);
}
