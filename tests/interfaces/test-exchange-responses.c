/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What passes from responder to requester, and the filters on its way. */
#include "interfaces/gcoap-exchange-private.h"

#include "base/gcoap-error.h"
#include "helpers/recording-sink.h"

typedef struct
{
  GString          *log;
  char              name;
  GcoapVerdict      verdict;
  const char       *replacement;
  GcoapExchange    *take_over;     /* answered from inside the filter */
  GcoapExchangeEnd  seen_end;
} Filter;

static GcoapMessage *
make_text (const char *text)
{
  return gcoap_message_new_text (GCOAP_CODE_CONTENT, text);
}

static void
respond (GcoapExchange *exchange, const char *text, gboolean is_last)
{
  g_autoptr (GcoapMessage) response = make_text (text);

  gcoap_exchange_respond (exchange, response, is_last);
}

static GcoapVerdict
filter_cb (GcoapExchange *exchange, gboolean is_last, gpointer data)
{
  Filter *self = data;

  g_string_append_c (self->log, is_last ? g_ascii_toupper (self->name) : self->name);
  self->seen_end = gcoap_exchange_get_end (exchange);
  if (self->replacement != NULL && gcoap_exchange_get_response (exchange) != NULL)
    {
      g_autoptr (GcoapMessage) response = make_text (self->replacement);

      gcoap_exchange_replace_response (exchange, response);
    }
  if (self->take_over != NULL)
    {
      self->take_over = NULL;
      gcoap_exchange_take_over (exchange);
      respond (exchange, "taken over", TRUE);
      return GCOAP_VERDICT_TAKE;
    }
  return self->verdict;
}

typedef struct
{
  RecordingSink *sink;
  GcoapExchange *exchange;
  GString       *log;
  Filter         outer;
  Filter         inner;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  self->log = g_string_new (NULL);
  self->sink = recording_sink_new (GCOAP_CODE_GET, NULL);
  self->exchange = self->sink->exchange;
  recording_sink_open (self->sink);
  self->outer = (Filter) { .log = self->log, .name = 'o' };
  self->inner = (Filter) { .log = self->log, .name = 'i' };
  gcoap_exchange_add_response_filter (self->exchange, filter_cb, &self->outer);
  gcoap_exchange_add_response_filter (self->exchange, filter_cb, &self->inner);
}

static void
tear_down (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  recording_sink_free (self->sink);
  g_string_free (self->log, TRUE);
}

static void
assert_text (Fixture *self, guint n, const char *expected)
{
  g_autofree char *text = recording_sink_dup_text (self->sink, n);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_order (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  self->inner.replacement = "changed";
  respond (self->exchange, "a", FALSE);
  respond (self->exchange, "b", TRUE);
  g_assert_cmpstr (self->log->str, ==, "ioIO");
  assert_text (self, 0, "changed");
  g_assert_cmpuint (self->sink->responses->len, ==, 2);
  g_assert_cmpuint (self->sink->n_ends, ==, 1);
  g_assert_cmpint (self->sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_cmpuint (self->sink->n_destroyed, ==, 1);

  /* After the end nothing passes. */
  respond (self->exchange, "c", TRUE);
  gcoap_exchange_dismiss (self->exchange);
  g_assert_cmpuint (self->sink->responses->len, ==, 2);
  g_assert_cmpuint (self->sink->n_ends, ==, 1);
}

static void
test_swallow (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  self->inner.verdict = GCOAP_VERDICT_TAKE;
  respond (self->exchange, "a", FALSE);
  g_assert_cmpstr (self->log->str, ==, "i");
  g_assert_cmpuint (self->sink->responses->len, ==, 0);
  self->inner.verdict = GCOAP_VERDICT_PASS;
  respond (self->exchange, "b", TRUE);
  g_assert_cmpstr (self->log->str, ==, "iIO");
  assert_text (self, 0, "b");
}

static void
test_take_last (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  self->inner.verdict = GCOAP_VERDICT_TAKE;
  respond (self->exchange, "a", TRUE);
  g_assert_true (gcoap_exchange_is_open (self->exchange));
  g_assert_cmpint (gcoap_exchange_get_end (self->exchange), ==, GCOAP_EXCHANGE_END_NONE);
  /* The filter's owner answers; its own filter is gone. */
  respond (self->exchange, "b", TRUE);
  g_assert_cmpstr (self->log->str, ==, "IO");
  assert_text (self, 0, "b");
}

static void
test_take_error (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE, "gone");

  self->inner.verdict = GCOAP_VERDICT_TAKE;
  gcoap_exchange_fail (self->exchange, error);
  g_assert_cmpint (self->inner.seen_end, ==, GCOAP_EXCHANGE_END_FAILED);
  g_assert_true (gcoap_exchange_is_open (self->exchange));
  g_assert_null (gcoap_exchange_get_error (self->exchange));
  gcoap_exchange_fail (self->exchange, error);
  g_assert_cmpstr (self->log->str, ==, "IO");
  g_assert_error (self->sink->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

static void
test_take_over_at_once (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  self->inner.take_over = self->exchange;
  respond (self->exchange, "a", TRUE);
  g_assert_cmpstr (self->log->str, ==, "IO");
  g_assert_cmpuint (self->sink->responses->len, ==, 1);
  assert_text (self, 0, "taken over");
  g_assert_cmpint (gcoap_exchange_get_state (self->exchange), ==, GCOAP_EXCHANGE_STATE_CLOSED);
}

static void
test_ends (Fixture *self, gconstpointer data)
{
  GcoapExchangeEnd end = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_FAILED, "No.");

  switch (end)
    {
    case GCOAP_EXCHANGE_END_DISMISSED:
      gcoap_exchange_dismiss (self->exchange);
      break;
    case GCOAP_EXCHANGE_END_REJECTED:
      gcoap_exchange_reject (self->exchange, error);
      break;
    case GCOAP_EXCHANGE_END_FAILED:
      gcoap_exchange_fail (self->exchange, error);
      break;
    default:
      gcoap_exchange_finish_group (self->exchange);
      break;
    }
  g_assert_cmpint (self->sink->end, ==, end);
  g_assert_cmpint (self->outer.seen_end, ==, end);
  g_assert_cmpuint (self->sink->responses->len, ==, 0);
  g_assert_cmpuint (self->sink->n_ends, ==, 1);
  if (end == GCOAP_EXCHANGE_END_REJECTED || end == GCOAP_EXCHANGE_END_FAILED)
    g_assert_error (self->sink->error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
}

static void
test_fail_inbound (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (RecordingSink) sink =
    recording_sink_new_for_exchange (gcoap_exchange_new_inbound (runtime, request, NULL, NULL));

  recording_sink_open (sink);
  gcoap_exchange_fail_code (sink->exchange, GCOAP_CODE_FORBIDDEN, "Not for you.");
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_null (sink->error);
  g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_FORBIDDEN);
}

/* RFC 9290: who accepts problem details gets them. */
static void
test_fail_accepting (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (RecordingSink) sink = NULL;
  GcoapMessage *response;
  guint format = 0;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, 257);
  sink = recording_sink_new_for_exchange (gcoap_exchange_new_inbound (runtime, request, NULL, NULL));
  recording_sink_open (sink);
  gcoap_exchange_fail_code (sink->exchange, GCOAP_CODE_FORBIDDEN, "Not for you.");
  g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_FORBIDDEN);
  response = g_ptr_array_index (sink->responses, 0);
  g_assert_true (gcoap_message_get_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, &format));
  g_assert_cmpuint (format, ==, 257);
}

