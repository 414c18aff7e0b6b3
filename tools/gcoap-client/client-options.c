/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line of gcoap-client: read, checked, and made the values that
 * the rest of the program works with. */
#include "gcoap-client/client-options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/tool-credentials.h"
#include "common/tool-number.h"
#include "common/tool-terminal.h"
#include "gcoap-client/client-request.h"
#include "gcoap-client/client-transfer.h"
#include "gcoap-client/shell-location.h"

#define MAX_TIMEOUT (24 * 60 * 60 * 1000)
#define MAX_DURATION (49u * MAX_TIMEOUT)
#define DEFAULT_WAIT (10 * 1000)
#define MAX_REPEAT 1000000000

/* The arguments as GOption leaves them. Those with text are taken as file
 * names, which GOption does not convert from the charset of the locale: what
 * is sent are the bytes that were typed. */
typedef struct
{
  ClientRequestArguments request;
  char     *block_size;
  char     *timeout;
  gboolean  observe;
  char     *observe_exec;
  char     *observe_count;
  char     *observe_duration;
  gboolean  no_deregister;
  char     *repeat;
  char     *interval;
  char     *output;
  gboolean  multicast;
  char     *wait;
  char     *interface;
  gboolean  ping;
  gboolean  json;
  gboolean  color;
  gboolean  no_color;
  gboolean  pretty;
  gboolean  no_pretty;
  gboolean  progress;
  gboolean  no_progress;
  guint     verbosity;
  gboolean  quiet;
  gboolean  version;
  gboolean  interactive;
  char    **rest;
  ToolCredentials credentials;
} Arguments;

static gboolean
verbose_cb (const char *option_name G_GNUC_UNUSED,
            const char *value G_GNUC_UNUSED,
            gpointer    data,
            GError    **error G_GNUC_UNUSED)
{
  Arguments *arguments = data;

  arguments->verbosity++;
  return TRUE;
}

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->request.method);
  g_free (arguments->request.payload);
  g_free (arguments->request.content_format);
  g_free (arguments->request.accept);
  g_strfreev (arguments->request.options);
  g_free (arguments->block_size);
  g_free (arguments->timeout);
  g_free (arguments->observe_exec);
  g_free (arguments->observe_count);
  g_free (arguments->observe_duration);
  g_free (arguments->repeat);
  g_free (arguments->interval);
  g_free (arguments->output);
  g_free (arguments->wait);
  g_free (arguments->interface);
  g_strfreev (arguments->rest);
  tool_credentials_clear (&arguments->credentials);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

static void
add_request_entries (GOptionGroup *group,
                     Arguments    *a)
{
  const GOptionEntry entries[] = {
    { "method", 'm', 0, G_OPTION_ARG_FILENAME, &a->request.method,
      "GET (the default), POST, PUT, DELETE, FETCH, PATCH, iPATCH, or a number", "METHOD" },
    { "payload", 'p', 0, G_OPTION_ARG_FILENAME, &a->request.payload,
      "Send TEXT, or the content of FILE, or standard input", "TEXT|@FILE|@-" },
    { "content-format", 0, 0, G_OPTION_ARG_FILENAME, &a->request.content_format,
      "What the payload is: a name such as json, a media type, or a number", "FORMAT" },
    { "raw-payload", 0, 0, G_OPTION_ARG_NONE, &a->request.raw_payload,
      "Send the payload as it is, also text where CBOR is to be sent", NULL },
    { "accept", 0, 0, G_OPTION_ARG_FILENAME, &a->request.accept,
      "What the response shall be, named in the same way", "FORMAT" },
    { "option", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a->request.options,
      "Add an option by name or number; may be repeated", "NAME=VALUE" },
    { "no-set-hostname", 0, 0, G_OPTION_ARG_NONE, &a->request.no_hostname,
      "Leave out Uri-Host, which says the name of the host in the URI", NULL },
    { "non", 0, 0, G_OPTION_ARG_NONE, &a->request.non_confirmable,
      "Send non-confirmable messages: no acknowledgement, no retransmission", NULL },
    { "block-size", 0, 0, G_OPTION_ARG_FILENAME, &a->block_size,
      "Move large bodies in blocks of 16, 32, 64, 128, 256, 512 or 1024 bytes", "BYTES" },
    { "multicast", 0, 0, G_OPTION_ARG_NONE, &a->multicast,
      "Ask a group, and print the response of every member", NULL },
    { "interface", 0, 0, G_OPTION_ARG_FILENAME, &a->interface,
      "Ask a group on this network interface", "NAME" },
    { "ping", 0, 0, G_OPTION_ARG_NONE, &a->ping,
      "Send a CoAP ping instead, and print the round-trip time", NULL },
    { NULL },
  };

  g_option_group_add_entries (group, entries);
}

