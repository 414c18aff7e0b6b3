/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of the open server (RFC 6690): asked for when they are first
 * needed, by ls or by Tab, and kept until another server is opened. */
#include "gcoap-client/shell.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "gcoap-client/client-response.h"
#include "gcoap-client/shell-links.h"

#define PATH_OF_LINKS "/.well-known/core"

typedef struct
{
  Shell    *shell;
  char     *directory;
  GPtrArray *filters;
  gboolean  is_long;
  gboolean  is_recursive;
} Listing;

static void
listing_free (Listing *self)
{
  g_free (self->directory);
  g_ptr_array_unref (self->filters);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listing, listing_free)

static GcoapMessage *
make_request (Shell   *shell,
              GError **error)
{
  g_autofree char *uri = shell_location_resolve (shell->location, PATH_OF_LINKS, error);
  GcoapMessage *request = uri != NULL ? gcoap_message_new_for_uri (GCOAP_CODE_GET, uri, error) : NULL;

  if (request != NULL)
    gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, GCOAP_CONTENT_FORMAT_LINK_FORMAT);
  return request;
}

static GPtrArray *
read_links (GcoapMessage *response,
            GError      **error)
{
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (response, &length);
  GcoapCode code = gcoap_message_get_code (response);

  if (code != GCOAP_CODE_CONTENT)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                   "The server does not list its resources: " PATH_OF_LINKS " gives %u.%02u.",
                   gcoap_code_get_class (code), gcoap_code_get_detail (code));
      return NULL;
    }
  return gcoap_link_format_parse ((const char *) payload, (gssize) length, error);
}

void
shell_forget_links (Shell *shell)
{
  g_clear_pointer (&shell->links, g_ptr_array_unref);
  if (shell->links_cancellable != NULL)
    g_cancellable_cancel (shell->links_cancellable);
  g_clear_object (&shell->links_cancellable);
  shell->links_failed = FALSE;
}

/* In the background */

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Shell *shell = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  response = gcoap_context_request_finish (GCOAP_CONTEXT (source), result, &error);
  /* Then another server is open, or the program ends. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&shell->links_cancellable);
  if (response != NULL)
    {
      g_clear_pointer (&shell->links, g_ptr_array_unref);
      shell->links = read_links (response, NULL);
    }
  shell->links_failed = shell->links == NULL;
  shell_input_complete_again (shell->input);
}

void
shell_fetch_links (Shell *shell)
{
  g_autoptr (GcoapMessage) request = NULL;

  /* A server without links is not asked at each Tab. */
  if (shell->links != NULL || shell->links_cancellable != NULL || shell->links_failed)
    return;
  request = make_request (shell, NULL);
  if (request == NULL)
    return;

  shell->links_cancellable = g_cancellable_new ();
  gcoap_context_request_async (shell->context, request, shell->links_cancellable, fetched_cb, shell);
}

/* ls */

static guint
get_columns (void)
{
  struct winsize size;

  return isatty (STDOUT_FILENO) && ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void
print_listing (Listing *self)
{
  Shell *shell = self->shell;
  g_autoptr (GPtrArray) filtered = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *text = NULL;

  filtered = gcoap_link_format_filter (shell->links, (const char *const *) self->filters->pdata);
  entries = shell_links_list (filtered, shell_location_get_origin (shell->location), self->directory,
                              self->is_recursive);
  if (entries->len == 0)
    {
      g_autoptr (GError) error = NULL;

      if (self->filters->len > 1)
        error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_FAILED, "No link under %s is like that.", self->directory);
      else
        error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_FAILED, "The server lists nothing at %s.", self->directory);
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_FAILURE);
      return;
    }
  text = self->is_long ? shell_links_lay_out_long (entries, shell->settings.color)
                       : shell_links_lay_out (entries, get_columns (), shell->settings.color);
  shell_print (shell, text);
  shell_finish (shell, CLIENT_EXIT_SUCCESS);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (Listing) self = data;
  Shell *shell = self->shell;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GPtrArray) links = NULL;

  response = gcoap_context_request_finish (GCOAP_CONTEXT (source), result, &error);
  if (response != NULL)
    links = read_links (response, &error);
  if (links == NULL)
    {
      shell_fail (shell, error);
      return;
    }
  shell_forget_links (shell);
  shell->links = g_steal_pointer (&links);
  print_listing (self);
}

/* The words with = are filters, the other one is the path. */
static gboolean
read_words (Listing              *self,
            const ShellArguments *arguments,
            GError              **error)
{
  const char *path = NULL;

  for (guint i = 0; i < arguments->n_words; i++)
    {
      const char *word = shell_arguments_get_word (arguments, i);

      if (strchr (word, '=') != NULL)
        g_ptr_array_add (self->filters, g_strdup (word));
      else if (path == NULL)
        path = word;
      else
        {
          g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                       "“%s” is one path too much; a filter has the form rt=value.", word);
          return FALSE;
        }
    }
  /* What is found by an attribute may be anywhere. */
  self->is_recursive |= self->filters->len > 0;
  g_ptr_array_add (self->filters, NULL);
  self->directory = shell_location_resolve_path (self->shell->location, path, error);
  return self->directory != NULL;
}

void
shell_list (Shell                *shell,
            const ShellArguments *arguments)
{
  g_autoptr (Listing) self = g_new0 (Listing, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = NULL;

  self->shell = shell;
  self->filters = g_ptr_array_new_with_free_func (g_free);
  self->is_long = shell_arguments_has (arguments, "long");
  self->is_recursive = shell_arguments_has (arguments, "recursive");
  if (read_words (self, arguments, &error))
    {
      if (shell->links != NULL && !shell_arguments_has (arguments, "update"))
        {
          print_listing (self);
          return;
        }
      request = make_request (shell, &error);
    }
  if (request == NULL)
    {
      shell_print_error (shell, error);
      shell_finish (shell, CLIENT_EXIT_USAGE);
      return;
    }
  gcoap_context_request_async (shell->context, request, shell_begin (shell, TRUE), listed_cb,
                               g_steal_pointer (&self));
}
