/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR payloads in diagnostic notation. */
#include "common/tool-cbor.h"

#include <libcoap-layers/gcoap.h>

#include <string.h>

#include "common/tool-terminal.h"

ToolCborKind
tool_cbor_get_kind (guint content_format)
{
  const char *media_type = gcoap_content_format_get_media_type (content_format);
  g_autofree char *type = NULL;

  if (media_type == NULL || gcoap_content_format_get_content_coding (content_format) != NULL)
    return TOOL_CBOR_NONE;

  type = g_strndup (media_type, strcspn (media_type, "; "));
  if (strcmp (type, "application/cbor-seq") == 0 || g_str_has_suffix (type, "+cbor-seq"))
    return TOOL_CBOR_SEQUENCE;
  if (strcmp (type, "application/cbor") == 0 || g_str_has_suffix (type, "+cbor")
      || strcmp (type, "application/cwt") == 0 || strcmp (type, "application/cose") == 0
      || g_str_has_prefix (type, "application/cose-") || strcmp (type, "application/multipart-core") == 0)
    return TOOL_CBOR_ITEM;

  return TOOL_CBOR_NONE;
}

static GcoapEdnFlags
get_flags (guint content_format)
{
  return tool_cbor_get_kind (content_format) == TOOL_CBOR_SEQUENCE ? GCOAP_EDN_SEQUENCE : GCOAP_EDN_DEFAULT;
}

static gboolean
is_encoded (GBytes *payload,
            guint   content_format)
{
  g_autoptr (GcoapCborReader) reader = gcoap_cbor_reader_new (payload, GCOAP_CBOR_READER_INDEFINITE);

  gcoap_cbor_reader_set_max_depth (reader, GCOAP_CBOR_MAX_DEPTH);
  if (tool_cbor_get_kind (content_format) == TOOL_CBOR_ITEM)
    return gcoap_cbor_reader_skip (reader, NULL) && gcoap_cbor_reader_finish (reader, NULL);

  while (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_END)
    {
      if (!gcoap_cbor_reader_skip (reader, NULL))
        return FALSE;
    }

  return TRUE;
}

/* The JSON of SenML has other labels than its CBOR (RFC 8428 §6). */
static GBytes *
encode_senml (GBytes *payload,
              guint   content_format)
{
  g_autoptr (GcoapSenmlPack) pack = NULL;

  if (!gcoap_senml_pack_is_format (content_format))
    return NULL;

  pack = gcoap_senml_pack_parse (payload, GCOAP_CONTENT_FORMAT_SENML_JSON, NULL);

  return pack != NULL ? gcoap_senml_pack_write (pack, content_format, NULL) : NULL;
}

GBytes *
tool_cbor_encode (GBytes   *payload,
                  guint     content_format,
                  gboolean  may_be_encoded,
                  GError  **error)
{
  GBytes *encoded = encode_senml (payload, content_format);
  g_autoptr (GError) reason = NULL;
  gsize length;
  const char *text = g_bytes_get_data (payload, &length);

  if (encoded != NULL)
    return encoded;

  encoded = gcoap_edn_parse (text != NULL ? text : "", (gssize) length, get_flags (content_format), &reason);
  if (encoded != NULL)
    return encoded;
  if (may_be_encoded && is_encoded (payload, content_format))
    return g_bytes_ref (payload);

  g_propagate_prefixed_error (error, g_steal_pointer (&reason),
                              "The payload is not CBOR as text, and with --raw-payload is sent as it is: ");
  return NULL;
}

char *
tool_cbor_lay_out (guint         content_format,
                   const guint8 *data,
                   gsize         length)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  GString *safe;

  if (tool_cbor_get_kind (content_format) == TOOL_CBOR_NONE)
    return NULL;

  bytes = g_bytes_new (data, length);
  text = gcoap_edn_write (bytes, get_flags (content_format) | GCOAP_EDN_PRETTY, NULL);
  if (text == NULL)
    return NULL;

  safe = g_string_new (NULL);
  tool_append_safe (safe, TOOL_LINES_MANY, text, -1);
  g_string_append_c (safe, '\n');

  return g_string_free (safe, FALSE);
}
