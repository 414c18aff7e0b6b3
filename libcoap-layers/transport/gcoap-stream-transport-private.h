/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the stream transport share. */
#pragma once

#include "interfaces/gcoap-token-manager.h"
#include "transport/gcoap-connection-private.h"
#include "transport/gcoap-poller-private.h"
#include "transport/gcoap-stream-address-private.h"
#include "transport/gcoap-stream-kind-private.h"
#include "transport/gcoap-stream-socket-private.h"
#include "transport/gcoap-stream-transport.h"

G_BEGIN_DECLS

typedef struct _GcoapStreamPlace GcoapStreamPlace;

/* One connection as the transport keeps it. */
typedef struct
{
  GcoapStreamTransport *transport;
  GcoapConnection      *connection;
  GcoapStreamAddress   *address;
  GcoapPollerEntry      entry;
  GcoapStreamPlace     *place;      /* where it is reused; NULL: it is not */
} GcoapStreamLink;

/* A host and port that connections are made to. */
struct _GcoapStreamPlace
{
  GcoapStreamTransport *transport;
  char                 *origin;       /* the key */
  GcoapUri             *uri;
  GcoapStreamLink      *link;         /* NULL while the socket is being connected */
  GCancellable         *cancellable;  /* of the connecting */
  GcoapTimer            timer;        /* until it is given up */
  GQueue                waiters;      /* those who want its address */
  gboolean              is_gone;      /* nobody wants it any more */
};

struct _GcoapStreamTransport
{
  GObject parent_instance;

  GcoapRuntime          *runtime;
  const GcoapStreamKind *kind;
  GcoapStreamSecurity    security;
  GcoapWebOrigins       *origins;     /* NULL: none but our own */
  GcoapTokenManager     *manager;     /* weak */
  GcoapPoller           *poller;
  GcoapConnectionHost    host;
  GHashTable            *links;       /* a set of GcoapStreamLink */
  GHashTable            *places;      /* origin -> GcoapStreamPlace */
  GHashTable            *hold_offs;   /* origin -> gint64, until when not to connect */

  GcoapStreamSocket      socket;      /* that listens; closed: it is for requests alone */
  GcoapPollerEntry       listener;
  GcoapTimer             listener_timer;

  gboolean               closed;
  GPtrArray             *shutdown_tasks;
};

/* Takes the socket over. NULL: it could not be used. The connection is started
 * by the caller. */
GcoapStreamLink *gcoap_stream_transport_add (GcoapStreamTransport  *self,
                                             int                    fd,
                                             const GcoapUdpKey     *peer,
                                             GcoapUri              *uri,
                                             GError               **error);

/* The pool of connections that were made from here */
void gcoap_stream_pool_resolve (GcoapStreamTransport *self,
                                GTask                *task,
                                const char           *uri);
void gcoap_stream_pool_note_ready (GcoapStreamLink *link);
void gcoap_stream_pool_note_gone (GcoapStreamLink *link,
                                  const GError    *error);
void gcoap_stream_pool_close (GcoapStreamTransport *self);

/* The side that listens */
void gcoap_stream_listener_start (GcoapStreamTransport *self);
void gcoap_stream_listener_stop (GcoapStreamTransport *self);

G_END_DECLS
