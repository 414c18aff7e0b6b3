/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <gnutls/dtls.h>
#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-tls-keys-private.h"
#include "transport/gcoap-tls-peer-private.h"

/* GnuTLS repeats a flight itself; how long a handshake may take altogether is
 * for others to say, and must not be cut short here. */
#define FIRST_TIMEOUT 1000
#define TOTAL_TIMEOUT 3600000

/* Warnings and the like that one call passes over. */
#define MAX_WARNINGS 32

/* A day: RFC 8446 §4.6.1 allows seven. */
#define TICKET_LIFETIME (24 * 60 * 60)

/* RFC 7250 §6 */
#define CLIENT_CERTIFICATE_TYPE 19
#define CERTIFICATE_TYPE_X509 0

struct _GcoapTlsSession
{
  gnutls_session_t  session;
  GcoapTlsKeys     *keys;
  GcoapTlsIo        io;
  gpointer          data;
  char             *host;        /* as the URI has it; NULL for a server */
  char             *presented;   /* what the peer says it is, for people */
  GcoapClaims      *claims;
  GcoapCredential  *proof;       /* the key a client was given a try with; or NULL */
  GError           *refusal;     /* why the peer was not accepted */
  gboolean          is_ready;
};

/* The callbacks of GnuTLS */

static ssize_t
push_cb (gnutls_transport_ptr_t data,
         const void            *bytes,
         size_t                 length)
{
  GcoapTlsSession *self = data;
  gssize n = self->io.push (self->data, bytes, length);

  if (n < 0)
    gnutls_transport_set_errno (self->session, EAGAIN);
  return n;
}

static ssize_t
pull_cb (gnutls_transport_ptr_t data,
         void                  *buffer,
         size_t                 size)
{
  GcoapTlsSession *self = data;
  gssize n = self->io.pull (self->data, buffer, size);

  if (n < 0)
    gnutls_transport_set_errno (self->session, EAGAIN);
  return n;
}

/* Never waits, whatever the time. */
static int
pull_timeout_cb (gnutls_transport_ptr_t data,
                 unsigned int           ms G_GNUC_UNUSED)
{
  GcoapTlsSession *self = data;

  return self->io.can_pull (self->data) ? 1 : 0;
}

int
gcoap_tls_session_find_psk (gnutls_session_t      session,
                            const gnutls_datum_t *identity,
                            gnutls_datum_t       *key)
{
  GcoapTlsSession *self = gnutls_session_get_ptr (session);
  g_autoptr (GcoapClaims) claims = NULL;
  guint8 found[GCOAP_PSK_MAX_KEY];
  gsize length = 0;

  g_free (self->presented);
  self->presented = gcoap_tls_peer_describe_identity (identity->data, identity->size);
  gcoap_credential_store_lookup_psk (self->keys->store, identity->data, identity->size, found, &length, &claims);
  g_clear_object (&self->proof);
  if (claims != NULL)
    self->proof = g_object_ref (gcoap_claims_peek_credential (claims));
  key->data = gnutls_malloc (length);
  if (key->data == NULL)
    {
      sodium_memzero (found, sizeof found);
      return -1;
    }
  memcpy (key->data, found, length);
  key->size = (unsigned int) length;
  sodium_memzero (found, sizeof found);
  return 0;
}

/* Finds out who the peer is from what the session holds, which a resumed one
 * has restored: RFC 7252 §9.1.1 binds the identity to the session. */
static gboolean
identify (GcoapTlsSession *self,
          GError         **error)
{
  g_autoptr (GcoapClaims) claims = NULL;
  GcoapTlsPeer peer = { self->session, self->keys, self->host, NULL };
  gboolean is_good = gcoap_tls_peer_identify (&peer, &claims, error);

  if (peer.presented != NULL)
    {
      g_free (self->presented);
      self->presented = peer.presented;
    }
  if (!is_good)
    return FALSE;
  g_clear_pointer (&self->claims, gcoap_claims_unref);
  self->claims = g_steal_pointer (&claims);
  return TRUE;
}

/* Whether what the peer has proven is what it is let in for: the store may have
 * changed while the handshake went on. A resumed session proves only that there
 * was one before, with keys of that time. */
