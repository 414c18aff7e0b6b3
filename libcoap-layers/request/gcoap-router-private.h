/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a router tells destinations apart by. */
#pragma once

#include "request/gcoap-router.h"

G_BEGIN_DECLS

/* What the scheme is followed by when the host is the path of a socket, which
 * is another transport's than names and addresses. */
#define GCOAP_ROUTER_PATH "://%2F"

/* The scheme of a URI, with the above if it is there: what a layer is added
 * under and looked up by. NULL if there is no scheme. */
char *gcoap_router_dup_key (const char *uri) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
