/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a URI means in a message: the Uri-* options made from one (RFC 7252
 * §6.4), the URI made from those or from Proxy-* options (§6.5, §5.10.2), and
 * the reference that Location-* options make (§5.10.7).
 */
#include "wire/gcoap-uri.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-uri-syntax-private.h"

static void
add_strings (GcoapMessage *message, guint number, const char *const *values)
{
  for (gsize i = 0; values[i] != NULL; i++)
    gcoap_message_add_option_string (message, number, values[i]);
}

/**
 * gcoap_uri_apply:
 * @self: a URI
 * @message: a request that is not locked
 *
 * Makes a request ask for the resource a URI names (RFC 7252 §6.4).
 *
 * Sets Uri-Path and Uri-Query, Uri-Host if the host is a name (not an address, nor the path of a socket), and the message's destination to the origin of @self. Removes
 * every other option that would name a target: Uri-Port, which is not needed since the request goes to that port, Proxy-Uri and
 * Proxy-Scheme.
 *
 * Since: 0.1
 */
void
gcoap_uri_apply (GcoapUri *self, GcoapMessage *message)
{
  static const guint target_options[] = {
    GCOAP_OPTION_URI_HOST, GCOAP_OPTION_URI_PORT, GCOAP_OPTION_URI_PATH, GCOAP_OPTION_URI_QUERY,
    GCOAP_OPTION_PROXY_URI, GCOAP_OPTION_PROXY_SCHEME,
  };
  g_autofree char *origin = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (message != NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (target_options); i++)
    gcoap_message_remove_option (message, target_options[i]);

  /* RFC 7252 §6.4 step 5: the server knows the address a request came to, and
   * so it does the path of its socket. */
  if (!gcoap_uri_host_is_literal (self) && !gcoap_uri_host_is_path (self))
    gcoap_message_set_option_string (message, GCOAP_OPTION_URI_HOST, gcoap_uri_get_host (self));
  add_strings (message, GCOAP_OPTION_URI_PATH, gcoap_uri_get_path (self));
  add_strings (message, GCOAP_OPTION_URI_QUERY, gcoap_uri_get_query (self));

  origin = gcoap_uri_dup_origin (self);
  gcoap_message_set_destination (message, origin);
}

/**
 * gcoap_message_new_for_uri:
 * @code: a request code
 * @uri: the text of a CoAP URI
 * @error: return location for an error
 *
 * Makes a request for the resource a URI names.
 *
 * The URI is parsed by [func@Uri.parse] and becomes options by [method@Uri.apply].
 *
 * Returns: (transfer full): the request, or %NULL with [error@Error] `GCOAP_ERROR_INVALID_URI`
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_message_new_for_uri (GcoapCode code, const char *uri, GError **error)
{
  g_autoptr (GcoapUri) parsed = NULL;
  g_autoptr (GcoapMessage) self = NULL;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  parsed = gcoap_uri_parse (uri, error);
  if (parsed == NULL)
    return NULL;

  self = gcoap_message_new (code);
  gcoap_uri_apply (parsed, self);

  return g_steal_pointer (&self);
}

static void
set_option_error (GError **error, const char *reason)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI, "The request names no URI: %s.", reason);
}

/* An option's value as text; NULL if no URI that we parse could have made it. */
static char *
dup_text (GcoapMessage *message, guint number, guint i)
{
  gsize length = 0;
  const guint8 *data = gcoap_message_peek_option (message, number, i, &length);

  /* GLib's check finds NUL invalid too. */
  if (length > 0 && !g_utf8_validate_len ((const char *) data, length, NULL))
    return NULL;

  return length > 0 ? g_strndup ((const char *) data, length) : g_strdup ("");
}

/* RFC 7252 §6.5 steps 6 to 8. Returns what is wrong, or NULL. */
static const char *
append_resource_name (GcoapMessage *message, guint path_number, guint query_number, GString *url)
{
  guint n_segments = gcoap_message_count_option (message, path_number);
  guint n_arguments = gcoap_message_count_option (message, query_number);

  for (guint i = 0; i < n_segments; i++)
    {
      g_autofree char *segment = dup_text (message, path_number, i);

      if (segment == NULL)
        return "a path option is not UTF-8 text";
      /* RFC 7252 §5.10.1, §5.10.7: no dot segments; in a URI they would name another resource. */
      if (g_str_equal (segment, ".") || g_str_equal (segment, ".."))
        return "a path option is a dot segment";

      g_string_append_c (url, '/');
      g_string_append_uri_escaped (url, segment, GCOAP_URI_SEGMENT_CHARACTERS, FALSE);
    }
  if (n_segments == 0)
    g_string_append_c (url, '/');

  for (guint i = 0; i < n_arguments; i++)
    {
      g_autofree char *argument = dup_text (message, query_number, i);

      if (argument == NULL)
        return "a query option is not UTF-8 text";

      g_string_append_c (url, i == 0 ? '?' : '&');
      g_string_append_uri_escaped (url, argument, GCOAP_URI_ARGUMENT_CHARACTERS, FALSE);
    }

  return NULL;
}

