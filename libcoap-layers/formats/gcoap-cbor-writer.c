/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Encodes CBOR into a growing buffer: the shortest form of every number and
 * length, and maps with their keys in order (RFC 8949 §4.2.1).
 */
#include "formats/gcoap-cbor-writer-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-keys-private.h"
#include "formats/gcoap-cbor-reader-private.h"

/**
 * GcoapCborWriter:
 *
 * Writes CBOR in its deterministic encoding (RFC 8949 §4.2.1): the shortest form of every number and length, and maps sorted by
 * their encoded keys.
 *
 * Items are added one after the other. A container is begun and ended, and is then counted and sorted; or added with the number
 * of its items, which then follow, a map's keys in order if it matters.
 *
 * The methods that add cannot fail; what is wrong with what was added, [method@CborWriter.finish] says.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (GcoapCborWriter, gcoap_cbor_writer, gcoap_cbor_writer_ref, gcoap_cbor_writer_unref)

#define MIN_HEAP_SIZE 64

void
gcoap_cbor_writer_init (GcoapCborWriter *self,
                        guint8          *buffer,
                        gsize            size)
{
  self->data = buffer;
  self->length = 0;
  self->size = buffer != NULL ? size : 0;
  self->is_owned = FALSE;
  self->error = NULL;
  self->depth = 0;
}

void
gcoap_cbor_writer_clear (GcoapCborWriter *self)
{
  if (self->is_owned)
    g_free (self->data);
  g_clear_error (&self->error);
  gcoap_cbor_writer_init (self, NULL, 0);
}

void
gcoap_cbor_writer_reset (GcoapCborWriter *self)
{
  g_clear_error (&self->error);
  self->length = 0;
  self->depth = 0;
}

/* Room for @more bytes. */
static void
reserve (GcoapCborWriter *self,
         gsize            more)
{
  gsize size;
  guint8 *grown;

  if (more <= self->size - self->length)
    return;
  if (more > G_MAXSIZE / 4 - self->length)
    g_error ("%" G_GSIZE_FORMAT " bytes are too many for an item", more);

  size = MAX (MAX (self->length + more, self->size * 2), MIN_HEAP_SIZE);
  if (self->is_owned)
    {
      self->data = g_realloc (self->data, size);
    }
  else
    {
      grown = g_malloc (size);
      if (self->length > 0)
        memcpy (grown, self->data, self->length);
      self->data = grown;
      self->is_owned = TRUE;
    }
  self->size = size;
}

void
gcoap_cbor_writer_add_raw (GcoapCborWriter *self,
                           const guint8    *data,
                           gsize            length)
{
  if (length == 0)
    return;

  reserve (self, length);
  memcpy (self->data + self->length, data, length);
  self->length += length;
}

static guint
get_width (guint64 argument)
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
put_head (guint8 *to,
          guint8  major,
          guint64 argument,
          guint   width)
{
  static const guint8 infos[] = { 0, 24, 25, 0, 26, 0, 0, 0, 27 };

  to[0] = (guint8) (major << 5 | (width == 0 ? argument : infos[width]));
  for (guint i = width; i > 0; i--)
    {
      to[i] = (guint8) argument;
      argument >>= 8;
    }
}

gboolean
gcoap_cbor_writer_insert_head (GcoapCborWriter *self,
                               gsize            start,
                               guint8           major,
                               guint64          argument,
                               guint            width)
{
  guint shortest = get_width (argument);

  /* RFC 8949 §3.2.1: 31 in place of the length. */
  if (width == GCOAP_CBOR_WIDTH_INDEFINITE)
    {
      argument = 31;
      width = shortest = 0;
    }
  if (width == GCOAP_CBOR_WIDTH_SHORTEST)
    width = shortest;
  if (width < shortest)
    return FALSE;

  reserve (self, 1u + width);
  if (self->length > start)
    memmove (self->data + start + 1 + width, self->data + start, self->length - start);
  put_head (self->data + start, major, argument, width);
  self->length += 1u + width;

  return TRUE;
}

