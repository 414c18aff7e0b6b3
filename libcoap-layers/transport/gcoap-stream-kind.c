/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-kind-private.h"

#include "transport/gcoap-tcp-channel-private.h"

static GcoapByteChannel *
make_tcp (int        fd,
          GcoapUri  *uri G_GNUC_UNUSED,
          GError   **error G_GNUC_UNUSED)
{
  return gcoap_tcp_channel_new (fd);
}

static GcoapMessageFraming *
make_stream (GcoapUri *uri G_GNUC_UNUSED)
{
  return gcoap_message_framing_get_stream ();
}

static const GcoapStreamKind kinds[] = {
  { "coap+tcp", FALSE, make_tcp, make_stream },
};

const GcoapStreamKind *
gcoap_stream_kind_lookup (const char *scheme)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (kinds[i].scheme, scheme) == 0)
      return &kinds[i];
  return NULL;
}
