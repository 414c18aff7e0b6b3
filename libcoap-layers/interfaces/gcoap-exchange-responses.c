/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What passes through an exchange from the responder, by the filters, to the
 * requester's sink. */
#include "interfaces/gcoap-exchange-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-error-message.h"

static void
clear_passing (GcoapPassing *passing)
{
  GcoapDeliveryReport report = passing->report;

  g_clear_pointer (&passing->response, gcoap_message_unref);
  g_clear_object (&passing->responder);
  g_clear_pointer (&passing->tuning, gcoap_transport_tuning_unref);
  passing->report = (GcoapDeliveryReport) { NULL, NULL, NULL };
  if (report.destroy != NULL)
    report.destroy (report.data);
}

/* Calls the filters from the responder's side to the requester's. Returns
 * FALSE when one of them took what was passing. One may have made it the
 * last. */
static gboolean
run_filters (GcoapExchange *self,
             gboolean      *is_last)
{
  guint position = self->n_filters;

  while (position > 0)
    {
      GcoapFilterSlot slot = self->filters[--position];
      GcoapVerdict verdict;

      self->filter_position = position;
      self->filtering = TRUE;
      verdict = slot.func (self, *is_last, slot.data);
      if (!self->filtering || self->state == GCOAP_EXCHANGE_STATE_CLOSED)
        {
          /* Taken over, or cancelled, inside the filter. */
          self->filtering = FALSE;
          return FALSE;
        }
      *is_last = self->end != GCOAP_EXCHANGE_END_NONE;
      if (verdict == GCOAP_VERDICT_TAKE && *is_last)
        gcoap_exchange_take_over (self);
      self->filtering = FALSE;
      if (verdict == GCOAP_VERDICT_TAKE)
        return FALSE;
    }
  return TRUE;
}

void
gcoap_exchange_run_filters_on_cancel (GcoapExchange *self)
{
  for (guint position = self->n_filters; position > 0; position--)
    self->filters[position - 1].func (self, TRUE, self->filters[position - 1].data);
}

/* Lets one response, or an end without one, pass. Passings nest: a filter that
 * has taken over, or a sink, may set off the next before it returns. */
static void
pass (GcoapExchange    *self,
      GcoapPassing      passing,
      gboolean          is_last,
      GcoapExchangeEnd  end)
{
  GcoapPassing outer = self->passing;

  g_object_ref (self);
  self->passing = passing;
  if (passing.response != NULL)
    gcoap_message_lock (passing.response);
  if (is_last)
    {
      self->end = end;
      /* The former responder is done with; a filter that takes over sets a
       * callback of its own. */
      gcoap_exchange_set_cancel_callback (self, NULL, NULL, NULL);
    }
  /* Whoever frees what the former responder left may have cancelled, too. */
  if (self->state == GCOAP_EXCHANGE_STATE_OPEN && run_filters (self, &is_last))
    {
      if (is_last)
        gcoap_exchange_close (self, end);
      if (self->passing.response != NULL)
        self->responded = TRUE;
      self->sink (self, is_last, self->sink_data);
      if (is_last)
        gcoap_exchange_release (self);
    }
  clear_passing (&self->passing);
  self->passing = outer;
  g_object_unref (self);
}

/* Whether the responder may still say something. A response after the end is
 * dropped quietly: the requester may have cancelled a moment before. */
static gboolean
may_respond (GcoapExchange *self)
{
  return self->state == GCOAP_EXCHANGE_STATE_OPEN && !self->filtering;
}

/**
 * gcoap_exchange_respond:
 * @self: an open exchange
 * @response: a response, locked by this
 * @is_last: whether this ends the exchange
 *
 * Answers the request.
 *
 * With @is_last %FALSE more responses follow, for exchanges that expect a
 * stream or a group's answers; [method@Exchange.get_expects] tells. On an
 * exchange that is closed (the requester may have cancelled it) the response
 * is dropped.
 *
 * Since: 0.1
 */
void
gcoap_exchange_respond (GcoapExchange *self,
                        GcoapMessage  *response,
                        gboolean       is_last)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (response != NULL);

  if (may_respond (self))
    pass (self, (GcoapPassing) { .response = gcoap_message_ref (response) },
          is_last, GCOAP_EXCHANGE_END_RESPONDED);
}