static gboolean
still_holds (GcoapTlsSession *self)
{
  GcoapCredentialStore *store = self->keys->store;

  if (!self->keys->is_server || gcoap_credential_store_get_serial (store) == self->keys->serial)
    return TRUE;
  if (gnutls_session_is_resumed (self->session))
    return FALSE;
  if (self->proof != NULL && self->claims != NULL
      && !gcoap_credential_equal (self->proof, gcoap_claims_peek_credential (self->claims)))
    return FALSE;
  return gcoap_credential_store_authorizes (store, gcoap_tls_session_get_own (self), self->claims);
}

static int
verify_cb (gnutls_session_t session)
{
  GcoapTlsSession *self = gnutls_session_get_ptr (session);

  g_clear_error (&self->refusal);
  return identify (self, &self->refusal) ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

/* RFC 7250 §4.1: which kinds of keys the client has to show. */
static int
client_types_cb (void                *data,
                 unsigned int         extension,
                 const unsigned char *bytes,
                 unsigned int         length)
{
  gboolean *only_raw = data;

  if (extension == CLIENT_CERTIFICATE_TYPE && length >= 2 && bytes[0] == length - 1)
    *only_raw = memchr (bytes + 1, CERTIFICATE_TYPE_X509, length - 1) == NULL;
  return 0;
}

/* A client that has only a raw public key to show wants one to be shown, even if
 * it says that it could take a certificate: libcoap says so, and cannot. */
static int
hello_cb (gnutls_session_t      session,
          unsigned int          type G_GNUC_UNUSED,
          unsigned int          when G_GNUC_UNUSED,
          unsigned int          incoming G_GNUC_UNUSED,
          const gnutls_datum_t *message)
{
  GcoapTlsSession *self = gnutls_session_get_ptr (session);
  gboolean only_raw = FALSE;

  if (gnutls_ext_raw_parse (&only_raw, client_types_cb, message,
                            self->keys->is_datagram ? GNUTLS_EXT_RAW_FLAG_DTLS_CLIENT_HELLO
                                                    : GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO) < 0
      || !only_raw)
    return 0;
  return gnutls_priority_set (session, self->keys->raw_priority);
}

/* Making one */

static gboolean
set_credentials (GcoapTlsSession *self)
{
  GcoapTlsKeys *keys = self->keys;

  if (keys->psk_server != NULL
      && gnutls_credentials_set (self->session, GNUTLS_CRD_PSK, keys->psk_server) < 0)
    return FALSE;
  if (keys->psk_client != NULL
      && gnutls_credentials_set (self->session, GNUTLS_CRD_PSK, keys->psk_client) < 0)
    return FALSE;
  if (keys->certificates != NULL
      && gnutls_credentials_set (self->session, GNUTLS_CRD_CERTIFICATE, keys->certificates) < 0)
    return FALSE;
  return TRUE;
}

static gboolean
set_up (GcoapTlsSession *self)
{
  gnutls_session_t session = self->session;
  GcoapTlsKeys *keys = self->keys;

  gnutls_session_set_ptr (session, self);
  if (gnutls_priority_set (session, keys->priority) < 0 || !set_credentials (self))
    return FALSE;
  gnutls_transport_set_ptr (session, self);
  gnutls_transport_set_push_function (session, push_cb);
  gnutls_transport_set_pull_function (session, pull_cb);
  gnutls_transport_set_pull_timeout_function (session, pull_timeout_cb);
  gnutls_session_set_verify_function (session, verify_cb);
  gnutls_handshake_set_timeout (session, 0);
  if (keys->is_datagram)
    gnutls_dtls_set_timeouts (session, FIRST_TIMEOUT, TOTAL_TIMEOUT);
  if (keys->raw_priority != NULL)
    gnutls_handshake_set_hook_function (session, GNUTLS_HANDSHAKE_CLIENT_HELLO, GNUTLS_HOOK_PRE, hello_cb);
  if (keys->is_server)
    {
      /* Whether none is good enough is for the verification to say, for that
       * depends on what this side shows. */
      gnutls_certificate_server_set_request (session, keys->needs_certificate || keys->needs_raw_key
                                                        ? GNUTLS_CERT_REQUEST : GNUTLS_CERT_IGNORE);
      gnutls_db_set_cache_expiration (session, TICKET_LIFETIME);
      return gnutls_session_ticket_enable_server (session, &keys->ticket_key) >= 0;
    }
  /* RFC 6066 §3: a literal address is not a name. */
  if (self->host != NULL && !g_hostname_is_ip_address (self->host))
    return gnutls_server_name_set (session, GNUTLS_NAME_DNS, self->host, strlen (self->host)) >= 0;
  return TRUE;
}

GcoapTlsSession *
gcoap_tls_session_new (GcoapTlsKeys     *keys,
                       const char       *host,
                       const GcoapTlsIo *io,
                       gpointer          data)
{
  GcoapTlsSession *self = g_new0 (GcoapTlsSession, 1);
  unsigned int flags = GNUTLS_NONBLOCK | GNUTLS_ENABLE_RAWPK | GNUTLS_NO_SIGNAL;

  self->keys = gcoap_tls_keys_ref (keys);
  self->io = *io;
  self->data = data;
  self->host = g_strdup (host);
  flags |= keys->is_server ? GNUTLS_SERVER : GNUTLS_CLIENT;
  if (keys->is_datagram)
    flags |= GNUTLS_DATAGRAM;
  if (gnutls_init (&self->session, flags) < 0)
    self->session = NULL;
  if (self->session != NULL && set_up (self))
    return self;
  gcoap_tls_session_free (self);
  return NULL;
}

void
gcoap_tls_session_free (GcoapTlsSession *self)
{
  if (self->session != NULL)
    gnutls_deinit (self->session);
  g_clear_pointer (&self->claims, gcoap_claims_unref);
  g_clear_object (&self->proof);
  g_clear_error (&self->refusal);
  gcoap_tls_keys_unref (self->keys);
  g_free (self->presented);
  g_free (self->host);
  g_free (self);
}

void
gcoap_tls_session_set_resumption (GcoapTlsSession *self,
                                  GBytes          *resumption)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (resumption, &length);

  /* One that is too old, or was of another version, makes a full handshake. */
  if (gnutls_session_set_data (self->session, data, length) < 0)
    g_debug ("A session cannot be resumed; a new one is made.");
}

