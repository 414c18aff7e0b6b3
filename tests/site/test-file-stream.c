/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-stream-private.h"

#include <fcntl.h>
#include <unistd.h>

#include "helpers/file-tree.h"

static GInputStream *
open_stream (FileTree *tree,
             goffset   length)
{
  g_autofree char *path = file_tree_path (tree, "hello.txt");
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return gcoap_file_stream_new (fd, length);
}

static void
test_read (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GInputStream) stream = open_stream (tree, 5);
  g_autoptr (GError) error = NULL;
  char buffer[10];
  gsize n;

  g_assert_true (g_input_stream_read_all (stream, buffer, sizeof buffer, &n, NULL, &error));
  g_assert_cmpmem (buffer, n, "hello", 5);
  g_assert_true (g_seekable_can_seek (G_SEEKABLE (stream)));
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), 1, G_SEEK_SET, NULL, &error));
  g_assert_cmpint (g_input_stream_skip (stream, 2, NULL, &error), ==, 2);
  g_assert_cmpint (g_seekable_tell (G_SEEKABLE (stream)), ==, 3);
  g_assert_true (g_input_stream_read_all (stream, buffer, sizeof buffer, &n, NULL, &error));
  g_assert_cmpmem (buffer, n, "lo", 2);
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), -5, G_SEEK_END, NULL, &error));
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), 5, G_SEEK_CUR, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (g_seekable_seek (G_SEEKABLE (stream), 1, G_SEEK_CUR, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (g_seekable_seek (G_SEEKABLE (stream), -1, G_SEEK_SET, NULL, NULL));
  g_assert_false (g_seekable_can_truncate (G_SEEKABLE (stream)));
  g_assert_false (g_seekable_truncate (G_SEEKABLE (stream), 0, NULL, NULL));
}

/* What was added after it was opened is not of this representation, and what
 * was cut off is missing. */
static void
test_changed (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GInputStream) shorter = open_stream (tree, 3);
  g_autoptr (GInputStream) longer = open_stream (tree, 100);
  char buffer[10];
  gsize n;

  g_assert_true (g_input_stream_read_all (shorter, buffer, sizeof buffer, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 3);
  g_assert_true (g_input_stream_read_all (longer, buffer, sizeof buffer, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-stream/read", test_read);
  g_test_add_func ("/file-stream/changed", test_changed);
  return g_test_run ();
}
