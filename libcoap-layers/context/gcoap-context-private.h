/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context as its own files see it. */
#pragma once

#include "context/gcoap-context.h"
#include "context/gcoap-site-slot-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "message/gcoap-message-layer.h"
#include "providers/oscore/gcoap-oscore-contexts-private.h"
#include "request/gcoap-router-private.h"
#include "token/gcoap-token-layer.h"

G_BEGIN_DECLS

struct _GcoapContext
{
  GObject parent_instance;

  GcoapRuntime          *runtime;
  GThread               *thread;        /* the one that owns the stack */
  GcoapTransportTuning  *tuning;        /* NULL: each layer's default */
  guint                  response_timeout;
  GcoapSiteSlot         *slot;
  GcoapRouter           *router;
  GcoapRequestInterface *inbound;       /* head of the chain on the way in */
  GcoapRequestInterface *outbound;      /* head of the chain on the way out */
  GPtrArray             *stacks;        /* of GcoapContextStack */
  GHashTable            *registrations; /* what is observed: key -> registration, both not owned */
  char                  *client_transport;   /* as set; NULL: the environment says */
  char                  *server_transport;
  GcoapCredentialStore  *credentials;        /* of requests; NULL: none */
  GcoapCredentialStore  *server_credentials; /* of what listens; NULL: none */
  GcoapOscoreContexts   *oscore;             /* those of both */
  char                 **allowed_origins;    /* of web pages; NULL: none but our own */
  gboolean               has_client;    /* a transport for requests stands */
  gboolean               closed;
};

void gcoap_context_request_interface_init (GcoapRequestInterfaceInterface *iface);

/* One transport and the layers over it. */
typedef struct
{
  GObject           *transport;
  GcoapMessageLayer *message_layer;   /* NULL: the transport is a token interface itself */
  GcoapTokenLayer   *token_layer;
  char              *scheme;
  gboolean           listens;
} GcoapContextStack;

void gcoap_context_stack_free (GcoapContextStack *stack);

/* Puts the layers over @transport, which is a message interface or a token
 * interface. */
GcoapContextStack *gcoap_context_add_stack (GcoapContext *self,
                                            gpointer      transport,
                                            gboolean      for_requests,
                                            gboolean      listens);

/* The stack that carries requests to URIs of this scheme, or NULL. */
GcoapContextStack *gcoap_context_find_client (GcoapContext *self,
                                              const char   *scheme);

/* The layer that carries messages to URIs of @scheme, or NULL. */
GcoapMessageLayer *gcoap_context_find_message_layer (GcoapContext *self,
                                                     const char   *scheme);

/* Makes the transport for requests to URIs of @scheme, which is a key of the
 * router, if there is none. */
gboolean gcoap_context_ensure_client (GcoapContext *self,
                                      const char   *scheme,
                                      GError      **error);

G_END_DECLS
