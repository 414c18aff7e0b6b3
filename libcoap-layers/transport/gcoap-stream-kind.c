/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-kind-private.h"

#include "base/gcoap-error.h"
#include "transport/gcoap-tcp-channel-private.h"
#include "transport/gcoap-tls-channel-private.h"
#include "transport/gcoap-web-socket-framing-private.h"

/* RFC 8323 §5.5: a CSM, and a Release with Hold-Off: 10 seconds. */
#define STREAM_FAREWELL "\x00\xe1\x20\xe4\x41\x0a"

/* RFC 9110 §15.6.4 */
#define WEB_FAREWELL \
  "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

#define TEXT(literal) literal, sizeof literal - 1

static GcoapByteChannel *
make_tcp (int                   fd,
          GcoapUri             *uri G_GNUC_UNUSED,
          GcoapStreamSecurity  *security G_GNUC_UNUSED,
          GError              **error G_GNUC_UNUSED)
{
  return gcoap_tcp_channel_new (fd);
}

void
gcoap_stream_security_clear (GcoapStreamSecurity *self)
{
  g_clear_object (&self->store);
  g_clear_pointer (&self->server, gcoap_tls_keys_unref);
}

gboolean
gcoap_stream_security_prepare_server (GcoapStreamSecurity  *self,
                                      GError              **error)
{
  guint64 serial;

  if (self->store == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "There are no credentials to serve with.");
      return FALSE;
    }
  serial = gcoap_credential_store_get_serial (self->store);
  if (self->server != NULL && self->serial == serial)
    return TRUE;
  g_clear_pointer (&self->server, gcoap_tls_keys_unref);
  self->server = gcoap_tls_keys_new_server (self->store, GCOAP_SECURITY_TLS, error);
  self->serial = serial;
  return self->server != NULL;
}

/* A client's for the server at @uri, a server's for whoever comes. */
static GcoapTlsKeys *
make_keys (GcoapUri             *uri,
           GcoapStreamSecurity  *security,
           GError              **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) failure = NULL;
  GcoapCredential *credential = NULL;

  if (uri == NULL)
    return gcoap_stream_security_prepare_server (security, error) ? gcoap_tls_keys_ref (security->server) : NULL;
  text = gcoap_uri_to_string (uri);
  if (security->store != NULL)
    credential = gcoap_credential_store_lookup (security->store, text, GCOAP_SECURITY_TLS, &failure);
  if (credential != NULL)
    return gcoap_tls_keys_new_client (credential, GCOAP_SECURITY_TLS, error);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, "There are no credentials for %s.", text);
  return NULL;
}

static GcoapByteChannel *
make_secure (int                   fd,
             GcoapUri             *uri,
             GcoapStreamSecurity  *security,
             const char           *protocol,
             GError              **error)
{
  GcoapByteChannel *lower = gcoap_tcp_channel_new (fd);
  g_autoptr (GcoapTlsKeys) keys = make_keys (uri, security, error);

  if (keys != NULL)
    return gcoap_tls_channel_new (lower, keys, uri != NULL ? gcoap_uri_get_host (uri) : NULL, protocol, error);
  gcoap_byte_channel_free (lower);
  return NULL;
}

/* RFC 8323 §8.2 */
static GcoapByteChannel *
make_tls (int                   fd,
          GcoapUri             *uri,
          GcoapStreamSecurity  *security,
          GError              **error)
{
  return make_secure (fd, uri, security, "coap", error);
}

/* RFC 8323 §9.2: it is HTTP that is secured, and RFC 7301 §6 has a name for it. */
static GcoapByteChannel *
make_https (int                   fd,
            GcoapUri             *uri,
            GcoapStreamSecurity  *security,
            GError              **error)
{
  return make_secure (fd, uri, security, "http/1.1", error);
}

static GcoapMessageFraming *
make_stream (GcoapUri        *uri G_GNUC_UNUSED,
             GcoapWebOrigins *origins G_GNUC_UNUSED)
{
  return gcoap_message_framing_get_stream ();
}

static const GcoapStreamKind kinds[] = {
  { "coap+tcp", FALSE, make_tcp, make_stream, TEXT (STREAM_FAREWELL), NULL },
  { "coaps+tcp", TRUE, make_tls, make_stream, NULL, 0, NULL },
  { "coap+ws", FALSE, make_tcp, gcoap_web_socket_framing_new, TEXT (WEB_FAREWELL),
    gcoap_web_socket_is_available },
  { "coaps+ws", TRUE, make_https, gcoap_web_socket_framing_new, NULL, 0, gcoap_web_socket_is_available },
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
