/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What changes in an OSCORE context and must survive, and its text, which aiocoap
 * reads and writes too. */
#pragma once

#include "providers/oscore/gcoap-oscore-keys-private.h"
#include "providers/oscore/gcoap-replay-window-private.h"

G_BEGIN_DECLS

/* RFC 8613 §7.2.1: a number has five bytes. */
#define GCOAP_OSCORE_END_OF_NUMBERS (G_GUINT64_CONSTANT (1) << 40)

typedef struct
{
  /* All numbers before this one may have been used. */
  guint64  next;
  /* Where the numbers of the key began. */
  guint64  first;
  /* At most so many responses went out under a number of the peer's. */
  guint64  responses;
  /* At least so many messages could not be verified. */
  guint64  failures;
  gboolean window_is_known;
  guint64  floor;
  /* Bit i says whether floor + i has been seen; the lowest bit is the first. */
  guint8   seen[GCOAP_REPLAY_WINDOW_MAX / 8];
  /* RFC 8613 Appendix B.2: another one than the parameters have. */
  gboolean has_id_context;
  guint8   id_context[GCOAP_OSCORE_MAX_ID_CONTEXT];
  gsize    id_context_length;
} GcoapOscoreState;

/* Of a context that nobody has used. */
void gcoap_oscore_state_init (GcoapOscoreState *self);

/* GCOAP_ERROR_MALFORMED names line and column. */
gboolean gcoap_oscore_state_parse (GcoapOscoreState *self,
                                   const char       *text,
                                   gsize             length,
                                   GError          **error) G_GNUC_WARN_UNUSED_RESULT;

/* One line. */
char *gcoap_oscore_state_print (const GcoapOscoreState *self);

void gcoap_oscore_state_take_window (GcoapOscoreState        *self,
                                     const GcoapReplayWindow *window);

/* The window keeps its size. */
void gcoap_oscore_state_give_window (const GcoapOscoreState *self,
                                     GcoapReplayWindow      *window);

G_END_DECLS
