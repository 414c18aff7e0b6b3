/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/tls-pair.h"

#include <string.h>

static gssize
push_cb (gpointer      data,
         const guint8 *bytes,
         gsize         length)
{
  g_queue_push_tail (((TlsEnd *) data)->outgoing, g_bytes_new (bytes, length));
  return (gssize) length;
}

static gssize
pull_cb (gpointer  data,
         guint8   *buffer,
         gsize     size)
{
  TlsEnd *self = data;
  g_autoptr (GBytes) bytes = g_queue_pop_head (&self->incoming);
  gsize length;
  const guint8 *from;

  if (bytes == NULL)
    return self->is_ended ? 0 : -1;
  from = g_bytes_get_data (bytes, &length);
  memcpy (buffer, from, MIN (length, size));
  /* Of a stream the rest comes next; a datagram is cut. */
  if (length > size)
    g_queue_push_head (&self->incoming, g_bytes_new_from_bytes (bytes, size, length - size));
  return (gssize) MIN (length, size);
}

static gboolean
can_pull_cb (gpointer data)
{
  return !g_queue_is_empty (&((TlsEnd *) data)->incoming);
}

static const GcoapTlsIo io = { push_cb, pull_cb, can_pull_cb };

static void
end_clear (TlsEnd *self)
{
  if (self->session != NULL)
    gcoap_tls_session_free (self->session);
  g_queue_clear_full (&self->incoming, (GDestroyNotify) g_bytes_unref);
  g_clear_error (&self->error);
}

TlsPair *
tls_pair_new (GcoapTlsKeys *server,
              GcoapTlsKeys *client,
              GBytes       *resumption)
{
  g_autoptr (TlsPair) self = g_new0 (TlsPair, 1);

  self->is_datagram = server->is_datagram;
  self->client.outgoing = &self->server.incoming;
  self->server.outgoing = &self->client.incoming;
  self->client.status = self->server.status = GCOAP_TLS_WAITING;
  self->server.session = gcoap_tls_session_new (server, NULL, &io, &self->server);
  if (self->server.session != NULL)
    self->client.session = gcoap_tls_session_new (client, "host.example", &io, &self->client);
  if (self->client.session == NULL
      || (!self->is_datagram
          && (!gcoap_tls_session_set_protocol (self->server.session, "coap")
              || !gcoap_tls_session_set_protocol (self->client.session, "coap"))))
    return NULL;
  if (resumption != NULL)
    gcoap_tls_session_set_resumption (self->client.session, resumption);
  return g_steal_pointer (&self);
}

void
tls_pair_free (TlsPair *self)
{
  end_clear (&self->client);
  end_clear (&self->server);
  g_free (self);
}

static void
step (TlsEnd *self)
{
  if (self->status == GCOAP_TLS_WAITING)
    self->status = gcoap_tls_session_handshake (self->session, &self->error);
}

void
tls_pair_shake_hands (TlsPair *self)
{
  /* A handshake has few flights. */
  for (guint i = 0; i < 20; i++)
    {
      step (&self->client);
      step (&self->server);
    }
}

static gboolean
pass (TlsEnd  *from,
      TlsEnd  *to,
      GError **error)
{
  guint8 buffer[64];

  if (gcoap_tls_session_send (from->session, (const guint8 *) "hello", 5, error) != 5)
    return FALSE;
  for (guint i = 0; i < 10 && *error == NULL; i++)
    if (gcoap_tls_session_receive (to->session, buffer, sizeof buffer, error) == 5)
      return memcmp (buffer, "hello", 5) == 0;
  return FALSE;
}

gboolean
tls_pair_exchange (TlsPair  *self,
                   GError  **error)
{
  return self->client.status == GCOAP_TLS_READY && self->server.status == GCOAP_TLS_READY
         && pass (&self->client, &self->server, error) && pass (&self->server, &self->client, error);
}

void
tls_keys_restrict (GcoapTlsKeys *keys,
                   gboolean      has_psk,
                   const char   *version)
{
  g_autofree char *text =
    g_strdup_printf ("NONE:+%s:%s:+AES-128-CCM-8:+AES-128-GCM:+CHACHA20-POLY1305:+AEAD:+SIGN-ECDSA-SHA256:"
                     "+SIGN-ECDSA-SECP256R1-SHA256:+GROUP-SECP256R1:+CTYPE-ALL:+COMP-NULL",
                     version, has_psk ? "+ECDHE-PSK:+PSK" : "+ECDHE-ECDSA");

  gnutls_priority_deinit (keys->priority);
  g_assert_cmpint (gnutls_priority_init (&keys->priority, text, NULL), ==, 0);
}
