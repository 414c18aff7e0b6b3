/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The OSCORE contexts of one stack, for requests both ways: a slot for each that
 * the credential stores have. */
#pragma once

#include "credentials/gcoap-credential-store.h"
#include "providers/oscore/gcoap-oscore-slot-private.h"

G_BEGIN_DECLS

typedef struct _GcoapOscoreContexts GcoapOscoreContexts;

GcoapOscoreContexts *gcoap_oscore_contexts_new (GcoapRuntime *runtime) G_GNUC_WARN_UNUSED_RESULT;

GcoapOscoreContexts *gcoap_oscore_contexts_ref (GcoapOscoreContexts *self);
void gcoap_oscore_contexts_unref (GcoapOscoreContexts *self);

/* Each may be NULL. */
void gcoap_oscore_contexts_set_stores (GcoapOscoreContexts  *self,
                                       GcoapCredentialStore *client,
                                       GcoapCredentialStore *server);

guint gcoap_oscore_contexts_get_n_slots (GcoapOscoreContexts *self);

/* Those that have this Recipient ID, or may have it, for what is in a directory shows only
 * when that is open. (transfer none), valid until the main loop turns or there is another
 * search. */
GPtrArray *gcoap_oscore_contexts_find (GcoapOscoreContexts *self,
                                       const guint8        *kid,
                                       gsize                kid_length);

/* Whether there is a URI that requests are protected for. */
gboolean gcoap_oscore_contexts_has_patterns (GcoapOscoreContexts *self);

/* For requests to a URI; NULL without an error if they are not to be
 * protected. */
GcoapOscoreSlot *gcoap_oscore_contexts_lookup (GcoapOscoreContexts *self,
                                               const char          *uri,
                                               GError             **error);

/* The first half of the end, before streams are told: nobody waits any more. */
void gcoap_oscore_contexts_end_waiting (GcoapOscoreContexts *self);

/* The second, when nothing is sent any more: all are closed. */
void gcoap_oscore_contexts_close_async (GcoapOscoreContexts *self,
                                        gpointer             source_object,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapOscoreContexts, gcoap_oscore_contexts_unref)

G_END_DECLS
