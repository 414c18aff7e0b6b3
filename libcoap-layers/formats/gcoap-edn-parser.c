/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Extended diagnostic notation (RFC 8949 §8, and the draft that gives it a
 * grammar) to CBOR, in one pass. JSON is the same with less allowed.
 */
#include "formats/gcoap-edn-private.h"

#include <math.h>
#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-keys-private.h"

/**
 * GcoapEdnFlags:
 * @GCOAP_EDN_DEFAULT: one item in extended diagnostic notation
 * @GCOAP_EDN_JSON: JSON (RFC 8259) and nothing more
 * @GCOAP_EDN_SEQUENCE: any number of items, also none (RFC 8742)
 * @GCOAP_EDN_PRETTY: when writing, lines of a length that people can read
 *
 * How CBOR is written as text.
 *
 * Since: 0.1
 */

/**
 * GCOAP_EDN_MAX_DEPTH:
 *
 * How deep items may be nested in text that is parsed or written.
 *
 * Since: 0.1
 */

/**
 * GCOAP_EDN_MAX_NUMBER_LENGTH:
 *
 * The number of characters of the longest number in text that is parsed.
 *
 * Since: 0.1
 */

/* Longer input is refused, so that a guint holds every length. */
#define MAX_LENGTH (G_MAXUINT / 4)

