/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The name of a local socket as the kernel knows it. */
#pragma once

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "transport/gcoap-unix-address.h"

G_BEGIN_DECLS

struct _GcoapUnixAddress
{
  GcoapEndpointAddress parent_instance;

  guint  length;     /* bytes of the name */
  guint8 name[sizeof ((struct sockaddr_un *) 0)->sun_path];   /* begins with a zero byte when abstract */
};

/* NULL for a socket without name, which nobody can answer. */
GcoapUnixAddress *gcoap_unix_address_new_from_native (const struct sockaddr_un *native,
                                                      socklen_t                 length) G_GNUC_WARN_UNUSED_RESULT;

/* Returns the length. */
socklen_t gcoap_unix_address_to_native (GcoapUnixAddress   *self,
                                        struct sockaddr_un *native);

G_END_DECLS
