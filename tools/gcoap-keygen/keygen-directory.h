/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory of an OSCORE context: made under another name, and then put in
 * its place, from which it can be taken back until all is done. */
#pragma once

#include <glib.h>

#include "gcoap-keygen/keygen-text.h"

G_BEGIN_DECLS

typedef struct _KeygenDirectory KeygenDirectory;

/* Begins a directory of mode 0700. One that is there is only replaced with
 * @force, if it is an OSCORE context that nobody uses. NULL with an error. */
KeygenDirectory *keygen_directory_new (const char *path,
                                       gboolean    force,
                                       GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* If it was not kept, everything is as it was. */
void keygen_directory_free (KeygenDirectory *self);

gboolean keygen_directory_add (KeygenDirectory *self,
                               const char      *name,
                               KeygenText      *content,
                               GError         **error);

/* Gives it its name. */
gboolean keygen_directory_place (KeygenDirectory *self,
                                 GError         **error);

/* It stays, and what it has replaced goes. */
void keygen_directory_keep (KeygenDirectory *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeygenDirectory, keygen_directory_free)

G_END_DECLS
