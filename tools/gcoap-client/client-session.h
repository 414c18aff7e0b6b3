/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests of one run of gcoap-client, one after the other. */
#pragma once

#include "gcoap-client/client-options.h"

G_BEGIN_DECLS

/* Returns the exit status: that of the first request that failed. */
int client_session_run (const ClientOptions *options);

G_END_DECLS
