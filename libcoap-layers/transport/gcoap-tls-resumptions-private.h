/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the clients of one transport begin their next sessions with: a few, each
 * for one server and one credential. They hold secrets. */
#pragma once

#include "credentials/gcoap-credential-store.h"

G_BEGIN_DECLS

typedef struct _GcoapTlsResumptions GcoapTlsResumptions;

GcoapTlsResumptions *gcoap_tls_resumptions_new (GcoapCredentialStore *store) G_GNUC_WARN_UNUSED_RESULT;
GcoapTlsResumptions *gcoap_tls_resumptions_ref (GcoapTlsResumptions *self);
void gcoap_tls_resumptions_unref (GcoapTlsResumptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapTlsResumptions, gcoap_tls_resumptions_unref)

/* Keeps @resumption, which is taken over and may be NULL, in place of what there
 * was. @server: by whatever name the caller knows it. Of more than @maximum the
 * oldest go. */
void gcoap_tls_resumptions_add (GcoapTlsResumptions *self,
                                const char          *server,
                                GcoapCredential     *credential,
                                GBytes              *resumption,
                                guint                maximum);

/* Gives what there is for a server and a credential, or NULL. It is gone then:
 * one that did not help is not tried again, and no ticket is shown twice (RFC
 * 8446 §C.4). */
GBytes *gcoap_tls_resumptions_take (GcoapTlsResumptions *self,
                                    const char          *server,
                                    GcoapCredential     *credential) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets those whose credential is not in the store any more. */
void gcoap_tls_resumptions_prune (GcoapTlsResumptions *self);

void gcoap_tls_resumptions_clear (GcoapTlsResumptions *self);

G_END_DECLS
