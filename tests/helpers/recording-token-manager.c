/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/recording-token-manager.h"

struct _RecordingTokenManager
{
  GObject parent_instance;

  RecordingRequestFunc  request_func;
  gpointer              request_data;
  RecordingResponseFunc response_func;
  gpointer              response_data;
  gboolean              takes_responses;
  GQueue                requests;
  GQueue                responses;
  GQueue                outcomes;
  guint                 n_errors;
};

static void token_manager_init (GcoapTokenManagerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RecordingTokenManager, recording_token_manager, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_TOKEN_MANAGER,
                                                      token_manager_init))

void
recorded_outcome_free (RecordedOutcome *self)
{
  gcoap_transmission_unref (self->transmission);
  g_clear_error (&self->error);
  g_free (self);
}

static void
recording_token_manager_dispatch_request (GcoapTokenManager *manager,
                                          const GcoapPdu    *pdu)
{
  RecordingTokenManager *self = RECORDING_TOKEN_MANAGER (manager);

  g_queue_push_tail (&self->requests, kept_pdu_new (pdu));
  if (self->request_func != NULL)
    self->request_func (pdu, self->request_data);
}

static gboolean
recording_token_manager_dispatch_response (GcoapTokenManager *manager,
                                           const GcoapPdu    *pdu)
{
  RecordingTokenManager *self = RECORDING_TOKEN_MANAGER (manager);

  g_queue_push_tail (&self->responses, kept_pdu_new (pdu));
  if (self->response_func != NULL)
    return self->response_func (pdu, self->response_data);
  return self->takes_responses;
}

static void
recording_token_manager_dispatch_outcome (GcoapTokenManager *manager,
                                          GcoapTransmission *transmission,
                                          GcoapOutcome       outcome,
                                          const GError      *error)
{
  RecordingTokenManager *self = RECORDING_TOKEN_MANAGER (manager);
  RecordedOutcome *recorded = g_new0 (RecordedOutcome, 1);

  recorded->transmission = gcoap_transmission_ref (transmission);
  recorded->outcome = outcome;
  recorded->error = error != NULL ? g_error_copy (error) : NULL;
  g_queue_push_tail (&self->outcomes, recorded);
}

static void
recording_token_manager_dispatch_error (GcoapTokenManager    *manager,
                                        GcoapEndpointAddress *address G_GNUC_UNUSED,
                                        const GError         *error G_GNUC_UNUSED)
{
  RECORDING_TOKEN_MANAGER (manager)->n_errors++;
}

static void
token_manager_init (GcoapTokenManagerInterface *iface)
{
  iface->dispatch_request = recording_token_manager_dispatch_request;
  iface->dispatch_response = recording_token_manager_dispatch_response;
  iface->dispatch_outcome = recording_token_manager_dispatch_outcome;
  iface->dispatch_error = recording_token_manager_dispatch_error;
}

static void
recording_token_manager_finalize (GObject *object)
{
  RecordingTokenManager *self = RECORDING_TOKEN_MANAGER (object);

  g_queue_clear_full (&self->requests, (GDestroyNotify) kept_pdu_free);
  g_queue_clear_full (&self->responses, (GDestroyNotify) kept_pdu_free);
  g_queue_clear_full (&self->outcomes, (GDestroyNotify) recorded_outcome_free);
  G_OBJECT_CLASS (recording_token_manager_parent_class)->finalize (object);
}

static void
recording_token_manager_class_init (RecordingTokenManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = recording_token_manager_finalize;
}

static void
recording_token_manager_init (RecordingTokenManager *self)
{
  g_queue_init (&self->requests);
  g_queue_init (&self->responses);
  g_queue_init (&self->outcomes);
  self->takes_responses = TRUE;
}

RecordingTokenManager *
recording_token_manager_new (void)
{
  return g_object_new (RECORDING_TYPE_TOKEN_MANAGER, NULL);
}

void
recording_token_manager_set_request_func (RecordingTokenManager *self,
                                          RecordingRequestFunc   func,
                                          gpointer               data)
{
  self->request_func = func;
  self->request_data = data;
}

void
recording_token_manager_set_response_func (RecordingTokenManager *self,
                                           RecordingResponseFunc  func,
                                           gpointer               data)
{
  self->response_func = func;
  self->response_data = data;
}

void
recording_token_manager_set_takes_responses (RecordingTokenManager *self,
                                             gboolean               takes)
{
  self->takes_responses = takes;
}

KeptPdu *
recording_token_manager_take_request (RecordingTokenManager *self)
{
  return g_queue_pop_head (&self->requests);
}

KeptPdu *
recording_token_manager_take_response (RecordingTokenManager *self)
{
  return g_queue_pop_head (&self->responses);
}

RecordedOutcome *
recording_token_manager_take_outcome (RecordingTokenManager *self)
{
  return g_queue_pop_head (&self->outcomes);
}

guint
recording_token_manager_count_requests (RecordingTokenManager *self)
{
  return self->requests.length;
}

guint
recording_token_manager_count_responses (RecordingTokenManager *self)
{
  return self->responses.length;
}

guint
recording_token_manager_count_outcomes (RecordingTokenManager *self)
{
  return self->outcomes.length;
}

guint
recording_token_manager_count_errors (RecordingTokenManager *self)
{
  return self->n_errors;
}
