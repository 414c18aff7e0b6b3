/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/tool-credentials.h"

#include <sodium.h>
#include <string.h>

#include "common/tool-secret-file.h"
#include "common/tool-terminal.h"

#define PSK_OPTION "--psk"
#define KEY_HASH_PREFIX "sha256:"
#define KEY_HASH_DIGITS 64

/* Of "IDENTITY:KEY": the key if it is in the argument itself. */
static char *
find_key (char *psk)
{
  char *colon = strchr (psk, ':');

  return colon != NULL && colon[1] != '@' ? colon + 1 : NULL;
}

static void
wipe_key (char *psk)
{
  char *key = find_key (psk);

  if (key != NULL)
    sodium_memzero (key, strlen (key));
}

char **
tool_credentials_take_arguments (int    argc,
                                 char **argv)
{
  char **arguments = g_new0 (char *, argc + 1);
  gsize length = strlen (PSK_OPTION);

  for (int i = 0; i < argc; i++)
    arguments[i] = g_strdup (argv[i]);
  for (int i = 1; i < argc; i++)
    {
      if (strcmp (argv[i], PSK_OPTION) == 0 && i + 1 < argc)
        wipe_key (argv[++i]);
      else if (strncmp (argv[i], PSK_OPTION "=", length + 1) == 0)
        wipe_key (argv[i] + length + 1);
    }
  return arguments;
}

void
tool_credentials_free_arguments (char **arguments)
{
  for (guint i = 0; arguments[i] != NULL; i++)
    sodium_memzero (arguments[i], strlen (arguments[i]));
  g_strfreev (arguments);
}

void
tool_credentials_add_entries (ToolCredentials *self,
                              GOptionContext  *context)
{
  const GOptionEntry common[] = {
    { "credentials", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->files,
      "Read a map of credentials, in JSON or in CBOR diagnostic notation", "FILE" },
    { "psk", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->psks,
      self->for_server ? "Let in who has this key: text, hex:DIGITS or @FILE; may be repeated"
                       : "Use a pre-shared key: text, hex:DIGITS or @FILE",
      "IDENTITY:KEY" },
    { "ca", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->trust_anchors,
      self->for_server ? "Let in only clients with a certificate that one of these signed"
                       : "Trust servers with a certificate that one of these signed, or “system”",
      "FILE" },
    { "raw-public-key", 0, 0, G_OPTION_ARG_FILENAME, &self->raw_public_key,
      "Show the public part of this private key, without a certificate", "FILE" },
    { "peer-key", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->peer_keys,
      self->for_server ? "Let in only clients with this raw public key; may be repeated"
                       : "Take only a server with this public key, raw or certified",
      "sha256:DIGITS" },
    { NULL }
  };
  const GOptionEntry of_client[] = {
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &self->certificate,
      "Show this certificate to servers", "FILE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &self->key,
      "The private key of the certificate", "FILE" },
    { "insecure", 0, 0, G_OPTION_ARG_NONE, &self->insecure,
      "Take any certificate of a server for a good one", NULL },
    { NULL }
  };
  const GOptionEntry of_server[] = {
    { "tls-server-certificate", 0, 0, G_OPTION_ARG_FILENAME, &self->certificate,
      "Show this certificate to clients, over DTLS and TLS", "FILE" },
    { "tls-server-key", 0, 0, G_OPTION_ARG_FILENAME, &self->key,
      "The private key of the certificate", "FILE" },
    { NULL }
  };

  g_option_context_add_main_entries (context, common, NULL);
  g_option_context_add_main_entries (context, self->for_server ? of_server : of_client, NULL);
}

/* One by one, for DTLS and TLS; a file may have something for OSCORE, too. */
static gboolean
is_typed (const ToolCredentials *self)
{
  return self->psks != NULL || self->certificate != NULL || self->key != NULL
         || self->trust_anchors != NULL || self->raw_public_key != NULL || self->peer_keys != NULL
         || self->insecure;
}

gboolean
tool_credentials_is_given (const ToolCredentials *self)
{
  return self->files != NULL || is_typed (self);
}

