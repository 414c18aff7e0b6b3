/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every token interface must do, whatever lies below it: two of them are
 * joined, and the tests stand in the place of both token layers. */
#pragma once

#include "interfaces/gcoap-token-interface.h"

G_BEGIN_DECLS

typedef struct _ContractTokenPair ContractTokenPair;

struct _ContractTokenPair
{
  GcoapTokenInterface  *client;
  GcoapTokenInterface  *server;
  GcoapEndpointAddress *server_address;   /* as the client knows it */
  gboolean              acknowledges;     /* there are ACK and RST */
  void                (*advance) (ContractTokenPair *self, guint milliseconds);
  void                (*free)    (ContractTokenPair *self);
};

typedef ContractTokenPair *(*ContractTokenFactory) (void);

/* Adds the tests as /prefix/...; the factory is called for each. */
void contract_token_interface_add_tests (const char           *prefix,
                                         ContractTokenFactory  factory);

G_END_DECLS
