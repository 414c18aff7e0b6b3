/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files: their mode, what is not replaced, and that nothing is left behind. */
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gcoap-keygen/keygen-file.h"
#include "one-file.h"

static gboolean
write_text (const char *path,
            const char *content,
            gboolean    force,
            GError    **error)
{
  g_autoptr (KeygenText) text = keygen_text_new ();

  keygen_text_append (text, content, -1);
  return keygen_file_write (path, text, force, error);
}

static void
assert_content (const char *path,
                const char *expected)
{
  g_autoptr (KeygenText) content = keygen_file_read (path, TRUE, NULL);

  g_assert_nonnull (content);
  g_assert_cmpstr (keygen_text_peek (content), ==, expected);
}

static void
test_write (OneFile      *fixture,
            gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  struct stat status;
  mode_t mask = umask (0);

  g_assert_true (write_text (fixture->path, "one", FALSE, NULL));
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (status.st_nlink, ==, 1);
  assert_content (fixture->path, "one");
  g_assert_false (write_text (fixture->path, "two", FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  assert_content (fixture->path, "one");

  umask (0777);
  g_assert_cmpint (g_chmod (fixture->path, 0644), ==, 0);
  g_assert_true (write_text (fixture->path, "two", TRUE, NULL));
  umask (mask);
  g_assert_cmpint (g_stat (fixture->path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 07777, ==, 0600);
  assert_content (fixture->path, "two");
}

/* What somebody makes between the check and the end is not replaced. */
static void
test_race (OneFile      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (KeygenText) text = keygen_text_new ();

  g_assert_true (write_text (fixture->path, "theirs", FALSE, NULL));
  g_assert_false (keygen_file_try_write (fixture->path, text, FALSE));
  assert_content (fixture->path, "theirs");
}

static void
test_link (OneFile      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (symlink ("nowhere", fixture->path), ==, 0);
  g_assert_false (write_text (fixture->path, "x", FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST);
  g_clear_error (&error);
  g_assert_false (write_text (fixture->path, "x", TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  g_assert_false (write_text (fixture->folder, "x", TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
}

static void
test_read (OneFile      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *large = g_strnfill (KEYGEN_FILE_MAX_SIZE + 1, 'x');
  g_autoptr (KeygenText) content = NULL;

  g_assert_null (keygen_file_read (fixture->path, FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (keygen_file_read (fixture->folder, FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_clear_error (&error);

  g_assert_true (write_text (fixture->path, large, FALSE, NULL));
  g_assert_null (keygen_file_read (fixture->path, FALSE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
  g_clear_error (&error);
  large[KEYGEN_FILE_MAX_SIZE] = '\0';
  g_assert_true (write_text (fixture->path, large, TRUE, NULL));
  g_assert_cmpint (g_chmod (fixture->path, 0640), ==, 0);
  content = keygen_file_read (fixture->path, FALSE, NULL);
  g_assert_nonnull (content);
  g_assert_cmpuint (keygen_text_get_length (content), ==, KEYGEN_FILE_MAX_SIZE);
  g_assert_null (keygen_file_read (fixture->path, TRUE, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM);
}

int
main (int    argc,
      char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/keygen-file/" name, OneFile, NULL, one_file_set_up, function, one_file_tear_down)
  ADD ("write", test_write);
  ADD ("race", test_race);
  ADD ("link", test_link);
  ADD ("read", test_read);
#undef ADD
  return g_test_run ();
}