static gboolean
fail (GError    **error,
      const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, message);
  return FALSE;
}

static gboolean
is_repeated (char **values)
{
  return values != NULL && values[1] != NULL;
}

static gboolean
is_key_hash (const char *text)
{
  gsize length = strlen (KEY_HASH_PREFIX);

  return g_str_has_prefix (text, KEY_HASH_PREFIX) && strlen (text + length) == KEY_HASH_DIGITS
         && strspn (text + length, "0123456789abcdefABCDEF") == KEY_HASH_DIGITS;
}

static gboolean
check_values (const ToolCredentials *self,
              GError               **error)
{
  /* GOption would silently take the last. */
  if (is_repeated (self->files))
    return fail (error, "--credentials can be given once.");
  if (is_repeated (self->trust_anchors))
    return fail (error, "--ca can be given once; its file may have several certificates.");
  for (guint i = 0; self->peer_keys != NULL && self->peer_keys[i] != NULL; i++)
    if (!is_key_hash (self->peer_keys[i]))
      return fail (error, "--peer-key needs sha256: and 64 hexadecimal digits, as gcoap-keygen prints them.");
  return TRUE;
}

static gboolean
check_psks (const ToolCredentials *self,
            GError               **error)
{
  for (guint i = 0; self->psks != NULL && self->psks[i] != NULL; i++)
    {
      const char *colon = strchr (self->psks[i], ':');

      /* What was typed may be a key: it is not repeated. */
      if (colon == NULL || colon == self->psks[i] || colon[1] == '\0')
        return fail (error, "--psk needs an identity, a colon and a key, such as --psk sensor:hex:00ff or "
                            "--psk sensor:@FILE.");
    }
  return TRUE;
}

/* What a client can show to one server is one thing. */
static gboolean
check_client (const ToolCredentials *self,
              GError               **error)
{
  gboolean has_x509 = self->certificate != NULL || self->trust_anchors != NULL || self->insecure;

  if (is_repeated (self->psks))
    return fail (error, "--psk can be given once; a file of --credentials can have a key for each server.");
  if (is_repeated (self->peer_keys) && self->raw_public_key == NULL)
    return fail (error, "--peer-key can be given once where certificates are shown.");
  if (self->psks != NULL && (has_x509 || self->raw_public_key != NULL || self->peer_keys != NULL))
    return fail (error, "--psk excludes certificates and raw public keys.");
  if (self->insecure && (self->trust_anchors != NULL || self->peer_keys != NULL))
    return fail (error, "--insecure trusts every server; --ca and --peer-key say which ones to trust.");
  if (self->raw_public_key != NULL && has_x509)
    return fail (error, "--raw-public-key excludes --certificate, --ca and --insecure.");
  if (self->raw_public_key != NULL && self->peer_keys == NULL)
    return fail (error, "--raw-public-key needs --peer-key, the key of the server, as gcoap-keygen prints it.");
  if (self->certificate != NULL && self->trust_anchors == NULL && self->peer_keys == NULL && !self->insecure)
    return fail (error, "--certificate says who you are; --ca or --peer-key must say which servers to trust.");
  return TRUE;
}

gboolean
tool_credentials_check (const ToolCredentials *self,
                        GError               **error)
{
  if (!check_values (self, error) || !check_psks (self, error))
    return FALSE;
  if ((self->certificate == NULL) != (self->key == NULL))
    return fail (error, self->for_server ? "--tls-server-certificate and --tls-server-key go together."
                                         : "--certificate and --key go together.");
  if (!self->for_server)
    return check_client (self, error);
  if (self->trust_anchors != NULL && self->certificate == NULL)
    return fail (error, "--ca needs --tls-server-certificate: without one no client shows its own.");
  if (self->peer_keys != NULL && self->raw_public_key == NULL)
    return fail (error, "--peer-key needs --raw-public-key: without one no client shows its own.");
  return TRUE;
}

static gboolean
is_secure (const char *uri)
{
  g_autofree char *scheme = g_uri_parse_scheme (uri);

  return scheme != NULL && g_ascii_strncasecmp (scheme, "coaps", strlen ("coaps")) == 0;
}

