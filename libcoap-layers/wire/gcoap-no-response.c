/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RFC 7967: the value of a No-Response option is a bit map of the classes of
 * responses that the requester is not interested in.
 */
#include "wire/gcoap-no-response.h"

/**
 * gcoap_no_response_suppresses:
 * @value: the value of a No-Response option: bits 2 (2.xx), 8 (4.xx) and 16 (5.xx), or 0 for interest in everything
 * @code: the code of a response
 *
 * Tells whether a request with this No-Response option does not want this response (RFC 7967 §2.1).
 *
 * Returns: %TRUE if the response should not be sent; %FALSE for codes that are no responses
 *
 * Since: 0.1
 */
gboolean
gcoap_no_response_suppresses (guint value, GcoapCode code)
{
  /* The class n.xx is bit n - 1; there are no responses outside 2 to 5. */
  guint class_bit = gcoap_code_is_response (code) ? 1u << (gcoap_code_get_class (code) - 1) : 0;

  return (value & class_bit) != 0;
}
