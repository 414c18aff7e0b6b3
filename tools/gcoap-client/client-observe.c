/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An observation from the first message to the end that somebody chose: the
 * server, the user, or the command line. */
#include "gcoap-client/client-observe.h"

#include "common/tool-command.h"
#include "common/tool-terminal.h"
#include "gcoap-client/client-response.h"

/* How long to wait for the server's answer to the end; it is asked again after
 * 2 to 3 seconds. */
#define CLOSE_TIME 5000

struct _ClientObserve
{
  const ClientOptions *options;
  GcoapContext        *context;
  ToolOutput          *output;
  ClientObserveFunc    done;
  gpointer             data;
  GCancellable        *cancellable;   /* of the registration, then of closing */
  GcoapObservation    *observation;   /* NULL: nothing has come yet */
  ToolCommand         *command;       /* or NULL */
  gint64               started;
  guint                duration_id;
  guint                close_id;
  guint                n_notifications;
  int                  status;
  gboolean             is_pending;    /* a call with a callback is under way */
  gboolean             is_over;       /* nothing more is taken */
  gboolean             was_stopped;   /* by the user */
  gboolean             is_expired;    /* the duration has passed */
};

static void
note_status (ClientObserve *self,
             int            status)
{
  if (self->status == CLIENT_EXIT_SUCCESS)
    self->status = status;
}

/* Says that all is over, if it is. */
static void
check_done (ClientObserve *self)
{
  guint n_skipped;

  if (!self->is_over || self->is_pending || self->done == NULL
      || (self->command != NULL && tool_command_is_busy (self->command)))
    return;

  n_skipped = self->command != NULL ? tool_command_get_n_skipped (self->command) : 0;
  if (n_skipped > 0 && !self->options->quiet)
    tool_print_error ("The command was not run for %u notifications that came while it was "
                      "running, and after which there was a newer one", n_skipped);
  if (self->command != NULL && tool_command_has_failed (self->command))
    note_status (self, CLIENT_EXIT_FAILURE);
  g_steal_pointer (&self->done) (self->status, self->data);
}

static void
command_idle_cb (gpointer data)
{
  check_done (data);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  ClientObserve *self = data;
  g_autoptr (GError) error = NULL;

  self->is_pending = FALSE;
  g_clear_handle_id (&self->close_id, g_source_remove);
  /* What the user wanted has happened all the same. */
  if (!gcoap_observation_close_finish (GCOAP_OBSERVATION (source), result, &error)
      && !self->options->quiet)
    tool_print_error ("The server may go on sending for a while: it did not confirm the end of the "
                      "observation");
  check_done (self);
}

