/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-draft-private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/file-tree.h"
#include "site/gcoap-file-job-private.h"

typedef struct
{
  FileTree     *tree;
  TestExchange *exchange;
  GcoapFileJob *job;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  option)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "sub/note.json", NULL);
  g_autoptr (GcoapFileRoot) root = NULL;

  if (option != NULL)
    gcoap_message_set_option_empty (request, GPOINTER_TO_UINT (option));
  fixture->tree = file_tree_new ();
  root = gcoap_file_root_new (fixture->tree->root, TRUE, NULL);
  fixture->exchange = test_exchange_new (request);
  fixture->job = gcoap_file_job_new (root, "sub/note.json", fixture->exchange->exchange, 8);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  option G_GNUC_UNUSED)
{
  g_clear_pointer (&fixture->job, gcoap_file_job_free);
  test_exchange_free (fixture->exchange);
  file_tree_free (fixture->tree);
}

static guint
count_files (Fixture *fixture)
{
  g_autofree char *path = file_tree_path (fixture->tree, "sub");
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (directory) != NULL)
    n++;
  return n;
}

static void
assert_content (Fixture    *fixture,
                const char *expected)
{
  g_autofree char *text = file_tree_read (fixture->tree, "sub/note.json");

  g_assert_cmpstr (text, ==, expected);
}

static gboolean
append (Fixture    *fixture,
        const char *text,
        GError    **error)
{
  return gcoap_file_job_append (fixture->job, (const guint8 *) text, strlen (text), error);
}

static void
test_commit (Fixture       *fixture,
             gconstpointer  option G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_file_job_begin (fixture->job, &error));
  g_assert_true (append (fixture, "one ", &error));
  g_assert_true (append (fixture, "two", &error));
  assert_content (fixture, "{}");
  g_assert_cmpuint (count_files (fixture), ==, 2);
  g_assert_true (gcoap_file_job_commit (fixture->job, &error));
  g_assert_no_error (error);
  assert_content (fixture, "one two");
  g_assert_cmpuint (count_files (fixture), ==, 1);
  g_assert_cmpuint (g_bytes_get_size (fixture->job->etag), ==, 8);
  g_assert_false (fixture->job->created);
}

static void
test_discard (Fixture       *fixture,
              gconstpointer  option G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_file_job_begin (fixture->job, &error));
  g_assert_true (append (fixture, "one", &error));
  g_clear_pointer (&fixture->job, gcoap_file_job_free);
  assert_content (fixture, "{}");
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

/* What holds at the beginning may not hold any more at the end. */
static void
test_precondition (Fixture       *fixture,
                   gconstpointer  option G_GNUC_UNUSED)
{
  g_autofree char *path = file_tree_path (fixture->tree, "sub/note.json");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) late = NULL;

  g_assert_false (gcoap_file_job_begin (fixture->job, &error));
  g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED);
  g_assert_cmpuint (count_files (fixture), ==, 1);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (gcoap_file_job_begin (fixture->job, NULL));
  file_tree_write (fixture->tree, "sub/note.json", "mine");
  g_assert_true (append (fixture, "yours", NULL));
  g_assert_false (gcoap_file_job_commit (fixture->job, &late));
  g_assert_error (late, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED);
  assert_content (fixture, "mine");
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

static void
test_limit (Fixture       *fixture,
            gconstpointer  option G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  fixture->job->max_length = 10;
  g_assert_true (gcoap_file_job_begin (fixture->job, NULL));
  g_assert_true (append (fixture, "123456", &error));
  g_assert_true (append (fixture, "7890", &error));
  g_assert_no_error (error);
  g_assert_false (append (fixture, "1", &error));
  g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_REQUEST_ENTITY_TOO_LARGE);
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, option, func) \
  g_test_add ("/file-draft/" name, Fixture, GUINT_TO_POINTER (option), set_up, func, tear_down)
  ADD ("commit", 0, test_commit);
  ADD ("discard", 0, test_discard);
  ADD ("precondition", GCOAP_OPTION_IF_NONE_MATCH, test_precondition);
  ADD ("limit", 0, test_limit);
  return g_test_run ();
}
