/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The entries are those of aiocoap; one of bytes has "_hex" or "_ascii" behind
 * its name. No error quotes a value. */
#include "providers/oscore/gcoap-oscore-settings-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-node-private.h"
#include "credentials/gcoap-secret-private.h"
#include "formats/gcoap-edn-private.h"
#include "providers/oscore/gcoap-oscore-keys-private.h"
#include "providers/oscore/gcoap-replay-window-private.h"

#define MAX_SECRET 64

typedef enum
{
  ENTRY_SECRET,
  ENTRY_SALT,
  ENTRY_SENDER_ID,
  ENTRY_RECIPIENT_ID,
  ENTRY_ID_CONTEXT,
  ENTRY_ALGORITHM,
  ENTRY_HASH,
  ENTRY_WINDOW,
  N_ENTRIES,
} Entry;

static const char *const names[N_ENTRIES] = {
  "secret", "salt", "sender-id", "recipient-id", "id-context", "algorithm", "kdf-hashfun", "window",
};

static const gsize max_lengths[ENTRY_ALGORITHM] = {
  MAX_SECRET, MAX_SECRET, GCOAP_OSCORE_MAX_ID, GCOAP_OSCORE_MAX_ID, GCOAP_OSCORE_MAX_ID_CONTEXT,
};

typedef struct
{
  const char *text;
  const char *file;
  GBytes     *bytes[ENTRY_ALGORITHM];
  gboolean    is_there[N_ENTRIES];
  gint        algorithm;
  char       *hash;
  guint       window;
} Settings;

static void
clear_settings (Settings *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->bytes); i++)
    g_clear_pointer (&self->bytes[i], g_bytes_unref);
  g_free (self->hash);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Settings, clear_settings)

static gboolean
fail (Settings            *self,
      GcoapCredentialNode *at,
      GError             **error,
      const char          *name,
      const char          *reason)
{
  guint line;
  glong column;

  gcoap_edn_get_place (self->text, at->offset, &line, &column);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "The file “%s” is invalid: “%s” %s (line %u, column %ld).",
               self->file, name, reason, line, column);
  return FALSE;
}

typedef struct
{
  guint8 *data;
  gsize   length;
} Wiped;

static void
free_wiped (gpointer data)
{
  Wiped *self = data;

  gcoap_secret_free_heap (self->data, self->length);
  g_free (self);
}

static gboolean
take_bytes (Settings            *self,
            Entry                entry,
            GcoapCredentialNode *key,
            GcoapCredentialNode *value,
            gboolean             is_hex,
            GError             **error)
{
  gsize length = is_hex ? value->length / 2 : value->length;
  Wiped *wiped;

  if (value->type != GCOAP_CBOR_TYPE_TEXT || (is_hex && value->length % 2 != 0))
    return fail (self, value, error, key->data, is_hex ? "must be text, of pairs of hexadecimal digits" : "must be text");
  if (length > max_lengths[entry])
    {
      g_autofree char *reason = g_strdup_printf ("has more than %" G_GSIZE_FORMAT " bytes", max_lengths[entry]);

      return fail (self, value, error, key->data, reason);
    }
  wiped = g_new0 (Wiped, 1);
  wiped->data = g_malloc0 (length + 1);
  wiped->length = length;
  self->bytes[entry] = g_bytes_new_with_free_func (wiped->data, length, free_wiped, wiped);
  for (gsize i = 0; i < value->length; i++)
    {
      int digit = is_hex ? g_ascii_xdigit_value (value->data[i]) : value->data[i];

      if (digit < 0 || digit > 127)
        return fail (self, value, error, key->data, is_hex ? "must be pairs of hexadecimal digits" : "must be ASCII");
      if (is_hex)
        wiped->data[i / 2] = (guint8) (wiped->data[i / 2] << 4 | digit);
      else
        wiped->data[i] = (guint8) digit;
    }
  return TRUE;
}

static gboolean
take_algorithm (Settings            *self,
                GcoapCredentialNode *value,
                GError             **error)
{
  const GcoapAeadAlgorithm *algorithm = NULL;

  if (value->type == GCOAP_CBOR_TYPE_TEXT)
    algorithm = gcoap_aead_algorithm_find (value->data);
  else if (value->type == GCOAP_CBOR_TYPE_UNSIGNED && value->number <= G_MAXINT)
    algorithm = gcoap_aead_algorithm_lookup ((gint) value->number);
  if (algorithm == NULL)
    return fail (self, value, error, "algorithm", "must be name or number of an AEAD algorithm of COSE");
  self->algorithm = algorithm->id;
  return TRUE;
}

static gboolean
take_hash (Settings            *self,
           GcoapCredentialNode *value,
           GError             **error)
{
  if (value->type != GCOAP_CBOR_TYPE_TEXT
      || (!g_str_equal (value->data, "sha256") && !g_str_equal (value->data, "sha512")))
    return fail (self, value, error, "kdf-hashfun", "must be “sha256” or “sha512”");
  self->hash = g_strdup (value->data);
  return TRUE;
}

