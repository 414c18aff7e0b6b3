/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests of one run of gcoap-client, one after the other: when each
 * starts, when it is given up, and how the run ends. */
#include "gcoap-client/client-session.h"

#include <glib-unix.h>
#include <signal.h>

#include "common/tool-output.h"
#include "common/tool-terminal.h"
#include "common/tool-trace.h"
#include "gcoap-client/client-observe.h"
#include "gcoap-client/client-response.h"
#include "gcoap-client/client-transfer.h"

/* How long the end may take; nothing of what is left matters to the user. */
#define SHUTDOWN_TIME 2000

typedef struct
{
  const ClientOptions *options;
  GMainLoop     *loop;
  GcoapContext  *context;
  ToolOutput    *output;

  ClientObserve *observe;       /* NULL but with --observe */
  ClientTransfer *transfer;     /* of the exchange */
  GcoapExchange *exchange;      /* the one under way; NULL for a ping */
  GCancellable  *cancellable;   /* cancels it */
  guint          timeout_id;
  guint          next_id;
  gint64         started;
  gboolean       is_under_way;
  gboolean       timed_out;

  guint          n_started;
  int            signal_number;
  int            status;
} Session;

static void start (Session *session);

/* Whether nothing more can be done: what one cannot write will not be better
 * with the next response. */
static gboolean
is_done (Session *session)
{
  return session->n_started >= session->options->repeat || session->signal_number != 0
         || session->status == CLIENT_EXIT_FAILURE;
}

static gboolean
next_cb (gpointer data)
{
  Session *session = data;

  session->next_id = 0;
  start (session);
  return G_SOURCE_REMOVE;
}

static void
end_request (Session *session,
             int      status)
{
  gint64 elapsed = (g_get_monotonic_time () - session->started) / 1000;

  g_clear_handle_id (&session->timeout_id, g_source_remove);
  g_clear_object (&session->exchange);
  g_clear_pointer (&session->transfer, client_transfer_free);
  g_clear_object (&session->cancellable);
  session->is_under_way = FALSE;
  if (session->status == CLIENT_EXIT_SUCCESS)
    session->status = status;

  if (is_done (session))
    g_main_loop_quit (session->loop);
  else
    session->next_id = g_timeout_add (session->options->interval > elapsed
                                      ? (guint) (session->options->interval - elapsed) : 0,
                                      next_cb, session);
}

static gboolean
timeout_cb (gpointer data)
{
  Session *session = data;

  session->timeout_id = 0;
  session->timed_out = TRUE;
  g_cancellable_cancel (session->cancellable);
  return G_SOURCE_REMOVE;
}

/* Why there is no response, in the terms of the command line; NULL if it is
 * because the user wanted no more. */
static GError *
dup_failure (Session      *session,
             const GError *error)
{
  guint timeout = session->options->timeout;
  gint64 elapsed = g_get_monotonic_time () - session->started;
  g_autoptr (GcoapUri) uri = NULL;
  g_autofree char *origin = NULL;

  if (session->signal_number != 0)
    return NULL;
  if (!(session->timed_out && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      && !(g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT)
           && timeout > 0 && elapsed >= timeout * G_GINT64_CONSTANT (1000)))
    return g_error_copy (error);

  uri = gcoap_uri_parse (session->options->uri, NULL);
  origin = gcoap_uri_dup_origin (uri);
  return g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                      "%s did not answer within %g s; it may be off or asleep, "
                      "or a firewall may be in the way.", origin, timeout / 1000.0);
}

/* The exit status for a request without a response. */
static int
explain_failure (Session      *session,
                 const GError *error)
{
  g_autoptr (GError) failure = dup_failure (session, error);

  return failure != NULL ? client_response_print_error (session->options, failure)
                         : CLIENT_EXIT_SUCCESS;
}

/* Which of the addresses that a name stands for was asked. */
static void
print_address (Session *session)
{
  GcoapEndpointAddress *address = session->exchange != NULL
                                  ? gcoap_exchange_get_address (session->exchange) : NULL;
  g_autofree char *base = NULL;
  g_autofree char *line = NULL;

  if (session->options->verbosity < 2 || address == NULL)
    return;

  base = gcoap_endpoint_address_dup_uri_base (address);
  line = g_strdup_printf ("-- the address is %s\n", base);
  tool_print_stderr (line);
}

