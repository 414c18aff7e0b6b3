/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that GCOAP_OSCORE_KEYLOGFILE names: who has it reads all that the
 * contexts protect. For those who look for faults with Wireshark. */
#pragma once

#include "providers/oscore/gcoap-oscore-keys-private.h"

G_BEGIN_DECLS

/* Adds a context, if the variable is set. What goes wrong is only said. */
void gcoap_oscore_key_log_add (const GcoapOscoreSource *source);

G_END_DECLS
