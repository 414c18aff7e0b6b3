/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all servers under measurement have in common. */
#include "bench-peer.h"

#include <stdio.h>
#include <stdlib.h>

/* Reads the command line; @entries are options of one server, or NULL. Ends
 * the process when the command line is wrong. */
void
bench_peer_init (BenchPeer          *self,
                 const char         *summary,
                 const GOptionEntry *entries,
                 int                *argc,
                 char             ***argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const GOptionEntry common[] = {
    { "host", 0, 0, G_OPTION_ARG_STRING, &self->host, "IPv4 address to bind (127.0.0.1)", "ADDRESS" },
    { "port", 0, 0, G_OPTION_ARG_INT, &self->port, "Port to bind (5683)", "PORT" },
    { "scheme", 0, 0, G_OPTION_ARG_STRING, &self->scheme, "coap, coap+tcp, coaps or coaps+tcp (coap)", "SCHEME" },
    { NULL }
  };

  *self = (BenchPeer) { .port = 5683 };

  g_option_context_set_summary (options, summary);
  g_option_context_add_main_entries (options, common, NULL);
  if (entries != NULL)
    g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, argc, argv, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (2);
    }
  if (*argc > 1 || self->port < 1 || self->port > 65535)
    {
      g_printerr ("Expected no arguments and a port from 1 to 65535\n");
      exit (2);
    }
  if (self->host == NULL)
    self->host = g_strdup ("127.0.0.1");
  if (self->scheme == NULL)
    self->scheme = g_strdup ("coap");
}

/* Says that requests may come: whoever started this server waits for the line. */
void
bench_peer_announce (const BenchPeer *self)
{
  printf ("listening %s:%d\n", self->host, self->port);
  fflush (stdout);
}

void
bench_peer_clear (BenchPeer *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->scheme, g_free);
}

void
bench_peer_make_oscore_id (char   end,
                           guint  client,
                           guint8 id[BENCH_OSCORE_ID_LENGTH])
{
  id[0] = (guint8) end;
  id[1] = (guint8) (client >> 8);
  id[2] = (guint8) client;
}
