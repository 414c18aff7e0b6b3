/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Concise problem details: a record of what went wrong, and its line of text. */
#include "formats/gcoap-problem-details-private.h"

#include <gio/gio.h>
#include <string.h>

#include "formats/gcoap-cbor-reader-private.h"

/**
 * GcoapProblemDetails:
 *
 * What went wrong, in the form of RFC 9290: for people a title, which is the same for all problems of a kind, and a detail, which
 * is about this one; and for programs entries under numbers or URIs.
 *
 * Since: 0.1
 */

/**
 * GcoapTextDirection:
 * @GCOAP_TEXT_DIRECTION_UNSPECIFIED: that of the context, or automatic
 * @GCOAP_TEXT_DIRECTION_LEFT_TO_RIGHT: from left to right
 * @GCOAP_TEXT_DIRECTION_RIGHT_TO_LEFT: from right to left
 * @GCOAP_TEXT_DIRECTION_AUTOMATIC: what the characters suggest
 *
 * The base direction of a text (RFC 9290, Appendix A).
 *
 * Since: 0.1
 */

/**
 * GCOAP_PROBLEM_DETAILS_MAX_BYTES:
 *
 * The number of bytes [func@ProblemDetails.parse] takes.
 *
 * Since: 0.1
 */

/**
 * GCOAP_PROBLEM_DETAILS_MAX_OPTIONS:
 *
 * The number of unprocessed options problem details can name.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (GcoapProblemDetails, gcoap_problem_details, gcoap_problem_details_ref, gcoap_problem_details_unref)

gboolean
gcoap_problem_is_language (const char *language)
{
  gboolean is_first = TRUE;
  guint length = 0;

  for (const char *c = language; *c != '\0'; c++)
    {
      if (*c == '-')
        {
          if (length == 0)
            return FALSE;
          length = 0;
          is_first = FALSE;
          continue;
        }
      length++;
      if (length > 8 || !(is_first ? g_ascii_isalpha (*c) : g_ascii_isalnum (*c)))
        return FALSE;
    }

  return length > 0;
}

gboolean
gcoap_problem_is_entry_key (const char *key)
{
  gint64 number;

  if (g_ascii_string_to_signed (key, 10, G_MININT64, G_MAXINT64, &number, NULL))
    {
      g_autofree char *digits = g_strdup_printf ("%" G_GINT64_FORMAT, number);

      /* One way to write each number, so that no key is there twice. */
      return strcmp (digits, key) == 0 && (number >= 0 || number < GCOAP_PROBLEM_KEY_UNPROCESSED_OPTION);
    }

  return g_ascii_isalpha (*key) && strchr (key, ':') != NULL && g_utf8_validate (key, -1, NULL);
}

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      data)
{
  return strcmp (a, b);
}

/**
 * gcoap_problem_details_new:
 *
 * Makes problem details that say nothing.
 *
 * Returns: (transfer full): the problem details
 *
 * Since: 0.1
 */
GcoapProblemDetails *
gcoap_problem_details_new (void)
{
  GcoapProblemDetails *self = g_atomic_rc_box_new0 (GcoapProblemDetails);

  self->options = g_array_new (FALSE, FALSE, sizeof (guint));
  self->entries = g_tree_new_full (compare_keys, NULL, g_free, (GDestroyNotify) g_bytes_unref);

  return self;
}

/**
 * gcoap_problem_details_ref:
 * @self: problem details
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the problem details
 *
 * Since: 0.1
 */
