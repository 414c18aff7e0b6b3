/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands: what they are given, one at a time, and how they fail. */
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#include "common/tool-command.h"

typedef struct
{
  char      *folder;
  char      *path;
  GMainLoop *loop;
  guint      n_idle;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "log", NULL);
  fixture->loop = g_main_loop_new (NULL, FALSE);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_unlink (fixture->path);
  g_rmdir (fixture->folder);
  g_main_loop_unref (fixture->loop);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
idle_cb (gpointer data)
{
  Fixture *fixture = data;

  fixture->n_idle++;
  g_main_loop_quit (fixture->loop);
}

static void
run (ToolCommand *command,
     const char  *input)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (input, strlen (input));

  tool_command_run (command, bytes);
}

static void
test_newest (Fixture      *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *line = g_strdup_printf ("cat >> '%s'; echo >> '%s'", fixture->path, fixture->path);
  g_autoptr (ToolCommand) command = tool_command_new (line, idle_cb, fixture);
  g_autofree char *content = NULL;

  run (command, "one");
  g_assert_true (tool_command_is_busy (command));
  run (command, "two");
  run (command, "three");
  run (command, "four");
  g_main_loop_run (fixture->loop);
  g_assert_cmpuint (fixture->n_idle, ==, 1);
  g_assert_false (tool_command_is_busy (command));
  g_assert_cmpuint (tool_command_get_n_skipped (command), ==, 2);
  g_assert_false (tool_command_has_failed (command));
  g_assert_true (g_file_get_contents (fixture->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "one\nfour\n");
}

static void
test_forget (Fixture      *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *line = g_strdup_printf ("cat >> '%s'", fixture->path);
  g_autoptr (ToolCommand) command = tool_command_new (line, idle_cb, fixture);
  g_autofree char *content = NULL;

  run (command, "one");
  run (command, "two");
  tool_command_forget (command);
  g_main_loop_run (fixture->loop);
  g_assert_true (g_file_get_contents (fixture->path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "one");
}

static void
test_failures (void)
{
  static const char *const lines[] = { "exit 3", "kill -9 $$", "/nonexistent/command" };
  static const char *const texts[] = { "*failed with status 3*", "*ended by signal 9*", "*status 127*" };

  if (g_test_subprocess ())
    {
      const char *line = lines[g_ascii_strtoull (g_getenv ("GCOAP_TEST_LINE"), NULL, 10)];
      Fixture fixture = { .loop = g_main_loop_new (NULL, FALSE) };
      g_autoptr (ToolCommand) command = tool_command_new (line, idle_cb, &fixture);
      g_autofree char *large = g_strnfill (1 << 20, 'x');

      /* More than a pipe takes, and nobody reads it. */
      signal (SIGPIPE, SIG_IGN);
      run (command, large);
      g_main_loop_run (fixture.loop);
      g_assert_true (tool_command_has_failed (command));
      g_main_loop_unref (fixture.loop);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *number = g_strdup_printf ("%u", i);

      g_setenv ("GCOAP_TEST_LINE", number, TRUE);
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stderr (texts[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/tools/command/newest", Fixture, NULL, set_up, test_newest, tear_down);
  g_test_add ("/tools/command/forget", Fixture, NULL, set_up, test_forget, tear_down);
  g_test_add_func ("/tools/command/failures", test_failures);

  return g_test_run ();
}
