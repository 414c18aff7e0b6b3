/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 §3: what an OSCORE security context is made from. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-credential.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_OSCORE_STORAGE (gcoap_oscore_storage_get_type ())

/* gcoap-oscore-storage.h has the rest of it. */
GCOAP_AVAILABLE_IN_ALL
G_DECLARE_INTERFACE (GcoapOscoreStorage, gcoap_oscore_storage, GCOAP, OSCORE_STORAGE, GObject)

#define GCOAP_TYPE_OSCORE_CREDENTIAL (gcoap_oscore_credential_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapOscoreCredential, gcoap_oscore_credential, GCOAP, OSCORE_CREDENTIAL, GcoapCredential)

GCOAP_AVAILABLE_IN_ALL
GcoapOscoreCredential *gcoap_oscore_credential_new (GBytes *master_secret, GBytes *sender_id, GBytes *recipient_id, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapOscoreCredential *gcoap_oscore_credential_new_full (GBytes     *master_secret,
                                                         GBytes     *master_salt,
                                                         GBytes     *sender_id,
                                                         GBytes     *recipient_id,
                                                         GBytes     *id_context,
                                                         gint        algorithm,
                                                         const char *hash,
                                                         guint       window,
                                                         GError    **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapOscoreCredential *gcoap_oscore_credential_new_for_directory (const char *directory) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapOscoreCredential *gcoap_oscore_credential_new_for_storage (GcoapOscoreStorage *storage,
                                                                const char         *name) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapOscoreStorage *gcoap_oscore_credential_get_storage (GcoapOscoreCredential *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_oscore_credential_get_name (GcoapOscoreCredential *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_oscore_credential_get_directory (GcoapOscoreCredential *self);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_oscore_credential_get_sender_id (GcoapOscoreCredential *self);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_oscore_credential_get_recipient_id (GcoapOscoreCredential *self);

G_END_DECLS
