/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Errors as responses (RFC 7252 §5.9, §5.5.2) and back. What a peer is told is
 * decided here only: an error that says something about the inside of this
 * process becomes a code without text.
 */
#include "wire/gcoap-error-message.h"

#include <gio/gio.h>
#include <string.h>

#include "base/gcoap-content-format.h"
#include "base/gcoap-error.h"
#include "formats/gcoap-problem-details.h"

/**
 * GCOAP_DIAGNOSTIC_MAX_BYTES:
 *
 * The number of bytes of the longest diagnostic payload [ctor@Message.new_for_error] writes.
 *
 * Since: 0.1
 */

/**
 * GCOAP_ERROR_RETRY_SECONDS:
 *
 * The Max-Age of the 5.03 responses [ctor@Message.new_for_error] makes, in seconds.
 *
 * Since: 0.1
 */

/* Bytes of a peer's diagnostic payload that are worth showing to a person. */
#define MAX_SHOWN_BYTES 512

/* Where a message of the library explains what the requester did wrong, or
 * what is wrong beyond this process, it is passed on. */
typedef struct
{
  guint16 error;
  guint8 code;
  gboolean explain;
} Row;

static const Row library_rows[] = {
  { GCOAP_ERROR_MALFORMED, GCOAP_CODE_BAD_REQUEST, TRUE },
  { GCOAP_ERROR_INVALID_URI, GCOAP_CODE_BAD_REQUEST, TRUE },
  { GCOAP_ERROR_INVALID_ARGUMENT, GCOAP_CODE_BAD_REQUEST, TRUE },
  { GCOAP_ERROR_INVALID_OPTION, GCOAP_CODE_BAD_OPTION, TRUE },
  { GCOAP_ERROR_UNKNOWN_OPTION, GCOAP_CODE_BAD_OPTION, TRUE },
  { GCOAP_ERROR_UNSUPPORTED, GCOAP_CODE_NOT_IMPLEMENTED, TRUE },
  { GCOAP_ERROR_TIMED_OUT, GCOAP_CODE_GATEWAY_TIMEOUT, TRUE },
  { GCOAP_ERROR_RESET, GCOAP_CODE_BAD_GATEWAY, TRUE },
  { GCOAP_ERROR_UNREACHABLE, GCOAP_CODE_BAD_GATEWAY, TRUE },
  { GCOAP_ERROR_HOST_NOT_FOUND, GCOAP_CODE_BAD_GATEWAY, TRUE },
  { GCOAP_ERROR_REFUSED, GCOAP_CODE_BAD_GATEWAY, TRUE },
  { GCOAP_ERROR_UNEXPECTED_RESPONSE, GCOAP_CODE_BAD_GATEWAY, TRUE },
  { GCOAP_ERROR_CLOSED, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE },
  { GCOAP_ERROR_TOO_LARGE, GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE, TRUE },
  { GCOAP_ERROR_LIMIT, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE },
  { GCOAP_ERROR_MESSAGE_IDS, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE },
  { GCOAP_ERROR_BUSY, GCOAP_CODE_SERVICE_UNAVAILABLE, FALSE },
};

/* The messages of these name files and addresses of this machine. */
static const Row io_rows[] = {
  { G_IO_ERROR_NOT_FOUND, GCOAP_CODE_NOT_FOUND },
  { G_IO_ERROR_NOT_DIRECTORY, GCOAP_CODE_NOT_FOUND },
  { G_IO_ERROR_PERMISSION_DENIED, GCOAP_CODE_FORBIDDEN },
  { G_IO_ERROR_READ_ONLY, GCOAP_CODE_FORBIDDEN },
  { G_IO_ERROR_EXISTS, GCOAP_CODE_CONFLICT },
  { G_IO_ERROR_NOT_EMPTY, GCOAP_CODE_CONFLICT },
  { G_IO_ERROR_INVALID_FILENAME, GCOAP_CODE_BAD_REQUEST },
  { G_IO_ERROR_FILENAME_TOO_LONG, GCOAP_CODE_BAD_REQUEST },
  { G_IO_ERROR_NOT_SUPPORTED, GCOAP_CODE_NOT_IMPLEMENTED },
  { G_IO_ERROR_TIMED_OUT, GCOAP_CODE_GATEWAY_TIMEOUT },
  { G_IO_ERROR_CANCELLED, GCOAP_CODE_SERVICE_UNAVAILABLE },
  { G_IO_ERROR_BUSY, GCOAP_CODE_SERVICE_UNAVAILABLE },
  { G_IO_ERROR_TOO_MANY_OPEN_FILES, GCOAP_CODE_SERVICE_UNAVAILABLE },
};

