/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of a credential map: bytes, hashes, names of files; and errors
 * that say where in the map something is wrong, but never quote a value. */
#include <stdarg.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "credentials/gcoap-key-material-private.h"
#include "formats/gcoap-edn-private.h"

static void
set_error (GcoapCredentialMap  *self,
           GcoapCredentialNode *at,
           gint                 code,
           const char          *reason,
           GError             **error)
{
  guint line;
  glong column;

  gcoap_edn_get_place (self->text, at->offset, &line, &column);
  g_set_error (error, GCOAP_ERROR, code, "Invalid credentials: %s (line %u, column %ld).", reason, line, column);
}

gboolean
gcoap_credential_map_fail (GcoapCredentialMap  *self,
                           GcoapCredentialNode *at,
                           GError             **error,
                           const char          *format,
                           ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  set_error (self, at, GCOAP_ERROR_MALFORMED, reason, error);
  return FALSE;
}

gboolean
gcoap_credential_map_fail_code (GcoapCredentialMap  *self,
                                GcoapCredentialNode *at,
                                gint                 code,
                                GError             **error,
                                const char          *format,
                                ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  set_error (self, at, code, reason, error);
  return FALSE;
}

gboolean
gcoap_credential_map_wrap (GcoapCredentialMap  *self,
                           GcoapCredentialNode *at,
                           GError              *cause,
                           GError             **error)
{
  gsize length = strlen (cause->message);
  g_autofree char *reason =
    g_strndup (cause->message, g_str_has_suffix (cause->message, ".") ? length - 1 : length);

  if (cause->domain == G_IO_ERROR)
    {
      g_propagate_error (error, cause);
      return FALSE;
    }
  set_error (self, at, cause->code, reason, error);
  g_error_free (cause);
  return FALSE;
}

gboolean
gcoap_credential_map_check_type (GcoapCredentialMap  *self,
                                 GcoapCredentialNode *node,
                                 GcoapCborType        type,
                                 const char          *what,
                                 GError             **error)
{
  const char *name = type == GCOAP_CBOR_TYPE_MAP ? "a map"
                     : type == GCOAP_CBOR_TYPE_ARRAY ? "an array"
                     : type == GCOAP_CBOR_TYPE_TEXT ? "text" : "an integer";

  if (node->type == type)
    return TRUE;
  return gcoap_credential_map_fail (self, node, error, "“%s” must be %s", what, name);
}

gboolean
gcoap_credential_map_check_keys (GcoapCredentialMap  *self,
                                 GcoapCredentialNode *node,
                                 const char          *what,
                                 const char *const   *keys,
                                 GError             **error)
{
  if (!gcoap_credential_map_check_type (self, node, GCOAP_CBOR_TYPE_MAP, what, error))
    return FALSE;
  for (guint i = 0; i < gcoap_credential_node_get_n_values (node); i++)
    {
      GcoapCredentialNode *key = gcoap_credential_node_get_key (node, i);

      if (!g_strv_contains (keys, key->data))
        return gcoap_credential_map_fail (self, key, error, "“%s” has no entry “%.64s”", what, key->data);
    }
  return TRUE;
}

static gboolean
decode_hex (const char *text,
            gsize       length,
            guint8     *data)
{
  for (gsize i = 0; i < length / 2; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      data[i] = (guint8) (high << 4 | low);
    }
  return length % 2 == 0;
}

typedef struct
{
  guint8 *data;
  gsize   size;
} Wiped;

static void
free_wiped (gpointer data)
{
  Wiped *self = data;

  gcoap_secret_free_heap (self->data, self->size);
  g_free (self);
}

/* Takes @data. */
static GBytes *
new_wiped (guint8 *data,
           gsize   size)
{
  Wiped *wiped = g_new (Wiped, 1);

  wiped->data = data;
  wiped->size = size;
  return g_bytes_new_with_free_func (data, size, free_wiped, wiped);
}

