/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers an exchange: the one contract above the token layer, the same in
 * both directions. Implemented by token layer, router, every provider, site,
 * resource, context, and by applications in any language. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "interfaces/gcoap-exchange.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_REQUEST_INTERFACE (gcoap_request_interface_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (GcoapRequestInterface, gcoap_request_interface, GCOAP, REQUEST_INTERFACE, GObject)

/**
 * GcoapBodyHandling:
 * @GCOAP_BODY_HANDLING_ASSEMBLED: as one payload, put together by who stands
 *   before it, up to a limit
 * @GCOAP_BODY_HANDLING_BLOCKS: each block as a request of its own, with its
 *   Block1 and Block2 options; the responder keeps no state, or its own
 * @GCOAP_BODY_HANDLING_STREAM: into the stream that the responder names by
 *   [method@Exchange.set_request_sink], block by block
 *
 * How a responder wants a request body that comes in blocks (RFC 7959 §2.3).
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_BODY_HANDLING_ASSEMBLED,
  GCOAP_BODY_HANDLING_BLOCKS,
  GCOAP_BODY_HANDLING_STREAM,
} GcoapBodyHandling;

struct _GcoapRequestInterfaceInterface
{
  GTypeInterface g_iface;

  void     (*request)         (GcoapRequestInterface *self,
                               GcoapExchange         *exchange);
  void     (*prepare_async)   (GcoapRequestInterface *self,
                               GcoapExchange         *exchange,
                               GCancellable          *cancellable,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data);
  gboolean (*prepare_finish)  (GcoapRequestInterface *self,
                               GAsyncResult          *result,
                               GError               **error);
  gboolean (*recognizes)      (GcoapRequestInterface *self,
                               GcoapExchange         *exchange);
  void     (*shutdown_async)  (GcoapRequestInterface *self,
                               GCancellable          *cancellable,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data);
  gboolean (*shutdown_finish) (GcoapRequestInterface *self,
                               GAsyncResult          *result,
                               GError               **error);
  GcoapBodyHandling (*find_body_handling) (GcoapRequestInterface *self,
                                          GcoapExchange         *exchange);
};

GCOAP_AVAILABLE_IN_ALL
void gcoap_request_interface_request (GcoapRequestInterface *self,
                                      GcoapExchange         *exchange);

GCOAP_AVAILABLE_IN_ALL
void gcoap_request_interface_prepare_async (GcoapRequestInterface *self,
                                            GcoapExchange         *exchange,
                                            GCancellable          *cancellable,
                                            GAsyncReadyCallback    callback,
                                            gpointer               user_data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_request_interface_prepare_finish (GcoapRequestInterface *self,
                                                 GAsyncResult          *result,
                                                 GError               **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_request_interface_recognizes (GcoapRequestInterface *self,
                                             GcoapExchange         *exchange);

GCOAP_AVAILABLE_IN_ALL
GcoapBodyHandling gcoap_request_interface_find_body_handling (GcoapRequestInterface *self,
                                                             GcoapExchange         *exchange);

GCOAP_AVAILABLE_IN_ALL
void gcoap_request_interface_shutdown_async (GcoapRequestInterface *self,
                                             GCancellable          *cancellable,
                                             GAsyncReadyCallback    callback,
                                             gpointer               user_data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_request_interface_shutdown_finish (GcoapRequestInterface *self,
                                                  GAsyncResult          *result,
                                                  GError               **error);

G_END_DECLS
