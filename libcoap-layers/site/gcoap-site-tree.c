/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds what stands at a path without making strings: the options of the
 * request are compared with the segments in place. */
#include "site/gcoap-site-tree-private.h"

#include <string.h>

#include "request/gcoap-request-provider.h"
#include "site/gcoap-resource.h"
#include "site/gcoap-site.h"

/* RFC 7252 §5.10: Uri-Path is at most 255 bytes long. */
#define MAX_SEGMENT_LENGTH 255

GcoapSiteNode *
gcoap_site_node_new (const guint8 *segment,
                     gsize         length)
{
  GcoapSiteNode *self = g_new0 (GcoapSiteNode, 1);

  self->segment = g_memdup2 (segment, length);
  self->length = length;
  return self;
}

void
gcoap_site_node_free (GcoapSiteNode *self)
{
  g_free (self->segment);
  g_clear_object (&self->child);
  g_clear_pointer (&self->nodes, g_ptr_array_unref);
  g_free (self);
}

void
gcoap_site_node_set_child (GcoapSiteNode         *self,
                           GcoapRequestInterface *child)
{
  g_set_object (&self->child, child);
  self->iface = GCOAP_REQUEST_INTERFACE_GET_IFACE (child);
  if (GCOAP_IS_RESOURCE (child))
    self->kind = GCOAP_SITE_CHILD_RESOURCE;
  else if (GCOAP_IS_SITE (child) || GCOAP_IS_REQUEST_PROVIDER (child))
    self->kind = GCOAP_SITE_CHILD_CHAIN;
  else
    self->kind = GCOAP_SITE_CHILD_OTHER;
}

static gboolean
is_dots (const guint8 *data,
         gsize         length)
{
  return (length == 1 && data[0] == '.') || (length == 2 && data[0] == '.' && data[1] == '.');
}

GPtrArray *
gcoap_site_path_split (const char *path)
{
  g_autoptr (GPtrArray) segments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  if (*path == '/')
    path++;
  if (*path == '\0')
    return g_steal_pointer (&segments);

  for (;;)
    {
      gsize length = strcspn (path, "/");
      GBytes *segment = NULL;
      const guint8 *data;
      gsize size;

      if (memchr (path, '?', length) == NULL && memchr (path, '#', length) == NULL)
        segment = length > 0 ? g_uri_unescape_bytes (path, (gssize) length, NULL, NULL)
                             : g_bytes_new_static ("", 0);
      if (segment == NULL)
        return NULL;
      g_ptr_array_add (segments, segment);
      data = g_bytes_get_data (segment, &size);
      /* RFC 7252 §5.10.1: no request can name "." or "..". */
      if (size > MAX_SEGMENT_LENGTH || is_dots (data, size))
        return NULL;
      if (path[length] == '\0')
        return g_steal_pointer (&segments);
      path += length + 1;
    }
}

static int
compare (const GcoapSiteNode *node,
         const guint8        *data,
         gsize                length)
{
  gsize common = MIN (node->length, length);
  int order = common > 0 ? memcmp (node->segment, data, common) : 0;

  if (order != 0)
    return order;
  return node->length < length ? -1 : node->length > length;
}

/* Where the node for a segment is, or would be. */
static gboolean
find (GcoapSiteNode *self,
      const guint8  *data,
      gsize          length,
      guint         *position)
{
  guint low = 0;
  guint high = self->nodes != NULL ? self->nodes->len : 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int order = compare (g_ptr_array_index (self->nodes, middle), data, length);

      if (order == 0)
        {
          *position = middle;
          return TRUE;
        }
      if (order < 0)
        low = middle + 1;
      else
        high = middle;
    }
  *position = low;
  return FALSE;
}

GcoapSiteNode *
gcoap_site_node_descend (GcoapSiteNode *self,
                         GPtrArray     *segments,
                         gboolean       make)
{
  for (guint i = 0; i < segments->len; i++)
    {
      GBytes *segment = g_ptr_array_index (segments, i);
      gsize length;
      const guint8 *data = g_bytes_get_data (segment, &length);
      guint position;

      if (!find (self, data, length, &position))
        {
          if (!make)
            return NULL;
          if (self->nodes == NULL)
            self->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_site_node_free);
          g_ptr_array_insert (self->nodes, (gint) position, gcoap_site_node_new (data, length));
        }
      self = g_ptr_array_index (self->nodes, position);
    }
  return self;
}

