/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files and directories that somebody observes: each is monitored once, from
 * its first observer to its last. */
#pragma once

#include "site/gcoap-file-root-private.h"
#include "site/gcoap-resource.h"

G_BEGIN_DECLS

typedef struct _GcoapFileWatches GcoapFileWatches;

/* How long changes are waited for that come together, in milliseconds. */
#define GCOAP_FILE_WATCHES_PAUSE 100

/* @resource, which is not held, has the observers. */
GcoapFileWatches *gcoap_file_watches_new (GcoapResource *resource) G_GNUC_WARN_UNUSED_RESULT;

/* There is no resource to tell any more. */
void gcoap_file_watches_free (GcoapFileWatches *self);

/* Monitors a file for as long as the exchange, which expects a stream, lasts.
 * FALSE: there are @maximum already, or it cannot be monitored. */
gboolean gcoap_file_watches_add (GcoapFileWatches *self,
                                 GcoapFileRoot    *root,
                                 const char       *path,
                                 guint             maximum,
                                 GcoapExchange    *exchange);

guint gcoap_file_watches_get_n (GcoapFileWatches *self);

G_END_DECLS
