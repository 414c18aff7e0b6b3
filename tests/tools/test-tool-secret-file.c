/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of keys: whose modes are taken, and what is no file. */
#include <string.h>
#include <sys/stat.h>

#include "common/tool-secret-file.h"
#include "one-file.h"

static void
put (OneFile    *fixture,
     const char *content,
     gssize      length,
     int         mode)
{
  g_assert_true (g_file_set_contents (fixture->path, content, length, NULL));
  g_assert_cmpint (g_chmod (fixture->path, mode), ==, 0);
}

static void
assert_line (OneFile    *fixture,
             const char *content,
             const char *line)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *data;

  put (fixture, content, -1, 0600);
  bytes = tool_secret_file_read_line (fixture->path, &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &length);
  g_assert_cmpmem (data, length, line, strlen (line));
}

static void
test_line (OneFile      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  assert_line (fixture, "key", "key");
  assert_line (fixture, "key\n", "key");
  assert_line (fixture, "key\nmore\n", "key");
  assert_line (fixture, " key", " key");
  put (fixture, "\n", -1, 0600);
  g_assert_null (tool_secret_file_read_line (fixture->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
}

static void
test_mode (OneFile      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  static const int bad[] = { 0604, 0640, 0620, 0602, 0644, 0660 };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;

      put (fixture, "key", -1, bad[i]);
      g_assert_null (tool_secret_file_read (fixture->path, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
      g_assert_nonnull (strstr (error->message, fixture->path));
      bytes = tool_public_file_read (fixture->path, NULL);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, 3);
    }
}

static void
test_no_file (OneFile      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) missing = NULL;
  g_autoptr (GError) folder = NULL;
  g_autoptr (GError) fifo = NULL;

  g_assert_null (tool_public_file_read (fixture->path, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_null (tool_public_file_read (fixture->folder, &folder));
  g_assert_error (folder, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  /* It is not waited for a writer. */
  g_assert_cmpint (mkfifo (fixture->path, 0600), ==, 0);
  g_assert_null (tool_public_file_read (fixture->path, &fifo));
  g_assert_error (fifo, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
}

static void
test_size (OneFile      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *content = g_malloc0 (TOOL_SECRET_FILE_MAX_SIZE + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  put (fixture, content, TOOL_SECRET_FILE_MAX_SIZE, 0600);
  bytes = tool_secret_file_read (fixture->path, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, TOOL_SECRET_FILE_MAX_SIZE);
  put (fixture, content, TOOL_SECRET_FILE_MAX_SIZE + 1, 0600);
  g_assert_null (tool_secret_file_read (fixture->path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/tools/secret-file/line", OneFile, NULL, one_file_set_up, test_line, one_file_tear_down);
  g_test_add ("/tools/secret-file/mode", OneFile, NULL, one_file_set_up, test_mode, one_file_tear_down);
  g_test_add ("/tools/secret-file/no-file", OneFile, NULL, one_file_set_up, test_no_file, one_file_tear_down);
  g_test_add ("/tools/secret-file/size", OneFile, NULL, one_file_set_up, test_size, one_file_tear_down);

  return g_test_run ();
}
