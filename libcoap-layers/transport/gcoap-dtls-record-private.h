/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the head of a DTLS datagram shows without any key. Pure functions over
 * bytes that anybody can have sent. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 6347 §4.1 */
#define GCOAP_DTLS_RECORD_HEADER 13

/* RFC 5246 §7.4.1.2 */
#define GCOAP_DTLS_RANDOM 32

typedef struct
{
  guint         n_records;
  guint8        type;           /* of the first record */
  guint16       epoch;          /* likewise */
  gboolean      is_hello;       /* begins with the first fragment of a ClientHello */
  const guint8 *random;         /* of the hello, in the datagram; else NULL */
} GcoapDtlsRecord;

/* FALSE unless it is whole records that can be DTLS 1.2. */
gboolean gcoap_dtls_record_read (GcoapDtlsRecord *self,
                                 const guint8    *datagram,
                                 gsize            length);

/* The first record's, with its header; of what gcoap_dtls_record_read() took. */
gsize gcoap_dtls_record_get_size (const guint8 *datagram);

G_END_DECLS
