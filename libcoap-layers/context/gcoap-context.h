/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public face: a whole stack as client, server or both. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "credentials/gcoap-credential-store.h"
#include "base/gcoap-limits.h"
#include "base/gcoap-statistics.h"
#include "base/gcoap-transport-tuning.h"
#include "interfaces/gcoap-message-interface.h"
#include "interfaces/gcoap-request-interface.h"
#include "interfaces/gcoap-runtime.h"
#include "interfaces/gcoap-trace.h"
#include "providers/echo/gcoap-echo-provider.h"
#include "wire/gcoap-message.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_CONTEXT (gcoap_context_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapContext, gcoap_context, GCOAP, CONTEXT, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapContext *gcoap_context_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapContext *gcoap_context_new_for_runtime (GcoapRuntime *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapRuntime *gcoap_context_get_runtime (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
GcoapLimits *gcoap_context_get_limits (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
GcoapStatistics *gcoap_context_get_statistics (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
GcoapTrace *gcoap_context_get_trace (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_trace (GcoapContext *self,
                              GcoapTrace   *trace);

GCOAP_AVAILABLE_IN_ALL
GcoapTransportTuning *gcoap_context_get_tuning (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_tuning (GcoapContext         *self,
                               GcoapTransportTuning *tuning);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_context_get_response_timeout (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_response_timeout (GcoapContext *self,
                                         guint         milliseconds);

GCOAP_AVAILABLE_IN_ALL
GcoapRequestInterface *gcoap_context_get_site (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_context_get_client_transport (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_client_transport (GcoapContext *self,
                                         const char   *name);

GCOAP_AVAILABLE_IN_ALL
const char *const *gcoap_context_get_allowed_origins (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_allowed_origins (GcoapContext *self, const char *const *origins);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_context_get_server_transport (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_server_transport (GcoapContext *self,
                                         const char   *name);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_site (GcoapContext          *self,
                             GcoapRequestInterface *site);

GCOAP_AVAILABLE_IN_ALL
GcoapRequestProvider *gcoap_context_get_inbound_provider (GcoapContext *self,
                                                          GType         type);

GCOAP_AVAILABLE_IN_ALL
GcoapRequestProvider *gcoap_context_get_outbound_provider (GcoapContext *self,
                                                           GType         type);

/* Server */
GCOAP_AVAILABLE_IN_ALL
GcoapAmplificationPolicy gcoap_context_get_amplification_policy (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_amplification_policy (GcoapContext             *self,
                                             GcoapAmplificationPolicy  policy);

GCOAP_AVAILABLE_IN_ALL
GcoapCredentialStore *gcoap_context_get_credentials (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_credentials (GcoapContext         *self,
                                    GcoapCredentialStore *credentials);

GCOAP_AVAILABLE_IN_ALL
GcoapCredentialStore *gcoap_context_get_server_credentials (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_server_credentials (GcoapContext         *self,
                                           GcoapCredentialStore *credentials);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_context_get_reuse_port (GcoapContext *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_set_reuse_port (GcoapContext *self,
                                   gboolean      reuse_port);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_context_listen (GcoapContext *self,
                               const char   *uri,
                               GError      **error);

GCOAP_AVAILABLE_IN_ALL
char **gcoap_context_dup_listen_uris (GcoapContext *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_context_join_groups (GcoapContext      *self,
                                    const char *const *interfaces,
                                    GError           **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_context_add_message_interface (GcoapContext          *self,
                                              GcoapMessageInterface *transport,
                                              GError               **error);

/* Client */
GCOAP_AVAILABLE_IN_ALL
void gcoap_context_request_async (GcoapContext        *self,
                                  GcoapMessage        *request,
                                  GCancellable        *cancellable,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_context_request_finish (GcoapContext *self,
                                            GAsyncResult *result,
                                            GError      **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_context_request (GcoapContext *self,
                                     GcoapMessage *request,
                                     GCancellable *cancellable,
                                     GError      **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_send_async (GcoapContext        *self,
                               GcoapExchange       *exchange,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_context_send_finish (GcoapContext *self,
                                         GAsyncResult *result,
                                         GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * GcoapGroupResponseFunc:
 * @exchange: the exchange of the request
 * @user_data: what was given to [method@Context.request_group_async]
 *
 * Receives one response to a group request; [method@Exchange.get_response] and
 * [method@Exchange.get_responder] tell what was said, and by whom.
 *
 * Since: 0.1
 */
typedef void (*GcoapGroupResponseFunc) (GcoapExchange *exchange,
                                        gpointer       user_data);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_request_group_async (GcoapContext           *self,
                                        GcoapMessage           *request,
                                        const char             *network_interface,
                                        guint                   wait,
                                        GCancellable           *cancellable,
                                        GcoapGroupResponseFunc  response_func,
                                        gpointer                response_data,
                                        GDestroyNotify          response_destroy,
                                        GAsyncReadyCallback     callback,
                                        gpointer                user_data);

GCOAP_AVAILABLE_IN_ALL
gssize gcoap_context_request_group_finish (GcoapContext *self,
                                           GAsyncResult *result,
                                           GError      **error);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_ping_async (GcoapContext        *self,
                               const char          *uri,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
gint64 gcoap_context_ping_finish (GcoapContext *self,
                                  GAsyncResult *result,
                                  GError      **error);

GCOAP_AVAILABLE_IN_ALL
void gcoap_context_shutdown_async (GcoapContext        *self,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_context_shutdown_finish (GcoapContext *self,
                                        GAsyncResult *result,
                                        GError      **error);

G_END_DECLS
