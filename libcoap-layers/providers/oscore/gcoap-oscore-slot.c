/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-slot-private.h"

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"
#include "credentials/gcoap-claims.h"

/* A context that could not be opened, because another process has it, perhaps,
 * is tried again after this; requests of strangers are not to make it busy. */
#define RETRY_AFTER (5 * G_USEC_PER_SEC)

typedef struct
{
  GcoapOscoreReadyFunc  ready;
  GcoapOscoreNumberFunc number;
  gpointer              user_data;
} Waiter;

static void pump (GcoapOscoreSlot *self);

GcoapOscoreSlot *
gcoap_oscore_slot_new (GcoapRuntime          *runtime,
                       GcoapOscoreCredential *credential,
                       const char            *client)
{
  GcoapOscoreSlot *self = g_rc_box_new0 (GcoapOscoreSlot);

  self->runtime = g_object_ref (runtime);
  self->credential = g_object_ref (credential);
  self->client = g_strdup (client);
  g_queue_init (&self->openers);
  g_queue_init (&self->takers);
  return self;
}

static void
clear (gpointer data)
{
  GcoapOscoreSlot *self = data;

  /* Nobody waits: those who do hold it. */
  g_clear_object (&self->context);
  g_clear_error (&self->error);
  g_strfreev (self->claims);
  g_free (self->client);
  g_object_unref (self->credential);
  g_object_unref (self->runtime);
}

GcoapOscoreSlot *
gcoap_oscore_slot_ref (GcoapOscoreSlot *self)
{
  return g_rc_box_acquire (self);
}

void
gcoap_oscore_slot_unref (GcoapOscoreSlot *self)
{
  g_rc_box_release_full (self, clear);
}

static gboolean
add_waiter (GcoapOscoreSlot      *self,
            GQueue               *queue,
            GcoapOscoreReadyFunc  ready,
            GcoapOscoreNumberFunc number,
            gpointer              user_data)
{
  Waiter *waiter;

  if (queue->length >= GCOAP_OSCORE_SLOT_MAX_WAITING)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      return FALSE;
    }
  waiter = g_new0 (Waiter, 1);
  waiter->ready = ready;
  waiter->number = number;
  waiter->user_data = user_data;
  g_queue_push_tail (queue, waiter);
  return TRUE;
}

static GError *
error_for_limit (void)
{
  return g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                              "Too many messages wait for the storage of an OSCORE context.");
}

static GError *
error_for_end (void)
{
  return g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                              "The OSCORE context has been closed.");
}

/* Those who come to wait while this runs are not told; they wait for the next
 * time. */
static void
tell_openers (GcoapOscoreSlot *self,
              const GError    *error)
{
  GQueue queue = self->openers;
  Waiter *waiter;

  g_queue_init (&self->openers);
  gcoap_oscore_slot_ref (self);
  while ((waiter = g_queue_pop_head (&queue)) != NULL)
    {
      waiter->ready (self, error, waiter->user_data);
      g_free (waiter);
    }
  gcoap_oscore_slot_unref (self);
}

static void
tell_takers (GcoapOscoreSlot *self,
             const GError    *error)
{
  GQueue queue = self->takers;
  Waiter *waiter;

  g_queue_init (&self->takers);
  gcoap_oscore_slot_ref (self);
  while ((waiter = g_queue_pop_head (&queue)) != NULL)
    {
      waiter->number (self, 0, error, waiter->user_data);
      g_free (waiter);
    }
  gcoap_oscore_slot_unref (self);
}

static char **
make_claims (GcoapOscoreSlot *self)
{
  GcoapOscoreKeys *keys = gcoap_oscore_context_get_keys (self->context);
  g_autoptr (GBytes) sender = g_bytes_new (keys->recipient_id, keys->recipient_id_length);
  g_autoptr (GcoapClaims) claims =
    gcoap_claims_new_oscore (self->client, gcoap_oscore_context_get_name (self->context), sender);

  return gcoap_claims_to_strv (claims);
}

static void
opened_cb (GObject      *source G_GNUC_UNUSED,
           GAsyncResult *result,
           gpointer      user_data)
{
  GcoapOscoreSlot *self = user_data;
  g_autoptr (GcoapOscoreContext) context = NULL;
  g_autoptr (GError) error = NULL;

  self->is_opening = FALSE;
  g_clear_error (&self->error);
  context = gcoap_oscore_context_open_finish (result, &error);
  if (context != NULL && self->is_shut)
    {
      gcoap_oscore_context_close_async (context, NULL, NULL);
      error = error_for_end ();
    }
  else if (context != NULL)
    {
      self->context = g_steal_pointer (&context);
      self->claims = make_claims (self);
    }
  if (error != NULL)
    {
      self->error = g_error_copy (error);
      self->retry_at = gcoap_clock_get_now (self->runtime->clock) + RETRY_AFTER;
      gcoap_runtime_trace_note (self->runtime, NULL, error->message);
    }
  tell_openers (self, error);
  gcoap_oscore_slot_unref (self);
}