static void
add_time_entries (GOptionGroup *group,
                  Arguments    *a)
{
  const GOptionEntry entries[] = {
    { "observe", 0, 0, G_OPTION_ARG_NONE, &a->observe,
      "Observe the resource, and print each notification", NULL },
    { "observe-exec", 0, 0, G_OPTION_ARG_FILENAME, &a->observe_exec,
      "Run CMD for each notification instead, with the payload as its input", "CMD" },
    { "observe-count", 0, 0, G_OPTION_ARG_FILENAME, &a->observe_count,
      "End after N notifications", "N" },
    { "observe-duration", 0, 0, G_OPTION_ARG_FILENAME, &a->observe_duration,
      "End after so long", "SECONDS" },
    { "no-deregister", 0, 0, G_OPTION_ARG_NONE, &a->no_deregister,
      "Do not tell the server at the end of an observation", NULL },
    { "timeout", 0, 0, G_OPTION_ARG_FILENAME, &a->timeout,
      "Give up when there is no response after so long", "SECONDS" },
    { "repeat", 0, 0, G_OPTION_ARG_FILENAME, &a->repeat,
      "Make the request N times, one after the other", "N" },
    { "interval", 0, 0, G_OPTION_ARG_FILENAME, &a->interval,
      "Start repeated requests so far apart (default 1)", "SECONDS" },
    { "wait", 0, 0, G_OPTION_ARG_FILENAME, &a->wait,
      "Wait so long for the members of a group (default 10)", "SECONDS" },
    { NULL },
  };

  g_option_group_add_entries (group, entries);
}

static void
add_output_entries (GOptionGroup *group,
                    Arguments    *a)
{
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &a->output,
      "Write to FILE what otherwise goes to standard output", "FILE" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &a->json,
      "Print each response as a JSON object", NULL },
    { "pretty-print", 0, 0, G_OPTION_ARG_NONE, &a->pretty,
      "Lay payloads out for reading (default on a terminal)", NULL },
    { "no-pretty-print", 0, 0, G_OPTION_ARG_NONE, &a->no_pretty,
      "Print payloads as they are, also on a terminal", NULL },
    { "color", 0, 0, G_OPTION_ARG_NONE, &a->color,
      "Use colors, also where it is no terminal", NULL },
    { "no-color", 0, 0, G_OPTION_ARG_NONE, &a->no_color, "Use no colors", NULL },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &a->progress,
      "Show the progress of large bodies, also where it is no terminal", NULL },
    { "no-progress", 0, 0, G_OPTION_ARG_NONE, &a->no_progress, "Show no progress", NULL },
    { "verbose", 'v', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, verbose_cb,
      "Show messages on standard error; twice: addresses, statistics too", NULL },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &a->quiet,
      "Say nothing about the outcome; only the exit status tells", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &a->version, "Print the version and exit", NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a->rest, NULL, NULL },
    { NULL },
  };

  g_option_group_add_entries (group, entries);
}