static void
report_cb (GcoapExchange *exchange G_GNUC_UNUSED, GcoapOutcome outcome, gpointer data)
{
  g_string_append_printf (data, "%d", outcome);
}

static void
destroyed_cb (gpointer data)
{
  g_string_append_c (data, 'd');
}

/* A report nobody takes is dropped; one on a closed exchange too. */
static void
test_report (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = make_text ("x");
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  g_autoptr (GString) reports = g_string_new (NULL);

  gcoap_exchange_respond_full (self->exchange, response, TRUE, tuning, report_cb, reports,
                               destroyed_cb);
  g_assert_cmpstr (reports->str, ==, "d");
  gcoap_exchange_respond_full (self->exchange, response, TRUE, NULL, report_cb, reports,
                               destroyed_cb);
  g_assert_cmpstr (reports->str, ==, "dd");
  g_assert_true (gcoap_message_is_locked (response));
}

static void
test_filter_limit (Fixture *self, gconstpointer data G_GNUC_UNUSED)
{
  for (guint i = 2; i < GCOAP_EXCHANGE_MAX_FILTERS; i++)
    gcoap_exchange_add_response_filter (self->exchange, filter_cb, &self->outer);
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*n_filters*");
  gcoap_exchange_add_response_filter (self->exchange, filter_cb, &self->outer);
  g_test_assert_expected_messages ();
}

#define ADD(name, func, data) \
  g_test_add ("/exchange-responses/" name, Fixture, GINT_TO_POINTER (data), set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("order", test_order, 0);
  ADD ("swallow", test_swallow, 0);
  ADD ("take-last", test_take_last, 0);
  ADD ("take-error", test_take_error, 0);
  ADD ("take-over-at-once", test_take_over_at_once, 0);
  ADD ("dismiss", test_ends, GCOAP_EXCHANGE_END_DISMISSED);
  ADD ("reject", test_ends, GCOAP_EXCHANGE_END_REJECTED);
  ADD ("fail", test_ends, GCOAP_EXCHANGE_END_FAILED);
  ADD ("group", test_ends, GCOAP_EXCHANGE_END_RESPONDED);
  ADD ("report", test_report, 0);
  ADD ("filter-limit", test_filter_limit, 0);
  g_test_add_func ("/exchange-responses/fail-inbound", test_fail_inbound);
  g_test_add_func ("/exchange-responses/fail-accepting", test_fail_accepting);
  return g_test_run ();
}