gboolean
gcoap_oscore_slot_can_open (GcoapOscoreSlot *self)
{
  return self->context == NULL && !self->is_ending
         && (self->error == NULL || gcoap_clock_get_now (self->runtime->clock) >= self->retry_at);
}

void
gcoap_oscore_slot_open (GcoapOscoreSlot     *self,
                        GcoapOscoreReadyFunc func,
                        gpointer             user_data)
{
  g_autoptr (GError) error = NULL;

  if (self->is_ending)
    error = error_for_end ();
  else if (self->context == NULL && !gcoap_oscore_slot_can_open (self))
    error = g_error_copy (self->error);
  else if (self->context == NULL && !add_waiter (self, &self->openers, func, NULL, user_data))
    error = error_for_limit ();

  if (self->context != NULL || error != NULL)
    {
      func (self, error, user_data);
      return;
    }
  if (self->is_opening)
    return;
  self->is_opening = TRUE;
  gcoap_oscore_context_open_async (self->credential, self->runtime, NULL, opened_cb,
                                   gcoap_oscore_slot_ref (self));
}

static void
reserved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GcoapOscoreSlot *self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_reserving = FALSE;
  gcoap_oscore_context_reserve_finish (GCOAP_OSCORE_CONTEXT (source), result, &error);
  if (error != NULL)
    {
      gcoap_runtime_trace_note (self->runtime, NULL, error->message);
      tell_takers (self, error);
    }
  tell_openers (self, error);
  pump (self);
  gcoap_oscore_slot_unref (self);
}

static void
reserve (GcoapOscoreSlot *self)
{
  if (self->is_reserving)
    return;
  self->is_reserving = TRUE;
  gcoap_oscore_context_reserve_async (self->context, NULL, reserved_cb,
                                      gcoap_oscore_slot_ref (self));
}

/* Gives numbers to those who wait, as far as there are some. */
static void
pump (GcoapOscoreSlot *self)
{
  while (self->takers.length > 0 && self->context != NULL)
    {
      g_autoptr (GError) error = NULL;
      Waiter *waiter;
      guint64 number = 0;

      if (!gcoap_oscore_context_take_sequence (self->context, &number, &error))
        {
          if (error == NULL)
            reserve (self);
          else
            tell_takers (self, error);
          return;
        }
      waiter = g_queue_pop_head (&self->takers);
      waiter->number (self, number, NULL, waiter->user_data);
      g_free (waiter);
    }
}

gboolean
gcoap_oscore_slot_is_ready (GcoapOscoreSlot *self)
{
  /* RFC 8613 §7.4: what comes later must not overtake those that wait, or they
   * would fall out of the replay window. */
  return self->openers.length == 0 && gcoap_oscore_context_is_ready_to_accept (self->context);
}

void
gcoap_oscore_slot_make_ready (GcoapOscoreSlot     *self,
                              GcoapOscoreReadyFunc func,
                              gpointer             user_data)
{
  g_autoptr (GError) error = NULL;

  if (self->is_ending || self->context == NULL)
    error = error_for_end ();
  else if (!gcoap_oscore_slot_is_ready (self))
    {
      if (add_waiter (self, &self->openers, func, NULL, user_data))
        {
          reserve (self);
          return;
        }
      error = error_for_limit ();
    }
  func (self, error, user_data);
}

void
gcoap_oscore_slot_take_number (GcoapOscoreSlot      *self,
                               GcoapOscoreNumberFunc func,
                               gpointer              user_data)
{
  g_autoptr (GError) error = NULL;
  guint64 number = 0;

  if (self->is_shut || self->context == NULL)
    error = error_for_end ();
  else if (self->takers.length == 0
           && gcoap_oscore_context_take_sequence (self->context, &number, &error))
    {
      func (self, number, NULL, user_data);
      return;
    }
  if (error == NULL && self->is_ending)
    error = error_for_end ();
  if (error == NULL && !add_waiter (self, &self->takers, NULL, func, user_data))
    error = error_for_limit ();
  if (error != NULL)
    func (self, 0, error, user_data);
  else
    reserve (self);
}

void
gcoap_oscore_slot_end_waiting (GcoapOscoreSlot *self)
{
  g_autoptr (GError) error = error_for_end ();

  self->is_ending = TRUE;
  tell_openers (self, error);
  tell_takers (self, error);
}

gboolean
gcoap_oscore_slot_shut (GcoapOscoreSlot    *self,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr (GcoapOscoreContext) context = g_steal_pointer (&self->context);

  gcoap_oscore_slot_end_waiting (self);
  self->is_shut = TRUE;
  if (context == NULL)
    return FALSE;
  gcoap_oscore_context_close_async (context, callback, user_data);
  return TRUE;
}

const guint8 *
gcoap_oscore_slot_get_echo (GcoapOscoreSlot *self)
{
  if (!self->has_echo)
    {
      gcoap_random_fill (self->echo, sizeof self->echo);
      self->echo_since = gcoap_clock_get_now (self->runtime->clock);
      self->has_echo = TRUE;
      gcoap_replay_window_init (&self->asked, gcoap_oscore_context_get_window (self->context)->size);
      gcoap_replay_window_reset (&self->asked);
    }
  return self->echo;
}
