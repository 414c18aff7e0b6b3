/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-trace.h"

/**
 * GcoapTrace:
 *
 * Watches every message of a stack go by.
 *
 * Derive it to write messages down in another form; set it with
 * [method@Runtime.set_trace].
 *
 * Since: 0.1
 */

G_DEFINE_ABSTRACT_TYPE (GcoapTrace, gcoap_trace, G_TYPE_OBJECT)

static void
ignore_message (GcoapTrace     *self G_GNUC_UNUSED,
                gboolean        sent G_GNUC_UNUSED,
                const GcoapPdu *pdu G_GNUC_UNUSED)
{
}

static void
ignore_note (GcoapTrace           *self G_GNUC_UNUSED,
             GcoapEndpointAddress *address G_GNUC_UNUSED,
             const char           *text G_GNUC_UNUSED)
{
}

static void
gcoap_trace_class_init (GcoapTraceClass *klass)
{
  klass->message = ignore_message;
  klass->note = ignore_note;
}

static void
gcoap_trace_init (GcoapTrace *self G_GNUC_UNUSED)
{
}

/**
 * gcoap_trace_message:
 * @self: a trace
 * @sent: %TRUE for a message that leaves, %FALSE for one that has arrived
 * @pdu: the message
 *
 * Shows a message to the trace; transports call it.
 *
 * Since: 0.1
 */
void
gcoap_trace_message (GcoapTrace     *self,
                     gboolean        sent,
                     const GcoapPdu *pdu)
{
  g_return_if_fail (GCOAP_IS_TRACE (self));
  g_return_if_fail (pdu != NULL);

  GCOAP_TRACE_GET_CLASS (self)->message (self, sent, pdu);
}

/**
 * gcoap_trace_note:
 * @self: a trace
 * @address: (nullable): whom it is about
 * @text: a sentence
 *
 * Tells the trace of something that is no message, such as a datagram that is
 * none.
 *
 * Since: 0.1
 */
void
gcoap_trace_note (GcoapTrace           *self,
                  GcoapEndpointAddress *address,
                  const char           *text)
{
  g_return_if_fail (GCOAP_IS_TRACE (self));
  g_return_if_fail (text != NULL);

  GCOAP_TRACE_GET_CLASS (self)->note (self, address, text);
}
