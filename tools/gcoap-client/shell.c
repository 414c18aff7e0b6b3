/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The shell itself: reads a line, lets a command do what it says, and asks for
 * the next when that is done. */
#include "gcoap-client/shell.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/tool-number.h"
#include "common/tool-terminal.h"
#include "common/tool-trace.h"
#include "gcoap-client/client-response.h"

#define SHUTDOWN_TIME 2000
#define MAX_WAIT (24 * 60 * 60 * 1000)

void
shell_print (Shell      *shell,
             const char *text)
{
  shell_input_hide (shell->input);
  fputs (text, stdout);
  fflush (stdout);
  shell_input_show (shell->input);
}

void
shell_print_error (Shell        *shell,
                   const GError *error)
{
  g_autofree char *safe = tool_make_safe (error->message);
  g_autofree char *line = g_strconcat (safe, "\n", NULL);

  shell_input_hide (shell->input);
  tool_print_stderr (line);
  shell_input_show (shell->input);
}

ClientOptions
shell_get_output_options (Shell *shell)
{
  ClientOptions options = shell->settings;

  /* An object a line, for programs. */
  if (options.json && !isatty (STDOUT_FILENO))
    options.pretty = FALSE;

  return options;
}

static void
ask (Shell *shell)
{
  g_autofree char *uri = shell_location_dup_uri (shell->location);
  g_autofree char *prompt = g_strdup_printf ("%s> ", uri != NULL ? uri : "gcoap");

  shell_input_ask (shell->input, prompt);
}

static gboolean
ask_cb (gpointer data)
{
  Shell *shell = data;

  shell->ask_id = 0;
  ask (shell);
  return G_SOURCE_REMOVE;
}

static gboolean
timeout_cb (gpointer data)
{
  Shell *shell = data;

  shell->timeout_id = 0;
  shell->timed_out = TRUE;
  g_cancellable_cancel (shell->cancellable);
  return G_SOURCE_REMOVE;
}

GCancellable *
shell_begin (Shell   *shell,
             gboolean limited)
{
  g_assert (shell->cancellable == NULL);

  shell->cancellable = g_cancellable_new ();
  shell->timed_out = FALSE;
  shell->was_interrupted = FALSE;
  shell->started = g_get_monotonic_time ();
  if (limited && shell->settings.timeout > 0)
    shell->timeout_id = g_timeout_add (shell->settings.timeout, timeout_cb, shell);

  return shell->cancellable;
}

void
shell_apply_timeout (Shell *shell)
{
  /* The user's patience is this program's affair, see timeout_cb(). */
  gcoap_context_set_response_timeout (shell->context, shell->settings.timeout > 0 ? 0 : shell->response_timeout);
}

void
shell_finish (Shell *shell,
              int    status)
{
  g_clear_handle_id (&shell->timeout_id, g_source_remove);
  g_clear_object (&shell->cancellable);
  if (shell->status == CLIENT_EXIT_SUCCESS)
    shell->status = status;

  if (shell->is_quitting)
    g_main_loop_quit (shell->loop);
  /* Later, because a script of many lines would fill the stack. */
  else if (shell->ask_id == 0)
    shell->ask_id = g_idle_add (ask_cb, shell);
}

void
shell_fail (Shell        *shell,
            const GError *error)
{
  ClientOptions quiet = shell->settings;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      if (shell->timed_out)
        {
          g_autofree char *line = g_strdup_printf ("No response within %g s.\n", shell->settings.timeout / 1000.0);

          tool_print_stderr (line);
        }
      else if (shell->was_interrupted)
        tool_print_stderr ("Cancelled.\n");
      shell_finish (shell, shell->timed_out ? CLIENT_EXIT_TIMEOUT : CLIENT_EXIT_SIGNAL + SIGINT);
      return;
    }

  quiet.quiet = TRUE;
  shell_print_error (shell, error);
  shell_finish (shell, client_response_print_error (&quiet, error));
}

/* Commands of a few lines */

