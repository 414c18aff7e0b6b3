/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which messages have arrived, and what they were answered, so that one that
 * arrives again is answered alike and not processed twice (RFC 7252 §4.5).
 *
 * Bounded in total, per endpoint, and in the bytes of the responses kept; the
 * oldest go first. */
#pragma once

#include "base/gcoap-limits-private.h"
#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_REPLY_NONE,      /* nothing: the duplicate is ignored */
  GCOAP_REPLY_ACK,       /* an Empty ACK, also if none was sent yet */
  GCOAP_REPLY_RESPONSE,  /* an ACK that carries the response kept */
} GcoapReply;

typedef struct _GcoapDuplicatesPeer GcoapDuplicatesPeer;

typedef struct
{
  GcoapDuplicatesPeer *peer;
  guint16              message_id;
  guint8               type;         /* GcoapMessageType: CON or NON */
  guint8               reply;        /* GcoapReply */
  guint32              token_hash;
  gint64               expires_at;
  GcoapMessage        *response;     /* for GCOAP_REPLY_RESPONSE */
  gsize                kept_bytes;   /* what the response counts */
  GList                age_link;     /* in ages[type] */
  GList                peer_link;    /* in the peer's entries */
  GList                kept_link;    /* in kept, if there is a response */
} GcoapDuplicate;

typedef struct
{
  GcoapLimits *limits;      /* not owned */
  GHashTable  *table;       /* of GcoapDuplicate by (address, message ID) */
  GHashTable  *peers;       /* of GcoapDuplicatesPeer by address */
  GQueue       ages[2];     /* by type; each of constant lifetime, oldest first */
  GQueue       kept;        /* those with a response, oldest first */
  gsize        kept_bytes;
} GcoapDuplicates;

void gcoap_duplicates_init  (GcoapDuplicates *self,
                             GcoapLimits     *limits);
void gcoap_duplicates_clear (GcoapDuplicates *self);

guint gcoap_duplicates_get_size (const GcoapDuplicates *self);

/* The entry of a message that arrived before, or NULL. Valid until the next
 * call that changes something. */
GcoapDuplicate *gcoap_duplicates_find (GcoapDuplicates      *self,
                                       GcoapEndpointAddress *address,
                                       guint16               message_id,
                                       gint64                now);

/* Remembers @pdu, and what to reply when it comes again, until @expires_at;
 * if it is known already, the reply is changed and its age is not. @response
 * is for GCOAP_REPLY_RESPONSE. Returns how many others were given up. */
guint gcoap_duplicates_remember (GcoapDuplicates *self,
                                 const GcoapPdu  *pdu,
                                 GcoapReply       reply,
                                 GcoapMessage    *response,
                                 gint64           expires_at);

/* Whether @pdu, whose message ID is that of @duplicate, is a copy of it: one with another
 * token is not, but of a client that was started again. */
gboolean gcoap_duplicate_is_copy (const GcoapDuplicate *duplicate,
                                  const GcoapPdu       *pdu);

void gcoap_duplicates_remove (GcoapDuplicates      *self,
                              GcoapEndpointAddress *address,
                              guint16               message_id);

/* Forgets all that came from @address, which will not be back. */
void gcoap_duplicates_forget (GcoapDuplicates      *self,
                              GcoapEndpointAddress *address);

void   gcoap_duplicates_expire          (GcoapDuplicates *self,
                                         gint64           now);
gint64 gcoap_duplicates_get_next_expiry (const GcoapDuplicates *self);

G_END_DECLS
