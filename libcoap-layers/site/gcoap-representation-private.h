/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "site/gcoap-representation.h"

G_BEGIN_DECLS

/* Whether an option with this number, ETag or If-Match, is the tag. */
gboolean gcoap_representation_names_etag (GcoapMessage *request,
                                          guint         number,
                                          GBytes       *etag);

/* gcoap_resource_check_preconditions() without an exchange, for any thread. */
gboolean gcoap_representation_check_preconditions (GcoapMessage *request,
                                                   gboolean      exists,
                                                   GBytes       *etag,
                                                   GError      **error);

G_END_DECLS
