/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 §3: a security context in use: its keys, the numbers it sends under,
 * those it has seen, and the storage that makes both survive. One per storage
 * and process; requests of ours and of the peer's share it. */
#pragma once

#include <gio/gio.h>

#include "credentials/gcoap-oscore-credential.h"
#include "interfaces/gcoap-runtime.h"
#include "providers/oscore/gcoap-oscore-keys-private.h"
#include "providers/oscore/gcoap-replay-window-private.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_OSCORE_CONTEXT (gcoap_oscore_context_get_type ())

G_DECLARE_FINAL_TYPE (GcoapOscoreContext, gcoap_oscore_context, GCOAP, OSCORE_CONTEXT, GObject)

/* Locks and loads what @credential names (its directory, its storage, or its
 * parameters in memory), in a thread where that could block. After a crash the
 * replay window is not known. */
void gcoap_oscore_context_open_async (GcoapOscoreCredential *credential,
                                      GcoapRuntime          *runtime,
                                      GCancellable          *cancellable,
                                      GAsyncReadyCallback    callback,
                                      gpointer               user_data);

GcoapOscoreContext *gcoap_oscore_context_open_finish (GAsyncResult *result,
                                                      GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none); another one after Appendix B.2. */
GcoapOscoreKeys *gcoap_oscore_context_get_keys (GcoapOscoreContext *self);

const char *gcoap_oscore_context_get_name (GcoapOscoreContext *self);

/* Whether somebody knows that storage has failed. */
gboolean gcoap_oscore_context_has_told_failure (GcoapOscoreContext *self);

/* The next number to send under, which storage has granted already. FALSE
 * without an error: storage must grant more first; wait with reserve_async(), then
 * ask again. With an error: no number will ever come (2^40, limit on the use of
 * the key, storage failed, closed). */
gboolean gcoap_oscore_context_take_sequence (GcoapOscoreContext *self,
                                             guint64            *number,
                                             GError            **error) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_oscore_context_reserve_async (GcoapOscoreContext *self,
                                         GCancellable       *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer            user_data);

gboolean gcoap_oscore_context_reserve_finish (GcoapOscoreContext *self,
                                              GAsyncResult       *result,
                                              GError            **error);

/* The window itself; written to storage on close. Before the first number is
 * accepted, storage must say that the window is unknown: that is done by
 * reserve_async() too, and is_ready_to_accept() says whether it is done. It is to
 * be asked before each number that is accepted: the response that goes out under
 * that number counts as a use of the key, and storage must know of it. */
GcoapReplayWindow *gcoap_oscore_context_get_window (GcoapOscoreContext *self);
gboolean gcoap_oscore_context_is_ready_to_accept (GcoapOscoreContext *self);

/* The key limits draft: counts a failed verification with the recipient key;
 * FALSE when the key must not be used any more. */
gboolean gcoap_oscore_context_note_failure (GcoapOscoreContext *self);

/* FALSE with GCOAP_ERROR_LIMIT when nothing must be verified any more. To be asked
 * before each. */
gboolean gcoap_oscore_context_can_verify (GcoapOscoreContext *self,
                                          GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* How often the key that is in use for sending was used, at most. */
guint64 gcoap_oscore_context_get_n_encryptions (GcoapOscoreContext *self);

/* Other keys from the same parameters: those of an ID Context that is not in use
 * yet. */
GcoapOscoreKeys *gcoap_oscore_context_derive_keys (GcoapOscoreContext *self,
                                                   GBytes             *id_context,
                                                   GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* RFC 8613 Appendix B.2: goes on with another ID Context, sequence zero and an empty
 * window, once storage has it. */
void gcoap_oscore_context_rederive_async (GcoapOscoreContext *self,
                                          GBytes             *id_context,
                                          GCancellable       *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);

gboolean gcoap_oscore_context_rederive_finish (GcoapOscoreContext *self,
                                               GAsyncResult       *result,
                                               GError            **error);

/* The peer has shown that it has the keys that were made last. Until then storage
 * says that the replay window is not known, so that a client that is started again
 * makes others: nobody else may have these. */
void gcoap_oscore_context_confirm_keys (GcoapOscoreContext *self);

/* Writes number and window, and gives the lock back. */
void gcoap_oscore_context_close_async (GcoapOscoreContext *self,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);

gboolean gcoap_oscore_context_close_finish (GcoapOscoreContext *self,
                                            GAsyncResult       *result,
                                            GError            **error);

G_END_DECLS
