/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request and its responses, as both who asks and who answers hold it.
 *
 * The requester opens it with a sink; the responder ends it exactly once;
 * decorators between them pass it on, look at responses through a filter, or
 * derive another. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "base/gcoap-transport-tuning.h"
#include "interfaces/gcoap-transmission.h"
#include "wire/gcoap-endpoint-address.h"
#include "wire/gcoap-local.h"
#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/**
 * GcoapExchangeState:
 * @GCOAP_EXCHANGE_STATE_NEW: being filled in by the requester
 * @GCOAP_EXCHANGE_STATE_PREPARING: the address is being looked for
 * @GCOAP_EXCHANGE_STATE_OPEN: a responder has it, or may be given it
 * @GCOAP_EXCHANGE_STATE_CLOSED: ended; nothing more comes
 *
 * How far an exchange is.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_EXCHANGE_STATE_NEW,
  GCOAP_EXCHANGE_STATE_PREPARING,
  GCOAP_EXCHANGE_STATE_OPEN,
  GCOAP_EXCHANGE_STATE_CLOSED,
} GcoapExchangeState;

/**
 * GcoapExchangeEnd:
 * @GCOAP_EXCHANGE_END_NONE: not ended
 * @GCOAP_EXCHANGE_END_RESPONDED: with its last response, or, for a group, when
 *   its deadline passed
 * @GCOAP_EXCHANGE_END_FAILED: with an error
 * @GCOAP_EXCHANGE_END_DISMISSED: the responder gives no answer
 * @GCOAP_EXCHANGE_END_REJECTED: the responder refuses the message itself
 * @GCOAP_EXCHANGE_END_CANCELLED: the requester has lost interest
 *
 * How an exchange ended.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_EXCHANGE_END_NONE,
  GCOAP_EXCHANGE_END_RESPONDED,
  GCOAP_EXCHANGE_END_FAILED,
  GCOAP_EXCHANGE_END_DISMISSED,
  GCOAP_EXCHANGE_END_REJECTED,
  GCOAP_EXCHANGE_END_CANCELLED,
} GcoapExchangeEnd;

/**
 * GcoapExpects:
 * @GCOAP_EXPECTS_ONE: one response
 * @GCOAP_EXPECTS_NONE: no response is wanted; one that comes is still taken
 * @GCOAP_EXPECTS_STREAM: any number, until whoever asked ends it
 * @GCOAP_EXPECTS_GROUP: any number from any number of senders, until the
 *   deadline
 *
 * How many responses the requester asks for.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_EXPECTS_ONE,
  GCOAP_EXPECTS_NONE,
  GCOAP_EXPECTS_STREAM,
  GCOAP_EXPECTS_GROUP,
} GcoapExpects;

/**
 * GcoapVerdict:
 * @GCOAP_VERDICT_PASS: go on towards the requester with what the exchange
 *   shows now
 * @GCOAP_VERDICT_TAKE: stop here; see [callback@ResponseFilter]
 *
 * What a response filter decides.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_VERDICT_PASS,
  GCOAP_VERDICT_TAKE,
} GcoapVerdict;

#define GCOAP_TYPE_EXCHANGE (gcoap_exchange_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapExchange, gcoap_exchange, GCOAP, EXCHANGE, GObject)

/**
 * GcoapExchangeSink:
 * @exchange: the exchange
 * @is_last: whether this is the end of the exchange
 * @user_data: what was given to [method@Exchange.open]
 *
 * Receives each response to a request, and its end.
 *
 * Read [method@Exchange.get_response] and [method@Exchange.get_responder]; if
 * @is_last and there is no response, [method@Exchange.get_end] and
 * [method@Exchange.get_error] say why.
 *
 * Since: 0.1
 */
typedef void (*GcoapExchangeSink) (GcoapExchange *exchange,
                                   gboolean       is_last,
                                   gpointer       user_data);

