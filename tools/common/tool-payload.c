/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The payload of a request: text, a file or standard input. Files are read in
 * pieces, because their size says nothing where they are pipes or devices. */
#include "common/tool-payload.h"

#include <libcoap-layers/gcoap.h>

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

#include "common/tool-terminal.h"

#define READ_SIZE 65536

static GBytes *
read_all (GInputStream *stream,
          const char   *name,
          gsize         max,
          GError      **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();

  while (content->len <= max)
    {
      guint length = content->len;
      gssize n_read;

      g_byte_array_set_size (content, length + READ_SIZE);
      n_read = g_input_stream_read (stream, content->data + length, READ_SIZE, NULL, error);
      if (n_read < 0)
        {
          g_prefix_error (error, "Cannot read %s: ", name);
          return NULL;
        }
      g_byte_array_set_size (content, length + (guint) n_read);
      if (n_read == 0)
        return g_byte_array_free_to_bytes (g_steal_pointer (&content));
    }

  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
               "%s is larger than %" G_GSIZE_FORMAT " bytes, too large for a payload.", name, max);
  return NULL;
}

GBytes *
tool_payload_load (const char *spec,
                   gsize       max,
                   GError    **error)
{
  g_autoptr (GInputStream) stream = NULL;

  g_return_val_if_fail (max < G_MAXUINT - READ_SIZE, NULL);

  if (spec[0] == '@' && spec[1] == '@')
    return g_bytes_new (spec + 1, strlen (spec + 1));
  if (spec[0] != '@')
    return g_bytes_new (spec, strlen (spec));

  if (strcmp (spec, "@-") == 0)
    {
      if (isatty (STDIN_FILENO))
        tool_print_error ("reading the payload from the terminal; Ctrl+D ends it");
      stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);
      return read_all (stream, "standard input", max, error);
    }
  else
    {
      g_autoptr (GFile) file = g_file_new_for_path (spec + 1);
      g_autoptr (GFileInputStream) file_stream = g_file_read (file, NULL, error);

      if (file_stream == NULL)
        {
          g_prefix_error_literal (error, "Cannot read the payload: ");
          return NULL;
        }
      return read_all (G_INPUT_STREAM (file_stream), spec + 1, max, error);
    }
}
