/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells the log of a server which handshakes failed, so that a wrong key or an
 * attack is seen; but not so often that who attacks fills the log. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Messages in a minute. */
#define GCOAP_HANDSHAKE_LOG_MAX 20

typedef struct
{
  gint64 minute_end;
  guint  n;            /* failures in this minute, logged or not */
} GcoapHandshakeLog;

/* @now: microseconds of the stack's clock. @text: without secrets, and with what
 * the peer said escaped. */
void gcoap_handshake_log_note (GcoapHandshakeLog *self,
                               gint64             now,
                               const char        *text);

G_END_DECLS