static gboolean
close_time_cb (gpointer data)
{
  ClientObserve *self = data;

  self->close_id = 0;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

/* Ends it from our side. */
static void
finish (ClientObserve *self)
{
  if (self->is_over)
    return;
  self->is_over = TRUE;
  g_clear_handle_id (&self->duration_id, g_source_remove);
  if (self->was_stopped && self->command != NULL)
    tool_command_forget (self->command);
  if (self->observation == NULL)
    {
      g_cancellable_cancel (self->cancellable);
      return;
    }

  g_signal_handlers_disconnect_by_data (self->observation, self);
  if (self->options->no_deregister)
    {
      gcoap_observation_set_deregister_on_close (self->observation, FALSE);
      g_clear_object (&self->observation);
      check_done (self);
      return;
    }
  self->is_pending = TRUE;
  self->close_id = g_timeout_add (CLOSE_TIME, close_time_cb, self);
  gcoap_observation_close_async (self->observation, self->cancellable, closed_cb, self);
}

/* It has ended by itself. */
static void
note_end (ClientObserve *self)
{
  const GError *error = gcoap_observation_get_error (self->observation);

  if (self->is_over)
    return;
  self->is_over = TRUE;
  g_clear_handle_id (&self->duration_id, g_source_remove);
  if (error != NULL)
    note_status (self, client_response_print_error (self->options, error));
  else if (!self->options->quiet)
    tool_print_stderr (self->n_notifications > 0 ? "The server has ended the observation.\n"
                                                 : "The server does not let this be observed.\n");
  check_done (self);
}

static void
take (ClientObserve *self)
{
  GcoapMessage *message = gcoap_observation_get_message (self->observation);
  gboolean is_success = gcoap_code_is_success (gcoap_message_get_code (message));
  int status = CLIENT_EXIT_SUCCESS;

  if (self->is_over)
    return;
  if (gcoap_message_has_option (message, GCOAP_OPTION_OBSERVE))
    self->n_notifications++;
  if (self->command != NULL && is_success)
    {
      GBytes *payload = gcoap_message_get_payload (message);
      g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

      tool_command_run (self->command, payload != NULL ? payload : empty);
    }
  else
    status = client_response_print_notification (self->options, self->output, message,
                                                 g_get_monotonic_time () - self->started);
  note_status (self, status);
  /* What cannot be written now cannot be written later. */
  if (tool_output_has_failed (self->output)
      || (self->options->observe_count > 0 && self->n_notifications >= self->options->observe_count))
    finish (self);
}

static void
notification_cb (GcoapObservation *observation G_GNUC_UNUSED,
                 gpointer          data)
{
  take (data);
}

static void
ended_cb (GcoapObservation *observation G_GNUC_UNUSED,
          gpointer          data)
{
  note_end (data);
}

static void
state_cb (GcoapObservation *observation,
          GParamSpec       *pspec G_GNUC_UNUSED,
          gpointer          data)
{
  ClientObserve *self = data;

  if (self->options->verbosity >= 2
      && gcoap_observation_get_state (observation) == GCOAP_OBSERVATION_STATE_STALE)
    tool_print_stderr ("-- the latest notification is out of date; the server will be asked again\n");
}

static void
observed_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  ClientObserve *self = data;
  g_autoptr (GError) error = NULL;

  self->is_pending = FALSE;
  self->observation = gcoap_context_observe_finish (GCOAP_CONTEXT (source), result, &error);
  if (self->observation == NULL)
    {
      self->is_over = TRUE;
      g_clear_handle_id (&self->duration_id, g_source_remove);
      if (self->is_expired)
        note_status (self, CLIENT_EXIT_TIMEOUT);
      else if (!self->was_stopped)
        note_status (self, client_response_print_error (self->options, error));
      if (self->is_expired && !self->options->quiet)
        tool_print_error ("There was no response within %g s",
                          self->options->observe_duration / 1000.0);
      check_done (self);
      return;
    }
  if (self->is_over)
    {
      /* The response was quicker than the cancellation. */
      g_object_unref (self->cancellable);
      self->cancellable = g_cancellable_new ();
      self->is_over = FALSE;
      finish (self);
      return;
    }
  g_signal_connect (self->observation, "notification", G_CALLBACK (notification_cb), self);
  g_signal_connect (self->observation, "ended", G_CALLBACK (ended_cb), self);
  g_signal_connect (self->observation, "notify::state", G_CALLBACK (state_cb), self);
  take (self);
  if (!self->is_over
      && gcoap_observation_get_state (self->observation) == GCOAP_OBSERVATION_STATE_ENDED)
    note_end (self);
}

static gboolean
duration_cb (gpointer data)
{
  ClientObserve *self = data;

  self->duration_id = 0;
  self->is_expired = TRUE;
  finish (self);
  return G_SOURCE_REMOVE;
}

ClientObserve *
client_observe_start (const ClientOptions *options,
                      GcoapContext        *context,
                      ToolOutput          *output,
                      ClientObserveFunc    done,
                      gpointer             data)
{
  ClientObserve *self = g_new0 (ClientObserve, 1);

  self->options = options;
  self->context = g_object_ref (context);
  self->output = output;
  self->done = done;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->started = g_get_monotonic_time ();
  if (options->observe_exec != NULL)
    self->command = tool_command_new (options->observe_exec, command_idle_cb, self);
  if (options->observe_duration > 0)
    self->duration_id = g_timeout_add (options->observe_duration, duration_cb, self);
  self->is_pending = TRUE;
  gcoap_context_observe_async (context, options->request, self->cancellable, observed_cb, self);

  return self;
}

void
client_observe_stop (ClientObserve *self)
{
  self->was_stopped = TRUE;
  if (self->command != NULL)
    tool_command_forget (self->command);
  finish (self);
}

void
client_observe_free (ClientObserve *self)
{
  g_clear_handle_id (&self->duration_id, g_source_remove);
  g_clear_handle_id (&self->close_id, g_source_remove);
  if (self->observation != NULL)
    g_signal_handlers_disconnect_by_data (self->observation, self);
  g_clear_object (&self->observation);
  g_clear_pointer (&self->command, tool_command_free);
  g_object_unref (self->cancellable);
  g_object_unref (self->context);
  g_free (self);
}
