/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths, and which child answers for one. */
#include "site/gcoap-site-tree-private.h"

#include <string.h>

#include "helpers/mock-layer.h"
#include "helpers/test-exchange.h"
#include "site/gcoap-simple-resource.h"

static char *
split_to_text (const char *path)
{
  g_autoptr (GPtrArray) segments = gcoap_site_path_split (path);
  GString *text = g_string_new (NULL);

  if (segments == NULL)
    return g_string_free (text, TRUE);
  for (guint i = 0; i < segments->len; i++)
    {
      gsize length;
      const char *data = g_bytes_get_data (g_ptr_array_index (segments, i), &length);

      g_string_append_c (text, '[');
      g_string_append_len (text, data, (gssize) length);
      g_string_append_c (text, ']');
    }
  return g_string_free (text, FALSE);
}

static void
assert_split (const char *path,
              const char *expected)
{
  g_autofree char *text = split_to_text (path);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_split (void)
{
  g_autofree char *longest = g_strnfill (255, 'x');
  g_autofree char *too_long = g_strnfill (256, 'x');
  g_autofree char *bracketed = g_strdup_printf ("[%s]", longest);

  assert_split ("", "");
  assert_split ("/", "");
  assert_split ("a", "[a]");
  assert_split ("/a/b", "[a][b]");
  assert_split ("a/", "[a][]");
  assert_split ("a//b", "[a][][b]");
  assert_split ("a%2Fb", "[a/b]");
  assert_split ("%E2%82%AC", "[\xe2\x82\xac]");
  assert_split ("...", "[...]");
  assert_split (longest, bracketed);
  assert_split (too_long, NULL);
  assert_split (".", NULL);
  assert_split ("a/..", NULL);
  assert_split ("a/%2e%2E/b", NULL);
  assert_split ("a?b", NULL);
  assert_split ("a#b", NULL);
  assert_split ("a%2", NULL);
  assert_split ("a%zz", NULL);
}

static void
test_append (void)
{
  g_autofree char *plain = gcoap_site_path_append ("/a", (const guint8 *) "b", 1);
  g_autofree char *empty = gcoap_site_path_append ("", (const guint8 *) "", 0);
  g_autofree char *escaped = gcoap_site_path_append ("", (const guint8 *) "a/b c\xff\0d:@", 10);

  g_assert_cmpstr (plain, ==, "/a/b");
  g_assert_cmpstr (empty, ==, "/");
  g_assert_cmpstr (escaped, ==, "/a%2Fb%20c%FF%00d:@");
}

static void
put (GcoapSiteNode *root,
     const char    *path,
     gpointer       child)
{
  g_autoptr (GPtrArray) segments = gcoap_site_path_split (path);

  gcoap_site_node_set_child (gcoap_site_node_descend (root, segments, TRUE), child);
}

static gboolean
take (GcoapSiteNode *root,
      const char    *path)
{
  g_autoptr (GPtrArray) segments = gcoap_site_path_split (path);

  return gcoap_site_node_remove (root, segments);
}

static gpointer
match (GcoapSiteNode *root,
       const char    *path,
       guint          depth,
       guint         *matched)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, path, "x=y");
  GcoapSiteNode *node;

  *matched = 99;
  gcoap_message_set_option_uint (request, GCOAP_OPTION_URI_PORT, 5683);
  node = gcoap_site_node_match (root, request, depth, matched);
  return node != NULL ? node->child : NULL;
}

static void
test_match (void)
{
  g_autoptr (GcoapSiteNode) root = gcoap_site_node_new (NULL, 0);
  g_autoptr (GcoapSimpleResource) exact = gcoap_simple_resource_new ();
  g_autoptr (GcoapSimpleResource) subtree = g_object_new (GCOAP_TYPE_SIMPLE_RESOURCE,
                                                          "subtree", TRUE, NULL);
  g_autoptr (MockLayer) other = mock_layer_new ();
  guint matched;

  g_assert_null (match (root, "", 0, &matched));
  g_assert_null (match (root, "a", 0, &matched));
  put (root, "a/b", exact);
  put (root, "a/b/c/d", other);
  put (root, "t", subtree);

  g_assert_true (match (root, "a/b", 0, &matched) == exact);
  g_assert_cmpuint (matched, ==, 2);
  /* Only on the way, or below an exact one. */
  g_assert_null (match (root, "a", 0, &matched));
  g_assert_null (match (root, "a/b/c", 0, &matched));
  g_assert_null (match (root, "a/b/x", 0, &matched));
  g_assert_null (match (root, "a/b/", 0, &matched));
  g_assert_null (match (root, "a/bb", 0, &matched));
  g_assert_null (match (root, "A/b", 0, &matched));
  /* Whatever is no resource answers below its path. */
  g_assert_true (match (root, "a/b/c/d", 0, &matched) == other);
  g_assert_cmpuint (matched, ==, 4);
  g_assert_true (match (root, "a/b/c/d/e/f", 0, &matched) == other);
  g_assert_cmpuint (matched, ==, 4);
  g_assert_true (match (root, "t/1/2", 0, &matched) == subtree);
  g_assert_cmpuint (matched, ==, 1);
  /* A tree that hangs at a path itself. */
  g_assert_true (match (root, "x/y/a/b", 2, &matched) == exact);
  g_assert_cmpuint (matched, ==, 4);
  g_assert_null (match (root, "x/y", 2, &matched));
  g_assert_null (match (root, "x", 2, &matched));
}