/* RFC 7252 §6.5 steps 2 and 3, for a request with Uri-Host. */
static gboolean
append_uri_host (GcoapMessage *request, GString *url, GError **error)
{
  g_auto (GcoapUriHost) host = { 0 };
  g_autofree char *value = dup_text (request, GCOAP_OPTION_URI_HOST, 0);
  g_autoptr (GString) text = g_string_new (NULL);

  /* A percent sign would be the remains of an encoding, or begin a zone,
   * which means nothing to another machine. */
  if (value == NULL || strchr (value, '%') != NULL)
    {
      set_option_error (error, "Uri-Host is no host");
      return FALSE;
    }

  /* Only non-ASCII characters are encoded; the parser refuses all others
   * that may not stand in a host. */
  for (const char *c = value; *c != '\0'; c++)
    if ((guchar) *c < 0x80)
      g_string_append_c (text, *c);
    else
      g_string_append_printf (text, "%%%02X", (guchar) *c);

  if (!gcoap_uri_syntax_parse_host (text->str, 0, text->len, &host, NULL))
    {
      set_option_error (error, "Uri-Host is no host");
      return FALSE;
    }

  gcoap_uri_host_append (&host, url);
  return TRUE;
}

/* RFC 7252 §6.5 steps 4 and 5. */
static gboolean
append_port (GcoapMessage *request, GcoapUri *origin, const char *scheme, GString *url, GError **error)
{
  guint port = gcoap_uri_get_port (origin);
  guint default_port = gcoap_uri_scheme_get_default_port (gcoap_uri_get_scheme (origin));

  if (gcoap_message_has_option (request, GCOAP_OPTION_URI_PORT))
    {
      if (!gcoap_message_get_option_uint (request, GCOAP_OPTION_URI_PORT, &port) ||
          port == 0 || port > G_MAXUINT16)
        {
          set_option_error (error, "Uri-Port is not between 1 and 65535");
          return FALSE;
        }
      /* RFC 7252 §5.10.2 exchanges the scheme at the end. A port said
       * explicitly and elided as the default of the old one would then
       * become the default of the new one, so this goes by the new one. */
      default_port = gcoap_uri_scheme_get_default_port (scheme);
    }

  if (port != default_port)
    g_string_append_printf (url, ":%u", port);

  return TRUE;
}

/* RFC 7252 §5.10.2: an absolute-URI, of any scheme. */
static char *
dup_proxy_uri (GcoapMessage *request, GError **error)
{
  g_autofree char *uri = dup_text (request, GCOAP_OPTION_PROXY_URI, 0);
  gsize bad;

  if (uri == NULL || !gcoap_uri_syntax_is_scheme (uri, strcspn (uri, ":/?#")) ||
      uri[strcspn (uri, ":/?#")] != ':' || strchr (uri, '#') != NULL ||
      !gcoap_uri_syntax_is_reference (uri, strlen (uri), &bad))
    {
      set_option_error (error, "Proxy-Uri is no absolute URI");
      return NULL;
    }

  return g_steal_pointer (&uri);
}

static char *
dup_scheme (GcoapMessage *request, GcoapUri *origin, GError **error)
{
  g_autofree char *scheme = NULL;

  if (!gcoap_message_has_option (request, GCOAP_OPTION_PROXY_SCHEME))
    return g_strdup (gcoap_uri_get_scheme (origin));

  scheme = dup_text (request, GCOAP_OPTION_PROXY_SCHEME, 0);
  if (scheme == NULL || !gcoap_uri_syntax_is_scheme (scheme, strlen (scheme)))
    {
      set_option_error (error, "Proxy-Scheme is no scheme");
      return NULL;
    }

  return g_ascii_strdown (scheme, -1);
}

