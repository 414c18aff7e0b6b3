/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory for each OSCORE context, in the layout of aiocoap. Files are read
 * and written in threads. */
#pragma once

#include "credentials/gcoap-oscore-storage.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_OSCORE_DIRECTORY (gcoap_oscore_directory_get_type ())

G_DECLARE_FINAL_TYPE (GcoapOscoreDirectory, gcoap_oscore_directory, GCOAP, OSCORE_DIRECTORY, GObject)

GcoapOscoreStorage *gcoap_oscore_directory_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
