/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A fixture: an empty folder, and the path of the only file a test may leave there. */
#pragma once

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *path;
} OneFile;

static inline void
one_file_set_up (OneFile      *fixture,
                 gconstpointer data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "file", NULL);
}

static inline void
one_file_tear_down (OneFile      *fixture,
                    gconstpointer data G_GNUC_UNUSED)
{
  g_unlink (fixture->path);
  /* Fails if anything else is there, such as a temporary file. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->path);
  g_free (fixture->folder);
}
