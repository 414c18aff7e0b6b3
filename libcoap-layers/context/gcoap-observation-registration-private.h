/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One registration at a server, for all observations of a context that want the
 * same of it (RFC 7641 §3.1). */
#pragma once

#include "context/gcoap-context-private.h"
#include "interfaces/gcoap-exchange-private.h"
#include "providers/observe/gcoap-notification-freshness-private.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapContext               *context;
  GcoapMessage               *request;
  GBytes                     *key;           /* what makes two requests want the same */
  GPtrArray                  *members;       /* of GcoapObservation, not owned */
  GcoapExchange              *exchange;      /* the latest registration */
  GcoapExchange              *saved;         /* bears the token of an earlier run */
  GCancellable               *preparing;
  GcoapMessage               *message;       /* the latest */
  GcoapNotificationFreshness  freshness;
  GcoapTimer                  timer;
  guint32                     sequence;      /* of the latest notification */
  gboolean                    is_listed;     /* others find and join it */
  gboolean                    is_fresh;      /* the message is */
  gboolean                    is_waiting;    /* for the answer to a registration */
} GcoapObservationRegistration;

/* @request has Observe 0. */
GcoapObservationRegistration *gcoap_observation_registration_new (GcoapContext *context,
                                                                  GcoapMessage *request) G_GNUC_WARN_UNUSED_RESULT;

GcoapObservationRegistration *gcoap_observation_registration_ref   (GcoapObservationRegistration *self);
void                          gcoap_observation_registration_unref (GcoapObservationRegistration *self);

/* Sends the request at first, and once more. */
void gcoap_observation_registration_start (GcoapObservationRegistration *self);
void gcoap_observation_registration_renew (GcoapObservationRegistration *self);

/* Tells the server that it is no longer wanted. */
gboolean gcoap_observation_registration_deregister (GcoapObservationRegistration *self,
                                                    GTask                        *task);

/* Leaves nothing that could call back, and nothing to join. */
void gcoap_observation_registration_stop (GcoapObservationRegistration *self);

/* The token to register with, of an earlier run. */
void gcoap_observation_registration_set_token (GcoapObservationRegistration *self,
                                               const guint8                 *token,
                                               gsize                         length);

/* The token it is registered with; 0 bytes if it is not. */
gsize gcoap_observation_registration_get_token (GcoapObservationRegistration *self,
                                                guint8                        token[8]);

/* What it has to tell its members */

/* A notification has come. */
void gcoap_observation_registration_show (GcoapObservationRegistration *self,
                                          GcoapMessage                 *message);

/* A message has come that is no notification. */
void gcoap_observation_registration_conclude (GcoapObservationRegistration *self,
                                              GcoapMessage                 *message);

/* The server did not answer. Those end whose patience does; none will be heard
 * again if it @is_final. */
void gcoap_observation_registration_disappoint (GcoapObservationRegistration *self,
                                                const GError                 *error,
                                                gboolean                      is_final);

/* The latest message is not fresh any more. */
void gcoap_observation_registration_grow_stale (GcoapObservationRegistration *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapObservationRegistration, gcoap_observation_registration_unref)

G_END_DECLS