static gboolean take_item (GcoapEdnParser *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void
gcoap_edn_get_place (const char *text,
                     gsize       offset,
                     guint      *line,
                     glong      *column)
{
  const char *start = text;

  *line = 1;
  for (const char *c = text; c < text + offset; c++)
    {
      if (*c == '\n')
        {
          (*line)++;
          start = c + 1;
        }
    }
  *column = g_utf8_strlen (start, text + offset - start) + 1;
}

static void
set_error (GcoapEdnParser *self,
           const char     *at,
           GcoapError      code,
           const char     *reason,
           GError        **error)
{
  guint line;
  glong column;

  gcoap_edn_get_place (self->text, (gsize) (at - self->text), &line, &column);
  g_set_error (error, GCOAP_ERROR, code, "Invalid %s: %s (line %u, column %ld).",
               gcoap_edn_is_json (self) ? "JSON" : "diagnostic notation", reason,
               line, column);
}

gboolean
gcoap_edn_fail (GcoapEdnParser *self,
                const char     *at,
                GError        **error,
                const char     *format,
                ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  set_error (self, at, GCOAP_ERROR_MALFORMED, reason, error);

  return FALSE;
}

gboolean
gcoap_edn_is_next (GcoapEdnParser *self,
                   const char     *token)
{
  gsize length = strlen (token);

  return (gsize) (self->end - self->p) >= length && memcmp (self->p, token, length) == 0;
}

gboolean
gcoap_edn_is_json (GcoapEdnParser *self)
{
  return (self->flags & GCOAP_EDN_JSON) != 0;
}

gboolean
gcoap_edn_descend (GcoapEdnParser *self,
                   GError        **error)
{
  g_autofree char *reason = NULL;

  if (self->depth < GCOAP_EDN_MAX_DEPTH)
    {
      self->depth++;
      return TRUE;
    }

  reason = g_strdup_printf ("items are nested deeper than the limit of %d", GCOAP_EDN_MAX_DEPTH);
  set_error (self, self->p, GCOAP_ERROR_LIMIT, reason, error);

  return FALSE;
}

/* Goes past the next @close, which must be there. */
static gboolean
skip_until (GcoapEdnParser *self,
            const char     *start,
            const char     *close,
            GError        **error)
{
  while (self->p < self->end && !gcoap_edn_is_next (self, close))
    self->p++;
  if (self->p == self->end)
    return gcoap_edn_fail (self, start, error, "a comment has no end");
  self->p += strlen (close);

  return TRUE;
}

/* RFC 8949 §8, RFC 8610 §G.6 and the draft, §2.2: four kinds. */
static gboolean
skip_comment (GcoapEdnParser *self,
              GError        **error)
{
  const char *start = self->p;

  if (*self->p == '#' || gcoap_edn_is_next (self, "//"))
    {
      while (self->p < self->end && *self->p != '\n')
        self->p++;
      return TRUE;
    }
  if (gcoap_edn_is_next (self, "/*"))
    {
      self->p += 2;
      return skip_until (self, start, "*/", error);
    }
  self->p++;

  return skip_until (self, start, "/", error);
}

gboolean
gcoap_edn_skip_space (GcoapEdnParser *self,
                      GError        **error)
{
  while (self->p < self->end)
    {
      if (strchr (" \t\r\n", *self->p) != NULL)
        self->p++;
      else if (gcoap_edn_is_json (self) || (*self->p != '#' && *self->p != '/'))
        break;
      else if (!skip_comment (self, error))
        return FALSE;
    }

  return TRUE;
}

/* The draft, §2.3: _i, _0 to _3, and _ alone. */
gboolean
gcoap_edn_take_indicator (GcoapEdnParser *self,
                          guint          *width,
                          GError        **error)
{
  static const struct
  {
    char name;
    guint width;
  } indicators[] = {
    { 'i', 0 }, { '0', 1 }, { '1', 2 }, { '2', 4 }, { '3', 8 },
  };
  const char *start = self->p;

  *width = GCOAP_CBOR_WIDTH_SHORTEST;
  if (gcoap_edn_is_json (self) || !gcoap_edn_is_next (self, "_"))
    return TRUE;

  self->p++;
  *width = GCOAP_CBOR_WIDTH_INDEFINITE;
  for (guint i = 0; self->p < self->end && i < G_N_ELEMENTS (indicators); i++)
    {
      if (*self->p == indicators[i].name)
        {
          *width = indicators[i].width;
          self->p++;
          break;
        }
    }
  if (self->p < self->end && (g_ascii_isalnum (*self->p) || *self->p == '_'))
    return gcoap_edn_fail (self, start, error, "there is no such encoding indicator");

  return TRUE;
}

/* Goes to the next member of a container, past the comma before it, or past
 * the end of the container; @close is NULL for the end of the input. */
static gboolean
take_separator (GcoapEdnParser *self,
                const char     *close,
                gboolean        is_first,
                gboolean       *at_end,
                GError        **error)
{
  const char *before = self->p;
  const char *comma = NULL;
  gboolean is_separated;

  if (!gcoap_edn_skip_space (self, error))
    return FALSE;
  /* The draft, §2.6.1: white space separates as commas do. */
  is_separated = is_first || (self->p > before && !gcoap_edn_is_json (self));
  if (!is_first && gcoap_edn_is_next (self, ","))
    {
      comma = self->p++;
      is_separated = TRUE;
      if (!gcoap_edn_skip_space (self, error))
        return FALSE;
    }

  *at_end = close != NULL ? gcoap_edn_is_next (self, close) : self->p == self->end;
  if (*at_end)
    {
      if (comma != NULL && gcoap_edn_is_json (self))
        return gcoap_edn_fail (self, comma, error, "JSON has no comma behind the last value");
      self->p += close != NULL ? strlen (close) : 0;
      return TRUE;
    }
  if (self->p == self->end)
    return gcoap_edn_fail (self, self->p, error, "the input ends where “%s” must follow", close);
  if (!is_separated)
    return gcoap_edn_fail (self, self->p, error, "a comma or %s must follow", close != NULL ? close : "the end");

  return TRUE;
}

gboolean
gcoap_edn_take_sequence (GcoapEdnParser *self,
                         const char     *close,
                         guint64        *n_items,
                         GError        **error)
{
  *n_items = 0;
  for (;;)
    {
      gboolean at_end;

      if (!take_separator (self, close, *n_items == 0, &at_end, error))
        return FALSE;
      if (at_end)
        return TRUE;
      if (!take_item (self, error))
        return FALSE;
      (*n_items)++;
    }
}

/* Puts the head before what was written from @start on, and a break behind it
 * if there must be one. */
static gboolean
wrap (GcoapEdnParser *self,
      const char     *at,
      gsize           start,
      guint8          major,
      guint64         count,
      guint           width,
      GError        **error)
{
  if (!gcoap_cbor_writer_insert_head (self->writer, start, major, count, width))
    return gcoap_edn_fail (self, at, error, "a count does not fit its encoding indicator");
  if (width == GCOAP_CBOR_WIDTH_INDEFINITE)
    gcoap_cbor_writer_add_raw (self->writer, (const guint8 *) "\xff", 1);

  return TRUE;
}

static gboolean
take_array (GcoapEdnParser *self,
            GError        **error)
{
  const char *at = self->p++;
  gsize start = self->writer->length;
  guint64 n_items;
  guint width;

  return gcoap_edn_take_indicator (self, &width, error) &&
         gcoap_edn_take_sequence (self, "]", &n_items, error) &&
         wrap (self, at, start, GCOAP_CBOR_MAJOR_ARRAY, n_items, width, error);
}

/* Where a key stands in what is written, and in the text. */
typedef struct
{
  gsize start;
  gsize size;
  const char *at;
} Key;

static gboolean
check_keys (GcoapEdnParser *self,
            GArray         *keys,
            GError        **error)
{
  g_autoptr (GArray) found = g_array_sized_new (FALSE, FALSE, sizeof (GcoapCborKey), keys->len);
  const GcoapCborKey *duplicate;

  for (guint i = 0; i < keys->len; i++)
    {
      const Key *key = &g_array_index (keys, Key, i);
      GcoapCborKey entry;

      gcoap_cbor_key_init (&entry, self->writer->data + key->start, key->size, (gsize) (key->at - self->text));
      g_array_append_val (found, entry);
    }
  duplicate = gcoap_cbor_keys_find_duplicate ((GcoapCborKey *) (void *) found->data, found->len);

  return duplicate == NULL ||
         gcoap_edn_fail (self, self->text + duplicate->place, error, "a map has the same key twice");
}

static gboolean
take_pair (GcoapEdnParser *self,
           GArray         *keys,
           GError        **error)
{
  Key key = { self->writer->length, 0, self->p };

  if (gcoap_edn_is_json (self) && !gcoap_edn_is_next (self, "\""))
    return gcoap_edn_fail (self, self->p, error, "the name of a member must be a string");
  if (!take_item (self, error))
    return FALSE;
  key.size = self->writer->length - key.start;
  g_array_append_val (keys, key);

  if (!gcoap_edn_skip_space (self, error))
    return FALSE;
  if (!gcoap_edn_is_next (self, ":"))
    return gcoap_edn_fail (self, self->p, error, "“:” and a value must follow");
  self->p++;

  return gcoap_edn_skip_space (self, error) && take_item (self, error);
}

static gboolean
take_map (GcoapEdnParser *self,
          GError        **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (Key));
  const char *at = self->p++;
  gsize start = self->writer->length;
  guint width;

  if (!gcoap_edn_take_indicator (self, &width, error))
    return FALSE;
  for (;;)
    {
      gboolean at_end;

      if (!take_separator (self, "}", keys->len == 0, &at_end, error))
        return FALSE;
      if (at_end)
        break;
      if (!take_pair (self, keys, error))
        return FALSE;
    }

  return check_keys (self, keys, error) &&
         wrap (self, at, start, GCOAP_CBOR_MAJOR_MAP, keys->len, width, error);
}

