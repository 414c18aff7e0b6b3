/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-key-log-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define VARIABLE "GCOAP_OSCORE_KEYLOGFILE"

static const guint8 secret[] = { 1, 2, 0xfe };
static const guint8 salt[] = { 3 };
static const guint8 sender[] = { 4 };
static const guint8 context[] = { 5, 6 };
static guint8 long_secret[4096];

static GcoapOscoreSource
make_source (gint            algorithm,
             GcoapOscoreHash hash)
{
  return (GcoapOscoreSource) {
    .algorithm = gcoap_aead_algorithm_lookup (algorithm), .hash = hash,
    .master_secret = secret, .master_secret_length = sizeof secret,
    .sender_id = sender, .sender_id_length = sizeof sender,
  };
}

static void
expect (const char *pattern)
{
  g_test_expect_message (G_LOG_DOMAIN, G_LOG_LEVEL_MESSAGE, pattern);
}

static void
add_some (void)
{
  GcoapOscoreSource source = make_source (10, GCOAP_OSCORE_HASH_SHA256);

  gcoap_oscore_key_log_add (&source);
  source.master_salt = salt;
  source.master_salt_length = sizeof salt;
  source.id_context = context;
  source.id_context_length = sizeof context;
  gcoap_oscore_key_log_add (&source);
  source = make_source (1, GCOAP_OSCORE_HASH_SHA256);
  gcoap_oscore_key_log_add (&source);
  source = make_source (10, GCOAP_OSCORE_HASH_SHA512);
  gcoap_oscore_key_log_add (&source);
}

static void
test_log (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "keys", NULL);
  g_autofree char *inside = g_build_filename (path, "keys", NULL);
  g_autofree char *content = NULL;
  GcoapOscoreSource source = make_source (10, GCOAP_OSCORE_HASH_SHA256);
  struct stat status;

  /* Not without being told to. */
  g_unsetenv (VARIABLE);
  add_some ();
  g_setenv (VARIABLE, "", TRUE);
  add_some ();
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  /* It is said, but once. */
  g_setenv (VARIABLE, path, TRUE);
  expect (VARIABLE " is set: the secrets of all OSCORE contexts are written to *keys.");
  add_some ();
  g_test_assert_expected_messages ();
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==,
                   "\"04\",\"\",\"0102fe\",\"\",\"\",\"AES-CCM-16-64-128 (CCM*)\"\n"
                   "\"\",\"04\",\"0102fe\",\"\",\"\",\"AES-CCM-16-64-128 (CCM*)\"\n"
                   "\"04\",\"\",\"0102fe\",\"03\",\"0506\",\"AES-CCM-16-64-128 (CCM*)\"\n"
                   "\"\",\"04\",\"0102fe\",\"03\",\"0506\",\"AES-CCM-16-64-128 (CCM*)\"\n"
                   "#\"04\",\"\",\"0102fe\",\"\",\"\",\"A128GCM\"\n"
                   "#\"\",\"04\",\"0102fe\",\"\",\"\",\"A128GCM\"\n"
                   "#\"04\",\"\",\"0102fe\",\"\",\"\",\"AES-CCM-16-64-128, SHA-512\"\n"
                   "#\"\",\"04\",\"0102fe\",\"\",\"\",\"AES-CCM-16-64-128, SHA-512\"\n");
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);

  source.master_secret = long_secret;
  source.master_secret_length = sizeof long_secret;
  expect ("The secrets of an OSCORE context are too long *");
  gcoap_oscore_key_log_add (&source);
  source.master_secret_length = 1000;
  expect ("The secrets of an OSCORE context are too long *");
  gcoap_oscore_key_log_add (&source);

  g_setenv (VARIABLE, inside, TRUE);
  expect ("The secrets of an OSCORE context cannot be written *: Not a directory.");
  gcoap_oscore_key_log_add (&source);
  g_setenv (VARIABLE, "/dev/full", TRUE);
  source = make_source (10, GCOAP_OSCORE_HASH_SHA256);
  expect ("The secrets of an OSCORE context cannot be written to /dev/full: *");
  gcoap_oscore_key_log_add (&source);
  g_test_assert_expected_messages ();

  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-key-log/log", test_log);
  return g_test_run ();
}
