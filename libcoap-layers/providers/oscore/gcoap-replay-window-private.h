/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 §3.2.2, §7.4: which sequence numbers of the peer have been seen. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GCOAP_REPLAY_WINDOW_DEFAULT 32
#define GCOAP_REPLAY_WINDOW_MAX     1024

/* Numbers below @floor are taken as seen; of those from there on, the window
 * says. Not known after a crash (RFC 8613 Appendix B.1.2). */
typedef struct
{
  gboolean is_known;
  guint    size;
  guint64  floor;
  guint64  n_accepted;   /* since it was initialised */
  guint8   seen[GCOAP_REPLAY_WINDOW_MAX / 8];   /* a ring of bits, by number modulo size */
} GcoapReplayWindow;

void gcoap_replay_window_init (GcoapReplayWindow *self,
                               guint              size);

/* Everything is new. */
void gcoap_replay_window_reset (GcoapReplayWindow *self);

/* Everything below @number, and the number itself, has been seen. */
void gcoap_replay_window_start_above (GcoapReplayWindow *self,
                                      guint64            number);

/* FALSE: it has been seen, is too old, or nothing is known. */
gboolean gcoap_replay_window_is_new (const GcoapReplayWindow *self,
                                     guint64                  number);

/* Only after the message was verified. FALSE as is_new(). */
gboolean gcoap_replay_window_accept (GcoapReplayWindow *self,
                                     guint64            number) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
