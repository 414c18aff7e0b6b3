/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is observed while other commands run; each has a number, which stands in
 * front of what comes of it. */
#include "gcoap-client/shell.h"

#include <stdio.h>
#include <string.h>

#include "common/tool-number.h"
#include "common/tool-output.h"
#include "common/tool-pretty.h"
#include "common/tool-terminal.h"
#include "gcoap-client/client-response.h"

#define MAX_OBSERVATIONS 64

struct _ShellObservations
{
  Shell     *shell;
  GPtrArray *watches;
  guint      last_number;
};

typedef struct
{
  ShellObservations *list;
  guint              number;
  GcoapObservation  *observation;
  char              *uri;
  guint              n_notifications;
  char              *time;          /* of the latest */
} Watch;

static void
watch_free (gpointer data)
{
  Watch *watch = data;

  if (watch->observation != NULL)
    {
      g_signal_handlers_disconnect_by_data (watch->observation, watch);
      gcoap_observation_cancel (watch->observation);
    }
  g_clear_object (&watch->observation);
  g_free (watch->uri);
  g_free (watch->time);
  g_free (watch);
}

ShellObservations *
shell_observations_new (Shell *shell)
{
  ShellObservations *self = g_new0 (ShellObservations, 1);

  self->shell = shell;
  self->watches = g_ptr_array_new_with_free_func (watch_free);
  return self;
}

void
shell_observations_free (ShellObservations *self)
{
  g_ptr_array_unref (self->watches);
  g_free (self);
}

GPtrArray *
shell_observations_dup_numbers (ShellObservations *self)
{
  GPtrArray *numbers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = g_ptr_array_index (self->watches, i);

      g_ptr_array_add (numbers, g_strdup_printf ("%u", watch->number));
    }

  return numbers;
}

/* The path, if it is on the server that is open. */
static char *
dup_shown_uri (Watch *watch)
{
  const char *origin = shell_location_get_origin (watch->list->shell->location);
  gsize length = origin != NULL ? strlen (origin) : 0;

  return tool_make_safe (length > 0 && strncmp (watch->uri, origin, length) == 0 && watch->uri[length] == '/'
                         ? watch->uri + length : watch->uri);
}

static void
append_heading (GString *text,
                Watch   *watch)
{
  g_autofree char *heading = g_strdup_printf ("[%u] %s ", watch->number, watch->time);
  g_autofree char *uri = dup_shown_uri (watch);

  tool_append_styled (text, watch->list->shell->settings.color, TOOL_STYLE_FAINT, heading, -1);
  tool_append_styled (text, watch->list->shell->settings.color, TOOL_STYLE_NAME, uri, -1);
}

/* A payload of one line stands behind the heading, a longer one below. */
static void
append_payload (GString      *text,
                Watch        *watch,
                GcoapMessage *message)
{
  const ClientOptions *settings = &watch->list->shell->settings;
  guint format;
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (message, &length);
  g_autofree char *shown = NULL;
  const char *line_end;

  if (!gcoap_message_get_option_uint (message, GCOAP_OPTION_CONTENT_FORMAT, &format))
    format = TOOL_CONTENT_FORMAT_NONE;
  shown = tool_pretty_payload (format, payload, length, settings->color);
  line_end = strchr (shown, '\n');
  g_string_append (text, line_end != NULL && line_end[1] == '\0' ? " " : "\n");
  if (line_end != NULL)
    g_string_append (text, shown);
}

static void
print_message (Watch *watch)
{
  Shell *shell = watch->list->shell;
  GcoapMessage *message = gcoap_observation_get_message (watch->observation);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GString) text = g_string_new (NULL);
  ClientOptions options = shell_get_output_options (shell);

  watch->n_notifications++;
  g_free (watch->time);
  watch->time = g_date_time_format (now, "%H:%M:%S");
  if (!shell->settings.json)
    append_heading (text, watch);

  shell_input_hide (shell->input);
  if (!shell->settings.json && gcoap_message_get_code (message) == GCOAP_CODE_CONTENT)
    {
      append_payload (text, watch, message);
      fputs (text->str, stdout);
      fflush (stdout);
    }
  else
    {
      g_autoptr (ToolOutput) output = tool_output_new (NULL);

      if (text->len > 0)
        g_string_append_c (text, ' ');
      fputs (text->str, stdout);
      fflush (stdout);
      client_response_print (&options, output, message, watch->uri, 0);
    }
  shell_input_show (shell->input);
}

static void
notification_cb (GcoapObservation *observation G_GNUC_UNUSED,
                 gpointer          data)
{
  print_message (data);
}

