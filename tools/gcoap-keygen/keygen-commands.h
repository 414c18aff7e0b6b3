/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands. Each does its work and prints what comes of it; FALSE with an
 * error, of the domain of GOption's if the command line is at fault. */
#pragma once

#include "gcoap-keygen/keygen-options.h"

G_BEGIN_DECLS

gboolean keygen_key_run (const KeygenOptions *options,
                         GError             **error);

gboolean keygen_certificate_run (const KeygenOptions *options,
                                 GError             **error);

gboolean keygen_psk_run (const KeygenOptions *options,
                         GError             **error);

gboolean keygen_oscore_run (const KeygenOptions *options,
                            GError             **error);

gboolean keygen_fingerprint_run (const KeygenOptions *options,
                                 GError             **error);

G_END_DECLS
