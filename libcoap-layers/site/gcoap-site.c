/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Gives each request to what stands at its path, and answers those that nobody
 * can answer. */
#include "site/gcoap-site.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "base/gcoap-version.h"
#include "interfaces/gcoap-exchange-private.h"
#include "request/gcoap-request-provider.h"
#include "site/gcoap-resource.h"
#include "site/gcoap-site-private.h"
#include "site/gcoap-site-tree-private.h"
#include "site/gcoap-well-known-core-private.h"
#include "wire/gcoap-link-format.h"
#include "wire/gcoap-uri-path-abbrev.h"
#include "wire/gcoap-uri-syntax-private.h"

/* Sites within sites, so that one that contains itself is noticed. */
#define MAX_NESTING 16

/* A package URL. The library has no page of its own to link to, and a URN would
 * not say which version it is. */
#define IMPLEMENTATION_INFO "pkg:generic/libcoap-layers@" GCOAP_VERSION_S

/**
 * GcoapSite:
 *
 * Resources at paths.
 *
 * A site is the end of the inbound chain: it gives each request to the child
 * that stands at the path of its Uri-Path options. A [class@Resource] answers
 * for exactly its path, or with [property@Resource:subtree] also for those
 * below. Any other request interface, another site or an application's own,
 * answers for its path and all below; [method@Exchange.get_path_depth] tells
 * it how many segments were matched. The longest match wins.
 *
 * `/.well-known/core` is there from the start: it lists the resources that are
 * not hidden, those of sites within the site too (RFC 6690). It can be
 * replaced or removed like any other.
 *
 * The site itself answers 4.04 for paths where nothing stands, 5.05 for
 * requests meant for another server, 4.00 where Hop-Limit has no valid value
 * (RFC 8768 §3), and refuses those with critical options that nobody deals with
 * (RFC 7252 §5.4.1). If a GET or FETCH comes out in
 * another content format than its Accept option asks for, it is answered by
 * 4.06 (RFC 7252 §5.10.4).
 *
 * Since: 0.1
 */
struct _GcoapSite
{
  GObject parent_instance;

  GcoapSiteNode *root;
  char          *implementation_info;
};

enum
{
  PROP_0,
  PROP_IMPLEMENTATION_INFO,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapSite, gcoap_site, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

/* Critical options that the site reads, or counts on resources to read. All
 * have numbers below 32. */
#define HANDLED_OPTIONS (1u << GCOAP_OPTION_IF_MATCH | 1u << GCOAP_OPTION_URI_HOST \
                         | 1u << GCOAP_OPTION_IF_NONE_MATCH | 1u << GCOAP_OPTION_URI_PORT \
                         | 1u << GCOAP_OPTION_URI_PATH | 1u << GCOAP_OPTION_URI_QUERY \
                         | 1u << GCOAP_OPTION_ACCEPT)

static gboolean
resource_handles (GcoapRequestInterface *child,
                  guint                  number)
{
  return GCOAP_IS_RESOURCE (child)
         && gcoap_resource_handles_option (GCOAP_RESOURCE (child), number);
}

/* RFC 8768 §3: 0, and more than 255, are answered by 4.00, by servers too; any
 * other number is of no interest to who forwards nothing. */
static gboolean
hop_limit_is_good (GcoapMessage *request,
                   guint         position)
{
  const guint8 *value = NULL;
  gsize length = 0;

  gcoap_message_peek_option_at (request, position, NULL, &value, &length);
  /* RFC 7252 §3.2: zeros in front are to be understood. */
  while (length > 0 && value[0] == 0)
    {
      value++;
      length--;
    }
  return length == 1;
}

/* The first option for which the request is refused, or 0: a critical one that
 * nobody deals with (decorators have removed those they dealt with), or a
 * Hop-Limit that is no such number. */
static guint
find_refused_option (GcoapMessage          *request,
                       GcoapRequestInterface *child)
{
  guint bad = gcoap_message_find_bad_critical_option (request);
  guint n = gcoap_message_get_n_options (request);
  guint previous = 0;

  if (bad != 0 && !resource_handles (child, bad))
    return bad;
  for (guint i = 0; i < n; i++)
    {
      guint number = gcoap_message_get_option_number_at (request, i);

      /* If there are several, the first counts (RFC 7252 §5.4.5). */
      if (number == GCOAP_OPTION_HOP_LIMIT && previous != number && !hop_limit_is_good (request, i))
        return number;
      previous = number;
      if (gcoap_option_number_is_critical (number)
          && (number >= 32 || (HANDLED_OPTIONS & 1u << number) == 0)
          && !resource_handles (child, number))
        return number;
    }
  return 0;
}

