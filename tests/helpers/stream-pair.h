/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two stream transports on loopback, with one manual clock; where the scheme is a
 * secure one, with a pre-shared key. */
#pragma once

#include "helpers/recording-token-manager.h"
#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-stream-transport-private.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapRuntime          *runtime;
  GcoapStreamTransport  *server;
  GcoapStreamTransport  *client;
  RecordingTokenManager *server_manager;   /* NULL: the test sets its own */
  RecordingTokenManager *client_manager;
  char                  *uri;              /* of the server */
} StreamPair;

StreamPair *stream_pair_new (gboolean with_managers) G_GNUC_WARN_UNUSED_RESULT;
StreamPair *stream_pair_new_for_scheme (const char *scheme,
                                        gboolean    with_managers) G_GNUC_WARN_UNUSED_RESULT;

/* Gives a transport of the pair its credentials, if it needs some. */
void stream_pair_secure (GcoapStreamTransport *transport);

void stream_pair_free (StreamPair *self);

/* Lets everything happen that needs no time. */
void stream_pair_settle (StreamPair *self);
void stream_pair_advance (StreamPair *self, guint milliseconds);

/* The client's address of the server; NULL with @error. */
GcoapEndpointAddress *stream_pair_resolve (StreamPair    *self,
                                           const char    *uri,
                                           GCancellable  *cancellable,
                                           GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* A bare TCP connection to the server. */
int stream_pair_connect_raw (StreamPair *self);

G_END_DECLS
