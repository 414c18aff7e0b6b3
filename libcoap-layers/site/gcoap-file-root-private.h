/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory that nothing leads out of: paths from the network are resolved
 * by the kernel below its descriptor. May be used in any thread. */
#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

typedef struct
{
  int      fd;
  gboolean confined;   /* symbolic links must not lead out of it */
} GcoapFileRoot;

/* Resources that bindings make without what they need have none: NULL is a root
 * with nothing in it. @confined: for paths from the network. */
GcoapFileRoot *gcoap_file_root_new (const char *path,
                                    gboolean    confined,
                                    GError    **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapFileRoot *gcoap_file_root_ref (GcoapFileRoot *self);
void gcoap_file_root_unref (GcoapFileRoot *self);

/* Opens "a/b" or, for the root itself, ".". Only regular files and directories
 * are opened, and nothing waits. -1 with an error, see below. */
int gcoap_file_root_open (GcoapFileRoot *self,
                          const char    *path,
                          struct stat   *status,
                          GError       **error);

/* The directory that "a/b" is in, "a", to change names in it; *name points
 * into @path. */
int gcoap_file_root_open_parent (GcoapFileRoot *self,
                                 const char    *path,
                                 const char   **name,
                                 GError       **error);

/* What happened to a file, as a GcoapResponseError: what is not there is 4.04,
 * what must not be done 4.03, and so on. */
void gcoap_file_set_error (GError **error,
                           int      saved_errno);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapFileRoot, gcoap_file_root_unref)

G_END_DECLS
