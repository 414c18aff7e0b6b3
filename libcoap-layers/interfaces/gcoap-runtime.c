/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-runtime-private.h"

/**
 * GcoapRuntime:
 *
 * What all layers of one stack share.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (GcoapRuntime, gcoap_runtime, G_TYPE_OBJECT)

static void
gcoap_runtime_finalize (GObject *object)
{
  GcoapRuntime *self = GCOAP_RUNTIME (object);

  g_main_context_unref (self->main_context);
  g_object_unref (self->clock);
  g_object_unref (self->limits);
  g_object_unref (self->statistics);
  g_clear_object (&self->trace);
  G_OBJECT_CLASS (gcoap_runtime_parent_class)->finalize (object);
}

static void
gcoap_runtime_class_init (GcoapRuntimeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_runtime_finalize;
}

static void
gcoap_runtime_init (GcoapRuntime *self)
{
  self->main_context = g_main_context_ref_thread_default ();
  self->limits = gcoap_limits_new ();
  self->statistics = gcoap_statistics_new ();
}

void
gcoap_runtime_call_trace_message (GcoapRuntime   *self,
                                  gboolean        sent,
                                  const GcoapPdu *pdu)
{
  g_autoptr (GcoapRuntime) runtime = g_object_ref (self);
  g_autoptr (GcoapTrace) trace = g_object_ref (self->trace);

  runtime->n_tracing++;
  gcoap_trace_message (trace, sent, pdu);
  runtime->n_tracing--;
}

void
gcoap_runtime_call_trace_note (GcoapRuntime         *self,
                               GcoapEndpointAddress *address,
                               const char           *text)
{
  g_autoptr (GcoapRuntime) runtime = g_object_ref (self);
  g_autoptr (GcoapTrace) trace = g_object_ref (self->trace);

  runtime->n_tracing++;
  gcoap_trace_note (trace, address, text);
  runtime->n_tracing--;
}

/**
 * gcoap_runtime_new:
 * @clock: (nullable): the clock to go by, or %NULL for the machine's
 *
 * Makes what one stack's layers share.
 *
 * The stack belongs to the main context that is the thread's default now.
 *
 * Returns: (transfer full): a new runtime
 *
 * Since: 0.1
 */
GcoapRuntime *
gcoap_runtime_new (GcoapClock *clock)
{
  GcoapRuntime *self;

  g_return_val_if_fail (clock == NULL || GCOAP_IS_CLOCK (clock), NULL);

  self = g_object_new (GCOAP_TYPE_RUNTIME, NULL);
  self->clock = clock != NULL ? g_object_ref (clock) : gcoap_clock_new ();
  return self;
}

/**
 * gcoap_runtime_get_main_context:
 * @self: a runtime
 *
 * Gets the main context in which everything of the stack happens.
 *
 * Returns: (transfer none): the main context
 *
 * Since: 0.1
 */
GMainContext *
gcoap_runtime_get_main_context (GcoapRuntime *self)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (self), NULL);

  return self->main_context;
}

/**
 * gcoap_runtime_get_clock:
 * @self: a runtime
 *
 * Gets the clock.
 *
 * Returns: (transfer none): the clock
 *
 * Since: 0.1
 */
GcoapClock *
gcoap_runtime_get_clock (GcoapRuntime *self)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (self), NULL);

  return self->clock;
}

/**
 * gcoap_runtime_get_limits:
 * @self: a runtime
 *
 * Gets the limits, to be changed in place.
 *
 * Returns: (transfer none): the limits
 *
 * Since: 0.1
 */
GcoapLimits *
gcoap_runtime_get_limits (GcoapRuntime *self)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (self), NULL);

  return self->limits;
}

/**
 * gcoap_runtime_get_statistics:
 * @self: a runtime
 *
 * Gets the counters of all layers.
 *
 * Returns: (transfer none): the statistics
 *
 * Since: 0.1
 */
GcoapStatistics *
gcoap_runtime_get_statistics (GcoapRuntime *self)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (self), NULL);

  return self->statistics;
}

/**
 * gcoap_runtime_get_trace:
 * @self: a runtime
 *
 * Gets what watches the messages.
 *
 * Returns: (transfer none) (nullable): the trace
 *
 * Since: 0.1
 */
GcoapTrace *
gcoap_runtime_get_trace (GcoapRuntime *self)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (self), NULL);

  return self->trace;
}

/**
 * gcoap_runtime_set_trace:
 * @self: a runtime
 * @trace: (nullable): what shall watch the messages
 *
 * Sets what watches the messages.
 *
 * Since: 0.1
 */
void
gcoap_runtime_set_trace (GcoapRuntime *self,
                         GcoapTrace   *trace)
{
  g_return_if_fail (GCOAP_IS_RUNTIME (self));
  g_return_if_fail (trace == NULL || GCOAP_IS_TRACE (trace));

  g_set_object (&self->trace, trace);
}
