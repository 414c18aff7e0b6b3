/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The request that the command line describes. */
#include "gcoap-client/client-request.h"

#include <string.h>

#include "common/tool-cbor.h"
#include "common/tool-option-value.h"
#include "common/tool-payload.h"

/* People type letters beyond ASCII as they are; a URI has them percent-encoded
 * (RFC 3987 §3.1). */
static char *
encode_letters (const char *text)
{
  GString *encoded = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p & 0x80)
        g_string_append_printf (encoded, "%%%02X", (guint8) *p);
      else
        g_string_append_c (encoded, *p);
    }

  return g_string_free (encoded, FALSE);
}

char *
client_request_complete_uri (const char *text,
                             GError    **error)
{
  g_autofree char *encoded = encode_letters (text);
  g_autoptr (GcoapUri) uri = gcoap_uri_parse (encoded, error);

  if (uri != NULL)
    return g_steal_pointer (&encoded);

  if (strstr (text, "://") == NULL)
    {
      g_autofree char *longer = g_strdup_printf ("coap://%s", text);
      g_autofree char *encoded_longer = encode_letters (longer);
      g_autoptr (GcoapUri) guess = gcoap_uri_parse (encoded_longer, NULL);

      if (guess != NULL)
        {
          g_clear_error (error);
          g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI,
                       "“%s” is no CoAP URI; did you mean “%s”?", text, longer);
          return NULL;
        }
    }
  g_prefix_error (error, "“%s”: ", text);
  return NULL;
}

/* A name, the digits of a code such as 0.05, or its number alone. */
static gboolean
parse_method (const char *text,
              GcoapCode  *method,
              GError    **error)
{
  guint64 number;
  gboolean is_number = g_ascii_string_to_unsigned (text, 10, 1, 31, &number, NULL);

  if (is_number)
    *method = (GcoapCode) number;
  if (!is_number
      && (!gcoap_code_from_string (text, method, NULL) || !gcoap_code_is_request (*method)))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "“%s” is no method: neither GET, POST, PUT, DELETE, FETCH, PATCH or iPATCH, "
                   "nor a number from 1 to 31.", text);
      return FALSE;
    }

  return TRUE;
}

static gboolean
set_format (GcoapMessage *request,
            guint         number,
            const char   *text,
            GError      **error)
{
  guint format;

  if (text == NULL)
    return TRUE;
  if (!gcoap_content_format_from_string (text, &format, error))
    return FALSE;

  gcoap_message_set_option_uint (request, number, format);
  return TRUE;
}

GcoapMessage *
client_request_make (const ClientRequestArguments *arguments,
                     const char                   *uri,
                     GError                      **error)
{
  g_autoptr (GcoapMessage) request = NULL;
  GcoapCode method = GCOAP_CODE_GET;

  if (arguments->method == NULL && arguments->payload != NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "GET carries no payload: say with -m what to do with it, "
                           "as in -m PUT or -m POST.");
      return NULL;
    }
  if (arguments->content_format != NULL && arguments->payload == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "--content-format describes a payload, and there is none; "
                           "perhaps --accept is meant.");
      return NULL;
    }
  if (arguments->raw_payload && arguments->payload == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "--raw-payload needs --payload.");
      return NULL;
    }
  if (arguments->method != NULL && !parse_method (arguments->method, &method, error))
    return NULL;

  request = gcoap_message_new_for_uri (method, uri, error);
  if (request == NULL)
    return NULL;
  if (arguments->no_hostname)
    gcoap_message_remove_option (request, GCOAP_OPTION_URI_HOST);
  if (!set_format (request, GCOAP_OPTION_CONTENT_FORMAT, arguments->content_format, error)
      || !set_format (request, GCOAP_OPTION_ACCEPT, arguments->accept, error))
    return NULL;
  for (guint i = 0; arguments->options != NULL && arguments->options[i] != NULL; i++)
    {
      if (!tool_option_add (request, arguments->options[i], error))
        return NULL;
    }
  if (!gcoap_message_validate (request, error))
    return NULL;

  return g_steal_pointer (&request);
}

gboolean
client_request_is_encoded (GcoapMessage *request)
{
  guint format;

  return gcoap_message_get_option_uint (request, GCOAP_OPTION_CONTENT_FORMAT, &format)
         && tool_cbor_get_kind (format) != TOOL_CBOR_NONE;
}

gboolean
client_request_load_payload (GcoapMessage *request,
                             const char   *spec,
                             gboolean      raw,
                             GError      **error)
{
  g_autoptr (GBytes) payload = tool_payload_load (spec, TOOL_PAYLOAD_MAX, error);
  g_autoptr (GBytes) encoded = NULL;
  guint format;

  if (payload == NULL)
    return FALSE;
  if (!raw && gcoap_message_get_option_uint (request, GCOAP_OPTION_CONTENT_FORMAT, &format)
      && tool_cbor_get_kind (format) != TOOL_CBOR_NONE)
    {
      /* What is typed is text, but a file may hold CBOR. */
      encoded = tool_cbor_encode (payload, format, spec[0] == '@' && spec[1] != '@', error);
      if (encoded == NULL)
        return FALSE;
    }

  gcoap_message_set_payload (request, encoded != NULL ? encoded : payload);
  return TRUE;
}
