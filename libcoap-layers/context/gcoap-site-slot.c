/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-site-slot-private.h"

struct _GcoapSiteSlot
{
  GObject parent_instance;

  GcoapRequestInterface          *site;
  GcoapRequestInterfaceInterface *site_iface;  /* found once, for every request needs it */
};

static void
gcoap_site_slot_request (GcoapRequestInterface *iface,
                         GcoapExchange         *exchange)
{
  GcoapSiteSlot *self = GCOAP_SITE_SLOT (iface);

  if (self->site != NULL)
    self->site_iface->request (self->site, exchange);
  else if (gcoap_exchange_is_group (exchange))
    /* RFC 7252 §8.1: no error goes to a whole group's asker. */
    gcoap_exchange_dismiss (exchange);
  else
    gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_FOUND, "Nothing is served here.");
}

static void
gcoap_site_slot_shutdown_async (GcoapRequestInterface *iface,
                                GCancellable          *cancellable,
                                GAsyncReadyCallback    callback,
                                gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (iface, cancellable, callback, user_data);

  /* The site is the application's: it may serve another context. */
  g_task_set_source_tag (task, gcoap_site_slot_shutdown_async);
  g_task_return_boolean (task, TRUE);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_site_slot_request;
  iface->shutdown_async = gcoap_site_slot_shutdown_async;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapSiteSlot, gcoap_site_slot, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static void
gcoap_site_slot_dispose (GObject *object)
{
  g_clear_object (&GCOAP_SITE_SLOT (object)->site);
  G_OBJECT_CLASS (gcoap_site_slot_parent_class)->dispose (object);
}

static void
gcoap_site_slot_class_init (GcoapSiteSlotClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gcoap_site_slot_dispose;
}

static void
gcoap_site_slot_init (GcoapSiteSlot *self G_GNUC_UNUSED)
{
}

GcoapSiteSlot *
gcoap_site_slot_new (void)
{
  return g_object_new (GCOAP_TYPE_SITE_SLOT, NULL);
}

GcoapRequestInterface *
gcoap_site_slot_get_site (GcoapSiteSlot *self)
{
  return self->site;
}

gboolean
gcoap_site_slot_set_site (GcoapSiteSlot         *self,
                          GcoapRequestInterface *site)
{
  self->site_iface = site != NULL ? GCOAP_REQUEST_INTERFACE_GET_IFACE (site) : NULL;
  return g_set_object (&self->site, site);
}
