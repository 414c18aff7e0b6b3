/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/token-stack.h"

TokenStack *
token_stack_new (void)
{
  TokenStack *self = g_new0 (TokenStack, 1);

  self->clock = gcoap_clock_new_manual (G_USEC_PER_SEC);
  self->runtime = gcoap_runtime_new (self->clock);
  self->below = mock_token_interface_new ();
  self->layer = gcoap_token_layer_new (GCOAP_TOKEN_INTERFACE (self->below), self->runtime);
  self->responder = mock_responder_new (MOCK_RESPONDER_ANSWER);
  gcoap_token_layer_set_inbound (self->layer, GCOAP_REQUEST_INTERFACE (self->responder));
  self->peer = test_named_address_new ("peer", TEST_ADDRESS_PLAIN);
  self->other = test_named_address_new ("other", TEST_ADDRESS_PLAIN);
  self->group = test_named_address_new ("group", TEST_ADDRESS_MULTICAST);
  self->group_local = gcoap_local_new ("224.0.1.187:5683", 1, TRUE);
  return self;
}

void
token_stack_free (TokenStack *self)
{
  token_stack_settle ();
  g_assert_finalize_object (self->layer);
  g_assert_cmpuint (mock_token_interface_count_held (self->below), ==, 0);
  g_assert_cmpint (gcoap_clock_get_next_expiry (self->clock), ==, -1);
  g_assert_finalize_object (self->responder);
  g_assert_finalize_object (self->below);
  g_assert_finalize_object (self->peer);
  g_assert_finalize_object (self->other);
  g_assert_finalize_object (self->group);
  gcoap_local_unref (self->group_local);
  g_assert_finalize_object (self->runtime);
  g_assert_finalize_object (self->clock);
  g_free (self);
}

void
token_stack_send (TokenStack    *self,
                  RecordingSink *sink)
{
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (self->layer), sink->exchange);
}

MockSent *
token_stack_last (TokenStack *self)
{
  return mock_token_interface_get_sent (self->below, -1);
}

void
token_stack_advance (TokenStack *self,
                     guint       milliseconds)
{
  gcoap_clock_advance (self->clock, milliseconds * G_GINT64_CONSTANT (1000));
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_request_interface_shutdown_finish (GCOAP_REQUEST_INTERFACE (source), result,
                                                          &error));
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

void
token_stack_shutdown (TokenStack *self)
{
  gboolean is_done = FALSE;

  gcoap_request_interface_shutdown_async (GCOAP_REQUEST_INTERFACE (self->layer), NULL,
                                          shut_down_cb, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
}

void
token_stack_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}
