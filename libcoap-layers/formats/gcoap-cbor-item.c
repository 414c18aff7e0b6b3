/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One step through CBOR, over libcbor's streaming decoder. */
#include "formats/gcoap-cbor-item-private.h"

#include <cbor.h>
#include <string.h>

#include "base/gcoap-error.h"

void
gcoap_cbor_set_error (GError    **error,
                      gsize       offset,
                      const char *format,
                      ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
               "Invalid CBOR: %s (byte %" G_GSIZE_FORMAT ").", reason, offset);
}

gboolean
gcoap_cbor_is_utf8 (const guint8 *text,
                    gsize         length)
{
  const char *rest = (const char *) text;
  const char *end = rest + length;

  while (rest < end)
    {
      const char *stop;

      if (g_utf8_validate_len (rest, (gsize) (end - rest), &stop))
        return TRUE;
      if (*stop != '\0')
        return FALSE;
      rest = stop + 1;
    }

  return TRUE;
}

static void
set_argument (gpointer context,
              guint8   major,
              guint64  argument)
{
  GcoapCborItem *item = context;

  item->major = major;
  item->argument = argument;
}

static void
set_string (gpointer      context,
            guint8        major,
            const guint8 *content,
            gsize         length)
{
  GcoapCborItem *item = context;

  set_argument (item, major, length);
  item->content = content;
}

static void
set_indefinite (gpointer context,
                guint8   major)
{
  GcoapCborItem *item = context;

  item->major = major;
  item->indefinite = TRUE;
}

static void
set_real (gpointer context,
          double   real)
{
  GcoapCborItem *item = context;

  item->major = GCOAP_CBOR_MAJOR_OTHER;
  item->is_float = TRUE;
  item->real = real;
}

static void
uint8_cb (void *context, uint8_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_UNSIGNED, value);
}

static void
uint16_cb (void *context, uint16_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_UNSIGNED, value);
}

static void
uint32_cb (void *context, uint32_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_UNSIGNED, value);
}

static void
uint64_cb (void *context, uint64_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_UNSIGNED, value);
}

static void
negative8_cb (void *context, uint8_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_NEGATIVE, value);
}

static void
negative16_cb (void *context, uint16_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_NEGATIVE, value);
}

static void
negative32_cb (void *context, uint32_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_NEGATIVE, value);
}

static void
negative64_cb (void *context, uint64_t value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_NEGATIVE, value);
}

static void
bytes_cb (void *context, cbor_data data, size_t length)
{
  set_string (context, GCOAP_CBOR_MAJOR_BYTES, data, length);
}

static void
bytes_start_cb (void *context)
{
  set_indefinite (context, GCOAP_CBOR_MAJOR_BYTES);
}

static void
text_cb (void *context, cbor_data data, size_t length)
{
  set_string (context, GCOAP_CBOR_MAJOR_TEXT, data, length);
}

static void
text_start_cb (void *context)
{
  set_indefinite (context, GCOAP_CBOR_MAJOR_TEXT);
}

static void
array_cb (void *context, size_t count)
{
  set_argument (context, GCOAP_CBOR_MAJOR_ARRAY, count);
}

static void
array_start_cb (void *context)
{
  set_indefinite (context, GCOAP_CBOR_MAJOR_ARRAY);
}

static void
map_cb (void *context, size_t count)
{
  set_argument (context, GCOAP_CBOR_MAJOR_MAP, count);
}

static void
map_start_cb (void *context)
{
  set_indefinite (context, GCOAP_CBOR_MAJOR_MAP);
}

static void
tag_cb (void *context, uint64_t tag)
{
  set_argument (context, GCOAP_CBOR_MAJOR_TAG, tag);
}

static void
float_cb (void *context, float value)
{
  set_real (context, (double) value);
}

static void
double_cb (void *context, double value)
{
  set_real (context, value);
}

static void
undefined_cb (void *context)
{
  set_argument (context, GCOAP_CBOR_MAJOR_OTHER, 23);
}

static void
null_cb (void *context)
{
  set_argument (context, GCOAP_CBOR_MAJOR_OTHER, 22);
}

