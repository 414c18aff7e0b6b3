/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A context over a storage that waits, fails and counts. */
#include "helpers/oscore-storage.h"
#include "interfaces/gcoap-runtime-private.h"

#define END (G_GUINT64_CONSTANT (1) << 40)

typedef struct
{
  GcoapRuntime      *runtime;
  TestOscoreStorage *storage;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);

  fixture->runtime = gcoap_runtime_new (clock);
  fixture->storage = test_oscore_storage_new (data != NULL ? GPOINTER_TO_INT (data) : 10);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  g_assert_false (fixture->storage->is_open);
  g_object_unref (fixture->storage);
  g_object_unref (fixture->runtime);
}

static GcoapOscoreContext *
open_with (Fixture *fixture,
           char    *state)
{
  g_free (fixture->storage->state);
  fixture->storage->state = state;
  return test_oscore_open_storage (fixture->storage, fixture->runtime);
}

static void
iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* Chunks of 16 grow to 10000, and the next is there when half are used. */
static void
test_chunks (Fixture      *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  guint64 number;

  g_assert_cmpuint (fixture->storage->n_writes, ==, 0);
  g_assert_false (gcoap_oscore_context_take_sequence (context, &number, NULL));
  g_assert_true (test_oscore_reserve (context, NULL));
  for (guint64 i = 0; i < 100000; i++)
    {
      /* Only once anybody waits. */
      g_assert_true (gcoap_oscore_context_take_sequence (context, &number, NULL));
      g_assert_cmpuint (number, ==, i);
      iterate ();
    }
  g_assert_cmpuint (fixture->storage->n_writes, >, 10);
  g_assert_cmpuint (fixture->storage->n_writes, <, 25);
  g_assert_nonnull (strstr (fixture->storage->state, "\"next-to-send\": 1"));
  g_assert_true (test_oscore_close (context, NULL));
  g_assert_cmpstr (fixture->storage->state, ==,
                   "{\"next-to-send\": 100000, \"received\": {\"index\": 0, \"bitfield\": 0}}");
}

/* While a write is under way no number is given out beyond what is written, and
 * those who wait are told once. */
