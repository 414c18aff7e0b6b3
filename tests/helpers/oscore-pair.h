/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated pair that shares an OSCORE context for "coap://server/" and below,
 * and what it has sent to each other. The context of the client's side has the ID
 * "c", that of the server's the ID "s", and the server knows the client as
 * "alice". */
#pragma once

#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-credential-store-private.h"
#include "helpers/simulated-pair.h"
#include "providers/oscore/gcoap-oscore-provider.h"
#include "site/gcoap-simple-resource.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean  from_client;
  guint8   *data;
  gsize     length;
} OscoreDatagram;

/* Whether a datagram arrives. */
typedef gboolean (*OscorePairFilter) (OscoreDatagram *datagram,
                                      gpointer        user_data);

typedef struct
{
  SimulatedPair        *pair;
  GcoapCredentialStore *client;
  GcoapCredentialStore *server;
  GcoapResource        *text;       /* "/text": GET and FETCH give the text, PUT sets it; observable */
  GcoapResource        *whoami;     /* "/whoami": the claims, one per line; with POST as well */
  char                 *stored;     /* the text */
  GcoapExchange        *waiting;    /* of "/later", to be answered by the test */
  GPtrArray            *datagrams;  /* (element-type OscoreDatagram) all that was sent */
  OscorePairFilter      filter;
  gpointer              filter_data;
  GString              *notes;      /* of the trace of both, if oscore_pair_trace() was called */
} OscorePair;

/* Without a credential on either side. */
OscorePair *oscore_pair_new_bare (void);
OscorePair *oscore_pair_new (void);

/* Neither side knows what was received before. */
OscorePair *oscore_pair_new_lost (void);
void oscore_pair_free (OscorePair *self);

/* @change: one byte of the secret differs. Windows, salt, algorithm and ID
 * Context can be set in the parameters. */
GcoapOscoreCredential *oscore_pair_credential (const char *sender,
                                               const char *recipient,
                                               guint8      change);

/* One request from beginning to end; the text of the response, or NULL and the
 * error. @code is what the response must have. */
char *oscore_pair_request (OscorePair *self,
                           GcoapCode   method,
                           const char *uri,
                           const char *payload,
                           GcoapCode   code,
                           GError    **error);

/* Whether these bytes were in any datagram from @first on. */
gboolean oscore_pair_has_sent (OscorePair *self,
                               guint       first,
                               const char *text);

/* The latest datagram of one side that has a message, decoded; @offset: the one
 * so many before. */
GcoapMessage *oscore_pair_latest (OscorePair *self,
                                  gboolean    from_client,
                                  guint       offset);

/* Sends one of its datagrams once more with another message ID, as if from a
 * new exchange of "client", or of somebody else. */
void oscore_pair_replay (OscorePair *self,
                         guint       index,
                         const char *from);

/* Sends a message to the server, as a confirmable one. */
void oscore_pair_inject (OscorePair   *self,
                         const char   *from,
                         GcoapMessage *message);

/* Both write down what they send, receive and note. */
void oscore_pair_trace (OscorePair *self);

void oscore_pair_run (OscorePair *self,
                      guint       seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (OscorePair, oscore_pair_free)

G_END_DECLS
