/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading one item that is no container: numbers, strings, the rest. */
#include "formats/gcoap-cbor-reader-private.h"

#include <string.h>

/* As gcoap_cbor_reader_expect(), and the string must be in one piece. */
static gboolean
expect_string (GcoapCborReader *self,
               GcoapCborType    wanted,
               GError         **error)
{
  if (!gcoap_cbor_reader_expect (self, wanted, error))
    return FALSE;
  if (!self->item.indefinite)
    return TRUE;

  gcoap_cbor_set_error (error, self->offset, "a string may not be in pieces here");
  return FALSE;
}

/**
 * gcoap_cbor_reader_read_uint:
 * @self: a reader
 * @value: (out): where to store the number
 * @error: return location for an error
 *
 * Reads an unsigned integer.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_uint (GcoapCborReader *self,
                             guint64         *value,
                             GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_UNSIGNED, error))
    return FALSE;

  *value = self->item.argument;
  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_int:
 * @self: a reader
 * @value: (out): where to store the number
 * @error: return location for an error
 *
 * Reads an integer of either sign.
 *
 * One that does not fit is refused.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_int (GcoapCborReader *self,
                            gint64          *value,
                            GError         **error)
{
  gboolean is_negative;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  is_negative = gcoap_cbor_reader_peek (self) == GCOAP_CBOR_TYPE_NEGATIVE;
  if (!gcoap_cbor_reader_expect (self, is_negative ? GCOAP_CBOR_TYPE_NEGATIVE : GCOAP_CBOR_TYPE_UNSIGNED, error))
    return FALSE;
  if (self->item.argument > G_MAXINT64)
    {
      gcoap_cbor_set_error (error, self->offset, "an integer is out of range");
      return FALSE;
    }

  *value = is_negative ? -1 - (gint64) self->item.argument : (gint64) self->item.argument;
  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_double:
 * @self: a reader
 * @value: (out): where to store the number
 * @error: return location for an error
 *
 * Reads a number: an integer, rounded if it must be, or a floating-point number of any length.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_double (GcoapCborReader *self,
                               double          *value,
                               GError         **error)
{
  GcoapCborType type;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  type = gcoap_cbor_reader_peek (self);
  if (type == GCOAP_CBOR_TYPE_UNSIGNED)
    *value = (double) self->item.argument;
  else if (type == GCOAP_CBOR_TYPE_NEGATIVE)
    *value = -1.0 - (double) self->item.argument;
  else if (gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_FLOAT, error))
    *value = self->item.real;
  else
    return FALSE;

  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_boolean:
 * @self: a reader
 * @value: (out): where to store it
 * @error: return location for an error
 *
 * Reads true or false.
 *
 * Returns: %TRUE if there is one of them, whichever it is
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_boolean (GcoapCborReader *self,
                                gboolean        *value,
                                GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_BOOLEAN, error))
    return FALSE;

  *value = self->item.argument == 21;
  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_null:
 * @self: a reader
 * @error: return location for an error
 *
 * Reads null.
 *
 * Returns: %TRUE if it is there
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_null (GcoapCborReader *self,
                             GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_NULL, error))
    return FALSE;

  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_simple:
 * @self: a reader
 * @value: (out): where to store its number
 * @error: return location for an error
 *
 * Reads a simple value by number; those with a name too (RFC 8949 §3.3): false is 20, true 21, null 22 and undefined 23.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_simple (GcoapCborReader *self,
                               guint8          *value,
                               GError         **error)
{
  const GcoapCborItem *item;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  item = gcoap_cbor_reader_peek_item (self);
  if ((item == NULL || item->major != GCOAP_CBOR_MAJOR_OTHER || item->is_float) &&
      !gcoap_cbor_reader_expect (self, GCOAP_CBOR_TYPE_SIMPLE, error))
    return FALSE;

  *value = (guint8) self->item.argument;
  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_bytes:
 * @self: a reader
 * @data: (out) (array length=length) (transfer none): where to store the
 *   bytes, which stay those of the input
 * @length: (out): where to store their number
 * @error: return location for an error
 *
 * Reads a byte string that is in one piece.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_bytes (GcoapCborReader *self,
                              const guint8   **data,
                              gsize           *length,
                              GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL && length != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!expect_string (self, GCOAP_CBOR_TYPE_BYTES, error))
    return FALSE;

  *data = self->item.content;
  *length = (gsize) self->item.argument;
  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_text: (skip)
 * @self: a reader
 * @text: (out) (transfer none): where to store the text, which stays that of
 *   the input; no NUL ends it, and it may hold some
 * @length: (out): where to store the number of its bytes
 * @error: return location for an error
 *
 * Reads a text that is in one piece.
 *
 * Returns: %TRUE if there is one
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_text (GcoapCborReader *self,
                             const char     **text,
                             gsize           *length,
                             GError         **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (text != NULL && length != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!expect_string (self, GCOAP_CBOR_TYPE_TEXT, error))
    return FALSE;

  *text = (const char *) self->item.content;
  *length = (gsize) self->item.argument;
  gcoap_cbor_reader_consume (self, self->item.size);

  return TRUE;
}

/**
 * gcoap_cbor_reader_read_item:
 * @self: a reader
 * @data: (out) (array length=length) (transfer none): where to store the
 *   encoded item, which stays part of the input
 * @length: (out): where to store the number of its bytes
 * @error: return location for an error
 *
 * Reads an item whole, as it is encoded.
 *
 * Returns: %TRUE if there is one, valid to its end
 *
 * Since: 0.1
 */
