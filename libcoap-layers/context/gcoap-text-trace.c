/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-text-trace.h"

/**
 * GcoapTextTrace:
 *
 * A trace that writes each message as text for people.
 *
 * Since: 0.1
 */

struct _GcoapTextTrace
{
  GcoapTrace parent_instance;

  GcoapTextTraceFunc func;
  gpointer           user_data;
  GDestroyNotify     destroy;
};

G_DEFINE_FINAL_TYPE (GcoapTextTrace, gcoap_text_trace, GCOAP_TYPE_TRACE)

static char *
describe_address (GcoapEndpointAddress *address)
{
  return address != NULL ? gcoap_endpoint_address_dup_uri_base (address) : g_strdup ("unknown");
}

static void
gcoap_text_trace_message (GcoapTrace     *trace,
                          gboolean        sent,
                          const GcoapPdu *pdu)
{
  GcoapTextTrace *self = GCOAP_TEXT_TRACE (trace);
  g_autofree char *peer = describe_address (pdu->address);
  g_autofree char *what = gcoap_pdu_to_string (pdu);
  g_autofree char *text = g_strdup_printf ("%s %s: %s", sent ? "->" : "<-", peer, what);

  self->func (text, self->user_data);
}

static void
gcoap_text_trace_note (GcoapTrace           *trace,
                       GcoapEndpointAddress *address,
                       const char           *note)
{
  GcoapTextTrace *self = GCOAP_TEXT_TRACE (trace);
  g_autofree char *peer = describe_address (address);
  /* Errors begin with the name of the peer themselves. */
  gboolean is_named = g_str_has_prefix (note, peer);
  g_autofree char *text = g_strdup_printf ("-- %s%s%s", is_named ? "" : peer,
                                           is_named ? "" : ": ", note);

  self->func (text, self->user_data);
}

static void
gcoap_text_trace_finalize (GObject *object)
{
  GcoapTextTrace *self = GCOAP_TEXT_TRACE (object);

  if (self->destroy != NULL)
    self->destroy (self->user_data);
  G_OBJECT_CLASS (gcoap_text_trace_parent_class)->finalize (object);
}

static void
gcoap_text_trace_class_init (GcoapTextTraceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_text_trace_finalize;
  GCOAP_TRACE_CLASS (klass)->message = gcoap_text_trace_message;
  GCOAP_TRACE_CLASS (klass)->note = gcoap_text_trace_note;
}

static void
gcoap_text_trace_init (GcoapTextTrace *self G_GNUC_UNUSED)
{
}

/**
 * gcoap_text_trace_new:
 * @func: (scope notified) (closure user_data) (destroy destroy): receives the
 *   text
 * @user_data: passed to @func
 * @destroy: (nullable): frees @user_data
 *
 * Makes a trace that hands text to a function.
 *
 * Returns: (transfer full): a new trace
 *
 * Since: 0.1
 */
GcoapTextTrace *
gcoap_text_trace_new (GcoapTextTraceFunc func,
                      gpointer           user_data,
                      GDestroyNotify     destroy)
{
  GcoapTextTrace *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_object_new (GCOAP_TYPE_TEXT_TRACE, NULL);
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
  return self;
}
