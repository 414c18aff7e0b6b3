/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-listen-uri-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-resolver-private.h"

/* CoAP URIs have no port 0 (RFC 7252 §6.1); here it asks for a free one. A path
 * would seem to mean something, and what is served has its own. */
static GcoapUri *
parse_listen_uri (const char  *text,
                  gboolean    *any_port,
                  GError     **error)
{
  const char *authority = strstr (text, "://");
  g_autofree char *without_port = NULL;
  g_autoptr (GcoapUri) uri = NULL;
  gsize length;

  *any_port = FALSE;
  if (authority == NULL)
    return gcoap_uri_parse (text, error);
  length = authority + 3 - text + strcspn (authority + 3, "/?#");
  *any_port = length >= 2 && strncmp (text + length - 2, ":0", 2) == 0 && text[length - 3] != ':';
  if (*any_port)
    without_port = g_strdup_printf ("%.*s%s", (int) length - 2, text, text + length);
  uri = gcoap_uri_parse (without_port != NULL ? without_port : text, error);
  if (uri == NULL || text[length] == '\0' || g_str_equal (text + length, "/"))
    return g_steal_pointer (&uri);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI,
               "Invalid URI: there is no path or query where to listen (byte %" G_GSIZE_FORMAT ").", length);
  return NULL;
}

static gboolean
read_key (GcoapUdpKey  *key,
          GcoapUri     *uri,
          gboolean      any_port,
          GError      **error)
{
  g_autoptr (GInetSocketAddress) literal = gcoap_resolver_read_literal (uri, error);
  g_autoptr (GcoapUdpAddress) address = NULL;

  if (literal == NULL)
    return FALSE;
  address = gcoap_udp_address_new (literal);
  *key = address->key;
  if (any_port)
    key->port = 0;
  return TRUE;
}

gboolean
gcoap_udp_key_from_listen_uri (GcoapUdpKey  *key,
                               const char   *uri,
                               GError      **error)
{
  g_autoptr (GcoapUri) parsed = NULL;
  gboolean any_port;

  parsed = parse_listen_uri (uri, &any_port, error);
  if (parsed == NULL)
    return FALSE;
  if (!gcoap_uri_host_is_literal (parsed) || !g_str_equal (gcoap_uri_get_scheme (parsed), "coap"))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                   "Cannot listen on %s: UDP takes coap and an IP address, [::] for all.", uri);
      return FALSE;
    }
  return read_key (key, parsed, any_port, error);
}

char *
gcoap_udp_key_from_any_listen_uri (GcoapUdpKey  *key,
                                   const char   *uri,
                                   GError      **error)
{
  g_autoptr (GcoapUri) parsed = NULL;
  gboolean any_port;

  parsed = parse_listen_uri (uri, &any_port, error);
  if (parsed == NULL)
    return NULL;
  if (!gcoap_uri_host_is_literal (parsed))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                   "Cannot listen on %s: it takes an IP address, [::] for all.", uri);
      return NULL;
    }
  return read_key (key, parsed, any_port, error) ? g_strdup (gcoap_uri_get_scheme (parsed)) : NULL;
}
