/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Directories of OSCORE contexts: taken back, kept, replaced, and left alone. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gcoap-keygen/keygen-directory.h"

typedef struct
{
  char *folder;
  char *path;
  char *file;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "context", NULL);
  fixture->file = g_build_filename (fixture->path, "secret.json", NULL);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_unlink (fixture->file);
  g_rmdir (fixture->path);
  /* It fails if anything else is there. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->file);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static KeygenDirectory *
make (Fixture    *fixture,
      gboolean    force,
      const char *content)
{
  g_autoptr (KeygenText) text = keygen_text_new ();
  KeygenDirectory *directory = keygen_directory_new (fixture->path, force, NULL);

  g_assert_nonnull (directory);
  keygen_text_append (text, content, -1);
  g_assert_true (keygen_directory_add (directory, "secret.json", text, NULL));
  return directory;
}

static void
make_and_keep (Fixture    *fixture,
               gboolean    force,
               const char *content)
{
  g_autoptr (KeygenDirectory) directory = make (fixture, force, content);

  g_assert_true (keygen_directory_place (directory, NULL));
  keygen_directory_keep (directory);
}

static void
assert_content (Fixture    *fixture,
                const char *expected)
{
  g_autofree char *content = NULL;

  g_assert_true (g_file_get_contents (fixture->file, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, expected);
}

static void
assert_refused (Fixture   *fixture,
                gboolean   force,
                GFileError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (keygen_directory_new (fixture->path, force, &error));
  g_assert_error (error, G_FILE_ERROR, (gint) code);
}

static void
test_take_back (Fixture      *fixture,
                gconstpointer data G_GNUC_UNUSED)
{
  keygen_directory_free (make (fixture, FALSE, "one"));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  {
    g_autoptr (KeygenDirectory) directory = make (fixture, FALSE, "one");

    g_assert_true (keygen_directory_place (directory, NULL));
    assert_content (fixture, "one");
  }
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_replace (Fixture      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *sequence = g_build_filename (fixture->path, "sequence.json", NULL);
  struct stat status;

  make_and_keep (fixture, FALSE, "one");
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0700);
  assert_refused (fixture, FALSE, G_FILE_ERROR_EXIST);
  assert_content (fixture, "one");
  g_assert_true (g_file_set_contents (sequence, "{}", -1, NULL));
  {
    g_autoptr (KeygenDirectory) directory = make (fixture, TRUE, "two");

    g_assert_true (keygen_directory_place (directory, NULL));
    assert_content (fixture, "two");
  }
  /* It was not kept, and so the first one is there again, with its numbers. */
  assert_content (fixture, "one");
  g_assert_true (g_file_test (sequence, G_FILE_TEST_EXISTS));
  make_and_keep (fixture, TRUE, "three");
  assert_content (fixture, "three");
  g_assert_false (g_file_test (sequence, G_FILE_TEST_EXISTS));
}

static void
test_refuse (Fixture      *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *other = g_build_filename (fixture->path, "notes.txt", NULL);
  g_autofree char *lock = g_build_filename (fixture->path, "lock", NULL);
  int fd;

  make_and_keep (fixture, FALSE, "one");
  g_assert_true (g_file_set_contents (other, "", -1, NULL));
  assert_refused (fixture, TRUE, G_FILE_ERROR_EXIST);
  g_unlink (other);

  fd = open (lock, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);
  assert_refused (fixture, TRUE, G_FILE_ERROR_AGAIN);
  assert_content (fixture, "one");
  close (fd);
  make_and_keep (fixture, TRUE, "two");
  assert_content (fixture, "two");
}

static void
test_no_directory (Fixture      *fixture,
                   gconstpointer data G_GNUC_UNUSED)
{
  g_assert_true (g_file_set_contents (fixture->path, "", -1, NULL));
  assert_refused (fixture, TRUE, G_FILE_ERROR_NOTDIR);
  g_unlink (fixture->path);
  g_assert_cmpint (symlink (".", fixture->path), ==, 0);
  assert_refused (fixture, TRUE, G_FILE_ERROR_NOTDIR);
  g_unlink (fixture->path);
}

/* What somebody makes between the check and the end is not replaced. */
static void
test_race (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (KeygenDirectory) slow = make (fixture, TRUE, "slow");
  g_autoptr (GError) error = NULL;

  make_and_keep (fixture, FALSE, "fast");
  g_assert_false (keygen_directory_place (slow, &error));
  g_assert_nonnull (error);
  assert_content (fixture, "fast");
}

int
main (int    argc,
      char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/keygen-directory/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("take-back", test_take_back);
  ADD ("replace", test_replace);
  ADD ("refuse", test_refuse);
  ADD ("no-directory", test_no_directory);
  ADD ("race", test_race);
#undef ADD
  return g_test_run ();
}