static void
boolean_cb (void *context, bool value)
{
  set_argument (context, GCOAP_CBOR_MAJOR_OTHER, value ? 21 : 20);
}

static void
break_cb (void *context)
{
  set_indefinite (context, GCOAP_CBOR_MAJOR_OTHER);
}

static const struct cbor_callbacks callbacks = {
  .uint8 = uint8_cb,
  .uint16 = uint16_cb,
  .uint32 = uint32_cb,
  .uint64 = uint64_cb,
  .negint8 = negative8_cb,
  .negint16 = negative16_cb,
  .negint32 = negative32_cb,
  .negint64 = negative64_cb,
  .byte_string_start = bytes_start_cb,
  .byte_string = bytes_cb,
  .string_start = text_start_cb,
  .string = text_cb,
  .indef_array_start = array_start_cb,
  .array_start = array_cb,
  .indef_map_start = map_start_cb,
  .map_start = map_cb,
  .tag = tag_cb,
  .float2 = float_cb,
  .float4 = float_cb,
  .float8 = double_cb,
  .undefined = undefined_cb,
  .null = null_cb,
  .boolean = boolean_cb,
  .indef_break = break_cb,
};

/* Simple values are unknown to libcbor but for the four with a name. */
static gboolean
decode_simple (GcoapCborItem *item,
               const guint8  *data,
               gsize          length,
               gsize          offset,
               GError       **error)
{
  item->major = GCOAP_CBOR_MAJOR_OTHER;
  if (data[0] != 0xf8)
    {
      item->argument = data[0] & 0x1f;
      item->size = item->head_size = 1;
      return TRUE;
    }
  if (length < 2)
    {
      gcoap_cbor_set_error (error, offset, "the input ends inside an item");
      return FALSE;
    }
  /* RFC 8949 §3.3: below 32 this form is not well-formed. */
  if (data[1] < 32)
    {
      gcoap_cbor_set_error (error, offset, "the simple value %u may not be written in two bytes", data[1]);
      return FALSE;
    }
  item->argument = data[1];
  item->width = 1;
  item->size = item->head_size = 2;

  return TRUE;
}

static guint8
get_width (guint8 initial_byte)
{
  guint8 info = initial_byte & 0x1f;

  return info >= 24 && info <= 27 ? (guint8) (1u << (info - 24)) : 0;
}

static void
finish_item (GcoapCborItem *item,
             const guint8  *data)
{
  item->width = get_width (data[0]);
  item->head_size = 1u + item->width;
  if (item->is_float)
    {
      item->argument = 0;
      for (guint i = 0; i < item->width; i++)
        item->argument = item->argument << 8 | data[1 + i];
    }
}

gboolean
gcoap_cbor_item_decode (GcoapCborItem *item,
                        const guint8  *data,
                        gsize          length,
                        gsize          offset,
                        GError       **error)
{
  struct cbor_decoder_result result;

  memset (item, 0, sizeof *item);
  if (length == 0)
    {
      gcoap_cbor_set_error (error, offset, "the input ends where an item must follow");
      return FALSE;
    }
  if ((data[0] >= 0xe0 && data[0] < 0xf4) || data[0] == 0xf8)
    return decode_simple (item, data, length, offset, error);
  /* Of the tags in one byte libcbor knows only some. */
  if (data[0] >= 0xc0 && data[0] < 0xd8)
    {
      item->major = GCOAP_CBOR_MAJOR_TAG;
      item->argument = data[0] & 0x1f;
      item->size = item->head_size = 1;
      return TRUE;
    }

  result = cbor_stream_decode (data, length, &callbacks, item);
  switch (result.status)
    {
    case CBOR_DECODER_FINISHED:
      item->size = result.read;
      finish_item (item, data);
      return TRUE;

    case CBOR_DECODER_NEDATA:
      gcoap_cbor_set_error (error, offset, "the input ends inside an item");
      return FALSE;

    case CBOR_DECODER_ERROR:
    default:
      gcoap_cbor_set_error (error, offset, "no item begins with 0x%02x", data[0]);
      return FALSE;
    }
}
