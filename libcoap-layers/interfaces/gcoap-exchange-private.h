/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The exchange as token layers and the router see it. */
#pragma once

#include "interfaces/gcoap-exchange.h"
#include "interfaces/gcoap-runtime.h"
#include "interfaces/gcoap-token-interface.h"

G_BEGIN_DECLS

/* A chain has at most eight providers today; the room left is for
 * applications' own. */
#define GCOAP_EXCHANGE_MAX_FILTERS 16

/* As many as an ordinary request has: those of an exchange that waits, as each
 * observer's do, take memory. */
#define GCOAP_EXCHANGE_INLINE_FILTERS 4

typedef struct
{
  GcoapResponseFilter func;
  gpointer            data;
} GcoapFilterSlot;

/* Who wants to know what became of the response that is passing now. */
typedef struct
{
  GcoapDeliveryFunc func;
  gpointer          data;
  GDestroyNotify    destroy;
} GcoapDeliveryReport;

/* Bodies that are not simply payloads, and how far they are. Only a few
 * exchanges have one, so it is made when it is asked for. */
typedef struct
{
  GOutputStream     *response_sink;
  GOutputStream     *request_sink;
  GcoapBodyFunc      done;              /* the request body is in its sink */
  gpointer           done_data;
  GDestroyNotify     done_destroy;
  GcoapProgressFunc  progress;
  gpointer           progress_data;
  GDestroyNotify     progress_destroy;  /* NULL in what derive() has copied */
} GcoapExchangeBodies;

/* Makes the response that asks the requester to prove its freshness (RFC 9175
 * §2.3). */
typedef GcoapMessage *(*GcoapChallengeFunc) (GcoapExchange *exchange,
                                             gpointer       data);

/* What passes from the responder to the requester at one time. */
typedef struct
{
  GcoapMessage         *response;
  GcoapEndpointAddress *responder;       /* NULL: the exchange's address */
  GcoapTransportTuning *tuning;
  GcoapDeliveryReport   report;
} GcoapPassing;

struct _GcoapExchange
{
  GObject parent_instance;

  /* What the request is */
  GcoapRuntime         *runtime;         /* kept over recycling; NULL for one made by an application */
  GcoapMessage         *request;
  GcoapEndpointAddress *address;
  GcoapLocal           *local;
  GcoapTransportTuning *tuning;
  GcoapExchange        *predecessor;
  GcoapExchange        *parent;          /* what this one was derived from */
  GcoapExchange        *latest_derived;  /* not owned; cleared by its finalize */
  char                **claims;
  GInputStream         *request_body;
  GInputStream         *response_body;
  GcoapExchangeBodies  *bodies;          /* NULL: none of it is set */
  void                (*activity) (gpointer data);
  gpointer              activity_data;
  GcoapTransmission    *transmission;    /* of the request, while it is under way; not owned */
  GPtrArray            *candidates;      /* further addresses, best first */
  GcoapChallengeFunc    challenge_func;  /* NULL: nobody can challenge */
  gpointer              challenge_data;
  gint64                age;             /* proved, in milliseconds; -1: not proved */
  guint                 allowance;       /* bytes that may still go to an address not verified */
  gsize                 room;            /* 0: ask what carries it */
  GcoapTokenInterface  *carrier;         /* not owned; NULL once closed */
  guint                 group_wait;
  guint8                token_length;    /* of an outbound request; 0: not sent yet */
  guint8                token[8];        /* for a successor to go out on */
  guint16               path_depth;
  guint8                expects;         /* GcoapExpects */
  guint8                state;           /* GcoapExchangeState */
  guint8                end;             /* GcoapExchangeEnd */
  guint8                inbound : 1;
  guint8                repeatable : 1;  /* answering the request again does no harm */
  guint8                responded : 1;   /* a response has passed */
  guint8                filtering : 1;   /* a filter is running that has not taken over */
  guint8                dropped : 1;     /* disposed of while open */

  /* The requester's */
  GcoapExchangeSink     sink;
  gpointer              sink_data;
  GDestroyNotify        sink_destroy;

  /* The responder's */
  GcoapExchangeCancelFunc cancel_func;
  gpointer                cancel_data;
  GDestroyNotify          cancel_destroy;

  GcoapPassing          passing;         /* what passes now */
  GError               *error;

  guint                 n_filters;
  guint                 filter_position; /* which filter is running */
  GcoapFilterSlot      *filters;         /* the inline ones, or as many as there can be */
  GcoapFilterSlot       inline_filters[GCOAP_EXCHANGE_INLINE_FILTERS];
};

#define GCOAP_EXCHANGE_DEFAULT_ROOM 1152
#define GCOAP_EXCHANGE_DEFAULT_GROUP_WAIT 10000