static const Row *
find_row (const Row *rows, gsize n_rows, int error)
{
  static const Row other = { 0, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE };

  for (gsize i = 0; i < n_rows; i++)
    if (rows[i].error == error)
      return &rows[i];

  return &other;
}

/* One line of at most @max_bytes, cut between characters (RFC 7252 §5.5.2:
 * Net-Unicode, where control characters have no place). */
static char *
clean_text (const char *text, gsize length, gsize max_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  const char *from = valid;
  char *to = valid;

  while (*from != '\0')
    {
      const char *next = g_utf8_next_char (from);

      if ((gsize) (next - valid) > max_bytes)
        break;
      if (g_unichar_iscntrl (g_utf8_get_char (from)))
        {
          *to++ = ' ';
          from = next;
        }
      while (from < next)
        *to++ = *from++;
    }
  *to = '\0';

  return g_steal_pointer (&valid);
}

static Row
get_row (const GError *error)
{
  if (error->domain == GCOAP_RESPONSE_ERROR)
    {
      gboolean is_valid = error->code > 0 && gcoap_code_is_error ((guint) error->code);

      return (Row) { .code = is_valid ? (guint8) error->code : GCOAP_CODE_INTERNAL_SERVER_ERROR, .explain = is_valid };
    }
  if (error->domain == GCOAP_ERROR)
    return *find_row (library_rows, G_N_ELEMENTS (library_rows), error->code);
  if (error->domain == G_IO_ERROR)
    return *find_row (io_rows, G_N_ELEMENTS (io_rows), error->code);

  return *find_row (NULL, 0, error->code);
}

static void
set_diagnostic (GcoapMessage *self, const GError *error)
{
  g_autofree char *text = clean_text (error->message, strlen (error->message), GCOAP_DIAGNOSTIC_MAX_BYTES);

  gcoap_message_set_payload_data (self, (const guint8 *) text, strlen (text));
}

/* The map, the response code, and the head of the detail. */
#define PROBLEM_OVERHEAD 7

static void
set_problem (GcoapMessage *self, const GError *error, gboolean explain)
{
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_new ();
  g_autoptr (GBytes) payload = NULL;
  g_autofree char *text = NULL;
  guint code = gcoap_message_get_code (self);

  gcoap_problem_details_set_response_code (details, code);
  if (explain)
    {
      text = clean_text (error->message, strlen (error->message), GCOAP_DIAGNOSTIC_MAX_BYTES - PROBLEM_OVERHEAD);
      gcoap_problem_details_set_detail (details, text, NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);
    }
  else
    gcoap_problem_details_set_title (details, gcoap_code_get_name (code), NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);

  payload = gcoap_problem_details_write (details, NULL);
  gcoap_message_set_option_uint (self, GCOAP_OPTION_CONTENT_FORMAT, GCOAP_CONTENT_FORMAT_CONCISE_PROBLEM_DETAILS_CBOR);
  gcoap_message_set_payload (self, payload);
}

static GcoapMessage *
new_for_error (const GError *error, gboolean as_problem)
{
  Row row = get_row (error);
  GcoapMessage *self = gcoap_message_new ((GcoapCode) row.code);

  if (row.code == GCOAP_CODE_SERVICE_UNAVAILABLE && error->domain != GCOAP_RESPONSE_ERROR)
    gcoap_message_set_option_uint (self, GCOAP_OPTION_MAX_AGE, GCOAP_ERROR_RETRY_SECONDS);
  if (as_problem)
    set_problem (self, error, row.explain);
  else if (row.explain)
    set_diagnostic (self, error);

  return self;
}

