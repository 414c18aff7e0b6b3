/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The definitions of all known options: the registered ones in a constant
 * table, and those of the application in a list that only grows. Lookups take
 * no lock, since every option of every message asks here.
 */
#include "base/gcoap-option-definition-private.h"

#include <string.h>

#include "base/gcoap-code.h"
#include "base/gcoap-error.h"

#include "base/gcoap-option-table.inc"

typedef struct
{
  guint code;
  GcoapOptionDefinition definition;
} SignalingOption;

static const SignalingOption signaling_options[] = {
#include "base/gcoap-signaling-option-table.inc"
};

typedef struct _ApplicationOption ApplicationOption;
struct _ApplicationOption
{
  GcoapOptionDefinition definition;
  const ApplicationOption *next;
};

/* New entries are put in front and never removed, so readers need no lock;
 * writers take turns. */
static const ApplicationOption *application_options;
G_LOCK_DEFINE_STATIC (application_options);

static const GcoapOptionDefinition *
lookup_registered (guint number)
{
  guint low = 0;
  guint high = G_N_ELEMENTS (registered_options);

  if (number < G_N_ELEMENTS (low_option_positions))
    {
      guint position = low_option_positions[number];

      return position > 0 ? &registered_options[position - 1] : NULL;
    }

  while (low < high)
    {
      guint middle = (low + high) / 2;

      if (registered_options[middle].number == number)
        return &registered_options[middle];
      if (registered_options[middle].number < number)
        low = middle + 1;
      else
        high = middle;
    }

  return NULL;
}

/*< private >
 * gcoap_option_definition_lookup:
 * @number: the number of an option of a request or response
 *
 * Returns: (nullable): its definition, which is there to stay, or %NULL
 */
const GcoapOptionDefinition *
gcoap_option_definition_lookup (guint number)
{
  const GcoapOptionDefinition *definition = lookup_registered (number);
  const ApplicationOption *entry;

  if (definition != NULL)
    return definition;

  for (entry = g_atomic_pointer_get (&application_options); entry != NULL; entry = entry->next)
    {
      if (entry->definition.number == number)
        return &entry->definition;
    }

  return NULL;
}

/*< private >
 * gcoap_option_definition_lookup_signaling:
 * @code: the code of a signaling message
 * @number: the number of one of its options
 *
 * Option numbers of signaling messages mean something else under each code
 * (RFC 8323 §5.2).
 *
 * Returns: (nullable): its definition, or %NULL
 */
const GcoapOptionDefinition *
gcoap_option_definition_lookup_signaling (guint code,
                                          guint number)
{
  for (guint i = 0; i < G_N_ELEMENTS (signaling_options); i++)
    {
      if (signaling_options[i].code == code && signaling_options[i].definition.number == number)
        return &signaling_options[i].definition;
    }

  return NULL;
}

/*< private >
 * gcoap_option_definition_find:
 * @name: the name of an option of requests or responses, in any case
 *
 * Returns: (nullable): its definition, or %NULL
 */
const GcoapOptionDefinition *
gcoap_option_definition_find (const char *name)
{
  const ApplicationOption *entry;

  for (guint i = 0; i < G_N_ELEMENTS (registered_options); i++)
    {
      if (g_ascii_strcasecmp (registered_options[i].name, name) == 0)
        return &registered_options[i];
    }

  for (entry = g_atomic_pointer_get (&application_options); entry != NULL; entry = entry->next)
    {
      if (g_ascii_strcasecmp (entry->definition.name, name) == 0)
        return &entry->definition;
    }

  return NULL;
}

static gboolean
is_name (const char *name)
{
  if (!g_ascii_isalpha (name[0]))
    return FALSE;

  return strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen (name);
}

static gboolean
is_reserved (guint number)
{
  for (guint i = 0; i < G_N_ELEMENTS (reserved_options); i++)
    {
      if (reserved_options[i] == number)
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_possible_lengths (const GcoapOptionDefinition *definition)
{
  guint limit = 0;

  switch (definition->format)
    {
    case GCOAP_OPTION_FORMAT_EMPTY:
      limit = 0;
      break;
    case GCOAP_OPTION_FORMAT_UINT:
      limit = 4;
      break;
    case GCOAP_OPTION_FORMAT_OPAQUE:
    case GCOAP_OPTION_FORMAT_STRING:
      limit = GCOAP_OPTION_LENGTH_MAX;
      break;
    default:
      return FALSE;
    }

  return definition->min_length <= definition->max_length && definition->max_length <= limit;
}

static gboolean
is_equal (const GcoapOptionDefinition *a,
          const GcoapOptionDefinition *b)
{
  return a->number == b->number && strcmp (a->name, b->name) == 0 && a->format == b->format &&
         a->min_length == b->min_length && a->max_length == b->max_length &&
         a->repeatable == b->repeatable;
}

static gboolean
check (const GcoapOptionDefinition *definition,
       GError                     **error)
{
  const char *reason = NULL;

  if (definition->number > G_MAXUINT16)
    reason = "its number is larger than 65535";
  else if (is_reserved (definition->number))
    reason = "its number is reserved by RFC 7252";
  else if (!is_name (definition->name))
    reason = "its name is not made of letters, digits and hyphens, with a letter first";
  else if (!has_possible_lengths (definition))
    reason = "its format cannot have values of these lengths";

  if (reason != NULL)
    {
      g_autofree char *shown = g_strescape (definition->name, NULL);

      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The option %u “%s” cannot be registered: %s.", definition->number, shown, reason);
    }

  return reason == NULL;
}

/*< private >
 * gcoap_option_definition_register:
 * @definition: what to register; the nick is made from the name
 * @error: return location for an error
 *
 * Returns: %TRUE if the option is now known, or was known with this definition
 */
gboolean
gcoap_option_definition_register (const GcoapOptionDefinition *definition,
                                  GError                     **error)
{
  const GcoapOptionDefinition *known;
  gboolean success = TRUE;

  if (!check (definition, error))
    return FALSE;

  G_LOCK (application_options);

  known = gcoap_option_definition_lookup (definition->number);
  if (known == NULL)
    known = gcoap_option_definition_find (definition->name);

  if (known == NULL)
    {
      ApplicationOption *entry = g_new0 (ApplicationOption, 1);
      g_autofree char *nick = g_ascii_strdown (definition->name, -1);

      entry->definition = *definition;
      entry->definition.name = g_intern_string (definition->name);
      entry->definition.nick = g_intern_string (nick);
      entry->next = application_options;
      g_atomic_pointer_set (&application_options, entry);
    }
  else if (!is_equal (known, definition))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The option %u “%s” cannot be registered: it differs from the known option %u “%s”.",
                   definition->number, definition->name, known->number, known->name);
      success = FALSE;
    }

  G_UNLOCK (application_options);

  return success;
}
