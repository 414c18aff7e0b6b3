/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-http-head-private.h"

#include <string.h>

#include "base/gcoap-error.h"

static void
set_malformed (GError     **error,
               gsize        position,
               const char  *reason)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
               "The HTTP head is malformed at byte %" G_GSIZE_FORMAT ": %s.", position, reason);
}

gboolean
gcoap_http_head_find_end (const guint8  *data,
                          gsize          length,
                          gsize         *size,
                          GError       **error)
{
  gsize line = 0;   /* where the line begins */

  *size = 0;
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = data[i];

      if (byte == '\n')
        {
          /* RFC 9112 §2.2 lets one be lenient; what differs between servers is
           * how requests are smuggled past one of them. */
          if (i == 0 || data[i - 1] != '\r')
            {
              set_malformed (error, i, "a line does not end with CR LF (RFC 9112 §2.2)");
              return FALSE;
            }
          if (i - line == 1)
            {
              *size = i + 1;
              return TRUE;
            }
          line = i + 1;
        }
      else if (i > 0 && data[i - 1] == '\r')
        {
          set_malformed (error, i, "a CR is not followed by LF (RFC 9112 §2.2)");
          return FALSE;
        }
      else if ((byte < ' ' && byte != '\t' && byte != '\r') || byte == 0x7f)
        {
          set_malformed (error, i, "there is a control character (RFC 9110 §5.5)");
          return FALSE;
        }
    }
  return TRUE;
}

/* RFC 9110 §5.6.2 */
static gboolean
is_token (GcoapHttpText text)
{
  for (gsize i = 0; i < text.length; i++)
    if (!g_ascii_isalnum (text.data[i])
        && (text.data[i] == '\0' || strchr ("!#$%&'*+-.^_`|~", text.data[i]) == NULL))
      return FALSE;
  return text.length > 0;
}

static GcoapHttpText
strip (GcoapHttpText text)
{
  while (text.length > 0 && (text.data[0] == ' ' || text.data[0] == '\t'))
    {
      text.data++;
      text.length--;
    }
  while (text.length > 0 && (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t'))
    text.length--;
  return text;
}

static gboolean
parse_field (GcoapHttpHead  *self,
             GcoapHttpText   line,
             gsize           position,
             GError        **error)
{
  const char *colon = memchr (line.data, ':', line.length);
  GcoapHttpField *field;

  if (self->n_fields == GCOAP_HTTP_MAX_FIELDS)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE, "The HTTP head has more than %d fields.",
                   GCOAP_HTTP_MAX_FIELDS);
      return FALSE;
    }
  field = &self->fields[self->n_fields];
  field->name = (GcoapHttpText) { line.data, colon != NULL ? (gsize) (colon - line.data) : 0 };
  /* RFC 9112 §5.1: nothing stands between name and colon; §5.2: a line that
   * begins with a blank goes on with the one before, and may be refused. */
  if (!is_token (field->name))
    {
      set_malformed (error, position, "a field has no name (RFC 9112 §5)");
      return FALSE;
    }
  field->value = strip ((GcoapHttpText) { colon + 1, line.length - field->name.length - 1 });
  self->n_fields++;
  return TRUE;
}

gboolean
gcoap_http_head_parse (GcoapHttpHead  *self,
                       const guint8   *data,
                       gsize           length,
                       GError        **error)
{
  gsize position = 0;

  self->n_fields = 0;
  self->start = (GcoapHttpText) { NULL, 0 };
  /* Without the empty line. */
  while (position + 2 < length)
    {
      const guint8 *end = memchr (data + position, '\n', length - position);
      GcoapHttpText line = { (const char *) data + position, (gsize) (end - data) - position - 1 };

      if (position == 0)
        self->start = line;
      else if (!parse_field (self, line, position, error))
        return FALSE;
      position = (gsize) (end - data) + 1;
    }
  return TRUE;
}

gboolean
gcoap_http_text_equal (GcoapHttpText  text,
                       const char    *other,
                       gboolean       with_case)
{
  if (strlen (other) != text.length)
    return FALSE;
  for (gsize i = 0; i < text.length; i++)
    if (with_case ? text.data[i] != other[i] : g_ascii_tolower (text.data[i]) != g_ascii_tolower (other[i]))
      return FALSE;
  return TRUE;
}

guint
gcoap_http_head_find (const GcoapHttpHead *self,
                      const char          *name,
                      GcoapHttpText       *value)
{
  guint n = 0;

  *value = (GcoapHttpText) { NULL, 0 };
  for (guint i = 0; i < self->n_fields; i++)
    if (gcoap_http_text_equal (self->fields[i].name, name, FALSE) && n++ == 0)
      *value = self->fields[i].value;
  return n;
}

static gboolean
list_has (GcoapHttpText  list,
          const char    *element,
          gboolean       with_case)
{
  while (TRUE)
    {
      const char *comma = list.length > 0 ? memchr (list.data, ',', list.length) : NULL;
      GcoapHttpText first = { list.data, comma != NULL ? (gsize) (comma - list.data) : list.length };

      if (gcoap_http_text_equal (strip (first), element, with_case))
        return TRUE;
      if (comma == NULL)
        return FALSE;
      list.data = comma + 1;
      list.length -= first.length + 1;
    }
}

gboolean
gcoap_http_head_lists (const GcoapHttpHead *self,
                       const char          *name,
                       const char          *element,
                       gboolean             with_case)
{
  /* RFC 9110 §5.3: fields of one name make one list. */
  for (guint i = 0; i < self->n_fields; i++)
    if (gcoap_http_text_equal (self->fields[i].name, name, FALSE)
        && list_has (self->fields[i].value, element, with_case))
      return TRUE;
  return FALSE;
}
