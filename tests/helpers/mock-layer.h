/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request interface that does with requests what a test says, and counts. */
#pragma once

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

#define MOCK_TYPE_LAYER (mock_layer_get_type ())
G_DECLARE_FINAL_TYPE (MockLayer, mock_layer, MOCK, LAYER, GObject)

struct _MockLayer
{
  GObject parent_instance;

  GcoapCode      code;           /* what it answers with, if there is no error */
  GError        *error;          /* what exchanges fail with */
  GError        *prepare_error;
  gboolean       holds;          /* requests are kept in held, not answered */
  GPtrArray     *held;           /* (element-type GcoapExchange) */
  char          *recognized;     /* hostinfo of the one address it recognizes; NULL: all */
  GcoapExpects   seen_expects;   /* of the last request */
  guint          n_requests;
  guint          n_prepared;
  guint          n_shut_down;
};

/* Answers 2.05 until told otherwise. */
MockLayer *mock_layer_new (void);

G_END_DECLS
