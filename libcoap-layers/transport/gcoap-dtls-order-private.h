/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a handshake in its order. GnuTLS keeps a ChangeCipherSpec that has
 * overtaken a message, throws the Finished away that follows it, and then waits
 * for one for ever. So both are held back until all before them was taken. */
#pragma once

#include "transport/gcoap-dtls-record-private.h"

G_BEGIN_DECLS

/* Records of the peer that are remembered. */
#define GCOAP_DTLS_ORDER_RECORDS 32

typedef struct
{
  guint64  sequences[GCOAP_DTLS_ORDER_RECORDS];   /* plus 1; 0: none */
  guint8   messages[GCOAP_DTLS_ORDER_RECORDS];    /* handshake types; G_MAXUINT8: a ChangeCipherSpec */
  GBytes  *change;                                /* both NULL: not there */
  GBytes  *finished;
  guint64  change_sequence;
} GcoapDtlsOrder;

void gcoap_dtls_order_clear (GcoapDtlsOrder *self);

/* Whether one record, which gcoap_dtls_record_read() has seen, is held back. */
gboolean gcoap_dtls_order_take (GcoapDtlsOrder *self,
                                const guint8   *record,
                                gsize           length);

/* Gives both back when their time has come. @last_message: the type of the
 * handshake message that was taken last. */
gboolean gcoap_dtls_order_release (GcoapDtlsOrder  *self,
                                   guint            last_message,
                                   GBytes         **change,
                                   GBytes         **finished);

G_END_DECLS
