/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a message interface reports upwards. Implemented by the message layer. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_MESSAGE_MANAGER (gcoap_message_manager_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (GcoapMessageManager, gcoap_message_manager, GCOAP, MESSAGE_MANAGER, GObject)

struct _GcoapMessageManagerInterface
{
  GTypeInterface g_iface;

  void (*dispatch_pdu)       (GcoapMessageManager  *self,
                              const GcoapPdu       *pdu);
  void (*dispatch_malformed) (GcoapMessageManager  *self,
                              const GcoapPdu       *pdu,
                              const GError         *error);
  void (*dispatch_error)     (GcoapMessageManager  *self,
                              GcoapEndpointAddress *address,
                              int                   message_id,
                              const GError         *error);
};

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_manager_dispatch_pdu (GcoapMessageManager *self,
                                         const GcoapPdu      *pdu);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_manager_dispatch_malformed (GcoapMessageManager *self,
                                               const GcoapPdu      *pdu,
                                               const GError        *error);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_manager_dispatch_error (GcoapMessageManager  *self,
                                           GcoapEndpointAddress *address,
                                           int                   message_id,
                                           const GError         *error);

G_END_DECLS