static void
responded_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Session *session = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) failure = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  gint64 duration = g_get_monotonic_time () - session->started;

  response = gcoap_context_send_finish (GCOAP_CONTEXT (source), result, &error);
  print_address (session);
  if (response == NULL)
    failure = dup_failure (session, error);
  end_request (session, client_transfer_end (session->transfer, response, failure, duration));
}

/* One member of the group that was asked. */
static void
member_responded_cb (GcoapExchange *exchange,
                     gpointer       data)
{
  Session *session = data;
  GcoapEndpointAddress *responder = gcoap_exchange_get_responder (exchange);
  g_autofree char *sender = gcoap_endpoint_address_dup_uri_base (responder);
  int status;

  status = client_response_print (session->options, session->output,
                                  gcoap_exchange_get_response (exchange), sender,
                                  g_get_monotonic_time () - session->started);
  if (session->status == CLIENT_EXIT_SUCCESS)
    session->status = status;
  if (status == CLIENT_EXIT_FAILURE)
    g_cancellable_cancel (session->cancellable);
}

static void
group_finished_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  Session *session = data;
  g_autoptr (GError) error = NULL;
  gssize n_responses;

  n_responses = gcoap_context_request_group_finish (GCOAP_CONTEXT (source), result, &error);
  if (n_responses < 0)
    end_request (session, session->status != CLIENT_EXIT_SUCCESS ? session->status
                                                                  : explain_failure (session, error));
  else if (n_responses == 0)
    {
      if (!session->options->quiet)
        tool_print_error ("No member of the group answered within %g s",
                          session->options->wait / 1000.0);
      end_request (session, CLIENT_EXIT_TIMEOUT);
    }
  else
    end_request (session, CLIENT_EXIT_SUCCESS);
}

static void
pinged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Session *session = data;
  g_autoptr (GError) error = NULL;
  gint64 duration;

  duration = gcoap_context_ping_finish (GCOAP_CONTEXT (source), result, &error);
  if (duration < 0)
    end_request (session, explain_failure (session, error));
  else
    end_request (session, client_response_print_ping (session->options, session->output, duration));
}

/* What holds for all requests of the run. */
static void
configure (Session *session)
{
  const ClientOptions *options = session->options;
  GcoapTransportTuning *tuning = gcoap_context_get_tuning (session->context);
  g_autoptr (GcoapTransportTuning) changed = NULL;

  if (options->non_confirmable)
    {
      changed = tuning != NULL ? gcoap_transport_tuning_copy (tuning) : gcoap_transport_tuning_new ();
      gcoap_transport_tuning_set_reliability (changed, GCOAP_RELIABILITY_NON_CONFIRMABLE);
      gcoap_context_set_tuning (session->context, changed);
    }
  if (options->block_size > 0)
    g_object_set (gcoap_context_get_outbound_provider (session->context, GCOAP_TYPE_BLOCKWISE),
                  "block-size", options->block_size, NULL);
  /* It counts anew with each block of a large body. */
  if (options->timeout > 0)
    gcoap_context_set_response_timeout (session->context, options->timeout);
}

static gboolean
fail_start_cb (gpointer data)
{
  end_request (data, CLIENT_EXIT_FAILURE);
  return G_SOURCE_REMOVE;
}

static void
start_exchange (Session *session)
{
  g_autoptr (GError) error = NULL;

  session->transfer = client_transfer_new (session->options, session->output);
  session->exchange = client_transfer_make_exchange (session->transfer, &error);
  if (session->exchange == NULL)
    {
      tool_print_error ("%s", error->message);
      g_idle_add (fail_start_cb, session);
      return;
    }
  gcoap_context_send_async (session->context, session->exchange, session->cancellable,
                            responded_cb, session);
}

static void
observe_done_cb (int      status,
                 gpointer data)
{
  Session *session = data;

  session->status = status;
  session->is_under_way = FALSE;
  g_main_loop_quit (session->loop);
}

