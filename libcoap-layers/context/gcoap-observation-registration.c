/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of an observation: registered, fresh, stale, registered again,
 * ended. */
#include "context/gcoap-observation-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"

static gint64
get_now (GcoapObservation *self)
{
  return gcoap_clock_get_now (self->context->runtime->clock);
}

static void
schedule (GcoapObservation *self,
          gint64            deadline)
{
  gcoap_clock_schedule (self->context->runtime->clock, &self->timer, deadline);
}

void
gcoap_observation_set_token (GcoapObservation *self,
                             const guint8     *token,
                             gsize             length)
{
  g_clear_object (&self->saved);
  if (length == 0 || length > sizeof self->saved->token)
    return;
  self->saved = gcoap_exchange_new (self->request);
  memcpy (self->saved->token, token, length);
  self->saved->token_length = (guint8) length;
}

gsize
gcoap_observation_get_token (GcoapObservation *self,
                             guint8            token[8])
{
  GcoapExchange *exchange = self->exchange;

  /* Of several derived from each other the one that was sent has it. */
  while (exchange != NULL && exchange->token_length == 0)
    exchange = exchange->latest_derived;
  if (exchange == NULL)
    exchange = self->saved;
  if (exchange == NULL)
    return 0;
  memcpy (token, exchange->token, exchange->token_length);
  return exchange->token_length;
}

static void
forget_cancellable (GcoapObservation *self)
{
  if (self->cancelled != NULL)
    {
      g_source_destroy (self->cancelled);
      g_clear_pointer (&self->cancelled, g_source_unref);
    }
}

void
gcoap_observation_stop (GcoapObservation *self)
{
  gcoap_clock_unschedule (self->context->runtime->clock, &self->timer);
  forget_cancellable (self);
  if (self->preparing != NULL)
    g_cancellable_cancel (self->preparing);
  if (self->exchange != NULL)
    gcoap_exchange_cancel (self->exchange);
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

  gcoap_observation_stop (self);
  self->error = error;
  gcoap_observation_set_state (self, GCOAP_OBSERVATION_STATE_ENDED);
  if (task != NULL && self->message == NULL && error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else if (task != NULL)
    return_self (self, task);
  else
    gcoap_observation_emit_ended (self);
}

static gboolean
is_worth_another_try (const GError *error)
{
  return g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT)
         || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE)
         || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_RESET)
         || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND)
         || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
}

/* The server has not answered, or asks to come back later. Takes @error. */
static void
fail (GcoapObservation *self,
      GError           *error,
      guint             min_wait)
{
  self->is_waiting = FALSE;
  if (self->message == NULL || !is_worth_another_try (error)
      || !gcoap_notification_freshness_note_failure (&self->freshness, get_now (self),
                                                     self->max_attempts, min_wait,
                                                     gcoap_random_double ()))
    {
      gcoap_observation_end (self, error);
      return;
    }
  g_error_free (error);
  gcoap_exchange_cancel (self->exchange);
  schedule (self, self->freshness.renew_at);
  gcoap_observation_set_state (self, GCOAP_OBSERVATION_STATE_STALE);
}

static guint
get_max_age (GcoapMessage *message)
{
  guint max_age;

  return gcoap_message_get_option_uint (message, GCOAP_OPTION_MAX_AGE, &max_age)
         ? max_age : GCOAP_DEFAULT_MAX_AGE;
}

static void
take_message (GcoapObservation *self,
              GcoapMessage     *message)
{
  gcoap_message_ref (message);
  g_clear_pointer (&self->message, gcoap_message_unref);
  self->message = message;
  self->is_waiting = FALSE;
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
take_notification (GcoapObservation *self,
                   GcoapMessage     *message)
{
  guint sequence;

  if (gcoap_message_get_option_uint (message, GCOAP_OPTION_OBSERVE, &sequence))
    self->sequence = sequence;
  take_message (self, message);
  gcoap_notification_freshness_note_notification (&self->freshness, get_now (self),
                                                  get_max_age (message), gcoap_random_double ());
  schedule (self, self->freshness.stale_at);
  gcoap_observation_set_state (self, GCOAP_OBSERVATION_STATE_FRESH);
  announce (self);
}

/* The last response, which is no notification. */
static void
take_last (GcoapObservation *self,
           GcoapMessage     *message)
{
  g_autoptr (GcoapMessage) kept = gcoap_message_ref (message);

  /* A server that shuts down says so to its observers; it will be back. */
  if (self->message != NULL
      && gcoap_message_get_code (message) == GCOAP_CODE_SERVICE_UNAVAILABLE)
    {
      fail (self, g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE,
                                       "The server does not serve the resource at present."),
            get_max_age (message));
      return;
    }
  take_message (self, kept);
  if (self->task == NULL)
    announce (self);
  if (self->state != GCOAP_OBSERVATION_STATE_ENDED)
    gcoap_observation_end (self, NULL);
}

static void
sink_cb (GcoapExchange *exchange,
         gboolean       is_last,
         gpointer       user_data)
{
  GcoapObservation *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);

  if (exchange != self->exchange || self->state == GCOAP_OBSERVATION_STATE_ENDED)
    return;
  g_object_ref (self);
  if (response != NULL && is_last)
    {
      take_last (self, response);
    }
  else if (response != NULL)
    {
      take_notification (self, response);
    }
  else
    {
      const GError *error = gcoap_exchange_get_error (exchange);

      fail (self,
            error != NULL ? g_error_copy (error)
                          : g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_FAILED,
                                                 "The request to observe has no answer."),
            0);
    }
  g_object_unref (self);
}

