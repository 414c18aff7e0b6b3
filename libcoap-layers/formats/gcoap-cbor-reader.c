/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A cursor over encoded CBOR. What it keeps is a place in the input and a small
 * stack of containers entered, so that no claim in the input makes it allocate
 * or recurse.
 */
#include "formats/gcoap-cbor-reader-private.h"

#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-keys-private.h"

/**
 * GcoapCborReader:
 *
 * Reads CBOR (RFC 8949) item by item.
 *
 * The reader stands before an item, and [method@CborReader.peek] says what kind of item that is. The read methods take it and
 * go on; containers are entered and left. A method that fails leaves the reader where it was.
 *
 * Errors are `GCOAP_ERROR_MALFORMED`, and name the byte, unless something else is said. The reader refuses counts and lengths
 * that the rest of the input cannot hold, text that is no UTF-8, and containers and tags nested deeper than
 * [method@CborReader.set_max_depth] allows; and without %GCOAP_CBOR_READER_INDEFINITE what has no length.
 *
 * At the top level one item after the other can be read, as in a CBOR sequence (RFC 8742); [method@CborReader.finish] makes
 * sure that there is no more.
 *
 * Since: 0.1
 */

/**
 * GcoapCborType:
 * @GCOAP_CBOR_TYPE_INVALID: what follows is not valid; any read method says why
 * @GCOAP_CBOR_TYPE_END: there is nothing left in this container, or in the input
 * @GCOAP_CBOR_TYPE_UNSIGNED: an unsigned integer
 * @GCOAP_CBOR_TYPE_NEGATIVE: a negative integer
 * @GCOAP_CBOR_TYPE_BYTES: a byte string
 * @GCOAP_CBOR_TYPE_TEXT: a text string
 * @GCOAP_CBOR_TYPE_ARRAY: an array
 * @GCOAP_CBOR_TYPE_MAP: a map
 * @GCOAP_CBOR_TYPE_TAG: a tag; the tagged item follows it
 * @GCOAP_CBOR_TYPE_BOOLEAN: true or false
 * @GCOAP_CBOR_TYPE_NULL: null
 * @GCOAP_CBOR_TYPE_UNDEFINED: undefined
 * @GCOAP_CBOR_TYPE_SIMPLE: a simple value without a name
 * @GCOAP_CBOR_TYPE_FLOAT: a floating-point number
 *
 * What a reader stands before.
 *
 * Since: 0.1
 */

/**
 * GcoapCborReaderFlags:
 * @GCOAP_CBOR_READER_DEFAULT: only items of known length; keys are not compared
 * @GCOAP_CBOR_READER_INDEFINITE: containers and strings of indefinite length
 *   are taken too (RFC 8949 §3.2)
 * @GCOAP_CBOR_READER_UNIQUE_KEYS: a map with the same key twice is refused when
 *   it is entered or skipped (§5.6)
 *
 * What a reader takes.
 *
 * Since: 0.1
 */

/**
 * GCOAP_CBOR_DEFAULT_DEPTH:
 *
 * How deep arrays, maps and tags may be nested, unless a reader is told otherwise.
 *
 * Since: 0.1
 */