GcoapProblemDetails *
gcoap_problem_details_ref (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear_text (GcoapProblemText *text)
{
  g_clear_pointer (&text->text, g_free);
  g_clear_pointer (&text->language, g_free);
  text->direction = GCOAP_TEXT_DIRECTION_UNSPECIFIED;
}

static void
clear (gpointer data)
{
  GcoapProblemDetails *self = data;

  clear_text (&self->title);
  clear_text (&self->detail);
  g_free (self->instance);
  g_free (self->base_uri);
  g_free (self->base_language);
  g_array_unref (self->options);
  g_tree_unref (self->entries);
}

/**
 * gcoap_problem_details_unref:
 * @self: (transfer full): problem details
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_unref (GcoapProblemDetails *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

static void
set_string (char      **place,
            const char *string)
{
  char *copy = g_strdup (string);

  g_free (*place);
  *place = copy;
}

static void
set_text (GcoapProblemText  *place,
          const char        *text,
          const char        *language,
          GcoapTextDirection direction)
{
  GcoapProblemText copy = { g_strdup (text), text != NULL ? g_strdup (language) : NULL, direction };

  clear_text (place);
  *place = copy;
}

/**
 * gcoap_problem_details_get_title:
 * @self: problem details
 *
 * Gets the title: a short summary of the kind of problem.
 *
 * Returns: (nullable): the text, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
gcoap_problem_details_get_title (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title.text;
}

/**
 * gcoap_problem_details_get_title_language:
 * @self: problem details
 *
 * Gets the language of the title: its own, or the base language.
 *
 * Returns: (nullable): a language tag (BCP 47), or %NULL if none is said, which means `en` (RFC 9290 §2)
 *
 * Since: 0.1
 */
const char *
gcoap_problem_details_get_title_language (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title.language != NULL ? self->title.language : self->base_language;
}

/**
 * gcoap_problem_details_get_title_direction:
 * @self: problem details
 *
 * Gets the direction of the title: its own, or the base direction.
 *
 * Returns: the direction
 *
 * Since: 0.1
 */
GcoapTextDirection
gcoap_problem_details_get_title_direction (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);

  return self->title.direction != GCOAP_TEXT_DIRECTION_UNSPECIFIED ? self->title.direction : self->base_direction;
}

/**
 * gcoap_problem_details_set_title:
 * @self: problem details
 * @text: (nullable): the text, in UTF-8, or %NULL for none
 * @language: (nullable): a language tag (BCP 47), or %NULL for the base language
 * @direction: the direction, which is told only with a language
 *
 * Sets the title: a short summary of the kind of problem.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_title (GcoapProblemDetails *self,
                                 const char          *text,
                                 const char          *language,
                                 GcoapTextDirection   direction)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (text == NULL || g_utf8_validate (text, -1, NULL));
  g_return_if_fail (language == NULL || gcoap_problem_is_language (language));

  set_text (&self->title, text, language, direction);
}

/**
 * gcoap_problem_details_get_detail:
 * @self: problem details
 *
 * Gets the detail: what happened this time.
 *
 * Returns: (nullable): the text, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
gcoap_problem_details_get_detail (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->detail.text;
}

/**
 * gcoap_problem_details_get_detail_language:
 * @self: problem details
 *
 * Gets the language of the detail: its own, or the base language.
 *
 * Returns: (nullable): a language tag (BCP 47), or %NULL if none is said, which means `en` (RFC 9290 §2)
 *
 * Since: 0.1
 */
const char *
gcoap_problem_details_get_detail_language (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->detail.language != NULL ? self->detail.language : self->base_language;
}

/**
 * gcoap_problem_details_get_detail_direction:
 * @self: problem details
 *
 * Gets the direction of the detail: its own, or the base direction.
 *
 * Returns: the direction
 *
 * Since: 0.1
 */
GcoapTextDirection
gcoap_problem_details_get_detail_direction (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);

  return self->detail.direction != GCOAP_TEXT_DIRECTION_UNSPECIFIED ? self->detail.direction : self->base_direction;
}

