/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One (D)TLS session, client or server, over datagrams or a stream, that does
 * no input or output of its own. Nothing here names the library that does the
 * work, so that another could be put in its place. */
#pragma once

#include "credentials/gcoap-credential-store-private.h"

G_BEGIN_DECLS

/* What sessions of one side are made with: credentials in the form the library
 * wants them. Reference counted, for a session outlives a change. */
typedef struct _GcoapTlsKeys GcoapTlsKeys;

typedef struct _GcoapTlsSession GcoapTlsSession;

typedef enum
{
  GCOAP_TLS_READY,
  GCOAP_TLS_WAITING,
  GCOAP_TLS_FAILED,
} GcoapTlsStatus;

typedef struct
{
  /* How many bytes were taken: of a datagram always all. -1: none now. */
  gssize   (*push)     (gpointer      data,
                        const guint8 *bytes,
                        gsize         length);

  /* One datagram, or bytes of a stream; 0: the stream has ended, -1: nothing
   * now. */
  gssize   (*pull)     (gpointer      data,
                        guint8       *buffer,
                        gsize         size);

  /* Whether pull() would give something. */
  gboolean (*can_pull) (gpointer      data);
} GcoapTlsIo;

/* A server's, from what is in the store now. GCOAP_ERROR_INVALID_ARGUMENT if
 * there is nothing that a client could be served with. */
GcoapTlsKeys *gcoap_tls_keys_new_server (GcoapCredentialStore *store,
                                         GcoapSecurity         security,
                                         GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* A client's for one credential, which is kept. */
GcoapTlsKeys *gcoap_tls_keys_new_client (GcoapCredential *credential,
                                         GcoapSecurity    security,
                                         GError         **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapTlsKeys *gcoap_tls_keys_ref (GcoapTlsKeys *self);
void gcoap_tls_keys_unref (GcoapTlsKeys *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapTlsKeys, gcoap_tls_keys_unref)

/* @host: what a client calls the server, or NULL; a name is shown to the server
 * (SNI), a literal address is not (RFC 6066 §3). Whether the session is over
 * datagrams is for the keys to say. NULL: the library has no memory. */
GcoapTlsSession *gcoap_tls_session_new (GcoapTlsKeys     *keys,
                                        const char       *host,
                                        const GcoapTlsIo *io,
                                        gpointer          data) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_tls_session_free (GcoapTlsSession *self);

/* Client, before the handshake: what get_resumption() gave. What is of no use
 * any more is ignored. */
void gcoap_tls_session_set_resumption (GcoapTlsSession *self,
                                       GBytes          *resumption);

/* A datagram session: bytes of the longest datagram. */
void gcoap_tls_session_set_mtu (GcoapTlsSession *self,
                                guint            mtu);

/* A step of the handshake. When it is ready the peer has been verified, be the
 * session a resumed one or not. It is not to be called after that. */
GcoapTlsStatus gcoap_tls_session_handshake (GcoapTlsSession *self,
                                            GError         **error);

/* A datagram session that waits: milliseconds until handshake() is to be called
 * though nothing came, so that it repeats itself. */
guint gcoap_tls_session_get_timeout (GcoapTlsSession *self);

/* What the lack of an answer may mean. @peer names the other end. */
GError *gcoap_tls_session_new_timeout (GcoapTlsSession *self,
                                       const char      *peer) G_GNUC_WARN_UNUSED_RESULT;

/* One record. -1 without an error: nothing now; 0: the peer has ended it. */
gssize gcoap_tls_session_receive (GcoapTlsSession *self,
                                  guint8          *buffer,
                                  gsize            size,
                                  GError         **error);

/* One record. -1 without an error: the same is to be sent again later, which
 * does not happen where datagrams are always taken. */
gssize gcoap_tls_session_send (GcoapTlsSession *self,
                               const guint8    *data,
                               gsize            length,
                               GError         **error);

/* A stream session, before the handshake: the name of the protocol it carries
 * (RFC 7301), a literal. A server takes a client that names none, and refuses
 * one that names only others. FALSE: the library has no memory. */
gboolean gcoap_tls_session_set_protocol (GcoapTlsSession *self,
                                         const char      *protocol);

/* A server, after the handshake: the name that the client calls it (RFC 6066
 * §3), or NULL. */
char *gcoap_tls_session_dup_server_name (GcoapTlsSession *self) G_GNUC_WARN_UNUSED_RESULT;

/* A stream session: whether receive() has bytes that were pulled before. */
gboolean gcoap_tls_session_has_pending (GcoapTlsSession *self);

/* Tells the peer that this is the end. */
void gcoap_tls_session_bye (GcoapTlsSession *self);

/* Bytes one record may carry. */
gsize gcoap_tls_session_get_room (GcoapTlsSession *self);

/* Who the peer is; NULL for a client that proves nothing, and before the
 * handshake. */
GcoapClaims *gcoap_tls_session_get_claims (GcoapTlsSession *self);

/* What the session was made with: the own credential, or NULL for a server that
 * uses the client's key. */
GcoapCredential *gcoap_tls_session_get_own (GcoapTlsSession *self);

gboolean gcoap_tls_session_is_resumed (GcoapTlsSession *self);

/* Client, after records came: what the next session to this server begins
 * with, or NULL. It holds secrets. */
GBytes *gcoap_tls_session_dup_resumption (GcoapTlsSession *self) G_GNUC_WARN_UNUSED_RESULT;

/* What the peer said it is, proven or not, as text for people; or NULL. */
const char *gcoap_tls_session_get_presented (GcoapTlsSession *self);

/* RFC 6347 §4.2.1: answers a first hello without keeping anything, so that only
 * who can be reached at its address costs more. The key is from
 * gcoap_tls_cookie_key_init(). */
#define GCOAP_TLS_COOKIE_KEY 16

/* What a good cookie says of the flight it answers. */
typedef struct
{
  guint record_seq;
  guint hsk_read_seq;
  guint hsk_write_seq;
} GcoapTlsCookieState;

void gcoap_tls_cookie_key_init (guint8 key[GCOAP_TLS_COOKIE_KEY]);

/* Whether a datagram with a ClientHello bears the cookie of this binding. */
gboolean gcoap_tls_cookie_verify (const guint8         key[GCOAP_TLS_COOKIE_KEY],
                                  const guint8        *binding,
                                  gsize                binding_length,
                                  const guint8        *datagram,
                                  gsize                length,
                                  GcoapTlsCookieState *state);

/* Pushes the HelloVerifyRequest for a hello that was not verified. */
void gcoap_tls_cookie_send (const guint8               key[GCOAP_TLS_COOKIE_KEY],
                            const guint8              *binding,
                            gsize                      binding_length,
                            const GcoapTlsCookieState *state,
                            const GcoapTlsIo          *io,
                            gpointer                   data);

/* Server, before the handshake. */
void gcoap_tls_session_set_cookie_state (GcoapTlsSession           *self,
                                         const GcoapTlsCookieState *state);

G_END_DECLS