/* A string in pieces: “(_”, strings of one kind, “)”. */
static gboolean
take_pieces (GcoapEdnParser *self,
             GError        **error)
{
  const char *at = self->p;
  gsize start = self->writer->length;
  guint8 major = 0, piece_major;

  if (!gcoap_edn_is_next (self, "(_") || gcoap_edn_is_json (self))
    return gcoap_edn_fail (self, at, error, "a value must be here");
  self->p += 2;
  for (gboolean is_first = TRUE;; is_first = FALSE)
    {
      const char *piece;
      gboolean at_end;

      if (!take_separator (self, ")", is_first, &at_end, error))
        return FALSE;
      if (at_end && is_first)
        return gcoap_edn_fail (self, at, error, "a string in pieces needs at least one");
      if (at_end)
        break;
      piece = self->p;
      if (!gcoap_edn_take_string (self, &piece_major, error))
        return FALSE;
      if (!is_first && piece_major != major)
        return gcoap_edn_fail (self, piece, error, "all pieces of a string must be of one kind");
      major = piece_major;
    }

  return wrap (self, at, start, major, 0, GCOAP_CBOR_WIDTH_INDEFINITE, error);
}

/* A number; or a tag, which begins like one. */
static gboolean
take_number_or_tag (GcoapEdnParser *self,
                    GError        **error)
{
  const char *at = self->p;
  GcoapEdnNumber number;
  guint64 tag, n_items;
  guint width;

  if (!gcoap_edn_take_number (self, &number, error) || !gcoap_edn_take_indicator (self, &width, error))
    return FALSE;
  if (gcoap_edn_is_json (self) || !gcoap_edn_is_next (self, "("))
    return gcoap_edn_write_number (self, at, &number, width, error);

  if (!number.is_plain || !gcoap_edn_get_uint64 (&number, &tag))
    return gcoap_edn_fail (self, at, error, "this is no number of a tag");
  if (width == GCOAP_CBOR_WIDTH_INDEFINITE ||
      !gcoap_cbor_writer_add_head (self->writer, GCOAP_CBOR_MAJOR_TAG, tag, width))
    return gcoap_edn_fail (self, at, error, "the number of a tag does not fit its encoding indicator");
  self->p++;
  if (!gcoap_edn_descend (self, error) || !gcoap_edn_take_sequence (self, ")", &n_items, error))
    return FALSE;
  self->depth--;

  return n_items == 1 ||
         gcoap_edn_fail (self, at, error, "a tag must have one item");
}

