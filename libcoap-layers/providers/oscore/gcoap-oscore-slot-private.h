/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The place of one OSCORE context in a stack: it is opened when it is first
 * needed, and whoever needs it, or a number that storage has yet to grant, waits
 * here in order. */
#pragma once

#include "credentials/gcoap-oscore-credential.h"
#include "interfaces/gcoap-runtime-private.h"
#include "providers/oscore/gcoap-oscore-context-private.h"

G_BEGIN_DECLS

/* How many may wait for one context to open, and how many for numbers. */
#define GCOAP_OSCORE_SLOT_MAX_WAITING 128

#define GCOAP_OSCORE_ECHO_LENGTH 8

typedef struct _GcoapOscoreSlot GcoapOscoreSlot;

struct _GcoapOscoreSlot
{
  GcoapRuntime          *runtime;
  GcoapOscoreCredential *credential;
  char                  *client;       /* its name in claims; NULL if it has none */
  char                 **claims;       /* of the peer; NULL until open */
  GcoapOscoreContext    *context;      /* NULL until open */
  GError                *error;        /* why the last attempt to open it failed */
  gint64                 retry_at;     /* when the next one may be made */
  GQueue                 openers;      /* those who wait for it to open, or to be ready to accept */
  GQueue                 takers;       /* those who wait for a number */
  guint8                 echo[GCOAP_OSCORE_ECHO_LENGTH];   /* RFC 8613 Appendix B.1.2 */
  gint64                 echo_since;   /* no request that has it is older */
  GcoapReplayWindow      asked;        /* requests that were answered by it; known only with it */
  guint8                 nonce_key[32];   /* Appendix B.2.1, K_HMAC */
  guint8                 has_nonce_key : 1;
  guint8                 has_echo : 1;
  guint8                 has_told_error : 1;   /* that it cannot be opened, to whoever runs the server */
  guint8                 is_opening : 1;
  guint8                 is_reserving : 1;
  guint8                 is_ending : 1;   /* nobody waits any more */
  guint8                 is_shut : 1;
  guint8                 is_rederived : 1;   /* the peer may not know our ID Context yet */
  /* For the owner of the slots: */
  guint64                kid;             /* see gcoap_oscore_contexts_find() */
  guint8                 has_kid : 1;
  guint8                 is_listed : 1;   /* a store has the credential */
};

/* @error: NULL if what was waited for is there. */
typedef void (*GcoapOscoreReadyFunc) (GcoapOscoreSlot *slot,
                                      const GError    *error,
                                      gpointer         user_data);

/* @number: to send under, unless there is an @error. */
typedef void (*GcoapOscoreNumberFunc) (GcoapOscoreSlot *slot,
                                       guint64          number,
                                       const GError    *error,
                                       gpointer         user_data);

GcoapOscoreSlot *gcoap_oscore_slot_new (GcoapRuntime          *runtime,
                                        GcoapOscoreCredential *credential,
                                        const char            *client) G_GNUC_WARN_UNUSED_RESULT;

GcoapOscoreSlot *gcoap_oscore_slot_ref (GcoapOscoreSlot *self);
void gcoap_oscore_slot_unref (GcoapOscoreSlot *self);

/* Whether opening it may be tried now: it is not open, and has not failed a
 * moment ago. */
gboolean gcoap_oscore_slot_can_open (GcoapOscoreSlot *self);

/* All of these call @func exactly once, at once if nothing has to be waited
 * for. */
void gcoap_oscore_slot_open (GcoapOscoreSlot     *self,
                             GcoapOscoreReadyFunc func,
                             gpointer             user_data);

/* Of one that is open: whether numbers of the peer may be accepted, and nobody waits
 * for that. */
gboolean gcoap_oscore_slot_is_ready (GcoapOscoreSlot *self);

/* Of one that is open: until numbers of the peer may be accepted. */
void gcoap_oscore_slot_make_ready (GcoapOscoreSlot     *self,
                                   GcoapOscoreReadyFunc func,
                                   gpointer             user_data);

/* Of one that is open. */
void gcoap_oscore_slot_take_number (GcoapOscoreSlot      *self,
                                    GcoapOscoreNumberFunc func,
                                    gpointer              user_data);

/* Whoever waits is told that there is nothing to wait for any more. */
void gcoap_oscore_slot_end_waiting (GcoapOscoreSlot *self);

/* Closes the context; @callback gets the result of its close, and is not called
 * if FALSE is returned: there is nothing to close. */
gboolean gcoap_oscore_slot_shut (GcoapOscoreSlot    *self,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);

/* The value by which the peer proves, after a crash, that its request is no old
 * one. */
const guint8 *gcoap_oscore_slot_get_echo (GcoapOscoreSlot *self);

G_END_DECLS