gboolean
tool_credentials_check_uris (const ToolCredentials *self,
                             const char *const     *uris,
                             GError               **error)
{
  gboolean any = FALSE;

  for (guint i = 0; uris[i] != NULL; i++)
    any = any || is_secure (uris[i]);
  /* Who types a key does not expect to be heard by everybody. */
  if (!any && is_typed (self))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%s is not encrypted: keys and certificates are for coaps://, coaps+tcp:// and coaps+ws://.",
                   uris[0]);
      return FALSE;
    }
  if (any && self->for_server && !tool_credentials_is_given (self))
    return fail (error, "A secure server needs something to show or to ask for: --psk, "
                        "--tls-server-certificate with --tls-server-key, --raw-public-key, or --credentials.");
  return TRUE;
}

/* Wiped when it is not used any more. */
static GBytes *
take_secret (const char *text,
             gboolean    is_hex,
             GError    **error)
{
  gsize length = strlen (text);
  gsize key_length = length;
  guint8 *key = sodium_init () >= 0 ? sodium_malloc (length + 1) : NULL;

  if (key == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "There is no protected memory for a key.");
      return NULL;
    }
  if (!is_hex)
    memcpy (key, text, length);
  else if (sodium_hex2bin (key, length, text, length, NULL, &key_length, NULL) != 0
           || key_length * 2 != length || key_length == 0)
    {
      sodium_free (key);
      fail (error, "Behind hex: a key is written with two hexadecimal digits for each byte.");
      return NULL;
    }
  return g_bytes_new_with_free_func (key, key_length, sodium_free, key);
}

static GBytes *
parse_key (const char *text,
           GError    **error)
{
  gboolean is_hex = g_str_has_prefix (text, "hex:");

  if (text[0] == '@')
    return tool_secret_file_read_line (text + 1, error);
  return take_secret (is_hex ? text + strlen ("hex:") : text, is_hex, error);
}

static gboolean
add_psk (const ToolCredentials *self,
         const char            *psk,
         GcoapCredentialStore  *store,
         GError               **error)
{
  const char *colon = strchr (psk, ':');
  g_autofree char *name = g_strndup (psk, (gsize) (colon - psk));
  g_autoptr (GBytes) identity = g_bytes_new (name, strlen (name));
  g_autoptr (GBytes) key = parse_key (colon + 1, error);
  g_autoptr (GcoapPskCredential) credential = NULL;

  if (key == NULL)
    return FALSE;
  credential = gcoap_psk_credential_new (identity, key, error);
  if (credential == NULL)
    return FALSE;
  return self->for_server ? gcoap_credential_store_add_client (store, name, credential, error)
                          : gcoap_credential_store_add (store, "*", GCOAP_CREDENTIAL (credential), error);
}

/* Of a command line with several files it has to be said which one is meant. */
static gboolean
name_file (const char *path,
           GError    **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_prefix_error (error, "“%s”: ", name);
  return FALSE;
}

static gboolean
read_own (const ToolCredentials *self,
          GBytes               **chain,
          GBytes               **key,
          GError               **error)
{
  g_autoptr (GcoapCertificateCredential) credential = NULL;

  *chain = tool_public_file_read (self->certificate, error);
  *key = *chain != NULL ? tool_secret_file_read (self->key, error) : NULL;
  if (*key == NULL)
    return FALSE;
  /* Apart from trust anchors, whose errors are those of another file. */
  credential = gcoap_certificate_credential_new (*chain, *key, NULL, FALSE, error);
  return credential != NULL || name_file (self->certificate, error);
}

static GBytes *
read_trust_anchors (const char *path,
                    GError    **error)
{
  g_autoptr (GBytes) anchors = tool_public_file_read (path, error);
  g_autoptr (GcoapCertificateCredential) credential = NULL;

  if (anchors == NULL)
    return NULL;
  credential = gcoap_certificate_credential_new (NULL, NULL, anchors, FALSE, error);
  if (credential == NULL && !name_file (path, error))
    return NULL;
  return g_steal_pointer (&anchors);
}

