/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-web-socket-upgrade-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/* RFC 6455 §1.3 */
#define KEY "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

#define LINE "GET /.well-known/coap HTTP/1.1\r\n"
#define HOST "Host: example.org\r\n"
#define UPGRADE "Upgrade: websocket\r\n"
#define CONNECTION "Connection: Upgrade\r\n"
#define KEY_FIELD "Sec-WebSocket-Key: " KEY "\r\n"
#define PROTOCOL "Sec-WebSocket-Protocol: coap\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define ALL HOST UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION

static void
test_accept (void)
{
  char accept[GCOAP_WEB_SOCKET_ACCEPT_SIZE];
  char key[GCOAP_WEB_SOCKET_KEY_SIZE];
  char other[GCOAP_WEB_SOCKET_KEY_SIZE];
  g_autofree guint8 *bytes = NULL;
  gsize length;

  gcoap_web_socket_make_accept (KEY, accept);
  g_assert_cmpstr (accept, ==, ACCEPT);
  gcoap_web_socket_make_key (key);
  gcoap_web_socket_make_key (other);
  g_assert_cmpstr (key, !=, other);
  bytes = g_base64_decode (key, &length);
  g_assert_cmpuint (length, ==, 16);
}

/* RFC 8323 §8.5: both sides find the same default for Uri-Host. */
static void
test_request (void)
{
  static const struct { const char *uri; const char *field; const char *host; } cases[] = {
    { "coap+ws://example.org/sensors", "\r\nHost: example.org\r\n", "example.org" },
    { "coap+ws://EXAMPLE.org:8080", "\r\nHost: example.org:8080\r\n", "example.org" },
    /* The ports that are left out differ. */
    { "coap+ws://example.org:80", "\r\nHost: example.org\r\n", "example.org" },
    { "coaps+ws://example.org:80", "\r\nHost: example.org:80\r\n", "example.org" },
    { "coaps+ws://example.org:443", "\r\nHost: example.org\r\n", "example.org" },
    { "coap+ws://192.0.2.1:8080", "\r\nHost: 192.0.2.1:8080\r\n", "192.0.2.1" },
    { "coap+ws://[2001:db8::1]", "\r\nHost: [2001:db8::1]\r\n", "[2001:db8::1]" },
    { "coap+ws://[2001:db8::1]:8080", "\r\nHost: [2001:db8::1]:8080\r\n", "[2001:db8::1]" },
    { "coap+ws://[fe80::1%25eth0]", "\r\nHost: [fe80::1]\r\n", "[fe80::1]" },
    { "coap+ws://[fe80::1%25eth0]:8080", "\r\nHost: [fe80::1]:8080\r\n", "[fe80::1]" },
    /* No line can be added by a host name. */
    { "coap+ws://a%0d%0aX:%20b", "\r\nHost: a%0D%0AX", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapUri) uri = gcoap_uri_parse (cases[i].uri, &error);
      g_autofree char *words = NULL;
      g_auto (GcoapWebSocketRequest) request = { 0 };

      if (uri == NULL)
        {
          g_assert_cmpuint (i, ==, G_N_ELEMENTS (cases) - 1);
          continue;
        }
      words = gcoap_web_socket_make_request (uri, KEY);
      g_assert_nonnull (strstr (words, cases[i].field));
      g_assert_true (gcoap_web_socket_check_request ((const guint8 *) words, strlen (words), NULL, &request, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (request.status, ==, 101);
      g_assert_cmpstr (request.accept, ==, ACCEPT);
      g_assert_cmpstr (request.host, ==, cases[i].host);
    }
}

static const struct
{
  guint       status;
  const char *text;
} requests[] = {
  { 101, LINE ALL },
  { 101, "GET http://example.org/.well-known/coap HTTP/1.1\r\n" ALL },
  { 101, LINE HOST "UPGRADE: h2c, WebSocket\r\nconnection: keep-alive, upgrade\r\n" KEY_FIELD VERSION
         "Sec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Protocol: xmpp, coap\r\n"
         "Sec-WebSocket-Extensions: permessage-deflate\r\nCookie: a\r\nContent-Length: 0\r\n" },
  { 101, LINE ALL "Origin: http://EXAMPLE.org\r\n" },
  { 101, LINE ALL "Origin: https://example.org\r\n" },
  { 404, "GET / HTTP/1.1\r\n" ALL },
  { 404, "GET /.well-known/coap/ HTTP/1.1\r\n" ALL },
  { 404, "GET /.well-known/coap?a HTTP/1.1\r\n" ALL },
  { 404, "GET /.well-known/core HTTP/1.1\r\n" ALL },
  { 404, "GET /.well-known/COAP HTTP/1.1\r\n" ALL },
  { 404, "GET http://example.org HTTP/1.1\r\n" ALL },
  { 404, "GET * HTTP/1.1\r\n" ALL },
  { 405, "POST /.well-known/coap HTTP/1.1\r\n" ALL },
  { 405, "get /.well-known/coap HTTP/1.1\r\n" ALL },
  { 505, "GET /.well-known/coap HTTP/1.0\r\n" ALL },
  { 505, "GET /.well-known/coap HTTP/2.0\r\n" ALL },
  { 400, "GET /.well-known/coap\r\n" ALL },
  { 400, "GET  /.well-known/coap HTTP/1.1\r\n" ALL },
  { 400, "GET /.well-known/coap HTTP/1.1 \r\n" ALL },
  { 400, "GET\r\n" ALL },
  { 400, LINE UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE ALL HOST },
  { 400, LINE "Host: a/b\r\n" UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE "Host: user@example.org\r\n" UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE "Host: example.org:port\r\n" UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE "Host: [::1\r\n" UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE "Host: %2Frun%2Fa.sock\r\n" UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, "GET http:///.well-known/coap HTTP/1.1\r\n" ALL },
  /* RFC 9112 §3.2.2: the request line says it before Host does. */
  { 403, "GET http://other.example/.well-known/coap HTTP/1.1\r\n" ALL "Origin: http://example.org\r\n" },
  { 400, LINE "Host:\r\n" UPGRADE CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE HOST CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE HOST "Upgrade: websockets\r\n" CONNECTION KEY_FIELD PROTOCOL VERSION },
  { 400, LINE HOST UPGRADE KEY_FIELD PROTOCOL VERSION },
  { 400, LINE HOST UPGRADE "Connection: close\r\n" KEY_FIELD PROTOCOL VERSION },
  { 400, LINE HOST UPGRADE CONNECTION PROTOCOL VERSION },
  { 400, LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=\r\n" PROTOCOL VERSION },
  { 400, LINE HOST UPGRADE CONNECTION "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ!==\r\n" PROTOCOL VERSION },
  { 400, LINE ALL KEY_FIELD },
  { 400, LINE HOST UPGRADE CONNECTION KEY_FIELD VERSION },
  { 400, LINE HOST UPGRADE CONNECTION KEY_FIELD "Sec-WebSocket-Protocol: CoAP\r\n" VERSION },
  { 400, LINE HOST UPGRADE CONNECTION KEY_FIELD "Sec-WebSocket-Protocol: coap2, xcoap\r\n" VERSION },
  { 400, LINE HOST UPGRADE CONNECTION KEY_FIELD PROTOCOL },
  { 400, LINE ALL VERSION },
  { 400, LINE ALL "Content-Length: 1\r\n" },
  { 400, LINE ALL "Transfer-Encoding: chunked\r\n" },
  { 400, LINE ALL "Host : x\r\n" },
  { 403, LINE ALL "Origin: http://evil.example\r\n" },
  { 403, LINE ALL "Origin: null\r\n" },
  { 403, LINE ALL "Origin: http://example.org:8080\r\n" },
  { 403, LINE ALL "Origin: http://example.org\r\nOrigin: http://example.org\r\n" },
  { 426, LINE HOST UPGRADE CONNECTION KEY_FIELD PROTOCOL "Sec-WebSocket-Version: 8\r\n" },
};

static void
test_check_request (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *text = g_strconcat (requests[i].text, "\r\n", NULL);
      g_autoptr (GError) error = NULL;
      g_auto (GcoapWebSocketRequest) request = { 0 };

      g_test_message ("%s", text);
      g_assert_true (gcoap_web_socket_check_request ((const guint8 *) text, strlen (text), NULL, &request, &error)
                     == (requests[i].status == 101));
      g_assert_cmpuint (request.status, ==, requests[i].status);
      if (request.status == 101)
        {
          g_assert_cmpstr (request.accept, ==, ACCEPT);
          g_assert_cmpstr (request.host, ==, "example.org");
        }
      else
        {
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
          g_assert_null (request.host);
        }
    }
}

/* Pages that are allowed beside our own; who has no origin is no page. */
static void
test_allowed_origins (void)
{
  static const char *const listed[] = { "https://app.example", "http://localhost:8000", NULL };
  static const char *const all[] = { "*", NULL };
  static const struct { const char *fields; guint status; guint status_for_all; } cases[] = {
    { "", 101, 101 },
    { "Origin: http://example.org\r\n", 101, 101 },
    { "Origin: https://app.example\r\n", 101, 101 },
    { "Origin: http://localhost:8000\r\n", 101, 101 },
    { "Origin: http://app.example\r\n", 403, 101 },
    { "Origin: https://app.example:8443\r\n", 403, 101 },
    { "Origin: https://app.example.evil\r\n", 403, 101 },
    { "Origin: https://app.example https://evil.example\r\n", 403, 101 },
    { "Origin: null\r\n", 403, 101 },
    { "Origin:\r\n", 403, 101 },
    { "Origin: https://app.example\r\nOrigin: https://evil.example\r\n", 403, 403 },
  };
  g_autoptr (GcoapWebOrigins) some = gcoap_web_origins_new (listed, NULL);
  g_autoptr (GcoapWebOrigins) any = gcoap_web_origins_new (all, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strconcat (LINE ALL, cases[i].fields, "\r\n", NULL);
      g_auto (GcoapWebSocketRequest) request = { 0 };
      g_auto (GcoapWebSocketRequest) second = { 0 };

      g_test_message ("%s", cases[i].fields);
      gcoap_web_socket_check_request ((const guint8 *) text, strlen (text), some, &request, NULL);
      g_assert_cmpuint (request.status, ==, cases[i].status);
      gcoap_web_socket_check_request ((const guint8 *) text, strlen (text), any, &second, NULL);
      g_assert_cmpuint (second.status, ==, cases[i].status_for_all);
    }
}

static void
test_refusal (void)
{
  static const struct { guint status; const char *has; } cases[] = {
    { 400, "HTTP/1.1 400 Bad Request\r\n" },
    { 403, "HTTP/1.1 403 Forbidden\r\n" },
    { 404, "HTTP/1.1 404 Not Found\r\n" },
    { 405, "\r\nAllow: GET\r\n" },
    { 426, "\r\nSec-WebSocket-Version: 13\r\nConnection: Upgrade, close\r\n" },
    { 408, "HTTP/1.1 408 Request Timeout\r\n" },
    { 431, "HTTP/1.1 431 " },
    { 505, "HTTP/1.1 505 " },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = gcoap_web_socket_make_refusal (cases[i].status, "Why.");

      g_assert_nonnull (strstr (text, cases[i].has));
      g_assert_true (g_str_has_suffix (text, "Content-Length: 5\r\n\r\nWhy.\n"));
    }
}

#define SWITCHING "HTTP/1.1 101 Switching Protocols\r\n"
#define ACCEPT_FIELD "Sec-WebSocket-Accept: " ACCEPT "\r\n"

static const struct
{
  int         code;   /* of the error, -1: none */
  const char *text;
} responses[] = {
  { -1, SWITCHING UPGRADE CONNECTION ACCEPT_FIELD PROTOCOL },
  { -1, "HTTP/1.1 101\r\nupgrade: WebSocket\r\nConnection: upgrade\r\n" ACCEPT_FIELD PROTOCOL "Server: x\r\n" },
  { GCOAP_ERROR_REFUSED, "HTTP/1.1 404 Not Found\r\n" UPGRADE CONNECTION ACCEPT_FIELD PROTOCOL },
  { GCOAP_ERROR_REFUSED, "HTTP/1.1 301 Moved\r\nLocation: http://elsewhere\r\n" },
  { GCOAP_ERROR_MALFORMED, "HTTP/1.0 101 Switching Protocols\r\n" UPGRADE CONNECTION ACCEPT_FIELD PROTOCOL },
  { GCOAP_ERROR_MALFORMED, "HTTP/1.1 1010\r\n" UPGRADE CONNECTION ACCEPT_FIELD PROTOCOL },
  { GCOAP_ERROR_MALFORMED, "HTTP/1.1\r\n" UPGRADE CONNECTION ACCEPT_FIELD PROTOCOL },
  { GCOAP_ERROR_MALFORMED, SWITCHING CONNECTION ACCEPT_FIELD PROTOCOL },
  { GCOAP_ERROR_MALFORMED, SWITCHING UPGRADE ACCEPT_FIELD PROTOCOL },
  { GCOAP_ERROR_MALFORMED, SWITCHING UPGRADE CONNECTION PROTOCOL },
  { GCOAP_ERROR_MALFORMED, SWITCHING UPGRADE CONNECTION "Sec-WebSocket-Accept: " KEY "\r\n" PROTOCOL },
  { GCOAP_ERROR_MALFORMED, SWITCHING UPGRADE CONNECTION ACCEPT_FIELD ACCEPT_FIELD PROTOCOL },
  { GCOAP_ERROR_MALFORMED, SWITCHING UPGRADE CONNECTION ACCEPT_FIELD },
  { GCOAP_ERROR_MALFORMED, SWITCHING UPGRADE CONNECTION ACCEPT_FIELD "Sec-WebSocket-Protocol: mqtt\r\n" },
  { GCOAP_ERROR_MALFORMED, SWITCHING UPGRADE CONNECTION ACCEPT_FIELD PROTOCOL PROTOCOL },
  { GCOAP_ERROR_MALFORMED,
    SWITCHING UPGRADE CONNECTION ACCEPT_FIELD PROTOCOL "Sec-WebSocket-Extensions: permessage-deflate\r\n" },
  { GCOAP_ERROR_MALFORMED, SWITCHING "a b: c\r\n" },
};

static void
test_check_response (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (responses); i++)
    {
      g_autofree char *text = g_strconcat (responses[i].text, "\r\n", NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", text);
      g_assert_true (gcoap_web_socket_check_response ((const guint8 *) text, strlen (text), KEY, &error)
                     == (responses[i].code == -1));
      if (responses[i].code != -1)
        g_assert_error (error, GCOAP_ERROR, responses[i].code);
    }
}

/* What it says is shown to people. */
static void
test_hostile_reason (void)
{
  static const char text[] = "HTTP/1.1 500 \xc2\x9b\tnasty\r\n\r\n";
  g_autoptr (GError) error = NULL;

  g_assert_false (gcoap_web_socket_check_response ((const guint8 *) text, strlen (text), KEY, &error));
  g_assert_nonnull (strstr (error->message, "“500 ???nasty”"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/web-socket-upgrade/accept", test_accept);
  g_test_add_func ("/web-socket-upgrade/request", test_request);
  g_test_add_func ("/web-socket-upgrade/check-request", test_check_request);
  g_test_add_func ("/web-socket-upgrade/allowed-origins", test_allowed_origins);
  g_test_add_func ("/web-socket-upgrade/refusal", test_refusal);
  g_test_add_func ("/web-socket-upgrade/check-response", test_check_response);
  g_test_add_func ("/web-socket-upgrade/hostile-reason", test_hostile_reason);
  return g_test_run ();
}
