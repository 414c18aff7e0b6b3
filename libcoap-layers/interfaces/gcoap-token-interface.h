/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends requests and responses that bear tokens: what the token layer drives.
 * Implemented by the message layer, and by reliable transports directly. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "interfaces/gcoap-token-manager.h"
#include "interfaces/gcoap-transmission.h"
#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_TOKEN_INTERFACE (gcoap_token_interface_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (GcoapTokenInterface, gcoap_token_interface, GCOAP, TOKEN_INTERFACE, GObject)

struct _GcoapTokenInterfaceInterface
{
  GTypeInterface g_iface;

  void               (*set_manager)     (GcoapTokenInterface  *self,
                                         GcoapTokenManager    *manager);
  const char        *(*get_scheme)      (GcoapTokenInterface  *self);
  GcoapTransmission *(*send_request)    (GcoapTokenInterface  *self,
                                         const GcoapPdu       *pdu,
                                         GcoapTransportTuning *tuning,
                                         GError              **error);
  GcoapTransmission *(*send_response)   (GcoapTokenInterface  *self,
                                         const GcoapPdu       *request_pdu,
                                         GcoapMessage         *message,
                                         GcoapTransportTuning *tuning,
                                         gboolean              report);
  void               (*reject)          (GcoapTokenInterface  *self,
                                         const GcoapPdu       *request_pdu,
                                         const GError         *error);
  gboolean           (*recognizes)      (GcoapTokenInterface  *self,
                                         GcoapEndpointAddress *address);
  void               (*resolve_async)   (GcoapTokenInterface  *self,
                                         const char           *uri,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
  GPtrArray         *(*resolve_finish)  (GcoapTokenInterface  *self,
                                         GAsyncResult         *result,
                                         GError              **error);
  gsize              (*get_room)        (GcoapTokenInterface  *self,
                                         GcoapEndpointAddress *address);
  void               (*shutdown_async)  (GcoapTokenInterface  *self,
                                         GCancellable         *cancellable,
                                         GAsyncReadyCallback   callback,
                                         gpointer              user_data);
  gboolean           (*shutdown_finish) (GcoapTokenInterface  *self,
                                         GAsyncResult         *result,
                                         GError              **error);
};

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_interface_set_manager (GcoapTokenInterface *self,
                                        GcoapTokenManager   *manager);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_token_interface_get_scheme (GcoapTokenInterface *self);

GCOAP_AVAILABLE_IN_ALL
GcoapTransmission *gcoap_token_interface_send_request (GcoapTokenInterface  *self,
                                                       const GcoapPdu       *pdu,
                                                       GcoapTransportTuning *tuning,
                                                       GError              **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapTransmission *gcoap_token_interface_send_response (GcoapTokenInterface  *self,
                                                        const GcoapPdu       *request_pdu,
                                                        GcoapMessage         *message,
                                                        GcoapTransportTuning *tuning,
                                                        gboolean              report) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_interface_reject (GcoapTokenInterface *self,
                                   const GcoapPdu      *request_pdu,
                                   const GError        *error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_token_interface_recognizes (GcoapTokenInterface  *self,
                                           GcoapEndpointAddress *address);

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_interface_resolve_async (GcoapTokenInterface *self,
                                          const char          *uri,
                                          GCancellable        *cancellable,
                                          GAsyncReadyCallback  callback,
                                          gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
GPtrArray *gcoap_token_interface_resolve_finish (GcoapTokenInterface *self,
                                                 GAsyncResult        *result,
                                                 GError             **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gsize gcoap_token_interface_get_room (GcoapTokenInterface  *self,
                                      GcoapEndpointAddress *address);

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_interface_shutdown_async (GcoapTokenInterface *self,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_token_interface_shutdown_finish (GcoapTokenInterface *self,
                                                GAsyncResult        *result,
                                                GError             **error);

G_END_DECLS
