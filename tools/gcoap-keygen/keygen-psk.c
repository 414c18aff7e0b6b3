/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-keygen psk: a random pre-shared key (RFC 7252 §9.1.3.1), in the entries
 * of both sides. This is the one command that prints a secret. */
#include <sodium.h>
#include <string.h>

#include "common/tool-number.h"
#include "gcoap-keygen/keygen-commands.h"
#include "gcoap-keygen/keygen-host.h"
#include "gcoap-keygen/keygen-text.h"

/* The least is what RFC 9257 §6 asks for, the most what a map takes. */
#define MIN_KEY 16
#define MAX_KEY 64
#define MAX_IDENTITY 128

static char *
take_identity (const char *identity,
               GError    **error)
{
  gsize length;

  if (identity == NULL)
    return g_strdup_printf ("client-%08x", randombytes_random ());
  length = strlen (identity);
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isprint (identity[i]))
      {
        keygen_options_fail (error, "An identity has printable ASCII characters only.");
        return NULL;
      }
  if (length == 0 || length > MAX_IDENTITY)
    {
      keygen_options_fail (error, "An identity has 1 to %d characters, not %" G_GSIZE_FORMAT ".",
                           MAX_IDENTITY, length);
      return NULL;
    }
  return g_strdup (identity);
}

static KeygenText *
make_entries (const char *host,
              const char *identity,
              gsize       length)
{
  KeygenText *text = keygen_text_new ();
  g_autoptr (KeygenText) session = keygen_text_new ();
  guint8 *key = sodium_malloc (length);

  if (key == NULL)
    g_error ("There is no memory for a key.");
  randombytes_buf (key, length);
  keygen_text_append (session, "{\"psk\": {\"hex\": \"", -1);
  keygen_text_append_hex (session, key, length);
  keygen_text_append (session, "\"}, \"client-identity\": {\"ascii\": ", -1);
  keygen_text_append_json (session, identity);
  keygen_text_append (session, "}}", -1);
  keygen_text_append (text, "# This is secret: keep it in files of mode 600.\n\n# The client:\n", -1);
  keygen_text_append_client (text, host, session);
  keygen_text_append (text, "\n# The server:\n{\"server\": {\"identities\": {", -1);
  keygen_text_append_json (text, identity);
  keygen_text_append (text, ": {\"psk\": {\"hex\": \"", -1);
  keygen_text_append_hex (text, key, length);
  keygen_text_append (text, "\"}}}}}\n", -1);
  sodium_free (key);
  return text;
}

gboolean
keygen_psk_run (const KeygenOptions *options,
                GError             **error)
{
  g_autofree char *host = keygen_host_make_pattern (options->hosts, "", error);
  g_autofree char *identity = NULL;
  g_autoptr (KeygenText) text = NULL;
  guint64 length = MIN_KEY;

  if (host == NULL)
    return FALSE;
  identity = take_identity (options->identity, error);
  if (identity == NULL)
    return FALSE;
  if (options->bytes != NULL
      && !tool_parse_uint (options->bytes, "The length of a key in bytes", MIN_KEY, MAX_KEY, &length, error))
    return FALSE;
  text = make_entries (host, identity, (gsize) length);
  return keygen_text_print (text, error);
}
