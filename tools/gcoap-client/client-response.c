/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What gcoap-client prints: the payload alone on standard output, and on
 * standard error what else there is to know. */
#include "gcoap-client/client-response.h"

#include <signal.h>
#include <string.h>

#include "common/tool-json.h"
#include "common/tool-option-value.h"
#include "common/tool-pretty.h"
#include "common/tool-terminal.h"

static guint
get_content_format (GcoapMessage *response)
{
  guint format;

  return gcoap_message_get_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, &format)
         ? format : TOOL_CONTENT_FORMAT_NONE;
}

/* Writes, or says why it cannot; a full disk must not look like success. Where
 * SIGPIPE is ignored, the status is that of a program that it has ended. */
static int
write_out (ToolOutput *output,
           const void *data,
           gsize       length,
           int         status)
{
  g_autoptr (GError) error = NULL;

  if (!tool_output_write (output, data, length, &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
        return CLIENT_EXIT_SIGNAL + SIGPIPE;
      tool_print_error ("%s", error->message);
      return CLIENT_EXIT_FAILURE;
    }

  return status;
}

static int
write_json (const ClientOptions *options,
            ToolOutput          *output,
            GString             *json,
            int                  status)
{
  g_autofree char *pretty = options->pretty ? tool_json_lay_out (json->str, json->len, options->color)
                                            : NULL;
  g_autofree char *line = g_strconcat (pretty != NULL ? pretty : json->str, "\n", NULL);

  return write_out (output, line, strlen (line), status);
}

static void
append_milliseconds (GString *json,
                     gint64   microseconds)
{
  g_string_append_printf (json, "%" G_GINT64_FORMAT ".%03d", microseconds / 1000,
                          (int) (microseconds % 1000));
}

static GString *
make_json (GcoapMessage *response,
           const char   *sender,
           gint64        duration)
{
  GString *json = g_string_new ("{");
  GcoapCode code = gcoap_message_get_code (response);
  const char *name = gcoap_code_get_name (code);
  g_autofree char *digits = g_strdup_printf ("%u.%02u", gcoap_code_get_class (code),
                                             gcoap_code_get_detail (code));
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (response, &length);
  gboolean is_text = tool_payload_get_kind (get_content_format (response), payload, length)
                     != TOOL_PAYLOAD_BINARY;

  if (sender != NULL)
    {
      g_string_append (json, "\"from\":");
      tool_json_append_string (json, sender, -1);
      g_string_append_c (json, ',');
    }
  g_string_append (json, "\"code\":");
  tool_json_append_string (json, digits, -1);
  g_string_append (json, ",\"name\":");
  if (name != NULL)
    tool_json_append_string (json, name, -1);
  else
    g_string_append (json, "null");
  g_string_append (json, ",\"options\":[");
  for (guint i = 0; i < gcoap_message_get_n_options (response); i++)
    {
      const guint8 *value;
      gsize value_length;
      guint number;

      gcoap_message_peek_option_at (response, i, &number, &value, &value_length);
      if (i > 0)
        g_string_append_c (json, ',');
      tool_option_append_json (json, code, number, value, value_length);
    }
  g_string_append (json, "],\"payload\":");
  if (is_text)
    tool_json_append_string (json, (const char *) payload, (gssize) length);
  else
    {
      g_autofree char *base64 = g_base64_encode (payload, length);

      tool_json_append_string (json, base64, -1);
    }
  g_string_append_printf (json, ",\"payload_encoding\":\"%s\",\"round_trip_ms\":",
                          is_text ? "text" : "base64");
  append_milliseconds (json, duration);
  g_string_append_c (json, '}');

  return json;
}

static int
get_status (GcoapCode code)
{
  if (gcoap_code_is_success (code))
    return CLIENT_EXIT_SUCCESS;
  if (gcoap_code_is_client_error (code))
    return CLIENT_EXIT_CLIENT_ERROR;
  if (gcoap_code_is_server_error (code))
    return CLIENT_EXIT_SERVER_ERROR;

  return CLIENT_EXIT_FAILURE;
}

/* What can be done about an error, where the response says so. */
static char *
make_hint (GcoapMessage *response)
{
  guint value;

  switch (gcoap_message_get_code (response))
    {
    case GCOAP_CODE_NOT_ACCEPTABLE:
      return g_strdup ("the resource has no representation of the format asked for");
    case GCOAP_CODE_UNSUPPORTED_CONTENT_FORMAT:
      return g_strdup ("the resource does not take payloads of this content format");
    case GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE:
      /* RFC 7252 §5.9.2.9: then Size1 says how much the server takes. */
      return gcoap_message_get_option_uint (response, GCOAP_OPTION_SIZE1, &value)
             ? g_strdup_printf ("the server takes at most %u bytes", value) : NULL;
    case GCOAP_CODE_SERVICE_UNAVAILABLE:
    case GCOAP_CODE_TOO_MANY_REQUESTS:
      /* RFC 7252 §5.9.3.4, RFC 8516 §3: Max-Age says when to try again. */
      return gcoap_message_get_option_uint (response, GCOAP_OPTION_MAX_AGE, &value)
             ? g_strdup_printf ("try again in %u s", value) : NULL;
    default:
      return NULL;
    }
}

/* RFC 9290: an error may be explained to programs and people at once. */
static char *
dup_problem (GcoapMessage *response)
{
  GBytes *payload = gcoap_message_get_payload (response);
  g_autoptr (GcoapProblemDetails) details = NULL;

  if (get_content_format (response) != GCOAP_CONTENT_FORMAT_CONCISE_PROBLEM_DETAILS_CBOR || payload == NULL)
    return NULL;
  details = gcoap_problem_details_parse (payload, NULL);

  return details != NULL ? gcoap_problem_details_to_text (details) : NULL;
}

/* RFC 7252 §5.5.2: the payload of an error is text for people, unless a
 * Content-Format says that it is something else. */
static void
append_diagnostic (GString      *line,
                   GcoapMessage *response)
{
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (response, &length);
  guint format = get_content_format (response);
  const char *name = gcoap_code_get_name (gcoap_message_get_code (response));
  g_autofree char *problem = dup_problem (response);

  if (length == 0)
    return;
  if (problem != NULL)
    {
      g_string_append (line, ": ");
      tool_append_safe (line, TOOL_LINES_ONE, problem, -1);
      return;
    }
  if (tool_payload_get_kind (format, payload, length) == TOOL_PAYLOAD_BINARY)
    {
      g_autofree char *type = format != TOOL_CONTENT_FORMAT_NONE
                              ? gcoap_content_format_to_string (format) : g_strdup ("binary data");

      g_string_append_printf (line, " (%" G_GSIZE_FORMAT " bytes of %s)", length, type);
      return;
    }
  while (length > 0 && g_ascii_isspace (payload[length - 1]))
    length--;
  /* Many servers send the name of the code again. */
  if (name != NULL && length == strlen (name)
      && g_ascii_strncasecmp (name, (const char *) payload, length) == 0)
    return;
  g_string_append (line, ": ");
  tool_append_safe (line, TOOL_LINES_ONE, (const char *) payload, (gssize) length);
}

/* The code, unless it is what a request hopes for; where a created resource
 * is; what an error's payload says. */
static void
print_summary (const ClientOptions *options,
               GcoapMessage        *response)
{
  GcoapCode code = gcoap_message_get_code (response);
  const char *name = gcoap_code_get_name (code);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *shown = g_strdup_printf ("%u.%02u%s%s", gcoap_code_get_class (code),
                                            gcoap_code_get_detail (code),
                                            name != NULL ? " " : "", name != NULL ? name : "");
  g_autofree char *location = gcoap_uri_compose_location (response);
  g_autofree char *hint = make_hint (response);

  if (code == GCOAP_CODE_CONTENT)
    return;

  tool_append_styled (line, options->error_color,
                      gcoap_code_is_success (code) ? TOOL_STYLE_GOOD : TOOL_STYLE_BAD, shown, -1);
  if (location != NULL && gcoap_code_is_success (code))
    {
      g_string_append (line, ", location ");
      tool_append_safe (line, TOOL_LINES_ONE, location, -1);
    }
  if (!gcoap_code_is_success (code))
    append_diagnostic (line, response);
  if (hint != NULL)
    g_string_append_printf (line, " (%s)", hint);
  g_string_append_c (line, '\n');
  tool_print_stderr (line->str);
}

int
client_response_print (const ClientOptions *options,
                       ToolOutput          *output,
                       GcoapMessage        *response,
                       const char          *sender,
                       gint64               duration)
{
  GcoapCode code = gcoap_message_get_code (response);
  int status = get_status (code);
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (response, &length);

  if (options->json)
    {
      g_autoptr (GString) json = make_json (response, sender, duration);

      return write_json (options, output, json, status);
    }

  if (!options->quiet)
    {
      if (sender != NULL)
        {
          g_autofree char *line = g_strdup_printf ("From %s:\n", sender);

          tool_print_stderr (line);
        }
      print_summary (options, response);
    }
  /* A file is written for an empty representation too, but not for a mere
   * confirmation such as 2.03 or 2.04. */
  if (status != CLIENT_EXIT_SUCCESS || (length == 0 && code != GCOAP_CODE_CONTENT))
    return status;
  if (options->pretty)
    {
      g_autofree char *text = tool_pretty_payload (get_content_format (response), payload, length,
                                                   options->color);

      return write_out (output, text, strlen (text), status);
    }

  return write_out (output, payload, length, status);
}

/* On a terminal each notification has a line above it that says when it came. */
static int
write_separator (const ClientOptions *options,
                 ToolOutput          *output)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "--- %H:%M:%S");
  g_autoptr (GString) line = g_string_new (NULL);

  tool_append_styled (line, options->color, TOOL_STYLE_FAINT, time, -1);
  g_string_append_c (line, '\n');
  return write_out (output, line->str, line->len, CLIENT_EXIT_SUCCESS);
}

