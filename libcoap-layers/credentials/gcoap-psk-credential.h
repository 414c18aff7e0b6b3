/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §9.1.3.1: a key that both sides know, and its name. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-credential.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_PSK_CREDENTIAL (gcoap_psk_credential_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapPskCredential, gcoap_psk_credential, GCOAP, PSK_CREDENTIAL, GcoapCredential)

GCOAP_AVAILABLE_IN_ALL
GcoapPskCredential *gcoap_psk_credential_new (GBytes *identity, GBytes *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_psk_credential_get_identity (GcoapPskCredential *self);

G_END_DECLS
