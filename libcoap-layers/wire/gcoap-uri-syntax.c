/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RFC 3986, the grammar that URIs of every scheme share. GUri accepts and
 * repairs much that it forbids, and cannot say where it is wrong; a value that
 * becomes an option is better refused than repaired.
 */
#include "wire/gcoap-uri-syntax-private.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/gcoap-error.h"

void
gcoap_uri_host_clear (GcoapUriHost *host)
{
  g_clear_pointer (&host->name, g_free);
  g_clear_pointer (&host->zone, g_free);
}

/* The inverse of gcoap_uri_syntax_parse_host(). */
void
gcoap_uri_host_append (const GcoapUriHost *host, GString *url)
{
  /* Of the others only an IPv6 address has colons: names cannot hold one. */
  if (host->name[0] == '/' || strchr (host->name, ':') == NULL)
    {
      g_string_append_uri_escaped (url, host->name, GCOAP_URI_HOST_CHARACTERS, FALSE);
      return;
    }

  g_string_append_printf (url, "[%s", host->name);
  if (host->zone != NULL)
    {
      /* RFC 6874 §2: the percent sign before a zone is itself encoded. */
      g_string_append (url, "%25");
      g_string_append_uri_escaped (url, host->zone, NULL, FALSE);
    }
  g_string_append_c (url, ']');
}

void
gcoap_uri_syntax_set_error (GError **error, gsize offset, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI,
               "Invalid URI: %s (byte %" G_GSIZE_FORMAT ").", reason, offset);
}

/* RFC 3986 §2.3 and, from @allowed, §2.2. */
static gboolean
is_allowed (char c, const char *allowed)
{
  return g_ascii_isalnum (c) ||
         (c != '\0' && strchr ("-._~", c) != NULL) ||
         (c != '\0' && strchr (allowed, c) != NULL);
}

gboolean
gcoap_uri_syntax_check (const char *text, gsize start, gsize end, const char *allowed, gsize *bad)
{
  gsize i = start;

  while (i < end)
    {
      if (text[i] == '%' && end - i > 2 && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2]))
        i += 3;
      else if (text[i] != '%' && is_allowed (text[i], allowed))
        i++;
      else
        {
          *bad = i;
          return FALSE;
        }
    }

  return TRUE;
}

char *
gcoap_uri_syntax_decode (const char *text,
                         gsize start,
                         gsize end,
                         const char *allowed,
                         const char *what,
                         GError **error)
{
  g_autoptr (GString) value = g_string_sized_new (MIN (end - start, GCOAP_URI_MAX_COMPONENT));
  gsize bad;

  if (!gcoap_uri_syntax_check (text, start, end, allowed, &bad))
    {
      if (text[bad] == '%')
        gcoap_uri_syntax_set_error (error, bad, "“%%” is not followed by two hexadecimal digits");
      else
        gcoap_uri_syntax_set_error (error, bad, "the %s holds a character that must be percent-encoded", what);
      return NULL;
    }

  for (gsize i = start; i < end; i++)
    {
      char c = text[i];

      if (c == '%')
        {
          c = (char) (g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
          /* Text that C strings would cut short invites disagreement about what it names. */
          if (c == '\0')
            {
              gcoap_uri_syntax_set_error (error, i, "the %s holds a NUL character", what);
              return NULL;
            }
          i += 2;
        }

      if (value->len == GCOAP_URI_MAX_COMPONENT)
        {
          gcoap_uri_syntax_set_error (error, i, "the %s is longer than %d bytes", what, GCOAP_URI_MAX_COMPONENT);
          return NULL;
        }
      g_string_append_c (value, c);
    }

  /* RFC 7252 §6.4: decoded components are UTF-8. */
  if (!g_utf8_validate_len (value->str, value->len, NULL))
    {
      gcoap_uri_syntax_set_error (error, start, "the %s is not UTF-8 when decoded", what);
      return NULL;
    }

  return g_string_free (g_steal_pointer (&value), FALSE);
}

/* The zone begins at the first "%" of a literal: "%25eth0" as RFC 6874 §2
 * wants it, or "%eth0" as people type it. */
static char *
decode_zone (const char *text, gsize start, gsize end, GError **error)
{
  g_autofree char *zone = NULL;

  g_assert (text[start] == '%');
  start += end - start > 2 && text[start + 1] == '2' && text[start + 2] == '5' ? 3 : 1;
  if (start == end)
    {
      gcoap_uri_syntax_set_error (error, start, "the zone of the IPv6 address is empty");
      return NULL;
    }

  zone = gcoap_uri_syntax_decode (text, start, end, "", "zone of the IPv6 address", error);
  if (zone == NULL)
    return NULL;

  /* A zone names a network interface: printable, and no second zone in it. */
  for (const char *c = zone; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c) || strchr ("%/[]", *c) != NULL)
      {
        gcoap_uri_syntax_set_error (error, start, "the zone of the IPv6 address is no interface name");
        return NULL;
      }

  return g_steal_pointer (&zone);
}

