/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A trace that writes each message as text for people. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-trace.h"

G_BEGIN_DECLS

/**
 * GcoapTextTraceFunc:
 * @text: one or more lines, the last without a newline
 * @user_data: what was given to [ctor@TextTrace.new]
 *
 * Receives what a text trace has to say.
 *
 * Since: 0.1
 */
typedef void (*GcoapTextTraceFunc) (const char *text,
                                    gpointer    user_data);

#define GCOAP_TYPE_TEXT_TRACE (gcoap_text_trace_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapTextTrace, gcoap_text_trace, GCOAP, TEXT_TRACE, GcoapTrace)

GCOAP_AVAILABLE_IN_ALL
GcoapTextTrace *gcoap_text_trace_new (GcoapTextTraceFunc func,
                                      gpointer           user_data,
                                      GDestroyNotify     destroy) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
