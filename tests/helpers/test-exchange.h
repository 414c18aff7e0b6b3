/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request as a responder gets it, with a requester that writes down what
 * comes back. */
#pragma once

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapExchange    *exchange;
  GPtrArray        *responses;  /* (element-type GcoapMessage) */
  guint             n_ends;
  GcoapExchangeEnd  end;
  GError           *error;      /* of the end */
} TestExchange;

/* One that came from the network, open. */
TestExchange *test_exchange_new (GcoapMessage *request);

/* One that came to a group. */
TestExchange *test_exchange_new_for_group (GcoapMessage *request);

/* One that came from @address to this host, or to a group, at a time of
 * @runtime. */
TestExchange *test_exchange_new_from (GcoapMessage         *request,
                                      GcoapEndpointAddress *address,
                                      GcoapRuntime         *runtime,
                                      gboolean              is_group);

/* One that goes out, open. */
TestExchange *test_exchange_new_outbound (GcoapMessage         *request,
                                          GcoapEndpointAddress *address);

void test_exchange_free (TestExchange *self);

/* A request with the path "a/b" (not percent-encoded) and the query arguments,
 * NULL for none, separated by "&". */
GcoapMessage *test_request_new (GcoapCode   method,
                                const char *path,
                                const char *query);

/* Hands the exchange to whoever shall answer. */
void test_exchange_send (TestExchange          *self,
                         GcoapRequestInterface *responder);

/* The only response, with which it ended; fails the test if there is none. */
GcoapMessage *test_exchange_get_response (TestExchange *self);

/* Fails the test unless it was answered with just this. */
void test_exchange_assert_code (TestExchange *self,
                                GcoapCode     code);

void test_exchange_assert_text (TestExchange *self,
                                const char   *text);

/* Fails the test unless it ended this way, without a response. */
void test_exchange_assert_end (TestExchange     *self,
                               GcoapExchangeEnd  end);

/* All at once: a request without options but Uri-Path, answered by @responder;
 * returns the code. */
GcoapCode test_ask (GcoapRequestInterface *responder,
                    GcoapCode              method,
                    const char            *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestExchange, test_exchange_free)

G_END_DECLS
