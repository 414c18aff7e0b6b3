/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payloads by their three forms, and the limit. */
#include <libcoap-layers/gcoap.h>

#include <glib/gstdio.h>

#include "common/tool-payload.h"

static void
assert_payload (const char *spec,
                const void *content,
                gsize       length)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) payload = tool_payload_load (spec, TOOL_PAYLOAD_MAX, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), content, length);
}

static void
test_text (void)
{
  assert_payload ("", "", 0);
  assert_payload ("21.5", "21.5", 4);
  assert_payload ("a@b", "a@b", 3);
  assert_payload ("@@home", "@home", 5);
  assert_payload ("@@", "@", 1);
}

static void
test_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("gcoap-test-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "payload", NULL);
  g_autofree char *spec = g_strconcat ("@", path, NULL);
  g_autoptr (GBytes) payload = NULL;
  /* More than is read at once. */
  g_autofree char *content = g_malloc0 (200000);

  content[199999] = 'x';
  g_assert_true (g_file_set_contents (path, content, 200000, NULL));
  assert_payload (spec, content, 200000);

  payload = tool_payload_load (spec, 200000, NULL);
  g_assert_cmpuint (g_bytes_get_size (payload), ==, 200000);
  g_clear_pointer (&payload, g_bytes_unref);
  g_assert_null (tool_payload_load (spec, 199999, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_unlink (path);
  g_assert_null (tool_payload_load (spec, 10, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (error->message, "Cannot read the payload: "));
  g_clear_error (&error);

  /* An endless device, a folder. */
  g_assert_null (tool_payload_load ("@/dev/zero", 100000, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (tool_payload_load ("@/", 10, &error));
  g_assert_nonnull (error);
  g_rmdir (folder);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/payload/text", test_text);
  g_test_add_func ("/tools/payload/file", test_file);

  return g_test_run ();
}
