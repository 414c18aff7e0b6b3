/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every request interface must do, whether it answers itself or passes
 * on. */
#pragma once

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

typedef struct _ContractResponder ContractResponder;

struct _ContractResponder
{
  GcoapRequestInterface *tested;
  /* An exchange that it will answer in some way, state new. */
  GcoapExchange       *(*new_exchange) (ContractResponder *self);
  /* Lets happen what must for all answers to come. */
  void                 (*settle)       (ContractResponder *self);
  void                 (*free)         (ContractResponder *self);
};

typedef ContractResponder *(*ContractResponderFactory) (gconstpointer data);

/* Adds the tests as /prefix/...; the factory is called with data for each. */
void contract_request_interface_add_tests (const char               *prefix,
                                           ContractResponderFactory  factory,
                                           gconstpointer             data);

G_END_DECLS
