/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands at a path of a site: answers requests, and describes itself in a
 * link. Derived by applications. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-request-interface.h"
#include "wire/gcoap-link-format.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_RESOURCE (gcoap_resource_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (GcoapResource, gcoap_resource, GCOAP, RESOURCE, GObject)

/**
 * GcoapResourceClass:
 * @render: answers a request; the default calls the one for its method
 * @get: answers a GET request; the default of this and the others answers 4.05
 * @post: answers a POST request
 * @put: answers a PUT request
 * @delete_: answers a DELETE request; `delete` is a word of C++
 * @fetch: answers a FETCH request (RFC 8132)
 * @patch: answers a PATCH request (RFC 8132)
 * @ipatch: answers an iPATCH request (RFC 8132)
 *
 * What a resource implements: @render, or some of the others.
 *
 * Since: 0.1
 */
struct _GcoapResourceClass
{
  GObjectClass parent_class;

  void (*render)  (GcoapResource *self,
                   GcoapExchange *exchange);
  void (*get)     (GcoapResource *self,
                   GcoapExchange *exchange);
  void (*post)    (GcoapResource *self,
                   GcoapExchange *exchange);
  void (*put)     (GcoapResource *self,
                   GcoapExchange *exchange);
  void (*delete_) (GcoapResource *self,
                   GcoapExchange *exchange);
  void (*fetch)   (GcoapResource *self,
                   GcoapExchange *exchange);
  void (*patch)   (GcoapResource *self,
                   GcoapExchange *exchange);
  void (*ipatch)  (GcoapResource *self,
                   GcoapExchange *exchange);

  /*< private >*/
  gpointer padding[8];
};

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_resource_get_title (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_title (GcoapResource *self,
                               const char    *text);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_resource_get_resource_type (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_resource_type (GcoapResource *self,
                                       const char    *text);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_resource_get_interface_description (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_interface_description (GcoapResource *self,
                                               const char    *text);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_resource_get_content_formats (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_content_formats (GcoapResource *self,
                                         const char    *text);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_resource_get_hidden (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_hidden (GcoapResource *self,
                                gboolean       hidden);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_resource_get_observable (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_observable (GcoapResource *self,
                                    gboolean       observable);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_resource_get_observer_count (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
GcoapReliability gcoap_resource_get_notification_reliability (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_notification_reliability (GcoapResource    *self,
                                                  GcoapReliability  reliability);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_notify_observers (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_end_observations (GcoapResource *self,
                                      GcoapCode      code,
                                      const char    *diagnostic);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_resource_get_subtree (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_subtree (GcoapResource *self,
                                 gboolean       subtree);

GCOAP_AVAILABLE_IN_ALL
guint64 gcoap_resource_get_maximum_size (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_maximum_size (GcoapResource *self,
                                      guint64        bytes);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_resource_get_require_freshness (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_require_freshness (GcoapResource *self,
                                           guint          milliseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_resource_get_rate_limit (GcoapResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_set_rate_limit (GcoapResource *self,
                                    guint          per_minute);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_add_attribute (GcoapResource *self,
                                   const char    *name,
                                   const char    *value);

GCOAP_AVAILABLE_IN_ALL
GcoapLink *gcoap_resource_get_link (GcoapResource *self,
                                    const char    *path) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_handle_option (GcoapResource *self,
                                   guint          number);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_resource_handles_option (GcoapResource *self,
                                        guint          number);

G_END_DECLS