static gboolean
remove_below (GcoapSiteNode *self,
              GPtrArray     *segments,
              guint          depth,
              GcoapRequestInterface **child)
{
  GcoapSiteNode *node;
  gsize length;
  const guint8 *data;
  guint position;

  if (depth == segments->len)
    {
      *child = g_steal_pointer (&self->child);
      return *child != NULL;
    }
  data = g_bytes_get_data (g_ptr_array_index (segments, depth), &length);
  if (!find (self, data, length, &position))
    return FALSE;
  node = g_ptr_array_index (self->nodes, position);
  if (!remove_below (node, segments, depth + 1, child))
    return FALSE;
  if (node->child == NULL && (node->nodes == NULL || node->nodes->len == 0))
    g_ptr_array_remove_index (self->nodes, position);
  return TRUE;
}

gboolean
gcoap_site_node_remove (GcoapSiteNode *self,
                        GPtrArray     *segments)
{
  /* Released when the tree is in order again. */
  g_autoptr (GcoapRequestInterface) child = NULL;

  return remove_below (self, segments, 0, &child);
}

static gboolean
answers_below (const GcoapSiteNode *self)
{
  return self->child != NULL
         && (self->kind != GCOAP_SITE_CHILD_RESOURCE
             || gcoap_resource_get_subtree (GCOAP_RESOURCE (self->child)));
}

/* The position of the first Uri-Path, and how many there are. */
static guint
find_path (GcoapMessage *request,
           guint        *n_segments)
{
  guint n = gcoap_message_get_n_options (request);
  guint first = 0;
  guint last;

  while (first < n && gcoap_message_get_option_number_at (request, first) < GCOAP_OPTION_URI_PATH)
    first++;
  last = first;
  while (last < n && gcoap_message_get_option_number_at (request, last) == GCOAP_OPTION_URI_PATH)
    last++;
  *n_segments = last - first;
  return first;
}

GcoapSiteNode *
gcoap_site_node_match (GcoapSiteNode *self,
                       GcoapMessage  *request,
                       guint          depth,
                       guint         *matched)
{
  GcoapSiteNode *best = NULL;
  const guint8 *data = NULL;
  gsize length = 0;
  guint n_segments;
  guint first = find_path (request, &n_segments);
  guint number;
  guint position;

  /* RFC 7252 §6.5: one empty segment composes to "/", as none does. */
  if (n_segments == 1 && depth == 0
      && gcoap_message_peek_option_at (request, first, &number, &data, &length) && length == 0)
    n_segments = 0;

  while (depth < n_segments)
    {
      if (answers_below (self))
        {
          best = self;
          *matched = depth;
        }
      if (!gcoap_message_peek_option_at (request, first + depth, &number, &data, &length)
          || !find (self, data, length, &position))
        return best;
      self = g_ptr_array_index (self->nodes, position);
      depth++;
    }
  if (self->child == NULL)
    return best;
  *matched = depth;
  return self;
}

char *
gcoap_site_path_append (const char   *path,
                        const guint8 *segment,
                        gsize         length)
{
  static const char digits[] = "0123456789ABCDEF";
  GString *longer = g_string_new (path);

  g_string_append_c (longer, '/');
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = segment[i];

      /* What may stand in a segment as it is (RFC 3986 §3.3). NUL would be
       * found at the end of the list. */
      if (g_ascii_isalnum (byte) || (byte != 0 && strchr ("-._~!$&'()*+,;=:@", byte) != NULL))
        {
          g_string_append_c (longer, (char) byte);
          continue;
        }
      g_string_append_c (longer, '%');
      g_string_append_c (longer, digits[byte >> 4]);
      g_string_append_c (longer, digits[byte & 0xf]);
    }
  return g_string_free (longer, FALSE);
}

void
gcoap_site_node_foreach (GcoapSiteNode     *self,
                         const char        *path,
                         GcoapSiteNodeFunc  func,
                         gpointer           user_data)
{
  if (self->child != NULL)
    func (path, self->child, user_data);
  for (guint i = 0; self->nodes != NULL && i < self->nodes->len; i++)
    {
      GcoapSiteNode *node = g_ptr_array_index (self->nodes, i);
      g_autofree char *below = gcoap_site_path_append (path, node->segment, node->length);

      gcoap_site_node_foreach (node, below, func, user_data);
    }
}