static void
test_longest_match (void)
{
  g_autoptr (GcoapSiteNode) root = gcoap_site_node_new (NULL, 0);
  g_autoptr (MockLayer) outer = mock_layer_new ();
  g_autoptr (MockLayer) inner = mock_layer_new ();
  g_autoptr (GcoapSimpleResource) exact = gcoap_simple_resource_new ();
  guint matched;

  put (root, "", outer);
  put (root, "a/b", inner);
  put (root, "a/b/c/d", exact);
  g_assert_true (match (root, "", 0, &matched) == outer);
  g_assert_cmpuint (matched, ==, 0);
  g_assert_true (match (root, "a/x", 0, &matched) == outer);
  g_assert_cmpuint (matched, ==, 0);
  g_assert_true (match (root, "a/b/c", 0, &matched) == inner);
  g_assert_cmpuint (matched, ==, 2);
  g_assert_true (match (root, "a/b/c/d", 0, &matched) == exact);
  g_assert_true (match (root, "a/b/c/d/e", 0, &matched) == inner);
  g_assert_cmpuint (matched, ==, 2);
}

/* RFC 7252 §6.5: "/" has no segments, or an empty one. */
static void
test_root (void)
{
  g_autoptr (GcoapSiteNode) root = gcoap_site_node_new (NULL, 0);
  g_autoptr (GcoapSimpleResource) exact = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  guint matched;

  put (root, "/", exact);
  g_assert_true (match (root, "", 0, &matched) == exact);
  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "");
  g_assert_true (gcoap_site_node_match (root, request, 0, &matched) == root);
  g_assert_cmpuint (matched, ==, 0);
  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "");
  g_assert_null (gcoap_site_node_match (root, request, 0, &matched));
}

static void
test_remove (void)
{
  g_autoptr (GcoapSiteNode) root = gcoap_site_node_new (NULL, 0);
  g_autoptr (GcoapSimpleResource) exact = gcoap_simple_resource_new ();
  guint matched;

  g_assert_false (take (root, ""));
  g_assert_false (take (root, "a"));
  put (root, "a/b/c", exact);
  put (root, "a/b", exact);
  g_assert_false (take (root, "a"));
  g_assert_true (take (root, "a/b"));
  g_assert_false (take (root, "a/b"));
  g_assert_true (match (root, "a/b/c", 0, &matched) == exact);
  g_assert_true (take (root, "a/b/c"));
  /* Nothing is left of the way. */
  g_assert_cmpuint (root->nodes->len, ==, 0);
}

static void
test_many (void)
{
  g_autoptr (GcoapSiteNode) root = gcoap_site_node_new (NULL, 0);
  GcoapSimpleResource *children[500];
  guint matched;

  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      /* In an order that is neither rising nor falling. */
      g_autofree char *path = g_strdup_printf ("n/%u", i * 7919 % 500);

      children[i] = gcoap_simple_resource_new ();
      put (root, path, children[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_autofree char *path = g_strdup_printf ("n/%u", i * 7919 % 500);

      g_assert_true (match (root, path, 0, &matched) == children[i]);
    }
  g_assert_null (match (root, "n/500", 0, &matched));
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    g_object_unref (children[i]);
}

static void
list_cb (const char            *path,
         GcoapRequestInterface *child,
         gpointer               user_data)
{
  g_string_append_printf (user_data, "%s ", path);
}

static void
test_foreach (void)
{
  g_autoptr (GcoapSiteNode) root = gcoap_site_node_new (NULL, 0);
  g_autoptr (GcoapSimpleResource) exact = gcoap_simple_resource_new ();
  GString *paths = g_string_new (NULL);

  put (root, "b", exact);
  put (root, "a/b%2fc", exact);
  put (root, "aa", exact);
  put (root, "", exact);
  gcoap_site_node_foreach (root, "/p", list_cb, paths);
  g_assert_cmpstr (paths->str, ==, "/p /p/a/b%2Fc /p/aa /p/b ");
  g_string_free (paths, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/site-tree/split", test_split);
  g_test_add_func ("/site-tree/append", test_append);
  g_test_add_func ("/site-tree/match", test_match);
  g_test_add_func ("/site-tree/longest-match", test_longest_match);
  g_test_add_func ("/site-tree/root", test_root);
  g_test_add_func ("/site-tree/remove", test_remove);
  g_test_add_func ("/site-tree/many", test_many);
  g_test_add_func ("/site-tree/foreach", test_foreach);
  return g_test_run ();
}
