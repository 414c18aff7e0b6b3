/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and addresses of servers. */
#include "gcoap-keygen/keygen-host.h"

#include <string.h>

#include "gcoap-keygen/keygen-options.h"

/* RFC 1035 §2.3.4 */
#define MAX_NAME 253
#define MAX_LABEL 63

static gboolean
is_label (const char *label)
{
  gsize length = strlen (label);

  if (length == 0 || length > MAX_LABEL || *label == '-' || label[length - 1] == '-')
    return FALSE;
  for (const char *p = label; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return FALSE;
  return TRUE;
}

/* A star may be the whole of the first label (RFC 6125 §6.4.3). */
static gboolean
is_name (const char *name)
{
  g_auto (GStrv) labels = g_strsplit (name, ".", -1);
  guint first = g_strcmp0 (labels[0], "*") == 0 && labels[1] != NULL ? 1 : 0;

  if (strlen (name) > MAX_NAME || labels[0] == NULL)
    return FALSE;
  for (guint i = first; labels[i] != NULL; i++)
    if (!is_label (labels[i]))
      return FALSE;
  return TRUE;
}

static GInetAddress *
parse_address (const char *text)
{
  gsize length = strlen (text);
  g_autofree char *inner = NULL;

  if (length < 2 || text[0] != '[' || text[length - 1] != ']')
    return g_inet_address_new_from_string (text);
  inner = g_strndup (text + 1, length - 2);
  return strchr (inner, ':') != NULL ? g_inet_address_new_from_string (inner) : NULL;
}

KeygenHost *
keygen_host_parse (const char *text,
                   GError    **error)
{
  g_autoptr (GInetAddress) address = parse_address (text);
  g_autofree char *name = NULL;
  KeygenHost *self;

  if (address != NULL)
    name = g_inet_address_to_string (address);
  else if (g_utf8_validate (text, -1, NULL))
    name = g_hostname_to_ascii (text);
  if (name == NULL || (address == NULL && !is_name (name)))
    {
      keygen_options_fail (error, "“%s” is neither the name of a host nor an IP address.", text);
      return NULL;
    }
  self = g_new0 (KeygenHost, 1);
  self->name = g_steal_pointer (&name);
  self->address = g_steal_pointer (&address);
  return self;
}

void
keygen_host_free (KeygenHost *self)
{
  g_clear_object (&self->address);
  g_free (self->name);
  g_free (self);
}

char *
keygen_host_dup_pattern (const KeygenHost *self,
                         const char       *scheme)
{
  gboolean has_brackets;

  if (self == NULL || *self->name == '*')
    return g_strconcat (scheme, "://host/*", NULL);
  has_brackets = self->address != NULL && g_inet_address_get_family (self->address) == G_SOCKET_FAMILY_IPV6;
  return g_strconcat (scheme, has_brackets ? "://[" : "://", self->name, has_brackets ? "]/*" : "/*", NULL);
}

char *
keygen_host_make_pattern (char      **hosts,
                          const char *scheme,
                          GError    **error)
{
  g_autoptr (KeygenHost) host = NULL;

  if (hosts != NULL)
    {
      host = keygen_host_parse (hosts[0], error);
      if (host == NULL)
        return NULL;
    }
  return keygen_host_dup_pattern (host, scheme);
}
