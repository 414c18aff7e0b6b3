/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands above a token interface in its tests: records what is reported,
 * and answers as it is told. */
#pragma once

#include "helpers/kept-pdu.h"
#include "interfaces/gcoap-token-manager.h"

G_BEGIN_DECLS

#define RECORDING_TYPE_TOKEN_MANAGER (recording_token_manager_get_type ())

G_DECLARE_FINAL_TYPE (RecordingTokenManager, recording_token_manager, RECORDING, TOKEN_MANAGER, GObject)

/* Called from inside dispatch_request, with the original pdu. */
typedef void (*RecordingRequestFunc) (const GcoapPdu *pdu,
                                      gpointer        data);

/* Called from inside dispatch_response. */
typedef gboolean (*RecordingResponseFunc) (const GcoapPdu *pdu,
                                           gpointer        data);

typedef struct
{
  GcoapTransmission *transmission;
  GcoapOutcome       outcome;
  GError            *error;
} RecordedOutcome;

void recorded_outcome_free (RecordedOutcome *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordedOutcome, recorded_outcome_free)

RecordingTokenManager *recording_token_manager_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Without functions requests stay unanswered, and responses are taken. */
void recording_token_manager_set_request_func  (RecordingTokenManager *self,
                                                RecordingRequestFunc   func,
                                                gpointer               data);
void recording_token_manager_set_response_func (RecordingTokenManager *self,
                                                RecordingResponseFunc  func,
                                                gpointer               data);
void recording_token_manager_set_takes_responses (RecordingTokenManager *self,
                                                  gboolean               takes);

/* The oldest of each that was not looked at yet, or NULL. */
KeptPdu         *recording_token_manager_take_request  (RecordingTokenManager *self) G_GNUC_WARN_UNUSED_RESULT;
KeptPdu         *recording_token_manager_take_response (RecordingTokenManager *self) G_GNUC_WARN_UNUSED_RESULT;
RecordedOutcome *recording_token_manager_take_outcome  (RecordingTokenManager *self) G_GNUC_WARN_UNUSED_RESULT;

/* How many are still to be looked at. */
guint recording_token_manager_count_requests  (RecordingTokenManager *self);
guint recording_token_manager_count_responses (RecordingTokenManager *self);
guint recording_token_manager_count_outcomes  (RecordingTokenManager *self);

/* How many errors of addresses were reported in all. */
guint recording_token_manager_count_errors (RecordingTokenManager *self);

G_END_DECLS
