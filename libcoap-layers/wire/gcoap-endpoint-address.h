/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The immutable identity of an endpoint: what it is called, never how to
 * reach it. Transports derive their own kind. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_ENDPOINT_ADDRESS (gcoap_endpoint_address_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (GcoapEndpointAddress, gcoap_endpoint_address, GCOAP, ENDPOINT_ADDRESS, GObject)

struct _GcoapEndpointAddressClass
{
  GObjectClass parent_class;

  gboolean    (*equal)             (GcoapEndpointAddress *self,
                                    GcoapEndpointAddress *other);  /* same GType guaranteed */
  guint       (*hash)              (GcoapEndpointAddress *self);
  const char *(*get_scheme)        (GcoapEndpointAddress *self);   /* "coap" */
  char       *(*dup_hostinfo)      (GcoapEndpointAddress *self);   /* "[2001:db8::1]:5683"; port left out when default */
  gboolean    (*is_multicast)      (GcoapEndpointAddress *self);   /* default FALSE */
  gboolean    (*is_reliable)       (GcoapEndpointAddress *self);   /* default FALSE: needs CON/NON, duplicates possible */
  gboolean    (*is_secure)         (GcoapEndpointAddress *self);   /* default FALSE */
  GcoapEndpointAddress *(*get_blockwise_key) (GcoapEndpointAddress *self); /* default self; (transfer none) */
  gboolean    (*is_public)         (GcoapEndpointAddress *self);   /* default FALSE */
  const char *const *(*get_claims) (GcoapEndpointAddress *self);   /* default NULL; (transfer none) */

  gpointer padding[6];
};

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_endpoint_address_equal (GcoapEndpointAddress *self, GcoapEndpointAddress *other);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_endpoint_address_hash (GcoapEndpointAddress *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_endpoint_address_get_scheme (GcoapEndpointAddress *self);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_endpoint_address_dup_hostinfo (GcoapEndpointAddress *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_endpoint_address_dup_uri_base (GcoapEndpointAddress *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_endpoint_address_is_multicast (GcoapEndpointAddress *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_endpoint_address_is_reliable (GcoapEndpointAddress *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_endpoint_address_is_secure (GcoapEndpointAddress *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_endpoint_address_is_public (GcoapEndpointAddress *self);

GCOAP_AVAILABLE_IN_ALL
const char *const *gcoap_endpoint_address_get_claims (GcoapEndpointAddress *self);

GCOAP_AVAILABLE_IN_ALL
GcoapEndpointAddress *gcoap_endpoint_address_get_blockwise_key (GcoapEndpointAddress *self);

G_END_DECLS
