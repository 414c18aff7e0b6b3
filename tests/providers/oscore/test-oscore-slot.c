/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who waits for a context, and what they are told. */
#include "providers/oscore/gcoap-oscore-slot-private.h"

#include "base/gcoap-error.h"
#include "helpers/oscore-storage.h"

typedef struct
{
  GcoapClock        *clock;
  GcoapRuntime      *runtime;
  TestOscoreStorage *storage;
  GcoapOscoreSlot   *slot;
  GString           *log;     /* a letter for each answer: o, or e for an error; digits of numbers */
  GError            *error;   /* the latest */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GcoapOscoreCredential) credential = NULL;

  self->clock = gcoap_clock_new_manual (0);
  self->runtime = gcoap_runtime_new (self->clock);
  self->storage = test_oscore_storage_new (10);
  self->log = g_string_new (NULL);
  credential = gcoap_oscore_credential_new_for_storage (GCOAP_OSCORE_STORAGE (self->storage), "test");
  self->slot = gcoap_oscore_slot_new (self->runtime, credential, "alice");
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  gcoap_oscore_slot_shut (self->slot, NULL, NULL);
  settle ();
  gcoap_oscore_slot_unref (self->slot);
  settle ();
  g_string_free (self->log, TRUE);
  g_clear_error (&self->error);
  g_assert_finalize_object (self->storage);
  g_object_unref (self->runtime);
  g_object_unref (self->clock);
}

static void
note_error (Fixture      *self,
            const GError *error)
{
  g_string_append_c (self->log, 'e');
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
}

static void
ready_cb (GcoapOscoreSlot *slot,
          const GError    *error,
          gpointer         data)
{
  Fixture *self = data;

  if (error != NULL)
    note_error (self, error);
  else
    g_string_append_c (self->log, 'o');
}

static void
number_cb (GcoapOscoreSlot *slot,
           guint64          number,
           const GError    *error,
           gpointer         data)
{
  Fixture *self = data;

  if (error != NULL)
    note_error (self, error);
  else
    g_string_append_printf (self->log, "%" G_GUINT64_FORMAT ",", number);
}

static void
assert_log (Fixture    *self,
            const char *log)
{
  g_assert_cmpstr (self->log->str, ==, log);
  g_string_truncate (self->log, 0);
}

static void
open_slot (Fixture *self)
{
  gcoap_oscore_slot_open (self->slot, ready_cb, self);
  settle ();
  assert_log (self, "o");
}

/* However many wait, it is opened once. */
static void
test_open (Fixture       *self,
           gconstpointer  data)
{
  g_assert_true (gcoap_oscore_slot_can_open (self->slot));
  for (guint i = 0; i < 3; i++)
    gcoap_oscore_slot_open (self->slot, ready_cb, self);
  settle ();
  assert_log (self, "ooo");
  g_assert_false (gcoap_oscore_slot_can_open (self->slot));
  g_assert_cmpstr (self->slot->claims[0], ==, "name:alice");
  g_assert_cmpstr (self->slot->claims[1], ==, "oscore:test/02");
  gcoap_oscore_slot_open (self->slot, ready_cb, self);
  assert_log (self, "o");
}

/* Another has it: that is no reason to ask all the time. */
static void
test_cannot_open (Fixture       *self,
                  gconstpointer  data)
{
  self->storage->is_open = TRUE;
  gcoap_oscore_slot_open (self->slot, ready_cb, self);
  settle ();
  assert_log (self, "e");
  self->storage->is_open = FALSE;
  g_assert_false (gcoap_oscore_slot_can_open (self->slot));
  gcoap_oscore_slot_open (self->slot, ready_cb, self);
  assert_log (self, "e");
  gcoap_clock_advance (self->clock, 5 * G_USEC_PER_SEC);
  g_assert_true (gcoap_oscore_slot_can_open (self->slot));
  open_slot (self);
}

/* In the order in which they asked. */
static void
test_numbers (Fixture       *self,
              gconstpointer  data)
{
  open_slot (self);
  self->storage->waits = TRUE;
  for (guint i = 0; i < 3; i++)
    gcoap_oscore_slot_take_number (self->slot, number_cb, self);
  settle ();
  assert_log (self, "");
  self->storage->waits = FALSE;
  test_oscore_storage_go_on (self->storage);
  settle ();
  assert_log (self, "0,1,2,");
}

