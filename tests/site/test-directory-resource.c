/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-directory-resource.h"

#include <string.h>

#include "helpers/file-tree.h"
#include "site/gcoap-site.h"

typedef struct
{
  FileTree               *tree;
  GcoapSite              *site;
  GcoapDirectoryResource *resource;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GFile) directory = NULL;
  g_autoptr (GError) error = NULL;

  fixture->tree = file_tree_new ();
  directory = g_file_new_for_path (fixture->tree->root);
  fixture->resource = gcoap_directory_resource_new (directory, &error);
  g_assert_no_error (error);
  fixture->site = gcoap_site_new ();
  gcoap_site_add (fixture->site, "files", GCOAP_REQUEST_INTERFACE (fixture->resource));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_object_unref (fixture->site);
  g_object_unref (fixture->resource);
  file_tree_free (fixture->tree);
}

static GcoapMessage *
ask_with (Fixture     *fixture,
          GcoapCode    method,
          const char  *path,
          const char  *text,
          guint        option,
          GBytes      *value)
{
  g_autoptr (GcoapMessage) request = test_request_new (method, path, NULL);

  if (text != NULL)
    gcoap_message_set_payload_data (request, (const guint8 *) text, strlen (text));
  if (option != 0 && value != NULL)
    gcoap_message_set_option (request, option, g_bytes_get_data (value, NULL), g_bytes_get_size (value));
  else if (option != 0)
    gcoap_message_set_option_empty (request, option);
  return file_tree_ask (GCOAP_REQUEST_INTERFACE (fixture->site), request);
}

static void
assert_code (Fixture    *fixture,
             GcoapCode   method,
             const char *path,
             const char *text,
             GcoapCode   expected)
{
  g_autoptr (GcoapMessage) response = ask_with (fixture, method, path, text, 0, NULL);

  g_test_message ("%s", path);
  g_assert_cmphex (gcoap_message_get_code (response), ==, expected);
}

static void
assert_format (Fixture    *fixture,
               const char *path,
               guint       expected)
{
  g_autoptr (GcoapMessage) response = ask_with (fixture, GCOAP_CODE_GET, path, NULL, 0, NULL);
  guint format = 0;

  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
  g_assert_true (gcoap_message_get_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, &format));
  g_assert_cmpuint (format, ==, expected);
}

static void
test_get (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  assert_format (fixture, "files/hello.txt", 0);
  assert_format (fixture, "files/data.cbor", 60);
  assert_format (fixture, "files/sub/note.json", 50);
  assert_format (fixture, "files/inside", 0);
  /* No UTF-8 is no text, whatever its name. */
  file_tree_write (fixture->tree, "latin.txt", "\xe4\xf6\xfc");
  assert_format (fixture, "files/latin.txt", 42);
  file_tree_write (fixture->tree, "empty", "");
  assert_code (fixture, GCOAP_CODE_GET, "files/empty", NULL, GCOAP_CODE_CONTENT);
}