/* After “simple”. */
static gboolean
take_simple (GcoapEdnParser *self,
             const char     *at,
             GError        **error)
{
  GcoapEdnNumber number;
  guint64 value;

  if (!gcoap_edn_is_next (self, "("))
    return gcoap_edn_fail (self, self->p, error, "“(” must follow");
  self->p++;
  if (!gcoap_edn_skip_space (self, error))
    return FALSE;
  if (self->p == self->end || !g_ascii_isdigit (*self->p))
    return gcoap_edn_fail (self, self->p, error, "the number of a simple value must follow");
  if (!gcoap_edn_take_number (self, &number, error) || !gcoap_edn_skip_space (self, error))
    return FALSE;
  if (!gcoap_edn_is_next (self, ")"))
    return gcoap_edn_fail (self, self->p, error, "“)” must follow");
  self->p++;

  /* RFC 8949 §3.3: 24 to 31 are reserved. */
  if (!number.is_plain || !gcoap_edn_get_uint64 (&number, &value) || value > G_MAXUINT8 || (value >= 24 && value < 32))
    return gcoap_edn_fail (self, at, error, "there is no such simple value");
  gcoap_cbor_writer_add_simple (self->writer, (guint8) value);

  return TRUE;
}

static gboolean
take_float (GcoapEdnParser *self,
            const char     *at,
            double          value,
            GError        **error)
{
  GcoapEdnNumber number = { .is_float = TRUE, .real = value };
  guint width;

  return gcoap_edn_take_indicator (self, &width, error) &&
         gcoap_edn_write_number (self, at, &number, width, error);
}

static gboolean
take_word (GcoapEdnParser *self,
           GError        **error)
{
  static const struct
  {
    const char *word;
    guint8 simple;
    gboolean in_json;
  } simple_words[] = {
    { "false", 20, TRUE }, { "true", 21, TRUE }, { "null", 22, TRUE }, { "undefined", 23, FALSE },
  };
  const char *at = self->p;
  gboolean json = gcoap_edn_is_json (self);
  g_autofree char *word = NULL;

  while (self->p < self->end && (g_ascii_isalnum (*self->p) || *self->p == '-'))
    self->p++;
  word = g_strndup (at, MIN ((gsize) (self->p - at), 32));

  for (guint i = 0; i < G_N_ELEMENTS (simple_words); i++)
    {
      if (strcmp (word, simple_words[i].word) == 0 && (!json || simple_words[i].in_json))
        {
          gcoap_cbor_writer_add_simple (self->writer, simple_words[i].simple);
          return TRUE;
        }
    }
  if (!json && strcmp (word, "simple") == 0)
    return take_simple (self, at, error);
  if (!json && strcmp (word, "NaN") == 0)
    return take_float (self, at, NAN, error);
  if (!json && strcmp (word, "Infinity") == 0)
    return take_float (self, at, HUGE_VAL, error);
  if (self->is_secret)
    return gcoap_edn_fail (self, at, error, "this is no value");
  if (!json && gcoap_edn_is_next (self, "'"))
    return gcoap_edn_fail (self, at, error, "strings that begin with “%s'” are not known", word);

  return gcoap_edn_fail (self, at, error, "“%s” is no value", word);
}

/* What is neither in brackets nor a string. */
static gboolean
take_other (GcoapEdnParser *self,
            GError        **error)
{
  char c = *self->p;

  if (g_ascii_isdigit (c) || c == '-' || (!gcoap_edn_is_json (self) && (c == '+' || c == '.')))
    return take_number_or_tag (self, error);
  if (g_ascii_isalpha (c))
    return take_word (self, error);

  return gcoap_edn_fail (self, self->p, error, "a value must be here");
}

/* What can have items inside. */
static gboolean
take_nested (GcoapEdnParser *self,
             gboolean      (*take) (GcoapEdnParser *self, GError **error),
             GError        **error)
{
  gboolean success;

  if (!gcoap_edn_descend (self, error))
    return FALSE;
  success = take (self, error);
  self->depth--;

  return success;
}

