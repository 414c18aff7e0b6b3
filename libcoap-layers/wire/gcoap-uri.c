/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CoAP URIs as values: text becomes decoded parts and back (RFC 7252 §6,
 * RFC 8323 §8, RFC 3986). What they mean in a message is in
 * gcoap-uri-options.c.
 */
#include "wire/gcoap-uri.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-uri-syntax-private.h"

/**
 * GcoapUri:
 *
 * An absolute CoAP URI, taken apart.
 *
 * The parts are decoded: percent-encodings are resolved, dot segments removed, scheme and host lower case. Two URIs are
 * equivalent by RFC 7252 §6.3 exactly if [method@Uri.to_string] gives the same text for both. Instances are immutable and may
 * be shared between threads.
 *
 * Since: 0.1
 */
struct _GcoapUri
{
  const char *scheme;  /* static, from the table of schemes */
  GcoapUriHost host;
  guint16 port;        /* never 0 */
  char **path;         /* the segments; none for "/" */
  char **query;        /* the arguments; none without "?" */
};

G_DEFINE_BOXED_TYPE (GcoapUri, gcoap_uri, gcoap_uri_ref, gcoap_uri_unref)

/**
 * GCOAP_URI_MAX_LENGTH:
 *
 * The number of bytes of the longest text [func@Uri.parse] looks at.
 *
 * Since: 0.1
 */

/**
 * GCOAP_URI_MAX_COMPONENTS:
 *
 * The number of path segments and query arguments a URI may have together.
 *
 * Since: 0.1
 */

/* RFC 7252 §6.1 and §6.2, RFC 8323 §8.1 to §8.4. */
static const struct
{
  const char *name;
  guint16 port;
} schemes[] = {
  { "coap", 5683 },
  { "coaps", 5684 },
  { "coap+tcp", 5683 },
  { "coaps+tcp", 5684 },
  { "coap+ws", 80 },
  { "coaps+ws", 443 },
};