int
client_response_print_notification (const ClientOptions *options,
                                    ToolOutput          *output,
                                    GcoapMessage        *response,
                                    gint64               duration)
{
  gboolean is_success = gcoap_code_is_success (gcoap_message_get_code (response));
  int status = CLIENT_EXIT_SUCCESS;
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (response, &length);

  if (is_success && tool_output_is_terminal (output) && !options->json)
    status = write_separator (options, output);
  if (status == CLIENT_EXIT_SUCCESS)
    status = client_response_print (options, output, response, NULL, duration);
  if (status != CLIENT_EXIT_SUCCESS && !tool_output_is_file (output))
    return status;
  if (tool_output_is_file (output))
    {
      g_autoptr (GError) error = NULL;

      if (!tool_output_has_failed (output) && !tool_output_close (output, &error))
        {
          tool_print_error ("%s", error->message);
          return CLIENT_EXIT_FAILURE;
        }
      return status;
    }
  /* JSON and what is laid out has its line break; so may the payload. */
  if (options->json || (length > 0 && (options->pretty || payload[length - 1] == '\n')))
    return status;

  return write_out (output, "\n", 1, status);
}

int
client_response_print_ping (const ClientOptions *options,
                            ToolOutput          *output,
                            gint64               duration)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (options->json)
    {
      g_string_append (text, "{\"round_trip_ms\":");
      append_milliseconds (text, duration);
      g_string_append_c (text, '}');
      return write_json (options, output, text, CLIENT_EXIT_SUCCESS);
    }

  append_milliseconds (text, duration);
  g_string_append (text, " ms\n");
  return write_out (output, text->str, text->len, CLIENT_EXIT_SUCCESS);
}

