/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What gcoap-client prints of a response, an error or a ping. */
#pragma once

#include "common/tool-output.h"
#include "gcoap-client/client-options.h"

G_BEGIN_DECLS

/* All return the exit status that fits. Times are in microseconds. */
int client_response_print (const ClientOptions *options,
                           ToolOutput          *output,
                           GcoapMessage        *response,
                           const char          *sender,   /* NULL: who was asked */
                           gint64               duration);

/* One of many from the same resource: what is printed can be told apart, and a
 * file has the latest. */
int client_response_print_notification (const ClientOptions *options,
                                        ToolOutput          *output,
                                        GcoapMessage        *response,
                                        gint64               duration);

int client_response_print_ping (const ClientOptions *options,
                                ToolOutput          *output,
                                gint64               duration);

int client_response_print_error (const ClientOptions *options,
                                 const GError        *error);

G_END_DECLS
