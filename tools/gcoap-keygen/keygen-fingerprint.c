/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-keygen fingerprint: by what a peer's key is told in a map. */
#include "gcoap-keygen/keygen-commands.h"
#include "gcoap-keygen/keygen-file.h"
#include "gcoap-keygen/keygen-material.h"

gboolean
keygen_fingerprint_run (const KeygenOptions *options,
                        GError             **error)
{
  const char *path = options->arguments[0];
  g_autoptr (KeygenText) content = keygen_file_read (path, FALSE, error);
  g_autoptr (KeygenText) text = NULL;
  g_autofree char *hash = NULL;

  if (content == NULL)
    return FALSE;
  hash = keygen_material_hash_any (content, g_str_equal (path, "-") ? "Standard input" : path, error);
  if (hash == NULL)
    return FALSE;
  text = keygen_text_new ();
  keygen_text_append_all (text, hash, "\n", NULL);
  return keygen_text_print (text, error);
}