static void
test_escapes (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  static const char *const paths[] = {
    "files/../secret", "files/..", "files/sub/../../secret", "files/.", "files/outside",
    "files/absolute", "files/up", "files/up/secret", "files/up/root/hello.txt", "files/.hidden",
    "files/pipe", "files//hello.txt", "files/none", "files/hello.txt/x", "files/%2e%2e/secret",
  };
  g_autoptr (GcoapMessage) slash = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) nul = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) first = NULL;
  g_autoptr (GcoapMessage) second = NULL;

  gcoap_directory_resource_set_writable (fixture->resource, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    assert_code (fixture, GCOAP_CODE_GET, paths[i], NULL, GCOAP_CODE_NOT_FOUND);
  for (guint i = 0; i < 3; i++)
    assert_code (fixture, GCOAP_CODE_PUT, paths[i], "x", GCOAP_CODE_NOT_FOUND);
  assert_code (fixture, GCOAP_CODE_PUT, "files/up/secret", "x", GCOAP_CODE_NOT_FOUND);
  assert_code (fixture, GCOAP_CODE_DELETE, "files/up/secret", NULL, GCOAP_CODE_NOT_FOUND);
  assert_code (fixture, GCOAP_CODE_PUT, "files/.hidden", "x", GCOAP_CODE_NOT_FOUND);
  assert_code (fixture, GCOAP_CODE_PUT, "files/pipe", "x", GCOAP_CODE_FORBIDDEN);

  /* Segments that no file name can be. */
  gcoap_message_add_option_string (slash, GCOAP_OPTION_URI_PATH, "files");
  gcoap_message_add_option_string (slash, GCOAP_OPTION_URI_PATH, "sub/note.json");
  first = file_tree_ask (GCOAP_REQUEST_INTERFACE (fixture->site), slash);
  g_assert_cmphex (gcoap_message_get_code (first), ==, GCOAP_CODE_NOT_FOUND);
  gcoap_message_add_option_string (nul, GCOAP_OPTION_URI_PATH, "files");
  gcoap_message_add_option (nul, GCOAP_OPTION_URI_PATH, (const guint8 *) "hello.txt\0", 10);
  second = file_tree_ask (GCOAP_REQUEST_INTERFACE (fixture->site), nul);
  g_assert_cmphex (gcoap_message_get_code (second), ==, GCOAP_CODE_NOT_FOUND);

  {
    g_autofree char *secret = file_tree_read (fixture->tree, "../secret");

    g_assert_cmpstr (secret, ==, "secret");
  }
}

static void
test_names (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { const char *name; GcoapCode code; } cases[] = {
    { "gr\xc3\xbc\xc3\x9f" "e", GCOAP_CODE_CREATED }, { "gr\xfc\xdf" "e", GCOAP_CODE_BAD_REQUEST },
    { "two\nlines", GCOAP_CODE_BAD_REQUEST }, { "\x1b[2J", GCOAP_CODE_BAD_REQUEST },
    { "\x7f", GCOAP_CODE_BAD_REQUEST }, { "a b%", GCOAP_CODE_CREATED },
  };

  gcoap_directory_resource_set_writable (fixture->resource, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
      g_autoptr (GcoapMessage) response = NULL;

      gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "files");
      gcoap_message_add_option (request, GCOAP_OPTION_URI_PATH, (const guint8 *) cases[i].name,
                                strlen (cases[i].name));
      gcoap_message_set_payload_data (request, (const guint8 *) "x", 1);
      response = file_tree_ask (GCOAP_REQUEST_INTERFACE (fixture->site), request);
      g_test_message ("case %u", i);
      g_assert_cmphex (gcoap_message_get_code (response), ==, cases[i].code);
    }
}

/* A binding can make one of nothing. */
static void
test_of_nothing (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  static const char *const paths[] = { "nothing/x", "nothing/x/y" };
  g_autoptr (GcoapDirectoryResource) nothing =
    g_object_new (GCOAP_TYPE_DIRECTORY_RESOURCE, "writable", TRUE, NULL);

  gcoap_site_add (fixture->site, "nothing", GCOAP_REQUEST_INTERFACE (nothing));
  assert_code (fixture, GCOAP_CODE_GET, "nothing", NULL, GCOAP_CODE_NOT_FOUND);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      assert_code (fixture, GCOAP_CODE_GET, paths[i], NULL, GCOAP_CODE_NOT_FOUND);
      assert_code (fixture, GCOAP_CODE_PUT, paths[i], "x", GCOAP_CODE_NOT_FOUND);
      assert_code (fixture, GCOAP_CODE_DELETE, paths[i], NULL, GCOAP_CODE_NOT_FOUND);
    }
}

