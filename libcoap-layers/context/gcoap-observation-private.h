/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the observation and the context's calls for it know of each other. */
#pragma once

#include "context/gcoap-context-private.h"
#include "context/gcoap-observation.h"
#include "context/gcoap-observation-registration-private.h"

G_BEGIN_DECLS

struct _GcoapObservation
{
  GObject parent_instance;

  GcoapContext                 *context;
  GcoapMessage                 *request;
  GcoapObservationRegistration *registration;  /* others may share it */
  GTask                        *task;          /* waits for the first message */
  GSource                      *cancelled;     /* waits for its cancellable */
  GcoapMessage                 *message;
  GError                       *error;
  guint                         max_attempts;
  GcoapObservationState         state;
  gboolean                      is_member;     /* of the registration */
  gboolean                      deregister_on_close;
};

/* The object */
void gcoap_observation_set_state (GcoapObservation      *self,
                                  GcoapObservationState  state);

void gcoap_observation_emit_notification (GcoapObservation *self);

void gcoap_observation_emit_ended (GcoapObservation *self);

/* @request has Observe 0. */
GcoapObservation *gcoap_observation_new (GcoapContext *context,
                                         GcoapMessage *request) G_GNUC_WARN_UNUSED_RESULT;

/* Sharing */

/* Joins who observes the same already, or registers; @task, which has the
 * observation as its data, returns when there is a first message. Takes the
 * task over. To be called in the thread of the stack. */
void gcoap_observation_start (GcoapObservation *self,
                              GTask            *task);

/* Returns the task of closing, if it has not returned yet. Takes @error, or NULL. */
void gcoap_observation_return_closed (GTask  *task,
                                      GError *error);

/* Leaves nothing that could call back. The last one to leave ends the
 * registration, and tells the server if @deregisters; @task, which may be NULL,
 * then returns when the server has answered. FALSE if there was nothing to tell,
 * and so is nothing to wait for. */
gboolean gcoap_observation_leave (GcoapObservation *self,
                                  gboolean          deregisters,
                                  GTask            *task);

/* Takes @error, which may be NULL. */
void gcoap_observation_end (GcoapObservation *self,
                            GError           *error);

/* Saving */

/* What was saved, as an observation that is not started. */
GcoapObservation *gcoap_observation_new_saved (GcoapContext *context,
                                               GBytes       *saved,
                                               GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
