/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the transport that made a GcoapLocal keeps in it. */
#pragma once

#include "wire/gcoap-local.h"

G_BEGIN_DECLS

/* Bytes only the transport understands (a sockaddr, a control message);
 * at most GCOAP_LOCAL_MAX_OPAQUE of them, copied. */
#define GCOAP_LOCAL_MAX_OPAQUE 64

GcoapLocal *gcoap_local_new_full (const char *hostinfo,
                                  guint interface_index,
                                  gboolean is_group,
                                  const void *opaque,
                                  gsize opaque_length) G_GNUC_WARN_UNUSED_RESULT;

/* @host: the name the peer used, in the form of a URI; NULL: it used none. */
GcoapLocal *gcoap_local_new_named (const char *hostinfo, const char *host) G_GNUC_WARN_UNUSED_RESULT;

const void *gcoap_local_get_opaque (GcoapLocal *self, gsize *length);

G_END_DECLS
