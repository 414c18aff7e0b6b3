/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an HTTP connection becomes a WebSocket that carries CoAP (RFC 6455 §4,
 * RFC 8323 §4.1): the words of either side, and what they must be. */
#pragma once

#include "transport/gcoap-web-origins-private.h"
#include "wire/gcoap-uri.h"

G_BEGIN_DECLS

/* Base64 of 16 and of 20 bytes, with the zero. */
#define GCOAP_WEB_SOCKET_KEY_SIZE 25
#define GCOAP_WEB_SOCKET_ACCEPT_SIZE 29

void gcoap_web_socket_make_key (char key[GCOAP_WEB_SOCKET_KEY_SIZE]);

/* RFC 6455 §4.2.2: what answers a key. */
void gcoap_web_socket_make_accept (const char *key,
                                   char        accept[GCOAP_WEB_SOCKET_ACCEPT_SIZE]);

/* The client's request. */
char *gcoap_web_socket_make_request (GcoapUri   *uri,
                                     const char *key) G_GNUC_WARN_UNUSED_RESULT;

/* What a server has found in a request. */
typedef struct
{
  guint  status;                                /* of the answer to give */
  char   accept[GCOAP_WEB_SOCKET_ACCEPT_SIZE];  /* what answers the key */
  char  *host;                                  /* what the client calls us, without the port */
} GcoapWebSocketRequest;

void gcoap_web_socket_request_clear (GcoapWebSocketRequest *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GcoapWebSocketRequest, gcoap_web_socket_request_clear)

/* @data is a whole head; @origins NULL: none but our own. Fills @request in, on
 * failure only the status. */
gboolean gcoap_web_socket_check_request (const guint8           *data,
                                         gsize                   length,
                                         GcoapWebOrigins        *origins,
                                         GcoapWebSocketRequest  *request,
                                         GError                **error);

/* The server's answer if the request is in order. */
char *gcoap_web_socket_make_response (const char *accept) G_GNUC_WARN_UNUSED_RESULT;

/* And if it is not. */
char *gcoap_web_socket_make_refusal (guint       status,
                                     const char *reason) G_GNUC_WARN_UNUSED_RESULT;

/* What the client was answered. */
gboolean gcoap_web_socket_check_response (const guint8  *data,
                                          gsize          length,
                                          const char    *key,
                                          GError       **error);

G_END_DECLS
