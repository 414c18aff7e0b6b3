/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resources that take their time, so that the answer to a confirmable request
 * comes in a message of its own (RFC 7252 §5.2.2). */
#include "gcoap-server/server-resources.h"

/* Both are longer than the library waits before it acknowledges, and the first
 * is shorter than any client waits before it asks again. */
#define SEPARATE_MILLISECONDS 1000
#define OTHER_SEPARATE_MILLISECONDS 3000

static gboolean
answer_cb (gpointer user_data)
{
  GcoapExchange *exchange = user_data;

  if (gcoap_exchange_is_open (exchange))
    gcoap_resource_answer_text (exchange, "That took some time.\n");
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GcoapExchange *exchange,
              gpointer       user_data)
{
  g_source_destroy (user_data);
}

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  GSource *source = g_timeout_source_new (GPOINTER_TO_UINT (user_data));

  g_source_set_callback (source, answer_cb, g_object_ref (exchange), g_object_unref);
  g_source_attach (source, NULL);
  gcoap_exchange_set_cancel_callback (exchange, cancelled_cb, source,
                                      (GDestroyNotify) g_source_unref);
  return TRUE;
}

void
server_add_separate (GcoapSite *site)
{
  server_add (site, "separate", G_CALLBACK (get_cb), GUINT_TO_POINTER (SEPARATE_MILLISECONDS));
  server_add (site, "other/separate", G_CALLBACK (get_cb),
              GUINT_TO_POINTER (OTHER_SEPARATE_MILLISECONDS));
}
