/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection over a stream of bytes (RFC 8323), whatever carries and
 * frames it: capabilities, signals, limits and its end, in order.
 *
 * It knows no descriptor and no loop. Its host, a transport or a test, calls
 * it when the channel may be ready, and is told what the channel waits for. */
#pragma once

#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-byte-channel-private.h"
#include "transport/gcoap-message-framing-private.h"
#include "transport/gcoap-unanswered-private.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_CONNECTION_STATE_STARTING,   /* handshakes of channel and framing */
  GCOAP_CONNECTION_STATE_GREETING,   /* ours is sent, the peer's CSM is waited for */
  GCOAP_CONNECTION_STATE_OPEN,
  GCOAP_CONNECTION_STATE_RELEASED,   /* we asked the peer to close */
  GCOAP_CONNECTION_STATE_DRAINING,   /* the peer wants it closed: what is open is answered */
  GCOAP_CONNECTION_STATE_LINGERING,  /* ended; what was written still has to arrive */
  GCOAP_CONNECTION_STATE_CLOSED,
} GcoapConnectionState;

typedef struct
{
  /* The peer's CSM has come: requests may be sent. Once. */
  void     (*ready)    (GcoapConnection *connection,
                        gpointer         data);

  void     (*request)  (GcoapConnection *connection,
                        const GcoapPdu  *pdu,
                        gpointer         data);

  void     (*response) (GcoapConnection *connection,
                        const GcoapPdu  *pdu,
                        gpointer         data);

  /* Whether anything is open that this connection carries. */
  gboolean (*is_used)  (GcoapConnection *connection,
                        gpointer         data);

  /* What the channel waits for has changed. */
  void     (*watch)    (GcoapConnection *connection,
                        GIOCondition     condition,
                        gpointer         data);

  /* gcoap_connection_run() is to be called with 0 before the loop sleeps. */
  void     (*defer)    (GcoapConnection *connection,
                        gpointer         data);

  /* What gcoap_connection_watch_drain() waited for. */
  void     (*drained)  (GcoapConnection *connection,
                        gpointer         data);

  /* No new request may use it any more; what is open goes on. */
  void     (*retired)  (GcoapConnection *connection,
                        gpointer         data);

  /* The association is over: nothing more will come. Once, and before closed
   * unless nobody was told that it is ready. */
  void     (*ended)    (GcoapConnection *connection,
                        const GError    *error,
                        gpointer         data);

  /* The channel may be closed: the host gives its reference back. Once. */
  void     (*closed)   (GcoapConnection *connection,
                        gpointer         data);
} GcoapConnectionFuncs;

/* What the connections of one transport share. */
typedef struct
{
  GcoapRuntime               *runtime;       /* not owned */
  const GcoapConnectionFuncs *funcs;
  gpointer                    data;
  GObject                    *owner;         /* kept alive during calls; NULL: need not be */
  guint8                     *scratch;       /* where bytes are read to first */
  gsize                       queued_bytes;  /* of all that waits to be written */
} GcoapConnectionHost;

typedef struct
{
  guint64 mark;
  guint32 token_length;
  guint8  token[];
} GcoapConnectionPong;

struct _GcoapConnection
{
  guint                 ref_count;
  guint                 depth;              /* calls of run() that are on the stack */
  GcoapConnectionHost  *host;
  GcoapByteChannel     *channel;
  GcoapMessageFraming  *framing;
  GcoapEndpointAddress *address;
  GcoapLocal           *local;              /* our side, for requests; NULL: not known */
  gpointer              owner_data;         /* the host's */
  char                 *peer;               /* for sentences: where it leads */

  GcoapConnectionState  state;
  guint                 is_ended : 1;       /* the host was told */
  guint                 was_ready : 1;      /* likewise */
  guint                 is_retired : 1;     /* likewise */
  guint                 is_given_up : 1;    /* this side wants it closed, too */
  guint                 at_end : 1;         /* the peer sends nothing more */
  guint                 is_up : 1;          /* the channel's handshake is done */
  guint                 is_held : 1;        /* messages wait because the peer does not read */
  guint                 is_drain_watched : 1;
  guint                 has_finished : 1;   /* we send nothing more */
  guint                 is_finished : 1;    /* and the channel knows */
  guint                 is_deferred : 1;
  guint                 current_answered : 1;
  const GcoapPdu       *current;            /* the request that is being dispatched */

  guint8               *in;                 /* the start of a message; NULL: nothing */
  gsize                 in_length;
  gsize                 in_size;
  guint8               *out;                /* what waits to be written; NULL: nothing */
  gsize                 out_start;
  gsize                 out_length;
  gsize                 out_size;
  GError               *write_error;        /* found when it could not be told */
  GIOCondition          condition;

  guint                 peer_max_message_size;   /* RFC 8323 §5.3.1 */
  guint                 peer_max_token_length;   /* RFC 8974 §2.2.1 */
  gboolean              peer_is_blockwise;       /* RFC 8323 §5.3.2 */
  guint                 hold_off;                /* seconds, RFC 8323 §5.5 */
  char                 *alternative;             /* where the peer wants to be asked instead; or NULL */

