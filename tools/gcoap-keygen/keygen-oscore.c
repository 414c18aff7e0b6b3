/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-keygen oscore: both sides of an OSCORE context (RFC 8613 §3.2), each in
 * a directory in the layout that aiocoap reads too. */
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "common/tool-number.h"
#include "gcoap-keygen/keygen-commands.h"
#include "gcoap-keygen/keygen-directory.h"
#include "gcoap-keygen/keygen-file.h"
#include "gcoap-keygen/keygen-host.h"

#define SECRET_LENGTH 32
#define SALT_LENGTH 8
/* What a map of credentials takes; each message has it. */
#define MAX_ID_CONTEXT 64

/* The AEAD algorithms of COSE (RFC 9053 §4) as aiocoap names them, and the
 * lengths of their nonces. */
static const struct
{
  const char *name;
  guint       nonce_length;
} algorithms[] = {
  { "AES-CCM-16-64-128", 13 },
  { "AES-CCM-16-64-256", 13 },
  { "AES-CCM-64-64-128", 7 },
  { "AES-CCM-64-64-256", 7 },
  { "AES-CCM-16-128-128", 13 },
  { "AES-CCM-16-128-256", 13 },
  { "AES-CCM-64-128-128", 7 },
  { "AES-CCM-64-128-256", 7 },
  { "ChaCha20/Poly1305", 12 },
  { "A128GCM", 12 },
  { "A192GCM", 12 },
  { "A256GCM", 12 },
};

typedef struct
{
  const char *algorithm;
  guint       max_id;
  GByteArray *client_id;
  GByteArray *server_id;
  GByteArray *id_context;   /* NULL: none */
  char       *pattern;
} Parameters;