static void
test_listing (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = ask_with (fixture, GCOAP_CODE_GET, "files", NULL, 0, NULL);
  g_autoptr (GcoapMessage) sub = ask_with (fixture, GCOAP_CODE_GET, "files/sub/", NULL, 0, NULL);
  g_autofree char *text = NULL;
  gsize length;
  const guint8 *bytes = gcoap_message_get_payload_data (response, &length);

  text = g_strndup ((const char *) bytes, length);
  g_assert_cmpstr (text, ==,
                   "</files/data.cbor>;sz=1,</files/hello.txt>;sz=5,</files/inside>;sz=2,"
                   "</files/large.bin>;sz=100000,</files/sub/>;ct=40");
  g_free (text);
  bytes = gcoap_message_get_payload_data (sub, &length);
  text = g_strndup ((const char *) bytes, length);
  g_assert_cmpstr (text, ==, "</files/sub/note.json>;sz=2");

  gcoap_directory_resource_set_lists (fixture->resource, FALSE);
  assert_code (fixture, GCOAP_CODE_GET, "files", NULL, GCOAP_CODE_FORBIDDEN);
  assert_code (fixture, GCOAP_CODE_GET, "files/hello.txt", NULL, GCOAP_CODE_CONTENT);
}

static void
test_etag (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) first = NULL;
  g_autoptr (GcoapMessage) valid = NULL;
  g_autoptr (GcoapMessage) changed = NULL;
  g_autoptr (GBytes) etag = NULL;

  gcoap_directory_resource_set_etag_length (fixture->resource, 4);
  first = ask_with (fixture, GCOAP_CODE_GET, "files/hello.txt", NULL, 0, NULL);
  etag = gcoap_message_get_option (first, GCOAP_OPTION_ETAG, 0);
  g_assert_cmpuint (g_bytes_get_size (etag), ==, 4);
  valid = ask_with (fixture, GCOAP_CODE_GET, "files/hello.txt", NULL, GCOAP_OPTION_ETAG, etag);
  g_assert_cmphex (gcoap_message_get_code (valid), ==, GCOAP_CODE_VALID);
  file_tree_write (fixture->tree, "hello.txt", "hallo");
  changed = ask_with (fixture, GCOAP_CODE_GET, "files/hello.txt", NULL, GCOAP_OPTION_ETAG, etag);
  g_assert_cmphex (gcoap_message_get_code (changed), ==, GCOAP_CODE_CONTENT);
}

static void
test_conditional (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) first = ask_with (fixture, GCOAP_CODE_GET, "files/hello.txt", NULL, 0, NULL);
  g_autoptr (GBytes) etag = gcoap_message_get_option (first, GCOAP_OPTION_ETAG, 0);
  static const struct { const char *path; gboolean match; gboolean any; GcoapCode code; } cases[] = {
    { "files/hello.txt", FALSE, FALSE, GCOAP_CODE_PRECONDITION_FAILED },
    { "files/new.txt", FALSE, FALSE, GCOAP_CODE_CREATED },
    { "files/none.txt", TRUE, TRUE, GCOAP_CODE_PRECONDITION_FAILED },
    { "files/hello.txt", TRUE, FALSE, GCOAP_CODE_CHANGED },
    /* It has changed meanwhile. */
    { "files/hello.txt", TRUE, FALSE, GCOAP_CODE_PRECONDITION_FAILED },
    { "files/hello.txt", TRUE, TRUE, GCOAP_CODE_CHANGED },
  };

  gcoap_directory_resource_set_writable (fixture->resource, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) response =
        ask_with (fixture, GCOAP_CODE_PUT, cases[i].path, "text",
                  cases[i].match ? GCOAP_OPTION_IF_MATCH : GCOAP_OPTION_IF_NONE_MATCH,
                  cases[i].match && !cases[i].any ? etag : NULL);

      g_test_message ("case %u", i);
      g_assert_cmphex (gcoap_message_get_code (response), ==, cases[i].code);
    }
}