/**
 * gcoap_uri_compose:
 * @request: a request
 * @origin: (nullable): where the request goes or went to, such as “coap://[2001:db8::1]”; %NULL for the destination of @request
 * @error: return location for an error
 *
 * Composes the URI of the resource a request is for (RFC 7252 §6.5).
 *
 * @origin stands in for the options that are absent: its scheme always, its host (with its zone) without Uri-Host, its port
 * without Uri-Port. A Proxy-Scheme option replaces the scheme, which then need not be one of CoAP's; a Proxy-Uri option is
 * returned as it is (RFC 7252 §5.10.2).
 *
 * Options from which no URI can be made, and that none could have produced, are errors: a Uri-Host that is no host, dot segments,
 * text that is not UTF-8 or contains NUL.
 *
 * Returns: (transfer full): the URI in normal form, or %NULL with [error@Error] `GCOAP_ERROR_INVALID_URI`
 *
 * Since: 0.1
 */
char *
gcoap_uri_compose (GcoapMessage *request, const char *origin, GError **error)
{
  g_autoptr (GcoapUri) base = NULL;
  g_autoptr (GString) url = NULL;
  g_autofree char *scheme = NULL;
  const char *reason;

  g_return_val_if_fail (request != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* RFC 7252 §5.10.2: it takes precedence over all the others. */
  if (gcoap_message_has_option (request, GCOAP_OPTION_PROXY_URI))
    return dup_proxy_uri (request, error);

  if (origin == NULL)
    origin = gcoap_message_get_destination (request);
  if (origin == NULL)
    {
      set_option_error (error, "it is not known where it goes to");
      return NULL;
    }

  base = gcoap_uri_parse (origin, error);
  if (base == NULL)
    return NULL;
  scheme = dup_scheme (request, base, error);
  if (scheme == NULL)
    return NULL;

  url = g_string_new (scheme);
  g_string_append (url, "://");
  if (gcoap_message_has_option (request, GCOAP_OPTION_URI_HOST))
    {
      if (!append_uri_host (request, url, error))
        return NULL;
    }
  else
    {
      GcoapUriHost host = {
        .name = (char *) gcoap_uri_get_host (base),
        .zone = (char *) gcoap_uri_get_zone (base),
      };

      gcoap_uri_host_append (&host, url);
    }
  /* A socket that is found by its path has no port. */
  if ((!gcoap_uri_host_is_path (base) || gcoap_message_has_option (request, GCOAP_OPTION_URI_HOST)) &&
      !append_port (request, base, scheme, url, error))
    return NULL;

  reason = append_resource_name (request, GCOAP_OPTION_URI_PATH, GCOAP_OPTION_URI_QUERY, url);
  if (reason != NULL)
    {
      set_option_error (error, reason);
      return NULL;
    }

  return g_string_free (g_steal_pointer (&url), FALSE);
}

/**
 * gcoap_uri_compose_location:
 * @response: a response
 *
 * Composes the reference that the Location-Path and Location-Query options make (RFC 7252 §5.10.7).
 *
 * It always begins with the slash of an absolute path and is to be resolved against the URI of the request, with
 * [method@Uri.resolve].
 *
 * Returns: (transfer full) (nullable): the reference, or %NULL if the response has no such options, or some that no reference
 *   can be made of: a dot segment, text that is not UTF-8, or one of the option numbers reserved for later Location-* options
 *
 * Since: 0.1
 */
char *
gcoap_uri_compose_location (GcoapMessage *response)
{
  /* RFC 7252 §12.2. */
  static const guint reserved[] = { 128, 132, 136, 140 };
  g_autoptr (GString) url = NULL;
  gsize length = 0;

  g_return_val_if_fail (response != NULL, NULL);

  if (!gcoap_message_has_option (response, GCOAP_OPTION_LOCATION_PATH) &&
      !gcoap_message_has_option (response, GCOAP_OPTION_LOCATION_QUERY))
    return NULL;

  /* RFC 7252 §5.10.7 as corrected: together with these, the location is
   * something that only whoever knows them can tell. */
  for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (gcoap_message_has_option (response, reserved[i]))
      return NULL;

  url = g_string_new (NULL);
  /* A reference that begins with two slashes would name a host (RFC 3986
   * §4.2); a dot segment in front, which resolving removes, keeps it a path. */
  if (gcoap_message_count_option (response, GCOAP_OPTION_LOCATION_PATH) > 1)
    {
      gcoap_message_peek_option (response, GCOAP_OPTION_LOCATION_PATH, 0, &length);
      if (length == 0)
        g_string_append (url, "/.");
    }

  if (append_resource_name (response, GCOAP_OPTION_LOCATION_PATH, GCOAP_OPTION_LOCATION_QUERY, url) != NULL)
    return NULL;

  return g_string_free (g_steal_pointer (&url), FALSE);
}