/* After white space. */
static gboolean
take_item (GcoapEdnParser *self,
           GError        **error)
{
  guint8 major;

  if (self->p == self->end)
    return gcoap_edn_fail (self, self->p, error, "the input ends where a value must follow");
  if (self->positions != NULL)
    {
      gsize offset = (gsize) (self->p - self->text);

      g_array_append_val (self->positions, offset);
    }

  switch (*self->p)
    {
    case '{':
      return take_nested (self, take_map, error);
    case '[':
      return take_nested (self, take_array, error);
    case '(':
      return take_nested (self, take_pieces, error);
    default:
      break;
    }

  return gcoap_edn_is_string (self) ? gcoap_edn_take_string (self, &major, error) : take_other (self, error);
}

static gboolean
parse (GcoapEdnParser *self,
       GError        **error)
{
  const char *stop;
  guint64 n_items;

  if (!g_utf8_validate_len (self->text, (gsize) (self->end - self->text), &stop))
    return gcoap_edn_fail (self, stop, error, *stop == '\0' ? "the text holds a NUL" : "the text is not in UTF-8");
  if ((self->flags & GCOAP_EDN_SEQUENCE) != 0)
    return gcoap_edn_take_sequence (self, NULL, &n_items, error);

  if (!gcoap_edn_skip_space (self, error) || !take_item (self, error) || !gcoap_edn_skip_space (self, error))
    return FALSE;

  return self->p == self->end || gcoap_edn_fail (self, self->p, error, "something follows the value");
}

/**
 * gcoap_edn_parse:
 * @text: text in UTF-8
 * @length: the number of its bytes, or -1 if a NUL ends it
 * @flags: what the text is
 * @error: return location for an error
 *
 * Encodes text in CBOR extended diagnostic notation, of which JSON is a part, as CBOR.
 *
 * Taken are all numbers, also hexadecimal, octal (`0o`) and binary (`0b`) ones, and integers of any size; text; the byte strings
 * `'…'`, `h'…'`, `b64'…'` and `<<…>>`; strings joined by `+`; arrays, maps, tags, simple values; encoding indicators such as
 * `_1`; comments after `#` or `//`, between slashes, and those of C; a comma behind the last item. Other prefixes of strings, such as `dt'…'`, are
 * not. Without encoding indicators the encoding is the shortest (RFC 8949 §4.1); maps keep their order, and may not have the
 * same key twice.
 *
 * An error is `GCOAP_ERROR_MALFORMED` and names line and column, or `GCOAP_ERROR_LIMIT` if items are nested deeper than
 * %GCOAP_EDN_MAX_DEPTH.
 *
 * Returns: (transfer full): the encoded item, or %NULL
 *
 * Since: 0.1
 */
GBytes *
gcoap_edn_parse (const char   *text,
                 gssize        length,
                 GcoapEdnFlags flags,
                 GError      **error)
{
  g_auto (GcoapCborWriter) writer;
  guint8 buffer[256];
  GcoapEdnParser self = { .text = text, .p = text, .flags = flags, .writer = &writer };
  gsize size;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (length >= -1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  gcoap_cbor_writer_init (&writer, buffer, sizeof buffer);
  size = length >= 0 ? (gsize) length : strlen (text);
  if (size > MAX_LENGTH)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "A text of %" G_GSIZE_FORMAT " bytes is too large to be read as diagnostic notation.", size);
      return NULL;
    }
  self.end = text + size;
  if (!parse (&self, error))
    return NULL;

  return g_bytes_new (writer.data, writer.length);
}

typedef struct
{
  guint8 *data;
  gsize   size;
} Secret;

static void
free_secret (gpointer data)
{
  Secret *secret = data;

  sodium_memzero (secret->data, secret->size);
  g_free (secret->data);
  g_free (secret);
}

GBytes *
gcoap_edn_parse_secret (const char *text,
                        gsize       length,
                        GArray    **positions,
                        GError    **error)
{
  g_auto (GcoapCborWriter) writer;
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (gsize));
  /* Numbers apart nothing is encoded longer than it is written, and those that
   * are will find room; so the writer need not move. */
  gsize room = length * 2 + 64;
  g_autofree guint8 *buffer = g_malloc (room);
  GcoapEdnParser self = {
    .text = text, .p = text, .end = text + length, .writer = &writer, .positions = found, .is_secret = TRUE,
  };
  Secret *secret = NULL;

  gcoap_cbor_writer_init (&writer, buffer, room);
  if (parse (&self, error))
    {
      secret = g_new0 (Secret, 1);
      secret->size = writer.length;
      secret->data = g_memdup2 (writer.data, writer.length);
      *positions = g_steal_pointer (&found);
    }
  sodium_memzero (writer.data, writer.length);
  sodium_memzero (buffer, room);

  return secret != NULL ? g_bytes_new_with_free_func (secret->data, secret->size, free_secret, secret) : NULL;
}
