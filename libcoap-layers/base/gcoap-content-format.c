/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Content formats: the registered ones in a constant table, and those of the
 * application in a list that only grows, so that lookups take no lock.
 */
#include "base/gcoap-content-format.h"

#include <string.h>

#include "base/gcoap-error.h"

typedef struct
{
  guint number;
  const char *media_type;
  const char *content_coding;
  /* Short names: the handy one, and the one of the enumeration's value. */
  const char *nick;
  const char *long_nick;
} Definition;

static const Definition registered_formats[] = {
#include "base/gcoap-content-format-table.inc"
};

typedef struct _ApplicationFormat ApplicationFormat;
struct _ApplicationFormat
{
  Definition definition;
  const ApplicationFormat *next;
};

/* New entries are put in front and never removed, so readers need no lock;
 * writers take turns. */
static const ApplicationFormat *application_formats;
G_LOCK_DEFINE_STATIC (application_formats);

/* Walks the registered formats, then those of the application. */
typedef struct
{
  guint index;
  const ApplicationFormat *entry;
} Walk;

static const Definition *
walk_next (Walk *walk)
{
  const Definition *definition;

  if (walk->index < G_N_ELEMENTS (registered_formats))
    {
      definition = &registered_formats[walk->index++];
      if (walk->index == G_N_ELEMENTS (registered_formats))
        walk->entry = g_atomic_pointer_get (&application_formats);
      return definition;
    }

  if (walk->entry == NULL)
    return NULL;

  definition = &walk->entry->definition;
  walk->entry = walk->entry->next;

  return definition;
}

static const Definition *
lookup (guint format)
{
  Walk walk = { 0 };
  const Definition *definition;

  while ((definition = walk_next (&walk)) != NULL)
    {
      if (definition->number == format)
        return definition;
    }

  return NULL;
}

/* Writes a media type so that equal ones have equal text: in lower case,
 * without white space outside quotes, and without quotes. With the parameters,
 * or only up to them. */
static char *
normalize (const char *media_type,
           gboolean    with_parameters)
{
  GString *normal = g_string_new (NULL);
  gboolean quoted = FALSE;

  for (const char *p = media_type; *p != '\0'; p++)
    {
      if (*p == ';' && !quoted && !with_parameters)
        break;
      if (*p == '"')
        quoted = !quoted;
      else if (quoted || !g_ascii_isspace (*p))
        g_string_append_c (normal, g_ascii_tolower (*p));
    }

  return g_string_free (normal, FALSE);
}

static gboolean
is_same_coding (const char *a,
                const char *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return g_ascii_strcasecmp (a, b) == 0;
}

/* Finds the one definition of a media type. A type without parameters also
 * finds one with parameters if that is the only one: text/plain is enough. */
static const Definition *
find_media_type (const char *media_type,
                 const char *content_coding)
{
  g_autofree char *wanted = normalize (media_type, TRUE);
  gboolean bare = strchr (wanted, ';') == NULL;
  const Definition *candidate = NULL;
  guint n_candidates = 0;
  const Definition *definition;
  Walk walk = { 0 };

  while ((definition = walk_next (&walk)) != NULL)
    {
      g_autofree char *exact = NULL;
      g_autofree char *type = NULL;

      if (!is_same_coding (definition->content_coding, content_coding))
        continue;

      exact = normalize (definition->media_type, TRUE);
      if (strcmp (exact, wanted) == 0)
        return definition;

      type = normalize (definition->media_type, FALSE);
      if (bare && strcmp (type, wanted) == 0)
        {
          candidate = definition;
          n_candidates++;
        }
    }

  return n_candidates == 1 ? candidate : NULL;
}

/**
 * gcoap_content_format_get_media_type:
 * @format: the number of a content format
 *
 * Gets the media type of a content format, with its parameters.
 *
 * Returns: (nullable): the media type, or %NULL if the number is not known
 *
 * Since: 0.1
 */
const char *
gcoap_content_format_get_media_type (guint format)
{
  const Definition *definition = lookup (format);

  return definition != NULL ? definition->media_type : NULL;
}

/**
 * gcoap_content_format_get_content_coding:
 * @format: the number of a content format
 *
 * Gets the content coding of a content format, such as deflate.
 *
 * Returns: (nullable): the coding, or %NULL if there is none, or the number is
 *   not known
 *
 * Since: 0.1
 */
const char *
gcoap_content_format_get_content_coding (guint format)
{
  const Definition *definition = lookup (format);

  return definition != NULL ? definition->content_coding : NULL;
}

/**
 * gcoap_content_format_get_nick:
 * @format: the number of a content format
 *
 * Gets a short name of a content format, such as text, json or link-format.
 *
 * Returns: (nullable): the short name, or %NULL if the format is not registered
 *   at IANA
 *
 * Since: 0.1
 */
const char *
gcoap_content_format_get_nick (guint format)
{
  const Definition *definition = lookup (format);

  return definition != NULL ? definition->nick : NULL;
}

/**
 * gcoap_content_format_to_string:
 * @format: the number of a content format
 *
 * Writes a content format as RFC 9193 does: the media type, then @ and the
 * content coding if there is one; or the number if it is not known.
 *
 * Returns: (transfer full): the content format as text
 *
 * Since: 0.1
 */
