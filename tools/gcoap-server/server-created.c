/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /create1 to /create3: not there until PUT makes them, and again after DELETE
 * (TD_COAP_CORE_23 and 28). */
#include "gcoap-server/server-resources.h"
#include "gcoap-server/server-stored-resource.h"

void
server_add_created (GcoapSite *site)
{
  static const char *const paths[] = { "create1", "create2", "create3" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (ServerStoredResource) resource = server_stored_resource_new (NULL);

      gcoap_site_add (site, paths[i], GCOAP_REQUEST_INTERFACE (resource));
    }
}
