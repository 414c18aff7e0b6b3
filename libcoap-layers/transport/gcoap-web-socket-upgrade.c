/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-web-socket-upgrade-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"
#include "transport/gcoap-http-head-private.h"
#include "transport/gcoap-stream-local-private.h"

/* RFC 8323 §4.1 and §8.3: the path is fixed. */
#define PATH "/.well-known/coap"
#define SUBPROTOCOL "coap"

/* RFC 6455 §1.3 */
#define MAGIC "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

#define KEY_BYTES 16

/* Characters of a reason phrase that are passed on to people. */
#define MAX_REASON 60

void
gcoap_web_socket_make_key (char key[GCOAP_WEB_SOCKET_KEY_SIZE])
{
  g_autofree char *text = NULL;
  guint8 bytes[KEY_BYTES];

  gcoap_random_fill (bytes, sizeof bytes);
  text = g_base64_encode (bytes, sizeof bytes);
  g_strlcpy (key, text, GCOAP_WEB_SOCKET_KEY_SIZE);
}

void
gcoap_web_socket_make_accept (const char *key,
                              char        accept[GCOAP_WEB_SOCKET_ACCEPT_SIZE])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *text = NULL;
  guint8 digest[20];
  gsize length = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, (gssize) strlen (key));
  g_checksum_update (checksum, (const guchar *) MAGIC, (gssize) strlen (MAGIC));
  g_checksum_get_digest (checksum, digest, &length);
  text = g_base64_encode (digest, length);
  g_strlcpy (accept, text, GCOAP_WEB_SOCKET_ACCEPT_SIZE);
}

char *
gcoap_web_socket_make_request (GcoapUri   *uri,
                               const char *key)
{
  g_autofree char *origin = gcoap_uri_dup_origin (uri);
  g_autofree char *authority = NULL;
  const char *host = gcoap_uri_get_host (uri);

  if (gcoap_uri_get_zone (uri) == NULL)
    {
      authority = g_strdup (strstr (origin, "://") + 3);
    }
  else
    {
      guint16 port = gcoap_uri_get_port (uri);

      /* RFC 6874 §1: a zone means nothing to the peer. */
      if (port == gcoap_uri_scheme_get_default_port (gcoap_uri_get_scheme (uri)))
        authority = g_strdup_printf ("[%s]", host);
      else
        authority = g_strdup_printf ("[%s]:%u", host, port);
    }
  return g_strconcat ("GET " PATH " HTTP/1.1\r\n"
                      "Host: ", authority, "\r\n"
                      "Upgrade: websocket\r\n"
                      "Connection: Upgrade\r\n"
                      "Sec-WebSocket-Key: ", key, "\r\n"
                      "Sec-WebSocket-Protocol: " SUBPROTOCOL "\r\n"
                      "Sec-WebSocket-Version: 13\r\n"
                      "\r\n", NULL);
}

/* The side that was connected to */

static gboolean
refuse (guint       *status,
        guint        value,
        GError     **error,
        const char  *reason)
{
  *status = value;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "The request for a WebSocket is refused: %s.",
               reason);
  return FALSE;
}

/* Splits at the first blank; FALSE if there is none. */
static gboolean
take_word (GcoapHttpText *rest,
           GcoapHttpText *word)
{
  const char *blank = rest->length > 0 ? memchr (rest->data, ' ', rest->length) : NULL;

  if (blank == NULL)
    return FALSE;
  *word = (GcoapHttpText) { rest->data, (gsize) (blank - rest->data) };
  rest->data = blank + 1;
  rest->length -= word->length + 1;
  return TRUE;
}

static gboolean
has_prefix (GcoapHttpText  text,
            const char    *prefix)
{
  gsize length = strlen (prefix);

  return text.length >= length
         && gcoap_http_text_equal ((GcoapHttpText) { text.data, length }, prefix, FALSE);
}