static GOptionContext *
make_option_context (Arguments *a)
{
  GOptionContext *context = g_option_context_new ("URI");
  GOptionGroup *group = g_option_group_new ("main", "", "", a, NULL);

  add_request_entries (group, a);
  add_time_entries (group, a);
  add_output_entries (group, a);
  g_option_context_set_main_group (context, group);
  tool_credentials_add_entries (&a->credentials, context);
  g_option_context_set_summary (context,
    "Makes a request to a CoAP server and prints the payload of its response.");
  g_option_context_set_description (context,
    "Examples:\n"
    "  gcoap-client coap://[::1]/.well-known/core\n"
    "  gcoap-client -m PUT --payload 21.5 coap://thermostat.example/target\n"
    "  gcoap-client -m POST --content-format json --payload @report.json coap://192.0.2.7/log\n"
    "  gcoap-client -m PUT --content-format cbor -p \"{1: h'00ff'}\" coap://192.0.2.7/state\n"
    "  gcoap-client --observe coap://192.0.2.7/temperature\n\n"
    "Exit status: 0 success, 4 or 5 the class of an error response, 7 no response in\n"
    "time, 6 network error, 2 usage error, 1 any other error.\n");

  return context;
}

static gboolean
fail_usage (GError    **error,
            const char *message)
{
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, message);
  return FALSE;
}

/* The commands say what else there is to say. */
static gboolean
check_interactive (const Arguments *a,
                   GError         **error)
{
  const ClientRequestArguments *request = &a->request;

  if (request->method != NULL || request->payload != NULL || request->raw_payload || request->content_format != NULL
      || request->accept != NULL || request->options != NULL || request->no_hostname || a->repeat != NULL
      || a->output != NULL || a->multicast || a->ping || a->observe || a->progress)
    return fail_usage (error, "--interactive goes with no option that describes a request: commands do that");

  return TRUE;
}

static gboolean
check_observe (const Arguments *a,
               GError         **error)
{
  if (!a->observe)
    {
      if (a->observe_exec != NULL || a->observe_count != NULL || a->observe_duration != NULL
          || a->no_deregister)
        return fail_usage (error, "--observe-exec, --observe-count, --observe-duration and "
                           "--no-deregister need --observe");
      return TRUE;
    }
  if (a->ping || a->multicast || a->repeat != NULL)
    return fail_usage (error, "--observe goes neither with --ping, --multicast nor --repeat");
  if (a->progress)
    return fail_usage (error, "--observe has no progress to show");
  if (a->observe_exec != NULL && (a->json || a->output != NULL || a->pretty))
    return fail_usage (error, "With --observe-exec it is the command that prints: --json, --output and "
                       "--pretty-print do not go with it");
  return TRUE;
}

static gboolean
check_combination (const Arguments *a,
                   GError         **error)
{
  const ClientRequestArguments *request = &a->request;

  if (a->interactive && !check_interactive (a, error))
    return FALSE;
  if (a->rest == NULL && !a->interactive)
    return fail_usage (error, "No URI is given, such as coap://[::1]/.well-known/core");
  if (a->rest != NULL && a->rest[1] != NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "Only one URI can be given; “%s” is too much.", a->rest[1]);
      return FALSE;
    }
  if (a->color && a->no_color)
    return fail_usage (error, "--color and --no-color exclude each other");
  if (a->pretty && a->no_pretty)
    return fail_usage (error, "--pretty-print and --no-pretty-print exclude each other");
  if (a->quiet && a->verbosity > 0)
    return fail_usage (error, "--quiet and --verbose exclude each other");
  if (a->interval != NULL && a->repeat == NULL)
    return fail_usage (error, "--interval needs --repeat");
  if ((a->wait != NULL || a->interface != NULL) && !a->multicast)
    return fail_usage (error, "--wait and --interface need --multicast");
  if (a->progress && a->no_progress)
    return fail_usage (error, "--progress and --no-progress exclude each other");
  if (a->multicast && (a->ping || a->timeout != NULL))
    return fail_usage (error, "--multicast goes neither with --ping nor with --timeout; see --wait");
  if (!check_observe (a, error))
    return FALSE;
  if (a->ping && (request->method != NULL || request->payload != NULL || request->raw_payload || request->content_format != NULL
                  || request->accept != NULL || request->options != NULL
                  || request->non_confirmable || request->no_hostname))
    return fail_usage (error, "A ping is no request: it has no method, payload or options");
  if (a->ping && (a->block_size != NULL || a->progress))
    return fail_usage (error, "A ping has no body: --block-size and --progress go with requests");

  return TRUE;
}

