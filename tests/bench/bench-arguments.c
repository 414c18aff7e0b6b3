/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-arguments.h"

#include <stdlib.h>

void
bench_arguments_parse (BenchArguments     *self,
                       const char         *summary,
                       const char         *path,
                       const GOptionEntry *entries,
                       int                *argc,
                       char             ***argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const GOptionEntry common[] = {
    { "host", 0, 0, G_OPTION_ARG_STRING, &self->host, "IPv4 address of the server (127.0.0.1)", "ADDRESS" },
    { "port", 0, 0, G_OPTION_ARG_INT, &self->port, "Port of the server (5683)", "PORT" },
    { "path", 0, 0, G_OPTION_ARG_STRING, &self->path, "Path of the resource", "PATH" },
    { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &self->seconds, "How long to measure (1)", "SECONDS" },
    { NULL }
  };

  *self = (BenchArguments) { .port = 5683, .seconds = 1.0 };
  g_option_context_set_summary (options, summary);
  g_option_context_add_main_entries (options, common, NULL);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, argc, argv, &error))
    {
      g_printerr ("%s\n", error->message);
      exit (2);
    }
  bench_arguments_demand (*argc == 1 && self->port >= 1 && self->port <= 65535 && self->seconds >= 0);
  if (self->host == NULL)
    self->host = g_strdup ("127.0.0.1");
  if (self->path == NULL)
    self->path = g_strdup (path);
}

void
bench_arguments_demand (gboolean is_good)
{
  if (is_good)
    return;
  g_printerr ("An argument is out of range; see --help\n");
  exit (2);
}