static void
start (Session *session)
{
  const ClientOptions *options = session->options;

  session->n_started++;
  session->is_under_way = TRUE;
  session->timed_out = FALSE;
  session->started = g_get_monotonic_time ();
  session->cancellable = g_cancellable_new ();

  if (options->observe)
    {
      session->observe = client_observe_start (options, session->context, session->output,
                                               observe_done_cb, session);
    }
  else if (options->ping)
    {
      if (options->timeout > 0)
        session->timeout_id = g_timeout_add (options->timeout, timeout_cb, session);
      gcoap_context_ping_async (session->context, options->uri, session->cancellable,
                                pinged_cb, session);
    }
  else if (options->multicast)
    {
      gcoap_context_request_group_async (session->context, options->request, options->interface,
                                         options->wait, session->cancellable, member_responded_cb,
                                         session, NULL, group_finished_cb, session);
    }
  else
    {
      start_exchange (session);
    }
}

static gboolean
stop (Session *session,
      int      signal_number)
{
  /* Asked twice, the program does not wait for anything. */
  if (session->signal_number != 0)
    {
      tool_output_drop (session->output);
      _exit (CLIENT_EXIT_SIGNAL + signal_number);
    }

  session->signal_number = signal_number;
  if (session->observe != NULL)
    client_observe_stop (session->observe);
  else if (session->is_under_way)
    g_cancellable_cancel (session->cancellable);
  else
    g_main_loop_quit (session->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
interrupted_cb (gpointer data)
{
  return stop (data, SIGINT);
}

static gboolean
terminated_cb (gpointer data)
{
  return stop (data, SIGTERM);
}

static void
trace_cb (const char *text,
          gpointer    data)
{
  Session *session = data;
  g_autofree char *line = tool_trace_format (text, session->options->verbosity,
                                             session->options->error_color);

  if (line != NULL)
    tool_print_stderr (line);
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Session *session = data;

  gcoap_context_shutdown_finish (GCOAP_CONTEXT (source), result, NULL);
  g_main_loop_quit (session->loop);
}

static gboolean
give_up_cb (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_CONTINUE;
}

static void
shut_down (Session *session)
{
  guint give_up_id = g_timeout_add (SHUTDOWN_TIME, give_up_cb, session->loop);

  gcoap_context_shutdown_async (session->context, NULL, shut_down_cb, session);
  g_main_loop_run (session->loop);
  g_source_remove (give_up_id);
}

static void
print_statistics (Session *session)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (session->options->verbosity < 2)
    return;

  text = gcoap_statistics_to_string (gcoap_context_get_statistics (session->context));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *line = g_strdup_printf ("-- %s\n", lines[i]);

      if (*lines[i] != '\0')
        tool_print_stderr (line);
    }
}

int
client_session_run (const ClientOptions *options)
{
  Session session = { .options = options };
  g_autoptr (GcoapTextTrace) trace = gcoap_text_trace_new (trace_cb, &session, NULL);
  g_autoptr (GError) error = NULL;
  guint interrupted_id = g_unix_signal_add (SIGINT, interrupted_cb, &session);
  guint terminated_id = g_unix_signal_add (SIGTERM, terminated_cb, &session);

  session.loop = g_main_loop_new (NULL, FALSE);
  session.context = gcoap_context_new ();
  gcoap_context_set_credentials (session.context, options->credentials);
  session.output = tool_output_new (options->output);
  if (options->verbosity > 0)
    gcoap_context_set_trace (session.context, GCOAP_TRACE (trace));
  configure (&session);
  /* The server is to be told also when nobody reads any more. */
  if (options->observe)
    signal (SIGPIPE, SIG_IGN);

  start (&session);
  g_main_loop_run (session.loop);
  g_clear_handle_id (&session.next_id, g_source_remove);

  g_clear_pointer (&session.observe, client_observe_free);
  g_clear_object (&session.cancellable);
  if (!tool_output_close (session.output, &error))
    {
      tool_print_error ("%s", error->message);
      session.status = CLIENT_EXIT_FAILURE;
    }
  shut_down (&session);
  print_statistics (&session);
  gcoap_context_set_trace (session.context, NULL);

  g_source_remove (interrupted_id);
  g_source_remove (terminated_id);
  tool_output_free (session.output);
  g_object_unref (session.context);
  g_main_loop_unref (session.loop);
  return session.signal_number != 0 ? CLIENT_EXIT_SIGNAL + session.signal_number : session.status;
}
