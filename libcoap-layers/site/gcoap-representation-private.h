/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "site/gcoap-representation.h"

G_BEGIN_DECLS

/* Whether an option with this number, ETag or If-Match, is the tag. */
gboolean gcoap_representation_names_etag (GcoapMessage *request,
                                          guint         number,
                                          GBytes       *etag);

G_END_DECLS
