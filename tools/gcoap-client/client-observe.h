/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource that is observed, and what is done with each notification. */
#pragma once

#include "common/tool-output.h"
#include "gcoap-client/client-options.h"

G_BEGIN_DECLS

typedef struct _ClientObserve ClientObserve;

/* All is over: the server knows, and no command is running. */
typedef void (*ClientObserveFunc) (int      status,
                                   gpointer data);

/* Observes options->request, until the server ends it, options->observe_count
 * or options->observe_duration is reached, or client_observe_stop() is called.
 * @done is called once, never from inside this. */
ClientObserve *client_observe_start (const ClientOptions *options,
                                     GcoapContext        *context,
                                     ToolOutput          *output,
                                     ClientObserveFunc    done,
                                     gpointer             data) G_GNUC_WARN_UNUSED_RESULT;

/* Ends it as soon as the server has heard of it, without starting anything
 * more. */
void client_observe_stop (ClientObserve *self);

/* When it is done. */
void client_observe_free (ClientObserve *self);

G_END_DECLS