  GcoapUnanswered       unanswered;
  guint                 n_requests;         /* of ours that wait for a response */
  guint                 n_watchers;         /* who want it kept */
  GQueue                pongs;              /* GcoapConnectionPong, oldest first */
  GQueue                pings;              /* GTask of those who asked, oldest first */
  guint64               n_pings_sent;
  gint64                ping_sent;          /* 0: none is open */

  GcoapTimer            timer;
  gint64                since;              /* when the state was entered */
  gint64                heard;              /* when bytes came last */
  gint64                used;               /* when a message came or went last */
  gint64                progress;           /* when bytes left last, or began to wait */
};

/* Takes channel and framing over. */
GcoapConnection *gcoap_connection_new (GcoapConnectionHost  *host,
                                       GcoapByteChannel     *channel,
                                       GcoapMessageFraming  *framing,
                                       GcoapEndpointAddress *address) G_GNUC_WARN_UNUSED_RESULT;

GcoapConnection *gcoap_connection_ref (GcoapConnection *self);
void gcoap_connection_unref (GcoapConnection *self);

/* Begins the handshakes; the first call. */
void gcoap_connection_start (GcoapConnection *self);

/* Reads, dispatches and writes what the channel allows. */
void gcoap_connection_run (GcoapConnection *self,
                           GIOCondition     condition);

/* Whether a new request may go this way. */
gboolean gcoap_connection_is_usable (GcoapConnection *self);

/* Bytes of the largest message that may be sent. */
gsize gcoap_connection_get_room (GcoapConnection *self);

gboolean gcoap_connection_send_request (GcoapConnection  *self,
                                        const GcoapPdu   *pdu,
                                        GError          **error);

/* A request of ours has its answer, or is not waited for any more. */
void gcoap_connection_request_done (GcoapConnection *self);

/* message NULL: the request stays without an answer. What cannot be sent ends
 * the connection soon. */
void gcoap_connection_send_response (GcoapConnection *self,
                                     const GcoapPdu  *request,
                                     GcoapMessage    *message);

/* Whether so much waits that no more should be said for now; then the host hears
 * when there is room again, unless the connection ends before. */
gboolean gcoap_connection_watch_drain (GcoapConnection *self);

/* Sends a Ping; the task, which is taken over, returns the microseconds until
 * the Pong. */
void gcoap_connection_ping (GcoapConnection *self,
                            GTask           *task);

/* RFC 8323 §5.5: asks the peer to close. */
void gcoap_connection_release (GcoapConnection *self);

/* Ends at once, without a word. */
void gcoap_connection_close (GcoapConnection *self,
                             const GError    *error);

/* For framings */
void gcoap_connection_framing_is_ready (GcoapConnection *self);
void gcoap_connection_write (GcoapConnection *self,
                             const guint8    *data,
                             gsize            length);

/* For the files of the connection alone */

/* RFC 8323 §5.6: says why and ends; bad_csm_option 0: none is to blame. */
void gcoap_connection_abort (GcoapConnection *self,
                             const GError    *error,
                             guint            bad_csm_option);
void gcoap_connection_fail (GcoapConnection *self,
                            const GError    *error);
void gcoap_connection_set_state (GcoapConnection      *self,
                                 GcoapConnectionState  state);
void gcoap_connection_retire (GcoapConnection *self);
void gcoap_connection_end (GcoapConnection *self,
                           const GError    *error);
void gcoap_connection_shut (GcoapConnection *self);
void gcoap_connection_settle (GcoapConnection *self);
void gcoap_connection_arm (GcoapConnection *self);

gint64 gcoap_connection_now (GcoapConnection *self);
gboolean gcoap_connection_append (GcoapConnection  *self,
                                  const GcoapPdu   *pdu,
                                  GError          **error);
gboolean gcoap_connection_flush (GcoapConnection  *self,
                                 GError          **error);
void gcoap_connection_defer (GcoapConnection *self);
void gcoap_connection_drop_buffers (GcoapConnection *self);
void gcoap_connection_read (GcoapConnection *self);
void gcoap_connection_update_condition (GcoapConnection *self);
void gcoap_connection_resume (GcoapConnection *self);

void gcoap_connection_send_csm (GcoapConnection *self);
void gcoap_connection_send_ping (GcoapConnection *self);
void gcoap_connection_send_release (GcoapConnection *self);
void gcoap_connection_send_pongs (GcoapConnection *self);
void gcoap_connection_take_signal (GcoapConnection *self,
                                   const GcoapPdu  *pdu);
gint64 gcoap_connection_get_ping_deadline (GcoapConnection *self);
void gcoap_connection_expire_pings (GcoapConnection *self);
void gcoap_connection_fail_pings (GcoapConnection *self,
                                  const GError    *error);

/* Where the host reads to first. */
#define GCOAP_CONNECTION_SCRATCH_SIZE (64 * 1024)

G_END_DECLS
