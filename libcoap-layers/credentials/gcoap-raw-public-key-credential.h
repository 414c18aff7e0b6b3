/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §9.1.3.2, RFC 7250: a key pair of one's own, and the keys of peers by their hashes. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-credential.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_RAW_PUBLIC_KEY_CREDENTIAL (gcoap_raw_public_key_credential_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapRawPublicKeyCredential, gcoap_raw_public_key_credential, GCOAP, RAW_PUBLIC_KEY_CREDENTIAL, GcoapCredential)

GCOAP_AVAILABLE_IN_ALL
GcoapRawPublicKeyCredential *gcoap_raw_public_key_credential_new (GBytes *private_key, const char *const *peers, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_raw_public_key_credential_get_key_hash (GcoapRawPublicKeyCredential *self);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_raw_public_key_credential_get_public_key (GcoapRawPublicKeyCredential *self);

GCOAP_AVAILABLE_IN_ALL
const char *const *gcoap_raw_public_key_credential_get_peers (GcoapRawPublicKeyCredential *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_raw_public_key_credential_accepts (GcoapRawPublicKeyCredential *self, const char *key_hash);

G_END_DECLS
