/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-root-private.h"

#include <errno.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "helpers/file-tree.h"

static void
assert_open (GcoapFileRoot     *root,
             const char        *path,
             GcoapResponseError expected)
{
  g_autoptr (GError) error = NULL;
  struct stat status;
  int fd = gcoap_file_root_open (root, path, &status, &error);

  g_test_message ("%s", path);
  if (expected == 0)
    {
      g_assert_no_error (error);
      g_assert_cmpint (fd, >=, 0);
      close (fd);
      return;
    }
  g_assert_cmpint (fd, ==, -1);
  g_assert_error (error, GCOAP_RESPONSE_ERROR, (int) expected);
}

static void
test_confined (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapFileRoot) root = gcoap_file_root_new (tree->root, TRUE, &error);

  g_assert_no_error (error);
  assert_open (root, "hello.txt", 0);
  assert_open (root, ".", 0);
  assert_open (root, "sub", 0);
  assert_open (root, "sub/note.json", 0);
  assert_open (root, "inside", 0);
  assert_open (root, "none", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "hello.txt/x", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "..", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "../secret", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "sub/../../secret", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "/etc/passwd", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "outside", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "absolute", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "up", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "up/secret", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  /* This must not wait for somebody to write. */
  assert_open (root, "pipe", GCOAP_RESPONSE_ERROR_NOT_FOUND);
}

/* A device is not even opened. */
static void
test_device (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapFileRoot) root = gcoap_file_root_new ("/dev", TRUE, &error);

  g_assert_no_error (error);
  assert_open (root, "null", GCOAP_RESPONSE_ERROR_NOT_FOUND);
  assert_open (root, "zero", GCOAP_RESPONSE_ERROR_NOT_FOUND);
}

static void
test_not_confined (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapFileRoot) root = gcoap_file_root_new (tree->root, FALSE, &error);

  g_assert_no_error (error);
  assert_open (root, "outside", 0);
}

static void
test_parent (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapFileRoot) root = gcoap_file_root_new (tree->root, TRUE, &error);
  const char *name = NULL;
  int fd;

  fd = gcoap_file_root_open_parent (root, "sub/new", &name, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "new");
  close (fd);
  fd = gcoap_file_root_open_parent (root, "new", &name, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (name, ==, "new");
  close (fd);
  fd = gcoap_file_root_open_parent (root, "up/new", &name, &error);
  g_assert_cmpint (fd, ==, -1);
  g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_FOUND);
}

static void
test_errors (void)
{
  static const struct { int value; GcoapResponseError code; } cases[] = {
    { ENOENT, GCOAP_RESPONSE_ERROR_NOT_FOUND }, { EACCES, GCOAP_RESPONSE_ERROR_FORBIDDEN },
    { EROFS, GCOAP_RESPONSE_ERROR_FORBIDDEN }, { EISDIR, GCOAP_RESPONSE_ERROR_METHOD_NOT_ALLOWED },
    { ENOSPC, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR },
    { EMFILE, GCOAP_RESPONSE_ERROR_SERVICE_UNAVAILABLE },
    { EPROTO, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR },
  };
  g_autoptr (GError) missing = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      gcoap_file_set_error (&error, cases[i].value);
      g_assert_error (error, GCOAP_RESPONSE_ERROR, (int) cases[i].code);
    }
  g_assert_null (gcoap_file_root_new ("/nonexistent/directory", TRUE, &missing));
  g_assert_error (missing, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-root/confined", test_confined);
  g_test_add_func ("/file-root/device", test_device);
  g_test_add_func ("/file-root/not-confined", test_not_confined);
  g_test_add_func ("/file-root/parent", test_parent);
  g_test_add_func ("/file-root/errors", test_errors);
  return g_test_run ();
}
