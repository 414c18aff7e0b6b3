/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Random numbers nobody can predict, cheap enough for every message. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void    gcoap_random_fill    (guint8 *buffer,
                              gsize   length);
guint32 gcoap_random_uint32  (void);
guint32 gcoap_random_uniform (guint32 bound);
double  gcoap_random_double  (void);

G_END_DECLS
