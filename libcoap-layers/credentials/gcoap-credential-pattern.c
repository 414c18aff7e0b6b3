/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which credential is for which URI. Host and port are compared as the URI
 * parser sees them, so that no spelling leads past a pattern. */
#include "credentials/gcoap-credential-pattern-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-uri.h"

/* The origin with the path behind it, percent-encoding as the URI type has it,
 * and no query. */
char *
gcoap_credential_pattern_subject (const char *uri,
                                  GError    **error)
{
  g_autoptr (GcoapUri) parsed = gcoap_uri_parse (uri, error);
  g_autofree char *text = NULL;
  g_autofree char *origin = NULL;
  char *query;

  if (parsed == NULL)
    return NULL;
  text = gcoap_uri_to_string (parsed);
  query = strchr (text, '?');
  if (query != NULL)
    *query = '\0';
  origin = gcoap_uri_dup_origin (parsed);
  if (strlen (text) <= strlen (origin))
    return g_strconcat (origin, "/", NULL);
  return g_steal_pointer (&text);
}

static char *
normalize (const char *pattern,
           GError    **error)
{
  gsize length = strlen (pattern);
  gboolean has_star = length > 0 && pattern[length - 1] == '*';
  g_autofree char *body = g_strndup (pattern, has_star ? length - 1 : length);
  g_autofree char *subject = NULL;

  if (strcmp (pattern, "*") == 0)
    return g_strdup (pattern);
  if (strchr (body, '*') != NULL || strchr (body, '?') != NULL
      || (has_star && !g_str_has_suffix (body, "/")))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The only star of a pattern stands at its end, behind a slash, and there is no query.");
      return NULL;
    }
  subject = gcoap_credential_pattern_subject (body, error);
  if (subject == NULL)
    return NULL;
  return has_star ? g_strconcat (subject, "*", NULL) : g_steal_pointer (&subject);
}

gboolean
gcoap_credential_pattern_check (const char *pattern,
                                GError    **error)
{
  g_autofree char *normalized = normalize (pattern, error);

  return normalized != NULL;
}

char *
gcoap_credential_pattern_normalize (const char *pattern)
{
  return normalize (pattern, NULL);
}

gsize
gcoap_credential_pattern_match (const char *pattern,
                                const char *uri)
{
  gsize length = strlen (pattern);

  if (length > 0 && pattern[length - 1] == '*')
    return strncmp (pattern, uri, length - 1) == 0 ? length : 0;
  /* Without a star it names one resource, which is as specific as it gets. */
  return strcmp (pattern, uri) == 0 ? G_MAXSIZE : 0;
}