/**
 * GcoapResponseFilter:
 * @exchange: the exchange
 * @is_last: whether this is the end of the exchange
 * @user_data: what was given to [method@Exchange.add_response_filter]
 *
 * Looks at what passes from the responder to the requester.
 *
 * It is called for each response, and once for an end without a response (an
 * error, a dismissal, a rejection, a cancellation: then
 * [method@Exchange.get_response] gives %NULL and [method@Exchange.get_end]
 * says which). It may change what passes by
 * [method@Exchange.replace_response].
 *
 * %GCOAP_VERDICT_TAKE keeps a response from the requester. If it was the last,
 * or an error, the exchange stays open and whoever owns the filter has become
 * its responder: it keeps a reference and answers later; this filter and those
 * nearer to the former responder are gone. To hand the exchange to another
 * responder while the filter still runs, it calls [method@Exchange.take_over]
 * first. A cancellation cannot be taken.
 *
 * Returns: the verdict
 *
 * Since: 0.1
 */
typedef GcoapVerdict (*GcoapResponseFilter) (GcoapExchange *exchange,
                                             gboolean       is_last,
                                             gpointer       user_data);

/**
 * GcoapExchangeCancelFunc:
 * @exchange: the exchange, closed
 * @user_data: what was given to [method@Exchange.set_cancel_callback]
 *
 * Tells the responder that nobody waits for the answer any more.
 *
 * Since: 0.1
 */
typedef void (*GcoapExchangeCancelFunc) (GcoapExchange *exchange,
                                         gpointer       user_data);

/**
 * GcoapDeliveryFunc:
 * @exchange: the exchange the response was given to
 * @outcome: what became of it
 * @user_data: what was given to [method@Exchange.respond_full]
 *
 * Reports the delivery of one response.
 *
 * Since: 0.1
 */
typedef void (*GcoapDeliveryFunc) (GcoapExchange *exchange,
                                   GcoapOutcome   outcome,
                                   gpointer       user_data);

/**
 * GcoapProgressFunc:
 * @exchange: the exchange the callback was set on, or one derived from it
 * @is_response: %FALSE for the body of the request, %TRUE for that of the
 *   response
 * @bytes: how many bytes have been transferred
 * @total: how many there are in all, or -1 if that is not known
 * @user_data: what was given to [method@Exchange.set_progress_callback]
 *
 * Tells how far the transfer of a body in blocks is (RFC 7959).
 *
 * Since: 0.1
 */
typedef void (*GcoapProgressFunc) (GcoapExchange *exchange,
                                   gboolean       is_response,
                                   guint64        bytes,
                                   gint64         total,
                                   gpointer       user_data);

/**
 * GcoapBodyFunc:
 * @exchange: the exchange
 * @user_data: what was given to [method@Exchange.set_request_sink]
 *
 * Tells that the whole body of the request has been written.
 *
 * Since: 0.1
 */
typedef void (*GcoapBodyFunc) (GcoapExchange *exchange,
                               gpointer       user_data);

GCOAP_AVAILABLE_IN_ALL
GcoapExchange *gcoap_exchange_new (GcoapMessage *request) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapExchange *gcoap_exchange_derive (GcoapExchange *self,
                                      GcoapMessage  *request) G_GNUC_WARN_UNUSED_RESULT;

