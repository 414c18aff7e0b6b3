/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the shell is. Paths work as those of files do: from /a the path b leads
 * to /a/b, while a link of a document at /a would lead to /b. */
#include "gcoap-client/shell-location.h"

#include <string.h>

struct _ShellLocation
{
  char *origin;
  char *path;
};

ShellLocation *
shell_location_new (void)
{
  ShellLocation *self = g_new0 (ShellLocation, 1);

  self->path = g_strdup ("/");
  return self;
}

void
shell_location_free (ShellLocation *self)
{
  g_free (self->origin);
  g_free (self->path);
  g_free (self);
}

/* What people type and a URI has no place for (RFC 3986 §2). */
static char *
encode (const char *text)
{
  GString *encoded = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if ((*p & 0x80) != 0 || *p <= ' ' || *p == 0x7f || strchr ("\"<>\\^`{|}", *p) != NULL)
        g_string_append_printf (encoded, "%%%02X", (guint8) *p);
      else
        g_string_append_c (encoded, *p);
    }

  return g_string_free (encoded, FALSE);
}

/* Everything behind the origin, up to the query; without the slash at its end
 * if @trim. */
static char *
dup_path (GcoapUri *uri,
          gboolean  trim)
{
  g_autofree char *origin = gcoap_uri_dup_origin (uri);
  g_autofree char *text = gcoap_uri_to_string (uri);
  const char *rest = text + strlen (origin);
  gsize length = strcspn (rest, "?");

  while (trim && length > 0 && rest[length - 1] == '/')
    length--;
  return length > 0 ? g_strndup (rest, length) : g_strdup ("/");
}

gboolean
shell_location_open (ShellLocation *self,
                     const char    *text,
                     GError       **error)
{
  g_autofree char *encoded = encode (text);
  g_autofree char *complete = strstr (encoded, "://") != NULL ? g_strdup (encoded)
                                                              : g_strconcat ("coap://", encoded, NULL);
  g_autoptr (GcoapUri) uri = gcoap_uri_parse (complete, error);

  if (uri == NULL)
    {
      g_prefix_error (error, "“%s”: ", text);
      return FALSE;
    }
  if (gcoap_uri_get_query (uri)[0] != NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "“%s” has a query; one is opened without, and a request names it.", text);
      return FALSE;
    }

  g_free (self->origin);
  g_free (self->path);
  self->origin = gcoap_uri_dup_origin (uri);
  self->path = dup_path (uri, TRUE);
  return TRUE;
}

/* Whether the reference ends with a dot segment, which names a place and leaves
 * a slash behind (RFC 3986 §5.2.4). */
static gboolean
ends_with_dots (const char *reference)
{
  gsize length = strcspn (reference, "?");
  gsize dots = 0;

  while (dots < length && reference[length - 1 - dots] == '.')
    dots++;
  return (dots == 1 || dots == 2) && (dots == length || reference[length - 1 - dots] == '/');
}

static GcoapUri *
resolve (ShellLocation *self,
         const char    *reference,
         GError       **error)
{
  g_autofree char *encoded = encode (reference);
  g_autofree char *base = NULL;
  g_autoptr (GcoapUri) base_uri = NULL;
  g_autoptr (GcoapUri) uri = NULL;

  if (strstr (encoded, "://") != NULL)
    uri = gcoap_uri_parse (encoded, error);
  else if (self->origin == NULL)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                         "No server is open: “open coap://host” opens one, and a URI needs none.");
  else
    {
      gboolean here = encoded[0] == '\0' || encoded[0] == '?';

      base = g_strconcat (self->origin, self->path,
                          here || g_str_has_suffix (self->path, "/") ? "" : "/", NULL);
      base_uri = gcoap_uri_parse (base, error);
      if (base_uri != NULL)
        {
          /* RFC 3986 §4.2: so that a colon ends no scheme. */
          g_autofree char *relative = here || encoded[0] == '/' ? g_strdup (encoded)
                                                                : g_strconcat ("./", encoded, NULL);

          uri = gcoap_uri_resolve (base_uri, relative, error);
        }
    }
  if (uri == NULL && self->origin != NULL)
    g_prefix_error (error, "“%s”: ", reference);

  return g_steal_pointer (&uri);
}

char *
shell_location_resolve (ShellLocation *self,
                        const char    *reference,
                        GError       **error)
{
  const char *given = reference != NULL ? reference : "";
  g_autoptr (GcoapUri) uri = resolve (self, given, error);
  g_autofree char *text = NULL;
  char *slash;

  if (uri == NULL)
    return NULL;

  text = gcoap_uri_to_string (uri);
  slash = text + strcspn (text, "?") - 1;
  if (ends_with_dots (given) && *slash == '/')
    memmove (slash, slash + 1, strlen (slash));
  return g_steal_pointer (&text);
}

char *
shell_location_resolve_path (ShellLocation *self,
                             const char    *reference,
                             GError       **error)
{
  g_autoptr (GcoapUri) uri = resolve (self, reference != NULL ? reference : "", error);
  g_autofree char *origin = NULL;

  if (uri == NULL)
    return NULL;

  origin = gcoap_uri_dup_origin (uri);
  if (g_strcmp0 (origin, self->origin) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "“%s” is on another server; “open” goes there.", reference);
      return NULL;
    }
  if (gcoap_uri_get_query (uri)[0] != NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "“%s” has a query, where a path alone is meant.", reference);
      return NULL;
    }
  return dup_path (uri, TRUE);
}

gboolean
shell_location_change (ShellLocation *self,
                       const char    *path,
                       GError       **error)
{
  char *changed = shell_location_resolve_path (self, path, error);

  if (changed == NULL)
    return FALSE;

  g_free (self->path);
  self->path = changed;
  return TRUE;
}

const char *
shell_location_get_origin (ShellLocation *self)
{
  return self->origin;
}

const char *
shell_location_get_path (ShellLocation *self)
{
  return self->path;
}

char *
shell_location_dup_uri (ShellLocation *self)
{
  return self->origin != NULL ? g_strconcat (self->origin, self->path, NULL) : NULL;
}
