/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that is written under another name until it is whole. */
#pragma once

#include "site/gcoap-file-operations-private.h"

G_BEGIN_DECLS

void gcoap_file_draft_init (GcoapFileDraft *self);

/* Removes what has not been put in its place. */
void gcoap_file_draft_discard (GcoapFileDraft *self);

G_END_DECLS
