/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource that keeps what PUT gives it: with entity-tag, preconditions, and
 * a limit. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

/* What one such resource keeps at most, in bytes, unless it is told otherwise. */
#define SERVER_STORED_MAX_SIZE 1200

#define SERVER_TYPE_STORED_RESOURCE (server_stored_resource_get_type ())

G_DECLARE_FINAL_TYPE (ServerStoredResource, server_stored_resource, SERVER, STORED_RESOURCE, GcoapResource)

typedef void (*ServerPostFunc) (GcoapExchange *exchange,
                                gpointer       user_data);

/* @initial: what is there at the beginning and again after DELETE; NULL: nothing. */
ServerStoredResource *server_stored_resource_new (const char *initial) G_GNUC_WARN_UNUSED_RESULT;

/* Whether only texts are taken, not just any format. */
void server_stored_resource_set_text_only (ServerStoredResource *self);

/* What it keeps at most, in bytes. */
void server_stored_resource_set_maximum (ServerStoredResource *self,
                                         gsize                 bytes);

/* How POST is answered, which else is not allowed. */
void server_stored_resource_set_post (ServerStoredResource *self,
                                      ServerPostFunc        post,
                                      gpointer              user_data);

/* Keeps the payload of a request; or fails its exchange and returns FALSE. */
gboolean server_stored_resource_take (ServerStoredResource *self,
                                      GcoapExchange        *exchange);

G_END_DECLS
