/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All credentials of a program: which are for which URI, and which peers a
 * server knows. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "credentials/gcoap-claims.h"
#include "credentials/gcoap-credential.h"
#include "credentials/gcoap-oscore-credential.h"
#include "credentials/gcoap-psk-credential.h"

G_BEGIN_DECLS

#define GCOAP_CREDENTIAL_STORE_MAX_ENTRIES 4096
#define GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE (1024 * 1024)

#define GCOAP_TYPE_CREDENTIAL_STORE (gcoap_credential_store_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapCredentialStore, gcoap_credential_store, GCOAP, CREDENTIAL_STORE, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapCredentialStore *gcoap_credential_store_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint64 gcoap_credential_store_get_serial (GcoapCredentialStore *self);

/* What a client uses. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_add (GcoapCredentialStore *self, const char *pattern, GcoapCredential *credential, GError **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_remove (GcoapCredentialStore *self, const char *pattern);

GCOAP_AVAILABLE_IN_ALL
GcoapCredential *gcoap_credential_store_lookup (GcoapCredentialStore *self, const char *uri, GcoapSecurity security, GError **error);

/* What a server shows, and whom it knows. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_add_own (GcoapCredentialStore *self, GcoapCredential *credential, GError **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_add_client (GcoapCredentialStore *self, const char *name, GcoapPskCredential *credential, GError **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_add_client_key (GcoapCredentialStore *self, const char *name, const char *key_hash, GError **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_add_client_context (GcoapCredentialStore *self, const char *name, GcoapOscoreCredential *credential, GError **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_remove_client (GcoapCredentialStore *self, const char *name);

/* All of it from a credential map. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_load_bytes (GcoapCredentialStore *self, GBytes *bytes, const char *directory, GError **error);

GCOAP_AVAILABLE_IN_ALL
void gcoap_credential_store_load_async (GcoapCredentialStore *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_store_load_finish (GcoapCredentialStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
