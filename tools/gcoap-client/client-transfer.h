/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request whose bodies go through streams, however large they are: the
 * payload from a file, and that of the response to the output. */
#pragma once

#include "common/tool-output.h"
#include "gcoap-client/client-options.h"

G_BEGIN_DECLS

typedef struct _ClientTransfer ClientTransfer;

/* Whether what is at @path, or "-", can be sent: it is there, can be read, and
 * is not more than blocks of that size can number, if its size is known.
 * @block_size: 0: the largest */
gboolean client_transfer_check_payload (const char  *path,
                                        guint        block_size,
                                        GError     **error);

/* The same for what is in memory. */
gboolean client_transfer_check_size (guint64  size,
                                     guint    block_size,
                                     GError **error);

/* Shows the progress if @options say so. */
ClientTransfer *client_transfer_new (const ClientOptions *options,
                                     ToolOutput          *output) G_GNUC_WARN_UNUSED_RESULT;

void client_transfer_free (ClientTransfer *self);

/* An exchange for options->request with the streams, to be sent once; NULL if
 * the payload cannot be opened. */
GcoapExchange *client_transfer_make_exchange (ClientTransfer  *self,
                                              GError         **error) G_GNUC_WARN_UNUSED_RESULT;

/* Prints what came of it, and returns the exit status that fits. Without
 * @response and @error it was given up, and there is nothing to say. What was
 * written of a body that is not complete is dropped. */
int client_transfer_end (ClientTransfer *self,
                         GcoapMessage   *response,
                         const GError   *error,
                         gint64          duration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientTransfer, client_transfer_free)

G_END_DECLS