static void
clear_parameters (Parameters *self)
{
  g_clear_pointer (&self->client_id, g_byte_array_unref);
  g_clear_pointer (&self->server_id, g_byte_array_unref);
  g_clear_pointer (&self->id_context, g_byte_array_unref);
  g_clear_pointer (&self->pattern, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parameters, clear_parameters)

static gboolean
list_algorithms (GError **error)
{
  g_autoptr (KeygenText) text = keygen_text_new ();

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    keygen_text_append_all (text, algorithms[i].name, "\n", NULL);
  return keygen_text_print (text, error);
}

static gboolean
take_algorithm (Parameters *self,
                const char *name,
                GError    **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (name == NULL || g_ascii_strcasecmp (algorithms[i].name, name) == 0)
      {
        self->algorithm = algorithms[i].name;
        /* RFC 8613 §3.3 */
        self->max_id = algorithms[i].nonce_length - 6;
        return TRUE;
      }
  return keygen_options_fail (error, "“%s” is no algorithm for OSCORE; --algorithm help lists them.", name);
}

/* Hexadecimal digits, with 0x in front or without. */
static GByteArray *
take_hex (const char *text,
          const char *what,
          gsize       max,
          GError    **error)
{
  gboolean has_prefix = g_str_has_prefix (text, "0x") || g_str_has_prefix (text, "0X");
  g_autofree char *digits = g_strconcat (has_prefix ? "" : "0x", text, NULL);
  g_autoptr (GByteArray) bytes = *text != '\0' ? tool_parse_hex (digits, NULL) : NULL;

  if (bytes == NULL)
    keygen_options_fail (error, "%s is pairs of hexadecimal digits, not “%s”; one of no bytes is 0x.", what, text);
  else if (bytes->len > max)
    keygen_options_fail (error, "%s is too long: it has %u bytes, and the limit is %" G_GSIZE_FORMAT ".", what, bytes->len, max);
  else
    return g_steal_pointer (&bytes);
  return NULL;
}

static gboolean
take_parameters (Parameters          *self,
                 const KeygenOptions *options,
                 GError             **error)
{
  if (!take_algorithm (self, options->algorithm, error))
    return FALSE;
  self->pattern = keygen_host_make_pattern (options->hosts, "coap", error);
  if (self->pattern == NULL)
    return FALSE;
  self->client_id = take_hex (options->client_id != NULL ? options->client_id : "01",
                              "The client's ID for this algorithm", self->max_id, error);
  if (self->client_id == NULL)
    return FALSE;
  self->server_id = take_hex (options->server_id != NULL ? options->server_id : "02",
                              "The server's ID for this algorithm", self->max_id, error);
  if (self->server_id == NULL)
    return FALSE;
  /* With the same IDs both would use the same key (RFC 8613 §3.3). */
  if (self->client_id->len == self->server_id->len
      && (self->client_id->len == 0
          || memcmp (self->client_id->data, self->server_id->data, self->client_id->len) == 0))
    return keygen_options_fail (error, "Client and server need different IDs.");
  if (options->id_context != NULL)
    self->id_context = take_hex (options->id_context, "The ID Context", MAX_ID_CONTEXT, error);
  return options->id_context == NULL || self->id_context != NULL;
}

static gboolean
are_same_directory (const char *a,
                    const char *b)
{
  g_autofree char *first = g_canonicalize_filename (a, NULL);
  g_autofree char *second = g_canonicalize_filename (b, NULL);
  g_autofree char *below_first = g_strconcat (first, "/", NULL);
  g_autofree char *below_second = g_strconcat (second, "/", NULL);
  struct stat status_a, status_b;

  if (g_str_has_prefix (below_first, below_second) || g_str_has_prefix (below_second, below_first))
    return TRUE;
  return stat (a, &status_a) == 0 && stat (b, &status_b) == 0
         && status_a.st_dev == status_b.st_dev && status_a.st_ino == status_b.st_ino;
}

static void
append_id (KeygenText *text,
           const char *key,
           GByteArray *id)
{
  keygen_text_append_all (text, "  \"", key, "_hex\": \"", NULL);
  keygen_text_append_hex (text, id->data, id->len);
  keygen_text_append (text, "\",\n", -1);
}

static KeygenText *
make_settings (const Parameters *parameters,
               GByteArray       *sender_id,
               GByteArray       *recipient_id)
{
  KeygenText *text = keygen_text_new ();

  keygen_text_append (text, "{\n", -1);
  append_id (text, "sender-id", sender_id);
  append_id (text, "recipient-id", recipient_id);
  if (parameters->id_context != NULL)
    append_id (text, "id-context", parameters->id_context);
  keygen_text_append_all (text, "  \"algorithm\": \"", parameters->algorithm, "\"\n}\n", NULL);
  return text;
}

static KeygenText *
make_secret (void)
{
  KeygenText *text = keygen_text_new ();
  guint8 *bytes = sodium_malloc (SECRET_LENGTH + SALT_LENGTH);

  if (bytes == NULL)
    g_error ("There is no memory for a secret.");
  randombytes_buf (bytes, SECRET_LENGTH + SALT_LENGTH);
  keygen_text_append (text, "{\n  \"secret_hex\": \"", -1);
  keygen_text_append_hex (text, bytes, SECRET_LENGTH);
  keygen_text_append (text, "\",\n  \"salt_hex\": \"", -1);
  keygen_text_append_hex (text, bytes + SECRET_LENGTH, SALT_LENGTH);
  keygen_text_append (text, "\"\n}\n", -1);
  sodium_free (bytes);
  return text;
}

static gboolean
fill (KeygenDirectory  *directory,
      const Parameters *parameters,
      GByteArray       *sender_id,
      GByteArray       *recipient_id,
      KeygenText       *secret,
      GError          **error)
{
  g_autoptr (KeygenText) settings = make_settings (parameters, sender_id, recipient_id);

  return keygen_directory_add (directory, "settings.json", settings, error)
         && keygen_directory_add (directory, "secret.json", secret, error);
}

/* Both or none: half of a pair is of no use. */
static gboolean
make_pair (const Parameters    *parameters,
           const KeygenOptions *options,
           GError             **error)
{
  g_autoptr (KeygenText) secret = make_secret ();
  g_autoptr (KeygenDirectory) client = keygen_directory_new (options->arguments[0], options->force, error);
  g_autoptr (KeygenDirectory) server = NULL;

  if (client == NULL)
    return FALSE;
  server = keygen_directory_new (options->arguments[1], options->force, error);
  if (server == NULL
      || !fill (client, parameters, parameters->client_id, parameters->server_id, secret, error)
      || !fill (server, parameters, parameters->server_id, parameters->client_id, secret, error)
      || !keygen_directory_place (client, error)
      || !keygen_directory_place (server, error))
    return FALSE;
  keygen_directory_keep (client);
  keygen_directory_keep (server);
  return TRUE;
}

static gboolean
print (const Parameters    *parameters,
       const KeygenOptions *options,
       GError             **error)
{
  g_autoptr (KeygenText) text = keygen_text_new ();
  g_autofree char *client = keygen_file_dup_name (options->arguments[0]);
  g_autofree char *server = keygen_file_dup_name (options->arguments[1]);

  keygen_text_append (text, "# Use each directory in one place only: a copy of it is not safe.\n\n"
                      "# The client:\n{", -1);
  keygen_text_append_json (text, parameters->pattern);
  keygen_text_append (text, ": {\"oscore\": {\"basedir\": ", -1);
  keygen_text_append_json (text, client);
  keygen_text_append (text, "}}}\n\n# The server:\n{\":client", -1);
  if (parameters->client_id->len > 0)
    keygen_text_append (text, "-", -1);
  keygen_text_append_hex (text, parameters->client_id->data, parameters->client_id->len);
  keygen_text_append (text, "\": {\"oscore\": {\"basedir\": ", -1);
  keygen_text_append_json (text, server);
  keygen_text_append (text, "}}}\n", -1);
  return keygen_text_print (text, error);
}

gboolean
keygen_oscore_run (const KeygenOptions *options,
                   GError             **error)
{
  g_auto (Parameters) parameters = { NULL };
  sigset_t signals;
  gboolean is_good;

  if (g_strcmp0 (options->algorithm, "help") == 0)
    return list_algorithms (error);
  if (!take_parameters (&parameters, options, error))
    return FALSE;
  if (are_same_directory (options->arguments[0], options->arguments[1]))
    return keygen_options_fail (error, "Client and server need directories of their own, side by side.");
  keygen_file_hold_signals (&signals);
  is_good = make_pair (&parameters, options, error);
  keygen_file_release_signals (&signals);
  return is_good && print (&parameters, options, error);
}
