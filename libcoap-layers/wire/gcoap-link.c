/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One link: a target and its attributes (RFC 6690 §2, §3), how it is written,
 * and whether it matches a filter (§4.1).
 */
#include "wire/gcoap-link-private.h"

#include <string.h>

#include "wire/gcoap-uri-syntax-private.h"

/**
 * GcoapLink:
 *
 * A link in CoRE link format (RFC 6690): a target and what is said about it.
 *
 * Names of attributes are compared regardless of case; values are text.
 *
 * Since: 0.1
 */
struct _GcoapLink
{
  char *target;
  GArray *attributes;
};

typedef struct
{
  char *name;
  char *value;  /* NULL for none */
} Attribute;

G_DEFINE_BOXED_TYPE (GcoapLink, gcoap_link, gcoap_link_ref, gcoap_link_unref)

/**
 * GCOAP_LINK_MAX_ATTRIBUTES:
 *
 * The number of attributes a parsed link may have.
 *
 * Since: 0.1
 */

static gboolean
is_one_of (const char *name, const char *const *names)
{
  for (; *names != NULL; names++)
    if (g_ascii_strcasecmp (name, *names) == 0)
      return TRUE;

  return FALSE;
}

gboolean
gcoap_link_is_name_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$&+-.^_`|~", c) != NULL);
}

gboolean
gcoap_link_is_token_char (char c)
{
  return g_ascii_isgraph (c) && strchr ("\",;\\", c) == NULL;
}

gboolean
gcoap_link_must_be_single (const char *name)
{
  static const char *const names[] = { "rt", "if", "sz", "ct", NULL };

  return is_one_of (name, names);
}

gboolean
gcoap_link_only_first_counts (const char *name)
{
  static const char *const names[] = { "rel", "media", "title", "title*", "type", NULL };

  return is_one_of (name, names);
}

/* RFC 6690 §2: the grammar requires quotes for the first two, the others are
 * customarily written with them. */
static gboolean
is_quoted_by_name (const char *name)
{
  static const char *const names[] = { "anchor", "title", "rel", "rev", "rt", "if", NULL };

  return is_one_of (name, names);
}

/* RFC 6690 §2: relation-types, a list of values separated by spaces. */
static gboolean
is_list (const char *name)
{
  static const char *const names[] = { "rt", "if", "rel", "rev", NULL };

  return is_one_of (name, names);
}

/* RFC 8187 §3.2.1: charset "'" [ language ] "'" *( percent-encoding / attr-char ). */
static gboolean
is_extended_value (const char *value)
{
  const char *language = strchr (value, '\'');
  const char *text = language != NULL ? strchr (language + 1, '\'') : NULL;

  if (text == NULL || language == value)
    return FALSE;

  for (const char *c = value; c < language; c++)
    if (!g_ascii_isalnum (*c) && strchr ("!#$%&+-^_`{}~", *c) == NULL)
      return FALSE;
  for (const char *c = language + 1; c < text; c++)
    if (!g_ascii_isalnum (*c) && *c != '-')
      return FALSE;
  for (const char *c = text + 1; *c != '\0'; c++)
    if (*c == '%' && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2]))
      c += 2;
    else if (!gcoap_link_is_name_char (*c))
      return FALSE;

  return TRUE;
}

static gboolean
is_extended_name (const char *name)
{
  return g_str_has_suffix (name, "*");
}

const char *
gcoap_link_check_attribute (const char *name, const char *value)
{
  gsize length = strlen (name), bad;

  if (is_extended_name (name))
    length--;
  if (length == 0)
    return "an attribute has no name";
  for (gsize i = 0; i < length; i++)
    if (!gcoap_link_is_name_char (name[i]))
      return "the name of an attribute holds a character that it may not";

  /* RFC 6690 §2: reserved for filters. */
  if (g_ascii_strcasecmp (name, "href") == 0)
    return "no attribute may be named “href”";

  if (is_extended_name (name))
    return value != NULL && is_extended_value (value) ? NULL : "the value is not encoded as RFC 8187 says";

  if (g_ascii_strcasecmp (name, "anchor") == 0 &&
      (value == NULL || !gcoap_uri_syntax_is_reference (value, strlen (value), &bad)))
    return "the anchor is no URI reference";

  /* RFC 2616 §2.2: a quoted string is text, and text has no control characters. */
  for (const char *c = value; c != NULL && *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) && *c != '\t')
      return "the value of an attribute holds a control character";

  return NULL;
}

static void
clear_attribute (gpointer data)
{
  Attribute *attribute = data;

  g_free (attribute->name);
  g_free (attribute->value);
}

GcoapLink *
gcoap_link_new_take (char *target)
{
  GcoapLink *self = g_atomic_rc_box_new (GcoapLink);

  self->target = target;
  self->attributes = g_array_new (FALSE, FALSE, sizeof (Attribute));
  g_array_set_clear_func (self->attributes, clear_attribute);

  return self;
}

