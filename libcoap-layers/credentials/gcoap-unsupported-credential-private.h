/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In the place of a credential that this version knows of but cannot use. */
#pragma once

#include "credentials/gcoap-credential.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_UNSUPPORTED_CREDENTIAL (gcoap_unsupported_credential_get_type ())

G_DECLARE_FINAL_TYPE (GcoapUnsupportedCredential, gcoap_unsupported_credential, GCOAP, UNSUPPORTED_CREDENTIAL, GcoapCredential)

/* @what: static, such as "EDHOC". */
GcoapUnsupportedCredential *gcoap_unsupported_credential_new (const char   *what,
                                                              GcoapSecurity security) G_GNUC_WARN_UNUSED_RESULT;

/* The error of whoever would use it; always FALSE. */
gboolean gcoap_unsupported_credential_fail (GcoapUnsupportedCredential *self,
                                            const char                 *uri,
                                            GError                    **error);

G_END_DECLS
