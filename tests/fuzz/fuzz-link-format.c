/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Link format. The first line is a filter, the rest is parsed; what parses is
 * written in a form that parses to the same.
 */
#include <string.h>

#include <libcoap-layers/gcoap.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *line_end = size > 0 ? memchr (data, '\n', size) : NULL;
  gsize line = line_end != NULL ? (gsize) (line_end - data) : 0;
  const char *text = (const char *) data + (line_end != NULL ? line + 1 : 0);
  gsize length = size - (line_end != NULL ? line + 1 : 0);
  g_autofree char *filter = g_strndup ((const char *) data, line);
  const char *const query[] = { filter, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) links = gcoap_link_format_parse (text, (gssize) length, &error);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) matching = NULL;
  g_autofree char *written = NULL;
  g_autofree char *written_again = NULL;

  if (links == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }

  g_assert_no_error (error);
  written = gcoap_link_format_write (links);
  again = gcoap_link_format_parse (written, -1, &error);
  /* Only quoting can make text too long to be parsed again. */
  if (again == NULL && strlen (written) > GCOAP_LINK_FORMAT_MAX_BYTES)
    return 0;
  g_assert_no_error (error);
  g_assert_cmpuint (links->len, ==, again->len);
  written_again = gcoap_link_format_write (again);
  g_assert_cmpstr (written, ==, written_again);

  matching = gcoap_link_format_filter (links, query);
  g_assert_cmpuint (matching->len, <=, links->len);
  for (guint i = 0; i < links->len; i++)
    {
      g_autofree char *title = gcoap_link_dup_title (g_ptr_array_index (links, i));

      g_assert_true (title == NULL || g_utf8_validate (title, -1, NULL));
    }

  return 0;
}