gboolean
gcoap_cbor_writer_add_head (GcoapCborWriter *self,
                            guint8           major,
                            guint64          argument,
                            guint            width)
{
  return gcoap_cbor_writer_insert_head (self, self->length, major, argument, width);
}

static void
add_shortest (GcoapCborWriter *self,
              guint8           major,
              guint64          argument)
{
  gcoap_cbor_writer_insert_head (self, self->length, major, argument, GCOAP_CBOR_WIDTH_SHORTEST);
}

/* IEEE 754 binary32 to binary16; FALSE if that changes the number. */
static gboolean
halve (float    value,
       guint16 *half)
{
  guint32 bits, mantissa, sign;
  int exponent;

  memcpy (&bits, &value, sizeof bits);
  sign = bits >> 16 & 0x8000;
  exponent = (int) (bits >> 23 & 0xff) - 127;
  mantissa = bits & 0x7fffff;

  if (exponent == -127 && mantissa == 0)
    *half = (guint16) sign;
  else if (exponent == 128 && mantissa == 0)
    *half = (guint16) (sign | 0x7c00);
  else if (exponent >= -14 && exponent <= 15 && (mantissa & 0x1fff) == 0)
    *half = (guint16) (sign | (guint32) (exponent + 15) << 10 | mantissa >> 13);
  else if (exponent >= -24 && exponent < -14 &&
           ((mantissa | 0x800000) & ((1u << (-1 - exponent)) - 1)) == 0)
    *half = (guint16) (sign | (mantissa | 0x800000) >> (-1 - exponent));
  else
    return FALSE;

  return TRUE;
}

static gboolean
fits_float (double value)
{
  return isinf (value) || (value >= -(double) G_MAXFLOAT && value <= (double) G_MAXFLOAT && (double) (float) value == value);
}

guint
gcoap_cbor_float_get_width (double value)
{
  guint16 half;

  if (isnan (value))
    return 2;
  if (!fits_float (value))
    return 8;

  return halve ((float) value, &half) ? 2 : 4;
}

/* RFC 8949 §4.2.2: one NaN for all, 0x7e00, longer ones with zeros behind. */
static guint64
get_float_bits (double value,
                guint  width)
{
  float single = (float) value;
  guint64 bits64;
  guint32 bits32;
  guint16 bits16 = 0x7e00;

  if (width == 8)
    {
      memcpy (&bits64, &value, sizeof bits64);
      return isnan (value) ? G_GUINT64_CONSTANT (0x7ff8000000000000) : bits64;
    }
  if (width == 4)
    {
      memcpy (&bits32, &single, sizeof bits32);
      return isnan (value) ? 0x7fc00000 : bits32;
    }
  if (!isnan (value))
    halve (single, &bits16);

  return bits16;
}

gboolean
gcoap_cbor_writer_add_float (GcoapCborWriter *self,
                             double           value,
                             guint            width)
{
  guint shortest = gcoap_cbor_float_get_width (value);

  if (width == GCOAP_CBOR_WIDTH_SHORTEST)
    width = shortest;
  if (width < shortest)
    return FALSE;

  reserve (self, 1u + width);
  put_head (self->data + self->length, GCOAP_CBOR_MAJOR_OTHER, get_float_bits (value, width), width);
  self->length += 1u + width;

  return TRUE;
}

/**
 * gcoap_cbor_writer_new:
 *
 * Makes a writer that has written nothing.
 *
 * Returns: (transfer full): the writer
 *
 * Since: 0.1
 */
GcoapCborWriter *
gcoap_cbor_writer_new (void)
{
  GcoapCborWriter *self = g_atomic_rc_box_new (GcoapCborWriter);

  gcoap_cbor_writer_init (self, NULL, 0);

  return self;
}

/**
 * gcoap_cbor_writer_ref:
 * @self: a writer
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the writer
 *
 * Since: 0.1
 */