static void
refuse_option (GcoapExchange *exchange,
               guint          number)
{
  const char *name = gcoap_option_number_get_name (number);
  g_autoptr (GError) error = NULL;

  if (number == GCOAP_OPTION_HOP_LIMIT)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_BAD_REQUEST,
                                "Hop-Limit is a number from 1 to 255.");
      return;
    }
  if (name != NULL)
    error = g_error_new (GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_OPTION,
                         "The option %s cannot be dealt with here.", name);
  else
    error = g_error_new (GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_OPTION,
                         "The critical option %u is not known.", number);
  /* RFC 7252 §5.4.1: 4.02 to a confirmable request, a non-confirmable one is
   * rejected; which of them it was the layer below knows. */
  gcoap_exchange_reject (exchange, error);
}

GcoapVerdict
gcoap_site_check_format_cb (GcoapExchange *exchange,
                            gboolean       is_last,
                            gpointer       user_data)
{
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  guint accepted;
  guint format;

  if (response == NULL || gcoap_message_get_code (response) != GCOAP_CODE_CONTENT
      || !gcoap_message_get_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, &format)
      || !gcoap_message_get_option_uint (gcoap_exchange_get_request (exchange),
                                         GCOAP_OPTION_ACCEPT, &accepted)
      || format == accepted)
    return GCOAP_VERDICT_PASS;

  /* RFC 7252 §5.10.4: what cannot be had as it was asked for is 4.06. */
  if (is_last)
    {
      gcoap_exchange_take_over (exchange);
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_ACCEPTABLE,
                                "There is no representation in the format that Accept names.");
      return GCOAP_VERDICT_TAKE;
    }
  return GCOAP_VERDICT_PASS;
}

/* What the site knows of a request because of its method. */
static void
prepare_for_resource (GcoapExchange *exchange,
                      GcoapMessage  *request)
{
  guint method = gcoap_message_get_code (request);

  if (method != GCOAP_CODE_GET && method != GCOAP_CODE_FETCH)
    return;
  /* RFC 7252 §4.5: safe methods may be executed anew instead of their response
   * being kept. A stream is not one response. */
  if (gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_ONE
      && gcoap_exchange_is_inbound (exchange))
    gcoap_exchange_set_repeatable (exchange, TRUE);
  if (gcoap_message_has_option (request, GCOAP_OPTION_ACCEPT))
    gcoap_exchange_add_response_filter (exchange, gcoap_site_check_format_cb, NULL);
}

/* Spells an abbreviated path out. FALSE: it cannot be, and was answered. */
static gboolean
expand_path (GcoapExchange *exchange,
             GcoapMessage  *request)
{
  g_autoptr (GcoapMessage) expanded = gcoap_message_copy (request);

  if (gcoap_message_expand_path (expanded))
    {
      gcoap_exchange_respell_request (exchange, expanded);
      return TRUE;
    }
  /* draft-ietf-core-uri-path-abbrev §2.1: 4.02 and not 4.04, for the path may
   * exist; §2.2: so that a client can count on it, also to a non-confirmable
   * request. */
  gcoap_exchange_fail_code (exchange, GCOAP_CODE_BAD_OPTION, NULL);
  return FALSE;
}

static void
gcoap_site_request (GcoapRequestInterface *iface,
                    GcoapExchange         *exchange)
{
  GcoapSite *self = GCOAP_SITE (iface);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  guint depth = gcoap_exchange_get_path_depth (exchange);
  g_autoptr (GcoapRequestInterface) child = NULL;
  GcoapRequestInterfaceInterface *child_iface;
  GcoapSiteNode *node;
  guint refused;

  /* RFC 7252 §5.10.2: who does not act as a proxy answers 5.05. */
  if (gcoap_message_has_option (request, GCOAP_OPTION_PROXY_URI)
      || gcoap_message_has_option (request, GCOAP_OPTION_PROXY_SCHEME))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_PROXYING_NOT_SUPPORTED,
                                "This server is not a proxy.");
      return;
    }

  if (gcoap_message_has_option (request, GCOAP_OPTION_URI_PATH_ABBREV))
    {
      if (!expand_path (exchange, request))
        return;
      request = gcoap_exchange_get_request (exchange);
    }

  node = gcoap_site_node_match (self->root, request, depth, &depth);
  /* Other sites, and decorators that may stand before one, refuse options
   * themselves. */
  if (node == NULL || node->kind != GCOAP_SITE_CHILD_CHAIN)
    {
      refused = find_refused_option (request, node != NULL ? node->child : NULL);
      if (refused != 0)
        {
          refuse_option (exchange, refused);
          return;
        }
    }
  if (node == NULL)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_FOUND,
                                "There is no resource at this path.");
      return;
    }

  gcoap_exchange_set_path_depth (exchange, depth);
  if (node->kind == GCOAP_SITE_CHILD_RESOURCE)
    prepare_for_resource (exchange, request);
  /* Held, for a handler may remove the resource it stands in. */
  child = g_object_ref (node->child);
  child_iface = node->iface;
  child_iface->request (child, exchange);
}

