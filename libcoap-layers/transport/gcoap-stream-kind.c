/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-kind-private.h"

#include "transport/gcoap-tcp-channel-private.h"
#include "transport/gcoap-web-socket-framing-private.h"

/* RFC 8323 §5.5: a CSM, and a Release with Hold-Off: 10 seconds. */
#define STREAM_FAREWELL "\x00\xe1\x20\xe4\x41\x0a"

/* RFC 9110 §15.6.4 */
#define WEB_FAREWELL \
  "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

#define TEXT(literal) literal, sizeof literal - 1

static GcoapByteChannel *
make_tcp (int        fd,
          GcoapUri  *uri G_GNUC_UNUSED,
          GError   **error G_GNUC_UNUSED)
{
  return gcoap_tcp_channel_new (fd);
}

static GcoapMessageFraming *
make_stream (GcoapUri *uri G_GNUC_UNUSED)
{
  return gcoap_message_framing_get_stream ();
}

static const GcoapStreamKind kinds[] = {
  { "coap+tcp", FALSE, make_tcp, make_stream, TEXT (STREAM_FAREWELL), NULL },
  { "coap+ws", FALSE, make_tcp, gcoap_web_socket_framing_new, TEXT (WEB_FAREWELL),
    gcoap_web_socket_is_available },
};

const GcoapStreamKind *
gcoap_stream_kind_lookup (const char *scheme)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (kinds[i].scheme, scheme) == 0
        && (kinds[i].is_available == NULL || kinds[i].is_available ()))
      return &kinds[i];
  return NULL;
}
