/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A process that takes numbers is killed, again and again, and no number may come
 * twice: 50 times, or 500 with -m slow. And the system calls of one write are in
 * the order that a loss of power demands.
 *
 * Called with --child and a directory it is that process.
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "helpers/oscore-storage.h"

#define SETTINGS "{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"02\", \"algorithm\": \"AES-CCM-16-128-128\"}"
#define SECRET "{\"secret_ascii\": \"0123456789abcdef\"}"

/* So few that 500 processes do not reach the limit of the key. */
#define MAX_NUMBERS 600

static const char *program;

/* Says each number after it was taken. */
static int
run_child (const char *path,
           guint       n_numbers)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (clock);
  g_autoptr (GcoapOscoreCredential) credential = gcoap_oscore_credential_new_for_directory (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapOscoreContext) context = test_oscore_open (credential, runtime, &error);
  guint64 number;

  for (guint i = 0; context != NULL && i < n_numbers; i++)
    if (!test_oscore_take (context, &number, &error)
        || write (STDOUT_FILENO, &number, sizeof number) != sizeof number)
      break;
  if (context != NULL && error == NULL)
    test_oscore_close (context, &error);
  if (error == NULL)
    return 0;
  fprintf (stderr, "%s\n", error->message);
  return 1;
}

/* Returns the highest number. @n: so many are read before the process is killed. */
static guint64
run_and_kill (const char *path,
              guint       n,
              gint64      last,
              guint      *total)
{
  g_autofree char *count = g_strdup_printf ("%d", MAX_NUMBERS);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = NULL;
  GInputStream *output;
  guint64 number;
  gsize length;
  guint i = 0;

  child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--child", path, count, NULL);
  g_assert_no_error (error);
  output = g_subprocess_get_stdout_pipe (child);
  do
    {
      if (i++ == n)
        g_subprocess_force_exit (child);
      g_assert_true (g_input_stream_read_all (output, &number, sizeof number, &length, NULL, &error));
      if (length != sizeof number)
        break;
      g_assert_cmpint ((gint64) number, >, last);
      last = (gint64) number;
      (*total)++;
    }
  while (TRUE);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  /* It was killed, or done before. */
  g_assert_true (g_subprocess_get_if_signaled (child) || g_subprocess_get_exit_status (child) == 0);
  return (guint64) last;
}

static void
test_kill (void)
{
  char *path = test_oscore_directory_new (SETTINGS, SECRET, NULL);
  guint n_runs = g_test_slow () ? 500 : 50;
  guint total = 0;
  gint64 last = -1;

  for (guint i = 0; i < n_runs; i++)
    last = (gint64) run_and_kill (path, (guint) g_test_rand_int_range (0, MAX_NUMBERS), last, &total);
  g_test_message ("%u numbers, the last is %" G_GINT64_FORMAT, total, last);
  g_assert_cmpuint (total, >, n_runs * 50);
  test_oscore_directory_free (path);
}

/* Goes on behind @what, which must come. */
static const char *
go_past (const char *text,
         const char *what)
{
  const char *found = strstr (text, what);

  g_test_message ("%s", what);
  g_assert_nonnull (found);
  return found + strlen (what);
}

static char *
trace (const char *path)
{
  g_autofree char *name = g_build_filename (path, "trace", NULL);
  g_autofree char *strace = g_find_program_in_path ("strace");
  g_autoptr (GSubprocess) process = NULL;
  char *text = NULL;

  if (strace == NULL)
    return NULL;
  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, strace, "-f",
                              "-e", "trace=openat,write,fsync,renameat,renameat2", "-o", name, program, "--child", path,
                              "1", NULL);
  if (process == NULL || !g_subprocess_wait (process, NULL, NULL) || g_subprocess_get_exit_status (process) != 0)
    return NULL;
  g_file_get_contents (name, &text, NULL, NULL);
  return text;
}

static void
test_order (void)
{
  char *path = test_oscore_directory_new (SETTINGS, SECRET, NULL);
  g_autofree char *text = trace (path);
  const char *p;
  g_autofree char *open_end = NULL;
  g_autofree char *write_call = NULL;
  g_autofree char *sync_call = NULL;
  g_autofree char *sync_directory = NULL;
  int directory, file;

  if (text == NULL)
    g_test_skip ("There is no strace here, or it may not look.");
  else
    {
      p = strstr (text, "\"sequence.json.");
      g_assert_nonnull (p);
      while (p > text && *p != '(')
        p--;
      directory = atoi (p + 1);
      p = go_past (p, "O_CREAT|O_EXCL");
      p = go_past (p, "0600) = ");
      file = atoi (p);
      write_call = g_strdup_printf ("write(%d, \"{\\\"next-to-send\\\": 16", file);
      p = go_past (p, write_call);
      sync_call = g_strdup_printf ("fsync(%d)", file);
      p = go_past (p, sync_call);
      p = go_past (p, "renameat(");
      p = go_past (p, "\"sequence.json\")");
      sync_directory = g_strdup_printf ("fsync(%d)", directory);
      p = go_past (p, sync_directory);
      /* Only then the number. */
      p = go_past (p, "write(1, \"\\0\\0\\0\\0\\0\\0\\0\\0\", 8)");
    }
  test_oscore_directory_free (path);
}

/* A file system of 16 kB, which the files of the context and then a filler take up. */
static void
test_full_disk (void)
{
  static const char script[] =
    "mount -t tmpfs -o size=16k,mode=700 none \"$0\" && umask 077 && cd \"$0\" && echo \"$2\" > settings.json && "
    "echo \"$3\" > secret.json && { \"$1\" --child \"$0\" 5 > /dev/null || exit 2; cat sequence.json; "
    "cat /dev/zero > filler; \"$1\" --child \"$0\" 5 2>&1; cat sequence.json; ls -A; }";
  char *path = test_oscore_directory_new (NULL, NULL, NULL);
  g_autofree char *absolute = g_canonicalize_filename (program, NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = g_strdup_printf (
    "{\"next-to-send\": 5, \"received\": {\"index\": 0, \"bitfield\": 0}}\n"
    "The state of the OSCORE context “%s” could not be kept, and so nothing is protected with it any more: "
    "The OSCORE context in “%s” cannot be written: No space left on device.\n"
    "{\"next-to-send\": 5, \"received\": {\"index\": 0, \"bitfield\": 0}}\n"
    "filler\nlock\nsecret.json\nsequence.json\nsettings.json\n", path, path);

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, "unshare", "-rm",
                              "env", "LC_ALL=C.UTF-8", "sh", "-c", script, path, absolute, SETTINGS, SECRET, NULL);
  if (process == NULL || !g_subprocess_communicate_utf8 (process, NULL, NULL, &text, NULL, NULL)
      || text == NULL || *text == '\0')
    g_test_skip ("There are no namespaces for users here.");
  else
    g_assert_cmpstr (text, ==, expected);
  test_oscore_directory_free (path);
}

int
main (int    argc,
      char **argv)
{
  setlocale (LC_ALL, "");
  if (argc == 4 && g_str_equal (argv[1], "--child"))
    return run_child (argv[2], (guint) atoi (argv[3]));
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-crash/kill", test_kill);
  g_test_add_func ("/oscore-crash/order", test_order);
  g_test_add_func ("/oscore-crash/full-disk", test_full_disk);
  return g_test_run ();
}
