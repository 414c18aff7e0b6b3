/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-resource.h"

#include <string.h>

#include "helpers/file-tree.h"

static GcoapFileResource *
resource_for (FileTree   *tree,
              const char *name)
{
  g_autofree char *path = file_tree_path (tree, name);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GcoapFileResource *resource = gcoap_file_resource_new (file, &error);

  g_assert_no_error (error);
  return resource;
}

static GcoapMessage *
ask (GcoapFileResource *resource,
     GcoapCode          method,
     const char        *text)
{
  g_autoptr (GcoapMessage) request = test_request_new (method, "file", NULL);

  if (text != NULL)
    gcoap_message_set_payload_data (request, (const guint8 *) text, strlen (text));
  return file_tree_ask (GCOAP_REQUEST_INTERFACE (resource), request);
}

static void
test_read_only (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GcoapFileResource) resource = resource_for (tree, "hello.txt");
  g_autoptr (GcoapMessage) read = ask (resource, GCOAP_CODE_GET, NULL);
  g_autoptr (GcoapMessage) written = ask (resource, GCOAP_CODE_PUT, "x");
  g_autoptr (GcoapMessage) deleted = ask (resource, GCOAP_CODE_DELETE, NULL);
  guint format;

  g_assert_cmphex (gcoap_message_get_code (read), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpmem (g_bytes_get_data (gcoap_message_get_payload (read), NULL), 5, "hello", 5);
  g_assert_true (gcoap_message_get_option_uint (read, GCOAP_OPTION_CONTENT_FORMAT, &format));
  g_assert_cmpuint (format, ==, 0);
  g_assert_cmphex (gcoap_message_get_code (written), ==, GCOAP_CODE_METHOD_NOT_ALLOWED);
  g_assert_cmphex (gcoap_message_get_code (deleted), ==, GCOAP_CODE_METHOD_NOT_ALLOWED);
}

static void
test_writable (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GcoapFileResource) resource = resource_for (tree, "new.txt");
  g_autoptr (GcoapMessage) missing = ask (resource, GCOAP_CODE_GET, NULL);
  g_autoptr (GcoapMessage) created = NULL;
  g_autoptr (GcoapMessage) changed = NULL;
  g_autoptr (GcoapMessage) deleted = NULL;
  g_autoptr (GcoapMessage) again = NULL;
  g_autofree char *text = NULL;
  gboolean writable;
  guint length;

  g_assert_cmphex (gcoap_message_get_code (missing), ==, GCOAP_CODE_NOT_FOUND);
  g_object_set (resource, "writable", TRUE, "etag-length", 3, NULL);
  g_object_get (resource, "writable", &writable, "etag-length", &length, NULL);
  g_assert_true (writable);
  g_assert_cmpuint (length, ==, 3);
  created = ask (resource, GCOAP_CODE_PUT, "one");
  g_assert_cmphex (gcoap_message_get_code (created), ==, GCOAP_CODE_CREATED);
  changed = ask (resource, GCOAP_CODE_PUT, "two");
  g_assert_cmphex (gcoap_message_get_code (changed), ==, GCOAP_CODE_CHANGED);
  text = file_tree_read (tree, "new.txt");
  g_assert_cmpstr (text, ==, "two");
  deleted = ask (resource, GCOAP_CODE_DELETE, NULL);
  g_assert_cmphex (gcoap_message_get_code (deleted), ==, GCOAP_CODE_DELETED);
  /* RFC 7252 §5.8.4: also when there was nothing. */
  again = ask (resource, GCOAP_CODE_DELETE, NULL);
  g_assert_cmphex (gcoap_message_get_code (again), ==, GCOAP_CODE_DELETED);
}

/* Whoever names a file may name one that is a link to somewhere. */
static void
test_link (void)
{
  g_autoptr (FileTree) tree = file_tree_new ();
  g_autoptr (GcoapFileResource) resource = resource_for (tree, "outside");
  g_autoptr (GcoapMessage) read = ask (resource, GCOAP_CODE_GET, NULL);

  g_assert_cmphex (gcoap_message_get_code (read), ==, GCOAP_CODE_CONTENT);
}

static void
test_no_directory (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nonexistent/directory/file");
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_file_resource_new (file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* A binding can make one of nothing. */
static void
test_of_nothing (void)
{
  static const GcoapCode methods[] = { GCOAP_CODE_GET, GCOAP_CODE_PUT, GCOAP_CODE_DELETE };
  g_autoptr (GcoapFileResource) resource = g_object_new (GCOAP_TYPE_FILE_RESOURCE, "writable", TRUE, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GcoapMessage) response = ask (resource, methods[i], "x");

      g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_NOT_FOUND);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-resource/read-only", test_read_only);
  g_test_add_func ("/file-resource/writable", test_writable);
  g_test_add_func ("/file-resource/link", test_link);
  g_test_add_func ("/file-resource/no-directory", test_no_directory);
  g_test_add_func ("/file-resource/of-nothing", test_of_nothing);
  return g_test_run ();
}