/**
 * gcoap_exchange_respond_full:
 * @self: an open exchange
 * @response: a response, locked by this
 * @is_last: whether this ends the exchange
 * @tuning: (nullable): how to send this response, or %NULL for the default
 * @report: (nullable) (scope notified) (closure user_data) (destroy destroy):
 *   told what became of the response
 * @user_data: passed to @report
 * @destroy: (nullable): frees @user_data
 *
 * Answers the request, and says how.
 *
 * @report is called at most once; not at all if the response is not sent.
 *
 * Since: 0.1
 */
void
gcoap_exchange_respond_full (GcoapExchange        *self,
                             GcoapMessage         *response,
                             gboolean              is_last,
                             GcoapTransportTuning *tuning,
                             GcoapDeliveryFunc     report,
                             gpointer              user_data,
                             GDestroyNotify        destroy)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (response != NULL);

  if (!may_respond (self))
    {
      if (destroy != NULL)
        destroy (user_data);
      return;
    }
  if (tuning != NULL)
    gcoap_transport_tuning_lock (tuning);
  pass (self,
        (GcoapPassing) {
          .response = gcoap_message_ref (response),
          .tuning = tuning != NULL ? gcoap_transport_tuning_ref (tuning) : NULL,
          .report = { report, user_data, destroy },
        },
        is_last, GCOAP_EXCHANGE_END_RESPONDED);
}

void
gcoap_exchange_respond_from (GcoapExchange        *self,
                             GcoapMessage         *response,
                             gboolean              is_last,
                             GcoapEndpointAddress *responder)
{
  if (may_respond (self))
    pass (self,
          (GcoapPassing) {
            .response = gcoap_message_ref (response),
            .responder = g_object_ref (responder),
          },
          is_last, GCOAP_EXCHANGE_END_RESPONDED);
}

void
gcoap_exchange_finish_group (GcoapExchange *self)
{
  if (may_respond (self))
    pass (self, (GcoapPassing) { NULL }, TRUE, GCOAP_EXCHANGE_END_RESPONDED);
}

/**
 * gcoap_exchange_fail:
 * @self: an open exchange
 * @error: what went wrong
 *
 * Ends the exchange with an error.
 *
 * On an inbound exchange the error becomes a response on the spot, made from
 * the request of this very exchange: an error of domain
 * %GCOAP_RESPONSE_ERROR has the code it names, others the nearest one, and
 * what is not meant for strangers is left out. It comes as problem details
 * (RFC 9290) if the request accepts those. On an outbound exchange the
 * requester gets the error itself.
 *
 * Since: 0.1
 */
void
gcoap_exchange_fail (GcoapExchange *self,
                     const GError  *error)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (error != NULL);

  if (!may_respond (self))
    return;
  if (self->inbound)
    {
      g_autoptr (GcoapMessage) response = gcoap_message_new_for_error_accepting (error, gcoap_exchange_get_request (self));

      gcoap_exchange_respond (self, response, TRUE);
      return;
    }
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  pass (self, (GcoapPassing) { NULL }, TRUE, GCOAP_EXCHANGE_END_FAILED);
}

/**
 * gcoap_exchange_fail_code:
 * @self: an open exchange
 * @code: an error code, 4.xx or 5.xx
 * @diagnostic: (nullable): a sentence for the peer's log, or %NULL
 *
 * Ends the exchange with an error response.
 *
 * The same as [method@Exchange.fail] with an error of domain
 * %GCOAP_RESPONSE_ERROR.
 *
 * Since: 0.1
 */
void
gcoap_exchange_fail_code (GcoapExchange *self,
                          GcoapCode      code,
                          const char    *diagnostic)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  error = g_error_new_literal (GCOAP_RESPONSE_ERROR, code, diagnostic != NULL ? diagnostic : "");
  gcoap_exchange_fail (self, error);
}

/**
 * gcoap_exchange_dismiss:
 * @self: an open exchange
 *
 * Ends the exchange without an answer.
 *
 * On the wire nothing follows but the acknowledgement that may be owed. For
 * requests that ask for silence (RFC 7967), and for groups (RFC 7252 §8.2).
 *
 * Since: 0.1
 */
void
gcoap_exchange_dismiss (GcoapExchange *self)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  if (may_respond (self))
    pass (self, (GcoapPassing) { NULL }, TRUE, GCOAP_EXCHANGE_END_DISMISSED);
}

/**
 * gcoap_exchange_reject:
 * @self: an open exchange
 * @error: why
 *
 * Ends the exchange by refusing the message it came in (RFC 7252 §4.2, §4.3).
 *
 * A confirmable request gets an error response, a non-confirmable one RST or
 * silence, one to a group silence.
 *
 * Since: 0.1
 */
