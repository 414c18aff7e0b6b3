/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OSCORE contexts for tests, and a storage of theirs that notes what it is asked
 * and fails or waits as it is told. */
#pragma once

#include <libcoap-layers/gcoap.h>

#include "providers/oscore/gcoap-oscore-context-private.h"

G_BEGIN_DECLS

#define TEST_TYPE_OSCORE_STORAGE (test_oscore_storage_get_type ())

G_DECLARE_FINAL_TYPE (TestOscoreStorage, test_oscore_storage, TEST, OSCORE_STORAGE, GObject)

struct _TestOscoreStorage
{
  GObject parent_instance;

  GcoapOscoreCredential *parameters;
  char                  *state;      /* what was written last; NULL: never */
  guint                  n_writes;
  guint                  n_closed;
  gboolean               is_open;
  gboolean               fails;      /* to write */
  gboolean               waits;      /* until test_oscore_storage_go_on() */
  GcoapOscoreOperation  *waiting;
};

/* Sender 01, recipient 02. */
TestOscoreStorage *test_oscore_storage_new (gint algorithm) G_GNUC_WARN_UNUSED_RESULT;

void test_oscore_storage_go_on (TestOscoreStorage *self);

/* All of these run the main loop until there is an answer. */
GcoapOscoreContext *test_oscore_open (GcoapOscoreCredential *credential,
                                      GcoapRuntime          *runtime,
                                      GError               **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapOscoreContext *test_oscore_open_storage (TestOscoreStorage *storage,
                                              GcoapRuntime      *runtime) G_GNUC_WARN_UNUSED_RESULT;

gboolean test_oscore_reserve (GcoapOscoreContext *context,
                              GError            **error);

gboolean test_oscore_close (GcoapOscoreContext *context,
                            GError            **error);

gboolean test_oscore_rederive (GcoapOscoreContext *context,
                               const char         *id_context,
                               GError            **error);

/* The next number; waits for storage if need be. */
gboolean test_oscore_take (GcoapOscoreContext *context,
                           guint64            *number,
                           GError            **error);

/* A directory with a context of that kind, or with other texts; NULL: no file. */
char *test_oscore_directory_new (const char *settings,
                                 const char *secret,
                                 const char *sequence) G_GNUC_WARN_UNUSED_RESULT;

char *test_oscore_directory_read (const char *directory,
                                  const char *name);

void test_oscore_directory_free (char *directory);

G_END_DECLS