static GcoapBodyHandling
gcoap_site_find_body_handling (GcoapRequestInterface *iface,
                              GcoapExchange         *exchange)
{
  GcoapSite *self = GCOAP_SITE (iface);
  guint depth = gcoap_exchange_get_path_depth (exchange);
  guint matched = depth;
  GcoapSiteNode *node = gcoap_site_node_match (self->root, gcoap_exchange_get_request (exchange),
                                               depth, &matched);
  g_autoptr (GcoapRequestInterface) child = NULL;
  GcoapBodyHandling handling;

  if (node == NULL)
    return GCOAP_BODY_HANDLING_ASSEMBLED;
  child = g_object_ref (node->child);
  /* It only asks: the exchange is to be where it was. */
  gcoap_exchange_set_path_depth (exchange, matched);
  handling = gcoap_request_interface_find_body_handling (child, exchange);
  gcoap_exchange_set_path_depth (exchange, depth);
  return handling;
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_site_request;
  iface->find_body_handling = gcoap_site_find_body_handling;
}

static void
gcoap_site_get_property (GObject    *object,
                         guint       property_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_IMPLEMENTATION_INFO:
      g_value_set_string (value, GCOAP_SITE (object)->implementation_info);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_site_set_property (GObject      *object,
                         guint         property_id,
                         const GValue *value,
                         GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_IMPLEMENTATION_INFO:
      gcoap_site_set_implementation_info (GCOAP_SITE (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_site_finalize (GObject *object)
{
  GcoapSite *self = GCOAP_SITE (object);

  gcoap_site_node_free (self->root);
  g_free (self->implementation_info);
  G_OBJECT_CLASS (gcoap_site_parent_class)->finalize (object);
}

static void
gcoap_site_class_init (GcoapSiteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_site_get_property;
  object_class->set_property = gcoap_site_set_property;
  object_class->finalize = gcoap_site_finalize;

  /**
   * GcoapSite:implementation-info: (getter get_implementation_info) (setter set_implementation_info)
   *
   * A URI that tells about the implementation of the server, or %NULL.
   *
   * `/.well-known/core` links to it with the relation `impl-info` (RFC 9176
   * §4.3), for people who look for the cause of a problem. By default it is a
   * package URL that names this library and its version, such as
   * `pkg:generic/libcoap-layers@0.1.0`: a name, nothing to be fetched.
   * An application that has a page about itself puts its URI here; one that
   * wants nobody to know its version sets %NULL.
   *
   * Since: 0.1
   */
  properties[PROP_IMPLEMENTATION_INFO] =
    g_param_spec_string ("implementation-info", NULL, NULL, IMPLEMENTATION_INFO,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_site_init (GcoapSite *self)
{
  g_autoptr (GcoapResource) core = gcoap_well_known_core_new (self);

  self->root = gcoap_site_node_new (NULL, 0);
  self->implementation_info = g_strdup (IMPLEMENTATION_INFO);
  gcoap_site_add (self, ".well-known/core", GCOAP_REQUEST_INTERFACE (core));
}

/**
 * gcoap_site_new:
 *
 * Makes a site that has nothing but `/.well-known/core`.
 *
 * Returns: (transfer full): a new site
 *
 * Since: 0.1
 */
GcoapSite *
gcoap_site_new (void)
{
  return g_object_new (GCOAP_TYPE_SITE, NULL);
}

/**
 * gcoap_site_path_is_valid:
 * @path: a path
 *
 * Tells whether [method@Site.add] takes a path.
 *
 * It is the path of a URI, percent-encoded where necessary, with or without a
 * slash at the beginning; "" is the root. No segment may be "." or "..", or
 * longer than 255 bytes (RFC 7252 §5.10.1). For paths that were made from what
 * somebody else says.
 *
 * Returns: %TRUE if requests can name the path
 *
 * Since: 0.1
 */
gboolean
gcoap_site_path_is_valid (const char *path)
{
  g_autoptr (GPtrArray) segments = NULL;

  g_return_val_if_fail (path != NULL, FALSE);

  segments = gcoap_site_path_split (path);
  return segments != NULL;
}

/**
 * gcoap_site_add:
 * @self: a site
 * @path: a path, such as “sensors/1”; see [func@Site.path_is_valid]
 * @child: what answers the requests
 *
 * Puts a resource, or another request interface, at a path.
 *
 * What stood there before is replaced.
 *
 * Since: 0.1
 */
void
gcoap_site_add (GcoapSite             *self,
                const char            *path,
                GcoapRequestInterface *child)
{
  g_autoptr (GPtrArray) segments = NULL;

  g_return_if_fail (GCOAP_IS_SITE (self));
  g_return_if_fail (path != NULL);
  g_return_if_fail (GCOAP_IS_REQUEST_INTERFACE (child));
  g_return_if_fail (child != GCOAP_REQUEST_INTERFACE (self));

  segments = gcoap_site_path_split (path);
  g_return_if_fail (segments != NULL);

  gcoap_site_node_set_child (gcoap_site_node_descend (self->root, segments, TRUE), child);
}

/**
 * gcoap_site_remove:
 * @self: a site
 * @path: a path
 *
 * Takes away what stands at a path.
 *
 * Requests that it has taken but not answered are still its own.
 *
 * Returns: %FALSE if nothing stood there
 *
 * Since: 0.1
 */
gboolean
gcoap_site_remove (GcoapSite  *self,
                   const char *path)
{
  g_autoptr (GPtrArray) segments = NULL;

  g_return_val_if_fail (GCOAP_IS_SITE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  segments = gcoap_site_path_split (path);
  return segments != NULL && gcoap_site_node_remove (self->root, segments);
}

/**
 * gcoap_site_lookup:
 * @self: a site
 * @path: a path
 *
 * Finds what stands at exactly this path.
 *
 * Returns: (transfer none) (nullable): what was added there, or %NULL
 *
 * Since: 0.1
 */
GcoapRequestInterface *
gcoap_site_lookup (GcoapSite  *self,
                   const char *path)
{
  g_autoptr (GPtrArray) segments = NULL;
  GcoapSiteNode *node;

  g_return_val_if_fail (GCOAP_IS_SITE (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  segments = gcoap_site_path_split (path);
  if (segments == NULL)
    return NULL;
  node = gcoap_site_node_descend (self->root, segments, FALSE);
  return node != NULL ? node->child : NULL;
}

typedef struct
{
  GPtrArray *links;
  guint      nesting;
} Listing;

static void
list_child (const char            *path,
            GcoapRequestInterface *child,
            gpointer               user_data)
{
  Listing *listing = user_data;

  /* What a decorator stands before is what the path offers. */
  while (GCOAP_IS_REQUEST_PROVIDER (child))
    child = gcoap_request_provider_get_next (GCOAP_REQUEST_PROVIDER (child));

  if (GCOAP_IS_SITE (child))
    {
      if (++listing->nesting <= MAX_NESTING)
        gcoap_site_node_foreach (GCOAP_SITE (child)->root, path, list_child, listing);
      listing->nesting--;
    }
  else if (GCOAP_IS_RESOURCE (child) && !gcoap_resource_get_hidden (GCOAP_RESOURCE (child)))
    g_ptr_array_add (listing->links,
                     gcoap_resource_get_link (GCOAP_RESOURCE (child), *path != '\0' ? path : "/"));
}

/**
 * gcoap_site_get_links:
 * @self: a site
 * @prefix: the path of the site itself, percent-encoded, “” for one that is
 *   not within another
 *
 * Lists the resources of a site that are not hidden, and those of sites within
 * it.
 *
 * Returns: (transfer container) (element-type GcoapLink): links in the order of
 *   paths
 *
 * Since: 0.1
 */
GPtrArray *
gcoap_site_get_links (GcoapSite  *self,
                      const char *prefix)
{
  Listing listing = { NULL, 0 };

  g_return_val_if_fail (GCOAP_IS_SITE (self), NULL);
  g_return_val_if_fail (prefix != NULL, NULL);

  listing.links = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_link_unref);
  gcoap_site_node_foreach (self->root, prefix, list_child, &listing);
  return listing.links;
}

/**
 * gcoap_site_get_implementation_info: (get-property implementation-info)
 * @self: a site
 *
 * Gets the URI that tells about the implementation.
 *
 * Returns: (transfer none) (nullable): the URI
 *
 * Since: 0.1
 */
const char *
gcoap_site_get_implementation_info (GcoapSite *self)
{
  g_return_val_if_fail (GCOAP_IS_SITE (self), NULL);

  return self->implementation_info;
}

/**
 * gcoap_site_set_implementation_info: (set-property implementation-info)
 * @self: a site
 * @uri: (nullable): a URI, or %NULL for no link
 *
 * Sets the URI that tells about the implementation.
 *
 * Since: 0.1
 */
void
gcoap_site_set_implementation_info (GcoapSite  *self,
                                    const char *uri)
{
  gsize bad;

  g_return_if_fail (GCOAP_IS_SITE (self));
  g_return_if_fail (uri == NULL || gcoap_uri_syntax_is_reference (uri, strlen (uri), &bad));

  if (g_strcmp0 (self->implementation_info, uri) == 0)
    return;
  g_free (self->implementation_info);
  self->implementation_info = g_strdup (uri);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IMPLEMENTATION_INFO]);
}