void
gcoap_exchange_reject (GcoapExchange *self,
                       const GError  *error)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (error != NULL);

  if (!may_respond (self))
    return;
  g_clear_error (&self->error);
  self->error = g_error_copy (error);
  pass (self, (GcoapPassing) { NULL }, TRUE, GCOAP_EXCHANGE_END_REJECTED);
}

/**
 * gcoap_exchange_add_response_filter: (skip)
 * @self: an open exchange
 * @filter: what to call
 * @user_data: passed to @filter; must outlive the exchange's openness
 *
 * Looks at what comes back through the exchange.
 *
 * The filter added last is called first, as the last decorator is nearest to
 * the responder. At most 16 stand on an exchange.
 *
 * Since: 0.1
 */
void
gcoap_exchange_add_response_filter (GcoapExchange       *self,
                                    GcoapResponseFilter  filter,
                                    gpointer             user_data)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (filter != NULL);
  g_return_if_fail (self->state == GCOAP_EXCHANGE_STATE_OPEN);
  g_return_if_fail (self->n_filters < GCOAP_EXCHANGE_MAX_FILTERS);

  if (self->n_filters == GCOAP_EXCHANGE_INLINE_FILTERS && self->filters == self->inline_filters)
    {
      self->filters = g_new (GcoapFilterSlot, GCOAP_EXCHANGE_MAX_FILTERS);
      memcpy (self->filters, self->inline_filters, sizeof self->inline_filters);
    }
  self->filters[self->n_filters].func = filter;
  self->filters[self->n_filters].data = user_data;
  self->n_filters++;
}

/**
 * gcoap_exchange_take_over:
 * @self: an exchange, from within a response filter
 *
 * Makes the owner of the running filter the responder, now.
 *
 * What was passing is dropped, and this filter and those nearer to the former
 * responder are gone, so that the exchange can be handed to another responder
 * before the filter returns %GCOAP_VERDICT_TAKE. Only for a last response or
 * an end without one.
 *
 * Since: 0.1
 */
void
gcoap_exchange_take_over (GcoapExchange *self)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->filtering);
  g_return_if_fail (self->end != GCOAP_EXCHANGE_END_NONE);

  self->n_filters = self->filter_position;
  self->filtering = FALSE;
  self->end = GCOAP_EXCHANGE_END_NONE;
  clear_passing (&self->passing);
  g_clear_error (&self->error);
}

/**
 * gcoap_exchange_make_last:
 * @self: an exchange, from within a response filter
 *
 * Makes the response that is passing the last one, though its responder would
 * go on.
 *
 * The responder is told as if the exchange had been cancelled. For decorators
 * that know better than the responder when a stream has ended (RFC 7641 §3.2).
 *
 * Since: 0.1
 */
void
gcoap_exchange_make_last (GcoapExchange *self)
{
  GcoapExchangeCancelFunc func;
  GDestroyNotify destroy;
  gpointer data;

  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->filtering);
  g_return_if_fail (self->passing.response != NULL);

  if (self->end != GCOAP_EXCHANGE_END_NONE)
    return;
  self->end = GCOAP_EXCHANGE_END_RESPONDED;
  func = self->cancel_func;
  destroy = self->cancel_destroy;
  data = self->cancel_data;
  self->cancel_func = NULL;
  self->cancel_destroy = NULL;
  self->cancel_data = NULL;
  if (func != NULL)
    func (self, data);
  if (destroy != NULL)
    destroy (data);
}

/**
 * gcoap_exchange_replace_response:
 * @self: an exchange, from within a response filter
 * @response: the response to go on with
 *
 * Changes the response that is passing.
 *
 * Since: 0.1
 */
void
gcoap_exchange_replace_response (GcoapExchange *self,
                                 GcoapMessage  *response)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->filtering);
  g_return_if_fail (response != NULL);

  gcoap_message_lock (response);
  gcoap_message_ref (response);
  g_clear_pointer (&self->passing.response, gcoap_message_unref);
  self->passing.response = response;
}

GcoapTransportTuning *
gcoap_exchange_get_response_tuning (GcoapExchange *self)
{
  return self->passing.tuning;
}

GcoapDeliveryReport
gcoap_exchange_steal_report (GcoapExchange *self)
{
  GcoapDeliveryReport report = self->passing.report;

  self->passing.report = (GcoapDeliveryReport) { NULL, NULL, NULL };
  return report;
}
