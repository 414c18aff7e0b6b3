/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of a context's directory that change: its lock, and its state, which
 * is replaced so that a crash leaves the old one or the new one. All of these
 * block. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GCOAP_OSCORE_FILES_STATE "sequence.json"

/* A descriptor that holds the lock, or -1 with errno: EWOULDBLOCK if somebody has
 * it, be it this process. */
int gcoap_oscore_files_lock (int directory);

/* Deletes what writers that were killed have left; under the lock. */
void gcoap_oscore_files_tidy (int directory);

/* FALSE with errno. What was there is still there, or it cannot be known. */
gboolean gcoap_oscore_files_write (int         directory,
                                   const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
