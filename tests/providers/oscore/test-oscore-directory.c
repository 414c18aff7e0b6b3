/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contexts in directories: opened, refused, used, and opened again. */
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "helpers/oscore-storage.h"

#define SETTINGS "{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"02\"}"
#define SECRET "{\"secret_ascii\": \"0123456789abcdef\"}"

typedef struct
{
  char         *path;
  GcoapRuntime *runtime;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);

  fixture->path = test_oscore_directory_new (SETTINGS, SECRET, NULL);
  fixture->runtime = gcoap_runtime_new (clock);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  test_oscore_directory_free (fixture->path);
  g_object_unref (fixture->runtime);
}

static GcoapOscoreContext *
open_context (Fixture *fixture,
              GError **error)
{
  g_autoptr (GcoapOscoreCredential) credential = gcoap_oscore_credential_new_for_directory (fixture->path);

  return test_oscore_open (credential, fixture->runtime, error);
}

static void
assert_refused (Fixture    *fixture,
                GcoapError  code,
                const char *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (open_context (fixture, &error));
  g_assert_error (error, GCOAP_ERROR, (gint) code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, reason));
  g_assert_nonnull (strstr (error->message, fixture->path));
}

static void
assert_state (Fixture    *fixture,
              const char *expected)
{
  g_autofree char *text = test_oscore_directory_read (fixture->path, "sequence.json");

  g_assert_cmpstr (text, ==, expected);
}

static void
write_file (Fixture    *fixture,
            const char *name,
            const char *text,
            guint       mode)
{
  g_autofree char *path = g_build_filename (fixture->path, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
}

static void
test_use (Fixture      *fixture,
          gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapOscoreContext) context = open_context (fixture, &error);
  guint64 number;

  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_oscore_context_get_name (context), ==, fixture->path);
  assert_state (fixture, NULL);
  for (guint64 i = 0; i < 5; i++)
    {
      g_assert_true (test_oscore_take (context, &number, &error));
      g_assert_cmpuint (number, ==, i);
    }
  /* A client that crashes still has its window. */
  assert_state (fixture, "{\"next-to-send\": 16, \"received\": {\"index\": 0, \"bitfield\": 0}}\n");
  while (!gcoap_oscore_context_is_ready_to_accept (context))
    g_assert_true (test_oscore_reserve (context, &error));
  assert_state (fixture, "{\"next-to-send\": 16, \"received\": \"unknown\", \"responses\": 16}\n");
  g_assert_true (gcoap_replay_window_accept (gcoap_oscore_context_get_window (context), 3));
  g_assert_true (test_oscore_close (context, &error));
  assert_state (fixture, "{\"next-to-send\": 5, \"received\": {\"index\": 0, \"bitfield\": 8}, \"responses\": 1}\n");

  g_clear_object (&context);
  context = open_context (fixture, &error);
  g_assert_no_error (error);
  g_assert_false (gcoap_replay_window_is_new (gcoap_oscore_context_get_window (context), 3));
  g_assert_true (gcoap_replay_window_is_new (gcoap_oscore_context_get_window (context), 2));
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 5);

  /* As after a crash. */
  g_clear_object (&context);
  context = open_context (fixture, &error);
  g_assert_no_error (error);
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 21);
}

static void
test_busy (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_context (fixture, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *lock = g_build_filename (fixture->path, "lock", NULL);
  g_autofree char *left = g_build_filename (fixture->path, "sequence.json.abcdef", NULL);

  g_assert_nonnull (context);
  write_file (fixture, "sequence.json.abcdef", "", 0600);
  assert_refused (fixture, GCOAP_ERROR_BUSY, "in use already, by another process or by this one");
  g_assert_true (g_file_test (left, G_FILE_TEST_EXISTS));
  g_assert_true (test_oscore_close (context, &error));
  /* It is not ours to delete. */
  g_assert_true (g_file_test (lock, G_FILE_TEST_EXISTS));
  g_clear_object (&context);
  context = open_context (fixture, &error);
  g_assert_no_error (error);
  g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
}

static void
test_other_process (Fixture      *fixture,
                    gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *lock = g_build_filename (fixture->path, "lock", NULL);
  g_autoptr (GSubprocess) holder = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  holder = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "flock", "-xn",
                             lock, "sh", "-c", "echo ready; read line", NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (holder));
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "ready");
  assert_refused (fixture, GCOAP_ERROR_BUSY, "in use already");
  g_output_stream_close (g_subprocess_get_stdin_pipe (holder), NULL, NULL);
  g_assert_true (g_subprocess_wait (holder, NULL, NULL));
  {
    g_autoptr (GcoapOscoreContext) context = open_context (fixture, &error);

    g_assert_no_error (error);
    g_assert_nonnull (context);
  }
}

