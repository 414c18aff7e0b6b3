/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* settings.json and secret.json of a context's directory: what never changes. */
#pragma once

#include "credentials/gcoap-oscore-credential.h"

G_BEGIN_DECLS

/* Each text may be NULL, if there is no such file; the names of the files are for
 * errors. Where they say the same, they contradict each other. @has_secret:
 * whether the settings hold the secret, whose file others must not read. */
GcoapOscoreCredential *gcoap_oscore_settings_read (GBytes     *settings,
                                                   const char *settings_name,
                                                   GBytes     *secret,
                                                   const char *secret_name,
                                                   gboolean   *has_secret,
                                                   GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