gboolean
gcoap_cbor_reader_read_item (GcoapCborReader *self,
                             const guint8   **data,
                             gsize           *length,
                             GError         **error)
{
  gsize start;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL && length != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  start = self->offset;
  if (!gcoap_cbor_reader_skip (self, error))
    return FALSE;

  *data = self->data + start;
  *length = self->offset - start;

  return TRUE;
}

/* A string of either kind, from all its pieces. */
static GByteArray *
join (GcoapCborReader *self,
      GcoapCborType    type,
      GError         **error)
{
  g_autoptr (GByteArray) whole = g_byte_array_new ();
  GcoapCborMark mark = gcoap_cbor_reader_set_mark (self);
  const GcoapCborItem *piece;

  if (!gcoap_cbor_reader_expect (self, type, error))
    return NULL;
  if (self->item.argument > G_MAXUINT / 2 || self->length - self->offset > G_MAXUINT / 2)
    {
      gcoap_cbor_set_error (error, self->offset, "a string is too long to be copied");
      return NULL;
    }
  if (!self->item.indefinite)
    {
      g_byte_array_append (whole, self->item.content, (guint) self->item.argument);
      gcoap_cbor_reader_consume (self, self->item.size);
      return g_steal_pointer (&whole);
    }

  if (!gcoap_cbor_reader_enter_string (self, error))
    return NULL;
  while ((piece = gcoap_cbor_reader_peek_item (self)) != NULL)
    {
      g_byte_array_append (whole, piece->content, (guint) piece->argument);
      gcoap_cbor_reader_consume (self, piece->size);
    }
  if (!gcoap_cbor_reader_leave (self, error))
    {
      gcoap_cbor_reader_go_back (self, &mark);
      return NULL;
    }

  return g_steal_pointer (&whole);
}

/**
 * gcoap_cbor_reader_dup_bytes:
 * @self: a reader
 * @error: return location for an error
 *
 * Reads a byte string, also one in pieces.
 *
 * Returns: (transfer full): a copy, or %NULL if there is none
 *
 * Since: 0.1
 */
GBytes *
gcoap_cbor_reader_dup_bytes (GcoapCborReader *self,
                             GError         **error)
{
  GByteArray *whole;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  whole = join (self, GCOAP_CBOR_TYPE_BYTES, error);

  return whole != NULL ? g_byte_array_free_to_bytes (whole) : NULL;
}

/**
 * gcoap_cbor_reader_dup_text:
 * @self: a reader
 * @error: return location for an error
 *
 * Reads a text, also one in pieces.
 *
 * One with a NUL in it is refused.
 *
 * Returns: (transfer full): a copy, or %NULL if there is none
 *
 * Since: 0.1
 */
char *
gcoap_cbor_reader_dup_text (GcoapCborReader *self,
                            GError         **error)
{
  g_autoptr (GByteArray) whole = NULL;
  GcoapCborMark mark;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  mark = gcoap_cbor_reader_set_mark (self);
  whole = join (self, GCOAP_CBOR_TYPE_TEXT, error);
  if (whole == NULL)
    return NULL;
  if (whole->len > 0 && memchr (whole->data, '\0', whole->len) != NULL)
    {
      gcoap_cbor_reader_go_back (self, &mark);
      gcoap_cbor_set_error (error, self->offset, "a text may not hold a NUL here");
      return NULL;
    }
  g_byte_array_append (whole, (const guint8 *) "", 1);

  return (char *) g_byte_array_free (g_steal_pointer (&whole), FALSE);
}