static gboolean
parse_scheme (GcoapUri *self, const char *text, gsize *offset, GError **error)
{
  gsize length = strcspn (text, ":/?#");

  /* RFC 7252 §6.4 step 1: an absolute URI or nothing. */
  if (text[length] != ':')
    {
      gcoap_uri_syntax_set_error (error, 0, "it does not begin with a scheme such as “coap:”");
      return FALSE;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (strlen (schemes[i].name) == length && g_ascii_strncasecmp (schemes[i].name, text, length) == 0)
      {
        self->scheme = schemes[i].name;
        self->port = schemes[i].port;
        *offset = length + 1;
        return TRUE;
      }

  gcoap_uri_syntax_set_error (error, 0, "its scheme is none of CoAP's");
  return FALSE;
}

static gboolean
parse_port (GcoapUri *self, const char *text, gsize start, gsize end, GError **error)
{
  guint port = 0;

  /* RFC 7252 §6.1: an empty port is the default one. */
  if (start == end)
    return TRUE;

  for (gsize i = start; i < end; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        {
          gcoap_uri_syntax_set_error (error, i, "the port is not a number");
          return FALSE;
        }
      port = port * 10 + (guint) g_ascii_digit_value (text[i]);
      if (port > G_MAXUINT16)
        break;
    }

  if (port == 0 || port > G_MAXUINT16)
    {
      gcoap_uri_syntax_set_error (error, start, "the port is not between 1 and %d", G_MAXUINT16);
      return FALSE;
    }

  self->port = (guint16) port;
  return TRUE;
}

static gboolean
parse_authority (GcoapUri *self, const char *text, gsize start, gsize end, GError **error)
{
  const char *at = memchr (text + start, '@', end - start);
  gsize host_end = start;

  if (at != NULL)
    {
      gcoap_uri_syntax_set_error (error, (gsize) (at - text), "CoAP URIs have no user information before the host");
      return FALSE;
    }

  /* The colons of an IPv6 address are inside brackets. */
  if (start < end && text[start] == '[')
    while (host_end < end && text[host_end] != ']')
      host_end++;
  while (host_end < end && text[host_end] != ':')
    host_end++;

  if (!gcoap_uri_syntax_parse_host (text, start, host_end, &self->host, error))
    return FALSE;
  if (self->host.is_path && end > host_end + 1)
    {
      gcoap_uri_syntax_set_error (error, host_end, "the path of a socket has no port");
      return FALSE;
    }
  return parse_port (self, text, MIN (host_end + 1, end), end, error);
}

/* Where the component that begins at @start ends. */
static gsize
find_separator (const char *text, gsize start, gsize end, char separator)
{
  const char *found = memchr (text + start, separator, end - start);

  return found != NULL ? (gsize) (found - text) : end;
}

/* @n_others have been added elsewhere. */
static gboolean
add_component (GPtrArray *array, char *component, guint n_others, gsize offset, GError **error)
{
  if (array->len + n_others >= GCOAP_URI_MAX_COMPONENTS)
    {
      gcoap_uri_syntax_set_error (error, offset, "it has more than %d path segments and query arguments",
                                  GCOAP_URI_MAX_COMPONENTS);
      g_free (component);
      return FALSE;
    }

  g_ptr_array_add (array, component);
  return TRUE;
}

static void
take_strv (GPtrArray *array, char ***strv)
{
  g_ptr_array_add (array, NULL);
  *strv = (char **) g_ptr_array_steal (array, NULL);
}

static gboolean
parse_path (GcoapUri *self, const char *text, gsize start, gsize end, GError **error)
{
  g_autoptr (GPtrArray) segments = g_ptr_array_new_with_free_func (g_free);

  /* The path is empty or begins with a slash; each slash begins a segment. */
  while (start < end)
    {
      gsize segment_start = start + 1;
      gsize segment_end = find_separator (text, segment_start, end, '/');
      g_autofree char *segment = NULL;
      gboolean is_dot, is_dots;

      segment = gcoap_uri_syntax_decode (text, segment_start, segment_end,
                                         GCOAP_URI_SEGMENT_CHARACTERS, "path segment", error);
      if (segment == NULL)
        return FALSE;

      is_dot = g_str_equal (segment, ".");
      is_dots = g_str_equal (segment, "..");
      if ((is_dot && segment_end - segment_start != 1) || (is_dots && segment_end - segment_start != 2))
        {
          /* RFC 7252 §5.10.1: no option may hold it; resolving it here would
           * leave others on the way with another idea of the path. */
          gcoap_uri_syntax_set_error (error, segment_start, "a dot segment is percent-encoded");
          return FALSE;
        }

      /* RFC 3986 §5.2.4, on segments: what a last dot segment leaves behind is a trailing slash. */
      if (is_dots && segments->len > 0)
        g_ptr_array_remove_index (segments, segments->len - 1);
      if (is_dot || is_dots)
        g_clear_pointer (&segment, g_free);
      if (segment == NULL && segment_end == end)
        segment = g_strdup ("");
      if (segment != NULL && !add_component (segments, g_steal_pointer (&segment), 0, segment_start, error))
        return FALSE;

      start = segment_end;
    }

  /* RFC 7252 §6.4 step 8: a single slash means the same as none. */
  if (segments->len == 1 && *(const char *) segments->pdata[0] == '\0')
    g_ptr_array_set_size (segments, 0);

  take_strv (segments, &self->path);
  return TRUE;
}

/* text[start, end) is empty, or "?" and the query. */
static gboolean
parse_query (GcoapUri *self, const char *text, gsize start, gsize end, GError **error)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  guint n_segments = g_strv_length (self->path);

  while (start < end)
    {
      gsize argument_end = find_separator (text, start + 1, end, '&');
      char *argument = gcoap_uri_syntax_decode (text, start + 1, argument_end,
                                                GCOAP_URI_ARGUMENT_CHARACTERS, "query argument", error);

      if (argument == NULL || !add_component (arguments, argument, n_segments, start, error))
        return FALSE;
      start = argument_end;
    }

  take_strv (arguments, &self->query);
  return TRUE;
}

/**
 * gcoap_uri_parse:
 * @text: the text of a URI
 * @error: return location for an error
 *
 * Parses an absolute CoAP URI.
 *
 * The scheme is one of “coap”, “coaps”, “coap+tcp”, “coaps+tcp”, “coap+ws” and “coaps+ws”. Parsing follows RFC 7252 §6.4 and is
 * strict: a fragment, user information, an empty host, port 0, a NUL character, a percent-encoded dot segment, a component that
 * is not UTF-8 or is longer than 255 bytes when decoded, more than %GCOAP_URI_MAX_COMPONENTS components, and any character
 * RFC 3986 does not allow where it stands, are errors.
 * An IPv6 address may have a zone, written “%25eth0” or “%eth0”. A host that begins with “%2F” is the percent-encoded path of a
 * datagram socket of this machine, as in “coap://%2Frun%2Fdevice.sock/temperature”; it has no port.
 *
 * Returns: (transfer full): the URI, or %NULL with [error@Error] `GCOAP_ERROR_INVALID_URI`, whose message says what is wrong
 *   and at which byte
 *
 * Since: 0.1
 */
