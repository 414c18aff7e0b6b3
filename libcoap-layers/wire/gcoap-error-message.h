/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one place where an error becomes a response, and the one where an error
 * response becomes an error. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/* Bytes of diagnostic payload sent; small enough for a whole response of 132
 * bytes, the most RFC 9175 §2.6 lets go to an address not yet verified. */
#define GCOAP_DIAGNOSTIC_MAX_BYTES 120

/* Seconds after which the requester of a 5.03 made here may try again. */
#define GCOAP_ERROR_RETRY_SECONDS 10

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_message_new_for_error (const GError *error) G_GNUC_WARN_UNUSED_RESULT;

/* As problem details (RFC 9290) if the request accepts those. */
GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_message_new_for_error_accepting (const GError *error, GcoapMessage *request) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GError *gcoap_message_to_error (GcoapMessage *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
