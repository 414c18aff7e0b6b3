/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The resources of gcoap-server: each function puts one group of them into the
 * site. Their descriptions stand in the index, not in their links, so that
 * /.well-known/core stays small enough for one message. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

/* Makes the whole tree. */
GcoapSite *server_site_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Adds a resource that answers GET by a handler of GcoapSimpleResource::get. */
GcoapResource *server_add (GcoapSite  *site,
                           const char *path,
                           GCallback   get,
                           gpointer    user_data);

/* Makes it observable; its state changes every so many seconds. */
void server_tick (GcoapResource *resource,
                  guint          seconds);

void server_add_created (GcoapSite *site);
void server_add_formats (GcoapSite *site);
void server_add_index (GcoapSite *site);
void server_add_large (GcoapSite *site);
void server_add_observed (GcoapSite *site);
void server_add_oscore (GcoapSite *site);
void server_add_path (GcoapSite *site);
void server_add_query (GcoapSite *site);
void server_add_separate (GcoapSite *site);
void server_add_stored (GcoapSite *site);
void server_add_test (GcoapSite *site);
void server_add_texts (GcoapSite *site);
void server_add_thermostat (GcoapSite *site);
void server_add_time (GcoapSite *site);
void server_add_whoami (GcoapSite *site);

G_END_DECLS