static gboolean
read_block_size (ClientOptions *self,
                 const char    *text,
                 GError       **error)
{
  guint64 size;

  if (text == NULL)
    return TRUE;
  if (!tool_parse_uint (text, "--block-size", 16, 1024, &size, error))
    return FALSE;
  if ((size & (size - 1)) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "--block-size is 16, 32, 64, 128, 256, 512 or 1024, not %s.", text);
      return FALSE;
    }

  self->block_size = (guint) size;
  return TRUE;
}

static gboolean
read_numbers (ClientOptions   *self,
              const Arguments *a,
              GError         **error)
{
  guint64 repeat = 1;
  guint64 count = 0;

  if (!read_block_size (self, a->block_size, error))
    return FALSE;
  if (a->observe_count != NULL
      && !tool_parse_uint (a->observe_count, "--observe-count", 1, MAX_REPEAT, &count, error))
    return FALSE;
  if (a->observe_duration != NULL
      && !tool_parse_seconds (a->observe_duration, "--observe-duration", 1, MAX_DURATION,
                              &self->observe_duration, error))
    return FALSE;
  self->observe_count = (guint) count;

  self->interval = 1000;
  if (a->timeout != NULL
      && !tool_parse_seconds (a->timeout, "--timeout", 1, MAX_TIMEOUT, &self->timeout, error))
    return FALSE;
  if (a->interval != NULL
      && !tool_parse_seconds (a->interval, "--interval", 0, MAX_TIMEOUT, &self->interval, error))
    return FALSE;
  if (a->repeat != NULL && !tool_parse_uint (a->repeat, "--repeat", 1, MAX_REPEAT, &repeat, error))
    return FALSE;

  self->wait = DEFAULT_WAIT;
  if (a->wait != NULL && !tool_parse_seconds (a->wait, "--wait", 1, MAX_TIMEOUT, &self->wait, error))
    return FALSE;

  self->repeat = (guint) repeat;
  return TRUE;
}

/* People read what a shell prints, also if it runs a script. */
static gboolean
make_interactive (ClientOptions   *self,
                  const Arguments *a,
                  GError         **error)
{
  g_autoptr (ShellLocation) location = shell_location_new ();

  self->interactive = TRUE;
  self->pretty = !a->no_pretty;
  if (a->rest == NULL)
    return TRUE;

  self->uri = g_strdup (a->rest[0]);
  return shell_location_open (location, self->uri, error);
}

static gboolean
check_observed_method (GcoapMessage *request,
                       GError      **error)
{
  GcoapCode method = gcoap_message_get_code (request);

  /* RFC 7641 §2, RFC 8132 §2.4. */
  return method == GCOAP_CODE_GET || method == GCOAP_CODE_FETCH
         || fail_usage (error, "Only GET and FETCH can observe");
}

/* What is sent once, as it is, need not be in memory. */
static gboolean
take_payload (ClientOptions   *self,
              const Arguments *a,
              GError         **error)
{
  const char *spec = a->request.payload;
  gboolean from_stdin = strcmp (spec, "@-") == 0;
  gsize length;

  if (spec[0] == '@' && spec[1] != '@' && !a->observe && !a->multicast
      && !(from_stdin && self->repeat > 1)
      && (a->request.raw_payload || !client_request_is_encoded (self->request)))
    {
      self->payload_path = g_strdup (spec + 1);
      return client_transfer_check_payload (self->payload_path, self->block_size, error);
    }
  if (!client_request_load_payload (self->request, spec, a->request.raw_payload, error))
    return FALSE;
  gcoap_message_get_payload_data (self->request, &length);

  return client_transfer_check_size (length, self->block_size, error);
}

static gboolean
take_credentials (ClientOptions   *self,
                  const Arguments *a,
                  int             *status,
                  GError         **error)
{
  const char *const uris[] = { self->uri, NULL };

  /* The commands of a shell may lead anywhere. */
  if (self->uri != NULL && !tool_credentials_check_uris (&a->credentials, uris, error))
    return FALSE;
  self->has_credentials = tool_credentials_is_given (&a->credentials);
  self->credentials = tool_credentials_load (&a->credentials, error);
  if (self->credentials == NULL && !TOOL_CREDENTIALS_IS_USAGE (*error))
    *status = CLIENT_EXIT_FAILURE;
  return self->credentials != NULL;
}

