/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request with its streams. What has to be seen as a whole, because it is
 * laid out or made JSON, stays in memory. */
#include "gcoap-client/client-transfer.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/tool-progress.h"
#include "common/tool-terminal.h"
#include "gcoap-client/client-response.h"

#define LARGEST_BLOCK 1024
/* RFC 7959 §2.2: the number of a block has 20 bits. */
#define MAX_BLOCKS (1u << 20)

struct _ClientTransfer
{
  const ClientOptions *options;
  ToolOutput          *output;
  ToolProgress        *progress;    /* NULL: nobody watches */
  gboolean             to_stream;   /* the body goes to the output block by block */
};

gboolean
client_transfer_check_size (guint64  size,
                            guint    block_size,
                            GError **error)
{
  guint used = block_size > 0 ? block_size : LARGEST_BLOCK;
  guint64 largest = (guint64) MAX_BLOCKS * used;

  if (size <= largest)
    return TRUE;
  if (used < LARGEST_BLOCK)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                 "The payload has %" G_GUINT64_FORMAT " bytes; with --block-size %u at most %"
                 G_GUINT64_FORMAT " can be sent, and without it %" G_GUINT64_FORMAT ".",
                 size, used, largest, (guint64) MAX_BLOCKS * LARGEST_BLOCK);
  else
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                 "The payload has %" G_GUINT64_FORMAT " bytes; at most %" G_GUINT64_FORMAT
                 " can be sent in blocks.", size, largest);
  return FALSE;
}

gboolean
client_transfer_check_payload (const char  *path,
                               guint        block_size,
                               GError     **error)
{
  gboolean is_stdin = strcmp (path, "-") == 0;
  struct stat status;
  off_t start = 0;
  int code = 0;

  if ((is_stdin ? fstat (STDIN_FILENO, &status) : stat (path, &status)) != 0)
    code = errno;
  else if (S_ISDIR (status.st_mode))
    code = EISDIR;
  else if (!is_stdin && access (path, R_OK) != 0)
    code = errno;
  if (code != 0)
    {
      g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code),
                   "Cannot read the payload: %s: %s.", is_stdin ? "standard input" : path,
                   g_strerror (code));
      return FALSE;
    }
  /* Pipes and devices tell their size when they end. */
  if (!S_ISREG (status.st_mode))
    return TRUE;
  if (is_stdin)
    start = lseek (STDIN_FILENO, 0, SEEK_CUR);

  return client_transfer_check_size ((guint64) MAX (status.st_size - MAX (start, 0), 0), block_size,
                                     error);
}

static gboolean
shall_show_progress (const ClientOptions *options,
                     gboolean             on_terminal)
{
  if (options->progress != CLIENT_PROGRESS_AUTO)
    return options->progress == CLIENT_PROGRESS_ALWAYS;

  /* Not where it gets between other lines. */
  return isatty (STDERR_FILENO) && !options->quiet && options->verbosity == 0
         && (!on_terminal || options->payload_path != NULL);
}

ClientTransfer *
client_transfer_new (const ClientOptions *options,
                     ToolOutput          *output)
{
  ClientTransfer *self = g_new0 (ClientTransfer, 1);

  self->options = options;
  self->output = output;
  /* With repetitions the file has all responses, so none of them can be taken
   * back. */
  self->to_stream = !options->json && !options->pretty && options->repeat == 1;
  if (shall_show_progress (options, tool_output_is_terminal (output)))
    self->progress = tool_progress_new (isatty (STDERR_FILENO));

  return self;
}

void
client_transfer_free (ClientTransfer *self)
{
  g_clear_pointer (&self->progress, tool_progress_free);
  g_free (self);
}

static void
progress_cb (GcoapExchange *exchange G_GNUC_UNUSED,
             gboolean       is_response,
             guint64        bytes,
             gint64         total,
             gpointer       data)
{
  ClientTransfer *self = data;

  /* Nobody waits for an answer that has no body. */
  if (is_response && bytes == 0)
    return;
  tool_progress_report (self->progress, is_response ? "Received" : "Sent", bytes, total);
}

static GInputStream *
open_payload (const char *path,
              GError    **error)
{
  g_autoptr (GFile) file = NULL;
  GFileInputStream *stream;

  if (strcmp (path, "-") == 0)
    {
      if (isatty (STDIN_FILENO))
        tool_print_error ("reading the payload from the terminal; Ctrl+D ends it");
      return g_unix_input_stream_new (STDIN_FILENO, FALSE);
    }

  file = g_file_new_for_path (path);
  stream = g_file_read (file, NULL, error);
  if (stream == NULL)
    g_prefix_error_literal (error, "Cannot read the payload: ");

  return (GInputStream *) stream;
}

GcoapExchange *
client_transfer_make_exchange (ClientTransfer  *self,
                               GError         **error)
{
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (self->options->request);

  if (self->options->payload_path != NULL)
    {
      g_autoptr (GInputStream) stream = open_payload (self->options->payload_path, error);

      if (stream == NULL)
        return NULL;
      gcoap_exchange_set_request_body (exchange, stream);
    }
  if (self->to_stream)
    gcoap_exchange_set_response_sink (exchange, tool_output_get_stream (self->output));
  if (self->progress != NULL)
    gcoap_exchange_set_progress_callback (exchange, progress_cb, self, NULL);

  return g_steal_pointer (&exchange);
}

/* Errors of streams come as they are; those of the network are of the library's
 * own domain. */
static int
print_error (ClientTransfer *self,
             const GError   *error)
{
  if (tool_output_has_failed (self->output))
    {
      tool_print_error ("%s", error->message);
      return CLIENT_EXIT_FAILURE;
    }
  if (error->domain == G_IO_ERROR && self->options->payload_path != NULL)
    {
      tool_print_error ("Cannot read the payload: %s", error->message);
      return CLIENT_EXIT_FAILURE;
    }

  return client_response_print_error (self->options, error);
}

int
client_transfer_end (ClientTransfer *self,
                     GcoapMessage   *response,
                     const GError   *error,
                     gint64          duration)
{
  int status = CLIENT_EXIT_SUCCESS;
  gboolean is_complete = FALSE;

  if (self->progress != NULL)
    tool_progress_end (self->progress);
  if (response != NULL)
    {
      status = client_response_print (self->options, self->output, response, NULL, duration);
      is_complete = status == CLIENT_EXIT_SUCCESS;
    }
  else if (error != NULL)
    status = print_error (self, error);
  if (self->to_stream && !is_complete)
    tool_output_drop (self->output);

  return status;
}
