/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-local-private.h"

#include <string.h>

#include "transport/gcoap-udp-address-private.h"
#include "wire/gcoap-local-private.h"
#include "wire/gcoap-uri.h"

#define SCHEME "coap+ws://"

char *
gcoap_stream_local_dup_host (const char *text,
                             gsize       length)
{
  g_autofree char *copy = NULL;
  g_autofree char *origin = NULL;
  g_autoptr (GcoapUri) uri = NULL;
  char *colon;

  for (gsize i = 0; i < length; i++)
    if (text[i] == '\0' || strchr ("/?#@\\", text[i]) != NULL)
      return NULL;
  copy = g_strdup_printf (SCHEME "%.*s", (int) MIN (length, G_MAXINT), text);
  uri = gcoap_uri_parse (copy, NULL);
  if (uri == NULL || gcoap_uri_host_is_path (uri))
    return NULL;
  /* RFC 6874 §1: a zone means nothing to others. */
  if (gcoap_uri_get_zone (uri) != NULL)
    return g_strdup_printf ("[%s]", gcoap_uri_get_host (uri));
  origin = gcoap_uri_dup_origin (uri);
  colon = strrchr (origin, ':');
  if (gcoap_uri_get_port (uri) != gcoap_uri_scheme_get_default_port ("coap+ws"))
    *colon = '\0';
  return g_strdup (origin + strlen (SCHEME));
}

GcoapLocal *
gcoap_stream_local_new (int         fd,
                        guint16     default_port,
                        const char *host)
{
  g_autofree char *hostinfo = NULL;
  GcoapUdpSockaddr name;
  socklen_t length = sizeof name;
  GcoapUdpKey key;

  if (getsockname (fd, &name.any, &length) != 0 || !gcoap_udp_key_from_sockaddr (&key, &name.any, length))
    return NULL;
  hostinfo = gcoap_udp_key_dup_hostinfo (&key, default_port);
  return gcoap_local_new_named (hostinfo, host);
}