/**
 * GCOAP_CBOR_MAX_DEPTH:
 *
 * The highest depth a reader can be told.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (GcoapCborReader, gcoap_cbor_reader, gcoap_cbor_reader_ref, gcoap_cbor_reader_unref)

GcoapCborMark
gcoap_cbor_reader_set_mark (GcoapCborReader *self)
{
  GcoapCborMark mark = { self->offset, self->depth, self->n_tags, self->n_outer_tags };

  if (self->depth > 0)
    mark.frame = self->frames[self->depth - 1];

  return mark;
}

void
gcoap_cbor_reader_go_back (GcoapCborReader     *self,
                           const GcoapCborMark *mark)
{
  self->offset = mark->offset;
  self->depth = mark->depth;
  self->n_tags = mark->n_tags;
  self->n_outer_tags = mark->n_outer_tags;
  self->has_item = FALSE;
  if (self->depth > 0)
    self->frames[self->depth - 1] = mark->frame;
}

static GcoapCborFrame *
get_frame (GcoapCborReader *self)
{
  return self->depth > 0 ? &self->frames[self->depth - 1] : NULL;
}

static gboolean
is_break (const GcoapCborItem *item)
{
  return item->indefinite && item->major == GCOAP_CBOR_MAJOR_OTHER;
}

static gboolean
check_break (GcoapCborReader *self,
             GError         **error)
{
  GcoapCborFrame *frame = get_frame (self);

  if (self->n_tags > 0)
    gcoap_cbor_set_error (error, self->offset, "a tag has no item");
  else if (frame == NULL || !frame->indefinite)
    gcoap_cbor_set_error (error, self->offset, "there is nothing to end here");
  else if (frame->at_value)
    gcoap_cbor_set_error (error, self->offset, "a key of a map has no value");
  else
    return TRUE;

  return FALSE;
}

static gboolean
check_count (GcoapCborReader *self,
             GError         **error)
{
  const GcoapCborItem *item = &self->item;
  gsize rest = self->length - self->offset - item->size;
  guint64 most = item->major == GCOAP_CBOR_MAJOR_MAP ? rest / 2 : rest;

  if (item->argument <= most)
    return TRUE;

  gcoap_cbor_set_error (error, self->offset, "%" G_GUINT64_FORMAT " %s cannot be in the %" G_GSIZE_FORMAT " bytes left",
                        item->argument, item->major == GCOAP_CBOR_MAJOR_MAP ? "pairs" : "items", rest);
  return FALSE;
}

static gboolean
check_item (GcoapCborReader *self,
            GError         **error)
{
  const GcoapCborItem *item = &self->item;
  GcoapCborFrame *frame = get_frame (self);

  if (is_break (item))
    return check_break (self, error);

  /* RFC 8949 §3.2.3: a string consists of strings of its kind, of known length. */
  if (frame != NULL && (frame->major == GCOAP_CBOR_MAJOR_BYTES || frame->major == GCOAP_CBOR_MAJOR_TEXT) &&
      (item->major != frame->major || item->indefinite))
    {
      gcoap_cbor_set_error (error, self->offset, "this cannot be a piece of a string");
      return FALSE;
    }
  if (item->indefinite && (self->flags & GCOAP_CBOR_READER_INDEFINITE) == 0)
    {
      gcoap_cbor_set_error (error, self->offset, "indefinite lengths are not allowed here");
      return FALSE;
    }
  if ((item->major == GCOAP_CBOR_MAJOR_ARRAY || item->major == GCOAP_CBOR_MAJOR_MAP) && !check_count (self, error))
    return FALSE;
  if (item->major == GCOAP_CBOR_MAJOR_TEXT && !item->indefinite &&
      !gcoap_cbor_is_utf8 (item->content, (gsize) item->argument))
    {
      gcoap_cbor_set_error (error, self->offset, "a text is not in UTF-8");
      return FALSE;
    }

  return TRUE;
}

/* Looks at what follows; @at_end tells that it is an end. */
static gboolean
fetch (GcoapCborReader *self,
       gboolean        *at_end,
       GError         **error)
{
  GcoapCborFrame *frame = get_frame (self);

  *at_end = FALSE;
  if (!self->has_item)
    {
      if (frame != NULL ? !frame->indefinite && frame->left == 0
                        : self->offset == self->length && self->n_tags == 0)
        {
          *at_end = TRUE;
          return TRUE;
        }
      if (!gcoap_cbor_item_decode (&self->item, self->data + self->offset, self->length - self->offset,
                                   self->offset, error) ||
          !check_item (self, error))
        return FALSE;
      self->has_item = TRUE;
    }
  *at_end = is_break (&self->item);

  return TRUE;
}

static GcoapCborType
get_type (const GcoapCborItem *item)
{
  switch (item->major)
    {
    case GCOAP_CBOR_MAJOR_UNSIGNED:
      return GCOAP_CBOR_TYPE_UNSIGNED;
    case GCOAP_CBOR_MAJOR_NEGATIVE:
      return GCOAP_CBOR_TYPE_NEGATIVE;
    case GCOAP_CBOR_MAJOR_BYTES:
      return GCOAP_CBOR_TYPE_BYTES;
    case GCOAP_CBOR_MAJOR_TEXT:
      return GCOAP_CBOR_TYPE_TEXT;
    case GCOAP_CBOR_MAJOR_ARRAY:
      return GCOAP_CBOR_TYPE_ARRAY;
    case GCOAP_CBOR_MAJOR_MAP:
      return GCOAP_CBOR_TYPE_MAP;
    case GCOAP_CBOR_MAJOR_TAG:
      return GCOAP_CBOR_TYPE_TAG;
    default:
      break;
    }
  if (item->is_float)
    return GCOAP_CBOR_TYPE_FLOAT;
  if (item->argument == 20 || item->argument == 21)
    return GCOAP_CBOR_TYPE_BOOLEAN;
  if (item->argument == 22)
    return GCOAP_CBOR_TYPE_NULL;

  return item->argument == 23 ? GCOAP_CBOR_TYPE_UNDEFINED : GCOAP_CBOR_TYPE_SIMPLE;
}

