/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of a server seen as a tree of paths: which of them are in a
 * directory. */
#include "gcoap-client/shell-links.h"

#include <string.h>

#include "common/tool-terminal.h"

static void
entry_free (gpointer data)
{
  ShellEntry *entry = data;

  g_clear_pointer (&entry->link, gcoap_link_unref);
  g_free (entry->name);
  g_free (entry);
}

/* The path of a link on this server, or NULL if it leads elsewhere. RFC 6690
 * §2.1: a relative target begins at the root. */
static char *
dup_path (GcoapLink  *link,
          const char *origin)
{
  const char *target = gcoap_link_get_target (link);
  gsize length = strlen (origin);

  if (strncmp (target, origin, length) == 0 && (target[length] == '/' || target[length] == '\0'))
    return target[length] == '/' ? g_strdup (target + length) : g_strdup ("/");
  if (target[0] == '/' && target[1] != '/')
    return g_strdup (target);
  if (target[0] == '/' || target[strcspn (target, ":/?#")] == ':')
    return NULL;

  return g_strconcat ("/", target, NULL);
}

static void
add (GPtrArray  *entries,
     GHashTable *by_name,
     const char *name,
     GcoapLink  *link,
     gboolean    has_children)
{
  g_autofree char *safe = tool_make_safe (name);
  ShellEntry *entry = g_hash_table_lookup (by_name, safe);

  if (entry == NULL)
    {
      entry = g_new0 (ShellEntry, 1);
      entry->name = g_steal_pointer (&safe);
      g_ptr_array_add (entries, entry);
      g_hash_table_insert (by_name, entry->name, entry);
    }
  if (entry->link == NULL && link != NULL)
    entry->link = gcoap_link_ref (link);
  entry->has_children |= has_children;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const ShellEntry *const *first = a;
  const ShellEntry *const *second = b;

  return strcmp ((*first)->name, (*second)->name);
}

GPtrArray *
shell_links_list (GPtrArray  *links,
                  const char *origin,
                  const char *directory,
                  gboolean    recursive)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (entry_free);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *prefix = g_strconcat (directory, g_str_has_suffix (directory, "/") ? "" : "/", NULL);

  for (guint i = 0; i < links->len; i++)
    {
      GcoapLink *link = g_ptr_array_index (links, i);
      g_autofree char *path = dup_path (link, origin);
      const char *rest;
      gsize step;

      if (path == NULL)
        {
          if (strcmp (directory, "/") == 0 && recursive)
            add (entries, by_name, gcoap_link_get_target (link), link, FALSE);
          continue;
        }
      if (strcmp (path, directory) == 0)
        {
          add (entries, by_name, ".", link, FALSE);
          continue;
        }
      if (!g_str_has_prefix (path, prefix))
        continue;

      rest = path + strlen (prefix);
      step = strcspn (rest, "/?");
      if (recursive || rest[step] != '/')
        add (entries, by_name, rest, link, FALSE);
      else
        {
          g_autofree char *name = g_strndup (rest, step);

          add (entries, by_name, name, NULL, TRUE);
        }
    }
  g_ptr_array_sort (entries, compare);

  return entries;
}
