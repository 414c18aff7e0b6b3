/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A simulated pair whose server has an observable resource at "/obs" that
 * shows a number. */
#pragma once

#include "context/gcoap-observation.h"
#include "helpers/simulated-pair.h"
#include "site/gcoap-simple-resource.h"

G_BEGIN_DECLS

typedef struct
{
  SimulatedPair    *pair;
  GcoapResource    *resource;
  GcoapObservation *observation;     /* the test's, if it has set one */
  GcoapCode         error;           /* what the resource answers, if not 0 */
  guint             state;           /* the number it shows */
  guint             max_age;
  gboolean          is_cut;          /* nothing gets to the server */
  guint             n_requests;      /* that the client sent */
  guint             n_notifications;
  guint             n_ended;
  guint8            token[8];        /* of the latest request */
} ObservedPair;

ObservedPair *observed_pair_new (void);

/* Ends the observation; the server must have noticed. */
void observed_pair_free (ObservedPair *self);

/* The result of observing, or NULL and an error. */
GcoapObservation *observed_pair_try (ObservedPair *self, GcoapMessage *request, GError **error);

/* Observes "/obs", which must succeed, and counts its signals. */
void observed_pair_start (ObservedPair *self);
void observed_pair_watch (ObservedPair *self, GcoapObservation *observation);

void observed_pair_run (ObservedPair *self, guint seconds);

/* The resource has another state. */
void observed_pair_change (ObservedPair *self);

void observed_pair_assert_shows (ObservedPair *self, guint state);

G_END_DECLS
