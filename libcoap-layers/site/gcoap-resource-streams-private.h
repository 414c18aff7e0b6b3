/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The streams a resource has accepted, and the telling of a new state to all
 * of them: rendered once for those that asked alike, in slices, so that a
 * crowd of observers does not hold up the main loop. */
#pragma once

#include "site/gcoap-resource.h"

G_BEGIN_DECLS

/* How many observers are told before the main loop has its turn. */
#define GCOAP_RESOURCE_STREAMS_SLICE 64

typedef struct _GcoapResourceStreams GcoapResourceStreams;

/* Both are called with the resource. */
typedef struct
{
  void (*render)  (GcoapResource *resource, GcoapExchange *exchange);
  void (*changed) (GcoapResource *resource);   /* the number of streams has */
} GcoapResourceStreamsFuncs;

GcoapResourceStreams *gcoap_resource_streams_new (GcoapResource                   *resource,
                                                  const GcoapResourceStreamsFuncs *funcs);

/* Ends those that are left with 4.04. */
void gcoap_resource_streams_free (GcoapResourceStreams *self);

/* Answers the request now, and whenever there is a new state. The exchange
 * expects a stream. */
void gcoap_resource_streams_accept (GcoapResourceStreams *self,
                                    GcoapExchange        *exchange);

/* There is a new state. */
void gcoap_resource_streams_notify (GcoapResourceStreams *self);

/* There is a new state, but only for some of the requests. */
typedef gboolean (*GcoapStreamMatchFunc) (GcoapExchange *exchange,
                                          gpointer       data);

void gcoap_resource_streams_notify_some (GcoapResourceStreams *self,
                                         GcoapStreamMatchFunc  match,
                                         gpointer              data);

/* Whether the exchange is one that the streams ask by: its answer goes to many,
 * at different times, so that it must be a payload. */
gboolean gcoap_resource_streams_is_rendering (GcoapExchange *exchange);

/* Renders and tells for as long as the slice lasts; TRUE if there may be more. */
gboolean gcoap_resource_streams_run_slice (GcoapResourceStreams *self,
                                           guint                 n_observers);

void gcoap_resource_streams_end_all (GcoapResourceStreams *self,
                                     GcoapCode             code,
                                     const char           *diagnostic);

guint gcoap_resource_streams_get_n (GcoapResourceStreams *self);

/* How notifications are sent. */
GcoapReliability gcoap_resource_streams_get_reliability (GcoapResourceStreams *self);

void gcoap_resource_streams_set_reliability (GcoapResourceStreams *self,
                                             GcoapReliability      reliability);

/* Those of a resource; NULL if there are none and none are to be made. */
GcoapResourceStreams *gcoap_resource_get_streams (GcoapResource *resource,
                                                  gboolean       create);

G_END_DECLS
