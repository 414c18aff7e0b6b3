/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context's calls that make observations. */
#include "context/gcoap-observation-private.h"

#include "base/gcoap-error.h"

static gboolean
start_cb (gpointer data)
{
  GTask *task = data;

  gcoap_observation_start (g_task_get_task_data (task), g_object_ref (task));
  return G_SOURCE_REMOVE;
}

/* Takes the observation. */
static void
start (GcoapContext        *self,
       GcoapObservation    *observation,
       gpointer             source_tag,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, source_tag);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, observation, g_object_unref);
  if (g_thread_self () == self->thread)
    start_cb (task);
  else
    g_main_context_invoke_full (self->runtime->main_context, G_PRIORITY_DEFAULT, start_cb,
                                g_object_ref (task), g_object_unref);
}

/**
 * gcoap_context_observe_async:
 * @self: a context
 * @request: a GET or FETCH request made for a URI; Observe is added
 * @cancellable: (nullable): gives up before the first message
 * @callback: (nullable) (scope async): called when the first message is there,
 *   in the caller's main context
 * @user_data: passed to @callback
 *
 * Observes a resource (RFC 7641).
 *
 * Since: 0.1
 */
void
gcoap_context_observe_async (GcoapContext        *self,
                             GcoapMessage        *request,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GcoapMessage) registration = NULL;

  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (gcoap_message_get_code (request) == GCOAP_CODE_GET
                    || gcoap_message_get_code (request) == GCOAP_CODE_FETCH);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  registration = gcoap_message_copy (request);
  gcoap_message_set_destination (registration, gcoap_message_get_destination (request));
  gcoap_message_set_option_uint (registration, GCOAP_OPTION_OBSERVE, 0);
  start (self, gcoap_observation_new (self, registration), gcoap_context_observe_async,
         cancellable, callback, user_data);
}

/**
 * gcoap_context_observe_finish:
 * @self: a context
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Context.observe_async] began.
 *
 * [method@Observation.get_message] has the first message. If the server
 * answered, but does not let the resource be observed, or with an error, the
 * observation has ended already: its state is
 * %GCOAP_OBSERVATION_STATE_ENDED.
 *
 * Errors: those of [method@Context.request_finish].
 *
 * Returns: (transfer full): an observation, or %NULL with @error set
 *
 * Since: 0.1
 */
GcoapObservation *
gcoap_context_observe_finish (GcoapContext *self,
                              GAsyncResult *result,
                              GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * gcoap_context_restore_observation_async:
 * @self: a context
 * @saved: what [method@Observation.save] made
 * @cancellable: (nullable): gives up before the first message
 * @callback: (nullable) (scope async): called when the first message is there,
 *   in the caller's main context
 * @user_data: passed to @callback
 *
 * Goes on with an observation of an earlier run of the program.
 *
 * Since: 0.1
 */
void
gcoap_context_restore_observation_async (GcoapContext        *self,
                                         GBytes              *saved,
                                         GCancellable        *cancellable,
                                         GAsyncReadyCallback  callback,
                                         gpointer             user_data)
{
  GcoapObservation *observation;
  GError *error = NULL;

  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (saved != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  observation = gcoap_observation_new_saved (self, saved, &error);
  if (observation == NULL)
    {
      g_task_report_error (self, callback, user_data, gcoap_context_restore_observation_async, error);
      return;
    }
  start (self, observation, gcoap_context_restore_observation_async, cancellable, callback,
         user_data);
}

/**
 * gcoap_context_restore_observation_finish:
 * @self: a context
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Context.restore_observation_async] began.
 *
 * Errors: %GCOAP_ERROR_INVALID_ARGUMENT if the bytes are no observation, and
 * those of [method@Context.observe_finish].
 *
 * Returns: (transfer full): an observation, or %NULL with @error set
 *
 * Since: 0.1
 */
GcoapObservation *
gcoap_context_restore_observation_finish (GcoapContext *self,
                                          GAsyncResult *result,
                                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