/* For both sides */
GCOAP_AVAILABLE_IN_ALL
GcoapExchangeState gcoap_exchange_get_state (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_exchange_is_open (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_exchange_is_inbound (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_exchange_get_request (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
GcoapEndpointAddress *gcoap_exchange_get_address (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_address (GcoapExchange        *self,
                                 GcoapEndpointAddress *address);

GCOAP_AVAILABLE_IN_ALL
GcoapLocal *gcoap_exchange_get_local (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_exchange_dup_uri (GcoapExchange *self,
                              GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_local (GcoapExchange *self,
                               GcoapLocal    *local);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_exchange_is_group (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
const char *const *gcoap_exchange_get_claims (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_claims (GcoapExchange     *self,
                                const char *const *claims);

GCOAP_AVAILABLE_IN_ALL
gsize gcoap_exchange_get_room (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_room (GcoapExchange *self,
                              gsize          bytes);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_exchange_is_reliable (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
GcoapTransportTuning *gcoap_exchange_get_tuning (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_tuning (GcoapExchange        *self,
                                GcoapTransportTuning *tuning);

GCOAP_AVAILABLE_IN_ALL
GcoapExpects gcoap_exchange_get_expects (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_expects (GcoapExchange *self,
                                 GcoapExpects   expects);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_exchange_get_group_wait (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_group_wait (GcoapExchange *self,
                                    guint          milliseconds);

GCOAP_AVAILABLE_IN_ALL
GcoapExchange *gcoap_exchange_get_predecessor (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_predecessor (GcoapExchange *self,
                                     GcoapExchange *predecessor);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_exchange_get_path_depth (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_path_depth (GcoapExchange *self,
                                    guint          segments);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_exchange_is_repeatable (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_repeatable (GcoapExchange *self,
                                    gboolean       repeatable);

GCOAP_AVAILABLE_IN_ALL
GInputStream *gcoap_exchange_get_request_body (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_request_body (GcoapExchange *self,
                                      GInputStream  *body);

GCOAP_AVAILABLE_IN_ALL
GInputStream *gcoap_exchange_get_response_body (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_response_body (GcoapExchange *self,
                                       GInputStream  *body);

GCOAP_AVAILABLE_IN_ALL
GOutputStream *gcoap_exchange_get_response_sink (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_response_sink (GcoapExchange *self,
                                       GOutputStream *sink);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_progress_callback (GcoapExchange     *self,
                                           GcoapProgressFunc  callback,
                                           gpointer           user_data,
                                           GDestroyNotify     destroy);

/* For the requester */
GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_open (GcoapExchange     *self,
                          GcoapExchangeSink  sink,
                          gpointer           user_data,
                          GDestroyNotify     destroy);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_cancel (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_exchange_get_response (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
GcoapEndpointAddress *gcoap_exchange_get_responder (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
GcoapExchangeEnd gcoap_exchange_get_end (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
const GError *gcoap_exchange_get_error (GcoapExchange *self);

/* For decorators */
GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_add_response_filter (GcoapExchange       *self,
                                         GcoapResponseFilter  filter,
                                         gpointer             user_data);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_take_over (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_make_last (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_replace_response (GcoapExchange *self,
                                      GcoapMessage  *response);

/* For the responder */
GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_cancel_callback (GcoapExchange           *self,
                                         GcoapExchangeCancelFunc  callback,
                                         gpointer                 user_data,
                                         GDestroyNotify           destroy);

GCOAP_AVAILABLE_IN_ALL
GOutputStream *gcoap_exchange_get_request_sink (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_set_request_sink (GcoapExchange  *self,
                                      GOutputStream  *sink,
                                      GcoapBodyFunc   done,
                                      gpointer        user_data,
                                      GDestroyNotify  destroy);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_respond (GcoapExchange *self,
                             GcoapMessage  *response,
                             gboolean       is_last);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_respond_full (GcoapExchange        *self,
                                  GcoapMessage         *response,
                                  gboolean              is_last,
                                  GcoapTransportTuning *tuning,
                                  GcoapDeliveryFunc     report,
                                  gpointer              user_data,
                                  GDestroyNotify        destroy);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_fail (GcoapExchange *self,
                          const GError  *error);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_fail_code (GcoapExchange *self,
                               GcoapCode      code,
                               const char    *diagnostic);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_exchange_is_fresh (GcoapExchange *self,
                                  guint          milliseconds);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_challenge (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_dismiss (GcoapExchange *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_exchange_reject (GcoapExchange *self,
                            const GError  *error);

G_END_DECLS
