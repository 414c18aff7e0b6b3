/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-keygen key: a private key, and the entries that use its public half as
 * a raw public key (RFC 7250). */
#include <string.h>

#include "gcoap-keygen/keygen-commands.h"
#include "gcoap-keygen/keygen-file.h"
#include "gcoap-keygen/keygen-host.h"
#include "gcoap-keygen/keygen-material.h"

static int
generate (gnutls_x509_privkey_t key,
          const char           *type)
{
  if (g_str_equal (type, "ed25519"))
    return gnutls_x509_privkey_generate (key, GNUTLS_PK_EDDSA_ED25519, 256, 0);
  return gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA,
                                       GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0);
}

static KeygenText *
make_key (const char *type,
          char      **hash,
          GError    **error)
{
  gnutls_x509_privkey_t key = NULL;
  KeygenText *pem = NULL;
  int status = gnutls_x509_privkey_init (&key);

  if (status >= 0)
    status = generate (key, type);
  if (status < 0)
    keygen_material_fail (status, "The key cannot be made", error);
  else
    *hash = keygen_material_hash_key (key, error);
  if (*hash != NULL)
    pem = keygen_material_export (key, error);
  g_clear_pointer (&key, gnutls_x509_privkey_deinit);
  return pem;
}

/* What a server may call who has this key: the name of the file, without what
 * stands behind the last dot. */
static char *
dup_peer_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  char *name = g_filename_display_name (base);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  return name;
}

static gboolean
print (const char *path,
       const char *host,
       const char *hash,
       GError    **error)
{
  g_autoptr (KeygenText) text = keygen_text_new ();
  g_autoptr (KeygenText) own = keygen_text_new ();
  g_autoptr (KeygenText) client = keygen_text_new ();
  g_autoptr (KeygenText) expecting = keygen_text_new ();
  g_autofree char *name = keygen_file_dup_name (path);
  g_autofree char *peer = dup_peer_name (path);

  keygen_text_append (own, "{\"key\": ", -1);
  keygen_text_append_json (own, name);
  keygen_text_append_all (client, keygen_text_peek (own), ", \"peers\": \"sha256:…\"}", NULL);
  keygen_text_append (own, "}", -1);
  keygen_text_append_all (expecting, "{\"peers\": \"", hash, "\"}", NULL);

  keygen_text_append_all (text, hash, "\n\n# A server with this key:\n", NULL);
  keygen_text_append_own (text, own);
  keygen_text_append (text, "\n# A client that expects this key of the server:\n", -1);
  keygen_text_append_client (text, host, expecting);
  keygen_text_append (text, "\n# A client with this key; “peers” is the hash of the server's key:\n", -1);
  keygen_text_append_client (text, host, client);
  keygen_text_append_all (text, "\n# A server that lets the client with this key in:\n",
                          "{\"server\": {\"clients\": {", NULL);
  keygen_text_append_json (text, peer);
  keygen_text_append_all (text, ": \"", hash, "\"}}}\n", NULL);
  return keygen_text_print (text, error);
}

gboolean
keygen_key_run (const KeygenOptions *options,
                GError             **error)
{
  const char *path = options->arguments[0];
  const char *type = options->type != NULL ? options->type : "p256";
  g_autofree char *host = NULL;
  g_autofree char *hash = NULL;
  g_autoptr (KeygenText) pem = NULL;

  if (!g_str_equal (type, "p256") && !g_str_equal (type, "ed25519"))
    return keygen_options_fail (error, "“%s” is no type of key; there are p256 and ed25519.", type);
  host = keygen_host_make_pattern (options->hosts, "", error);
  if (host == NULL || !keygen_file_check (path, options->force, error))
    return FALSE;
  pem = make_key (type, &hash, error);
  return pem != NULL
         && keygen_file_write (path, pem, options->force, error)
         && print (path, host, hash, error);
}
