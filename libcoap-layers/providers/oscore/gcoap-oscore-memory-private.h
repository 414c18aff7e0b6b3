/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Contexts whose numbers last as long as the process, however often they are
 * opened in it. */
#pragma once

#include "credentials/gcoap-oscore-storage.h"

G_BEGIN_DECLS

/* Contexts in one process, of which a hash and the state are kept. */
#define GCOAP_OSCORE_MEMORY_MAX 65536

#define GCOAP_TYPE_OSCORE_MEMORY (gcoap_oscore_memory_get_type ())

G_DECLARE_FINAL_TYPE (GcoapOscoreMemory, gcoap_oscore_memory, GCOAP, OSCORE_MEMORY, GObject)

GcoapOscoreStorage *gcoap_oscore_memory_new (GcoapOscoreCredential *parameters) G_GNUC_WARN_UNUSED_RESULT;

/* Where the numbers of a secret begin that is the same at each start: further
 * than the last time, if the clock of the wall says so. @now: microseconds since
 * 1970. */
guint64 gcoap_oscore_memory_find_start (gint64 now);

G_END_DECLS
