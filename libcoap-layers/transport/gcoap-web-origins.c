/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-web-origins-private.h"

#include <string.h>

#include "base/gcoap-error.h"

struct _GcoapWebOrigins
{
  gboolean   any;
  GPtrArray *texts;   /* as browsers write them */
};

/* RFC 6454 §6.2: the port is left out where it is the scheme's. */
static int
get_default_port (const char *scheme)
{
  return g_str_equal (scheme, "http") ? 80 : g_str_equal (scheme, "https") ? 443 : -1;
}

/* A name or address as browsers write it: no pattern such as "*.example". */
static gboolean
is_host (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr (".:-_", *c) == NULL)
      return FALSE;
  return *text != '\0';
}

/* NULL: it is no origin. */
static char *
normalize (const char *text)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *lower = g_ascii_strdown (text, -1);
  const char *host;
  const char *brackets;
  int port;

  /* RFC 6454 §6.2: what has no origin that could be named, such as a file. */
  if (g_str_equal (lower, "null"))
    return g_steal_pointer (&lower);
  if (!g_str_is_ascii (lower))
    return NULL;
  uri = g_uri_parse (lower, G_URI_FLAGS_NONE, NULL);
  if (uri == NULL)
    return NULL;
  host = g_uri_get_host (uri);
  if (host == NULL || !is_host (host) || g_uri_get_userinfo (uri) != NULL || *g_uri_get_path (uri) != '\0'
      || g_uri_get_query (uri) != NULL || g_uri_get_fragment (uri) != NULL)
    return NULL;
  port = g_uri_get_port (uri);
  brackets = strchr (host, ':') != NULL ? "[]" : "";
  if (port == -1 || port == get_default_port (g_uri_get_scheme (uri)))
    return g_strdup_printf ("%s://%.1s%s%s", g_uri_get_scheme (uri), brackets, host,
                            *brackets != '\0' ? brackets + 1 : "");
  return g_strdup_printf ("%s://%.1s%s%s:%d", g_uri_get_scheme (uri), brackets, host,
                          *brackets != '\0' ? brackets + 1 : "", port);
}

GcoapWebOrigins *
gcoap_web_origins_new (const char *const  *texts,
                       GError            **error)
{
  g_autoptr (GcoapWebOrigins) self = g_rc_box_new0 (GcoapWebOrigins);

  self->texts = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; texts[i] != NULL; i++)
    {
      char *text = NULL;

      if (g_str_equal (texts[i], "*"))
        {
          self->any = TRUE;
          continue;
        }
      text = normalize (texts[i]);
      if (text == NULL)
        {
          g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                       "“%s” is not the origin of a web page: scheme, host and port alone, such as "
                       "“https://app.example”, or “null”, or “*” for all.", texts[i]);
          return NULL;
        }
      g_ptr_array_add (self->texts, text);
    }
  return g_steal_pointer (&self);
}

GcoapWebOrigins *
gcoap_web_origins_ref (GcoapWebOrigins *self)
{
  return g_rc_box_acquire (self);
}

static void
clear_cb (gpointer data)
{
  g_ptr_array_unref (((GcoapWebOrigins *) data)->texts);
}

void
gcoap_web_origins_unref (GcoapWebOrigins *self)
{
  g_rc_box_release_full (self, clear_cb);
}

gboolean
gcoap_web_origins_allow (GcoapWebOrigins *self,
                         GcoapHttpText    origin)
{
  if (self->any)
    return TRUE;
  for (guint i = 0; i < self->texts->len; i++)
    if (gcoap_http_text_equal (origin, self->texts->pdata[i], FALSE))
      return TRUE;
  return FALSE;
}