/* Whoever names nothing may not know that there is something to name. */
static void
print_hint (const ClientOptions *options,
            const GError        *error)
{
  if (options->uri == NULL || !g_str_has_prefix (options->uri, "coaps"))
    return;
  if (!options->has_credentials && g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED))
    tool_print_stderr ("Without --credentials, --psk, --ca, --peer-key, --certificate or --raw-public-key, only\n"
                       "servers with a certificate that the system trusts can be reached.\n");
  if (options->has_credentials && g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT))
    tool_print_stderr ("A pattern in the file of --credentials has to have the scheme, the host and the port of the URI.\n");
}

int
client_response_print_error (const ClientOptions *options,
                             const GError        *error)
{
  if (!options->quiet)
    {
      tool_print_error ("%s", error->message);
      print_hint (options, error);
    }

  if (error->domain != GCOAP_ERROR)
    return CLIENT_EXIT_NETWORK;

  switch ((GcoapError) error->code)
    {
    case GCOAP_ERROR_TIMED_OUT:
      return CLIENT_EXIT_TIMEOUT;
    case GCOAP_ERROR_MALFORMED:
    case GCOAP_ERROR_UNKNOWN_OPTION:
    case GCOAP_ERROR_RESET:
    case GCOAP_ERROR_UNREACHABLE:
    case GCOAP_ERROR_HOST_NOT_FOUND:
    case GCOAP_ERROR_REFUSED:
    case GCOAP_ERROR_CLOSED:
    case GCOAP_ERROR_PERMISSION:
    case GCOAP_ERROR_UNEXPECTED_RESPONSE:
      return CLIENT_EXIT_NETWORK;
    case GCOAP_ERROR_FAILED:
    case GCOAP_ERROR_INVALID_URI:
    case GCOAP_ERROR_INVALID_ARGUMENT:
    case GCOAP_ERROR_INVALID_OPTION:
    case GCOAP_ERROR_UNSUPPORTED:
    case GCOAP_ERROR_ADDRESS_IN_USE:
    case GCOAP_ERROR_TOO_LARGE:
    case GCOAP_ERROR_LIMIT:
    case GCOAP_ERROR_MESSAGE_IDS:
    case GCOAP_ERROR_BUSY:
    default:
      return CLIENT_EXIT_FAILURE;
    }
}
