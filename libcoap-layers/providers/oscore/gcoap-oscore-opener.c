/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of what stands on the network's side of OSCORE: whatever comes out
 * there is verified. */
#include "providers/oscore/gcoap-oscore-provider-private.h"

#define GCOAP_TYPE_OSCORE_OPENER (gcoap_oscore_opener_get_type ())

G_DECLARE_FINAL_TYPE (GcoapOscoreOpener, gcoap_oscore_opener, GCOAP, OSCORE_OPENER, GObject)

struct _GcoapOscoreOpener
{
  GObject parent_instance;

  GcoapOscore *provider;   /* not owned */
};

static void
gcoap_oscore_opener_request (GcoapRequestInterface *iface,
                             GcoapExchange         *exchange)
{
  GcoapOscoreOpener *self = GCOAP_OSCORE_OPENER (iface);
  gsize length;

  if (self->provider == NULL)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE, "This endpoint is shutting down.");
      return;
    }
  /* RFC 8613 §4.1.3.4.2: what grew too large while it was put together. */
  gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);
  if (length > self->provider->max_unfragmented_size)
    {
      gcoap_statistics_count (self->provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_oscore_refuse (self->provider, exchange, GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE, NULL);
      return;
    }
  gcoap_oscore_verify (self->provider, exchange);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_oscore_opener_request;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapOscoreOpener, gcoap_oscore_opener, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE, request_interface_init))

static void
gcoap_oscore_opener_finalize (GObject *object)
{
  g_clear_weak_pointer (&GCOAP_OSCORE_OPENER (object)->provider);
  G_OBJECT_CLASS (gcoap_oscore_opener_parent_class)->finalize (object);
}

static void
gcoap_oscore_opener_class_init (GcoapOscoreOpenerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_oscore_opener_finalize;
}

static void
gcoap_oscore_opener_init (GcoapOscoreOpener *self G_GNUC_UNUSED)
{
}

GcoapRequestInterface *
gcoap_oscore_opener_new (GcoapOscore *provider)
{
  GcoapOscoreOpener *self = g_object_new (GCOAP_TYPE_OSCORE_OPENER, NULL);

  g_set_weak_pointer (&self->provider, provider);
  return GCOAP_REQUEST_INTERFACE (self);
}
