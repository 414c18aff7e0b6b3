/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problem details as bytes (RFC 9290 §2). */
#include "formats/gcoap-problem-details-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-reader-private.h"
#include "formats/gcoap-cbor-writer-private.h"

/* RFC 9290, Appendix A. */
#define TAG_LANGUAGE 38

static gboolean
fail (GcoapCborReader *reader,
      GError         **error,
      const char      *reason)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "Invalid problem details: %s (byte %" G_GSIZE_FORMAT ").",
               reason, gcoap_cbor_reader_get_offset (reader));
  return FALSE;
}

/* RFC 9290, Appendix A.2: true for right to left, null for automatic. */
static gboolean
read_direction (GcoapCborReader    *reader,
                GcoapTextDirection *direction,
                GError            **error)
{
  gboolean is_right_to_left;

  if (gcoap_cbor_reader_peek (reader) == GCOAP_CBOR_TYPE_NULL)
    {
      *direction = GCOAP_TEXT_DIRECTION_AUTOMATIC;
      return gcoap_cbor_reader_read_null (reader, error);
    }
  if (!gcoap_cbor_reader_read_boolean (reader, &is_right_to_left, error))
    return FALSE;
  *direction = is_right_to_left ? GCOAP_TEXT_DIRECTION_RIGHT_TO_LEFT : GCOAP_TEXT_DIRECTION_LEFT_TO_RIGHT;

  return TRUE;
}

static gboolean
read_string (GcoapCborReader *reader,
             char           **string,
             GError         **error)
{
  guint64 tag;

  /* Appendix A.2: both strings may have tags, which are of no use here. */
  while (gcoap_cbor_reader_peek (reader) == GCOAP_CBOR_TYPE_TAG)
    {
      if (!gcoap_cbor_reader_read_tag (reader, &tag, error))
        return FALSE;
    }
  g_clear_pointer (string, g_free);
  *string = gcoap_cbor_reader_dup_text (reader, error);

  return *string != NULL;
}

static gboolean
read_language (GcoapCborReader *reader,
               char           **language,
               GError         **error)
{
  return read_string (reader, language, error) &&
         (gcoap_problem_is_language (*language) || fail (reader, error, "a language tag is not well-formed"));
}

static gboolean
read_text (GcoapCborReader  *reader,
           GcoapProblemText *text,
           GError          **error)
{
  guint64 tag;

  if (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_TAG)
    return read_string (reader, &text->text, error);

  if (!gcoap_cbor_reader_read_tag (reader, &tag, error))
    return FALSE;
  if (tag != TAG_LANGUAGE)
    return fail (reader, error, "a text has an unexpected tag");
  if (!gcoap_cbor_reader_enter_array (reader, NULL, error) ||
      !read_language (reader, &text->language, error) ||
      !read_string (reader, &text->text, error))
    return FALSE;
  if (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_END && !read_direction (reader, &text->direction, error))
    return FALSE;

  return gcoap_cbor_reader_leave (reader, error);
}

static gboolean
read_option (GcoapProblemDetails *self,
             GcoapCborReader     *reader,
             GError             **error)
{
  guint64 number;

  if (self->options->len >= GCOAP_PROBLEM_DETAILS_MAX_OPTIONS)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "Invalid problem details: there are more options than the limit of %d.",
                   GCOAP_PROBLEM_DETAILS_MAX_OPTIONS);
      return FALSE;
    }
  if (!gcoap_cbor_reader_read_uint (reader, &number, error))
    return FALSE;
  if (number > G_MAXUINT16)
    return fail (reader, error, "there is no such option number");
  gcoap_problem_details_add_unprocessed_option (self, (guint) number);

  return TRUE;
}

/* RFC 9290 §3.1.1: a number, or an array of them. */
static gboolean
read_options (GcoapProblemDetails *self,
              GcoapCborReader     *reader,
              GError             **error)
{
  if (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_ARRAY)
    return read_option (self, reader, error);

  if (!gcoap_cbor_reader_enter_array (reader, NULL, error))
    return FALSE;
  while (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_END)
    {
      if (!read_option (self, reader, error))
        return FALSE;
    }

  return gcoap_cbor_reader_leave (reader, error);
}

static gboolean
read_response_code (GcoapProblemDetails *self,
                    GcoapCborReader     *reader,
                    GError             **error)
{
  guint64 code;

  if (!gcoap_cbor_reader_read_uint (reader, &code, error))
    return FALSE;
  if (code > G_MAXUINT8)
    return fail (reader, error, "there is no such response code");
  self->response_code = (guint) code;

  return TRUE;
}

