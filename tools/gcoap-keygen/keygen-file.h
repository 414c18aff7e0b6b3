/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files for their owner alone, which appear complete or not at all. */
#pragma once

#include <glib.h>
#include <signal.h>

#include "gcoap-keygen/keygen-text.h"

G_BEGIN_DECLS

/* What a key or a certificate may have. */
#define KEYGEN_FILE_MAX_SIZE (256 * 1024)

/* Sets a G_FILE_ERROR: what was tried, the reason, and a full stop. */
void keygen_file_set_error (GError    **error,
                            int         code,
                            const char *format,
                            ...) G_GNUC_PRINTF (3, 4);

/* FALSE with errno set. */
gboolean keygen_file_write_all (int         fd,
                                const char *data,
                                gsize       length);

/* The absolute name of a file, as text. */
char *keygen_file_dup_name (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* Whether @path may be written: it is not there, or, with @force, it is a
 * regular file. */
gboolean keygen_file_check (const char *path,
                            gboolean    force,
                            GError    **error);

/* Makes a file of mode 0600; one that is there is only replaced with @force. */
gboolean keygen_file_write (const char *path,
                            KeygenText *content,
                            gboolean    force,
                            GError    **error);

/* The same without checks: FALSE with errno set. */
gboolean keygen_file_try_write (const char *path,
                                KeygenText *content,
                                gboolean    force);

/* "-" is standard input. @is_secret: refuse what others can read. */
KeygenText *keygen_file_read (const char *path,
                              gboolean    is_secret,
                              GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* Who interrupts us between these two has to wait: what is begun is finished,
 * or taken back. */
void keygen_file_hold_signals (sigset_t *before);

void keygen_file_release_signals (const sigset_t *before);

/* Makes what happened in a directory last. Not all file systems can. */
void keygen_file_sync_directory (const char *path);

G_END_DECLS
