/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 9175 §2: the Echo option. Answers challenges, and makes them. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-runtime.h"
#include "request/gcoap-request-provider.h"

G_BEGIN_DECLS

/**
 * GcoapAmplificationPolicy:
 * @GCOAP_AMPLIFICATION_POLICY_NONE: nobody; for networks where no source
 *   address is forged
 * @GCOAP_AMPLIFICATION_POLICY_PUBLIC: those in the public Internet, not those
 *   of this host, this link, or a private network; see
 *   [method@EndpointAddress.is_public]
 * @GCOAP_AMPLIFICATION_POLICY_ALL: everybody
 *
 * Who must show that it can receive what is sent to its address before it gets
 * more than a little.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_AMPLIFICATION_POLICY_NONE,
  GCOAP_AMPLIFICATION_POLICY_PUBLIC,
  GCOAP_AMPLIFICATION_POLICY_ALL,
} GcoapAmplificationPolicy;

#define GCOAP_TYPE_ECHO (gcoap_echo_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapEcho, gcoap_echo, GCOAP, ECHO, GcoapRequestProvider)

GCOAP_AVAILABLE_IN_ALL
GcoapEcho *gcoap_echo_new (GcoapRequestInterface *next,
                           GcoapRuntime          *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapAmplificationPolicy gcoap_echo_get_amplification_policy (GcoapEcho *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_echo_set_amplification_policy (GcoapEcho                *self,
                                          GcoapAmplificationPolicy  policy);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_echo_get_freshness_window (GcoapEcho *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_echo_set_freshness_window (GcoapEcho *self,
                                      guint      milliseconds);

G_END_DECLS
