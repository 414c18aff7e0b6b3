/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-handshake-log-private.h"

void
gcoap_handshake_log_note (GcoapHandshakeLog *self,
                          gint64             now,
                          const char        *text)
{
  if (now >= self->minute_end)
    {
      if (self->n > GCOAP_HANDSHAKE_LOG_MAX)
        g_message ("%u more handshakes failed, which were not logged.", self->n - GCOAP_HANDSHAKE_LOG_MAX);
      self->minute_end = now + G_TIME_SPAN_MINUTE;
      self->n = 0;
    }
  if (self->n < GCOAP_HANDSHAKE_LOG_MAX)
    g_message ("%s", text);
  if (self->n < G_MAXUINT)
    self->n++;
}