static void
print_end (Watch *watch)
{
  const GError *error = gcoap_observation_get_error (watch->observation);
  g_autofree char *uri = dup_shown_uri (watch);
  g_autofree char *reason = tool_make_safe (error != NULL ? error->message : "the server sends no more of it.");
  g_autofree char *line = g_strdup_printf ("[%u] %s has ended: %s\n", watch->number, uri, reason);

  shell_print (watch->list->shell, line);
}

static void
ended_cb (GcoapObservation *observation G_GNUC_UNUSED,
          gpointer          data)
{
  Watch *watch = data;

  print_end (watch);
  g_ptr_array_remove (watch->list->watches, watch);
}

static void
observed_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Watch *watch = data;
  ShellObservations *self = watch->list;
  Shell *shell = self->shell;
  g_autoptr (GError) error = NULL;

  watch->observation = gcoap_context_observe_finish (GCOAP_CONTEXT (source), result, &error);
  if (watch->observation == NULL)
    {
      watch_free (watch);
      shell_fail (shell, error);
      return;
    }

  watch->number = ++self->last_number;
  g_ptr_array_add (self->watches, watch);
  print_message (watch);
  if (gcoap_observation_get_state (watch->observation) == GCOAP_OBSERVATION_STATE_ENDED)
    {
      gboolean success = gcoap_code_is_success (gcoap_message_get_code (gcoap_observation_get_message (watch->observation)));

      if (success)
        shell_print (shell, "The server does not let it be observed.\n");
      g_ptr_array_remove (self->watches, watch);
      shell_finish (shell, success ? CLIENT_EXIT_FAILURE : CLIENT_EXIT_CLIENT_ERROR);
      return;
    }
  g_signal_connect (watch->observation, "notification", G_CALLBACK (notification_cb), watch);
  g_signal_connect (watch->observation, "ended", G_CALLBACK (ended_cb), watch);
  shell_finish (shell, CLIENT_EXIT_SUCCESS);
}

void
shell_observe (Shell                *shell,
               const ShellArguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = NULL;
  Watch *watch;

  if (shell->observations->watches->len >= MAX_OBSERVATIONS)
    g_set_error (&error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                 "%u resources are observed, which is as many as can be; “cancel” ends one.", MAX_OBSERVATIONS);
  else
    request = shell_make_request (shell, arguments, "get", &error);
  if (request == NULL)
    {
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_USAGE);
      return;
    }

  watch = g_new0 (Watch, 1);
  watch->list = shell->observations;
  watch->uri = shell_location_resolve (shell->location, shell_arguments_get_word (arguments, 0), NULL);
  gcoap_context_observe_async (shell->context, request, shell_begin (shell, TRUE), observed_cb, watch);
}

void
shell_observations_list (Shell *shell)
{
  static const char *const states[] = { "starting", "fresh", "stale", "ended" };
  GPtrArray *watches = shell->observations->watches;

  for (guint i = 0; i < watches->len; i++)
    {
      Watch *watch = g_ptr_array_index (watches, i);
      g_autofree char *uri = tool_make_safe (watch->uri);
      g_autofree char *line = g_strdup_printf ("[%u] %s  %s, %u received, the last one at %s\n", watch->number, uri,
                                               states[gcoap_observation_get_state (watch->observation)],
                                               watch->n_notifications, watch->time);

      shell_print (shell, line);
    }
  if (watches->len == 0)
    shell_print (shell, "Nothing is observed.\n");
  shell_finish (shell, CLIENT_EXIT_SUCCESS);
}

void
shell_observations_cancel (Shell      *shell,
                           const char *which)
{
  GPtrArray *watches = shell->observations->watches;
  guint64 number;
  g_autoptr (GError) error = NULL;

  if (strcmp (which, "all") == 0)
    {
      g_ptr_array_set_size (watches, 0);
      shell_finish (shell, CLIENT_EXIT_SUCCESS);
      return;
    }
  if (tool_parse_uint (which, "The number of an observation", 1, G_MAXUINT, &number, &error))
    {
      for (guint i = 0; i < watches->len; i++)
        {
          Watch *watch = g_ptr_array_index (watches, i);

          if (watch->number == number)
            {
              g_ptr_array_remove_index (watches, i);
              shell_finish (shell, CLIENT_EXIT_SUCCESS);
              return;
            }
        }
      g_set_error (&error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "There is no observation %s; “observations” lists them.", which);
    }
  shell_print_error (shell, error);
  shell_finish (shell, CLIENT_EXIT_USAGE);
}
