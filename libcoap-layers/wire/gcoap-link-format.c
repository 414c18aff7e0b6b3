/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of links: RFC 6690 §2 parsed strictly, written, and filtered (§4.1).
 */
#include "wire/gcoap-link-format.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-link-private.h"
#include "wire/gcoap-uri-syntax-private.h"

/**
 * GCOAP_LINK_FORMAT_MAX_BYTES:
 *
 * The number of bytes of the longest text [func@Link.format_parse] takes.
 *
 * Since: 0.1
 */

/**
 * GCOAP_LINK_FORMAT_MAX_LINKS:
 *
 * The number of links [func@Link.format_parse] takes.
 *
 * Since: 0.1
 */

typedef struct
{
  const char *text;
  gsize length;
  gsize offset;
} Cursor;

static void
set_error (GError **error, gsize offset, const char *reason)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
               "Invalid link format: %s (byte %" G_GSIZE_FORMAT ").", reason, offset);
}

static gboolean
is_next (const Cursor *cursor, char c)
{
  return cursor->offset < cursor->length && cursor->text[cursor->offset] == c;
}

static gboolean
skip (Cursor *cursor, char c)
{
  if (!is_next (cursor, c))
    return FALSE;

  cursor->offset++;
  return TRUE;
}

/* Takes the characters up to the first that is not of the kind. */
static char *
take_span (Cursor *cursor, gboolean (*is_of_kind) (char c))
{
  gsize start = cursor->offset;

  while (cursor->offset < cursor->length && is_of_kind (cursor->text[cursor->offset]))
    cursor->offset++;

  return g_strndup (cursor->text + start, cursor->offset - start);
}

/* RFC 2616 §2.2, after the first quote. */
static char *
take_quoted (Cursor *cursor, GError **error)
{
  g_autoptr (GString) value = g_string_new (NULL);
  gsize start = cursor->offset - 1;

  while (cursor->offset < cursor->length)
    {
      char c = cursor->text[cursor->offset];

      if (c == '"')
        {
          cursor->offset++;
          return g_string_free (g_steal_pointer (&value), FALSE);
        }

      if (c == '\\')
        {
          cursor->offset++;
          if (cursor->offset == cursor->length)
            break;
          c = cursor->text[cursor->offset];
          if ((guchar) c >= 0x80)
            {
              set_error (error, cursor->offset, "only ASCII characters can be escaped");
              return NULL;
            }
        }

      g_string_append_c (value, c);
      cursor->offset++;
    }

  set_error (error, start, "a quoted string has no end");
  return NULL;
}

static char *
take_value (Cursor *cursor, GError **error)
{
  g_autofree char *value = NULL;

  if (skip (cursor, '"'))
    return take_quoted (cursor, error);

  value = take_span (cursor, gcoap_link_is_token_char);
  if (*value == '\0')
    {
      set_error (error, cursor->offset, "a value must follow “=”");
      return NULL;
    }

  return g_steal_pointer (&value);
}

/* After the semicolon. */
static gboolean
parse_attribute (Cursor *cursor, GcoapLink *link, GError **error)
{
  gsize name_start = cursor->offset, value_start;
  g_autofree char *name = take_span (cursor, gcoap_link_is_name_char);
  g_autofree char *value = NULL;
  const char *reason;
  gboolean is_extended, is_quoted;

  is_extended = *name != '\0' && skip (cursor, '*');
  if (is_extended)
    {
      char *extended = g_strconcat (name, "*", NULL);

      g_free (name);
      name = extended;
    }

  if (skip (cursor, '='))
    {
      value_start = cursor->offset;
      is_quoted = is_next (cursor, '"');
      value = take_value (cursor, error);
      if (value == NULL)
        return FALSE;
      /* RFC 6690 §2: an extended value has no quotes, an anchor has. */
      if (is_quoted ? is_extended : g_ascii_strcasecmp (name, "anchor") == 0)
        {
          set_error (error, value_start, is_quoted ? "this value has no quotes" : "this value needs quotes");
          return FALSE;
        }
    }
  else if (is_extended)
    {
      set_error (error, cursor->offset, "“=” must follow");
      return FALSE;
    }

  reason = gcoap_link_check_attribute (name, value);
  if (reason == NULL && gcoap_link_must_be_single (name) && gcoap_link_get_attribute (link, name) != NULL)
    reason = "this attribute may appear only once in a link";
  if (reason != NULL)
    {
      set_error (error, name_start, reason);
      return FALSE;
    }

  if (gcoap_link_only_first_counts (name) && gcoap_link_get_attribute (link, name) != NULL)
    return TRUE;

  if (gcoap_link_get_n_attributes (link) == GCOAP_LINK_MAX_ATTRIBUTES)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "A link has more than %d attributes (byte %" G_GSIZE_FORMAT ").",
                   GCOAP_LINK_MAX_ATTRIBUTES, name_start);
      return FALSE;
    }

  gcoap_link_take_attribute (link, g_steal_pointer (&name), g_steal_pointer (&value));
  return TRUE;
}

