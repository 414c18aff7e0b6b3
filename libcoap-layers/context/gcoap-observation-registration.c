/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a registration: registered, fresh, stale, registered again,
 * ended. */
#include "context/gcoap-observation-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"
#include "wire/gcoap-cache-key.h"
#include "wire/gcoap-uri.h"

static gint64
get_now (GcoapObservationRegistration *self)
{
  return gcoap_clock_get_now (self->context->runtime->clock);
}

static void
schedule (GcoapObservationRegistration *self,
          gint64            deadline)
{
  gcoap_clock_schedule (self->context->runtime->clock, &self->timer, deadline);
}

void
gcoap_observation_registration_set_token (GcoapObservationRegistration *self,
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
gcoap_observation_registration_get_token (GcoapObservationRegistration *self,
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
unlist (GcoapObservationRegistration *self)
{
  if (self->is_listed)
    g_hash_table_remove (self->context->registrations, self->key);
  self->is_listed = FALSE;
}

void
gcoap_observation_registration_stop (GcoapObservationRegistration *self)
{
  unlist (self);
  gcoap_clock_unschedule (self->context->runtime->clock, &self->timer);
  if (self->preparing != NULL)
    g_cancellable_cancel (self->preparing);
  if (self->exchange != NULL)
    gcoap_exchange_cancel (self->exchange);
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
fail (GcoapObservationRegistration *self,
      GError                       *error,
      guint                         min_wait)
{
  gboolean goes_on = self->message != NULL && is_worth_another_try (error);

  self->is_waiting = FALSE;
  self->is_fresh = FALSE;
  if (goes_on)
    {
      /* Each member has its own limit. */
      gcoap_notification_freshness_note_failure (&self->freshness, get_now (self), G_MAXUINT,
                                                 min_wait, gcoap_random_double ());
      gcoap_exchange_cancel (self->exchange);
      schedule (self, self->freshness.renew_at);
    }
  else
    {
      unlist (self);
    }
  gcoap_observation_registration_disappoint (self, error, !goes_on);
  g_error_free (error);
}

static guint
get_max_age (GcoapMessage *message)
{
  guint max_age;

  return gcoap_message_get_option_uint (message, GCOAP_OPTION_MAX_AGE, &max_age)
         ? max_age : GCOAP_DEFAULT_MAX_AGE;
}

static void
take_message (GcoapObservationRegistration *self,
              GcoapMessage                 *message)
{
  gcoap_message_ref (message);
  g_clear_pointer (&self->message, gcoap_message_unref);
  self->message = message;
  self->is_waiting = FALSE;
}

static void
take_notification (GcoapObservationRegistration *self,
                   GcoapMessage                 *message)
{
  guint sequence;

  if (gcoap_message_get_option_uint (message, GCOAP_OPTION_OBSERVE, &sequence))
    self->sequence = sequence;
  take_message (self, message);
  gcoap_notification_freshness_note_notification (&self->freshness, get_now (self),
                                                  get_max_age (message), gcoap_random_double ());
  schedule (self, self->freshness.stale_at);
  self->is_fresh = TRUE;
  gcoap_observation_registration_show (self, message);
}

/* The last response, which is no notification. */
static void
take_last (GcoapObservationRegistration *self,
           GcoapMessage                 *message)
{
  /* A server that shuts down says so to its observers; it will be back. */
  if (self->message != NULL
      && gcoap_message_get_code (message) == GCOAP_CODE_SERVICE_UNAVAILABLE)
    {
      fail (self, g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE,
                                       "The server does not serve the resource at present."),
            get_max_age (message));
      return;
    }
  take_message (self, message);
  unlist (self);
  gcoap_observation_registration_conclude (self, self->message);
}

static void
sink_cb (GcoapExchange *exchange,
         gboolean       is_last,
         gpointer       user_data)
{
  g_autoptr (GcoapObservationRegistration) self = NULL;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);

  if (exchange != ((GcoapObservationRegistration *) user_data)->exchange)
    return;
  self = gcoap_observation_registration_ref (user_data);
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
}

static void
wait_for_response (GcoapObservationRegistration *self)
{
  guint timeout = self->context->response_timeout;

  self->is_waiting = TRUE;
  if (timeout > 0)
    schedule (self, get_now (self) + timeout * G_GINT64_CONSTANT (1000));
  else
    gcoap_clock_unschedule (self->context->runtime->clock, &self->timer);
}

static void
send (GcoapObservationRegistration *self)
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
  g_autoptr (GcoapObservationRegistration) self = user_data;
  g_autoptr (GError) error = NULL;

  gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
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
register_anew (GcoapObservationRegistration *self)
{
  guint8 token[8];
  gsize length = gcoap_observation_registration_get_token (self, token);

  gcoap_observation_registration_set_token (self, token, length);
  g_clear_object (&self->exchange);
  self->exchange = gcoap_exchange_new (self->request);
  gcoap_exchange_set_expects (self->exchange, GCOAP_EXPECTS_STREAM);
  wait_for_response (self);
  g_clear_object (&self->preparing);
  self->preparing = g_cancellable_new ();
  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (self->context), self->exchange,
                                         self->preparing, prepared_cb,
                                         gcoap_observation_registration_ref (self));
}