/**
 * gcoap_link_new:
 * @target: a URI or relative reference, such as “/sensors/temp”; percent-encoded where needed
 *
 * Makes a link without attributes.
 *
 * Returns: (transfer full): the link
 *
 * Since: 0.1
 */
GcoapLink *
gcoap_link_new (const char *target)
{
  gsize bad;

  g_return_val_if_fail (target != NULL, NULL);
  g_return_val_if_fail (gcoap_uri_syntax_is_reference (target, strlen (target), &bad), NULL);

  return gcoap_link_new_take (g_strdup (target));
}

/**
 * gcoap_link_ref:
 * @self: a link
 *
 * Takes a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GcoapLink *
gcoap_link_ref (GcoapLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GcoapLink *self = data;

  g_free (self->target);
  g_array_unref (self->attributes);
}

/**
 * gcoap_link_unref:
 * @self: (transfer full): a link
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_link_unref (GcoapLink *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * gcoap_link_get_target:
 * @self: a link
 *
 * Gets what the link points to, to be resolved against the URI of the representation the link is from (RFC 6690 §2.1).
 *
 * Returns: the URI reference, as it was written
 *
 * Since: 0.1
 */
const char *
gcoap_link_get_target (GcoapLink *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->target;
}

static Attribute *
attribute_at (GcoapLink *self, guint position)
{
  return &g_array_index (self->attributes, Attribute, position);
}

static Attribute *
find_attribute (GcoapLink *self, const char *name)
{
  for (guint i = 0; i < self->attributes->len; i++)
    if (g_ascii_strcasecmp (attribute_at (self, i)->name, name) == 0)
      return attribute_at (self, i);

  return NULL;
}

/**
 * gcoap_link_get_attribute:
 * @self: a link
 * @name: the name of an attribute, such as “rt”
 *
 * Gets the value of the first attribute of a name, without quotes and escapes.
 *
 * Returns: (nullable): the value, the empty string for an attribute without value, or %NULL if there is no such attribute
 *
 * Since: 0.1
 */
const char *
gcoap_link_get_attribute (GcoapLink *self, const char *name)
{
  Attribute *attribute;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  attribute = find_attribute (self, name);
  if (attribute == NULL)
    return NULL;

  return attribute->value != NULL ? attribute->value : "";
}

/**
 * gcoap_link_dup_title:
 * @self: a link
 *
 * Gets the title for people to read.
 *
 * The attribute “title*” is preferred if it is in UTF-8 (RFC 8187), then “title”.
 *
 * Returns: (transfer full) (nullable): the title, or %NULL if there is none
 *
 * Since: 0.1
 */
char *
gcoap_link_dup_title (GcoapLink *self)
{
  const char *extended;

  g_return_val_if_fail (self != NULL, NULL);

  extended = gcoap_link_get_attribute (self, "title*");
  if (extended != NULL && g_ascii_strncasecmp (extended, "UTF-8'", 6) == 0)
    {
      const char *text = strchr (extended + 6, '\'') + 1;
      g_autofree char *title = g_uri_unescape_string (text, NULL);

      if (title != NULL && g_utf8_validate (title, -1, NULL))
        return g_steal_pointer (&title);
    }

  return g_strdup (gcoap_link_get_attribute (self, "title"));
}

void
gcoap_link_take_attribute (GcoapLink *self, char *name, char *value)
{
  Attribute attribute = { name, value };

  g_array_append_val (self->attributes, attribute);
}

/**
 * gcoap_link_add_attribute:
 * @self: a link
 * @name: the name of an attribute, such as “rt”; not “href”
 * @value: (nullable): its value, without quotes and escapes; %NULL for an attribute without value such as “obs”
 *
 * Adds an attribute.
 *
 * The attributes that a link can have but once (“rt”, “if”, “sz”, “ct”, “rel”, “media”, “title”, “title*” and “type”) replace
 * an earlier one instead. The value is text without control characters; an “anchor” is a URI reference, and an attribute whose
 * name ends with “*” is encoded as RFC 8187 says.
 *
 * Since: 0.1
 */
void
gcoap_link_add_attribute (GcoapLink *self, const char *name, const char *value)
{
  Attribute *earlier = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (value == NULL || g_utf8_validate (value, -1, NULL));
  g_return_if_fail (gcoap_link_check_attribute (name, value) == NULL);

  if (gcoap_link_must_be_single (name) || gcoap_link_only_first_counts (name))
    earlier = find_attribute (self, name);
  if (earlier != NULL)
    {
      char *copy = g_strdup (value);

      g_free (earlier->value);
      earlier->value = copy;
      return;
    }

  gcoap_link_take_attribute (self, g_strdup (name), g_strdup (value));
}

/**
 * gcoap_link_get_n_attributes:
 * @self: a link
 *
 * Counts the attributes.
 *
 * Returns: their number
 *
 * Since: 0.1
 */
guint
gcoap_link_get_n_attributes (GcoapLink *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->attributes->len;
}

