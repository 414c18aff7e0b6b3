/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tree of path segments below a site, with what stands at each. */
#pragma once

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

typedef struct _GcoapSiteNode GcoapSiteNode;

/* What the site does for a child depends on which of these it is. Asking the
 * type system at every request would cost more than finding the child. */
typedef enum
{
  GCOAP_SITE_CHILD_RESOURCE,
  GCOAP_SITE_CHILD_CHAIN,  /* a site, or a decorator that may stand before one */
  GCOAP_SITE_CHILD_OTHER,
} GcoapSiteChildKind;

struct _GcoapSiteNode
{
  guint8                         *segment;
  gsize                           length;
  GcoapRequestInterface          *child;   /* NULL for one that is only on the way */
  GcoapRequestInterfaceInterface *iface;   /* of child */
  GcoapSiteChildKind              kind;
  GPtrArray                      *nodes;   /* (element-type GcoapSiteNode), in the order of segments; NULL: none */
};

/* Called for every node with a child, in the order of paths; @path is the path
 * from the root, percent-encoded, "" for the root itself. */
typedef void (*GcoapSiteNodeFunc) (const char            *path,
                                   GcoapRequestInterface *child,
                                   gpointer               user_data);

GcoapSiteNode *gcoap_site_node_new (const guint8 *segment,
                                    gsize         length) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_site_node_free (GcoapSiteNode *self);

/* The segments of a path, decoded (element-type GBytes); NULL if it is none. */
GPtrArray *gcoap_site_path_split (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* The node at a path; with @make the nodes on the way are made. */
GcoapSiteNode *gcoap_site_node_descend (GcoapSiteNode *self,
                                        GPtrArray     *segments,
                                        gboolean       make);

void gcoap_site_node_set_child (GcoapSiteNode         *self,
                                GcoapRequestInterface *child);

/* Takes the child at a path away, and nodes that led only there. FALSE if
 * there was none. */
gboolean gcoap_site_node_remove (GcoapSiteNode *self,
                                 GPtrArray     *segments);

/* The node whose child answers for the Uri-Path of @request from segment @depth
 * on: the one at exactly that path, else the nearest above it that answers for
 * paths below its own. @matched: segments up to it, with those before @depth. */
GcoapSiteNode *gcoap_site_node_match (GcoapSiteNode *self,
                                      GcoapMessage  *request,
                                      guint          depth,
                                      guint         *matched);

void gcoap_site_node_foreach (GcoapSiteNode     *self,
                              const char        *path,
                              GcoapSiteNodeFunc  func,
                              gpointer           user_data);

/* @path with the segment appended: "/" and its bytes, percent-encoded. */
char *gcoap_site_path_append (const char   *path,
                              const guint8 *segment,
                              gsize         length) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapSiteNode, gcoap_site_node_free)

G_END_DECLS