/* Makes an inbound exchange, state new. */
GcoapExchange *gcoap_exchange_new_inbound (GcoapRuntime         *runtime,
                                           GcoapMessage         *request,
                                           GcoapEndpointAddress *address,
                                           GcoapLocal           *local) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_exchange_set_runtime (GcoapExchange *self, GcoapRuntime *runtime);

/* Puts another spelling of the same request in the place of the request. */
void gcoap_exchange_respell_request (GcoapExchange *self, GcoapMessage *request);

/* What knows the room of the exchange's path, asked only when somebody wants to
 * know; it outlives the exchange's openness. */
void gcoap_exchange_set_carrier (GcoapExchange *self, GcoapTokenInterface *carrier);

/* How old the request can be at most, in milliseconds, or -1 when that is not
 * known; and who makes the challenge for one that is too old. @data must outlive
 * the exchange's openness. What is derived from the exchange has it too. */
void gcoap_exchange_set_freshness (GcoapExchange      *self,
                                   gint64              age,
                                   GcoapChallengeFunc  func,
                                   gpointer            data);

void gcoap_exchange_set_state_preparing (GcoapExchange *self);

/* Further addresses to try, in order; takes them over (element-type
 * GcoapEndpointAddress) (transfer full). */
void gcoap_exchange_set_candidates (GcoapExchange *self, GPtrArray *candidates);

/* Moves to the next candidate; FALSE when there is none, or a response has
 * already passed. */
gboolean gcoap_exchange_try_next_candidate (GcoapExchange *self);

/* A response that came from somebody else than the request went to. */
void gcoap_exchange_respond_from (GcoapExchange        *self,
                                  GcoapMessage         *response,
                                  gboolean              is_last,
                                  GcoapEndpointAddress *responder);

/* Ends a group exchange whose deadline has passed: is_last, no response, end
 * RESPONDED. */
void gcoap_exchange_finish_group (GcoapExchange *self);

/* To be read in the sink: the tuning given with this response, or NULL. */
GcoapTransportTuning *gcoap_exchange_get_response_tuning (GcoapExchange *self);

/* To be called in the sink at most once: takes the wish for a delivery report
 * over; func is NULL when nobody asked. A report that nobody takes is dropped
 * when the sink returns. */
GcoapDeliveryReport gcoap_exchange_steal_report (GcoapExchange *self);

/* Whether it was disposed of while open, i.e. its responder forgot it. */
gboolean gcoap_exchange_was_dropped (GcoapExchange *self);

/* Calls the progress callback, if there is one. */
void gcoap_exchange_report_progress (GcoapExchange *self,
                                     gboolean       is_response,
                                     guint64        bytes,
                                     gint64         total);

/* Tells the requester that the exchange is getting on: a transfer in many
 * blocks may take long, but no single block may. */
static inline void
gcoap_exchange_note_activity (GcoapExchange *self)
{
  if (self->activity != NULL)
    self->activity (self->activity_data);
}

/* Calls what was given with the request sink. */
void gcoap_exchange_report_body (GcoapExchange *self);

/* Takes away what the layer that moves bodies keeps to itself: bodies, sinks
 * and progress callback, those of the request and of the response. */
void gcoap_exchange_drop_bodies (GcoapExchange *self);

/* Shared by the files of the exchange alone. */
void gcoap_exchange_copy_bodies (GcoapExchange *self, GcoapExchange *derived);
void gcoap_exchange_clear_bodies (GcoapExchange *self);
void gcoap_exchange_close (GcoapExchange *self, GcoapExchangeEnd end);
void gcoap_exchange_release (GcoapExchange *self);
void gcoap_exchange_run_filters_on_cancel (GcoapExchange *self);

/* A few closed exchanges kept for reuse: a fresh GObject costs 270 ns. */
typedef struct
{
  GcoapExchange *kept[16];
  guint          n_kept;
} GcoapExchangePool;

GcoapExchange *gcoap_exchange_pool_take (GcoapExchangePool    *pool,
                                         GcoapRuntime         *runtime,
                                         GcoapMessage         *request,
                                         GcoapEndpointAddress *address,
                                         GcoapLocal           *local) G_GNUC_WARN_UNUSED_RESULT;

/* As gcoap_exchange_derive(). */
GcoapExchange *gcoap_exchange_pool_derive (GcoapExchangePool *pool,
                                           GcoapExchange     *exchange,
                                           GcoapMessage      *request) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the caller's reference. Keeps the exchange only if that was the last
 * one, it is closed, and no qdata (wrapper of a language, weak reference)
 * hangs on it; never in sanitizer builds. */
void gcoap_exchange_pool_give (GcoapExchangePool *pool, GcoapExchange *exchange);

void gcoap_exchange_pool_clear (GcoapExchangePool *pool);

/* Whether @object may be used again in the place of a new one: nobody else holds
 * it, and nothing (wrapper of a language, weak reference) hangs on it. Never in
 * sanitizer builds. */
gboolean gcoap_is_reusable (gpointer object);

G_END_DECLS