static gboolean
take_window (Settings            *self,
             GcoapCredentialNode *value,
             GError             **error)
{
  if (value->type != GCOAP_CBOR_TYPE_UNSIGNED || value->number < 1 || value->number > GCOAP_REPLAY_WINDOW_MAX)
    return fail (self, value, error, "window", "must be a number from 1 to 1024");
  self->window = (guint) value->number;
  return TRUE;
}

static gboolean
find_entry (const char *key,
            Entry      *entry,
            gboolean   *is_hex)
{
  for (guint i = 0; i < N_ENTRIES; i++)
    {
      gsize length = strlen (names[i]);

      if (strncmp (key, names[i], length) != 0)
        continue;
      *entry = (Entry) i;
      *is_hex = g_str_equal (key + length, "_hex");
      if (i < ENTRY_ALGORITHM ? *is_hex || g_str_equal (key + length, "_ascii") : key[length] == '\0')
        return TRUE;
    }
  return FALSE;
}

static gboolean
take_entry (Settings            *self,
            GcoapCredentialNode *key,
            GcoapCredentialNode *value,
            GError             **error)
{
  Entry entry;
  gboolean is_hex;

  if (!find_entry (key->data, &entry, &is_hex))
    {
      /* A name can be anything, and as long as the file. */
      g_autofree char *start = g_utf8_substring (key->data, 0, MIN (g_utf8_strlen (key->data, -1), 32));

      return fail (self, key, error, start, "has no meaning in an OSCORE context");
    }
  if (self->is_there[entry])
    return fail (self, key, error, names[entry], "is there twice, in this file or in the other one");
  self->is_there[entry] = TRUE;
  switch (entry)
    {
    case ENTRY_ALGORITHM:
      return take_algorithm (self, value, error);
    case ENTRY_HASH:
      return take_hash (self, value, error);
    case ENTRY_WINDOW:
      return take_window (self, value, error);
    case ENTRY_SECRET:
    case ENTRY_SALT:
    case ENTRY_SENDER_ID:
    case ENTRY_RECIPIENT_ID:
    case ENTRY_ID_CONTEXT:
    case N_ENTRIES:
    default:
      return take_bytes (self, entry, key, value, is_hex, error);
    }
}

static gboolean
take_file (Settings   *self,
           GBytes     *bytes,
           const char *name,
           GError    **error)
{
  g_autoptr (GcoapCredentialNode) root = NULL;
  gsize length;
  const char *data;
  char *copy;
  gboolean success = TRUE;

  if (bytes == NULL)
    return TRUE;
  data = g_bytes_get_data (bytes, &length);
  copy = g_strndup (data != NULL ? data : "", length);   /* ends with a NUL */
  self->text = copy;
  self->file = name;
  root = gcoap_credential_node_parse (copy, length, error);
  if (root == NULL)
    {
      g_prefix_error (error, "The file “%s”: ", name);
      success = FALSE;
    }
  else if (root->type != GCOAP_CBOR_TYPE_MAP)
    success = fail (self, root, error, "the file", "must be a map");
  for (guint i = 0; success && i < gcoap_credential_node_get_n_values (root); i++)
    success = take_entry (self, gcoap_credential_node_get_key (root, i), gcoap_credential_node_get_value (root, i),
                          error);
  self->text = NULL;
  gcoap_secret_free_heap (copy, length);
  return success;
}

GcoapOscoreCredential *
gcoap_oscore_settings_read (GBytes     *settings,
                            const char *settings_name,
                            GBytes     *secret,
                            const char *secret_name,
                            gboolean   *has_secret,
                            GError    **error)
{
  g_auto (Settings) self = { NULL };
  GcoapOscoreCredential *credential;

  if (!take_file (&self, settings, settings_name, error))
    return NULL;
  *has_secret = self.is_there[ENTRY_SECRET];
  if (!take_file (&self, secret, secret_name, error))
    return NULL;
  for (Entry entry = ENTRY_SECRET; entry <= ENTRY_RECIPIENT_ID; entry++)
    if (entry != ENTRY_SALT && self.bytes[entry] == NULL)
      {
        g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "“%s_hex” is missing in “%s” and “%s”.",
                     names[entry], settings_name, secret_name);
        return NULL;
      }
  credential = gcoap_oscore_credential_new_full (self.bytes[ENTRY_SECRET], self.bytes[ENTRY_SALT],
                                                 self.bytes[ENTRY_SENDER_ID], self.bytes[ENTRY_RECIPIENT_ID],
                                                 self.bytes[ENTRY_ID_CONTEXT], self.algorithm, self.hash,
                                                 self.window, error);
  if (credential == NULL)
    g_prefix_error (error, "The files “%s” and “%s”: ", settings_name, secret_name);
  return credential;
}