/**
 * gcoap_link_get_attribute_name_at:
 * @self: a link
 * @position: less than the number of attributes
 *
 * Gets the name of an attribute.
 *
 * Returns: the name, as it was written
 *
 * Since: 0.1
 */
const char *
gcoap_link_get_attribute_name_at (GcoapLink *self, guint position)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (position < self->attributes->len, NULL);

  return attribute_at (self, position)->name;
}

/**
 * gcoap_link_get_attribute_value_at:
 * @self: a link
 * @position: less than the number of attributes
 *
 * Gets the value of an attribute, without quotes and escapes.
 *
 * Returns: (nullable): the value, or %NULL for an attribute without value
 *
 * Since: 0.1
 */
const char *
gcoap_link_get_attribute_value_at (GcoapLink *self, guint position)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (position < self->attributes->len, NULL);

  return attribute_at (self, position)->value;
}

/* RFC 6690 §4.1: a complete string, or a prefix followed by "*". */
static gboolean
value_matches (const char *value, gsize value_length, const char *pattern, gsize pattern_length)
{
  if (pattern_length > 0 && pattern[pattern_length - 1] == '*')
    return value_length >= pattern_length - 1 && memcmp (value, pattern, pattern_length - 1) == 0;

  return value_length == pattern_length && memcmp (value, pattern, pattern_length) == 0;
}

static gboolean
attribute_matches (const Attribute *attribute, const char *pattern, gsize pattern_length)
{
  const char *value = attribute->value != NULL ? attribute->value : "";

  if (!is_list (attribute->name))
    return value_matches (value, strlen (value), pattern, pattern_length);

  /* RFC 6690 §4.1: each value of a list counts as an attribute. A list
   * without values is still an attribute that exists. */
  if (g_str_equal (pattern, "*"))
    return TRUE;
  do
    {
      gsize length = strcspn (value, " ");

      if (value_matches (value, length, pattern, pattern_length))
        return TRUE;
      value += length;
      value += strspn (value, " ");
    }
  while (*value != '\0');

  return FALSE;
}

/**
 * gcoap_link_matches:
 * @self: a link
 * @filter: one argument of a query, decoded, such as “rt=temperature-c” or “href=/sensors*”
 *
 * Tells whether a link passes a filter (RFC 6690 §4.1).
 *
 * The value ends with “*” to match a prefix. “href” means the target. “rt”, “if”, “rel” and “rev” match if one of the values
 * they list does. A filter without “=” asks that the attribute exist; an empty one passes every link.
 *
 * Returns: %TRUE if it matches
 *
 * Since: 0.1
 */
gboolean
gcoap_link_matches (GcoapLink *self, const char *filter)
{
  g_autofree char *name = NULL;
  const char *pattern;
  gsize pattern_length;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (filter != NULL, FALSE);

  if (*filter == '\0')
    return TRUE;

  pattern = strchr (filter, '=');
  name = pattern != NULL ? g_strndup (filter, (gsize) (pattern - filter)) : g_strdup (filter);
  pattern = pattern != NULL ? pattern + 1 : "*";
  pattern_length = strlen (pattern);

  if (g_ascii_strcasecmp (name, "href") == 0)
    return value_matches (self->target, strlen (self->target), pattern, pattern_length);

  for (guint i = 0; i < self->attributes->len; i++)
    if (g_ascii_strcasecmp (attribute_at (self, i)->name, name) == 0 &&
        attribute_matches (attribute_at (self, i), pattern, pattern_length))
      return TRUE;

  return FALSE;
}

static gboolean
needs_quotes (const Attribute *attribute)
{
  if (is_extended_name (attribute->name))
    return FALSE;
  if (is_quoted_by_name (attribute->name) || attribute->value[0] == '\0')
    return TRUE;

  for (const char *c = attribute->value; *c != '\0'; c++)
    if (!gcoap_link_is_token_char (*c))
      return TRUE;

  return FALSE;
}

void
gcoap_link_append (GcoapLink *self, GString *text)
{
  g_string_append_printf (text, "<%s>", self->target);

  for (guint i = 0; i < self->attributes->len; i++)
    {
      const Attribute *attribute = attribute_at (self, i);

      g_string_append_printf (text, ";%s", attribute->name);
      if (attribute->value == NULL)
        continue;
      if (!needs_quotes (attribute))
        {
          g_string_append_printf (text, "=%s", attribute->value);
          continue;
        }

      g_string_append (text, "=\"");
      for (const char *c = attribute->value; *c != '\0'; c++)
        {
          if (*c == '"' || *c == '\\')
            g_string_append_c (text, '\\');
          g_string_append_c (text, *c);
        }
      g_string_append_c (text, '"');
    }
}

/**
 * gcoap_link_to_string:
 * @self: a link
 *
 * Writes the link in CoRE link format.
 *
 * Values are quoted where the format requires it or custom has it: “title”, “anchor”, “rel”, “rev”, “rt” and “if” always.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
gcoap_link_to_string (GcoapLink *self)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (NULL);
  gcoap_link_append (self, text);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