/* RFC 9112 §3.2.2: a whole URI is as good as its path, and says the host then. */
static GcoapHttpText
split_target (GcoapHttpText  target,
              GcoapHttpText *host)
{
  gsize skipped = has_prefix (target, "http://") ? 7 : has_prefix (target, "https://") ? 8 : 0;
  const char *slash;

  *host = (GcoapHttpText) { NULL, 0 };
  if (skipped == 0)
    return target;
  slash = memchr (target.data + skipped, '/', target.length - skipped);
  if (slash == NULL)
    return (GcoapHttpText) { target.data, 0 };
  *host = (GcoapHttpText) { target.data + skipped, (gsize) (slash - target.data) - skipped };
  return (GcoapHttpText) { slash, target.length - (gsize) (slash - target.data) };
}

static gboolean
check_request_line (GcoapHttpText   line,
                    GcoapHttpText  *host,
                    guint          *status,
                    GError        **error)
{
  GcoapHttpText method;
  GcoapHttpText target;

  if (!take_word (&line, &method) || !take_word (&line, &target) || !has_prefix (line, "HTTP/")
      || line.length != strlen ("HTTP/1.1"))
    return refuse (status, 400, error, "the first line is not one of HTTP (RFC 9112 §3)");
  if (!gcoap_http_text_equal (line, "HTTP/1.1", TRUE))
    return refuse (status, 505, error, "it takes HTTP/1.1 (RFC 6455 §4.1)");
  if (!gcoap_http_text_equal (method, "GET", TRUE))
    return refuse (status, 405, error, "the method is not GET (RFC 6455 §4.1)");
  if (!gcoap_http_text_equal (split_target (target, host), PATH, TRUE))
    return refuse (status, 404, error, "CoAP is at " PATH " alone (RFC 8323 §4.1)");
  return TRUE;
}

/* RFC 6455 §4.1: base64 of 16 bytes. */
static gboolean
is_key (GcoapHttpText text)
{
  if (text.length != GCOAP_WEB_SOCKET_KEY_SIZE - 1 || text.data[22] != '=' || text.data[23] != '=')
    return FALSE;
  for (gsize i = 0; i < 22; i++)
    if (!g_ascii_isalnum (text.data[i]) && text.data[i] != '+' && text.data[i] != '/')
      return FALSE;
  return TRUE;
}

/* RFC 6455 §10.2: a browser says on whose behalf it connects. A page from
 * elsewhere must not reach what the user's machine can reach. */
static gboolean
is_own_origin (GcoapHttpText origin,
               GcoapHttpText host)
{
  gsize skipped = has_prefix (origin, "http://") ? 7 : has_prefix (origin, "https://") ? 8 : 0;
  GcoapHttpText authority = { origin.data + skipped, origin.length - skipped };

  if (skipped == 0 || authority.length != host.length)
    return FALSE;
  for (gsize i = 0; i < host.length; i++)
    if (g_ascii_tolower (authority.data[i]) != g_ascii_tolower (host.data[i]))
      return FALSE;
  return TRUE;
}

/* RFC 8323 §8.5: what it says is the default of Uri-Host. *host is that of the
 * request line, if that has one. */
static gboolean
check_host (const GcoapHttpHead    *head,
            GcoapHttpText          *host,
            GcoapWebSocketRequest  *request,
            GError                **error)
{
  GcoapHttpText field;

  if (gcoap_http_head_find (head, "Host", &field) != 1 || field.length == 0)
    return refuse (&request->status, 400, error, "it takes one field Host (RFC 9112 §3.2)");
  if (host->data == NULL)
    *host = field;
  request->host = gcoap_stream_local_dup_host (host->data, host->length);
  if (request->host == NULL)
    return refuse (&request->status, 400, error, "what it calls us is no host (RFC 9112 §3.2)");
  return TRUE;
}