static void
test_waiting (Fixture      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autoptr (GError) error = NULL;
  guint64 number;
  guint n = 0;

  fixture->storage->waits = TRUE;
  gcoap_oscore_context_reserve_async (context, NULL, NULL, NULL);
  iterate ();
  g_assert_false (gcoap_oscore_context_take_sequence (context, &number, &error));
  g_assert_no_error (error);
  test_oscore_storage_go_on (fixture->storage);
  iterate ();
  while (gcoap_oscore_context_take_sequence (context, &number, &error))
    n++;
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 16);
  /* The window is asked for while that write runs, and comes with the next. */
  g_assert_false (gcoap_oscore_context_is_ready_to_accept (context));
  gcoap_oscore_context_reserve_async (context, NULL, NULL, NULL);
  g_assert_cmpuint (fixture->storage->n_writes, ==, 2);
  test_oscore_storage_go_on (fixture->storage);
  iterate ();
  g_assert_false (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_cmpuint (fixture->storage->n_writes, ==, 3);
  test_oscore_storage_go_on (fixture->storage);
  iterate ();
  g_assert_true (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_nonnull (strstr (fixture->storage->state, "\"unknown\""));
  fixture->storage->waits = FALSE;
  g_assert_true (test_oscore_close (context, NULL));
}

static void
test_failed_write (Fixture      *fixture,
                   gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autofree char *state = NULL;
  g_autoptr (GError) error = NULL;
  guint64 number;

  g_assert_true (test_oscore_take (context, &number, NULL));
  state = g_strdup (fixture->storage->state);
  fixture->storage->fails = TRUE;
  for (guint i = 0; i < 7; i++)
    g_assert_true (gcoap_oscore_context_take_sequence (context, &number, &error));
  iterate ();
  g_assert_false (gcoap_oscore_context_take_sequence (context, &number, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "The state of the OSCORE context “test” could not be kept, and so nothing is "
                                       "protected with it any more: The disk is full.");
  g_clear_error (&error);
  fixture->storage->fails = FALSE;
  g_assert_false (test_oscore_reserve (context, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_false (test_oscore_rederive (context, "x", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (test_oscore_close (context, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_assert_cmpstr (fixture->storage->state, ==, state);
}

/* RFC 8613 §7.2.1 */
static void
test_end_of_numbers (Fixture      *fixture,
                     gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context =
    open_with (fixture, g_strdup_printf ("{\"next-to-send\": %" G_GUINT64_FORMAT ", \"received\": \"unknown\", \"first\": %"
                                         G_GUINT64_FORMAT "}", END - 3, END - 3));
  g_autoptr (GError) error = NULL;
  guint64 number;

  for (guint64 i = 3; i > 0; i--)
    {
      g_assert_true (test_oscore_take (context, &number, &error));
      g_assert_cmpuint (number, ==, END - i);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (test_oscore_take (context, &number, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
      g_assert_nonnull (strstr (error->message, "has used up its sequence numbers"));
      g_clear_error (&error);
    }
  g_assert_true (test_oscore_close (context, &error));
  g_clear_object (&context);
  context = test_oscore_open_storage (fixture->storage, fixture->runtime);
  g_assert_false (test_oscore_take (context, &number, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  /* New keys have new numbers. */
  g_clear_error (&error);
  g_assert_true (test_oscore_rederive (context, "new", &error));
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 0);
}

static guint64
get_counter (Fixture     *fixture,
             GcoapCounter counter)
{
  return fixture->runtime->statistics->counters[counter];
}

/* The key limits draft, §2.1.1: 2^20 messages, numbers and responses together. */
static void
test_use (Fixture      *fixture,
          gconstpointer data G_GNUC_UNUSED)
{
  guint64 warned = (1 << 20) - (1 << 17);
  g_autoptr (GcoapOscoreContext) context =
    open_with (fixture, g_strdup_printf ("{\"next-to-send\": %" G_GUINT64_FORMAT ", \"received\": \"unknown\", "
                                         "\"responses\": 5}", warned - 6));
  g_autoptr (GError) error = NULL;
  guint64 number, n;

  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (get_counter (fixture, GCOAP_COUNTER_OSCORE_KEYS_WORN), ==, 0);
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "*“test” needs new keys soon*");
  g_assert_true (test_oscore_take (context, &number, &error));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (get_counter (fixture, GCOAP_COUNTER_OSCORE_KEYS_WORN), ==, 1);
  for (n = 0; test_oscore_take (context, &number, &error); n++)
    continue;
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "the limit is 1048576."));
  g_assert_cmpuint (number, ==, (1 << 20) - 6);
  g_assert_cmpuint (n, ==, (1 << 17) - 1);
  g_assert_false (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_cmpuint (get_counter (fixture, GCOAP_COUNTER_OSCORE_KEYS_WORN), ==, 1);
  g_clear_error (&error);
  g_assert_true (test_oscore_rederive (context, "new", &error));
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_true (test_oscore_close (context, &error));
}

/* An application may ask for less. */
static void
test_limits (Fixture      *fixture,
             gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autoptr (GError) error = NULL;
  guint64 number;
  guint n;

  g_object_set (gcoap_runtime_get_limits (fixture->runtime), "max-oscore-messages", 16u, "max-oscore-failures", 8u, NULL);
  for (n = 0; n < 14; n++)
    g_assert_true (test_oscore_take (context, &number, &error));
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "*“test” needs new keys soon: 14 of 16 messages*");
  for (; test_oscore_take (context, &number, &error); n++)
    continue;
  g_test_assert_expected_messages ();
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_cmpuint (n, ==, 16);

  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "*“test” needs new keys soon: 7 of 8 messages*");
  for (n = 0; gcoap_oscore_context_can_verify (context, &error); n++)
    g_assert_cmpint (gcoap_oscore_context_note_failure (context), ==, n < 7);
  g_test_assert_expected_messages ();
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_cmpuint (n, ==, 8);
  g_assert_true (test_oscore_close (context, &error));
}

/* Responses under the numbers of requests count, and a crash forgets none. */
static void
test_responses (Fixture      *fixture,
                gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autoptr (GError) error = NULL;

  for (guint64 i = 0; i < 1000; i++)
    {
      while (!gcoap_oscore_context_is_ready_to_accept (context))
        g_assert_true (test_oscore_reserve (context, &error));
      g_assert_true (gcoap_replay_window_accept (gcoap_oscore_context_get_window (context), i));
    }
  g_assert_cmpuint (gcoap_oscore_context_get_n_encryptions (context), ==, 1000);
  g_assert_cmpuint (fixture->storage->n_writes, <, 12);
  g_clear_object (&context);
  iterate ();
  context = test_oscore_open_storage (fixture->storage, fixture->runtime);
  g_assert_cmpuint (gcoap_oscore_context_get_n_encryptions (context), >=, 1000);
  g_assert_false (gcoap_oscore_context_get_window (context)->is_known);
  g_assert_false (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_true (test_oscore_reserve (context, &error));
  g_assert_true (gcoap_oscore_context_is_ready_to_accept (context));
}

/* 2^14 with a tag of eight bytes. */
static void
test_failures (Fixture      *fixture,
               gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autoptr (GError) error = NULL;
  guint max = 1 << 14;

  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "*“test” needs new keys soon*could not be verified*");
  for (guint i = 1; i <= max; i++)
    {
      g_assert_true (gcoap_oscore_context_can_verify (context, &error));
      g_assert_true (gcoap_oscore_context_note_failure (context) == (i < max));
      iterate ();
    }
  g_test_assert_expected_messages ();
  g_assert_false (gcoap_oscore_context_note_failure (context));
  g_assert_false (gcoap_oscore_context_can_verify (context, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpuint (get_counter (fixture, GCOAP_COUNTER_OSCORE_FAILURES), ==, max + 1);
  g_assert_cmpuint (fixture->storage->n_writes, <=, 64);
  /* After a crash, too. */
  g_clear_object (&context);
  iterate ();
  context = test_oscore_open_storage (fixture->storage, fixture->runtime);
  g_assert_false (gcoap_oscore_context_can_verify (context, NULL));
}

static void
test_rederive (Fixture      *fixture,
               gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autoptr (GcoapOscoreKeys) old = gcoap_oscore_keys_ref (gcoap_oscore_context_get_keys (context));
  g_autoptr (GBytes) id_context = g_bytes_new_static ("new", 3);
  g_autoptr (GError) error = NULL;
  guint64 number;

  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_false (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_true (test_oscore_reserve (context, &error));
  g_assert_true (gcoap_replay_window_accept (gcoap_oscore_context_get_window (context), 40));
  fixture->storage->waits = TRUE;
  gcoap_oscore_context_rederive_async (context, id_context, NULL, NULL, NULL);
  g_assert_false (gcoap_oscore_context_take_sequence (context, &number, &error));
  g_assert_no_error (error);
  g_assert_true (gcoap_oscore_context_get_keys (context) == old);
  g_assert_false (test_oscore_rederive (context, "other", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_BUSY);
  g_clear_error (&error);
  test_oscore_storage_go_on (fixture->storage);
  fixture->storage->waits = FALSE;
  iterate ();
  g_assert_false (gcoap_oscore_context_get_keys (context) == old);
  g_assert_true (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_true (gcoap_replay_window_is_new (gcoap_oscore_context_get_window (context), 40));
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_cmpuint (number, ==, 0);
  g_assert_false (test_oscore_rederive (context, "new", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  gcoap_oscore_context_confirm_keys (context);
  g_assert_true (test_oscore_close (context, &error));
  g_assert_cmpstr (fixture->storage->state, ==, "{\"rederived\": {\"next-to-send\": 1, \"received\": {\"index\": 0, "
                                                "\"bitfield\": 0}, \"id-context_hex\": \"6e6577\"}}");
}

/* Keys that the peer may not have are made again by whoever opens the context next;
 * once it has shown that it has them, not even a crash makes them forgotten. */
static void
test_unconfirmed (Fixture      *fixture,
                  gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autoptr (GError) error = NULL;
  guint64 number;

  g_assert_true (test_oscore_rederive (context, "new", &error));
  g_assert_true (gcoap_oscore_context_get_window (context)->is_known);
  g_assert_true (test_oscore_take (context, &number, &error));
  g_assert_true (test_oscore_close (context, &error));
  g_clear_object (&context);
  context = test_oscore_open_storage (fixture->storage, fixture->runtime);
  g_assert_false (gcoap_oscore_context_get_window (context)->is_known);

  g_assert_true (test_oscore_rederive (context, "newer", &error));
  gcoap_oscore_context_confirm_keys (context);
  iterate ();
  g_clear_object (&context);
  iterate ();
  context = test_oscore_open_storage (fixture->storage, fixture->runtime);
  g_assert_true (gcoap_oscore_context_get_window (context)->is_known);
  g_assert_true (test_oscore_close (context, &error));
}

/* A close waits for what is being written, and gives nothing out any more. */
static void
test_close (Fixture      *fixture,
            gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreContext) context = open_with (fixture, NULL);
  g_autoptr (GError) error = NULL;
  guint64 number;

  g_assert_true (test_oscore_take (context, &number, &error));
  fixture->storage->waits = TRUE;
  for (guint i = 0; i < 8; i++)
    g_assert_true (gcoap_oscore_context_take_sequence (context, &number, &error));
  gcoap_oscore_context_reserve_async (context, NULL, NULL, NULL);
  gcoap_oscore_context_close_async (context, NULL, NULL);
  g_assert_false (gcoap_oscore_context_take_sequence (context, &number, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (gcoap_oscore_context_is_ready_to_accept (context));
  g_assert_false (test_oscore_close (context, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (test_oscore_reserve (context, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_object (&context);
  fixture->storage->waits = FALSE;
  test_oscore_storage_go_on (fixture->storage);
  iterate ();
  g_assert_cmpuint (fixture->storage->n_closed, ==, 1);
  g_assert_cmpstr (fixture->storage->state, ==, "{\"next-to-send\": 9, \"received\": {\"index\": 0, \"bitfield\": 0}}");
}

static void
assert_not_opened (Fixture    *fixture,
                   GcoapError  code,
                   const char *reason)
{
  g_autoptr (GcoapOscoreCredential) credential =
    gcoap_oscore_credential_new_for_storage (GCOAP_OSCORE_STORAGE (fixture->storage), "test");
  g_autoptr (GError) error = NULL;

  g_assert_null (test_oscore_open (credential, fixture->runtime, &error));
  g_assert_error (error, GCOAP_ERROR, (gint) code);
  g_assert_nonnull (strstr (error->message, reason));
  iterate ();
  g_assert_false (fixture->storage->is_open);
}

static void
test_not_opened (Fixture      *fixture,
                 gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapOscoreCredential) none = gcoap_oscore_credential_new_for_directory ("/");
  g_autoptr (GcoapOscoreCredential) good = g_steal_pointer (&fixture->storage->parameters);
  g_autoptr (GBytes) secret = g_bytes_new_static ("0123456789abcdef", 16);
  g_autoptr (GBytes) id = g_bytes_new_static ("1234567", 7);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

  fixture->storage->parameters = gcoap_oscore_credential_new_full (secret, NULL, id, empty, NULL, 77, NULL, 0, NULL);
  assert_not_opened (fixture, GCOAP_ERROR_UNSUPPORTED, "the algorithm 77");
  g_clear_object (&fixture->storage->parameters);
  fixture->storage->parameters = gcoap_oscore_credential_new_full (secret, NULL, id, empty, NULL, 0, "md5", 0, NULL);
  assert_not_opened (fixture, GCOAP_ERROR_UNSUPPORTED, "“sha256”");
  g_clear_object (&fixture->storage->parameters);
  fixture->storage->parameters = gcoap_oscore_credential_new_full (secret, NULL, id, empty, NULL, 1, NULL, 0, NULL);
  assert_not_opened (fixture, GCOAP_ERROR_INVALID_ARGUMENT, "sender ID");
  g_clear_object (&fixture->storage->parameters);
  fixture->storage->parameters = g_object_ref (none);
  assert_not_opened (fixture, GCOAP_ERROR_INVALID_ARGUMENT, "without a secret");
  g_clear_object (&fixture->storage->parameters);
  fixture->storage->parameters = g_object_ref (good);
  fixture->storage->state = g_strdup ("{");
  assert_not_opened (fixture, GCOAP_ERROR_MALFORMED, "The OSCORE context “test”");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/oscore-context/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("chunks", test_chunks);
  ADD ("waiting", test_waiting);
  ADD ("failed-write", test_failed_write);
  ADD ("end-of-numbers", test_end_of_numbers);
  ADD ("use", test_use);
  ADD ("limits", test_limits);
  ADD ("responses", test_responses);
  ADD ("failures", test_failures);
  ADD ("rederive", test_rederive);
  ADD ("unconfirmed", test_unconfirmed);
  ADD ("close", test_close);
  ADD ("not-opened", test_not_opened);
#undef ADD
  return g_test_run ();
}
