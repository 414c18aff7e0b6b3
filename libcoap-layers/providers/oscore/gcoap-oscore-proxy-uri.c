/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-proxy-uri-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/* RFC 7252 §6.4 items 6 to 9: each part between two separators is an option. */
static gboolean
add_parts (GcoapMessage *inner,
           guint         number,
           const char   *parts,
           const char   *separator)
{
  g_auto (GStrv) split = g_strsplit (parts, separator, -1);

  for (guint i = 0; split[i] != NULL; i++)
    {
      g_autofree char *part = g_uri_unescape_string (split[i], NULL);

      /* The adders refuse more than any message has: nothing is cut off. */
      if (part == NULL || strlen (part) > 255 ||
          gcoap_message_get_n_options (inner) >= 192)
        return FALSE;
      gcoap_message_add_option_string (inner, number, part);
    }
  return TRUE;
}

gboolean
gcoap_oscore_split_proxy_uri (GcoapMessage *outer,
                              GcoapMessage *inner,
                              GError      **error)
{
  g_autofree char *text = gcoap_message_get_option_string (outer, GCOAP_OPTION_PROXY_URI, 0);
  g_autoptr (GUri) uri = NULL;
  g_autofree char *origin = NULL;
  const char *path;

  /* What is not a URI of this kind cannot be taken apart, and would tell the
   * proxy everything. */
  uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL) : NULL;
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI,
                   "“%s” is no URI that OSCORE could hide from a proxy.", text);
      return FALSE;
    }
  origin = g_uri_join (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                       g_uri_get_port (uri), "", NULL, NULL);
  path = g_uri_get_path (uri);
  if (*path == '/')
    path++;
  gcoap_message_remove_option (inner, GCOAP_OPTION_URI_PATH);
  gcoap_message_remove_option (inner, GCOAP_OPTION_URI_QUERY);
  if ((*path != '\0' && !add_parts (inner, GCOAP_OPTION_URI_PATH, path, "/")) ||
      (g_uri_get_query (uri) != NULL &&
       !add_parts (inner, GCOAP_OPTION_URI_QUERY, g_uri_get_query (uri), "&")))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI,
                   "A part of “%s” does not fit into an option.", text);
      return FALSE;
    }
  gcoap_message_set_option_string (outer, GCOAP_OPTION_PROXY_URI, origin);
  return TRUE;
}