GcoapCborWriter *
gcoap_cbor_writer_ref (GcoapCborWriter *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * gcoap_cbor_writer_unref:
 * @self: (transfer full): a writer
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_unref (GcoapCborWriter *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, (GDestroyNotify) gcoap_cbor_writer_clear);
}

/**
 * gcoap_cbor_writer_add_uint:
 * @self: a writer
 * @value: a number
 *
 * Adds an unsigned integer.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_uint (GcoapCborWriter *self,
                            guint64          value)
{
  g_return_if_fail (self != NULL);

  add_shortest (self, GCOAP_CBOR_MAJOR_UNSIGNED, value);
}

/**
 * gcoap_cbor_writer_add_int:
 * @self: a writer
 * @value: a number
 *
 * Adds an integer.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_int (GcoapCborWriter *self,
                           gint64           value)
{
  g_return_if_fail (self != NULL);

  if (value < 0)
    add_shortest (self, GCOAP_CBOR_MAJOR_NEGATIVE, (guint64) (-1 - value));
  else
    add_shortest (self, GCOAP_CBOR_MAJOR_UNSIGNED, (guint64) value);
}

/**
 * gcoap_cbor_writer_add_double:
 * @self: a writer
 * @value: a number
 *
 * Adds a floating-point number, in the shortest form that holds it.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_double (GcoapCborWriter *self,
                              double           value)
{
  g_return_if_fail (self != NULL);

  gcoap_cbor_writer_add_float (self, value, GCOAP_CBOR_WIDTH_SHORTEST);
}

/**
 * gcoap_cbor_writer_add_boolean:
 * @self: a writer
 * @value: which
 *
 * Adds true or false.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_boolean (GcoapCborWriter *self,
                               gboolean         value)
{
  g_return_if_fail (self != NULL);

  add_shortest (self, GCOAP_CBOR_MAJOR_OTHER, value ? 21 : 20);
}

/**
 * gcoap_cbor_writer_add_null:
 * @self: a writer
 *
 * Adds null.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_null (GcoapCborWriter *self)
{
  g_return_if_fail (self != NULL);

  add_shortest (self, GCOAP_CBOR_MAJOR_OTHER, 22);
}

/**
 * gcoap_cbor_writer_add_simple:
 * @self: a writer
 * @value: the number of the value: up to 23, or from 32 on
 *
 * Adds a simple value (RFC 8949 §3.3).
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_simple (GcoapCborWriter *self,
                              guint8           value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (value < 24 || value >= 32);

  add_shortest (self, GCOAP_CBOR_MAJOR_OTHER, value);
}

/**
 * gcoap_cbor_writer_add_bytes:
 * @self: a writer
 * @data: (array length=length) (nullable): bytes
 * @length: how many
 *
 * Adds a byte string.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_bytes (GcoapCborWriter *self,
                             const guint8    *data,
                             gsize            length)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (data != NULL || length == 0);

  add_shortest (self, GCOAP_CBOR_MAJOR_BYTES, length);
  gcoap_cbor_writer_add_raw (self, data, length);
}

/**
 * gcoap_cbor_writer_add_text:
 * @self: a writer
 * @text: text in UTF-8
 * @length: the number of its bytes, or -1 if a NUL ends it
 *
 * Adds a text string.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_text (GcoapCborWriter *self,
                            const char      *text,
                            gssize           length)
{
  gsize size;

  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);
  g_return_if_fail (length >= -1);

  size = length >= 0 ? (gsize) length : strlen (text);
  if (self->error == NULL && !gcoap_cbor_is_utf8 ((const guint8 *) text, size))
    g_set_error_literal (&self->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                         "A text for CBOR must be in UTF-8.");
  add_shortest (self, GCOAP_CBOR_MAJOR_TEXT, size);
  gcoap_cbor_writer_add_raw (self, (const guint8 *) text, size);
}

/**
 * gcoap_cbor_writer_add_tag:
 * @self: a writer
 * @tag: the number of the tag
 *
 * Adds a tag for the item that is added next.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_tag (GcoapCborWriter *self,
                           guint64          tag)
{
  g_return_if_fail (self != NULL);

  add_shortest (self, GCOAP_CBOR_MAJOR_TAG, tag);
}

/**
 * gcoap_cbor_writer_add_encoded:
 * @self: a writer
 * @data: (array length=length): encoded CBOR
 * @length: the number of its bytes
 *
 * Adds items that are encoded already, as they are.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_encoded (GcoapCborWriter *self,
                               const guint8    *data,
                               gsize            length)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (data != NULL || length == 0);

  gcoap_cbor_writer_add_raw (self, data, length);
}

/**
 * gcoap_cbor_writer_add_array:
 * @self: a writer
 * @n_items: how many items it has
 *
 * Adds an array of the items that are added next.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_array (GcoapCborWriter *self,
                             gsize            n_items)
{
  g_return_if_fail (self != NULL);

  add_shortest (self, GCOAP_CBOR_MAJOR_ARRAY, n_items);
}

/**
 * gcoap_cbor_writer_add_map:
 * @self: a writer
 * @n_pairs: how many pairs it has
 *
 * Adds a map of the keys and values that are added next, which stay in this order.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_add_map (GcoapCborWriter *self,
                           gsize            n_pairs)
{
  g_return_if_fail (self != NULL);

  add_shortest (self, GCOAP_CBOR_MAJOR_MAP, n_pairs);
}

static void
begin (GcoapCborWriter *self,
       gboolean         is_map)
{
  g_return_if_fail (self->depth < GCOAP_CBOR_WRITER_MAX_DEPTH);

  self->openings[self->depth++] = (GcoapCborOpening) { self->length, is_map };
}

/**
 * gcoap_cbor_writer_begin_array:
 * @self: a writer
 *
 * Begins an array, which [method@CborWriter.end] ends.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_begin_array (GcoapCborWriter *self)
{
  g_return_if_fail (self != NULL);

  begin (self, FALSE);
}

/**
 * gcoap_cbor_writer_begin_map:
 * @self: a writer
 *
 * Begins a map, which [method@CborWriter.end] ends and sorts.
 *
 * Keys and values are added in turns, in any order of keys, but each only once.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_begin_map (GcoapCborWriter *self)
{
  g_return_if_fail (self != NULL);

  begin (self, TRUE);
}

/* RFC 8949 §4.2.1: the bytewise lexicographic order of the encoded keys. */
static int
compare_encoded (const void *a,
                 const void *b)
{
  const GcoapCborKey *key_a = a;
  const GcoapCborKey *key_b = b;
  int order = memcmp (key_a->data, key_b->data, MIN (key_a->size, key_b->size));

  return order != 0 ? order : (key_a->size > key_b->size) - (key_a->size < key_b->size);
}