static const char *
get_type_name (GcoapCborType type)
{
  static const char *const names[] = {
    "nothing", "the end", "an unsigned integer", "a negative integer", "a byte string", "a text", "an array",
    "a map", "a tag", "a boolean", "null", "undefined", "a simple value", "a floating-point number",
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (names) == GCOAP_CBOR_TYPE_FLOAT + 1);

  return names[type];
}

gboolean
gcoap_cbor_reader_expect (GcoapCborReader *self,
                          GcoapCborType    wanted,
                          GError         **error)
{
  gboolean at_end;
  GcoapCborType found;

  if (!fetch (self, &at_end, error))
    return FALSE;

  found = at_end ? GCOAP_CBOR_TYPE_END : get_type (&self->item);
  if (found == wanted)
    return TRUE;

  gcoap_cbor_set_error (error, self->offset, "%s stands where %s must",
                        get_type_name (found), get_type_name (wanted));
  return FALSE;
}

void
gcoap_cbor_reader_consume (GcoapCborReader *self,
                           gsize            size)
{
  GcoapCborFrame *frame = get_frame (self);

  self->offset += size;
  self->has_item = FALSE;
  self->n_tags = 0;
  if (frame == NULL)
    return;

  if (!frame->indefinite)
    frame->left--;
  else if (frame->major == GCOAP_CBOR_MAJOR_MAP)
    frame->at_value = !frame->at_value;
}

static gboolean
check_depth (GcoapCborReader *self,
             GError         **error)
{
  if (self->depth + self->n_outer_tags + self->n_tags < self->max_depth)
    return TRUE;

  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
               "Invalid CBOR: items are nested deeper than the limit of %u (byte %" G_GSIZE_FORMAT ").",
               self->max_depth, self->offset);
  return FALSE;
}

/* Enters the container that was looked at. */
static gboolean
enter (GcoapCborReader *self,
       gint64          *count,
       GError         **error)
{
  GcoapCborFrame frame = {
    .left = self->item.argument,
    .major = self->item.major,
    .indefinite = self->item.indefinite ? TRUE : FALSE,
    .n_tags = (guint8) self->n_tags,
  };

  if (!check_depth (self, error))
    return FALSE;

  if (count != NULL)
    *count = frame.indefinite ? -1 : (gint64) frame.left;
  /* No overflow: the pairs are at most half the bytes of the input. */
  if (frame.major == GCOAP_CBOR_MAJOR_MAP)
    frame.left *= 2;
  gcoap_cbor_reader_consume (self, self->item.head_size);
  self->n_outer_tags += frame.n_tags;
  self->frames[self->depth++] = frame;

  return TRUE;
}

/* Notes the key that follows and goes on to the next. */
static gboolean
collect_key (GcoapCborReader *self,
             GArray          *keys,
             GError         **error)
{
  GcoapCborKey key;
  gsize start = self->offset;

  if (!gcoap_cbor_reader_skip (self, error))
    return FALSE;
  gcoap_cbor_key_init (&key, self->data + start, self->offset - start, start);
  if (key.indefinite && (key.major == GCOAP_CBOR_MAJOR_BYTES || key.major == GCOAP_CBOR_MAJOR_TEXT))
    {
      gcoap_cbor_set_error (error, start, "a key may not be a string in pieces");
      return FALSE;
    }
  g_array_append_val (keys, key);

  return gcoap_cbor_reader_skip (self, error);
}

/* Right after a map was entered. Maps inside are not looked at: that is done
 * when they are entered themselves. */
static gboolean
check_unique_keys (GcoapCborReader *self,
                   GError         **error)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (GcoapCborKey));
  GcoapCborReaderFlags flags = self->flags;
  GcoapCborMark mark = gcoap_cbor_reader_set_mark (self);
  gboolean success = TRUE, at_end;

  self->flags &= (GcoapCborReaderFlags) ~GCOAP_CBOR_READER_UNIQUE_KEYS;
  while (success && (success = fetch (self, &at_end, error)) && !at_end)
    success = collect_key (self, keys, error);
  self->flags = flags;
  gcoap_cbor_reader_go_back (self, &mark);

  if (success)
    {
      const GcoapCborKey *duplicate = gcoap_cbor_keys_find_duplicate ((GcoapCborKey *) (void *) keys->data, keys->len);

      if (duplicate == NULL)
        return TRUE;
      gcoap_cbor_set_error (error, duplicate->place, "a map has the same key twice");
    }

  return FALSE;
}