static gboolean
check_upgrade (const GcoapHttpHead  *head,
               guint                *status,
               GError              **error)
{
  GcoapHttpText value;
  guint n;

  if (gcoap_http_head_find (head, "Transfer-Encoding", &value) > 0
      || ((n = gcoap_http_head_find (head, "Content-Length", &value)) > 0
          && (n > 1 || !gcoap_http_text_equal (value, "0", TRUE))))
    return refuse (status, 400, error, "it has a body");
  if (!gcoap_http_head_lists (head, "Upgrade", "websocket", FALSE))
    return refuse (status, 400, error, "the field Upgrade does not say websocket (RFC 6455 §4.2.1)");
  if (!gcoap_http_head_lists (head, "Connection", "upgrade", FALSE))
    return refuse (status, 400, error, "the field Connection does not say Upgrade (RFC 6455 §4.2.1)");
  n = gcoap_http_head_find (head, "Sec-WebSocket-Version", &value);
  if (n != 1)
    return refuse (status, 400, error, "it takes one field Sec-WebSocket-Version (RFC 6455 §4.2.1)");
  if (!gcoap_http_text_equal (value, "13", TRUE))
    return refuse (status, 426, error, "the version of WebSocket is not 13 (RFC 6455 §4.4)");
  if (!gcoap_http_head_lists (head, "Sec-WebSocket-Protocol", SUBPROTOCOL, TRUE))
    return refuse (status, 400, error,
                   "the field Sec-WebSocket-Protocol does not offer " SUBPROTOCOL " (RFC 8323 §4.1)");
  return TRUE;
}

static gboolean
check_origin (const GcoapHttpHead  *head,
              GcoapHttpText         host,
              GcoapWebOrigins      *origins,
              guint                *status,
              GError              **error)
{
  GcoapHttpText origin;
  guint n = gcoap_http_head_find (head, "Origin", &origin);

  /* Programs have none. */
  if (n == 0 || (n == 1 && (is_own_origin (origin, host)
                            || (origins != NULL && gcoap_web_origins_allow (origins, origin)))))
    return TRUE;
  return refuse (status, 403, error, "it comes from a web page of another host (RFC 6455 §10.2)");
}

static gboolean
check_key (const GcoapHttpHead    *head,
           GcoapWebSocketRequest  *request,
           GError                **error)
{
  char key[GCOAP_WEB_SOCKET_KEY_SIZE];
  GcoapHttpText value;

  if (gcoap_http_head_find (head, "Sec-WebSocket-Key", &value) != 1 || !is_key (value))
    return refuse (&request->status, 400, error,
                   "it takes one field Sec-WebSocket-Key, of 16 bytes in Base64 (RFC 6455 §4.2.1)");
  memcpy (key, value.data, value.length);
  key[value.length] = '\0';
  gcoap_web_socket_make_accept (key, request->accept);
  return TRUE;
}

void
gcoap_web_socket_request_clear (GcoapWebSocketRequest *self)
{
  g_clear_pointer (&self->host, g_free);
}

gboolean
gcoap_web_socket_check_request (const guint8           *data,
                                gsize                   length,
                                GcoapWebOrigins        *origins,
                                GcoapWebSocketRequest  *request,
                                GError                **error)
{
  GError *failure = NULL;
  GcoapHttpHead head;
  GcoapHttpText host;

  *request = (GcoapWebSocketRequest) { .status = 101 };
  if (!gcoap_http_head_parse (&head, data, length, &failure))
    {
      request->status = g_error_matches (failure, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE) ? 431 : 400;
      g_propagate_error (error, failure);
      return FALSE;
    }
  if (check_request_line (head.start, &host, &request->status, error)
      && check_host (&head, &host, request, error)
      && check_upgrade (&head, &request->status, error)
      && check_origin (&head, host, origins, &request->status, error)
      && check_key (&head, request, error))
    return TRUE;
  gcoap_web_socket_request_clear (request);
  return FALSE;
}

char *
gcoap_web_socket_make_response (const char *accept)
{
  return g_strconcat ("HTTP/1.1 101 Switching Protocols\r\n"
                      "Upgrade: websocket\r\n"
                      "Connection: Upgrade\r\n"
                      "Sec-WebSocket-Accept: ", accept, "\r\n"
                      "Sec-WebSocket-Protocol: " SUBPROTOCOL "\r\n"
                      "\r\n", NULL);
}

