/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message with what the sublayers below it add: a plain struct, owned by
 * the caller and valid during the call it is an argument of. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "wire/gcoap-endpoint-address.h"
#include "wire/gcoap-local.h"
#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/* RFC 8974 §2.1: 65804 bytes is what an extended token length can say. */
#define GCOAP_TOKEN_MAX_LENGTH 65804

typedef enum
{
  GCOAP_MESSAGE_TYPE_CON = 0,
  GCOAP_MESSAGE_TYPE_NON = 1,
  GCOAP_MESSAGE_TYPE_ACK = 2,
  GCOAP_MESSAGE_TYPE_RST = 3,
} GcoapMessageType;

typedef struct _GcoapPdu GcoapPdu;

struct _GcoapPdu
{
  GcoapMessageType type;          /* meaningless on reliable transports */
  guint16 message_id;             /* likewise */
  guint32 token_length;           /* 0 .. GCOAP_TOKEN_MAX_LENGTH */
  const guint8 *token;            /* not owned; NULL if token_length is 0 */
  GcoapEndpointAddress *address;  /* the peer; not owned */
  GcoapLocal *local;              /* our side; not owned; NULL: let the transport choose */
  GcoapMessage *message;          /* not owned; NULL for the Empty message */
};

GCOAP_AVAILABLE_IN_ALL
char *gcoap_pdu_to_string (const GcoapPdu *pdu) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
