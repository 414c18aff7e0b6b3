/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lock, what is left over, and the replacement of the state. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "helpers/oscore-storage.h"
#include "providers/oscore/gcoap-oscore-files-private.h"

static int
open_directory (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
test_lock (void)
{
  char *path = test_oscore_directory_new (NULL, NULL, NULL);
  g_autofree char *name = g_build_filename (path, "lock", NULL);
  int directory = open_directory (path);
  int lock = gcoap_oscore_files_lock (directory);
  int status;
  pid_t child;

  g_assert_cmpint (lock, >=, 0);
  g_assert_cmpint (gcoap_oscore_files_lock (directory), ==, -1);
  g_assert_cmpint (errno, ==, EWOULDBLOCK);
  child = fork ();
  if (child == 0)
    {
      int mine;

      /* That of the parent came along, and is not what is asked for. */
      mine = gcoap_oscore_files_lock (directory);
      _exit (mine == -1 && errno == EWOULDBLOCK ? 0 : 1);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_cmpint (status, ==, 0);
  /* As aiocoap does when it ends: then it was a lock of nothing. */
  g_assert_cmpint (g_unlink (name), ==, 0);
  close (lock);
  lock = gcoap_oscore_files_lock (directory);
  g_assert_cmpint (lock, >=, 0);
  close (lock);
  g_assert_cmpint (g_unlink (name), ==, 0);
  g_assert_cmpint (symlink ("/dev/null", name), ==, 0);
  g_assert_cmpint (gcoap_oscore_files_lock (directory), ==, -1);
  g_assert_cmpint (errno, ==, ELOOP);
  close (directory);
  test_oscore_directory_free (path);
}

static void
test_tidy (void)
{
  static const char *const names[] = {
    "sequence.json.abCD09", ".sequence-x7.json", "sequence.json.bak", "sequence.json.a-cdef", "sequence.json",
    "sequence.json.abcdefg", ".sequence", "notes",
  };
  char *path = test_oscore_directory_new (NULL, NULL, NULL);
  int directory = open_directory (path);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename (path, names[i], NULL);

      g_assert_true (g_file_set_contents (name, "", -1, NULL));
    }
  gcoap_oscore_files_tidy (directory);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_build_filename (path, names[i], NULL);

      g_assert_true (g_file_test (name, G_FILE_TEST_EXISTS) == (i >= 2));
    }
  close (directory);
  test_oscore_directory_free (path);
}

static void
test_write (void)
{
  char *path = test_oscore_directory_new (NULL, NULL, "old");
  g_autofree char *name = g_build_filename (path, "sequence.json", NULL);
  g_autofree char *moved = g_strconcat (path, ".moved", NULL);
  g_autofree char *text = NULL;
  int directory = open_directory (path);
  struct stat status;
  mode_t mask = umask (0);

  g_assert_true (gcoap_oscore_files_write (directory, "new"));
  umask (mask);
  text = test_oscore_directory_read (path, "sequence.json");
  g_assert_cmpstr (text, ==, "new\n");
  g_assert_cmpint (g_stat (name, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);

  /* What was put in the place of the directory is left alone. */
  g_assert_cmpint (g_rename (path, moved), ==, 0);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_true (gcoap_oscore_files_write (directory, "newer"));
  g_assert_cmpint (g_rmdir (path), ==, 0);
  g_assert_cmpint (g_rename (moved, path), ==, 0);
  g_clear_pointer (&text, g_free);
  text = test_oscore_directory_read (path, "sequence.json");
  g_assert_cmpstr (text, ==, "newer\n");
  close (directory);
  test_oscore_directory_free (path);
}

/* A limit on the size of files stands for a disk that becomes full. */
static void
test_no_room (void)
{
  char *path = test_oscore_directory_new (NULL, NULL, "old");
  int directory = open_directory (path);
  g_autofree char *text = NULL;
  g_autoptr (GDir) entries = NULL;
  struct rlimit old, none;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  none = (struct rlimit) { 1, old.rlim_max };
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  g_assert_false (gcoap_oscore_files_write (directory, "new"));
  g_assert_cmpint (errno, ==, EFBIG);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);
  text = test_oscore_directory_read (path, "sequence.json");
  g_assert_cmpstr (text, ==, "old");
  /* And nothing else is there. */
  entries = g_dir_open (path, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (entries), ==, "sequence.json");
  g_assert_null (g_dir_read_name (entries));
  close (directory);
  test_oscore_directory_free (path);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-files/lock", test_lock);
  g_test_add_func ("/oscore-files/tidy", test_tidy);
  g_test_add_func ("/oscore-files/write", test_write);
  g_test_add_func ("/oscore-files/no-room", test_no_room);
  return g_test_run ();
}
