/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * HTTP heads, as both sides of a WebSocket handshake read them. Where the head
 * ends does not depend on how much of what follows is there, and only a request
 * that is answered 101 goes on.
 */
#include "transport/gcoap-http-head-private.h"
#include "transport/gcoap-stream-local-private.h"
#include "transport/gcoap-web-socket-upgrade-private.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  /* A copy, so that a read beyond the end is seen. */
  g_autofree guint8 *head = NULL;
  g_autofree char *answer = NULL;
  g_autofree char *again_host = NULL;
  g_autoptr (GError) request_error = NULL;
  g_autoptr (GError) response_error = NULL;
  static const char *const all[] = { "*", NULL };
  g_autoptr (GcoapWebOrigins) origins = gcoap_web_origins_new (all, NULL);
  g_auto (GcoapWebSocketRequest) request = { 0 };
  g_auto (GcoapWebSocketRequest) lenient = { 0 };
  gsize length;
  gsize again;

  if (!gcoap_http_head_find_end (data, size, &length, NULL) || length == 0)
    return 0;
  g_assert_cmpuint (length, <=, size);
  g_assert_true (gcoap_http_head_find_end (data, length, &again, NULL));
  g_assert_cmpuint (again, ==, length);
  g_assert_true (gcoap_http_head_find_end (data, length - 1, &again, NULL));
  g_assert_cmpuint (again, ==, 0);

  head = g_memdup2 (data, length);
  if (gcoap_web_socket_check_request (head, length, NULL, &request, &request_error))
    {
      g_assert_cmpuint (request.status, ==, 101);
      /* What it calls us is a host, the same when it is read again, and no more
       * than that. */
      again_host = gcoap_stream_local_dup_host (request.host, strlen (request.host));
      g_assert_cmpstr (again_host, ==, request.host);
      g_assert_cmpuint (strlen (request.accept), ==, GCOAP_WEB_SOCKET_ACCEPT_SIZE - 1);
      answer = gcoap_web_socket_make_response (request.accept);
    }
  else
    {
      g_assert_cmpuint (request.status, >=, 400);
      answer = gcoap_web_socket_make_refusal (request.status, request_error->message);
    }
  /* Who is taken without origins is taken with them, and only a 403 can change. */
  if (gcoap_web_socket_check_request (head, length, origins, &lenient, NULL))
    g_assert_true (request.status == 101 || request.status == 403);
  else
    g_assert_true (request.status == 403 || request.status == lenient.status);
  /* What we say, others understand: one head, and no line that was slipped in. */
  g_assert_true (gcoap_http_head_find_end ((const guint8 *) answer, strlen (answer), &again, NULL));
  g_assert_cmpuint (again, >, 0);
  if (!gcoap_web_socket_check_response (head, length, "dGhlIHNhbXBsZSBub25jZQ==", &response_error))
    g_assert_true (g_utf8_validate (response_error->message, -1, NULL));
  return 0;
}
