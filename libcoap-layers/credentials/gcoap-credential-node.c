/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tree of a credential map, from what the parser of diagnostic notation
 * encodes and where it found it. */
#include "credentials/gcoap-credential-node-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-secret-private.h"
#include "formats/gcoap-edn-private.h"

#define NO_MEANING "only maps, arrays, strings, integers and booleans have a meaning here"
#define TAG_BIGNUM 2

typedef struct
{
  const char      *text;
  GcoapCborReader *reader;
  GArray          *positions;
  guint            next;
} Builder;

static GcoapCredentialNode *take (Builder *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

static void
free_node (gpointer node)
{
  gcoap_credential_node_free (node);
}

void
gcoap_credential_node_free (GcoapCredentialNode *self)
{
  if (self == NULL)
    return;
  gcoap_secret_free_heap (self->data, self->length);
  g_clear_pointer (&self->keys, g_ptr_array_unref);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_clear_object (&self->credential);
  g_free (self);
}

static gboolean
fail (Builder    *self,
      gsize       offset,
      GcoapError  code,
      const char *reason,
      GError    **error)
{
  guint line;
  glong column;

  gcoap_edn_get_place (self->text, offset, &line, &column);
  g_set_error (error, GCOAP_ERROR, code, "Invalid credentials: %s (line %u, column %ld).", reason, line, column);
  return FALSE;
}

static gboolean
take_string (Builder             *self,
             GcoapCredentialNode *node,
             GError             **error)
{
  if (node->type == GCOAP_CBOR_TYPE_TEXT)
    {
      node->data = gcoap_cbor_reader_dup_text (self->reader, NULL);
      if (node->data == NULL)
        return fail (self, node->offset, GCOAP_ERROR_MALFORMED, "text must not hold a NUL here", error);
      node->length = strlen (node->data);
    }
  else
    {
      g_autoptr (GBytes) bytes = gcoap_cbor_reader_dup_bytes (self->reader, error);
      const guint8 *data;

      if (bytes == NULL)
        return FALSE;
      data = g_bytes_get_data (bytes, &node->length);
      node->data = g_malloc (node->length + 1);
      if (node->length > 0)
        memcpy (node->data, data, node->length);
      node->data[node->length] = '\0';
      if (node->length > 0)
        sodium_memzero ((guint8 *) data, node->length);
    }
  return TRUE;
}

static gboolean
take_values (Builder             *self,
             GcoapCredentialNode *node,
             GError             **error)
{
  gboolean is_map = node->type == GCOAP_CBOR_TYPE_MAP;
  gboolean success = is_map ? gcoap_cbor_reader_enter_map (self->reader, NULL, error)
                            : gcoap_cbor_reader_enter_array (self->reader, NULL, error);

  node->values = g_ptr_array_new_with_free_func (free_node);
  if (is_map)
    node->keys = g_ptr_array_new_with_free_func (free_node);
  while (success && gcoap_cbor_reader_peek (self->reader) != GCOAP_CBOR_TYPE_END)
    {
      GcoapCredentialNode *item = take (self, error);

      if (item == NULL)
        return FALSE;
      if (!is_map || node->keys->len > node->values->len)
        {
          g_ptr_array_add (node->values, item);
          continue;
        }
      g_ptr_array_add (node->keys, item);
      if (item->type != GCOAP_CBOR_TYPE_TEXT)
        return fail (self, item->offset, GCOAP_ERROR_MALFORMED, "the keys of maps are text", error);
    }
  return success && gcoap_cbor_reader_leave (self->reader, error);
}

static gboolean
take_number (Builder             *self,
             GcoapCredentialNode *node,
             GError             **error)
{
  guint64 number;

  if (gcoap_cbor_reader_read_int (self->reader, &node->number, NULL))
    return TRUE;
  if (!gcoap_cbor_reader_read_uint (self->reader, &number, NULL))
    return fail (self, node->offset, GCOAP_ERROR_MALFORMED, "this number is too large", error);
  number = GUINT64_TO_BE (number);
  node->type = GCOAP_CBOR_TYPE_TAG;
  node->length = sizeof number;
  node->data = g_memdup2 (&number, sizeof number);
  return TRUE;
}

/* RFC 8949 §3.4.3: what the parser makes of long numbers. */
static gboolean
take_bignum (Builder             *self,
             GcoapCredentialNode *node,
             GError             **error)
{
  guint64 tag;

  if (!gcoap_cbor_reader_read_tag (self->reader, &tag, error))
    return FALSE;
  if (tag == TAG_BIGNUM && gcoap_cbor_reader_peek (self->reader) == GCOAP_CBOR_TYPE_BYTES)
    return take_string (self, node, error);
  return fail (self, node->offset, GCOAP_ERROR_MALFORMED, NO_MEANING, error);
}

/* Whatever else there is in CBOR has no meaning here. */
static gboolean
take_value (Builder             *self,
            GcoapCredentialNode *node,
            GError             **error)
{
  switch (node->type)
    {
    case GCOAP_CBOR_TYPE_TEXT:
    case GCOAP_CBOR_TYPE_BYTES:
      return take_string (self, node, error);
    case GCOAP_CBOR_TYPE_MAP:
    case GCOAP_CBOR_TYPE_ARRAY:
      return take_values (self, node, error);
    case GCOAP_CBOR_TYPE_UNSIGNED:
    case GCOAP_CBOR_TYPE_NEGATIVE:
      return take_number (self, node, error);
    case GCOAP_CBOR_TYPE_BOOLEAN:
      return gcoap_cbor_reader_read_boolean (self->reader, &node->boolean, error);
    case GCOAP_CBOR_TYPE_TAG:
      return take_bignum (self, node, error);
    case GCOAP_CBOR_TYPE_INVALID:
    case GCOAP_CBOR_TYPE_END:
    case GCOAP_CBOR_TYPE_NULL:
    case GCOAP_CBOR_TYPE_UNDEFINED:
    case GCOAP_CBOR_TYPE_SIMPLE:
    case GCOAP_CBOR_TYPE_FLOAT:
    default:
      return fail (self, node->offset, GCOAP_ERROR_MALFORMED, NO_MEANING, error);
    }
}

static GcoapCredentialNode *
take (Builder *self,
      GError **error)
{
  g_autoptr (GcoapCredentialNode) node = g_new0 (GcoapCredentialNode, 1);

  node->type = gcoap_cbor_reader_peek (self->reader);
  node->offset = self->next < self->positions->len ? g_array_index (self->positions, gsize, self->next) : 0;
  self->next++;
  return take_value (self, node, error) ? g_steal_pointer (&node) : NULL;
}

GcoapCredentialNode *
gcoap_credential_node_parse (const char *text,
                             gsize       length,
                             GError    **error)
{
  g_autoptr (GArray) positions = NULL;
  g_autoptr (GcoapCborReader) reader = NULL;
  g_autoptr (GBytes) bytes = gcoap_edn_parse_secret (text, length, &positions, error);
  Builder self = { .text = text };

  if (bytes == NULL)
    return NULL;
  if (positions->len > GCOAP_CREDENTIAL_MAX_NODES)
    {
      g_autofree char *reason = g_strdup_printf ("there are more than %d items", GCOAP_CREDENTIAL_MAX_NODES);

      fail (&self, g_array_index (positions, gsize, GCOAP_CREDENTIAL_MAX_NODES), GCOAP_ERROR_LIMIT, reason, error);
      return NULL;
    }
  reader = gcoap_cbor_reader_new (bytes, GCOAP_CBOR_READER_INDEFINITE);
  /* The parser goes this deep, and no deeper. */
  gcoap_cbor_reader_set_max_depth (reader, GCOAP_CBOR_MAX_DEPTH);
  self.reader = reader;
  self.positions = positions;
  return take (&self, error);
}

GcoapCredentialNode *
gcoap_credential_node_get (GcoapCredentialNode *self,
                           const char          *key)
{
  for (guint i = 0; self->keys != NULL && i < self->values->len; i++)
    if (g_str_equal (gcoap_credential_node_get_key (self, i)->data, key))
      return g_ptr_array_index (self->values, i);
  return NULL;
}

GcoapCredentialNode *
gcoap_credential_node_get_key (GcoapCredentialNode *self,
                               guint                position)
{
  return g_ptr_array_index (self->keys, position);
}

GcoapCredentialNode *
gcoap_credential_node_get_value (GcoapCredentialNode *self,
                                 guint                position)
{
  return g_ptr_array_index (self->values, position);
}

guint
gcoap_credential_node_get_n_values (GcoapCredentialNode *self)
{
  return self->values != NULL ? self->values->len : 0;
}
