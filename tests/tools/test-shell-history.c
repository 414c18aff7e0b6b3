/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file of the lines typed before: bounded, and for nobody else. */
#include <glib/gstdio.h>
#include <string.h>

#include "gcoap-client/shell-history.h"

typedef struct
{
  char *folder;
  char *path;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *top = g_dir_make_tmp ("gcoap-shell-XXXXXX", NULL);

  fixture->folder = g_build_filename (top, "gcoap-client", NULL);
  fixture->path = g_build_filename (fixture->folder, "history", NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *top = g_path_get_dirname (fixture->folder);

  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_rmdir (top);
  g_free (fixture->folder);
  g_free (fixture->path);
}

static void
test_kept (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (ShellHistory) history = shell_history_new (fixture->path, 10);
  g_autoptr (ShellHistory) again = NULL;
  GStatBuf state;

  g_assert_true (shell_history_add (history, "get a"));
  g_assert_false (shell_history_add (history, "get a"));
  g_assert_false (shell_history_add (history, " put secret x"));
  g_assert_false (shell_history_add (history, ""));
  g_assert_true (shell_history_add (history, "put b ü"));

  again = shell_history_new (fixture->path, 10);
  g_assert_cmpuint (shell_history_get_length (again), ==, 2);
  g_assert_cmpstr (shell_history_get (again, 0), ==, "get a");
  g_assert_cmpstr (shell_history_get (again, 1), ==, "put b ü");
  g_assert_null (shell_history_get (again, 2));
  g_assert_cmpint (g_stat (fixture->path, &state), ==, 0);
  g_assert_cmpuint (state.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (fixture->folder, &state), ==, 0);
  g_assert_cmpuint (state.st_mode & 0777, ==, 0700);
}

static void
test_bounded (Fixture      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (ShellHistory) history = shell_history_new (fixture->path, 5);
  g_autoptr (ShellHistory) again = NULL;
  g_autofree char *longest = g_strnfill (5000, 'x');
  g_autofree char *text = NULL;

  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *line = g_strdup_printf ("get %u", i);

      shell_history_add (history, line);
    }
  g_assert_false (shell_history_add (history, longest));
  g_assert_cmpuint (shell_history_get_length (history), ==, 5);

  again = shell_history_new (fixture->path, 5);
  g_assert_cmpuint (shell_history_get_length (again), ==, 5);
  g_assert_cmpstr (shell_history_get (again, 4), ==, "get 19");
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "get 15\nget 16\nget 17\nget 18\nget 19\n");

  shell_history_clear (again);
  g_assert_cmpuint (shell_history_get_length (again), ==, 0);
  g_free (g_steal_pointer (&text));
  g_assert_true (g_file_get_contents (fixture->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "");
}

static void
test_garbage (Fixture      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (ShellHistory) history = NULL;

  g_assert_cmpint (g_mkdir (fixture->folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (fixture->path, "get a\n\n\xff\xfe\nget b", -1, NULL));
  history = shell_history_new (fixture->path, 10);
  g_assert_cmpuint (shell_history_get_length (history), ==, 2);
  g_assert_cmpstr (shell_history_get (history, 1), ==, "get b");
}

static void
test_no_file (void)
{
  g_autoptr (ShellHistory) history = shell_history_new (NULL, 10);

  g_assert_true (shell_history_add (history, "get a"));
  shell_history_clear (history);
  g_assert_cmpuint (shell_history_get_length (history), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shell-history/kept", Fixture, NULL, set_up, test_kept, tear_down);
  g_test_add ("/shell-history/bounded", Fixture, NULL, set_up, test_bounded, tear_down);
  g_test_add ("/shell-history/garbage", Fixture, NULL, set_up, test_garbage, tear_down);
  g_test_add_func ("/shell-history/no-file", test_no_file);
  return g_test_run ();
}
