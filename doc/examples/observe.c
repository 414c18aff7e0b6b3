/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints each state of a resource, as many as asked for. */
#include <libcoap-layers/gcoap.h>

typedef struct
{
  GMainLoop        *loop;
  GcoapObservation *observation;
  guint             n_left;
  int               status;
} Watcher;

static void
show (Watcher *watcher)
{
  g_autofree char *text = gcoap_message_to_string (gcoap_observation_get_message (watcher->observation));

  g_print ("%s\n", text);
  if (--watcher->n_left == 0)
    gcoap_observation_cancel (watcher->observation);
}

static void
notification_cb (GcoapObservation *observation,
                 Watcher          *watcher)
{
  show (watcher);
}

static void
ended_cb (GcoapObservation *observation,
          Watcher          *watcher)
{
  const GError *error = gcoap_observation_get_error (observation);

  if (error != NULL)
    g_printerr ("%s\n", error->message);
  watcher->status = error != NULL;
  g_main_loop_quit (watcher->loop);
}

static void
observed_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Watcher *watcher = user_data;
  g_autoptr (GError) error = NULL;

  watcher->observation = gcoap_context_observe_finish (GCOAP_CONTEXT (source), result, &error);
  if (watcher->observation == NULL)
    {
      g_printerr ("%s\n", error->message);
      watcher->status = 1;
      g_main_loop_quit (watcher->loop);
      return;
    }
  g_signal_connect (watcher->observation, "notification", G_CALLBACK (notification_cb), watcher);
  g_signal_connect (watcher->observation, "ended", G_CALLBACK (ended_cb), watcher);
  if (gcoap_observation_get_state (watcher->observation) == GCOAP_OBSERVATION_STATE_ENDED)
    g_main_loop_quit (watcher->loop);
  show (watcher);
}

int
main (int argc, char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "coap://localhost/time";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, uri, &error);
  Watcher watcher = { loop, NULL, 3, 0 };

  if (request == NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  gcoap_context_observe_async (context, request, NULL, observed_cb, &watcher);
  g_main_loop_run (loop);
  g_clear_object (&watcher.observation);
  return watcher.status;
}