static void
test_permissions (Fixture      *fixture,
                  gconstpointer data G_GNUC_UNUSED)
{
  static const struct { const char *name; guint bad; guint good; } cases[] = {
    { "secret.json", 0640, 0600 }, { "settings.json", 0662, 0644 }, { "sequence.json", 0620, 0644 },
  };

  write_file (fixture, "sequence.json", "{\"next-to-send\": 7, \"received\": \"unknown\"}", 0600);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (fixture->path, cases[i].name, NULL);

      g_assert_cmpint (g_chmod (path, cases[i].bad), ==, 0);
      assert_refused (fixture, GCOAP_ERROR_PERMISSION, cases[i].name);
      g_assert_cmpint (g_chmod (path, cases[i].good), ==, 0);
    }
  g_assert_cmpint (g_chmod (fixture->path, 0770), ==, 0);
  assert_refused (fixture, GCOAP_ERROR_PERMISSION, "Others may write the directory");
  g_assert_cmpint (g_chmod (fixture->path, 01770), ==, 0);
  {
    g_autoptr (GcoapOscoreContext) context = open_context (fixture, NULL);

    g_assert_nonnull (context);
  }
  write_file (fixture, "settings.json", "{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"02\", "
              "\"secret_ascii\": \"0123456789abcdef\"}", 0644);
  write_file (fixture, "secret.json", "{}", 0600);
  assert_refused (fixture, GCOAP_ERROR_PERMISSION, "settings.json” holds secrets");
}

static void
test_missing (Fixture      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *secret = g_build_filename (fixture->path, "secret.json", NULL);
  g_autofree char *state = g_build_filename (fixture->path, "sequence.json", NULL);
  char *path = fixture->path;

  g_assert_cmpint (g_unlink (secret), ==, 0);
  assert_refused (fixture, GCOAP_ERROR_MALFORMED, "“secret_hex” is missing");
  write_file (fixture, "secret.json", SECRET, 0600);
  fixture->path = g_build_filename (path, "none", NULL);
  assert_refused (fixture, GCOAP_ERROR_FAILED, "No such file");
  g_free (fixture->path);
  fixture->path = secret;
  assert_refused (fixture, GCOAP_ERROR_FAILED, "Not a directory");
  fixture->path = path;
  /* Nothing of the state may be guessed. */
  write_file (fixture, "sequence.json", "", 0600);
  assert_refused (fixture, GCOAP_ERROR_MALFORMED, "line 1");
  assert_refused (fixture, GCOAP_ERROR_MALFORMED, "/sequence.json”: ");
  write_file (fixture, "sequence.json", "{\"next-to-send\": 1}", 0600);
  assert_refused (fixture, GCOAP_ERROR_MALFORMED, "“received” is missing");
  g_assert_cmpint (g_unlink (state), ==, 0);
  g_assert_cmpint (g_mkdir (state, 0700), ==, 0);
  assert_refused (fixture, GCOAP_ERROR_INVALID_ARGUMENT, "no regular file");
  g_assert_cmpint (g_rmdir (state), ==, 0);
  g_assert_cmpint (mkfifo (state, 0600), ==, 0);
  assert_refused (fixture, GCOAP_ERROR_INVALID_ARGUMENT, "no regular file");
  g_assert_cmpint (g_unlink (state), ==, 0);
  {
    g_autofree char *large = g_strnfill (GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE + 1, ' ');

    write_file (fixture, "sequence.json", large, 0600);
    assert_refused (fixture, GCOAP_ERROR_TOO_LARGE, "larger than the limit");
  }
  g_assert_true (g_file_set_contents (state, "{}\0", 3, NULL));
  assert_refused (fixture, GCOAP_ERROR_MALFORMED, "no text");
}

/* No directory below /proc takes a file, not even from the superuser. */
static void
test_read_only (Fixture      *fixture G_GNUC_UNUSED,
                gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreCredential) credential = gcoap_oscore_credential_new_for_directory ("/proc/self");
  g_autoptr (GError) error = NULL;

  g_assert_null (test_oscore_open (credential, fixture->runtime, &error));
  g_assert_true (error->domain == GCOAP_ERROR);
  g_assert_nonnull (strstr (error->message, "The OSCORE context in “/proc/self” cannot be locked"));
}

/* The directory goes away under the context: nothing is given out any more. */
static void
test_failed_write (Fixture      *fixture,
                   gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_context (fixture, NULL);
  g_autofree char *kept = g_strdup (fixture->path);
  g_autoptr (GError) error = NULL;
  guint64 number;

  test_oscore_directory_free (fixture->path);
  fixture->path = g_steal_pointer (&kept);
  g_assert_false (test_oscore_take (context, &number, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "nothing is protected with it any more"));
  g_assert_nonnull (strstr (error->message, fixture->path));
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  g_clear_error (&error);
  g_assert_false (test_oscore_take (context, &number, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (test_oscore_close (context, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
}

static void
test_rederived (Fixture      *fixture,
                gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_context (fixture, NULL);
  g_autoptr (GError) error = NULL;
  guint64 number;

  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_true (test_oscore_rederive (context, "new", &error));
  g_assert_no_error (error);
  assert_state (fixture, "{\"rederived\": {\"next-to-send\": 16, \"received\": \"unknown\", "
                         "\"id-context_hex\": \"6e6577\"}}\n");
  gcoap_oscore_context_confirm_keys (context);
  g_assert_true (test_oscore_reserve (context, &error));
  assert_state (fixture, "{\"rederived\": {\"next-to-send\": 16, \"received\": {\"index\": 0, \"bitfield\": 0}, "
                         "\"id-context_hex\": \"6e6577\"}}\n");
  g_clear_object (&context);
  context = open_context (fixture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gcoap_oscore_context_get_keys (context)->id_context_length, ==, 3);
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 16);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/oscore-directory/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("use", test_use);
  ADD ("busy", test_busy);
  ADD ("other-process", test_other_process);
  ADD ("permissions", test_permissions);
  ADD ("missing", test_missing);
  ADD ("read-only", test_read_only);
  ADD ("failed-write", test_failed_write);
  ADD ("rederived", test_rederived);
#undef ADD
  return g_test_run ();
}
