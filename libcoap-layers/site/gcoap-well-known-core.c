/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Discovery: answers with the links of a site, filtered by the query. */
#include "site/gcoap-well-known-core-private.h"

#include <string.h>

#include "base/gcoap-content-format.h"
#include "site/gcoap-negotiation.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-site-tree-private.h"
#include "wire/gcoap-link-format.h"

/* Segments of ".well-known/core". */
#define OWN_SEGMENTS 2

struct _GcoapWellKnownCore
{
  GcoapResource parent_instance;

  GcoapSite *site; /* weak; NULL when it is gone */
};

G_DEFINE_FINAL_TYPE (GcoapWellKnownCore, gcoap_well_known_core, GCOAP_TYPE_RESOURCE)

/* The path of the site, which may be within another: that of the request
 * without ".well-known/core". */
static char *
dup_site_path (GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  guint depth = gcoap_exchange_get_path_depth (exchange);
  char *path = g_strdup ("");

  for (guint i = 0; i + OWN_SEGMENTS < depth; i++)
    {
      gsize length = 0;
      const guint8 *segment = gcoap_message_peek_option (request, GCOAP_OPTION_URI_PATH, i, &length);
      char *longer = gcoap_site_path_append (path, segment, length);

      g_free (path);
      path = longer;
    }
  return path;
}

static void
add_implementation_info (GcoapSite *site,
                         GPtrArray *links)
{
  const char *uri = gcoap_site_get_implementation_info (site);
  GcoapLink *link;

  if (uri == NULL)
    return;
  link = gcoap_link_new (uri);
  gcoap_link_add_attribute (link, "rel", "impl-info");
  g_ptr_array_add (links, link);
}

static GPtrArray *
select_links (GcoapSite     *site,
              GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autofree char *path = dup_site_path (exchange);
  g_autoptr (GPtrArray) links = gcoap_site_get_links (site, path);
  g_autoptr (GPtrArray) query = g_ptr_array_new_with_free_func (g_free);
  guint n = gcoap_message_count_option (request, GCOAP_OPTION_URI_QUERY);

  add_implementation_info (site, links);
  if (n == 0)
    return g_steal_pointer (&links);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (query, gcoap_message_get_option_string (request, GCOAP_OPTION_URI_QUERY, i));
  g_ptr_array_add (query, NULL);
  return gcoap_link_format_filter (links, (const char *const *) query->pdata);
}

static void
gcoap_well_known_core_get (GcoapResource *resource,
                           GcoapExchange *exchange)
{
  GcoapWellKnownCore *self = GCOAP_WELL_KNOWN_CORE (resource);
  static const guint formats[] = { GCOAP_CONTENT_FORMAT_LINK_FORMAT };
  g_autoptr (GPtrArray) links = NULL;
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) etag = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  if (self->site == NULL)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_FOUND, NULL);
      return;
    }
  if (gcoap_site_negotiate (exchange, formats, G_N_ELEMENTS (formats), &error) < 0)
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  links = select_links (self->site, exchange);
  /* RFC 6690 §4.1: a group is not answered with nothing. */
  if (links->len == 0 && gcoap_exchange_is_group (exchange))
    {
      gcoap_exchange_dismiss (exchange);
      return;
    }
  text = gcoap_link_format_write (links);
  payload = g_bytes_new_take (text, strlen (text));
  etag = gcoap_etag_for_bytes (payload);
  gcoap_resource_answer_content (exchange, payload, GCOAP_CONTENT_FORMAT_LINK_FORMAT, etag);
}

static void
gcoap_well_known_core_dispose (GObject *object)
{
  GcoapWellKnownCore *self = GCOAP_WELL_KNOWN_CORE (object);

  g_clear_weak_pointer (&self->site);
  G_OBJECT_CLASS (gcoap_well_known_core_parent_class)->dispose (object);
}

static void
gcoap_well_known_core_class_init (GcoapWellKnownCoreClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gcoap_well_known_core_dispose;
  GCOAP_RESOURCE_CLASS (klass)->get = gcoap_well_known_core_get;
}

static void
gcoap_well_known_core_init (GcoapWellKnownCore *self G_GNUC_UNUSED)
{
}

GcoapResource *
gcoap_well_known_core_new (GcoapSite *site)
{
  GcoapWellKnownCore *self = g_object_new (GCOAP_TYPE_WELL_KNOWN_CORE,
                                           "content-formats", "40", "hidden", TRUE, NULL);

  g_set_weak_pointer (&self->site, site);
  return GCOAP_RESOURCE (self);
}
