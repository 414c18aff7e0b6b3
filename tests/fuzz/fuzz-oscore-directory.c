/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The files of an OSCORE context: settings, secret and state, each after a NUL.
 * What is refused has an error of plain text; a state that is taken comes out
 * as a text that means the same.
 */
#include <libcoap-layers/gcoap.h>
#include <string.h>

#include "providers/oscore/gcoap-oscore-settings-private.h"
#include "providers/oscore/gcoap-oscore-state-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static GBytes *
take_file (const guint8 **data,
           gsize         *size)
{
  const guint8 *end = memchr (*data, '\0', *size);
  gsize length = end != NULL ? (gsize) (end - *data) : *size;
  GBytes *bytes = g_bytes_new (*data, length);

  *data += MIN (length + 1, *size);
  *size -= MIN (length + 1, *size);
  return bytes;
}

static void
check_state (const char *text,
             gsize       length)
{
  GcoapOscoreState state, again;
  GcoapReplayWindow window;
  g_autoptr (GError) error = NULL;
  g_autofree char *printed = NULL;
  g_autofree char *reprinted = NULL;
  gboolean success = gcoap_oscore_state_parse (&state, text, length, &error);

  g_assert_true (success == (error == NULL));
  g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
  if (!success)
    return;
  printed = gcoap_oscore_state_print (&state);
  g_assert_true (gcoap_oscore_state_parse (&again, printed, strlen (printed), &error));
  reprinted = gcoap_oscore_state_print (&again);
  g_assert_cmpstr (printed, ==, reprinted);
  gcoap_replay_window_init (&window, 32);
  gcoap_oscore_state_give_window (&state, &window);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) settings = take_file (&data, &size);
  g_autoptr (GBytes) secret = take_file (&data, &size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapOscoreCredential) credential = NULL;
  gboolean has_secret;

  credential = gcoap_oscore_settings_read (settings, "settings.json", secret, "secret.json", &has_secret, &error);
  g_assert_true ((credential != NULL) == (error == NULL));
  g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
  check_state (size > 0 ? (const char *) data : "", size);

  return 0;
}
