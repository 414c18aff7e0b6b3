/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many descriptors behind one source of the main loop, so that idle ones cost
 * nothing per turn of it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GcoapPoller GcoapPoller;

/* @condition is 0 when it was deferred. */
typedef void (*GcoapPollerFunc) (GIOCondition condition,
                                 gpointer     data);

/* Embedded in whatever has a descriptor; all zero but func and data: it is in
 * no poller. */
typedef struct
{
  GcoapPollerFunc func;
  gpointer        data;
  int             fd;
  GIOCondition    condition;
  gboolean        is_added;
  gboolean        is_deferred;
  GList           link;
} GcoapPollerEntry;

GcoapPoller *gcoap_poller_new (GMainContext  *context,
                               GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* The entries must have been removed. May be called from inside a callback. */
void gcoap_poller_free (GcoapPoller *self);

void gcoap_poller_add (GcoapPoller      *self,
                       GcoapPollerEntry *entry,
                       int               fd,
                       GIOCondition      condition);

void gcoap_poller_set_condition (GcoapPoller      *self,
                                 GcoapPollerEntry *entry,
                                 GIOCondition      condition);

/* An entry that was removed is not called any more. */
void gcoap_poller_remove (GcoapPoller      *self,
                          GcoapPollerEntry *entry);

/* Has the entry called before the loop sleeps, once however often it is asked
 * for. The entry need not have a descriptor. */
void gcoap_poller_defer (GcoapPoller      *self,
                         GcoapPollerEntry *entry);

G_END_DECLS