GcoapUri *
gcoap_uri_parse (const char *text, GError **error)
{
  g_autoptr (GcoapUri) self = NULL;
  gsize length, start = 0, path, query, end;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  length = strlen (text);
  if (length > GCOAP_URI_MAX_LENGTH)
    {
      gcoap_uri_syntax_set_error (error, GCOAP_URI_MAX_LENGTH, "it is longer than %d bytes", GCOAP_URI_MAX_LENGTH);
      return NULL;
    }

  self = g_atomic_rc_box_new0 (GcoapUri);
  if (!parse_scheme (self, text, &start, error))
    return NULL;

  if (strncmp (text + start, "//", 2) != 0)
    {
      gcoap_uri_syntax_set_error (error, start, "“//” and a host must follow the scheme");
      return NULL;
    }
  start += 2;

  /* RFC 7252 §6.4 step 4. */
  end = find_separator (text, start, length, '#');
  if (end < length)
    {
      gcoap_uri_syntax_set_error (error, end, "CoAP URIs have no fragment");
      return NULL;
    }
  query = find_separator (text, start, end, '?');
  path = find_separator (text, start, query, '/');

  if (!parse_authority (self, text, start, path, error) ||
      !parse_path (self, text, path, query, error) ||
      !parse_query (self, text, query, end, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * gcoap_uri_ref:
 * @self: a URI
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GcoapUri *
gcoap_uri_ref (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GcoapUri *self = data;

  gcoap_uri_host_clear (&self->host);
  g_strfreev (self->path);
  g_strfreev (self->query);
}

/**
 * gcoap_uri_unref:
 * @self: (transfer full): a URI
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_uri_unref (GcoapUri *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * gcoap_uri_get_scheme:
 * @self: a URI
 *
 * Gets the scheme, which is what chooses the transport.
 *
 * Returns: one of “coap”, “coaps”, “coap+tcp”, “coaps+tcp”, “coap+ws”, “coaps+ws”
 *
 * Since: 0.1
 */
const char *
gcoap_uri_get_scheme (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->scheme;
}

/**
 * gcoap_uri_get_host:
 * @self: a URI
 *
 * Gets the host: a name, an IPv4 address, an IPv6 address, or the path of a local socket.
 *
 * It is decoded and in lower case, but for a path, whose case counts; an IPv6 address is in the form RFC 5952 recommends, without
 * brackets and without its zone.
 *
 * Returns: the host, never empty
 *
 * Since: 0.1
 */
const char *
gcoap_uri_get_host (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host.name;
}

/**
 * gcoap_uri_get_zone:
 * @self: a URI
 *
 * Gets the zone of an IPv6 address: the name or number of the network interface it is meant on.
 *
 * A zone means something on this machine only (RFC 6874 §1); it is never put into an option.
 *
 * Returns: (nullable): the zone, or %NULL
 *
 * Since: 0.1
 */
const char *
gcoap_uri_get_zone (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host.zone;
}

/**
 * gcoap_uri_host_is_literal:
 * @self: a URI
 *
 * Tells whether the host is an IP address rather than a name.
 *
 * Returns: %TRUE if it is an address
 *
 * Since: 0.1
 */
gboolean
gcoap_uri_host_is_literal (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->host.is_literal;
}

/**
 * gcoap_uri_host_is_path:
 * @self: a URI
 *
 * Tells whether the host is the path of a socket of this machine, as in “coap://%2Frun%2Fdevice.sock/temperature”.
 *
 * Such a host is never put into an option, for it names nothing to others.
 *
 * Returns: %TRUE if [method@Uri.get_host] gives an absolute path
 *
 * Since: 0.1
 */
gboolean
gcoap_uri_host_is_path (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->host.is_path;
}

/**
 * gcoap_uri_get_port:
 * @self: a URI
 *
 * Gets the port.
 *
 * Returns: the port, the scheme's default if the URI says none; 1 to 65535
 *
 * Since: 0.1
 */
guint16
gcoap_uri_get_port (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

/**
 * gcoap_uri_get_path:
 * @self: a URI
 *
 * Gets the segments of the path, decoded: what Uri-Path options hold.
 *
 * “/a/” has the segments “a” and “”; “/” has none (RFC 7252 §6.4 step 8).
 *
 * Returns: (transfer none) (array zero-terminated=1): the segments, each at most 255 bytes
 *
 * Since: 0.1
 */
const char *const *
gcoap_uri_get_path (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->path;
}

/**
 * gcoap_uri_get_query:
 * @self: a URI
 *
 * Gets the arguments of the query, decoded: what Uri-Query options hold.
 *
 * “?” alone is one empty argument.
 *
 * Returns: (transfer none) (array zero-terminated=1): the arguments, each at most 255 bytes
 *
 * Since: 0.1
 */
const char *const *
gcoap_uri_get_query (GcoapUri *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *const *) self->query;
}

static void
append_origin (GcoapUri *self, GString *url)
{
  g_string_append_printf (url, "%s://", self->scheme);
  gcoap_uri_host_append (&self->host, url);
  /* RFC 7252 §6.3: the normal form elides the default port. */
  if (self->port != gcoap_uri_scheme_get_default_port (self->scheme))
    g_string_append_printf (url, ":%u", self->port);
}

static void
append_path (GcoapUri *self, GString *url)
{
  if (self->path[0] == NULL)
    g_string_append_c (url, '/');

  for (gsize i = 0; self->path[i] != NULL; i++)
    {
      g_string_append_c (url, '/');
      g_string_append_uri_escaped (url, self->path[i], GCOAP_URI_SEGMENT_CHARACTERS, FALSE);
    }
}

static void
append_query (GcoapUri *self, GString *url)
{
  for (gsize i = 0; self->query[i] != NULL; i++)
    {
      g_string_append_c (url, i == 0 ? '?' : '&');
      g_string_append_uri_escaped (url, self->query[i], GCOAP_URI_ARGUMENT_CHARACTERS, FALSE);
    }
}

/**
 * gcoap_uri_dup_origin:
 * @self: a URI
 *
 * Gets where a request for this URI goes: “scheme://host[:port]”.
 *
 * The port is left out when it is the scheme's default. A zone is included, as “%25eth0”.
 *
 * Returns: (transfer full): the origin
 *
 * Since: 0.1
 */
char *
gcoap_uri_dup_origin (GcoapUri *self)
{
  g_autoptr (GString) url = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  url = g_string_new (NULL);
  append_origin (self, url);

  return g_string_free (g_steal_pointer (&url), FALSE);
}

/**
 * gcoap_uri_to_string:
 * @self: a URI
 *
 * Writes the URI in its normal form (RFC 7252 §6.3).
 *
 * Returns: (transfer full): the text, which [func@Uri.parse] understands
 *
 * Since: 0.1
 */
char *
gcoap_uri_to_string (GcoapUri *self)
{
  g_autoptr (GString) url = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  url = g_string_new (NULL);
  append_origin (self, url);
  append_path (self, url);
  append_query (self, url);

  return g_string_free (g_steal_pointer (&url), FALSE);
}

/**
 * gcoap_uri_resolve:
 * @self: the base URI
 * @reference: a URI, or a relative reference such as “../x?y” or “/.well-known/core”
 * @error: return location for an error
 *
 * Resolves a reference found in a representation of the resource at @self (RFC 3986 §5.2).
 *
 * The result must be a CoAP URI; in particular a reference to a URI of another scheme, and one with a fragment, are errors.
 *
 * Returns: (transfer full): the resolved URI, or %NULL with [error@Error] `GCOAP_ERROR_INVALID_URI`; the byte its message
 *   names is counted in the resolved text
 *
 * Since: 0.1
 */
GcoapUri *
gcoap_uri_resolve (GcoapUri *self, const char *reference, GError **error)
{
  g_autoptr (GString) url = NULL;
  gsize first;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (reference != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  /* RFC 3986 §4.2: a colon in the first segment ends a scheme. */
  first = strcspn (reference, ":/?#");
  if (reference[first] == ':')
    return gcoap_uri_parse (reference, error);

  /* RFC 3986 §5.2.2: each part that the reference lacks comes from the base;
   * the parser removes the dot segments. */
  url = g_string_new (NULL);
  if (g_str_has_prefix (reference, "//"))
    {
      g_string_append_printf (url, "%s:", self->scheme);
    }
  else
    {
      append_origin (self, url);
      if (reference[0] != '/')
        append_path (self, url);
      if (first > 0)
        /* RFC 3986 §5.2.3: the reference replaces the last segment. */
        g_string_truncate (url, (gsize) (strrchr (url->str, '/') - url->str) + 1);
      else if (reference[0] == '\0' || reference[0] == '#')
        append_query (self, url);
    }
  g_string_append (url, reference);

  return gcoap_uri_parse (url->str, error);
}

/**
 * gcoap_uri_scheme_get_default_port:
 * @scheme: a URI scheme, in any case
 *
 * Looks up the port that URIs of a scheme mean when they say none.
 *
 * Returns: the port, or 0 if this is no scheme of CoAP
 *
 * Since: 0.1
 */
guint16
gcoap_uri_scheme_get_default_port (const char *scheme)
{
  g_return_val_if_fail (scheme != NULL, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strcasecmp (schemes[i].name, scheme) == 0)
      return schemes[i].port;

  return 0;
}