/* The keys of a map that begins at @start; their place is the size of the pair. */
static GArray *
collect_keys (GcoapCborWriter *self,
              gsize            start,
              GError         **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (GcoapCborKey));
  GcoapCborReader reader;

  gcoap_cbor_reader_init (&reader, self->data + start, self->length - start, GCOAP_CBOR_READER_INDEFINITE);
  reader.max_depth = GCOAP_CBOR_MAX_DEPTH;
  while (gcoap_cbor_reader_peek (&reader) != GCOAP_CBOR_TYPE_END)
    {
      GcoapCborKey key;
      const guint8 *data, *value;
      gsize size, value_size;

      if (!gcoap_cbor_reader_read_item (&reader, &data, &size, error) ||
          !gcoap_cbor_reader_read_item (&reader, &value, &value_size, error))
        return NULL;
      gcoap_cbor_key_init (&key, data, size, size + value_size);
      g_array_append_val (keys, key);
    }

  return g_steal_pointer (&keys);
}

static gboolean
end_map (GcoapCborWriter *self,
         gsize            start,
         GError         **error)
{
  g_autoptr (GArray) keys = collect_keys (self, start, error);
  g_autofree guint8 *sorted = NULL;
  GcoapCborKey *items;
  gsize length = 0;

  if (keys == NULL)
    return FALSE;

  items = (GcoapCborKey *) (void *) keys->data;
  if (keys->len > 0)
    qsort (items, keys->len, sizeof *items, compare_encoded);
  for (guint i = 1; i < keys->len; i++)
    {
      if (compare_encoded (&items[i - 1], &items[i]) == 0)
        {
          g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                               "A map for CBOR has the same key twice.");
          return FALSE;
        }
    }

  sorted = g_malloc (MAX (self->length - start, 1));
  for (guint i = 0; i < keys->len; i++)
    {
      memcpy (sorted + length, items[i].data, items[i].place);
      length += items[i].place;
    }
  if (length > 0)
    memcpy (self->data + start, sorted, length);

  return gcoap_cbor_writer_insert_head (self, start, GCOAP_CBOR_MAJOR_MAP, keys->len, GCOAP_CBOR_WIDTH_SHORTEST);
}