char *
gcoap_content_format_to_string (guint format)
{
  const Definition *definition = lookup (format);

  if (definition == NULL)
    return g_strdup_printf ("%u", format);

  if (definition->content_coding == NULL)
    return g_strdup (definition->media_type);

  return g_strdup_printf ("%s@%s", definition->media_type, definition->content_coding);
}

/**
 * gcoap_content_format_from_string:
 * @text: a content format as text
 * @format: (out): where to store the number
 * @error: return location for an error
 *
 * Reads a content format: a number up to 65535, which need not be known; a
 * short name such as json; or a media type, with @ and a content coding if
 * there is one (RFC 9193).
 *
 * Case, white space and quotes of media types do not matter. Parameters can be
 * left out if only one known content format has that type and coding. The
 * error is %GCOAP_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE if @text names a content format
 *
 * Since: 0.1
 */
gboolean
gcoap_content_format_from_string (const char *text,
                                  guint      *format,
                                  GError    **error)
{
  const Definition *definition = NULL;
  g_auto (GStrv) parts = NULL;
  guint64 value;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (format != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &value, NULL))
    {
      *format = (guint) value;
      return TRUE;
    }

  for (guint i = 0; definition == NULL && i < G_N_ELEMENTS (registered_formats); i++)
    {
      if (g_ascii_strcasecmp (registered_formats[i].nick, text) == 0 ||
          g_ascii_strcasecmp (registered_formats[i].long_nick, text) == 0)
        definition = &registered_formats[i];
    }

  parts = g_strsplit (text, "@", 2);
  if (definition == NULL && parts[0] != NULL && strchr (parts[0], '/') != NULL)
    definition = find_media_type (parts[0], parts[1]);

  if (definition == NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "“%s” names no single CoAP content format: give a number up to 65535, "
                   "a short name such as json, or a registered media type.", text);
      return FALSE;
    }

  *format = definition->number;
  return TRUE;
}

#define TOKEN_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&-^_.+"

static gboolean
is_token (const char *text,
          gsize       length)
{
  return length > 0 && length <= 127 && strspn (text, TOKEN_CHARACTERS) >= length;
}

/* Type and subtype are restricted names (RFC 6838 §4.2); what follows a
 * semicolon only has to be printable. */
static gboolean
is_media_type (const char *text)
{
  const char *slash = strchr (text, '/');
  gsize subtype_length;

  if (slash == NULL || !is_token (text, (gsize) (slash - text)))
    return FALSE;

  subtype_length = strcspn (slash + 1, "; ");
  if (!is_token (slash + 1, subtype_length))
    return FALSE;

  for (const char *p = slash + 1 + subtype_length; *p != '\0'; p++)
    {
      if (!g_ascii_isprint (*p) || *p == '@')
        return FALSE;
    }

  return TRUE;
}

/**
 * gcoap_content_format_register:
 * @format: the number, up to 65535
 * @media_type: the media type, with its parameters
 * @content_coding: (nullable): the content coding, such as deflate, or %NULL
 * @error: return location for an error
 *
 * Makes a content format of the application known to the library, so that it
 * is found and shown by its media type.
 *
 * The registration holds for the whole process and cannot be undone; doing it
 * again with the same arguments has no effect. It may be called from any
 * thread. The numbers 65000 to 65535 are meant for experiments (RFC 7252 §12.3).
 *
 * The error is %GCOAP_ERROR_INVALID_ARGUMENT if an argument is malformed, or
 * the number belongs to another content format.
 *
 * Returns: %TRUE if the content format is now known
 *
 * Since: 0.1
 */
gboolean
gcoap_content_format_register (guint       format,
                               const char *media_type,
                               const char *content_coding,
                               GError    **error)
{
  const Definition *known;
  gboolean success = TRUE;

  g_return_val_if_fail (media_type != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (format > G_MAXUINT16 || !is_media_type (media_type) ||
      (content_coding != NULL && !is_token (content_coding, strlen (content_coding))))
    {
      g_autofree char *shown = g_strescape (media_type, NULL);

      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The content format %u “%s” cannot be registered: the number is larger than "
                   "65535, or the media type or content coding is malformed.", format, shown);
      return FALSE;
    }

  G_LOCK (application_formats);

  known = lookup (format);
  if (known == NULL)
    {
      ApplicationFormat *entry = g_new0 (ApplicationFormat, 1);

      entry->definition.number = format;
      entry->definition.media_type = g_intern_string (media_type);
      entry->definition.content_coding = g_intern_string (content_coding);
      entry->next = application_formats;
      g_atomic_pointer_set (&application_formats, entry);
    }
  else
    {
      g_autofree char *old = normalize (known->media_type, TRUE);
      g_autofree char *new = normalize (media_type, TRUE);

      success = strcmp (old, new) == 0 && is_same_coding (known->content_coding, content_coding);
      if (!success)
        g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                     "The content format %u “%s” cannot be registered: the number stands for “%s”.",
                     format, media_type, known->media_type);
    }

  G_UNLOCK (application_formats);

  return success;
}