/**
 * gcoap_problem_details_set_detail:
 * @self: problem details
 * @text: (nullable): the text, in UTF-8, or %NULL for none
 * @language: (nullable): a language tag (BCP 47), or %NULL for the base language
 * @direction: the direction, which is told only with a language
 *
 * Sets the detail: what happened this time.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_detail (GcoapProblemDetails *self,
                                  const char          *text,
                                  const char          *language,
                                  GcoapTextDirection   direction)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (text == NULL || g_utf8_validate (text, -1, NULL));
  g_return_if_fail (language == NULL || gcoap_problem_is_language (language));

  set_text (&self->detail, text, language, direction);
}

/**
 * gcoap_problem_details_get_instance:
 * @self: problem details
 *
 * Gets what identifies this one problem.
 *
 * Returns: (nullable): a URI reference, which may be relative to the base URI, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
gcoap_problem_details_get_instance (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->instance;
}

/**
 * gcoap_problem_details_set_instance:
 * @self: problem details
 * @instance: (nullable): a URI reference, which may be relative to the base URI, or %NULL for none
 *
 * Sets what identifies this one problem.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_instance (GcoapProblemDetails *self,
                                    const char          *instance)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (instance == NULL || g_utf8_validate (instance, -1, NULL));

  set_string (&self->instance, instance);
}

/**
 * gcoap_problem_details_dup_instance_uri:
 * @self: problem details
 * @base_uri: (nullable): the URI of the request, for problem details that have
 *   no base URI of their own
 * @error: return location for an error
 *
 * Makes a whole URI of the instance (RFC 3986 §5).
 *
 * It is for identification; whether to fetch it is for people to decide (RFC 9290 §5). The error is one of `GUriError`.
 *
 * Returns: (transfer full) (nullable): the URI; %NULL without @error set if there is no instance
 *
 * Since: 0.1
 */
char *
gcoap_problem_details_dup_instance_uri (GcoapProblemDetails *self,
                                        const char          *base_uri,
                                        GError             **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (self->instance == NULL)
    return NULL;

  return g_uri_resolve_relative (self->base_uri != NULL ? self->base_uri : base_uri, self->instance,
                                 G_URI_FLAGS_ENCODED, error);
}

/**
 * gcoap_problem_details_get_response_code:
 * @self: problem details
 *
 * Gets the response code of the server where the problem was, which a proxy may have changed since.
 *
 * Returns: the code, or 0 if it is not said
 *
 * Since: 0.1
 */
guint
gcoap_problem_details_get_response_code (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->response_code;
}

/**
 * gcoap_problem_details_set_response_code:
 * @self: problem details
 * @code: a response code up to 255, or 0 for none
 *
 * Sets the response code, which must be that of the response (RFC 9290 §2).
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_response_code (GcoapProblemDetails *self,
                                         guint                code)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (code <= G_MAXUINT8);

  self->response_code = code;
}

/**
 * gcoap_problem_details_get_base_uri:
 * @self: problem details
 *
 * Gets what URI references in the problem details are relative to.
 *
 * Returns: (nullable): a URI, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
gcoap_problem_details_get_base_uri (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->base_uri;
}

/**
 * gcoap_problem_details_set_base_uri:
 * @self: problem details
 * @base_uri: (nullable): a URI, or %NULL for none
 *
 * Sets what URI references in the problem details are relative to.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_base_uri (GcoapProblemDetails *self,
                                    const char          *base_uri)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (base_uri == NULL || g_utf8_validate (base_uri, -1, NULL));

  set_string (&self->base_uri, base_uri);
}

/**
 * gcoap_problem_details_get_base_language:
 * @self: problem details
 *
 * Gets the language of texts that do not say theirs.
 *
 * Returns: (nullable): a language tag (BCP 47), or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
gcoap_problem_details_get_base_language (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->base_language;
}

/**
 * gcoap_problem_details_set_base_language:
 * @self: problem details
 * @language: (nullable): a language tag (BCP 47), or %NULL for none
 *
 * Sets the language of texts that do not say theirs.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_base_language (GcoapProblemDetails *self,
                                         const char          *language)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (language == NULL || gcoap_problem_is_language (language));

  set_string (&self->base_language, language);
}

/**
 * gcoap_problem_details_get_base_direction:
 * @self: problem details
 *
 * Gets the direction of texts that do not say theirs.
 *
 * Returns: the direction
 *
 * Since: 0.1
 */
