/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stands in for a fuzzing engine: hands every file named by the arguments, or
 * found in folders named by them, to the target once. So each corpus is a unit
 * test, and a crash found elsewhere is replayed by naming its file.
 */
#include <string.h>

#include <gio/gio.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static guint n_inputs;

static gboolean
run_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  g_autofree guint8 *input = NULL;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, &error))
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }

  /* An exact copy, without the NUL that GLib appends: reading one byte too far
   * is then an error a sanitizer or valgrind sees. */
  input = g_malloc (MAX (length, 1));
  memcpy (input, contents, length);
  g_printerr ("# %s\n", path);
  LLVMFuzzerTestOneInput (input, length);
  n_inputs++;

  return TRUE;
}

static gboolean
run_path (const char *path)
{
  g_autoptr (GDir) folder = NULL;
  g_autoptr (GError) error = NULL;
  const char *name;
  gboolean success = TRUE;

  if (!g_file_test (path, G_FILE_TEST_IS_DIR))
    return run_file (path);

  folder = g_dir_open (path, 0, &error);
  if (folder == NULL)
    {
      g_printerr ("%s\n", error->message);
      return FALSE;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      success &= run_path (child);
    }

  return success;
}

int
main (int argc, char **argv)
{
  gboolean success = TRUE;

  for (int i = 1; i < argc; i++)
    success &= run_path (argv[i]);

  if (n_inputs == 0)
    {
      g_printerr ("There was no input to run.\n");
      return 1;
    }
  g_print ("%u inputs\n", n_inputs);

  return success ? 0 : 1;
}