static GcoapCredential *
make_certificate (const ToolCredentials *self,
                  GError               **error)
{
  const char *trusted = self->trust_anchors != NULL ? self->trust_anchors[0] : NULL;
  gboolean system = g_strcmp0 (trusted, "system") == 0 || !tool_credentials_is_given (self);
  g_autoptr (GBytes) chain = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) anchors = NULL;
  g_autoptr (GcoapCertificateCredential) credential = NULL;

  if (self->certificate != NULL && !read_own (self, &chain, &key, error))
    return NULL;
  if (trusted != NULL && !system)
    {
      anchors = read_trust_anchors (trusted, error);
      if (anchors == NULL)
        return NULL;
    }
  credential = gcoap_certificate_credential_new (chain, key, anchors, system, error);
  if (credential == NULL)
    return NULL;
  if (!self->for_server && self->peer_keys != NULL
      && !gcoap_certificate_credential_set_pinned_key (credential, self->peer_keys[0], error))
    return NULL;
  gcoap_certificate_credential_set_insecure (credential, self->insecure);
  return GCOAP_CREDENTIAL (g_steal_pointer (&credential));
}

static GcoapCredential *
make_raw_public_key (const ToolCredentials *self,
                     GError               **error)
{
  const char *const none[] = { NULL };
  g_autoptr (GBytes) key = tool_secret_file_read (self->raw_public_key, error);
  GcoapRawPublicKeyCredential *credential;

  if (key == NULL)
    return NULL;
  credential = gcoap_raw_public_key_credential_new (
    key, self->peer_keys != NULL ? (const char *const *) self->peer_keys : none, error);
  if (credential == NULL && !name_file (self->raw_public_key, error))
    return NULL;
  return GCOAP_CREDENTIAL (credential);
}

static gboolean
add (const ToolCredentials *self,
     GcoapCredential       *made,
     GcoapCredentialStore  *store,
     GError               **error)
{
  g_autoptr (GcoapCredential) credential = made;

  if (credential == NULL)
    return FALSE;
  return self->for_server ? gcoap_credential_store_add_own (store, credential, error)
                          : gcoap_credential_store_add (store, "*", credential, error);
}

static void
loaded_cb (GObject      *source G_GNUC_UNUSED,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
load_file (const char           *path,
           GcoapCredentialStore *store,
           GError              **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (GAsyncResult) result = NULL;

  gcoap_credential_store_load_async (store, file, NULL, loaded_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return gcoap_credential_store_load_finish (store, result, error);
}

GcoapCredentialStore *
tool_credentials_load (const ToolCredentials *self,
                       GError               **error)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  gboolean pins = !self->for_server && self->peer_keys != NULL;

  /* What is said in addition comes behind, for a map replaces all there was. */
  if (self->files != NULL && !load_file (self->files[0], store, error))
    return NULL;
  for (guint i = 0; self->psks != NULL && self->psks[i] != NULL; i++)
    if (!add_psk (self, self->psks[i], store, error))
      return NULL;
  if (self->raw_public_key != NULL && !add (self, make_raw_public_key (self, error), store, error))
    return NULL;
  if ((self->certificate != NULL || self->trust_anchors != NULL || self->insecure
       || (pins && self->raw_public_key == NULL)
       || (!self->for_server && !tool_credentials_is_given (self)))
      && !add (self, make_certificate (self, error), store, error))
    return NULL;
  /* Behind the errors, which make it untrue. */
  if (self->insecure)
    tool_print_error ("--insecure: anybody on the way can read and change what is sent");
  return g_steal_pointer (&store);
}

void
tool_credentials_clear (ToolCredentials *self)
{
  for (guint i = 0; self->psks != NULL && self->psks[i] != NULL; i++)
    wipe_key (self->psks[i]);
  g_strfreev (self->files);
  g_strfreev (self->psks);
  g_free (self->certificate);
  g_free (self->key);
  g_strfreev (self->trust_anchors);
  g_free (self->raw_public_key);
  g_strfreev (self->peer_keys);
}