static gboolean
end_array (GcoapCborWriter *self,
           gsize            start,
           GError         **error)
{
  GcoapCborReader reader;
  guint64 n_items = 0;

  gcoap_cbor_reader_init (&reader, self->data + start, self->length - start, GCOAP_CBOR_READER_INDEFINITE);
  reader.max_depth = GCOAP_CBOR_MAX_DEPTH;
  while (gcoap_cbor_reader_peek (&reader) != GCOAP_CBOR_TYPE_END)
    {
      if (!gcoap_cbor_reader_skip (&reader, error))
        return FALSE;
      n_items++;
    }

  return gcoap_cbor_writer_insert_head (self, start, GCOAP_CBOR_MAJOR_ARRAY, n_items, GCOAP_CBOR_WIDTH_SHORTEST);
}

/**
 * gcoap_cbor_writer_end:
 * @self: a writer
 *
 * Ends the array or map that was begun last.
 *
 * Since: 0.1
 */
void
gcoap_cbor_writer_end (GcoapCborWriter *self)
{
  GcoapCborOpening opening;

  g_return_if_fail (self != NULL);
  g_return_if_fail (self->depth > 0);

  opening = self->openings[--self->depth];
  if (self->error != NULL)
    return;
  if (opening.is_map)
    end_map (self, opening.start, &self->error);
  else
    end_array (self, opening.start, &self->error);
}

/**
 * gcoap_cbor_writer_finish:
 * @self: a writer
 * @error: return location for an error
 *
 * Takes what was written; the writer then begins anew.
 *
 * Fails with `GCOAP_ERROR_INVALID_ARGUMENT` if a text was not in UTF-8, a map had a key twice, or a container has no end; and
 * with `GCOAP_ERROR_MALFORMED` if items were missing in a container, or what was added as encoded is none.
 *
 * Returns: (transfer full): the encoded items, or %NULL
 *
 * Since: 0.1
 */
GBytes *
gcoap_cbor_writer_finish (GcoapCborWriter *self,
                          GError         **error)
{
  GBytes *bytes = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (self->error == NULL && self->depth > 0)
    g_set_error_literal (&self->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                         "An array or a map for CBOR has no end.");
  if (self->error == NULL)
    {
      GcoapCborReader reader;

      gcoap_cbor_reader_init (&reader, self->data, self->length, GCOAP_CBOR_READER_INDEFINITE);
      reader.max_depth = GCOAP_CBOR_MAX_DEPTH;
      while (self->error == NULL && gcoap_cbor_reader_peek (&reader) != GCOAP_CBOR_TYPE_END)
        {
          if (!gcoap_cbor_reader_skip (&reader, &self->error))
            break;
        }
    }

  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else
    bytes = g_bytes_new (self->data, self->length);
  gcoap_cbor_writer_reset (self);

  return bytes;
}
