/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §9.1.3.3: certificates of one's own, and who vouches for those of peers. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-credential.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_CERTIFICATE_CREDENTIAL (gcoap_certificate_credential_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapCertificateCredential, gcoap_certificate_credential, GCOAP, CERTIFICATE_CREDENTIAL, GcoapCredential)

GCOAP_AVAILABLE_IN_ALL
GcoapCertificateCredential *gcoap_certificate_credential_new (GBytes *chain, GBytes *private_key, GBytes *trust_anchors, gboolean system_trust, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_certificate_credential_get_host_name (GcoapCertificateCredential *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_certificate_credential_set_host_name (GcoapCertificateCredential *self, const char *host_name);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_certificate_credential_get_pinned_key (GcoapCertificateCredential *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_certificate_credential_set_pinned_key (GcoapCertificateCredential *self, const char *key_hash, GError **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_certificate_credential_get_insecure (GcoapCertificateCredential *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_certificate_credential_set_insecure (GcoapCertificateCredential *self, gboolean insecure);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_certificate_credential_get_key_hash (GcoapCertificateCredential *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_certificate_credential_get_system_trust (GcoapCertificateCredential *self);

G_END_DECLS