static void
open_server (Shell                *shell,
             const ShellArguments *arguments)
{
  g_autoptr (GError) error = NULL;

  if (!shell_location_open (shell->location, shell_arguments_get_word (arguments, 0), &error))
    {
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_USAGE);
      return;
    }
  shell_forget_links (shell);
  shell_finish (shell, CLIENT_EXIT_SUCCESS);
}

static void
change_path (Shell                *shell,
             const ShellArguments *arguments)
{
  const char *path = shell_arguments_get_word (arguments, 0);
  g_autoptr (GError) error = NULL;

  if (shell_location_change (shell->location, path != NULL ? path : "/", &error))
    {
      shell_finish (shell, CLIENT_EXIT_SUCCESS);
      return;
    }
  shell_print_error (shell, error);
  shell_finish (shell, CLIENT_EXIT_USAGE);
}

static void
print_path (Shell *shell)
{
  g_autofree char *uri = shell_location_dup_uri (shell->location);
  g_autofree char *line = g_strdup_printf ("%s\n", uri != NULL ? uri : "No server is open.");

  shell_print (shell, line);
  shell_finish (shell, uri != NULL ? CLIENT_EXIT_SUCCESS : CLIENT_EXIT_USAGE);
}

static void
help (Shell                *shell,
      const ShellArguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = shell_commands_dup_help (shell_arguments_get_word (arguments, 0), &error);

  if (text != NULL)
    shell_print (shell, text);
  else
    shell_print_error (shell, error);
  shell_finish (shell, text != NULL ? CLIENT_EXIT_SUCCESS : CLIENT_EXIT_USAGE);
}

static void
print_history (Shell                *shell,
               const ShellArguments *arguments)
{
  guint length = shell_history_get_length (shell->history);
  guint64 n = length;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  if (shell_arguments_has (arguments, "clear"))
    {
      shell_history_clear (shell->history);
      shell_input_forget (shell->input);
      shell_finish (shell, CLIENT_EXIT_SUCCESS);
      return;
    }
  if (arguments->n_words > 0
      && !tool_parse_uint (shell_arguments_get_word (arguments, 0), "The number of lines", 1, SHELL_HISTORY_MAX, &n,
                           &error))
    {
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_USAGE);
      return;
    }
  for (guint i = length - (guint) MIN (n, length); i < length; i++)
    {
      g_string_append_printf (text, "%5u  ", i + 1);
      tool_append_safe (text, TOOL_LINES_ONE, shell_history_get (shell->history, i), -1);
      g_string_append_c (text, '\n');
    }
  shell_print (shell, text->str);
  shell_finish (shell, CLIENT_EXIT_SUCCESS);
}

static gboolean
waited_cb (gpointer data)
{
  Shell *shell = data;

  shell->timeout_id = 0;
  shell_finish (shell, CLIENT_EXIT_SUCCESS);
  return G_SOURCE_REMOVE;
}

static void
wait_cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
                   gpointer      data)
{
  Shell *shell = data;

  g_clear_handle_id (&shell->timeout_id, g_source_remove);
  shell->timeout_id = g_idle_add (waited_cb, shell);
}

static void
wait_for (Shell                *shell,
          const ShellArguments *arguments)
{
  guint milliseconds;
  g_autoptr (GError) error = NULL;

  if (!tool_parse_seconds (shell_arguments_get_word (arguments, 0), "wait", 0, MAX_WAIT, &milliseconds, &error))
    {
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_USAGE);
      return;
    }
  g_cancellable_connect (shell_begin (shell, FALSE), G_CALLBACK (wait_cancelled_cb), shell, NULL);
  shell->timeout_id = g_timeout_add (milliseconds, waited_cb, shell);
}

