/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What goes wrong with disks. */
#include "site/gcoap-file-job-private.h"

#include <glib/gstdio.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "helpers/file-tree.h"

static GcoapFileJob *
job_for (FileTree     *tree,
         TestExchange *exchange,
         const char   *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapFileRoot) root = gcoap_file_root_new (tree->root, TRUE, &error);

  g_assert_no_error (error);
  return gcoap_file_job_new (root, path, exchange->exchange, 8);
}

static gboolean
write_text (FileTree   *tree,
            const char *path,
            const char *text,
            GError    **error)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, path, NULL);
  g_autoptr (TestExchange) exchange = NULL;
  GcoapFileJob *job;
  gboolean done;

  gcoap_message_set_payload_data (request, (const guint8 *) text, strlen (text));
  exchange = test_exchange_new (request);
  job = job_for (tree, exchange, path);
  done = gcoap_file_job_write (job, error);
  gcoap_file_job_free (job);
  return done;
}

static guint
count_entries (FileTree *tree)
{
  g_autoptr (GDir) directory = g_dir_open (tree->root, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

/* A disk that is full in the middle of a file: the old one stays, and nothing
 * is left behind. The limit on file sizes makes write() fail like that. */
static void
test_no_room (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autofree char *text = g_strnfill (8192, 'y');
  g_autofree char *kept = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit old;
  struct rlimit small;
  guint before = count_entries (tree);

  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &old));
  small = old;
  small.rlim_cur = 4096;
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &small));
  g_assert_false (write_text (tree, "hello.txt", text, &error));
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &old));

  g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_REQUEST_ENTITY_TOO_LARGE);
  kept = file_tree_read (tree, "hello.txt");
  g_assert_cmpstr (kept, ==, "hello");
  g_assert_cmpuint (count_entries (tree), ==, before);
}

static void
test_mode_is_kept (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autofree char *path = file_tree_path (tree, "hello.txt");
  g_autoptr (GError) error = NULL;
  GStatBuf status;

  g_assert_no_errno (g_chmod (path, 0640));
  g_assert_true (write_text (tree, "hello.txt", "new", &error));
  g_assert_no_error (error);
  g_assert_no_errno (g_stat (path, &status));
  g_assert_cmpint (status.st_mode & 0777, ==, 0640);
}

static void
test_not_permitted (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autofree char *path = file_tree_path (tree, "hello.txt");
  g_autoptr (GError) error = NULL;

  if (geteuid () == 0)
    {
      g_test_skip ("everything is permitted to root");
      return;
    }
  g_assert_no_errno (g_chmod (path, 0400));
  g_assert_false (write_text (tree, "hello.txt", "new", &error));
  g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_FORBIDDEN);
}

/* Somebody swaps a directory for a link to the outside, all the time. */
static gpointer
swap_thread (gpointer data)
{
  FileTree *tree = data;
  g_autofree char *name = file_tree_path (tree, "race");
  g_autofree char *directory = file_tree_path (tree, "race-directory");
  g_autofree char *link = file_tree_path (tree, "race-link");

  for (guint i = 0; i < 3000; i++)
    {
      g_rename (directory, name);
      g_rename (name, directory);
      g_rename (link, name);
      g_rename (name, link);
    }
  return NULL;
}

static void
test_race (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autofree char *directory = file_tree_path (tree, "race-directory");
  g_autofree char *link = file_tree_path (tree, "race-link");
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "race/secret", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  GThread *thread;

  g_assert_no_errno (g_mkdir (directory, 0700));
  file_tree_write (tree, "race-directory/secret", "public");
  g_assert_no_errno (symlink ("..", link));
  thread = g_thread_new ("swap", swap_thread, tree);
  for (guint i = 0; i < 2000; i++)
    {
      GcoapFileJob *job = job_for (tree, exchange, "race/secret");

      if (gcoap_file_job_read (job, NULL))
        g_assert_cmpmem (g_bytes_get_data (job->payload, NULL), g_bytes_get_size (job->payload),
                         "public", 6);
      gcoap_file_job_free (job);
    }
  g_thread_join (thread);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-operations/no-room", test_no_room);
  g_test_add_func ("/file-operations/mode-is-kept", test_mode_is_kept);
  g_test_add_func ("/file-operations/not-permitted", test_not_permitted);
  g_test_add_func ("/file-operations/race", test_race);
  return g_test_run ();
}