static ClientOptions *
make_options (const Arguments *a,
              int             *status,
              GError         **error)
{
  g_autoptr (ClientOptions) self = g_new0 (ClientOptions, 1);
  gboolean on_terminal = a->output == NULL && isatty (STDOUT_FILENO);

  *status = CLIENT_EXIT_USAGE;
  if (!check_combination (a, error) || !tool_credentials_check (&a->credentials, error)
      || !read_numbers (self, a, error))
    return NULL;

  if (!a->interactive)
    self->uri = client_request_complete_uri (a->rest[0], error);
  if (self->uri == NULL && !a->interactive)
    return NULL;
  if (!take_credentials (self, a, status, error))
    return NULL;
  self->ping = a->ping;
  if (!a->ping && !a->interactive)
    {
      self->request = client_request_make (&a->request, self->uri, error);
      if (self->request == NULL)
        return NULL;
      if (a->observe && !check_observed_method (self->request, error))
        return NULL;
      /* Last, because standard input can be read only once. */
      if (a->request.payload != NULL && !take_payload (self, a, error))
        {
          *status = CLIENT_EXIT_FAILURE;
          return NULL;
        }
    }
  self->non_confirmable = a->request.non_confirmable;
  self->multicast = a->multicast;
  self->observe = a->observe;
  self->observe_exec = g_strdup (a->observe_exec);
  self->no_deregister = a->no_deregister;
  self->interface = g_strdup (a->interface);
  self->output = g_strdup (a->output);
  self->json = a->json;
  self->color = a->color || (!a->no_color && on_terminal && tool_terminal_has_color (STDOUT_FILENO));
  self->error_color = a->color || (!a->no_color && tool_terminal_has_color (STDERR_FILENO));
  self->pretty = a->pretty || (!a->no_pretty && on_terminal);
  if (a->progress || a->no_progress)
    self->progress = a->progress ? CLIENT_PROGRESS_ALWAYS : CLIENT_PROGRESS_NEVER;
  self->verbosity = a->verbosity;
  self->quiet = a->quiet;
  if (a->interactive && !make_interactive (self, a, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* Ends the program with text on standard output, which may be full. */
static int
print_and_end (const char *text)
{
  if (fputs (text, stdout) < 0 || fflush (stdout) != 0)
    {
      tool_print_error ("Cannot write to standard output");
      return CLIENT_EXIT_FAILURE;
    }

  return CLIENT_EXIT_SUCCESS;
}

ClientOptions *
client_options_parse (int    *argc,
                      char ***argv,
                      int    *status)
{
  g_auto (Arguments) arguments = { 0 };
  g_autoptr (GOptionContext) context = make_option_context (&arguments);
  g_autoptr (GError) error = NULL;
  ClientOptions *self = NULL;
  gboolean help = FALSE;
  const GOptionEntry more_entries[] = {
    { "interactive", 0, 0, G_OPTION_ARG_NONE, &arguments.interactive,
      "Read commands, from a terminal or a script; “help” lists them", NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Print this help and exit", NULL },
    { NULL },
  };

  /* GOption's own help does not notice when it cannot be written. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, more_entries, NULL);

  *status = CLIENT_EXIT_USAGE;
  if (g_option_context_parse (context, argc, argv, &error))
    {
      if (help)
        {
          g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

          *status = print_and_end (text);
          return NULL;
        }
      if (arguments.version)
        {
          *status = print_and_end ("gcoap-client (libcoap-layers) " GCOAP_VERSION_S "\n");
          return NULL;
        }
      self = make_options (&arguments, status, &error);
    }
  if (self == NULL)
    {
      tool_print_error ("%s", error->message);
      if (*status == CLIENT_EXIT_USAGE)
        tool_print_stderr ("Try “gcoap-client --help”.\n");
    }

  return self;
}

void
client_options_free (ClientOptions *self)
{
  g_free (self->uri);
  g_clear_object (&self->credentials);
  g_clear_pointer (&self->request, gcoap_message_unref);
  g_free (self->payload_path);
  g_free (self->observe_exec);
  g_free (self->interface);
  g_free (self->output);
  g_free (self);
}