static void
test_failing_storage (Fixture       *self,
                      gconstpointer  data)
{
  open_slot (self);
  self->storage->fails = TRUE;
  for (guint i = 0; i < 2; i++)
    gcoap_oscore_slot_take_number (self->slot, number_cb, self);
  settle ();
  assert_log (self, "ee");
  g_assert_nonnull (strstr (self->error->message, "The disk is full."));
  gcoap_oscore_slot_make_ready (self->slot, ready_cb, self);
  settle ();
  assert_log (self, "e");
  /* Even when there is room again: what was written is not known. */
  self->storage->fails = FALSE;
  gcoap_oscore_slot_take_number (self->slot, number_cb, self);
  settle ();
  assert_log (self, "e");
}

static void
test_ready (Fixture       *self,
            gconstpointer  data)
{
  open_slot (self);
  self->storage->waits = TRUE;
  gcoap_oscore_slot_make_ready (self->slot, ready_cb, self);
  settle ();
  assert_log (self, "");
  self->storage->waits = FALSE;
  test_oscore_storage_go_on (self->storage);
  settle ();
  assert_log (self, "o");
  gcoap_oscore_slot_make_ready (self->slot, ready_cb, self);
  assert_log (self, "o");
}

static gboolean
make_ready_cb (gpointer data)
{
  Fixture *self = data;

  gcoap_oscore_slot_make_ready (self->slot, ready_cb, self);
  return G_SOURCE_REMOVE;
}

/* What comes while somebody waits is told after them, although the context is
 * ready: their requests would fall out of the replay window. */
static void
test_order (Fixture       *self,
            gconstpointer  data)
{
  guint64 number = 0;

  open_slot (self);
  gcoap_oscore_slot_make_ready (self->slot, ready_cb, self);
  settle ();
  assert_log (self, "o");
  /* All that storage has granted; it is asked for more before they are used up. */
  self->storage->waits = TRUE;
  while (gcoap_oscore_slot_is_ready (self->slot))
    g_assert_true (gcoap_replay_window_accept (gcoap_oscore_context_get_window (self->slot->context), number++));
  /* Asks in the turn of the main loop in which storage answers, and so is told in
   * the next one. */
  settle ();
  g_idle_add_full (G_PRIORITY_DEFAULT, make_ready_cb, self, NULL);
  self->storage->waits = FALSE;
  test_oscore_storage_go_on (self->storage);
  while (!gcoap_oscore_context_is_ready_to_accept (self->slot->context))
    g_main_context_iteration (NULL, FALSE);
  assert_log (self, "");
  g_assert_false (gcoap_oscore_slot_is_ready (self->slot));
  gcoap_oscore_slot_make_ready (self->slot, ready_cb, self);
  assert_log (self, "");
  settle ();
  assert_log (self, "oo");
  g_assert_true (gcoap_oscore_slot_is_ready (self->slot));
}

static void
test_limit (Fixture       *self,
            gconstpointer  data)
{
  open_slot (self);
  self->storage->waits = TRUE;
  for (guint i = 0; i < GCOAP_OSCORE_SLOT_MAX_WAITING; i++)
    gcoap_oscore_slot_take_number (self->slot, number_cb, self);
  assert_log (self, "");
  gcoap_oscore_slot_take_number (self->slot, number_cb, self);
  assert_log (self, "e");
  g_assert_error (self->error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  self->storage->waits = FALSE;
  settle ();
  test_oscore_storage_go_on (self->storage);
  settle ();
}

/* Nobody is left waiting at the end. */
static void
test_end (Fixture       *self,
          gconstpointer  data)
{
  open_slot (self);
  self->storage->waits = TRUE;
  gcoap_oscore_slot_take_number (self->slot, number_cb, self);
  gcoap_oscore_slot_make_ready (self->slot, ready_cb, self);
  settle ();
  gcoap_oscore_slot_end_waiting (self->slot);
  assert_log (self, "ee");
  g_assert_error (self->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  gcoap_oscore_slot_take_number (self->slot, number_cb, self);
  gcoap_oscore_slot_open (self->slot, ready_cb, self);
  assert_log (self, "ee");
  self->storage->waits = FALSE;
  test_oscore_storage_go_on (self->storage);
  settle ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/oscore-slot/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("open", test_open);
  ADD ("cannot-open", test_cannot_open);
  ADD ("numbers", test_numbers);
  ADD ("failing-storage", test_failing_storage);
  ADD ("ready", test_ready);
  ADD ("order", test_order);
  ADD ("limit", test_limit);
  ADD ("end", test_end);
  return g_test_run ();
}