static void
test_write (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;

  assert_code (fixture, GCOAP_CODE_PUT, "files/hello.txt", "x", GCOAP_CODE_METHOD_NOT_ALLOWED);
  assert_code (fixture, GCOAP_CODE_DELETE, "files/hello.txt", NULL, GCOAP_CODE_METHOD_NOT_ALLOWED);
  gcoap_directory_resource_set_writable (fixture->resource, TRUE);
  assert_code (fixture, GCOAP_CODE_PUT, "files/sub/new", "new", GCOAP_CODE_CREATED);
  text = file_tree_read (fixture->tree, "sub/new");
  g_assert_cmpstr (text, ==, "new");
  assert_code (fixture, GCOAP_CODE_PUT, "files/none/new", "new", GCOAP_CODE_NOT_FOUND);
  assert_code (fixture, GCOAP_CODE_PUT, "files/sub", "new", GCOAP_CODE_METHOD_NOT_ALLOWED);
  assert_code (fixture, GCOAP_CODE_PUT, "files/sub/", "new", GCOAP_CODE_METHOD_NOT_ALLOWED);
  assert_code (fixture, GCOAP_CODE_PUT, "files", "new", GCOAP_CODE_METHOD_NOT_ALLOWED);
  assert_code (fixture, GCOAP_CODE_DELETE, "files/sub", NULL, GCOAP_CODE_METHOD_NOT_ALLOWED);
  assert_code (fixture, GCOAP_CODE_DELETE, "files/sub/new", NULL, GCOAP_CODE_DELETED);
  assert_code (fixture, GCOAP_CODE_GET, "files/sub/new", NULL, GCOAP_CODE_NOT_FOUND);
  assert_code (fixture, GCOAP_CODE_POST, "files/hello.txt", "x", GCOAP_CODE_METHOD_NOT_ALLOWED);
  /* To write through a link would be to write where it leads. */
  assert_code (fixture, GCOAP_CODE_PUT, "files/outside", "mine", GCOAP_CODE_CHANGED);
  g_free (text);
  text = file_tree_read (fixture->tree, "../secret");
  g_assert_cmpstr (text, ==, "secret");
}

static void
test_max_file_size (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_directory_resource_set_writable (fixture->resource, TRUE);
  gcoap_directory_resource_set_max_file_size (fixture->resource, 4);
  assert_code (fixture, GCOAP_CODE_PUT, "files/new", "12345", GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE);
  assert_code (fixture, GCOAP_CODE_GET, "files/new", NULL, GCOAP_CODE_NOT_FOUND);
  assert_code (fixture, GCOAP_CODE_PUT, "files/new", "1234", GCOAP_CODE_CREATED);
  gcoap_directory_resource_set_max_file_size (fixture->resource, 0);
  assert_code (fixture, GCOAP_CODE_PUT, "files/new", "12345", GCOAP_CODE_CHANGED);
}

/* What is large is not read into memory. */
static void
test_large (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "files/large.bin", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  g_autofree char *buffer = g_malloc (200000);
  GInputStream *body;
  gsize n;

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->site));
  file_tree_wait (exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
  g_assert_null (gcoap_message_get_payload (test_exchange_get_response (exchange)));
  body = gcoap_exchange_get_response_body (exchange->exchange);
  g_assert_nonnull (body);
  g_assert_true (g_input_stream_read_all (body, buffer, 200000, &n, NULL, NULL));
  g_assert_cmpuint (n, ==, 100000);
}

static void
test_properties (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  gboolean writable;
  gboolean lists;
  guint length;

  g_object_get (fixture->resource, "writable", &writable, "lists", &lists, "etag-length", &length, NULL);
  g_assert_false (writable);
  g_assert_true (lists);
  g_assert_cmpuint (length, ==, 8);
  g_assert_cmpuint (gcoap_directory_resource_get_max_monitors (fixture->resource), ==, 64);
  g_assert_cmpuint (gcoap_directory_resource_get_max_file_size (fixture->resource), ==, 1 << 30);
  g_object_set (fixture->resource, "writable", TRUE, "lists", FALSE, "etag-length", 1, NULL);
  g_assert_true (gcoap_directory_resource_get_writable (fixture->resource));
  g_assert_false (gcoap_directory_resource_get_lists (fixture->resource));
  g_assert_cmpuint (gcoap_directory_resource_get_etag_length (fixture->resource), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/directory-resource/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("get", test_get);
  ADD ("escapes", test_escapes);
  ADD ("names", test_names);
  ADD ("of-nothing", test_of_nothing);
  ADD ("listing", test_listing);
  ADD ("etag", test_etag);
  ADD ("conditional", test_conditional);
  ADD ("write", test_write);
  ADD ("max-file-size", test_max_file_size);
  ADD ("large", test_large);
  ADD ("properties", test_properties);
  return g_test_run ();
}
