/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contexts in memory. */
#include "credentials/gcoap-credential-secrets-private.h"
#include "helpers/oscore-storage.h"
#include "providers/oscore/gcoap-oscore-memory-private.h"

static GcoapOscoreCredential *
make (const char *secret,
      const char *sender,
      const char *recipient)
{
  g_autoptr (GBytes) secret_bytes = g_bytes_new (secret, strlen (secret));
  g_autoptr (GBytes) sender_id = g_bytes_new (sender, strlen (sender));
  g_autoptr (GBytes) recipient_id = g_bytes_new (recipient, strlen (recipient));

  return gcoap_oscore_credential_new (secret_bytes, sender_id, recipient_id, NULL);
}

static GcoapRuntime *
make_runtime (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);

  return gcoap_runtime_new (clock);
}

/* The numbers go on in this process, whichever credential names the context. */
static void
test_fresh (void)
{
  g_autoptr (GcoapRuntime) runtime = make_runtime ();
  g_autoptr (GcoapOscoreCredential) credential = make ("0123456789abcdef", "a", "b");
  g_autoptr (GcoapOscoreCredential) twin = make ("0123456789abcdef", "a", "b");
  g_autoptr (GcoapOscoreCredential) peer = make ("0123456789abcdef", "b", "a");
  g_autoptr (GcoapOscoreCredential) other = make ("0123456789abcdef", "a", "c");
  g_autoptr (GcoapOscoreContext) context = NULL;
  g_autoptr (GcoapOscoreContext) peer_context = NULL;
  g_autoptr (GError) error = NULL;
  guint64 number;

  context = test_oscore_open (credential, runtime, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_oscore_context_get_window (context)->is_known);
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 0);
  g_assert_null (test_oscore_open (twin, runtime, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_BUSY);
  g_clear_error (&error);
  peer_context = test_oscore_open (peer, runtime, &error);
  g_assert_no_error (error);
  g_assert_true (test_oscore_close (context, &error));
  g_clear_object (&context);

  context = test_oscore_open (twin, runtime, &error);
  g_assert_no_error (error);
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 1);
  /* Without a close, as many are skipped as were reserved. */
  g_clear_object (&context);
  context = test_oscore_open (credential, runtime, &error);
  g_assert_no_error (error);
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 17);
  g_clear_object (&context);

  /* The sender's key would be the same. */
  g_assert_null (test_oscore_open (other, runtime, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
}

static void
test_static (void)
{
  g_autoptr (GcoapRuntime) runtime = make_runtime ();
  g_autoptr (GcoapOscoreCredential) credential = make ("fedcba9876543210", "a", "b");
  g_autoptr (GcoapOscoreContext) context = NULL;
  g_autoptr (GError) error = NULL;
  guint64 before, number;

  gcoap_oscore_credential_peek_parameters (credential)->is_static = TRUE;
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "*do not survive*");
  before = gcoap_oscore_memory_find_start (g_get_real_time ());
  context = test_oscore_open (credential, runtime, &error);
  g_assert_no_error (error);
  g_test_assert_expected_messages ();
  g_assert_false (gcoap_oscore_context_get_window (context)->is_known);
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, >=, before);
  g_assert_cmpuint (number, <=, gcoap_oscore_memory_find_start (g_get_real_time ()));
  g_assert_cmpuint (gcoap_oscore_context_get_n_encryptions (context), ==, 1);
}

static void
test_start (void)
{
  gint64 begins = G_GINT64_CONSTANT (1767225600) * G_USEC_PER_SEC;

  g_assert_cmpuint (gcoap_oscore_memory_find_start (begins), ==, 0);
  g_assert_cmpuint (gcoap_oscore_memory_find_start (begins + G_USEC_PER_SEC), ==, 1000);
  g_assert_cmpuint (gcoap_oscore_memory_find_start (G_MAXINT64), ==, G_GUINT64_CONSTANT (1) << 40);
  /* A clock that was not set says nothing. */
  g_assert_cmpuint (gcoap_oscore_memory_find_start (0), !=, gcoap_oscore_memory_find_start (0));
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (gcoap_oscore_memory_find_start (begins - 1000), <, G_GUINT64_CONSTANT (1) << 39);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-memory/fresh", test_fresh);
  g_test_add_func ("/oscore-memory/static", test_static);
  g_test_add_func ("/oscore-memory/start", test_start);
  return g_test_run ();
}