/**
 * gcoap_message_new_for_error:
 * @error: an error
 *
 * Makes the response that tells a requester about an error.
 *
 * The code of a [error@ResponseError] is the response code, if it is one of 4.xx or 5.xx, and its message becomes the diagnostic
 * payload (RFC 7252 §5.5.2). A [error@Error] gets the code that fits its cause, with its message where that is about the request
 * or another host. Of `GIOErrorEnum` and every other domain nothing but a code is told, 5.00 in doubt, because the
 * message was written for the owner of this process.
 *
 * The payload is at most %GCOAP_DIAGNOSTIC_MAX_BYTES bytes. A 5.03 made from anything but a [error@ResponseError] asks with
 * Max-Age to try again after %GCOAP_ERROR_RETRY_SECONDS seconds (§5.9.3.4).
 *
 * Returns: (transfer full): the response
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_message_new_for_error (const GError *error)
{
  g_return_val_if_fail (error != NULL, NULL);

  return new_for_error (error, FALSE);
}

/**
 * gcoap_message_new_for_error_accepting:
 * @error: an error
 * @request: the request that failed
 *
 * Makes the response that tells a requester about an error, in a form that the requester accepts.
 *
 * This is [ctor@Message.new_for_error]; but if the request's Accept option names concise problem details (RFC 9290, content
 * format 257), the payload is such, with the response code, and the message as its detail or else the name of the code as its
 * title. It is as short as a diagnostic payload.
 *
 * Returns: (transfer full): the response
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_message_new_for_error_accepting (const GError *error, GcoapMessage *request)
{
  guint accept;

  g_return_val_if_fail (error != NULL, NULL);
  g_return_val_if_fail (request != NULL, NULL);

  return new_for_error (error, gcoap_message_get_option_uint (request, GCOAP_OPTION_ACCEPT, &accept) &&
                               accept == GCOAP_CONTENT_FORMAT_CONCISE_PROBLEM_DETAILS_CBOR);
}

/* RFC 9290: cut and cleaned like a diagnostic message. */
static char *
dup_problem (GcoapMessage *response)
{
  GBytes *payload = gcoap_message_get_payload (response);
  g_autoptr (GcoapProblemDetails) details = payload != NULL ? gcoap_problem_details_parse (payload, NULL) : NULL;
  g_autofree char *text = details != NULL ? gcoap_problem_details_to_text (details) : NULL;

  return text != NULL ? clean_text (text, strlen (text), MAX_SHOWN_BYTES) : NULL;
}

/* RFC 7252 §5.5.2: without Content-Format, the payload is a diagnostic message. */
static char *
dup_diagnostic (GcoapMessage *response)
{
  gsize length = 0;
  const guint8 *data = gcoap_message_get_payload_data (response, &length);

  if (length == 0 || gcoap_message_has_option (response, GCOAP_OPTION_CONTENT_FORMAT) ||
      !g_utf8_validate_len ((const char *) data, length, NULL))
    return NULL;

  return clean_text ((const char *) data, length, MAX_SHOWN_BYTES);
}

/**
 * gcoap_message_to_error:
 * @self: a response
 *
 * Makes the error that a response tells about.
 *
 * The library never does so itself, since a response is what was asked for, whatever its code. The code of the error is the
 * response code; its message has the code's name and the diagnostic payload, if there is one in UTF-8 (RFC 7252 §5.5.2), or what
 * the payload says if it is concise problem details (RFC 9290); cut after 512 bytes and without control characters.
 *
 * Returns: (transfer full) (nullable): %NULL for a success code (2.xx), [error@ResponseError] for an error code, and
 *   [error@Error] `GCOAP_ERROR_UNEXPECTED_RESPONSE` for a code that is no response code
 *
 * Since: 0.1
 */
GError *
gcoap_message_to_error (GcoapMessage *self)
{
  g_autofree char *digits = NULL;
  g_autofree char *diagnostic = NULL;
  const char *name;
  guint code, format;

  g_return_val_if_fail (self != NULL, NULL);

  code = gcoap_message_get_code (self);
  if (gcoap_code_is_success (code))
    return NULL;

  digits = gcoap_code_to_string (code);
  if (!gcoap_code_is_error (code))
    return g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                        "The answer has the code %s, which is no response code.", digits);

  name = gcoap_code_get_name (code);
  if (gcoap_message_get_option_uint (self, GCOAP_OPTION_CONTENT_FORMAT, &format) &&
      format == GCOAP_CONTENT_FORMAT_CONCISE_PROBLEM_DETAILS_CBOR)
    diagnostic = dup_problem (self);
  else
    diagnostic = dup_diagnostic (self);

  return g_error_new (GCOAP_RESPONSE_ERROR, (int) code, "%s%s%s%s%s", digits,
                      name != NULL ? " " : "", name != NULL ? name : "",
                      diagnostic != NULL ? ": " : "", diagnostic != NULL ? diagnostic : "");
}
