/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Codes are a class of three bits and a detail of five (RFC 7252 §3). The
 * functions take any byte, because a peer may send what is not registered.
 */
#include "base/gcoap-code.h"

#include "base/gcoap-error.h"

typedef struct
{
  guint8 code;
  const char *name;
  const char *nick;
} Registration;

static const Registration registered_codes[] = {
#include "base/gcoap-code-table.inc"
};

static const Registration *
lookup (guint code)
{
  for (guint i = 0; i < G_N_ELEMENTS (registered_codes); i++)
    {
      if (registered_codes[i].code == code)
        return &registered_codes[i];
    }

  return NULL;
}

/**
 * gcoap_code_get_class:
 * @code: a code, 0 to 255
 *
 * Gets the class of a code: the digit before the dot.
 *
 * Returns: the class, 0 to 7; 0 for requests, 2, 4 and 5 for responses, 7 for
 *   signaling messages
 *
 * Since: 0.1
 */
guint
gcoap_code_get_class (guint code)
{
  return (code >> 5) & 7;
}

/**
 * gcoap_code_get_detail:
 * @code: a code, 0 to 255
 *
 * Gets the detail of a code: the two digits after the dot.
 *
 * Returns: the detail, 0 to 31
 *
 * Since: 0.1
 */
guint
gcoap_code_get_detail (guint code)
{
  return code & 31;
}

/**
 * gcoap_code_is_request:
 * @code: a code, 0 to 255
 *
 * Tells whether a message with this code is a request (RFC 7252 §12.1.1).
 *
 * This includes methods that are not registered, but not the empty message.
 *
 * Returns: %TRUE for 0.01 to 0.31
 *
 * Since: 0.1
 */
gboolean
gcoap_code_is_request (guint code)
{
  return code >= 1 && code <= 31;
}

/**
 * gcoap_code_is_response:
 * @code: a code, 0 to 255
 *
 * Tells whether a message with this code is a response (RFC 7252 §12.1.2).
 *
 * The classes 3 and 6 are reserved, and no response.
 *
 * Returns: %TRUE for the classes 2, 4 and 5
 *
 * Since: 0.1
 */
gboolean
gcoap_code_is_response (guint code)
{
  return gcoap_code_is_success (code) || gcoap_code_is_error (code);
}

/**
 * gcoap_code_is_success:
 * @code: a code, 0 to 255
 *
 * Tells whether a message with this code says that a request was fulfilled.
 *
 * Returns: %TRUE for class 2
 *
 * Since: 0.1
 */
gboolean
gcoap_code_is_success (guint code)
{
  return code >> 5 == 2;
}

/**
 * gcoap_code_is_client_error:
 * @code: a code, 0 to 255
 *
 * Tells whether a message with this code says that the client was wrong.
 *
 * Returns: %TRUE for class 4
 *
 * Since: 0.1
 */
gboolean
gcoap_code_is_client_error (guint code)
{
  return code >> 5 == 4;
}

/**
 * gcoap_code_is_server_error:
 * @code: a code, 0 to 255
 *
 * Tells whether a message with this code says that the server failed.
 *
 * Returns: %TRUE for class 5
 *
 * Since: 0.1
 */
gboolean
gcoap_code_is_server_error (guint code)
{
  return code >> 5 == 5;
}

/**
 * gcoap_code_is_error:
 * @code: a code, 0 to 255
 *
 * Tells whether a message with this code is an error response.
 *
 * Returns: %TRUE for the classes 4 and 5
 *
 * Since: 0.1
 */
gboolean
gcoap_code_is_error (guint code)
{
  return gcoap_code_is_client_error (code) || gcoap_code_is_server_error (code);
}

/**
 * gcoap_code_is_signaling:
 * @code: a code, 0 to 255
 *
 * Tells whether a message with this code is about the connection it came by
 * (RFC 8323 §5).
 *
 * Returns: %TRUE for class 7
 *
 * Since: 0.1
 */
gboolean
gcoap_code_is_signaling (guint code)
{
  return code >> 5 == 7;
}

/**
 * gcoap_code_to_string:
 * @code: a code, 0 to 255
 *
 * Writes a code as class, dot and detail, such as 2.05.
 *
 * Returns: (transfer full): the code as text
 *
 * Since: 0.1
 */
char *
gcoap_code_to_string (guint code)
{
  return g_strdup_printf ("%u.%02u", gcoap_code_get_class (code), gcoap_code_get_detail (code));
}

/**
 * gcoap_code_get_name:
 * @code: a code, 0 to 255
 *
 * Gets the registered name of a code, such as GET or Not Found.
 *
 * Returns: (nullable): the name, or %NULL if the code is not registered
 *
 * Since: 0.1
 */
const char *
gcoap_code_get_name (guint code)
{
  const Registration *registration = lookup (code);

  return registration != NULL ? registration->name : NULL;
}

/**
 * gcoap_code_get_nick:
 * @code: a code, 0 to 255
 *
 * Gets a short name of a code in lower case without spaces, such as get or
 * not-found.
 *
 * Returns: (nullable): the short name, or %NULL if the code is not registered
 *
 * Since: 0.1
 */
const char *
gcoap_code_get_nick (guint code)
{
  const Registration *registration = lookup (code);

  return registration != NULL ? registration->nick : NULL;
}

/**
 * gcoap_code_from_string:
 * @text: a code as text
 * @code: (out): where to store the code
 * @error: return location for an error
 *
 * Reads a code: a name in any case, with spaces or hyphens between its words
 * (GET, ipatch, not-found), or class, dot and two digits of detail (4.04).
 *
 * A code given by its digits need not be registered. The error is
 * %GCOAP_ERROR_INVALID_ARGUMENT.
 *
 * Returns: %TRUE if @text is a code
 *
 * Since: 0.1
 */
gboolean
gcoap_code_from_string (const char *text,
                        GcoapCode  *code,
                        GError    **error)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (code != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (registered_codes); i++)
    {
      if (g_ascii_strcasecmp (text, registered_codes[i].name) == 0 ||
          g_ascii_strcasecmp (text, registered_codes[i].nick) == 0)
        {
          *code = registered_codes[i].code;
          return TRUE;
        }
    }

  if (text[0] >= '0' && text[0] <= '7' && text[1] == '.' &&
      g_ascii_isdigit (text[2]) && g_ascii_isdigit (text[3]) && text[4] == '\0')
    {
      guint detail = (guint) g_ascii_digit_value (text[2]) * 10 + (guint) g_ascii_digit_value (text[3]);

      if (detail <= 31)
        {
          *code = (guint) g_ascii_digit_value (text[0]) << 5 | detail;
          return TRUE;
        }
    }

  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
               "“%s” is no CoAP code: neither a name such as GET or not-found nor digits such as 2.05.",
               text);
  return FALSE;
}
