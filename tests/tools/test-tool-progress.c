/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line that tells the progress of a transfer. */
#include <glib.h>

#include "common/tool-progress.h"

#define MIB (1024 * 1024)

static void
assert_line (guint64     bytes,
             gint64      total,
             gint64      seconds,
             guint       width,
             const char *expected)
{
  g_autofree char *line = tool_progress_format ("Sent", bytes, total, seconds * G_USEC_PER_SEC, width);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_known (void)
{
  assert_line (16 * MIB, 64 * MIB, 4, 100,
               "Sent 16.0 MiB of 64.0 MiB   25% [######------------------]  4.0 MiB/s  0:12 left");
  assert_line (64 * MIB, 64 * MIB, 75, 100,
               "Sent 64.0 MiB  100% [########################]  873.8 KiB/s in 1:15");
  assert_line (0, 64 * MIB, 4, 100,
               "Sent 0 B of 64.0 MiB    0% [------------------------]  0 B/s");
  assert_line (MIB, 1024LL * MIB * 8, 1, 100,
               "Sent 1.0 MiB of 8.0 GiB    0% [------------------------]  1.0 MiB/s  2:16:31 left");
}

static void
test_unknown (void)
{
  assert_line (999, -1, 1, 100, "Sent 999 B  999 B/s");
  assert_line (1000, -1, 1, 100, "Sent 1.0 KiB  1.0 KiB/s");
  /* A size the peer was wrong about, and an empty body. */
  assert_line (2048, 1024, 1, 100, "Sent 2.0 KiB  100% [########################]  2.0 KiB/s in 0:01");
  assert_line (0, 0, 0, 100, "Sent 0 B  0 B/s in 0:00");
}

static void
test_narrow (void)
{
  assert_line (16 * MIB, 64 * MIB, 4, 60, "Sent 16.0 MiB of 64.0 MiB   25%  4.0 MiB/s  0:12 left");
  assert_line (16 * MIB, 64 * MIB, 4, 10, "Sent 16.0 ");
}

static void
test_lines (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (ToolProgress) progress = tool_progress_new (FALSE);

      tool_progress_end (progress);
      tool_progress_report (progress, "Sent", 1024, 2048);
      tool_progress_report (progress, "Sent", 2048, 2048);
      tool_progress_report (progress, "Received", 1024, -1);
      tool_progress_end (progress);
      tool_progress_end (progress);
      return;
    }
  /* A line for each direction, although nothing takes long here. */
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("Sent 2.0 KiB*\nReceived 1.0 KiB*\n");
  g_test_trap_assert_stderr_unmatched ("*\r*");
  g_test_trap_assert_stderr_unmatched ("*Sent*Sent*");
}

static void
test_terminal (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (ToolProgress) progress = tool_progress_new (TRUE);

      tool_progress_report (progress, "Sent", 2048, 2048);
      tool_progress_end (progress);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/progress/known", test_known);
  g_test_add_func ("/tools/progress/unknown", test_unknown);
  g_test_add_func ("/tools/progress/narrow", test_narrow);
  g_test_add_func ("/tools/progress/lines", test_lines);
  g_test_add_func ("/tools/progress/terminal", test_terminal);

  return g_test_run ();
}