void
gcoap_tls_session_set_mtu (GcoapTlsSession *self,
                           guint            mtu)
{
  gnutls_dtls_set_mtu (self->session, mtu);
}

void
gcoap_tls_session_set_cookie_state (GcoapTlsSession           *self,
                                    const GcoapTlsCookieState *state)
{
  gnutls_dtls_prestate_st prestate = { state->record_seq, state->hsk_read_seq, state->hsk_write_seq };

  gnutls_dtls_prestate_set (self->session, &prestate);
}

/* Errors */

static const char *
describe_alert (GcoapTlsSession *self)
{
  const char *name = gnutls_alert_get_name (gnutls_alert_get (self->session));

  return name != NULL ? name : "unknown alert";
}

/* Alerts say little, and those about pre-shared keys mislead; what this side has
 * shown, or not, says more. With TLS 1.3 a client has been ready before the server
 * looks at what it shows. */
static const char *
guess_cause (GcoapTlsSession *self)
{
  gnutls_alert_description_t alert = gnutls_alert_get (self->session);

  if (self->keys->is_server)
    return "";
  if (self->keys->psk_client != NULL)
    return self->is_ready ? "" : "; a wrong key or identity is one cause";
  if ((alert == GNUTLS_A_BAD_CERTIFICATE || alert == GNUTLS_A_CERTIFICATE_REQUIRED)
      && gnutls_certificate_client_get_request_status (self->session) != 0
      && gnutls_certificate_get_ours (self->session) == NULL)
    return "; it asks for a certificate or public key, and this side has shown none";
  return "";
}

