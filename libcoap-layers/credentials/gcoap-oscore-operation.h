/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One thing that a storage of OSCORE contexts is asked to do, and answers now or
 * later. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-oscore-credential.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_OSCORE_OPERATION (gcoap_oscore_operation_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapOscoreOperation, gcoap_oscore_operation, GCOAP, OSCORE_OPERATION, GObject)

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_oscore_operation_get_state (GcoapOscoreOperation *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_operation_finish_load (GcoapOscoreOperation  *self,
                                         GcoapOscoreCredential *parameters,
                                         const char            *state);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_operation_succeed (GcoapOscoreOperation *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_operation_fail (GcoapOscoreOperation *self,
                                  const char           *message);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_operation_fail_error (GcoapOscoreOperation *self,
                                        GError               *error);

G_END_DECLS
