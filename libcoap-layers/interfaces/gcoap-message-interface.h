/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sends and receives messages that may be lost, repeated and reordered: what
 * the message layer drives. Implemented by udp, dtls, the simulated link. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "interfaces/gcoap-message-manager.h"
#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_MESSAGE_INTERFACE (gcoap_message_interface_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (GcoapMessageInterface, gcoap_message_interface, GCOAP, MESSAGE_INTERFACE, GObject)

struct _GcoapMessageInterfaceInterface
{
  GTypeInterface g_iface;

  void        (*set_manager)     (GcoapMessageInterface *self,
                                  GcoapMessageManager   *manager);
  const char *(*get_scheme)      (GcoapMessageInterface *self);
  gboolean    (*send)            (GcoapMessageInterface *self,
                                  const GcoapPdu        *pdu,
                                  GError               **error);
  gboolean    (*recognizes)      (GcoapMessageInterface *self,
                                  GcoapEndpointAddress  *address);
  void        (*resolve_async)   (GcoapMessageInterface *self,
                                  const char            *uri,
                                  GCancellable          *cancellable,
                                  GAsyncReadyCallback    callback,
                                  gpointer               user_data);
  GPtrArray  *(*resolve_finish)  (GcoapMessageInterface *self,
                                  GAsyncResult          *result,
                                  GError               **error);
  gsize       (*get_room)        (GcoapMessageInterface *self,
                                  GcoapEndpointAddress  *address);
  void        (*shutdown_async)  (GcoapMessageInterface *self,
                                  GCancellable          *cancellable,
                                  GAsyncReadyCallback    callback,
                                  gpointer               user_data);
  gboolean    (*shutdown_finish) (GcoapMessageInterface *self,
                                  GAsyncResult          *result,
                                  GError               **error);
};

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_interface_set_manager (GcoapMessageInterface *self,
                                          GcoapMessageManager   *manager);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_message_interface_get_scheme (GcoapMessageInterface *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_interface_send (GcoapMessageInterface *self,
                                       const GcoapPdu        *pdu,
                                       GError               **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_interface_recognizes (GcoapMessageInterface *self,
                                             GcoapEndpointAddress  *address);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_interface_resolve_async (GcoapMessageInterface *self,
                                            const char            *uri,
                                            GCancellable          *cancellable,
                                            GAsyncReadyCallback    callback,
                                            gpointer               user_data);

GCOAP_AVAILABLE_IN_ALL
GPtrArray *gcoap_message_interface_resolve_finish (GcoapMessageInterface *self,
                                                   GAsyncResult          *result,
                                                   GError               **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gsize gcoap_message_interface_get_room (GcoapMessageInterface *self,
                                        GcoapEndpointAddress  *address);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_interface_shutdown_async (GcoapMessageInterface *self,
                                             GCancellable          *cancellable,
                                             GAsyncReadyCallback    callback,
                                             gpointer               user_data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_interface_shutdown_finish (GcoapMessageInterface *self,
                                                  GAsyncResult          *result,
                                                  GError               **error);

G_END_DECLS