static void
dispatch (Shell                *shell,
          const ShellArguments *arguments)
{
  switch (arguments->command->id)
    {
    case SHELL_COMMAND_HELP:
      help (shell, arguments);
      break;
    case SHELL_COMMAND_OPEN:
      open_server (shell, arguments);
      break;
    case SHELL_COMMAND_CD:
      change_path (shell, arguments);
      break;
    case SHELL_COMMAND_PWD:
      print_path (shell);
      break;
    case SHELL_COMMAND_LS:
      shell_list (shell, arguments);
      break;
    case SHELL_COMMAND_REQUEST:
      shell_request (shell, arguments);
      break;
    case SHELL_COMMAND_OBSERVE:
      shell_observe (shell, arguments);
      break;
    case SHELL_COMMAND_OBSERVATIONS:
      shell_observations_list (shell);
      break;
    case SHELL_COMMAND_CANCEL:
      shell_observations_cancel (shell, shell_arguments_get_word (arguments, 0));
      break;
    case SHELL_COMMAND_WAIT:
      wait_for (shell, arguments);
      break;
    case SHELL_COMMAND_PING:
      shell_ping (shell);
      break;
    case SHELL_COMMAND_SET:
      shell_set (shell, arguments);
      break;
    case SHELL_COMMAND_HISTORY:
      print_history (shell, arguments);
      break;
    case SHELL_COMMAND_QUIT:
    default:
      shell->is_quitting = TRUE;
      shell_finish (shell, CLIENT_EXIT_SUCCESS);
      break;
    }
}

static void
run_line (const char *line,
          gpointer    data)
{
  Shell *shell = data;
  g_autoptr (ShellArguments) arguments = NULL;
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    {
      if (shell_input_is_interactive (shell->input))
        shell_print (shell, "\n");
      shell->is_quitting = TRUE;
      shell_finish (shell, CLIENT_EXIT_SUCCESS);
      return;
    }
  if (shell_input_is_interactive (shell->input) && shell_history_add (shell->history, line))
    shell_input_remember (shell->input, line);

  arguments = shell_arguments_parse (line, &error);
  if (arguments != NULL)
    dispatch (shell, arguments);
  else
    {
      if (error != NULL)
        shell_print_error (shell, error);
      shell_finish (shell, error != NULL ? CLIENT_EXIT_USAGE : CLIENT_EXIT_SUCCESS);
    }
}

static void
refuse_line (const char *reason,
             gpointer    data)
{
  Shell *shell = data;
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE, reason);

  shell_print_error (shell, error);
  shell_finish (shell, CLIENT_EXIT_USAGE);
}

static ShellCompletion *
complete (const char *line,
          gsize       point,
          gpointer    data)
{
  Shell *shell = data;
  g_autoptr (GPtrArray) numbers = shell_observations_dup_numbers (shell->observations);
  ShellKnown known = { .location = shell->location, .links = shell->links, .numbers = numbers };
  ShellCompletion *completion = shell_completion_new (&known, line, point);

  if (completion->wants_links)
    {
      shell_fetch_links (shell);
      completion->wants_links = shell->links_cancellable != NULL;
    }
  return completion;
}

/* Signals, messages, and the end */

static void
quit (Shell *shell,
      int    signal_number)
{
  shell->signal_number = signal_number;
  shell->is_quitting = TRUE;
  if (shell->cancellable != NULL)
    g_cancellable_cancel (shell->cancellable);
  else
    g_main_loop_quit (shell->loop);
}

/* Ctrl-C ends what is under way, or the line that is being typed; a script ends
 * altogether. */