static void
set_error (GcoapTlsSession *self,
           int              status,
           GError         **error)
{
  if (self->refusal != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->refusal));
      return;
    }
  switch (status)
    {
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                   "The peer has refused the secure session: %s%s.", describe_alert (self), guess_cause (self));
      return;
    case GNUTLS_E_NO_CIPHER_SUITES:
    case GNUTLS_E_INSUFFICIENT_CREDENTIALS:
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
    case GNUTLS_E_NO_COMMON_KEY_SHARE:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                   "The peer and this side have no kind of key or cipher in common (%s).",
                   gnutls_strerror (status));
      return;
    case GNUTLS_E_PREMATURE_TERMINATION:
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                           "The peer has ended the secure session without a word.");
      return;
    default:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "The secure session failed (%s).",
                   gnutls_strerror (status));
      return;
    }
}

GError *
gcoap_tls_session_new_timeout (GcoapTlsSession *self,
                               const char      *peer)
{
  gboolean is_psk = self->keys->psk_client != NULL
                    || (self->keys->psk_server != NULL && self->presented != NULL);

  return g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                      is_psk ? "The DTLS handshake with %s timed out; a wrong key or identity is one cause."
                             : "The DTLS handshake with %s timed out; a server without DTLS is one cause.",
                      peer);
}

/* The handshake */

GcoapTlsStatus
gcoap_tls_session_handshake (GcoapTlsSession *self,
                             GError         **error)
{
  int status = GNUTLS_E_AGAIN;

  g_return_val_if_fail (!self->is_ready, GCOAP_TLS_READY);

  for (guint i = 0; i < MAX_WARNINGS; i++)
    {
      status = gnutls_handshake (self->session);
      if (status >= 0 || status == GNUTLS_E_AGAIN || gnutls_error_is_fatal (status))
        break;
    }
  if (status < 0 && !gnutls_error_is_fatal (status))
    return GCOAP_TLS_WAITING;
  if (status < 0)
    {
      /* The peer is told why, as far as alerts can say it. */
      gnutls_alert_send_appropriate (self->session, status);
      set_error (self, status, error);
      return GCOAP_TLS_FAILED;
    }
  /* Resumption calls no verification (RFC 5246 §7.3), and what a store held
   * when the first handshake began may be gone: so everybody is asked again. */
  if (!identify (self, error))
    {
      gnutls_alert_send (self->session, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED);
      return GCOAP_TLS_FAILED;
    }
  if (!still_holds (self))
    {
      gnutls_alert_send (self->session, GNUTLS_AL_FATAL, GNUTLS_A_ACCESS_DENIED);
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "The credentials have changed during the handshake.");
      return GCOAP_TLS_FAILED;
    }
  self->is_ready = TRUE;
  return GCOAP_TLS_READY;
}

guint
gcoap_tls_session_get_last_message (GcoapTlsSession *self)
{
  return gnutls_handshake_get_last_in (self->session);
}

guint
gcoap_tls_session_get_timeout (GcoapTlsSession *self)
{
  return gnutls_dtls_get_timeout (self->session);
}

/* Records */

gssize
gcoap_tls_session_receive (GcoapTlsSession *self,
                           guint8          *buffer,
                           gsize            size,
                           GError         **error)
{
  for (guint i = 0; i < MAX_WARNINGS; i++)
    {
      ssize_t n = gnutls_record_recv (self->session, buffer, size);

      if (n >= 0)
        return n;
      if (n == GNUTLS_E_AGAIN)
        return -1;
      /* RFC 5246 §7.4.1.1: no new handshake in this session. */
      if (n == GNUTLS_E_REHANDSHAKE)
        {
          if (self->keys->is_server)
            gnutls_alert_send (self->session, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
        }
      else if (gnutls_error_is_fatal ((int) n))
        {
          set_error (self, (int) n, error);
          return -1;
        }
    }
  return -1;
}

gssize
gcoap_tls_session_send (GcoapTlsSession *self,
                        const guint8    *data,
                        gsize            length,
                        GError         **error)
{
  ssize_t n = gnutls_record_send (self->session, data, length);

  if (n >= 0)
    return n;
  if (n == GNUTLS_E_LARGE_PACKET)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                 "The message of %" G_GSIZE_FORMAT " bytes does not fit into a record, which has room for %"
                 G_GSIZE_FORMAT ".", length, gcoap_tls_session_get_room (self));
  else if (n != GNUTLS_E_AGAIN && n != GNUTLS_E_INTERRUPTED)
    set_error (self, (int) n, error);
  return -1;
}