/* RFC 9290 §3: what is not known is kept. */
static gboolean
read_entry (GcoapProblemDetails *self,
            GcoapCborReader     *reader,
            char                *key,
            GError             **error)
{
  g_autofree char *owned = key;
  const guint8 *data;
  gsize length;

  if (!gcoap_problem_is_entry_key (key))
    return fail (reader, error, "a key is neither a number nor a URI");
  if (!gcoap_cbor_reader_read_item (reader, &data, &length, error))
    return FALSE;
  g_tree_insert (self->entries, g_steal_pointer (&owned), g_bytes_new (data, length));

  return TRUE;
}

static gboolean
read_standard (GcoapProblemDetails *self,
               GcoapCborReader     *reader,
               gint64               key,
               GError             **error)
{
  switch (key)
    {
    case GCOAP_PROBLEM_KEY_TITLE:
      return read_text (reader, &self->title, error);
    case GCOAP_PROBLEM_KEY_DETAIL:
      return read_text (reader, &self->detail, error);
    case GCOAP_PROBLEM_KEY_INSTANCE:
      return read_string (reader, &self->instance, error);
    case GCOAP_PROBLEM_KEY_RESPONSE_CODE:
      return read_response_code (self, reader, error);
    case GCOAP_PROBLEM_KEY_BASE_URI:
      return read_string (reader, &self->base_uri, error);
    case GCOAP_PROBLEM_KEY_BASE_LANGUAGE:
      return read_language (reader, &self->base_language, error);
    case GCOAP_PROBLEM_KEY_BASE_DIRECTION:
      return read_direction (reader, &self->base_direction, error);
    case GCOAP_PROBLEM_KEY_UNPROCESSED_OPTION:
      return read_options (self, reader, error);
    default:
      return read_entry (self, reader, g_strdup_printf ("%" G_GINT64_FORMAT, key), error);
    }
}

static gboolean
read_pair (GcoapProblemDetails *self,
           GcoapCborReader     *reader,
           GError             **error)
{
  char *uri;
  gint64 key;

  if (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_TEXT)
    return gcoap_cbor_reader_read_int (reader, &key, error) && read_standard (self, reader, key, error);

  uri = gcoap_cbor_reader_dup_text (reader, error);

  return uri != NULL && read_entry (self, reader, uri, error);
}

/**
 * gcoap_problem_details_parse:
 * @payload: bytes of content format 257
 * @error: return location for an error
 *
 * Reads problem details.
 *
 * The error is `GCOAP_ERROR_MALFORMED`; or `GCOAP_ERROR_LIMIT` for more than %GCOAP_PROBLEM_DETAILS_MAX_BYTES bytes or
 * %GCOAP_PROBLEM_DETAILS_MAX_OPTIONS options.
 *
 * Returns: (transfer full): the problem details, or %NULL
 *
 * Since: 0.1
 */
GcoapProblemDetails *
gcoap_problem_details_parse (GBytes  *payload,
                             GError **error)
{
  g_autoptr (GcoapProblemDetails) self = NULL;
  GcoapCborReader reader;
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (payload != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (payload, &length);
  if (length > GCOAP_PROBLEM_DETAILS_MAX_BYTES)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "Invalid problem details: they have more bytes than the limit of %d.",
                   GCOAP_PROBLEM_DETAILS_MAX_BYTES);
      return NULL;
    }

  self = gcoap_problem_details_new ();
  gcoap_cbor_reader_init (&reader, data, length, GCOAP_CBOR_READER_INDEFINITE | GCOAP_CBOR_READER_UNIQUE_KEYS);
  if (!gcoap_cbor_reader_enter_map (&reader, NULL, error))
    return NULL;
  if (gcoap_cbor_reader_peek (&reader) == GCOAP_CBOR_TYPE_END)
    {
      fail (&reader, error, "there are none");
      return NULL;
    }
  while (gcoap_cbor_reader_peek (&reader) != GCOAP_CBOR_TYPE_END)
    {
      if (!read_pair (self, &reader, error))
        return NULL;
    }
  if (!gcoap_cbor_reader_leave (&reader, error) || !gcoap_cbor_reader_finish (&reader, error))
    return NULL;

  return g_steal_pointer (&self);
}

