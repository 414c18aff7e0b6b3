/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 6347 §4.2.1: the stateless answer to a first hello. */
#include <gnutls/dtls.h>
#include <sodium.h>

#include "base/gcoap-random-private.h"
#include "transport/gcoap-tls-session-private.h"

typedef struct
{
  const GcoapTlsIo *io;
  gpointer          data;
} Pusher;

static ssize_t
push_cb (gnutls_transport_ptr_t data,
         const void            *bytes,
         size_t                 length)
{
  const Pusher *pusher = data;

  return pusher->io->push (pusher->data, bytes, length);
}

void
gcoap_tls_cookie_key_derive (guint8  key[GCOAP_TLS_COOKIE_KEY],
                             guint64 period)
{
  static guint8 secret[crypto_kdf_KEYBYTES];
  static gsize is_ready;

  G_STATIC_ASSERT (GCOAP_TLS_COOKIE_KEY >= crypto_kdf_BYTES_MIN);
  if (g_once_init_enter (&is_ready))
    {
      gcoap_random_fill (secret, sizeof secret);
      g_once_init_leave (&is_ready, 1);
    }
  crypto_kdf_derive_from_key (key, GCOAP_TLS_COOKIE_KEY, period, "dtls-hvr", secret);
}

gboolean
gcoap_tls_cookie_verify (const guint8         key[GCOAP_TLS_COOKIE_KEY],
                         const guint8        *binding,
                         gsize                binding_length,
                         const guint8        *datagram,
                         gsize                length,
                         GcoapTlsCookieState *state)
{
  gnutls_datum_t datum = { (guint8 *) key, GCOAP_TLS_COOKIE_KEY };
  gnutls_dtls_prestate_st prestate = { 0 };
  int status = gnutls_dtls_cookie_verify (&datum, (guint8 *) binding, binding_length, (guint8 *) datagram,
                                          length, &prestate);

  state->record_seq = prestate.record_seq;
  state->hsk_read_seq = prestate.hsk_read_seq;
  state->hsk_write_seq = prestate.hsk_write_seq;
  return status >= 0;
}

void
gcoap_tls_cookie_send (const guint8               key[GCOAP_TLS_COOKIE_KEY],
                       const guint8              *binding,
                       gsize                      binding_length,
                       const GcoapTlsCookieState *state,
                       const GcoapTlsIo          *io,
                       gpointer                   data)
{
  gnutls_datum_t datum = { (guint8 *) key, GCOAP_TLS_COOKIE_KEY };
  gnutls_dtls_prestate_st prestate = { state->record_seq, state->hsk_read_seq, state->hsk_write_seq };
  Pusher pusher = { io, data };

  if (gnutls_dtls_cookie_send (&datum, (guint8 *) binding, binding_length, &prestate, &pusher, push_cb) < 0)
    g_debug ("A hello could not be answered.");
}
