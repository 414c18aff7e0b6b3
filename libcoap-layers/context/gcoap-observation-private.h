/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the observation and the context's calls for it know of each other. */
#pragma once

#include "context/gcoap-context-private.h"
#include "context/gcoap-observation.h"
#include "interfaces/gcoap-exchange-private.h"
#include "providers/observe/gcoap-notification-freshness-private.h"

G_BEGIN_DECLS

struct _GcoapObservation
{
  GObject parent_instance;

  GcoapContext               *context;
  GcoapMessage               *request;
  GcoapExchange              *exchange;      /* the latest registration */
  GcoapExchange              *saved;         /* bears the token of an earlier run */
  GCancellable               *preparing;
  GTask                      *task;          /* waits for the first message */
  GSource                    *cancelled;     /* waits for its cancellable */
  GcoapMessage               *message;
  GError                     *error;
  GcoapNotificationFreshness  freshness;
  GcoapTimer                  timer;
  guint32                     sequence;
  guint                       max_attempts;
  GcoapObservationState       state;
  gboolean                    is_waiting;    /* for the answer to a registration */
  gboolean                    deregister_on_close;
};

/* The object */
void gcoap_observation_set_state (GcoapObservation      *self,
                                  GcoapObservationState  state);

void gcoap_observation_emit_notification (GcoapObservation *self);

void gcoap_observation_emit_ended (GcoapObservation *self);

/* @request has Observe 0. */
GcoapObservation *gcoap_observation_new (GcoapContext *context,
                                         GcoapMessage *request) G_GNUC_WARN_UNUSED_RESULT;

/* The registration */

/* Sends the request; @task, which has the observation as its data, returns
 * when there is a first message. Takes the task over. To be called in the
 * thread of the stack. */
void gcoap_observation_start (GcoapObservation *self,
                              GTask            *task);

void gcoap_observation_renew (GcoapObservation *self);

/* Tells the server that it is no longer wanted. @task, which may be NULL,
 * returns when the server has answered. FALSE if there is nothing to tell, and
 * so nothing to wait for. */
gboolean gcoap_observation_deregister (GcoapObservation *self,
                                       GTask            *task);

/* Returns that task, if it has not returned yet. Takes @error, or NULL. */
void gcoap_observation_return_closed (GTask  *task,
                                      GError *error);

/* Leaves nothing that could call back. */
void gcoap_observation_stop (GcoapObservation *self);

/* Takes @error, which may be NULL. */
void gcoap_observation_end (GcoapObservation *self,
                            GError           *error);

void gcoap_observation_timer_cb (gpointer data);

/* The token to register with, of an earlier run. */
void gcoap_observation_set_token (GcoapObservation *self,
                                  const guint8     *token,
                                  gsize             length);

/* The token it is registered with; 0 bytes if it is not. */
gsize gcoap_observation_get_token (GcoapObservation *self,
                                   guint8            token[8]);

/* The number of the latest notification, and back again. */
guint32 gcoap_observation_get_sequence (GcoapObservation *self);

void gcoap_observation_set_sequence (GcoapObservation *self,
                                     guint32           sequence);

/* Saving */

/* What was saved, as an observation that is not started. */
GcoapObservation *gcoap_observation_new_saved (GcoapContext *context,
                                               GBytes       *saved,
                                               GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