GBytes *
gcoap_credential_map_take_bytes (GcoapCredentialMap  *self,
                                 GcoapCredentialNode *node,
                                 const char          *what,
                                 GError             **error)
{
  GcoapCredentialNode *hex = gcoap_credential_node_get (node, "hex");
  GcoapCredentialNode *ascii = gcoap_credential_node_get (node, "ascii");
  GcoapCredentialNode *value = hex != NULL ? hex : ascii;
  guint8 *data;

  if (node->type == GCOAP_CBOR_TYPE_BYTES)
    return new_wiped (g_memdup2 (node->data, node->length + 1), node->length);
  if (value == NULL || gcoap_credential_node_get_n_values (node) != 1)
    {
      gcoap_credential_map_fail (self, node, error,
                                 "“%s” must be {\"ascii\": \"…\"}, {\"hex\": \"…\"}, or a byte string", what);
      return NULL;
    }
  if (!gcoap_credential_map_check_type (self, value, GCOAP_CBOR_TYPE_TEXT, hex != NULL ? "hex" : "ascii", error))
    return NULL;
  if (value == ascii)
    {
      if (g_str_is_ascii (value->data))
        return new_wiped (g_memdup2 (value->data, value->length + 1), value->length);
      gcoap_credential_map_fail (self, value, error, "“ascii” has characters that are not ASCII");
      return NULL;
    }
  data = g_malloc (value->length / 2 + 1);
  if (decode_hex (value->data, value->length, data))
    return new_wiped (data, value->length / 2);
  gcoap_secret_free_heap (data, value->length / 2);
  gcoap_credential_map_fail (self, value, error, "“hex” must be pairs of hexadecimal digits");
  return NULL;
}

static gboolean
add_hash (GcoapCredentialMap  *self,
          GcoapCredentialNode *node,
          const char          *what,
          GStrvBuilder        *builder,
          GError             **error)
{
  g_autofree char *hash = node->type == GCOAP_CBOR_TYPE_TEXT ? gcoap_key_material_parse_hash (node->data) : NULL;

  if (hash == NULL)
    return gcoap_credential_map_fail (self, node, error,
                                      "“%s” must be “sha256:” and 64 hexadecimal digits", what);
  g_strv_builder_add (builder, hash);
  return TRUE;
}

char **
gcoap_credential_map_take_hashes (GcoapCredentialMap  *self,
                                  GcoapCredentialNode *node,
                                  const char          *what,
                                  GError             **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (node->type != GCOAP_CBOR_TYPE_ARRAY)
    return add_hash (self, node, what, builder, error) ? g_strv_builder_end (builder) : NULL;
  if (gcoap_credential_node_get_n_values (node) == 0)
    {
      gcoap_credential_map_fail (self, node, error, "“%s” must name at least one key", what);
      return NULL;
    }
  for (guint i = 0; i < gcoap_credential_node_get_n_values (node); i++)
    if (!add_hash (self, gcoap_credential_node_get_value (node, i), what, builder, error))
      return NULL;
  return g_strv_builder_end (builder);
}

char *
gcoap_credential_map_take_path (GcoapCredentialMap  *self,
                                GcoapCredentialNode *node,
                                const char          *what,
                                GError             **error)
{
  if (!gcoap_credential_map_check_type (self, node, GCOAP_CBOR_TYPE_TEXT, what, error))
    return NULL;
  if (node->length == 0)
    {
      gcoap_credential_map_fail (self, node, error, "“%s” must be the name of a file", what);
      return NULL;
    }
  if (g_path_is_absolute (node->data))
    return g_strdup (node->data);
  if (self->directory == NULL)
    {
      gcoap_credential_map_fail (self, node, error,
                                 "“%s” must be an absolute name, for the map comes from no directory", what);
      return NULL;
    }
  return g_build_filename (self->directory, node->data, NULL);
}

GBytes *
gcoap_credential_map_take_file (GcoapCredentialMap  *self,
                                GcoapCredentialNode *node,
                                const char          *what,
                                gboolean             is_secret,
                                GError             **error)
{
  g_autofree char *path = gcoap_credential_map_take_path (self, node, what, error);
  GError *cause = NULL;
  GBytes *bytes;

  if (path == NULL)
    return NULL;
  if (self->n_files++ >= GCOAP_CREDENTIAL_MAX_FILES)
    {
      gcoap_credential_map_fail_code (self, node, GCOAP_ERROR_LIMIT, error,
                                      "the map names more than %d files", GCOAP_CREDENTIAL_MAX_FILES);
      return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return NULL;
  bytes = gcoap_credential_file_read (path, is_secret ? 077 : 022, NULL, &cause);
  if (bytes == NULL)
    gcoap_credential_map_wrap (self, node, cause, error);
  return bytes;
}