static gboolean
interrupted_cb (gpointer data)
{
  Shell *shell = data;

  if (!shell_input_is_interactive (shell->input))
    {
      quit (shell, SIGINT);
      return G_SOURCE_CONTINUE;
    }
  if (shell->cancellable != NULL)
    {
      shell->was_interrupted = TRUE;
      tool_print_stderr ("\n");
      g_cancellable_cancel (shell->cancellable);
      return G_SOURCE_CONTINUE;
    }
  if (shell->ask_id == 0)
    {
      shell_input_stop (shell->input);
      tool_print_stderr ("^C\n");
      ask (shell);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
terminated_cb (gpointer data)
{
  quit (data, SIGTERM);
  return G_SOURCE_CONTINUE;
}

static gboolean
hung_up_cb (gpointer data)
{
  quit (data, SIGHUP);
  return G_SOURCE_CONTINUE;
}

static void
trace_cb (const char *text,
          gpointer    data)
{
  Shell *shell = data;
  g_autofree char *line = tool_trace_format (text, shell->settings.verbosity, shell->settings.error_color);

  if (line == NULL)
    return;
  shell_input_hide (shell->input);
  tool_print_stderr (line);
  shell_input_show (shell->input);
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  gcoap_context_shutdown_finish (GCOAP_CONTEXT (source), result, NULL);
  g_main_loop_quit (data);
}

static gboolean
give_up_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
shut_down (Shell *shell)
{
  guint give_up_id = g_timeout_add (SHUTDOWN_TIME, give_up_cb, shell->loop);

  gcoap_context_shutdown_async (shell->context, NULL, shut_down_cb, shell->loop);
  g_main_loop_run (shell->loop);
  g_source_remove (give_up_id);
}

/* Only those who type leave traces of it. */
static void
load_history (Shell *shell)
{
  gboolean keep = shell_input_is_interactive (shell->input);
  g_autofree char *path = keep ? shell_history_dup_path () : NULL;

  shell->history = shell_history_new (path, SHELL_HISTORY_MAX);
  for (guint i = 0; i < shell_history_get_length (shell->history); i++)
    shell_input_remember (shell->input, shell_history_get (shell->history, i));
}

static void
run (Shell *shell)
{
  guint signal_ids[] = {
    g_unix_signal_add (SIGINT, interrupted_cb, shell),
    g_unix_signal_add (SIGTERM, terminated_cb, shell),
    g_unix_signal_add (SIGHUP, hung_up_cb, shell),
  };

  if (shell_input_is_interactive (shell->input) && !shell->settings.quiet)
    tool_print_stderr ("gcoap-client " GCOAP_VERSION_S ": “help” lists the commands, Ctrl-D ends.\n");
  ask (shell);
  g_main_loop_run (shell->loop);

  shell_input_stop (shell->input);
  g_clear_handle_id (&shell->ask_id, g_source_remove);
  shell_forget_links (shell);
  g_clear_pointer (&shell->observations, shell_observations_free);
  shut_down (shell);
  for (guint i = 0; i < G_N_ELEMENTS (signal_ids); i++)
    g_source_remove (signal_ids[i]);
}

int
shell_run (const ClientOptions *options)
{
  const ShellInputFuncs funcs = { run_line, refuse_line, complete };
  Shell shell = { .settings = *options };
  gboolean is_interactive;

  shell.loop = g_main_loop_new (NULL, FALSE);
  shell.context = gcoap_context_new ();
  gcoap_context_set_credentials (shell.context, options->credentials);
  shell.trace = GCOAP_TRACE (gcoap_text_trace_new (trace_cb, &shell, NULL));
  shell.location = shell_location_new ();
  shell.input = shell_input_new (&funcs, &shell);
  shell.observations = shell_observations_new (&shell);
  shell.response_timeout = gcoap_context_get_response_timeout (shell.context);
  shell_apply_timeout (&shell);
  if (options->block_size > 0)
    gcoap_blockwise_set_block_size (GCOAP_BLOCKWISE (gcoap_context_get_outbound_provider (shell.context,
                                                                                          GCOAP_TYPE_BLOCKWISE)),
                                    options->block_size);
  load_history (&shell);
  if (options->verbosity > 0)
    gcoap_context_set_trace (shell.context, shell.trace);
  /* The URI was checked with the other arguments. */
  if (options->uri != NULL)
    shell_location_open (shell.location, options->uri, NULL);

  run (&shell);

  is_interactive = shell_input_is_interactive (shell.input);
  gcoap_context_set_trace (shell.context, NULL);
  shell_input_free (shell.input);
  shell_history_free (shell.history);
  shell_location_free (shell.location);
  g_object_unref (shell.context);
  g_object_unref (shell.trace);
  g_main_loop_unref (shell.loop);

  if (shell.signal_number != 0)
    return CLIENT_EXIT_SIGNAL + shell.signal_number;
  /* Who types has seen what failed. */
  return is_interactive ? CLIENT_EXIT_SUCCESS : shell.status;
}
