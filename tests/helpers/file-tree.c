/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/file-tree.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *
file_tree_path (FileTree   *self,
                const char *name)
{
  return g_build_filename (self->root, name, NULL);
}

void
file_tree_write (FileTree   *self,
                 const char *name,
                 const char *text)
{
  g_autofree char *path = file_tree_path (self, name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

char *
file_tree_read (FileTree   *self,
                const char *name)
{
  g_autofree char *path = file_tree_path (self, name);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : NULL;
}

static void
make_link (FileTree   *self,
           const char *target,
           const char *name)
{
  g_autofree char *path = file_tree_path (self, name);

  g_assert_no_errno (symlink (target, path));
}

FileTree *
file_tree_new (void)
{
  FileTree *self = g_new0 (FileTree, 1);
  g_autofree char *large = g_strnfill (100000, 'x');
  g_autofree char *sub = NULL;
  g_autofree char *pipe_path = NULL;
  g_autofree char *secret = NULL;

  self->base = g_dir_make_tmp ("gcoap-files-XXXXXX", NULL);
  g_assert_nonnull (self->base);
  self->root = g_build_filename (self->base, "root", NULL);
  sub = file_tree_path (self, "sub");
  g_assert_no_errno (g_mkdir_with_parents (sub, 0700));
  file_tree_write (self, "../secret", "secret");
  file_tree_write (self, "hello.txt", "hello");
  file_tree_write (self, "data.cbor", "\x01");
  file_tree_write (self, "large.bin", large);
  file_tree_write (self, ".hidden", "hidden");
  file_tree_write (self, "sub/note.json", "{}");
  secret = g_build_filename (self->base, "secret", NULL);
  make_link (self, "sub/note.json", "inside");
  make_link (self, "../secret", "outside");
  make_link (self, secret, "absolute");
  make_link (self, "..", "up");
  pipe_path = file_tree_path (self, "pipe");
  g_assert_no_errno (mkfifo (pipe_path, 0600));
  return self;
}

static void
remove_below (const char *path)
{
  g_autoptr (GDir) directory = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      directory = g_dir_open (path, 0, NULL);
      while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
        {
          g_autofree char *child = g_build_filename (path, name, NULL);

          remove_below (child);
        }
    }
  g_remove (path);
}

void
file_tree_free (FileTree *self)
{
  remove_below (self->base);
  g_free (self->base);
  g_free (self->root);
  g_free (self);
}

void
file_tree_wait (TestExchange *exchange)
{
  while (exchange->n_ends == 0 && gcoap_exchange_is_open (exchange->exchange))
    g_main_context_iteration (NULL, TRUE);
}

GcoapMessage *
file_tree_ask (GcoapRequestInterface *responder,
               GcoapMessage          *request)
{
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  test_exchange_send (exchange, responder);
  file_tree_wait (exchange);
  return gcoap_message_ref (test_exchange_get_response (exchange));
}
