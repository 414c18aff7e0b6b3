/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Giving names to local sockets, and taking them away again. */
#pragma once

#include <sys/types.h>

#include "transport/gcoap-unix-address-private.h"

G_BEGIN_DECLS

/* A name in the file system that one socket has. */
typedef struct
{
  char  *path;     /* NULL: none */
  char  *folder;   /* made for it alone; NULL: it stands elsewhere */
  dev_t  device;
  ino_t  inode;
} GcoapUnixName;

/* Whether sockets can have names outside of the file system; tests say no. */
extern gboolean gcoap_unix_socket_has_abstract;

/* Binds to a path. What an ended program left behind there is removed, but
 * neither a socket that answers nor anything else. */
gboolean gcoap_unix_socket_listen (int                fd,
                                   GcoapUnixAddress  *address,
                                   GcoapUnixName     *name,
                                   GError           **error);

/* Binds to a name of the system's choice, so that answers can come. */
gboolean gcoap_unix_socket_bind_private (int             fd,
                                         GcoapUnixName  *name,
                                         GError        **error);

/* Removes the name, unless another socket has it by now. */
void gcoap_unix_name_clear (GcoapUnixName *name);

/* A sentence that names the peer. */
GError *gcoap_unix_error_new (GcoapUnixAddress *peer,
                              int               errnum) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
