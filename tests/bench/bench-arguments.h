/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line that the generators of load have in common: which server, what
 * of it, and for how long. */
#pragma once

#include <glib.h>

typedef struct
{
  char  *host;    /* an IPv4 address, owned */
  int    port;
  char  *path;    /* owned */
  double seconds; /* not below 0 */
} BenchArguments;

/* Reads the command line; @entries are options of one generator, @path is asked
 * for by default. Ends the process when the command line is wrong. */
void bench_arguments_parse  (BenchArguments     *self,
                             const char         *summary,
                             const char         *path,
                             const GOptionEntry *entries,
                             int                *argc,
                             char             ***argv);

/* Ends the process unless an argument, or all of them, @is_good. */
void bench_arguments_demand (gboolean            is_good);