static void
wait_for_response (GcoapObservation *self)
{
  guint timeout = self->context->response_timeout;

  self->is_waiting = TRUE;
  if (timeout > 0)
    schedule (self, get_now (self) + timeout * G_GINT64_CONSTANT (1000));
  else
    gcoap_clock_unschedule (self->context->runtime->clock, &self->timer);
}

static void
send (GcoapObservation *self)
{
  g_autoptr (GcoapExchange) exchange = g_object_ref (self->exchange);

  gcoap_exchange_open (exchange, sink_cb, self, NULL);
  gcoap_request_interface_request (self->context->outbound, exchange);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GWeakRef *weak = user_data;
  g_autoptr (GcoapObservation) self = g_weak_ref_get (weak);
  g_autoptr (GError) error = NULL;

  g_weak_ref_clear (weak);
  g_free (weak);
  gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source), result, &error);
  if (self == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      || gcoap_exchange_get_state (self->exchange) == GCOAP_EXCHANGE_STATE_CLOSED)
    return;
  g_clear_object (&self->preparing);
  if (error != NULL)
    {
      fail (self, g_steal_pointer (&error), 0);
      return;
    }
  if (self->saved != NULL)
    {
      gcoap_exchange_set_address (self->saved, gcoap_exchange_get_address (self->exchange));
      gcoap_exchange_set_predecessor (self->exchange, self->saved);
      g_clear_object (&self->saved);
    }
  send (self);
}

/* Registers at the address the URI leads to now, which need not be that of
 * last time. If it is, the server that has not forgotten the observer knows it
 * again by the token. */
static void
register_anew (GcoapObservation *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);
  guint8 token[8];
  gsize length = gcoap_observation_get_token (self, token);

  gcoap_observation_set_token (self, token, length);
  g_clear_object (&self->exchange);
  self->exchange = gcoap_exchange_new (self->request);
  gcoap_exchange_set_expects (self->exchange, GCOAP_EXPECTS_STREAM);
  wait_for_response (self);
  g_weak_ref_init (weak, self);
  g_clear_object (&self->preparing);
  self->preparing = g_cancellable_new ();
  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (self->context), self->exchange,
                                         self->preparing, prepared_cb, weak);
}

/* RFC 7641 §3.3.1: the same request with the same token. */
static void
register_again (GcoapObservation *self)
{
  g_autoptr (GcoapExchange) former = g_steal_pointer (&self->exchange);

  self->exchange = gcoap_exchange_new (self->request);
  gcoap_exchange_set_expects (self->exchange, GCOAP_EXPECTS_STREAM);
  gcoap_exchange_set_address (self->exchange, gcoap_exchange_get_address (former));
  gcoap_exchange_set_local (self->exchange, gcoap_exchange_get_local (former));
  gcoap_exchange_set_predecessor (self->exchange, former);
  wait_for_response (self);
  send (self);
  gcoap_exchange_cancel (former);
}

void
gcoap_observation_renew (GcoapObservation *self)
{
  if (gcoap_exchange_is_open (self->exchange))
    register_again (self);
  else
    register_anew (self);
}

void
gcoap_observation_timer_cb (gpointer data)
{
  GcoapObservation *self = data;

  g_object_ref (self);
  if (self->is_waiting)
    {
      g_autofree char *uri = gcoap_observation_dup_uri (self);

      gcoap_exchange_cancel (self->exchange);
      if (self->preparing != NULL)
        g_cancellable_cancel (self->preparing);
      fail (self, g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                               "The server did not answer the request to observe %s in time.",
                               uri != NULL ? uri : "its resource"), 0);
    }
  else if (self->state == GCOAP_OBSERVATION_STATE_FRESH)
    {
      schedule (self, self->freshness.renew_at);
      gcoap_observation_set_state (self, GCOAP_OBSERVATION_STATE_STALE);
    }
  else
    gcoap_observation_renew (self);
  g_object_unref (self);
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

void
gcoap_observation_start (GcoapObservation *self,
                         GTask            *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
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
  register_anew (self);
}

/* The server has answered, or cannot be reached. The task is NULL if nobody
 * wants to know, and returns once. */
static void
deregistered_cb (GcoapExchange *exchange,
                 gboolean       is_last,
                 gpointer       user_data)
{
  const GError *error = gcoap_exchange_get_error (exchange);

  if (user_data != NULL && (is_last || gcoap_exchange_get_response (exchange) != NULL))
    gcoap_observation_return_closed (user_data, error != NULL ? g_error_copy (error) : NULL);
}

static void
forget_task_cb (gpointer user_data)
{
  if (user_data == NULL)
    return;
  gcoap_observation_return_closed (user_data,
                                   g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                                        "The CoAP context was shut down before "
                                                        "the server answered."));
  g_object_unref (user_data);
}

/* RFC 7641 §3.6: the same request but for Observe 1, with the same token. */
gboolean
gcoap_observation_deregister (GcoapObservation *self,
                              GTask            *task)
{
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapExchange) exchange = NULL;

  if (self->message == NULL || self->context->closed || !gcoap_exchange_is_open (self->exchange))
    return FALSE;
  request = gcoap_message_copy (self->request);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_OBSERVE, 1);
  gcoap_message_set_destination (request, gcoap_message_get_destination (self->request));
  exchange = gcoap_exchange_new (request);
  gcoap_exchange_set_address (exchange, gcoap_exchange_get_address (self->exchange));
  gcoap_exchange_set_local (exchange, gcoap_exchange_get_local (self->exchange));
  gcoap_exchange_set_predecessor (exchange, self->exchange);
  gcoap_exchange_open (exchange, deregistered_cb, task != NULL ? g_object_ref (task) : NULL,
                       forget_task_cb);
  gcoap_request_interface_request (self->context->outbound, exchange);
  return TRUE;
}

