/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the site does for resources that have exchanges of their own. */
#pragma once

#include "site/gcoap-site.h"

G_BEGIN_DECLS

/* A response filter: 4.06 for a format that the request does not accept. */
GcoapVerdict gcoap_site_check_format_cb (GcoapExchange *exchange,
                                         gboolean       is_last,
                                         gpointer       user_data);

G_END_DECLS