static gboolean
enter_map (GcoapCborReader *self,
           gint64          *n_pairs,
           GError         **error)
{
  GcoapCborMark mark = gcoap_cbor_reader_set_mark (self);

  if (!enter (self, n_pairs, error))
    return FALSE;
  if ((self->flags & GCOAP_CBOR_READER_UNIQUE_KEYS) == 0 || check_unique_keys (self, error))
    return TRUE;

  gcoap_cbor_reader_go_back (self, &mark);
  return FALSE;
}

void
gcoap_cbor_reader_init (GcoapCborReader     *self,
                        const guint8        *data,
                        gsize                length,
                        GcoapCborReaderFlags flags)
{
  self->data = data;
  self->length = length;
  self->offset = 0;
  self->flags = flags;
  self->max_depth = GCOAP_CBOR_DEFAULT_DEPTH;
  self->depth = 0;
  self->n_tags = 0;
  self->n_outer_tags = 0;
  self->has_item = FALSE;
  self->bytes = NULL;
}

const GcoapCborItem *
gcoap_cbor_reader_peek_item (GcoapCborReader *self)
{
  gboolean at_end;

  return fetch (self, &at_end, NULL) && !at_end ? &self->item : NULL;
}

gboolean
gcoap_cbor_reader_enter_string (GcoapCborReader *self,
                                GError         **error)
{
  gboolean at_end;

  if (!fetch (self, &at_end, error))
    return FALSE;
  if (!at_end && self->item.indefinite &&
      (self->item.major == GCOAP_CBOR_MAJOR_BYTES || self->item.major == GCOAP_CBOR_MAJOR_TEXT))
    return enter (self, NULL, error);

  gcoap_cbor_set_error (error, self->offset, "there is no string in pieces here");
  return FALSE;
}

gboolean
gcoap_cbor_reader_enter_any (GcoapCborReader *self,
                             GError         **error)
{
  switch (gcoap_cbor_reader_peek (self))
    {
    case GCOAP_CBOR_TYPE_ARRAY:
      return gcoap_cbor_reader_enter_array (self, NULL, error);
    case GCOAP_CBOR_TYPE_MAP:
      return gcoap_cbor_reader_enter_map (self, NULL, error);
    default:
      return gcoap_cbor_reader_enter_string (self, error);
    }
}

/**
 * gcoap_cbor_reader_new:
 * @bytes: encoded CBOR
 * @flags: what to take
 *
 * Makes a reader that stands before the first item of @bytes.
 *
 * Returns: (transfer full): the reader
 *
 * Since: 0.1
 */
GcoapCborReader *
gcoap_cbor_reader_new (GBytes              *bytes,
                       GcoapCborReaderFlags flags)
{
  GcoapCborReader *self;
  gsize length;
  const guint8 *data;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  self = g_atomic_rc_box_alloc (sizeof *self);
  gcoap_cbor_reader_init (self, data, length, flags);
  self->bytes = g_bytes_ref (bytes);

  return self;
}

/**
 * gcoap_cbor_reader_ref:
 * @self: a reader
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the reader
 *
 * Since: 0.1
 */
GcoapCborReader *
gcoap_cbor_reader_ref (GcoapCborReader *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GcoapCborReader *self = data;

  g_bytes_unref (self->bytes);
}

/**
 * gcoap_cbor_reader_unref:
 * @self: (transfer full): a reader
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_cbor_reader_unref (GcoapCborReader *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * gcoap_cbor_reader_set_max_depth:
 * @self: a reader
 * @max_depth: how deep items may be nested, at most %GCOAP_CBOR_MAX_DEPTH
 *
 * Sets how deep arrays, maps, tags and strings in pieces may be nested, all counted together.
 *
 * What is nested deeper is refused with `GCOAP_ERROR_LIMIT`. It is %GCOAP_CBOR_DEFAULT_DEPTH unless set.
 *
 * Since: 0.1
 */
void
gcoap_cbor_reader_set_max_depth (GcoapCborReader *self,
                                 guint            max_depth)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (max_depth <= GCOAP_CBOR_MAX_DEPTH);

  self->max_depth = max_depth;
}

/**
 * gcoap_cbor_reader_get_max_depth:
 * @self: a reader
 *
 * Gets how deep items may be nested.
 *
 * Returns: the depth
 *
 * Since: 0.1
 */
guint
gcoap_cbor_reader_get_max_depth (GcoapCborReader *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_depth;
}

/**
 * gcoap_cbor_reader_get_offset:
 * @self: a reader
 *
 * Gets the place of the next item.
 *
 * Returns: the number of bytes read so far
 *
 * Since: 0.1
 */
gsize
gcoap_cbor_reader_get_offset (GcoapCborReader *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->offset;
}

