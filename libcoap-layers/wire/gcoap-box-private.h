/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory with a reference count, as GLib's atomic rc boxes, but inline and
 * without an atomic operation for who holds the only reference: messages are
 * made and freed for every datagram, and seldom shared.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The first member of whatever lives in a box. */
typedef struct
{
  gint refs;
} GcoapBox;

static inline gpointer
gcoap_box_alloc (gsize size)
{
  GcoapBox *box = g_malloc (size);

  box->refs = 1;

  return box;
}

static inline gpointer
gcoap_box_ref (gpointer box)
{
  g_atomic_int_inc (&((GcoapBox *) box)->refs);

  return box;
}

/* Whether that was the last reference. If there is but one, it is ours, and
 * nobody else can make another. */
static inline gboolean
gcoap_box_drop (gint *refs)
{
  return g_atomic_int_get (refs) == 1 || g_atomic_int_dec_and_test (refs);
}

static inline void
gcoap_box_unref (gpointer box)
{
  if (gcoap_box_drop (&((GcoapBox *) box)->refs))
    g_free (box);
}

G_END_DECLS
