/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /note, /validate and /other/block: what PUT gives them is what GET gets. */
#include "gcoap-server/server-resources.h"
#include "gcoap-server/server-stored-resource.h"

/* More than one block of block-wise transfer, less than one datagram. */
#define BLOCK_BYTES 1100

static ServerStoredResource *
add (GcoapSite  *site,
     const char *path,
     const char *initial)
{
  g_autoptr (ServerStoredResource) resource = server_stored_resource_new (initial);

  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
  return resource;
}

/* Numbered lines, so that one sees what is missing. */
static const char *
make_block (void)
{
  static char block[BLOCK_BYTES + 1];

  if (block[0] == '\0')
    for (gsize i = 0; i < BLOCK_BYTES; i += 50)
      g_snprintf (block + i, 51, "%04" G_GSIZE_FORMAT " %s\n", i,
                  "........................................... ");
  return block;
}

void
server_add_stored (GcoapSite *site)
{
  ServerStoredResource *resource;

  server_stored_resource_set_text_only (add (site, "note", "Nobody has left a note yet.\n"));
  add (site, "validate", "The first state.\n");
  resource = add (site, "other/block", make_block ());
  gcoap_resource_set_maximum_size (GCOAP_RESOURCE (resource), BLOCK_BYTES);
}
