/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The side of an operation that the library is on. */
#pragma once

#include <gio/gio.h>

#include "credentials/gcoap-oscore-storage.h"

G_BEGIN_DECLS

/* What a storage has loaded; both belong to whoever has this. */
typedef struct
{
  GcoapOscoreCredential *parameters;
  char                  *state;   /* NULL: never used */
} GcoapOscoreLoaded;

void gcoap_oscore_loaded_free (GcoapOscoreLoaded *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapOscoreLoaded, gcoap_oscore_loaded_free)

/* @callback is called in the main context that is the default one now, always
 * later than this returns. */
void gcoap_oscore_storage_load_async (GcoapOscoreStorage *storage,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);

GcoapOscoreLoaded *gcoap_oscore_storage_load_finish (GcoapOscoreStorage *storage,
                                                     GAsyncResult       *result,
                                                     GError            **error) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_oscore_storage_write_async (GcoapOscoreStorage *storage,
                                       const char         *state,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);

/* Of writing and of closing. */
gboolean gcoap_oscore_storage_finish (GcoapOscoreStorage *storage,
                                      GAsyncResult       *result,
                                      GError            **error);

void gcoap_oscore_storage_close_async (GcoapOscoreStorage *storage,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);

G_END_DECLS
