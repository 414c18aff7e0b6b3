/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 §4.1.3.3: what of a Proxy-Uri a proxy may see, and what not. */
#pragma once

#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/* Takes path and query out of the Proxy-Uri of @outer, and gives them to @inner as
 * Uri-Path and Uri-Query. Neither is locked. */
gboolean gcoap_oscore_split_proxy_uri (GcoapMessage *outer,
                                       GcoapMessage *inner,
                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
