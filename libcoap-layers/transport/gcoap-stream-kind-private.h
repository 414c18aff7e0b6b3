/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the schemes of connections differ in: what lies between the socket and
 * the messages. A line per scheme. */
#pragma once

#include "credentials/gcoap-credential-store.h"
#include "transport/gcoap-byte-channel-private.h"
#include "transport/gcoap-message-framing-private.h"
#include "transport/gcoap-tls-session-private.h"
#include "transport/gcoap-web-origins-private.h"
#include "wire/gcoap-uri.h"

G_BEGIN_DECLS

/* What secures the connections of one transport. */
typedef struct
{
  GcoapCredentialStore *store;    /* NULL: there is none */
  GcoapTlsKeys         *server;   /* made when the first connection comes; or NULL */
  guint64               serial;   /* of the store, when they were made */
} GcoapStreamSecurity;

void gcoap_stream_security_clear (GcoapStreamSecurity *self);

/* Makes sure that connections can be taken with what is in the store. */
gboolean gcoap_stream_security_prepare_server (GcoapStreamSecurity  *self,
                                               GError              **error);

typedef struct
{
  const char *scheme;
  gboolean    is_secure;

  /* Takes the connected socket over, also on failure; @uri is NULL on the side
   * that was connected to. */
  GcoapByteChannel    *(*make_channel) (int                   fd,
                                        GcoapUri             *uri,
                                        GcoapStreamSecurity  *security,
                                        GError              **error);

  GcoapMessageFraming *(*make_framing) (GcoapUri        *uri,
                                        GcoapWebOrigins *origins);

  /* What those hear who are too many, as far as it goes at once; NULL: nothing. */
  const char *farewell;
  gsize       farewell_length;

  /* NULL: always. */
  gboolean             (*is_available) (void);
} GcoapStreamKind;

/* NULL: the scheme is not one of a connection. */
const GcoapStreamKind *gcoap_stream_kind_lookup (const char *scheme);

G_END_DECLS
