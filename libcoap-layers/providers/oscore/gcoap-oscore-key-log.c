/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-key-log-private.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VARIABLE "GCOAP_OSCORE_KEYLOGFILE"

/* The only algorithm and hash that Wireshark knows, and how it calls them. */
#define KNOWN_ALGORITHM 10
#define KNOWN_NAME "AES-CCM-16-64-128 (CCM*)"

/* For two lines; secret and salt have 64 bytes at most in files, but applications may
 * have longer ones. */
#define MAX_TEXT 2048

/* Appends ',"HEX"', without a copy anywhere else. */
static gboolean
add_hex (char         *line,
         gsize        *length,
         const guint8 *data,
         gsize         data_length)
{
  /* With quotes, comma, and the zero behind it. */
  if (data_length > MAX_TEXT || *length + 2 * data_length + 4 > MAX_TEXT)
    return FALSE;
  line[(*length)++] = '"';
  if (data_length > 0)
    sodium_bin2hex (line + *length, 2 * data_length + 1, data, data_length);
  *length += 2 * data_length;
  line[(*length)++] = '"';
  line[(*length)++] = ',';
  return TRUE;
}

/* A line of Wireshark's table oscore_contexts, or of its comments. */
static gboolean
add_line (const GcoapOscoreSource *source,
          const guint8            *client_id,
          gsize                    client_id_length,
          const guint8            *server_id,
          gsize                    server_id_length,
          char                    *line,
          gsize                   *length)
{
  gboolean is_known = source->algorithm->id == KNOWN_ALGORITHM && source->hash == GCOAP_OSCORE_HASH_SHA256;
  int n;

  if (!is_known)
    line[(*length)++] = '#';
  if (!add_hex (line, length, client_id, client_id_length)
      || !add_hex (line, length, server_id, server_id_length)
      || !add_hex (line, length, source->master_secret, source->master_secret_length)
      || !add_hex (line, length, source->master_salt, source->master_salt_length)
      || !add_hex (line, length, source->id_context, source->id_context_length))
    return FALSE;
  n = snprintf (line + *length, MAX_TEXT - *length, "\"%s%s\"\n", is_known ? KNOWN_NAME : source->algorithm->name,
                source->hash == GCOAP_OSCORE_HASH_SHA512 ? ", SHA-512" : "");
  if (n < 0 || (gsize) n >= MAX_TEXT - *length)
    return FALSE;
  *length += (gsize) n;
  return TRUE;
}

/* Wireshark finds a context by who sends the requests; that may be either. */
static gsize
write_lines (const GcoapOscoreSource *source,
             char                    *text)
{
  gsize length = 0;

  return add_line (source, source->sender_id, source->sender_id_length,
                   source->recipient_id, source->recipient_id_length, text, &length)
         && add_line (source, source->recipient_id, source->recipient_id_length,
                      source->sender_id, source->sender_id_length, text, &length)
         ? length : 0;
}

static void
warn_once (const char *path)
{
  static gsize has_warned = 0;

  if (g_once_init_enter (&has_warned))
    {
      g_message (VARIABLE " is set: the secrets of all OSCORE contexts are written to %s.", path);
      g_once_init_leave (&has_warned, 1);
    }
}

void
gcoap_oscore_key_log_add (const GcoapOscoreSource *source)
{
  /* Not that of somebody who starts a program with more rights than theirs. */
  const char *path = secure_getenv (VARIABLE);
  char text[MAX_TEXT];
  gsize length;
  gssize written = -1;
  int fd;

  if (path == NULL || path[0] == '\0')
    return;
  warn_once (path);
  length = write_lines (source, text);
  /* A pipe without a reader must not hold anything up. */
  fd = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (fd >= 0)
    written = write (fd, text, length);
  if (fd < 0 || written < 0)
    g_message ("The secrets of an OSCORE context cannot be written to %s: %s.", path, g_strerror (errno));
  else if (length == 0)
    g_message ("The secrets of an OSCORE context are too long to be written to %s.", path);
  else if ((gsize) written < length)
    g_message ("The secrets of an OSCORE context were written to %s in part only.", path);
  if (fd >= 0)
    close (fd);
  sodium_memzero (text, sizeof text);
}
