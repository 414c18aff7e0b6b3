/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a token interface reports upwards. Implemented by the token layer. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "interfaces/gcoap-transmission.h"
#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_TOKEN_MANAGER (gcoap_token_manager_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (GcoapTokenManager, gcoap_token_manager, GCOAP, TOKEN_MANAGER, GObject)

struct _GcoapTokenManagerInterface
{
  GTypeInterface g_iface;

  void     (*dispatch_request)  (GcoapTokenManager    *self,
                                 const GcoapPdu       *pdu);
  gboolean (*dispatch_response) (GcoapTokenManager    *self,
                                 const GcoapPdu       *pdu);
  void     (*dispatch_outcome)  (GcoapTokenManager    *self,
                                 GcoapTransmission    *transmission,
                                 GcoapOutcome          outcome,
                                 const GError         *error);
  void     (*dispatch_error)    (GcoapTokenManager    *self,
                                 GcoapEndpointAddress *address,
                                 const GError         *error);
  gboolean (*dispatch_bad_response) (GcoapTokenManager *self,
                                     const GcoapPdu    *pdu,
                                     const GError      *error);
  gboolean (*uses)              (GcoapTokenManager    *self,
                                 GcoapEndpointAddress *address);
};

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_manager_dispatch_request (GcoapTokenManager *self,
                                           const GcoapPdu    *pdu);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_token_manager_dispatch_response (GcoapTokenManager *self,
                                                const GcoapPdu    *pdu);

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_manager_dispatch_outcome (GcoapTokenManager *self,
                                           GcoapTransmission *transmission,
                                           GcoapOutcome       outcome,
                                           const GError      *error);

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_manager_dispatch_error (GcoapTokenManager    *self,
                                         GcoapEndpointAddress *address,
                                         const GError         *error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_token_manager_dispatch_bad_response (GcoapTokenManager *self,
                                                    const GcoapPdu    *pdu,
                                                    const GError      *error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_token_manager_uses (GcoapTokenManager    *self,
                                   GcoapEndpointAddress *address);

G_END_DECLS
