/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which format a representation is wanted, and whether one that came can be
 * taken. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-exchange.h"

G_BEGIN_DECLS

GCOAP_AVAILABLE_IN_ALL
gint gcoap_site_negotiate (GcoapExchange *exchange,
                           const guint   *formats,
                           gsize          n_formats,
                           GError       **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_site_check_content_format (GcoapExchange *exchange,
                                          const guint   *formats,
                                          gsize          n_formats,
                                          GError       **error);

G_END_DECLS
