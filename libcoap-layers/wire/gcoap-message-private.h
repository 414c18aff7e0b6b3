/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the codecs and the option accessors know about a message. */
#pragma once

#include "wire/gcoap-message.h"
#include "wire/gcoap-options-private.h"

G_BEGIN_DECLS

/*
 * A message is one box. Two things keep that memory:
 * - references to the message (ref_count): while there is one, the message is
 *   what it is;
 * - references to the box: one for ref_count together, and one for whoever
 *   points into the box, which copies (options, payload) and the GBytes of
 *   the payload do. So a message can own a GBytes of its own bytes.
 *
 *   received:  GcoapMessage | views ... | the datagram: header, token, options, payload
 *   made here: GcoapMessage | a few views | room for a few values
 */
struct _GcoapMessage
{
  GcoapBox box;
  gint ref_count;
  GcoapCode code;
  guint is_locked : 1;
  guint is_repeatable : 1;
  guint owns_options : 1;      /* no copy shares them: they can be changed in place */
  GcoapOptions *options;       /* own_options, or a set of its own box */
  const guint8 *payload;       /* NULL if there is none */
  gsize payload_length;
  GBytes *payload_bytes;       /* made when asked for, or what was set */
  gpointer payload_box;        /* whose box payload lies in, if not in this one or in payload_bytes */
  char *destination;           /* a GRefString */
  GcoapOptions own_options;
};

/* A message with room for @capacity views, all its own, and a copy of @data
 * behind them, which is where its bytes area starts. The decoder does the rest. */
GcoapMessage *gcoap_message_new_received (GcoapCode     code,
                                          const guint8 *data,
                                          gsize         length,
                                          guint         capacity) G_GNUC_WARN_UNUSED_RESULT;

/* Returns the text of an option's value, with what is not UTF-8 replaced. */
char *gcoap_message_dup_text (const GcoapOptionView *view) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
