/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the shell is: a server, and a path on it that other paths begin at. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

typedef struct _ShellLocation ShellLocation;

ShellLocation *shell_location_new (void) G_GNUC_WARN_UNUSED_RESULT;

void shell_location_free (ShellLocation *self);

/* Takes a URI, or what becomes one with coap:// in front. */
gboolean shell_location_open (ShellLocation *self,
                              const char    *text,
                              GError       **error);

gboolean shell_location_change (ShellLocation *self,
                                const char    *path,
                                GError       **error);

/* "coap://host:5684"; NULL if no server is open. */
const char *shell_location_get_origin (ShellLocation *self);

/* "/" or "/a/b", percent-encoded. */
const char *shell_location_get_path (ShellLocation *self);

char *shell_location_dup_uri (ShellLocation *self) G_GNUC_WARN_UNUSED_RESULT;

/* The URI of a resource; @reference is a URI, a path from here or from the
 * root, and may have a query; NULL means this place. */
char *shell_location_resolve (ShellLocation *self,
                              const char    *reference,
                              GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same as a path on the open server; a URI elsewhere is an error. */
char *shell_location_resolve_path (ShellLocation *self,
                                   const char    *reference,
                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShellLocation, shell_location_free)

G_END_DECLS
