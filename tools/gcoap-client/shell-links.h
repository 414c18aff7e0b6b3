/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The links of a server seen as a tree of paths. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

typedef struct
{
  char      *name;          /* as it stands behind the directory; safe to print */
  GcoapLink *link;          /* NULL: only a step on the way to others */
  gboolean   has_children;
} ShellEntry;

/* What is in @directory, an absolute path, sorted by name. With @recursive all
 * that is further down, each with its path from there, else the next step
 * only. The directory itself is ".". */
GPtrArray *shell_links_list (GPtrArray  *links,
                             const char *origin,
                             const char *directory,
                             gboolean    recursive) G_GNUC_WARN_UNUSED_RESULT;

/* Names in columns, as many as fit into @width; 0: one a line. */
char *shell_links_lay_out (GPtrArray *entries,
                           guint      width,
                           gboolean   color) G_GNUC_WARN_UNUSED_RESULT;

/* A line for each, with its attributes. */
char *shell_links_lay_out_long (GPtrArray *entries,
                                gboolean   color) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