gboolean
gcoap_tls_session_set_protocol (GcoapTlsSession *self,
                                const char      *protocol)
{
  gnutls_datum_t name = { (unsigned char *) protocol, (unsigned int) strlen (protocol) };

  /* RFC 7301 §3.2: who offers only other protocols is refused, so that no web
   * page can have a browser say to one server what is meant for another. */
  return gnutls_alpn_set_protocols (self->session, &name, 1, self->keys->is_server ? GNUTLS_ALPN_MANDATORY : 0) >= 0;
}

char *
gcoap_tls_session_dup_server_name (GcoapTlsSession *self)
{
  char name[256];
  size_t length = sizeof name;
  unsigned int type;

  if (gnutls_server_name_get (self->session, name, &length, &type, 0) < 0 || type != GNUTLS_NAME_DNS)
    return NULL;
  return g_strndup (name, length);
}

gboolean
gcoap_tls_session_has_pending (GcoapTlsSession *self)
{
  return gnutls_record_check_pending (self->session) > 0;
}

void
gcoap_tls_session_bye (GcoapTlsSession *self)
{
  /* Whether it arrives, nobody can say: RFC 6347 has no answer to it. */
  if (self->is_ready && gnutls_bye (self->session, GNUTLS_SHUT_WR) < 0)
    g_debug ("The end of a secure session could not be told.");
}

gsize
gcoap_tls_session_get_room (GcoapTlsSession *self)
{
  if (self->keys->is_datagram)
    return gnutls_dtls_get_data_mtu (self->session);
  return gnutls_record_get_max_size (self->session);
}

GcoapClaims *
gcoap_tls_session_get_claims (GcoapTlsSession *self)
{
  return self->claims;
}

GcoapCredential *
gcoap_tls_session_get_own (GcoapTlsSession *self)
{
  if (!self->keys->is_server)
    return self->keys->credential;
  if (gcoap_tls_peer_uses_psk (self->session))
    return NULL;
  return gnutls_certificate_type_get2 (self->session, GNUTLS_CTYPE_SERVER) == GNUTLS_CRT_RAWPK
           ? GCOAP_CREDENTIAL (self->keys->raw_key)
           : GCOAP_CREDENTIAL (self->keys->certificate);
}

gboolean
gcoap_tls_session_is_resumed (GcoapTlsSession *self)
{
  return gnutls_session_is_resumed (self->session) != 0;
}

gboolean
gcoap_tls_session_is_authorized (GcoapTlsSession      *self,
                                 GcoapCredentialStore *store)
{
  /* What the server has proven is in the client's credential, too. */
  if (!self->keys->is_server)
    return gcoap_credential_store_authorizes (store, self->keys->credential, NULL);
  return !self->is_ready
         || gcoap_credential_store_authorizes (store, gcoap_tls_session_get_own (self), self->claims);
}

static void
free_datum (gpointer data)
{
  gnutls_datum_t *datum = data;

  gnutls_memset (datum->data, 0, datum->size);
  gnutls_free (datum->data);
  g_free (datum);
}

GBytes *
gcoap_tls_session_dup_resumption (GcoapTlsSession *self)
{
  gnutls_datum_t *datum;

  /* RFC 8446 §4.6.1: tickets come after the handshake, and asked too early the
   * library would read what is not for it. */
  if (!self->is_ready
      || (gnutls_protocol_get_version (self->session) == GNUTLS_TLS1_3
          && (gnutls_session_get_flags (self->session) & GNUTLS_SFLAGS_SESSION_TICKET) == 0))
    return NULL;
  datum = g_new0 (gnutls_datum_t, 1);
  if (gnutls_session_get_data2 (self->session, datum) >= 0)
    return g_bytes_new_with_free_func (datum->data, datum->size, free_datum, datum);
  g_free (datum);
  return NULL;
}

const char *
gcoap_tls_session_get_presented (GcoapTlsSession *self)
{
  return self->presented;
}