static gboolean
parse_literal (const char *text, gsize start, gsize end, GcoapUriHost *host, GError **error)
{
  g_autofree char *zone = NULL;
  char address[INET6_ADDRSTRLEN] = { 0 };
  struct in6_addr binary;
  gsize address_end = start + 1;

  if (end - start < 2 || text[end - 1] != ']')
    {
      gcoap_uri_syntax_set_error (error, start, "“[” has no matching “]”");
      return FALSE;
    }
  end--;

  while (address_end < end && text[address_end] != '%')
    address_end++;
  if (address_end < end)
    {
      zone = decode_zone (text, address_end, end, error);
      if (zone == NULL)
        return FALSE;
    }

  /* RFC 3986 also knows addresses of later versions; there are none. */
  if (address_end - start - 1 < sizeof address)
    memcpy (address, text + start + 1, address_end - start - 1);
  if (inet_pton (AF_INET6, address, &binary) != 1)
    {
      gcoap_uri_syntax_set_error (error, start + 1, "there is no IPv6 address between the brackets");
      return FALSE;
    }

  /* RFC 7252 §6.3: the recommended form, RFC 5952, is the normal one. */
  inet_ntop (AF_INET6, &binary, address, sizeof address);
  host->name = g_strdup (address);
  host->zone = g_steal_pointer (&zone);
  host->is_literal = TRUE;

  return TRUE;
}

/* What begins with an encoded slash can be no name of a host: it is where a
 * socket of this machine stands in the file system. */
static gboolean
is_path (const char *text, gsize start, gsize end)
{
  return end - start >= 3 && g_ascii_strncasecmp (text + start, "%2f", 3) == 0;
}

static gboolean
parse_path_host (const char *text, gsize start, gsize end, GcoapUriHost *host, GError **error)
{
  g_autofree char *path = gcoap_uri_syntax_decode (text, start, end, GCOAP_URI_HOST_CHARACTERS, "host", error);

  if (path == NULL)
    return FALSE;

  for (const char *c = path; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      {
        gcoap_uri_syntax_set_error (error, start, "the path of the socket holds a control character");
        return FALSE;
      }

  host->name = g_steal_pointer (&path);
  host->is_path = TRUE;

  return TRUE;
}

gboolean
gcoap_uri_syntax_parse_host (const char *text,
                             gsize start,
                             gsize end,
                             GcoapUriHost *host,
                             GError **error)
{
  g_autofree char *name = NULL;
  struct in_addr binary;

  /* RFC 7252 §6.1: the host must not be empty. */
  if (start == end)
    {
      gcoap_uri_syntax_set_error (error, start, "the host is empty");
      return FALSE;
    }

  if (text[start] == '[')
    return parse_literal (text, start, end, host, error);
  if (is_path (text, start, end))
    return parse_path_host (text, start, end, host, error);

  name = gcoap_uri_syntax_decode (text, start, end, GCOAP_URI_HOST_CHARACTERS, "host", error);
  if (name == NULL)
    return FALSE;

  /* RFC 7252 §6.5 step 2 percent-encodes only what is not ASCII, so that
   * other characters could not be composed again. */
  for (char *c = name; *c != '\0'; c++)
    {
      if ((guchar) *c < 0x80 && !is_allowed (*c, GCOAP_URI_HOST_CHARACTERS))
        {
          gcoap_uri_syntax_set_error (error, start, "the host holds a character no host may hold");
          return FALSE;
        }
      /* After decoding, unlike RFC 7252 §6.4 step 5: "%41" means "A" (RFC 3986 §6.2.2.2). */
      *c = g_ascii_tolower (*c);
    }

  host->is_literal = inet_pton (AF_INET, name, &binary) == 1;
  host->name = g_steal_pointer (&name);
  host->zone = NULL;

  return TRUE;
}

/* RFC 3986 §3.1. */
gboolean
gcoap_uri_syntax_is_scheme (const char *text, gsize length)
{
  if (length == 0 || !g_ascii_isalpha (text[0]))
    return FALSE;

  for (gsize i = 1; i < length; i++)
    if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '-' && text[i] != '.')
      return FALSE;

  return TRUE;
}

/* Where the first of @stops stands in text[start, length), else @length. */
static gsize
find_any (const char *text, gsize start, gsize length, const char *stops)
{
  while (start < length && (text[start] == '\0' || strchr (stops, text[start]) == NULL))
    start++;

  return start;
}

gboolean
gcoap_uri_syntax_is_reference (const char *text, gsize length, gsize *bad)
{
  gsize start = 0;
  gsize end = find_any (text, 0, length, ":/?#");

  if (end < length && text[end] == ':')
    {
      /* RFC 3986 §4.2: without scheme, the first segment has no colon. */
      if (!gcoap_uri_syntax_is_scheme (text, end))
        {
          *bad = 0;
          return FALSE;
        }
      start = end + 1;
    }

  if (length - start >= 2 && text[start] == '/' && text[start + 1] == '/')
    {
      start += 2;
      end = find_any (text, start, length, "/?#");
      if (!gcoap_uri_syntax_check (text, start, end, GCOAP_URI_SEGMENT_CHARACTERS "[]", bad))
        return FALSE;
      start = end;
    }

  end = find_any (text, start, length, "?#");
  if (!gcoap_uri_syntax_check (text, start, end, GCOAP_URI_SEGMENT_CHARACTERS "/", bad))
    return FALSE;

  if (end < length && text[end] == '?')
    {
      start = end + 1;
      end = find_any (text, start, length, "#");
      if (!gcoap_uri_syntax_check (text, start, end, GCOAP_URI_QUERY_CHARACTERS, bad))
        return FALSE;
    }

  return end == length ||
         gcoap_uri_syntax_check (text, end + 1, length, GCOAP_URI_QUERY_CHARACTERS, bad);
}
