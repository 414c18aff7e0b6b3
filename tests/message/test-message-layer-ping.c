/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/message-stack.h"

#include "base/gcoap-error.h"

#define CON GCOAP_MESSAGE_TYPE_CON
#define ACK GCOAP_MESSAGE_TYPE_ACK
#define RST GCOAP_MESSAGE_TYPE_RST

typedef struct
{
  MessageStack *stack;
  gboolean      done;
  gint64        round_trip;
  GError       *error;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data G_GNUC_UNUSED)
{
  f->stack = message_stack_new (NULL);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_clear_error (&f->error);
  message_stack_free (f->stack);
}

static void
pinged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Fixture *f = data;

  f->round_trip = gcoap_message_layer_ping_finish (GCOAP_MESSAGE_LAYER (source), result, &f->error);
  f->done = TRUE;
}

static void
wait_until_done (Fixture *f)
{
  while (!f->done)
    g_main_context_iteration (NULL, TRUE);
}

static guint16
ping (Fixture      *f,
      GCancellable *cancellable)
{
  gcoap_message_layer_ping_async (f->stack->layer, f->stack->peer, cancellable, pinged_cb, f);
  return message_stack_expect (f->stack, CON, 0, NULL);
}

static void
test_answered (Fixture       *f,
               gconstpointer  data G_GNUC_UNUSED)
{
  guint16 id = ping (f, NULL);

  message_stack_advance (f->stack, 0.25);
  message_stack_receive (f->stack, RST, id, 0, NULL);
  wait_until_done (f);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->round_trip, ==, 250000);
  g_assert_cmpuint (recording_token_manager_count_outcomes (f->stack->above), ==, 0);
}

static void
test_acknowledged (Fixture       *f,
                   gconstpointer  data G_GNUC_UNUSED)
{
  guint16 id = ping (f, NULL);

  message_stack_receive (f->stack, ACK, id, 0, NULL);
  wait_until_done (f);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->round_trip, ==, 0);
}

static void
test_lost (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  guint16 id = ping (f, NULL);

  message_stack_advance (f->stack, 3);
  g_assert_cmpuint (message_stack_expect (f->stack, CON, 0, NULL), ==, id);
  message_stack_receive (f->stack, RST, id, 0, NULL);
  wait_until_done (f);
  g_assert_no_error (f->error);
  g_assert_cmpint (f->round_trip, ==, 3 * G_USEC_PER_SEC);
}

static void
test_timed_out (Fixture       *f,
                gconstpointer  data G_GNUC_UNUSED)
{
  guint16 id = ping (f, NULL);

  message_stack_advance (f->stack, 93);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (message_stack_expect (f->stack, CON, 0, NULL), ==, id);
  wait_until_done (f);
  g_assert_error (f->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpint (f->round_trip, ==, -1);
}

static void
test_unreachable (Fixture       *f,
                  gconstpointer  data G_GNUC_UNUSED)
{
  guint16 id = ping (f, NULL);

  mock_message_interface_report_error (f->stack->below, f->stack->peer, id);
  wait_until_done (f);
  g_assert_error (f->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

static void
test_cannot_be_sent (Fixture       *f,
                     gconstpointer  data G_GNUC_UNUSED)
{
  mock_message_interface_set_failure (f->stack->below, GCOAP_ERROR_UNREACHABLE);
  gcoap_message_layer_ping_async (f->stack->layer, f->stack->peer, NULL, pinged_cb, f);
  wait_until_done (f);
  g_assert_error (f->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

static void
test_cancelled (Fixture       *f,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint16 id = ping (f, cancellable);

  g_cancellable_cancel (cancellable);
  wait_until_done (f);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* Nothing is left of it. */
  message_stack_receive (f->stack, RST, id, 0, NULL);
  message_stack_advance (f->stack, 100);

  /* And nothing comes of it if it is cancelled before. */
  f->done = FALSE;
  g_clear_error (&f->error);
  gcoap_message_layer_ping_async (f->stack->layer, f->stack->peer, cancellable, pinged_cb, f);
  message_stack_expect_silence (f->stack);
  wait_until_done (f);
  g_assert_error (f->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_group (Fixture       *f,
            gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_message_layer_ping_async (f->stack->layer, f->stack->group, NULL, pinged_cb, f);
  message_stack_expect_silence (f->stack);
  wait_until_done (f);
  g_assert_error (f->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

/* RFC 7252 §4.7: a ping is outstanding like any other CON. */
static void
test_waits_its_turn (Fixture       *f,
                     gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  guint16 id;

  (void) message_stack_expect (s, CON, GCOAP_CODE_GET, "t");
  gcoap_message_layer_ping_async (s->layer, s->peer, NULL, pinged_cb, f);
  message_stack_expect_silence (s);
  gcoap_transmission_abandon (t);
  id = message_stack_expect (s, CON, 0, NULL);
  message_stack_receive (s, RST, id, 0, NULL);
  wait_until_done (f);
  g_assert_no_error (f->error);
}

#define ADD(path, func) \
  g_test_add ("/message-layer-ping/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("answered", test_answered);
  ADD ("acknowledged", test_acknowledged);
  ADD ("lost", test_lost);
  ADD ("timed-out", test_timed_out);
  ADD ("unreachable", test_unreachable);
  ADD ("cannot-be-sent", test_cannot_be_sent);
  ADD ("cancelled", test_cancelled);
  ADD ("group", test_group);
  ADD ("waits-its-turn", test_waits_its_turn);
  return g_test_run ();
}
