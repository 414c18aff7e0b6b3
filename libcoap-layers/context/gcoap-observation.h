/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource of a server that is being observed. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "context/gcoap-context.h"

G_BEGIN_DECLS

/**
 * GcoapObservationState:
 * @GCOAP_OBSERVATION_STATE_REGISTERING: nothing has come from the server yet
 * @GCOAP_OBSERVATION_STATE_FRESH: the latest message shows the state of the
 *   resource
 * @GCOAP_OBSERVATION_STATE_STALE: its Max-Age has passed; the server is, or will
 *   be, asked again
 * @GCOAP_OBSERVATION_STATE_ENDED: nothing more comes
 *
 * How an observation is.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_OBSERVATION_STATE_REGISTERING,
  GCOAP_OBSERVATION_STATE_FRESH,
  GCOAP_OBSERVATION_STATE_STALE,
  GCOAP_OBSERVATION_STATE_ENDED,
} GcoapObservationState;

#define GCOAP_TYPE_OBSERVATION (gcoap_observation_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapObservation, gcoap_observation, GCOAP, OBSERVATION, GObject)

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_observe_async (GcoapContext        *self,
                                  GcoapMessage        *request,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
GcoapObservation *gcoap_context_observe_finish (GcoapContext *self,
                                                GAsyncResult *result,
                                                GError      **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_restore_observation_async (GcoapContext        *self,
                                              GBytes              *saved,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
GcoapObservation *gcoap_context_restore_observation_finish (GcoapContext *self,
                                                            GAsyncResult *result,
                                                            GError      **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_observation_get_request (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_observation_dup_uri (GcoapObservation *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapObservationState gcoap_observation_get_state (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_observation_get_message (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
const GError *gcoap_observation_get_error (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_observation_get_max_attempts (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observation_set_max_attempts (GcoapObservation *self,
                                         guint             attempts);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_observation_get_deregister_on_close (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observation_set_deregister_on_close (GcoapObservation *self,
                                                gboolean          deregister_on_close);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observation_refresh (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observation_cancel (GcoapObservation *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observation_close_async (GcoapObservation    *self,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_observation_close_finish (GcoapObservation *self,
                                         GAsyncResult     *result,
                                         GError          **error);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_observation_save (GcoapObservation *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
