/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decorator in each of the three forms: it passes exchanges on, passes them
 * on with a response filter, or derives others. */
#pragma once

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

#define MOCK_TYPE_DECORATOR (mock_decorator_get_type ())
G_DECLARE_FINAL_TYPE (MockDecorator, mock_decorator, MOCK, DECORATOR, GObject)

/* Passes everything on as it is. */
MockDecorator *mock_decorator_new_passing (GcoapRequestInterface *next);

MockDecorator *mock_decorator_new_filtering (GcoapRequestInterface *next,
                                             GcoapResponseFilter    filter,
                                             gpointer               data);

/* Appends the mark to the payload of each request and response. */
MockDecorator *mock_decorator_new_deriving (GcoapRequestInterface *next,
                                            char                   mark);

/* Of a deriving one: those derived that are not closed. */
guint mock_decorator_get_n_open (MockDecorator *self);

G_END_DECLS
