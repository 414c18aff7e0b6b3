/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Output files: there when complete, untouched otherwise. */
#include <gio/gio.h>
#include <unistd.h>

#include "common/tool-output.h"
#include "one-file.h"

static void
assert_content (const char *path,
                const char *expected)
{
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, expected);
}

static void
test_close (OneFile      *fixture,
            gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (ToolOutput) output = tool_output_new (fixture->path);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  g_assert_true (tool_output_is_file (output));
  g_assert_true (tool_output_write (output, "new ", 4, &error));
  g_assert_true (tool_output_write (output, "text", 4, &error));
  assert_content (fixture->path, "old");
  g_assert_true (tool_output_close (output, &error));
  g_assert_no_error (error);
  assert_content (fixture->path, "new text");
}

static void
test_drop (OneFile      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  ToolOutput *output = tool_output_new (fixture->path);

  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  g_assert_true (tool_output_write (output, "new", 3, NULL));
  tool_output_free (output);
  assert_content (fixture->path, "old");

  g_unlink (fixture->path);
  output = tool_output_new (fixture->path);
  g_assert_true (tool_output_write (output, "new", 3, NULL));
  tool_output_free (output);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_nothing (OneFile      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (ToolOutput) output = tool_output_new (fixture->path);
  g_autoptr (ToolOutput) empty = tool_output_new (fixture->path);

  g_assert_true (tool_output_close (output, NULL));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (tool_output_write (empty, NULL, 0, NULL));
  /* A new file has its name only when it is complete. */
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (tool_output_close (empty, NULL));
  assert_content (fixture->path, "");
}

static void
test_errors (OneFile      *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "missing", "output", NULL);
  g_autoptr (ToolOutput) output = tool_output_new (missing);
  g_autoptr (ToolOutput) full = tool_output_new ("/dev/full");
  g_autoptr (ToolOutput) null = tool_output_new ("/dev/null");
  g_autoptr (GError) error = NULL;

  g_assert_false (tool_output_write (output, "x", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (error->message, "Cannot write to "));
  g_clear_error (&error);

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    return;
  g_assert_false (tool_output_write (full, "x", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_true (tool_output_write (null, "x", 1, &error));
  g_assert_true (tool_output_close (null, &error));
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
test_stream (OneFile      *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (ToolOutput) output = tool_output_new (fixture->path);
  GOutputStream *stream = tool_output_get_stream (output);
  g_autoptr (GError) error = NULL;
  gboolean is_written = FALSE;

  /* Nothing is opened before it is written to. */
  g_assert_false (g_seekable_can_seek (G_SEEKABLE (stream)));
  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  g_output_stream_write_all_async (stream, "0123456789", 10, 0, NULL, written_cb, &is_written);
  while (!is_written)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_seekable_can_seek (G_SEEKABLE (stream)));
  g_assert_true (g_seekable_can_truncate (G_SEEKABLE (stream)));
  g_assert_cmpint (g_seekable_tell (G_SEEKABLE (stream)), ==, 10);
  g_assert_true (g_seekable_seek (G_SEEKABLE (stream), -8, G_SEEK_CUR, NULL, NULL));
  g_assert_true (g_seekable_truncate (G_SEEKABLE (stream), 2, NULL, NULL));
  g_assert_true (g_output_stream_write_all (stream, "x", 1, NULL, NULL, NULL));
  assert_content (fixture->path, "old");
  g_assert_true (tool_output_close (output, &error));
  assert_content (fixture->path, "01x");

  /* And again. */
  g_assert_true (g_output_stream_write_all (stream, "y", 1, NULL, NULL, NULL));
  tool_output_drop (output);
  assert_content (fixture->path, "01x");
  g_assert_true (g_output_stream_write_all (stream, "z", 1, NULL, NULL, NULL));
  g_assert_true (tool_output_close (output, &error));
  assert_content (fixture->path, "z");
  g_assert_false (tool_output_has_failed (output));
}

static void
test_stream_errors (void)
{
  g_autoptr (ToolOutput) full = tool_output_new ("/dev/full");
  g_autoptr (GError) error = NULL;

  if (!g_file_test ("/dev/full", G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is no /dev/full");
      return;
    }
  g_assert_false (g_output_stream_write_all (tool_output_get_stream (full), "x", 1, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_true (g_str_has_prefix (error->message, "Cannot write to /dev/full: "));
  g_assert_true (tool_output_has_failed (full));
}

/* What the file was before: its links and its permissions stay. */
static void
test_links (OneFile      *fixture,
            gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *link_path = g_build_filename (fixture->folder, "link", NULL);
  g_autofree char *other_path = g_build_filename (fixture->folder, "other", NULL);
  g_autoptr (ToolOutput) output = tool_output_new (link_path);
  GStatBuf status;

  g_assert_true (g_file_set_contents (fixture->path, "old", -1, NULL));
  g_assert_cmpint (g_chmod (fixture->path, 0600), ==, 0);
  g_assert_cmpint (symlink ("file", link_path), ==, 0);
  g_assert_cmpint (link (fixture->path, other_path), ==, 0);
  g_assert_true (tool_output_write (output, "new", 3, NULL));
  assert_content (fixture->path, "old");
  tool_output_drop (output);
  assert_content (fixture->path, "old");
  g_assert_true (tool_output_write (output, "new", 3, NULL));
  g_assert_true (tool_output_close (output, NULL));
  assert_content (fixture->path, "new");
  assert_content (other_path, "old");
  g_assert_true (g_file_test (link_path, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_unlink (link_path);
  g_unlink (other_path);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/tools/output/close", OneFile, NULL, one_file_set_up, test_close, one_file_tear_down);
  g_test_add ("/tools/output/drop", OneFile, NULL, one_file_set_up, test_drop, one_file_tear_down);
  g_test_add ("/tools/output/nothing", OneFile, NULL, one_file_set_up, test_nothing, one_file_tear_down);
  g_test_add ("/tools/output/errors", OneFile, NULL, one_file_set_up, test_errors, one_file_tear_down);

  g_test_add ("/tools/output/stream", OneFile, NULL, one_file_set_up, test_stream, one_file_tear_down);
  g_test_add_func ("/tools/output/stream-errors", test_stream_errors);
  g_test_add ("/tools/output/links", OneFile, NULL, one_file_set_up, test_links, one_file_tear_down);

  return g_test_run ();
}
