/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which observations share a registration, and what each of them hears of it.
 *
 * Whatever a member is told may run code of the application, which may end this
 * or another member, or make a new one. */
#include "context/gcoap-observation-private.h"

#include "base/gcoap-error.h"

static void
forget_cancellable (GcoapObservation *self)
{
  if (self->cancelled != NULL)
    {
      g_source_destroy (self->cancelled);
      g_clear_pointer (&self->cancelled, g_source_unref);
    }
}

gboolean
gcoap_observation_leave (GcoapObservation *self,
                         gboolean          deregisters,
                         GTask            *task)
{
  GcoapObservationRegistration *registration = self->registration;
  gboolean is_told;

  forget_cancellable (self);
  if (!self->is_member)
    return FALSE;
  self->is_member = FALSE;
  g_ptr_array_remove (registration->members, self);
  if (registration->members->len > 0)
    return FALSE;
  is_told = deregisters && gcoap_observation_registration_deregister (registration, task);
  gcoap_observation_registration_stop (registration);
  return is_told;
}

/* From now on whoever has the result keeps the observation, not the task. */
static void
return_self (GcoapObservation *self,
             GTask            *task)
{
  g_object_ref (self);
  g_task_set_task_data (task, NULL, NULL);
  g_task_return_pointer (task, self, g_object_unref);
}

void
gcoap_observation_end (GcoapObservation *self,
                       GError           *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  gcoap_observation_leave (self, FALSE, NULL);
  self->error = error;
  gcoap_observation_set_state (self, GCOAP_OBSERVATION_STATE_ENDED);
  if (task != NULL && self->message == NULL && error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (task != NULL)
    return_self (self, task);
  else
    gcoap_observation_emit_ended (self);
}

static void
take_message (GcoapObservation *self,
              GcoapMessage     *message)
{
  gcoap_message_ref (message);
  g_clear_pointer (&self->message, gcoap_message_unref);
  self->message = message;
}

static void
announce (GcoapObservation *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->task);

  forget_cancellable (self);
  g_object_notify (G_OBJECT (self), "message");
  if (task != NULL)
    return_self (self, task);
  else if (self->state != GCOAP_OBSERVATION_STATE_ENDED)
    gcoap_observation_emit_notification (self);
}

static void
show (GcoapObservation *self,
      GcoapMessage     *message)
{
  take_message (self, message);
  gcoap_observation_set_state (self, GCOAP_OBSERVATION_STATE_FRESH);
  if (self->is_member)
    announce (self);
}

/* The members of this moment. */
static GPtrArray *
dup_members (GcoapObservationRegistration *registration)
{
  GPtrArray *members = g_ptr_array_new_full (registration->members->len, g_object_unref);

  for (guint i = 0; i < registration->members->len; i++)
    g_ptr_array_add (members, g_object_ref (g_ptr_array_index (registration->members, i)));
  return members;
}

void
gcoap_observation_registration_show (GcoapObservationRegistration *self,
                                     GcoapMessage                 *message)
{
  g_autoptr (GcoapMessage) held = gcoap_message_ref (message);
  g_autoptr (GPtrArray) members = dup_members (self);

  for (guint i = 0; i < members->len; i++)
    {
      GcoapObservation *member = g_ptr_array_index (members, i);

      if (member->is_member && self->message == held)
        show (member, held);
    }
}

void
gcoap_observation_registration_conclude (GcoapObservationRegistration *self,
                                         GcoapMessage                 *message)
{
  g_autoptr (GcoapMessage) held = gcoap_message_ref (message);
  g_autoptr (GPtrArray) members = dup_members (self);

  for (guint i = 0; i < members->len; i++)
    {
      GcoapObservation *member = g_ptr_array_index (members, i);

      if (!member->is_member)
        continue;
      take_message (member, held);
      if (member->task == NULL)
        announce (member);
      if (member->is_member)
        gcoap_observation_end (member, NULL);
    }
}

void
gcoap_observation_registration_disappoint (GcoapObservationRegistration *self,
                                           const GError                 *error,
                                           gboolean                      is_final)
{
  g_autoptr (GPtrArray) members = dup_members (self);
  guint n_failures = self->freshness.n_failures;

  for (guint i = 0; i < members->len; i++)
    {
      GcoapObservation *member = g_ptr_array_index (members, i);

      if (!member->is_member)
        continue;
      /* One that still waits for its first message hears of the failure. */
      if (is_final || member->message == NULL || n_failures >= member->max_attempts)
        gcoap_observation_end (member, g_error_copy (error));
      else
        gcoap_observation_set_state (member, GCOAP_OBSERVATION_STATE_STALE);
    }
}

void
gcoap_observation_registration_grow_stale (GcoapObservationRegistration *self)
{
  g_autoptr (GPtrArray) members = dup_members (self);

  for (guint i = 0; i < members->len; i++)
    {
      GcoapObservation *member = g_ptr_array_index (members, i);

      if (member->is_member && member->message != NULL)
        gcoap_observation_set_state (member, GCOAP_OBSERVATION_STATE_STALE);
    }
}

static gboolean
cancelled_cb (GCancellable *cancellable,
              gpointer      data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  gcoap_observation_end (data, error);
  return G_SOURCE_REMOVE;
}

/* RFC 7641 §3.1: "A client MUST aggregate such requests and MUST NOT register
 * more than once for the same target resource." */
static void
join (GcoapObservation             *self,
      GcoapObservationRegistration *registration)
{
  gcoap_observation_registration_ref (registration);
  gcoap_observation_registration_unref (self->registration);
  self->registration = registration;
  self->is_member = TRUE;
  g_ptr_array_add (registration->members, self);
  if (registration->message != NULL && registration->is_fresh)
    show (self, registration->message);
  else if (registration->message != NULL && !registration->is_waiting)
    gcoap_observation_registration_renew (registration);
}

void
gcoap_observation_start (GcoapObservation *self,
                         GTask            *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  GcoapObservationRegistration *registration;
  GError *error = NULL;

  self->task = task;
  if (self->context->closed)
    g_set_error_literal (&error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                         "The CoAP context has been shut down.");
  if (error != NULL || g_cancellable_set_error_if_cancelled (cancellable, &error))
    {
      gcoap_observation_end (self, error);
      return;
    }
  if (cancellable != NULL)
    {
      self->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (cancelled_cb), self, NULL);
      g_source_attach (self->cancelled, self->context->runtime->main_context);
    }
  registration = g_hash_table_lookup (self->context->registrations, self->registration->key);
  if (registration != NULL)
    {
      join (self, registration);
      return;
    }
  registration = self->registration;
  self->is_member = TRUE;
  g_ptr_array_add (registration->members, self);
  g_hash_table_insert (self->context->registrations, registration->key, registration);
  registration->is_listed = TRUE;
  gcoap_observation_registration_start (registration);
}