static GcoapLink *
parse_link (Cursor *cursor, GError **error)
{
  g_autoptr (GcoapLink) link = NULL;
  const char *target, *end;
  gsize bad;

  if (!skip (cursor, '<'))
    {
      set_error (error, cursor->offset, "a link must begin with “<”");
      return NULL;
    }

  target = cursor->text + cursor->offset;
  end = memchr (target, '>', cursor->length - cursor->offset);
  if (end == NULL)
    {
      set_error (error, cursor->offset - 1, "“<” has no matching “>”");
      return NULL;
    }
  if (!gcoap_uri_syntax_is_reference (target, (gsize) (end - target), &bad))
    {
      set_error (error, cursor->offset + bad, "the target is no URI reference");
      return NULL;
    }

  link = gcoap_link_new_take (g_strndup (target, (gsize) (end - target)));
  cursor->offset += (gsize) (end - target) + 1;
  while (skip (cursor, ';'))
    if (!parse_attribute (cursor, link, error))
      return NULL;

  return g_steal_pointer (&link);
}

static gboolean
check_text (const Cursor *cursor, GError **error)
{
  const char *end;

  if (cursor->length > GCOAP_LINK_FORMAT_MAX_BYTES)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "A text in link format is longer than %d bytes.", GCOAP_LINK_FORMAT_MAX_BYTES);
      return FALSE;
    }

  /* GLib's check finds NUL invalid too. */
  if (!g_utf8_validate_len (cursor->text, cursor->length, &end))
    {
      set_error (error, (gsize) (end - cursor->text), "the text is not UTF-8 or holds a NUL character");
      return FALSE;
    }

  return TRUE;
}

/**
 * gcoap_link_format_parse:
 * @text: text in CoRE link format, such as the payload of “/.well-known/core”; need not end with NUL
 * @length: the number of bytes of @text, or -1 if it ends with NUL
 * @error: return location for an error
 *
 * Parses links (RFC 6690 §2).
 *
 * The grammar is strict: UTF-8, no white space between links or attributes, targets and anchors that are URI references. What
 * values mean is left to the application, except that “rt”, “if”, “sz” and “ct” may appear only once in a link; of “rel”,
 * “media”, “title”, “title*” and “type” the first counts (RFC 8288 §3).
 *
 * Empty text is an empty list.
 *
 * Returns: (transfer container) (element-type GcoapLink): the links, or %NULL with [error@Error] `GCOAP_ERROR_MALFORMED`, whose
 *   message says what is wrong and at which byte, or `GCOAP_ERROR_LIMIT` for more than %GCOAP_LINK_FORMAT_MAX_BYTES bytes,
 *   %GCOAP_LINK_FORMAT_MAX_LINKS links, or %GCOAP_LINK_MAX_ATTRIBUTES attributes of one link
 *
 * Since: 0.1
 */
GPtrArray *
gcoap_link_format_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (GPtrArray) links = NULL;
  Cursor cursor = { text, 0, 0 };

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (length >= -1, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  cursor.length = length < 0 ? strlen (text) : (gsize) length;
  links = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_link_unref);
  if (cursor.length == 0)
    return g_steal_pointer (&links);
  if (!check_text (&cursor, error))
    return NULL;

  do
    {
      GcoapLink *link;

      if (links->len == GCOAP_LINK_FORMAT_MAX_LINKS)
        {
          g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                       "A text in link format has more than %d links.", GCOAP_LINK_FORMAT_MAX_LINKS);
          return NULL;
        }
      link = parse_link (&cursor, error);
      if (link == NULL)
        return NULL;
      g_ptr_array_add (links, link);
    }
  while (skip (&cursor, ','));

  if (cursor.offset < cursor.length)
    {
      set_error (error, cursor.offset, "“;”, “,” or the end must follow");
      return NULL;
    }

  return g_steal_pointer (&links);
}

/**
 * gcoap_link_format_write: (skip)
 * @links: (element-type GcoapLink): links
 *
 * Writes links in CoRE link format.
 *
 * Language bindings join what [method@Link.to_string] gives with commas
 * instead: GJS passes no pointer array of records safely.
 *
 * Returns: (transfer full): the text, empty for no links
 *
 * Since: 0.1
 */
char *
gcoap_link_format_write (GPtrArray *links)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (links != NULL, NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < links->len; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      gcoap_link_append (g_ptr_array_index (links, i), text);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * gcoap_link_format_filter: (skip)
 * @links: (element-type GcoapLink): links
 * @query: (nullable) (array zero-terminated=1): arguments of a query, decoded
 *
 * Selects the links that match every argument of a query, as [method@Link.matches] says.
 *
 * Language bindings ask each link instead, because GJS passes no pointer
 * array of records safely.
 *
 * Returns: (transfer container) (element-type GcoapLink): the links that match, shared with @links
 *
 * Since: 0.1
 */
GPtrArray *
gcoap_link_format_filter (GPtrArray *links, const char *const *query)
{
  GPtrArray *matching;

  g_return_val_if_fail (links != NULL, NULL);

  matching = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_link_unref);
  for (guint i = 0; i < links->len; i++)
    {
      GcoapLink *link = g_ptr_array_index (links, i);
      gboolean matches = TRUE;

      for (gsize j = 0; query != NULL && query[j] != NULL && matches; j++)
        matches = gcoap_link_matches (link, query[j]);
      if (matches)
        g_ptr_array_add (matching, gcoap_link_ref (link));
    }

  return matching;
}