static const struct
{
  guint       status;
  const char *phrase;
  const char *fields;
} refusals[] = {
  { 400, "Bad Request", "" },
  { 403, "Forbidden", "" },
  { 404, "Not Found", "" },
  { 405, "Method Not Allowed", "Allow: GET\r\n" },
  { 408, "Request Timeout", "" },
  /* RFC 6455 §4.4 */
  { 426, "Upgrade Required", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" },
  { 431, "Request Header Fields Too Large", "" },
  { 505, "HTTP Version Not Supported", "" },
};

char *
gcoap_web_socket_make_refusal (guint       status,
                               const char *reason)
{
  gsize i = 0;

  while (i < G_N_ELEMENTS (refusals) - 1 && refusals[i].status != status)
    i++;
  return g_strdup_printf ("HTTP/1.1 %u %s\r\n"
                          "%s"
                          "Connection: %sclose\r\n"
                          "Content-Type: text/plain; charset=utf-8\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                          "\r\n"
                          "%s\n",
                          refusals[i].status, refusals[i].phrase, refusals[i].fields,
                          refusals[i].status == 426 ? "Upgrade, " : "", strlen (reason) + 1, reason);
}

/* The side that connects */

static gboolean
fail_response (GError     **error,
               const char  *reason)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "The answer to the request for a WebSocket is wrong: %s.",
               reason);
  return FALSE;
}

static gboolean
check_status_line (GcoapHttpText   line,
                   GError        **error)
{
  g_autofree char *reason = NULL;

  if (line.length < 12 || !has_prefix (line, "HTTP/1.1 ") || !g_ascii_isdigit (line.data[9])
      || !g_ascii_isdigit (line.data[10]) || !g_ascii_isdigit (line.data[11])
      || (line.length > 12 && line.data[12] != ' '))
    return fail_response (error, "the first line is not one of HTTP/1.1 (RFC 9112 §4)");
  if (memcmp (line.data + 9, "101", 3) == 0)
    return TRUE;
  reason = g_strndup (line.data + 9, MIN (line.length - 9, MAX_REASON));
  /* It is shown to people. */
  for (char *c = reason; *c != '\0'; c++)
    if (!g_ascii_isprint (*c))
      *c = '?';
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
               "the web server answers “%s”; it seems to have no CoAP at " PATH ".", g_strchomp (reason));
  return FALSE;
}

gboolean
gcoap_web_socket_check_response (const guint8  *data,
                                 gsize          length,
                                 const char    *key,
                                 GError       **error)
{
  char accept[GCOAP_WEB_SOCKET_ACCEPT_SIZE];
  GcoapHttpHead head;
  GcoapHttpText value;

  if (!gcoap_http_head_parse (&head, data, length, error) || !check_status_line (head.start, error))
    return FALSE;
  if (gcoap_http_head_find (&head, "Upgrade", &value) != 1
      || !gcoap_http_text_equal (value, "websocket", FALSE))
    return fail_response (error, "the field Upgrade does not say websocket (RFC 6455 §4.1)");
  if (!gcoap_http_head_lists (&head, "Connection", "upgrade", FALSE))
    return fail_response (error, "the field Connection does not say Upgrade (RFC 6455 §4.1)");
  gcoap_web_socket_make_accept (key, accept);
  if (gcoap_http_head_find (&head, "Sec-WebSocket-Accept", &value) != 1
      || !gcoap_http_text_equal (value, accept, TRUE))
    return fail_response (error, "the field Sec-WebSocket-Accept does not answer the key (RFC 6455 §4.1)");
  /* RFC 6455 §4.1: none was offered. */
  if (gcoap_http_head_find (&head, "Sec-WebSocket-Extensions", &value) > 0 && value.length > 0)
    return fail_response (error, "it uses an extension that was not offered (RFC 6455 §4.1)");
  if (gcoap_http_head_find (&head, "Sec-WebSocket-Protocol", &value) != 1
      || !gcoap_http_text_equal (value, SUBPROTOCOL, TRUE))
    return fail_response (error, "the field Sec-WebSocket-Protocol does not say " SUBPROTOCOL " (RFC 8323 §4.1)");
  return TRUE;
}