static void
write_direction (GcoapCborWriter   *writer,
                 GcoapTextDirection direction)
{
  if (direction == GCOAP_TEXT_DIRECTION_AUTOMATIC)
    gcoap_cbor_writer_add_null (writer);
  else
    gcoap_cbor_writer_add_boolean (writer, direction == GCOAP_TEXT_DIRECTION_RIGHT_TO_LEFT);
}

static void
write_text (GcoapCborWriter        *writer,
            int                     key,
            const GcoapProblemText *text)
{
  gboolean has_direction = text->direction != GCOAP_TEXT_DIRECTION_UNSPECIFIED;

  if (text->text == NULL)
    return;

  gcoap_cbor_writer_add_int (writer, key);
  if (text->language != NULL)
    {
      gcoap_cbor_writer_add_tag (writer, TAG_LANGUAGE);
      gcoap_cbor_writer_add_array (writer, has_direction ? 3 : 2);
      gcoap_cbor_writer_add_text (writer, text->language, -1);
    }
  gcoap_cbor_writer_add_text (writer, text->text, -1);
  if (text->language != NULL && has_direction)
    write_direction (writer, text->direction);
}

static void
write_string (GcoapCborWriter *writer,
              int              key,
              const char      *string)
{
  if (string == NULL)
    return;

  gcoap_cbor_writer_add_int (writer, key);
  gcoap_cbor_writer_add_text (writer, string, -1);
}

static void
write_options (GcoapCborWriter     *writer,
               GcoapProblemDetails *self)
{
  if (self->options->len == 0)
    return;

  gcoap_cbor_writer_add_int (writer, GCOAP_PROBLEM_KEY_UNPROCESSED_OPTION);
  if (self->options->len > 1)
    gcoap_cbor_writer_add_array (writer, self->options->len);
  for (guint i = 0; i < self->options->len; i++)
    gcoap_cbor_writer_add_uint (writer, g_array_index (self->options, guint, i));
}

static gboolean
write_entry (gpointer key,
             gpointer value,
             gpointer data)
{
  GcoapCborWriter *writer = data;
  gsize length;
  const guint8 *encoded = g_bytes_get_data (value, &length);
  gint64 number;

  if (g_ascii_string_to_signed (key, 10, G_MININT64, G_MAXINT64, &number, NULL))
    gcoap_cbor_writer_add_int (writer, number);
  else
    gcoap_cbor_writer_add_text (writer, key, -1);
  gcoap_cbor_writer_add_encoded (writer, encoded, length);

  return FALSE;
}

/**
 * gcoap_problem_details_write:
 * @self: problem details
 * @error: return location for an error
 *
 * Writes problem details.
 *
 * Fails with `GCOAP_ERROR_INVALID_ARGUMENT` if nothing is said, and as [method@CborWriter.finish] does.
 *
 * Returns: (transfer full): the bytes, or %NULL
 *
 * Since: 0.1
 */
GBytes *
gcoap_problem_details_write (GcoapProblemDetails *self,
                             GError             **error)
{
  g_auto (GcoapCborWriter) writer;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  gcoap_cbor_writer_init (&writer, NULL, 0);
  gcoap_cbor_writer_begin_map (&writer);
  write_text (&writer, GCOAP_PROBLEM_KEY_TITLE, &self->title);
  write_text (&writer, GCOAP_PROBLEM_KEY_DETAIL, &self->detail);
  write_string (&writer, GCOAP_PROBLEM_KEY_INSTANCE, self->instance);
  if (self->response_code != 0)
    {
      gcoap_cbor_writer_add_int (&writer, GCOAP_PROBLEM_KEY_RESPONSE_CODE);
      gcoap_cbor_writer_add_uint (&writer, self->response_code);
    }
  write_string (&writer, GCOAP_PROBLEM_KEY_BASE_URI, self->base_uri);
  write_string (&writer, GCOAP_PROBLEM_KEY_BASE_LANGUAGE, self->base_language);
  if (self->base_direction != GCOAP_TEXT_DIRECTION_UNSPECIFIED)
    {
      gcoap_cbor_writer_add_int (&writer, GCOAP_PROBLEM_KEY_BASE_DIRECTION);
      write_direction (&writer, self->base_direction);
    }
  write_options (&writer, self);
  g_tree_foreach (self->entries, write_entry, &writer);
  if (writer.length == 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, "The problem details are empty.");
      return NULL;
    }
  gcoap_cbor_writer_end (&writer);

  return gcoap_cbor_writer_finish (&writer, error);
}
