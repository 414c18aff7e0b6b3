/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Option numbers for applications: three properties are bits of the number,
 * the others are looked up in the definitions.
 */
#include "base/gcoap-option-number.h"

#include "base/gcoap-error.h"
#include "base/gcoap-option-definition-private.h"

/**
 * GcoapOptionFormat:
 * @GCOAP_OPTION_FORMAT_EMPTY: no value; the option says what it says by being there.
 * @GCOAP_OPTION_FORMAT_OPAQUE: bytes.
 * @GCOAP_OPTION_FORMAT_UINT: a number without sign, in network byte order,
 *   without leading zero bytes when sent.
 * @GCOAP_OPTION_FORMAT_STRING: text in UTF-8.
 *
 * How the value of an option is to be read (RFC 7252 §3.2).
 *
 * Since: 0.1
 */

/**
 * GcoapOscoreOptionClass:
 * @GCOAP_OSCORE_CLASS_E: the option is encrypted and seen by the end points only.
 * @GCOAP_OSCORE_CLASS_I: the option is in the clear, but protected from change.
 * @GCOAP_OSCORE_CLASS_U: the option is in the clear and not protected, so that
 *   proxies can use it.
 *
 * How OSCORE treats an option (RFC 8613 §4.1); some options are used in two ways.
 *
 * Since: 0.1
 */

/**
 * gcoap_option_number_is_critical:
 * @number: an option number
 *
 * Tells whether a message must be refused by who does not understand the option
 * (RFC 7252 §5.4.1).
 *
 * Returns: %TRUE for critical options, which have odd numbers, %FALSE for
 *   elective ones
 *
 * Since: 0.1
 */
gboolean
gcoap_option_number_is_critical (guint number)
{
  return (number & 1) != 0;
}

/**
 * gcoap_option_number_is_unsafe:
 * @number: an option number
 *
 * Tells whether a proxy must not forward the option without understanding it
 * (RFC 7252 §5.4.2).
 *
 * Returns: %TRUE for options that are unsafe to forward
 *
 * Since: 0.1
 */
gboolean
gcoap_option_number_is_unsafe (guint number)
{
  return (number & 2) != 0;
}

/**
 * gcoap_option_number_is_no_cache_key:
 * @number: an option number
 *
 * Tells whether requests that differ in this option only may share a cached
 * response, although the option is not understood (RFC 7252 §5.4.2).
 *
 * Returns: %TRUE if the option is not part of the cache key; never for unsafe
 *   options
 *
 * Since: 0.1
 */
gboolean
gcoap_option_number_is_no_cache_key (guint number)
{
  /* RFC 7252 §5.4.6: three bits of the number, all set, with the unsafe bit clear. */
  return (number & 0x1e) == 0x1c;
}

/**
 * gcoap_option_number_get_name:
 * @number: an option number
 *
 * Gets the name of an option, such as Uri-Path.
 *
 * Returns: (nullable): the name, or %NULL if the number is not known
 *
 * Since: 0.1
 */
const char *
gcoap_option_number_get_name (guint number)
{
  const GcoapOptionDefinition *definition = gcoap_option_definition_lookup (number);

  return definition != NULL ? definition->name : NULL;
}

/**
 * gcoap_option_number_get_nick:
 * @number: an option number
 *
 * Gets the name of an option in lower case, such as uri-path.
 *
 * Returns: (nullable): the short name, or %NULL if the number is not known
 *
 * Since: 0.1
 */
const char *
gcoap_option_number_get_nick (guint number)
{
  const GcoapOptionDefinition *definition = gcoap_option_definition_lookup (number);

  return definition != NULL ? definition->nick : NULL;
}

/**
 * gcoap_option_number_get_format:
 * @number: an option number
 *
 * Gets how the values of an option are to be read.
 *
 * Returns: the format; opaque if the number is not known
 *
 * Since: 0.1
 */
GcoapOptionFormat
gcoap_option_number_get_format (guint number)
{
  const GcoapOptionDefinition *definition = gcoap_option_definition_lookup (number);

  return definition != NULL ? definition->format : GCOAP_OPTION_FORMAT_OPAQUE;
}

/**
 * gcoap_option_number_is_repeatable:
 * @number: an option number
 *
 * Tells whether a message may carry the option more than once (RFC 7252 §5.4.5).
 *
 * Returns: %TRUE if the option is repeatable, or not known
 *
 * Since: 0.1
 */
gboolean
gcoap_option_number_is_repeatable (guint number)
{
  const GcoapOptionDefinition *definition = gcoap_option_definition_lookup (number);

  return definition == NULL || definition->repeatable;
}

/**
 * gcoap_option_number_get_oscore_class:
 * @number: an option number
 *
 * Gets how OSCORE treats an option.
 *
 * Returns: the classes; E if the number is not known, or was registered by the
 *   application
 *
 * Since: 0.1
 */
GcoapOscoreOptionClass
gcoap_option_number_get_oscore_class (guint number)
{
  const GcoapOptionDefinition *definition = gcoap_option_definition_lookup (number);

  /* RFC 8613 §4.1: class E is the default for unknown options. */
  return definition != NULL ? definition->oscore_class : GCOAP_OSCORE_CLASS_E;
}

/**
 * gcoap_option_number_from_string:
 * @text: an option as text
 * @number: (out): where to store the option number
 * @error: return location for an error
 *
 * Reads an option number: the name of a known option in any case, or a decimal
 * number up to 65535, which need not be known.
 *
 * The error is %GCOAP_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE if @text names an option
 *
 * Since: 0.1
 */
gboolean
gcoap_option_number_from_string (const char *text,
                                 guint      *number,
                                 GError    **error)
{
  const GcoapOptionDefinition *definition;
  guint64 value;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (number != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  definition = gcoap_option_definition_find (text);
  if (definition != NULL)
    {
      *number = definition->number;
      return TRUE;
    }

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &value, NULL))
    {
      *number = (guint) value;
      return TRUE;
    }

  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
               "“%s” is no CoAP option: neither a name such as Uri-Path nor a number up to 65535.",
               text);
  return FALSE;
}

/**
 * gcoap_option_number_register:
 * @number: the number of the option, up to 65535
 * @name: its name: ASCII letters, digits and hyphens, with a letter first
 * @format: how its values are to be read
 * @min_length: shortest value in bytes
 * @max_length: longest value in bytes, up to 65804; up to 4 for numbers, 0 for
 *   empty options
 * @repeatable: whether a message may carry it more than once
 * @error: return location for an error
 *
 * Makes an option of the application known to the library, so that its values
 * are checked, and shown by name.
 *
 * The registration holds for the whole process and cannot be undone; doing it
 * again with the same arguments has no effect. It may be called from any
 * thread, best before messages with the option are received. OSCORE encrypts
 * such options. The numbers 65000 to 65535 are meant for experiments
 * (RFC 7252 §12.2).
 *
 * The error is %GCOAP_ERROR_INVALID_ARGUMENT if an argument is out of range, or
 * the number or name belongs to another option.
 *
 * Returns: %TRUE if the option is now known
 *
 * Since: 0.1
 */
gboolean
gcoap_option_number_register (guint             number,
                              const char       *name,
                              GcoapOptionFormat format,
                              guint             min_length,
                              guint             max_length,
                              gboolean          repeatable,
                              GError          **error)
{
  GcoapOptionDefinition definition = {
    .number = number,
    .name = name,
    .format = format,
    .min_length = min_length,
    .max_length = max_length,
    .repeatable = repeatable != FALSE,
    .oscore_class = GCOAP_OSCORE_CLASS_E,
  };

  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return gcoap_option_definition_register (&definition, error);
}
