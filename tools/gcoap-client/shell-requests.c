/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands that make a request: get, put and so on, and ping. */
#include "gcoap-client/shell.h"

#include <string.h>

#include "common/tool-output.h"
#include "common/tool-terminal.h"
#include "gcoap-client/client-request.h"
#include "gcoap-client/client-response.h"

/* What is needed when the response is there. */
typedef struct
{
  Shell *shell;
  char  *output;
} Request;

static void
request_free (Request *self)
{
  g_free (self->output);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Request, request_free)

GcoapMessage *
shell_make_request (Shell                *shell,
                    const ShellArguments *arguments,
                    const char           *method,
                    GError              **error)
{
  g_autofree char *uri = shell_location_resolve (shell->location, shell_arguments_get_word (arguments, 0), error);
  g_auto (GStrv) options = shell_arguments_dup_all (arguments, "option");
  const char *payload = arguments->command->words[1] == SHELL_WORD_PAYLOAD
                        ? shell_arguments_get_word (arguments, 1) : NULL;
  ClientRequestArguments described = {
    .method = (char *) method,
    .payload = (char *) payload,
    .raw_payload = shell_arguments_has (arguments, "raw-payload"),
    .content_format = (char *) shell_arguments_get (arguments, "content-format"),
    .accept = (char *) shell_arguments_get (arguments, "accept"),
    .options = options,
  };
  g_autoptr (GcoapMessage) request = NULL;

  if (uri == NULL)
    return NULL;
  if (payload != NULL && strcmp (payload, "@-") == 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "Commands come from standard input, so no payload does; @@- sends “@-”.");
      return NULL;
    }
  request = client_request_make (&described, uri, error);
  if (request == NULL
      || (payload != NULL && !client_request_load_payload (request, payload, described.raw_payload, error)))
    return NULL;

  return g_steal_pointer (&request);
}

GcoapTransportTuning *
shell_make_tuning (Shell                *shell,
                   const ShellArguments *arguments)
{
  GcoapTransportTuning *tuning = gcoap_context_get_tuning (shell->context);
  GcoapTransportTuning *changed = tuning != NULL ? gcoap_transport_tuning_copy (tuning)
                                                 : gcoap_transport_tuning_new ();

  if (shell->settings.non_confirmable || shell_arguments_has (arguments, "non"))
    gcoap_transport_tuning_set_reliability (changed, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  return changed;
}

static int
print_response (Shell        *shell,
                GcoapMessage *response,
                const char   *path)
{
  ClientOptions options = shell_get_output_options (shell);
  g_autoptr (ToolOutput) output = tool_output_new (path);
  g_autoptr (GError) error = NULL;
  gsize length;
  int status;

  /* What goes to a file is for programs. */
  if (path != NULL)
    options.pretty = options.color = FALSE;
  status = client_response_print (&options, output, response, NULL, g_get_monotonic_time () - shell->started);
  if (!tool_output_close (output, &error))
    {
      shell_print_error (shell, error);
      return CLIENT_EXIT_FAILURE;
    }

  gcoap_message_get_payload_data (response, &length);
  if (gcoap_message_get_code (response) == GCOAP_CODE_CONTENT && !options.quiet && !options.json)
    {
      g_autofree char *line = path != NULL && status == CLIENT_EXIT_SUCCESS
                              ? g_strdup_printf ("%" G_GSIZE_FORMAT " bytes written to %s\n", length, path) : NULL;

      if (line != NULL)
        tool_print_stderr (line);
      else if (length == 0)
        tool_print_stderr ("2.05 Content, but empty\n");
    }
  return status;
}

static void
responded_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (Request) request = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  GcoapCode code;

  response = gcoap_context_send_finish (GCOAP_CONTEXT (source), result, &error);
  if (response == NULL)
    {
      shell_fail (request->shell, error);
      return;
    }
  /* Then there are other links than before. */
  code = gcoap_message_get_code (response);
  if (code == GCOAP_CODE_CREATED || code == GCOAP_CODE_DELETED)
    shell_forget_links (request->shell);
  shell_finish (request->shell, print_response (request->shell, response, request->output));
}

void
shell_request (Shell                *shell,
               const ShellArguments *arguments)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) message = shell_make_request (shell, arguments, arguments->command->name, &error);
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GcoapTransportTuning) tuning = NULL;
  Request *request;

  if (message == NULL)
    {
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_USAGE);
      return;
    }
  request = g_new0 (Request, 1);
  request->shell = shell;
  request->output = g_strdup (shell_arguments_get (arguments, "output"));
  exchange = gcoap_exchange_new (message);
  tuning = shell_make_tuning (shell, arguments);
  gcoap_exchange_set_tuning (exchange, tuning);
  gcoap_context_send_async (shell->context, exchange, shell_begin (shell, TRUE), responded_cb, request);
}

static void
pinged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Shell *shell = data;
  g_autoptr (GError) error = NULL;
  gint64 duration = gcoap_context_ping_finish (GCOAP_CONTEXT (source), result, &error);
  g_autoptr (ToolOutput) output = NULL;
  ClientOptions options = shell_get_output_options (shell);

  if (duration < 0)
    {
      shell_fail (shell, error);
      return;
    }
  output = tool_output_new (NULL);
  shell_finish (shell, client_response_print_ping (&options, output, duration));
}

void
shell_ping (Shell *shell)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = shell_location_resolve (shell->location, NULL, &error);

  if (uri == NULL)
    {
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_USAGE);
      return;
    }
  gcoap_context_ping_async (shell->context, uri, shell_begin (shell, TRUE), pinged_cb, shell);
}
