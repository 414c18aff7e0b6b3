/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Accept and Content-Format of a request, as a resource looks at them. */
#include "site/gcoap-negotiation.h"

#include "base/gcoap-content-format.h"
#include "base/gcoap-error.h"

static gboolean
contains (const guint *formats,
          gsize        n_formats,
          guint        format)
{
  for (gsize i = 0; i < n_formats; i++)
    if (formats[i] == format)
      return TRUE;
  return FALSE;
}

static void
set_format_error (GError           **error,
                  GcoapResponseError code,
                  const char        *what,
                  guint              format)
{
  g_autofree char *name = gcoap_content_format_to_string (format);

  g_set_error (error, GCOAP_RESPONSE_ERROR, code, "%s %s.", what, name);
}

/**
 * gcoap_site_negotiate:
 * @exchange: an exchange
 * @formats: (array length=n_formats): the content formats that can be made,
 *   best first
 * @n_formats: how many there are, at least one
 * @error: return location for an error
 *
 * Chooses the content format to answer in (RFC 7252 §5.10.4).
 *
 * It is the one that the Accept option of the request names, or the first if
 * it has none. The error is meant for [method@Exchange.fail].
 *
 * Errors: %GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE if Accept names another.
 *
 * Returns: the content format, or -1 with @error set
 *
 * Since: 0.1
 */
gint
gcoap_site_negotiate (GcoapExchange *exchange,
                      const guint   *formats,
                      gsize          n_formats,
                      GError       **error)
{
  guint accepted;

  g_return_val_if_fail (GCOAP_IS_EXCHANGE (exchange), -1);
  g_return_val_if_fail (formats != NULL && n_formats > 0, -1);

  if (!gcoap_message_get_option_uint (gcoap_exchange_get_request (exchange),
                                      GCOAP_OPTION_ACCEPT, &accepted))
    return (gint) formats[0];
  if (contains (formats, n_formats, accepted))
    return (gint) accepted;
  set_format_error (error, GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE,
                    "There is no representation in", accepted);
  return -1;
}

/**
 * gcoap_site_check_content_format:
 * @exchange: an exchange
 * @formats: (array length=n_formats): the content formats that are understood
 * @n_formats: how many there are
 * @error: return location for an error
 *
 * Checks the format of what the request brings (RFC 7252 §5.9.2.10).
 *
 * A request that does not say its format passes; what its payload is the
 * resource has to find out (RFC 7252 §5.5.1). The error is meant for
 * [method@Exchange.fail].
 *
 * Errors: %GCOAP_RESPONSE_ERROR_UNSUPPORTED_CONTENT_FORMAT.
 *
 * Returns: %TRUE, or %FALSE with @error set
 *
 * Since: 0.1
 */
gboolean
gcoap_site_check_content_format (GcoapExchange *exchange,
                                 const guint   *formats,
                                 gsize          n_formats,
                                 GError       **error)
{
  guint format;

  g_return_val_if_fail (GCOAP_IS_EXCHANGE (exchange), FALSE);
  g_return_val_if_fail (formats != NULL || n_formats == 0, FALSE);

  if (!gcoap_message_get_option_uint (gcoap_exchange_get_request (exchange),
                                      GCOAP_OPTION_CONTENT_FORMAT, &format)
      || contains (formats, n_formats, format))
    return TRUE;
  set_format_error (error, GCOAP_RESPONSE_ERROR_UNSUPPORTED_CONTENT_FORMAT,
                    "The resource does not understand", format);
  return FALSE;
}