GcoapTextDirection
gcoap_problem_details_get_base_direction (GcoapProblemDetails *self)
{
  g_return_val_if_fail (self != NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);

  return self->base_direction;
}

/**
 * gcoap_problem_details_set_base_direction:
 * @self: problem details
 * @direction: the direction
 *
 * Sets the direction of texts that do not say theirs.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_base_direction (GcoapProblemDetails *self,
                                          GcoapTextDirection   direction)
{
  g_return_if_fail (self != NULL);

  self->base_direction = direction;
}

/**
 * gcoap_problem_details_get_unprocessed_options:
 * @self: problem details
 * @n_options: (out): where to store the number of options
 *
 * Gets the options of the request that the server did not understand or could not process (RFC 9290 §3.1.1).
 *
 * Returns: (array length=n_options) (transfer none): option numbers
 *
 * Since: 0.1
 */
const guint *
gcoap_problem_details_get_unprocessed_options (GcoapProblemDetails *self,
                                               gsize               *n_options)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (n_options != NULL, NULL);

  *n_options = self->options->len;

  return (const guint *) (const void *) self->options->data;
}

/**
 * gcoap_problem_details_add_unprocessed_option:
 * @self: problem details
 * @option: an option number
 *
 * Names an option of the request that could not be processed.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_add_unprocessed_option (GcoapProblemDetails *self,
                                              guint                option)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (option <= G_MAXUINT16);

  g_array_append_val (self->options, option);
}

/**
 * gcoap_problem_details_get_entry:
 * @self: problem details
 * @key: a number in decimal, or a URI
 *
 * Gets an entry that has no accessor of its own: a standard one that was registered later (a negative number), or one of an
 * application (RFC 9290 §3.2).
 *
 * Returns: (transfer none) (nullable): the encoded CBOR item, or %NULL if there is none
 *
 * Since: 0.1
 */
GBytes *
gcoap_problem_details_get_entry (GcoapProblemDetails *self,
                                 const char          *key)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return g_tree_lookup (self->entries, key);
}

/**
 * gcoap_problem_details_set_entry:
 * @self: problem details
 * @key: a number in decimal, or an absolute URI
 * @value: (nullable): an encoded CBOR item, which is a map where the key is not
 *   negative, or %NULL to remove the entry
 *
 * Sets an entry that has no accessor of its own.
 *
 * Since: 0.1
 */
void
gcoap_problem_details_set_entry (GcoapProblemDetails *self,
                                 const char          *key,
                                 GBytes              *value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (key != NULL && gcoap_problem_is_entry_key (key));

  if (value != NULL)
    g_tree_insert (self->entries, g_strdup (key), g_bytes_ref (value));
  else
    g_tree_remove (self->entries, key);
}

/**
 * gcoap_problem_details_to_text:
 * @self: problem details
 *
 * Writes the problem for people: title and detail, or whatever there is, and the options that could not be processed.
 *
 * The text comes from the peer; it may be long, and may hold any character.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if there is nothing to say
 *
 * Since: 0.1
 */
char *
gcoap_problem_details_to_text (GcoapProblemDetails *self)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  text = g_string_new (self->title.text);
  if (self->detail.text != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? ": " : "", self->detail.text);
  for (guint i = 0; i < self->options->len; i++)
    {
      const char *before = i > 0 ? ", " : text->len > 0 ? "; options not processed: " : "options not processed: ";

      g_string_append_printf (text, "%s%u", before, g_array_index (self->options, guint, i));
    }
  if (text->len == 0)
    return NULL;

  return g_string_free (g_steal_pointer (&text), FALSE);
}