/**
 * gcoap_cbor_reader_peek:
 * @self: a reader
 *
 * Looks at the next item.
 *
 * Returns: what it is
 *
 * Since: 0.1
 */
GcoapCborType
gcoap_cbor_reader_peek (GcoapCborReader *self)
{
  gboolean at_end;

  g_return_val_if_fail (self != NULL, GCOAP_CBOR_TYPE_INVALID);

  if (!fetch (self, &at_end, NULL))
    return GCOAP_CBOR_TYPE_INVALID;

  return at_end ? GCOAP_CBOR_TYPE_END : get_type (&self->item);
}

/**
 * gcoap_cbor_reader_read_tag:
 * @self: a reader
 * @tag: (out): where to store the number of the tag
 * @error: return location for an error
 *
 * Reads a tag; the next item is the one that it is about.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_tag (GcoapCborReader *self,
                            guint64         *tag,
                            GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (tag != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_TAG, error) || !check_depth (self, error))
    return FALSE;

  *tag = self->item.argument;
  self->offset += self->item.size;
  self->has_item = FALSE;
  self->n_tags++;

  return TRUE;
}

/**
 * gcoap_cbor_reader_enter_array:
 * @self: a reader
 * @n_items: (out) (optional): where to store the number of items, or -1 if it
 *   is not known
 * @error: return location for an error
 *
 * Goes into an array.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_enter_array (GcoapCborReader *self,
                               gint64          *n_items,
                               GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_ARRAY, error) && enter (self, n_items, error);
}

/**
 * gcoap_cbor_reader_enter_map:
 * @self: a reader
 * @n_pairs: (out) (optional): where to store the number of pairs, or -1 if it
 *   is not known
 * @error: return location for an error
 *
 * Goes into a map, where keys and values take turns.
 *
 * With %GCOAP_CBOR_READER_UNIQUE_KEYS the keys are compared here.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_enter_map (GcoapCborReader *self,
                             gint64          *n_pairs,
                             GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_MAP, error) && enter_map (self, n_pairs, error);
}

/**
 * gcoap_cbor_reader_leave:
 * @self: a reader inside a container
 * @error: return location for an error
 *
 * Goes out of a container that was read to its end.
 *
 * Returns: %TRUE if nothing is left in it
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_leave (GcoapCborReader *self,
                         GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->depth > 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_END, error))
    return FALSE;

  if (self->frames[self->depth - 1].indefinite)
    self->offset += self->item.size;
  self->has_item = FALSE;
  self->depth--;
  self->n_outer_tags -= self->frames[self->depth].n_tags;

  return TRUE;
}

/* One step of going past an item. */
static gboolean
skip_step (GcoapCborReader *self,
           guint            outer_depth,
           GError         **error)
{
  gboolean at_end;
  guint64 tag;

  if (!fetch (self, &at_end, error))
    return FALSE;
  if (at_end)
    {
      if (self->depth > outer_depth)
        return gcoap_cbor_reader_leave (self, error);
      gcoap_cbor_set_error (error, self->offset, "there is no item left");
      return FALSE;
    }
  if (self->item.major == GCOAP_CBOR_MAJOR_TAG)
    return gcoap_cbor_reader_read_tag (self, &tag, error);
  if (self->item.major == GCOAP_CBOR_MAJOR_MAP)
    return enter_map (self, NULL, error);
  if (self->item.major == GCOAP_CBOR_MAJOR_ARRAY || self->item.indefinite)
    return enter (self, NULL, error);

  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_skip:
 * @self: a reader
 * @error: return location for an error
 *
 * Goes past an item, with its tags and everything in it.
 *
 * Returns: %TRUE if there is one, valid to its end
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_skip (GcoapCborReader *self,
                        GError         **error)
{
  GcoapCborMark mark;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  mark = gcoap_cbor_reader_set_mark (self);
  do
    {
      if (!skip_step (self, mark.depth, error))
        {
          gcoap_cbor_reader_go_back (self, &mark);
          return FALSE;
        }
    }
  while (self->depth > mark.depth || self->n_tags > 0);

  return TRUE;
}

/**
 * gcoap_cbor_reader_finish:
 * @self: a reader outside all containers
 * @error: return location for an error
 *
 * Makes sure that everything was read.
 *
 * Returns: %TRUE if nothing follows
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_finish (GcoapCborReader *self,
                          GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (self->depth == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (self->n_tags == 0 && self->offset == self->length)
    return TRUE;

  gcoap_cbor_set_error (error, self->offset,
                        self->n_tags > 0 ? "a tag has no item" : "something follows the last item");
  return FALSE;
}