/* RFC 7641 §3.3.1: the same request with the same token. */
static void
register_again (GcoapObservationRegistration *self)
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
gcoap_observation_registration_renew (GcoapObservationRegistration *self)
{
  if (gcoap_exchange_is_open (self->exchange))
    register_again (self);
  else
    register_anew (self);
}

static void
timer_cb (gpointer data)
{
  g_autoptr (GcoapObservationRegistration) self = gcoap_observation_registration_ref (data);

  if (self->is_waiting)
    {
      const char *destination = gcoap_message_get_destination (self->request);
      g_autofree char *uri = destination != NULL
                             ? gcoap_uri_compose (self->request, destination, NULL) : NULL;

      gcoap_exchange_cancel (self->exchange);
      if (self->preparing != NULL)
        g_cancellable_cancel (self->preparing);
      fail (self, g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                               "The server did not answer the request to observe %s in time.",
                               uri != NULL ? uri : "its resource"), 0);
    }
  else if (self->is_fresh)
    {
      self->is_fresh = FALSE;
      schedule (self, self->freshness.renew_at);
      gcoap_observation_registration_grow_stale (self);
    }
  else
    gcoap_observation_registration_renew (self);
}

void
gcoap_observation_registration_start (GcoapObservationRegistration *self)
{
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
gcoap_observation_registration_deregister (GcoapObservationRegistration *self,
                                           GTask                        *task)
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


/* RFC 7641 §3.1: "The target resource is identified by all options in the
 * request that are part of the Cache-Key", and by whom it is asked of. */
static GBytes *
make_key (GcoapMessage *request)
{
  const char *destination = gcoap_message_get_destination (request);
  g_autoptr (GBytes) cache_key = gcoap_message_get_cache_key (request, NULL, 0);
  GByteArray *key = g_byte_array_new ();
  gsize length;
  const guint8 *data = g_bytes_get_data (cache_key, &length);

  if (destination != NULL)
    g_byte_array_append (key, (const guint8 *) destination, (guint) strlen (destination));
  g_byte_array_append (key, (const guint8 *) "", 1);
  g_byte_array_append (key, data, (guint) length);
  return g_byte_array_free_to_bytes (key);
}

GcoapObservationRegistration *
gcoap_observation_registration_new (GcoapContext *context,
                                    GcoapMessage *request)
{
  GcoapObservationRegistration *self = g_rc_box_new0 (GcoapObservationRegistration);

  self->context = g_object_ref (context);
  self->request = gcoap_message_ref (request);
  self->key = make_key (request);
  self->members = g_ptr_array_new ();
  gcoap_timer_init (&self->timer, timer_cb, self);
  return self;
}

GcoapObservationRegistration *
gcoap_observation_registration_ref (GcoapObservationRegistration *self)
{
  return g_rc_box_acquire (self);
}

static void
registration_clear (gpointer data)
{
  GcoapObservationRegistration *self = data;

  g_clear_object (&self->exchange);
  g_clear_object (&self->saved);
  g_clear_object (&self->preparing);
  g_clear_pointer (&self->message, gcoap_message_unref);
  gcoap_message_unref (self->request);
  g_bytes_unref (self->key);
  g_ptr_array_unref (self->members);
  g_object_unref (self->context);
}

void
gcoap_observation_registration_unref (GcoapObservationRegistration *self)
{
  g_rc_box_release_full (self, registration_clear);
}
