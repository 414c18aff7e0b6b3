/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text is that of aiocoap's sequence.json, with entries that aiocoap passes
 * over. A context after RFC 8613 Appendix B.2 must not be taken for the one
 * before: its entries stand one level deeper, where aiocoap does not find them. */
#include "providers/oscore/gcoap-oscore-state-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-node-private.h"
#include "formats/gcoap-edn-private.h"

#define REDERIVED "rederived"

/* The digits of 2^1024, and one more. */
#define MAX_DIGITS 310

void
gcoap_oscore_state_init (GcoapOscoreState *self)
{
  *self = (GcoapOscoreState) { .window_is_known = TRUE };
}

static gboolean
fail (const char          *text,
      GcoapCredentialNode *at,
      GError             **error,
      const char          *reason,
      const char          *name)
{
  guint line;
  glong column;

  gcoap_edn_get_place (text, at->offset, &line, &column);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
               "Invalid OSCORE state: “%s” %s (line %u, column %ld).", name, reason, line, column);
  return FALSE;
}

static gboolean
take_number (const char          *text,
             GcoapCredentialNode *map,
             const char          *name,
             guint64              max,
             gboolean             is_needed,
             guint64             *number,
             GError             **error)
{
  GcoapCredentialNode *node = gcoap_credential_node_get (map, name);

  if (node == NULL)
    return !is_needed || fail (text, map, error, "is missing", name);
  if (node->type != GCOAP_CBOR_TYPE_UNSIGNED || (guint64) node->number > max)
    return fail (text, node, error, "is no number, or too large", name);
  *number = (guint64) node->number;
  return TRUE;
}

static gboolean
take_bits (const char          *text,
           GcoapCredentialNode *node,
           GcoapOscoreState    *self,
           GError             **error)
{
  if (node->type == GCOAP_CBOR_TYPE_UNSIGNED)
    {
      for (guint i = 0; i < sizeof (guint64); i++)
        self->seen[i] = (guint8) ((guint64) node->number >> (8 * i));
      return TRUE;
    }
  if (node->type != GCOAP_CBOR_TYPE_TAG || node->length > sizeof self->seen)
    return fail (text, node, error, "is no number, or too large", "bitfield");
  for (gsize i = 0; i < node->length; i++)
    self->seen[i] = (guint8) node->data[node->length - 1 - i];
  return TRUE;
}

static gboolean
check_keys (const char          *text,
            GcoapCredentialNode *map,
            const char *const   *names,
            GError             **error)
{
  for (guint i = 0; i < gcoap_credential_node_get_n_values (map); i++)
    {
      GcoapCredentialNode *key = gcoap_credential_node_get_key (map, i);

      if (!g_strv_contains (names, key->data))
        return fail (text, key, error, "has no meaning here", key->data);
      if (gcoap_credential_node_get (map, key->data) != gcoap_credential_node_get_value (map, i))
        return fail (text, key, error, "is there twice", key->data);
    }
  return TRUE;
}

static gboolean
take_window (const char          *text,
             GcoapCredentialNode *map,
             GcoapOscoreState    *self,
             GError             **error)
{
  static const char *const names[] = { "index", "bitfield", NULL };
  GcoapCredentialNode *node = gcoap_credential_node_get (map, "received");
  GcoapCredentialNode *bits;

  if (node == NULL)
    return fail (text, map, error, "is missing", "received");
  self->window_is_known = node->type == GCOAP_CBOR_TYPE_MAP;
  if (!self->window_is_known)
    return (node->type == GCOAP_CBOR_TYPE_TEXT && g_str_equal (node->data, "unknown"))
           || fail (text, node, error, "must be “unknown”, or have index and bitfield", "received");
  if (!check_keys (text, node, names, error)
      || !take_number (text, node, "index", GCOAP_OSCORE_END_OF_NUMBERS, TRUE, &self->floor, error))
    return FALSE;
  bits = gcoap_credential_node_get (node, "bitfield");
  if (bits == NULL)
    return fail (text, node, error, "is missing", "bitfield");
  return take_bits (text, bits, self, error);
}

static gboolean
take_id_context (const char          *text,
                 GcoapCredentialNode *map,
                 GcoapOscoreState    *self,
                 GError             **error)
{
  GcoapCredentialNode *node = gcoap_credential_node_get (map, "id-context_hex");

  if (node == NULL)
    return fail (text, map, error, "is missing", "id-context_hex");
  if (node->type != GCOAP_CBOR_TYPE_TEXT || node->length % 2 != 0
      || node->length / 2 > sizeof self->id_context)
    return fail (text, node, error, "must be hexadecimal digits, of up to 64 bytes", "id-context_hex");
  for (gsize i = 0; i < node->length; i++)
    {
      int digit = g_ascii_xdigit_value (node->data[i]);

      if (digit < 0)
        return fail (text, node, error, "must be hexadecimal digits, of up to 64 bytes", "id-context_hex");
      self->id_context[i / 2] = (guint8) (self->id_context[i / 2] << 4 | digit);
    }
  self->id_context_length = node->length / 2;
  self->has_id_context = TRUE;
  return TRUE;
}

static gboolean
take (const char          *text,
      GcoapCredentialNode *map,
      gboolean             is_rederived,
      GcoapOscoreState    *self,
      GError             **error)
{
  static const char *const names[] = {
    "next-to-send", "received", "first", "responses", "failures", NULL, NULL,
  };
  static const char *const rederived_names[] = {
    "next-to-send", "received", "first", "responses", "failures", "id-context_hex", NULL,
  };

  if (map->type != GCOAP_CBOR_TYPE_MAP)
    return fail (text, map, error, "is no map", is_rederived ? REDERIVED : "the state");
  if (!check_keys (text, map, is_rederived ? rederived_names : names, error)
      || !take_number (text, map, "next-to-send", GCOAP_OSCORE_END_OF_NUMBERS, TRUE, &self->next, error)
      || !take_number (text, map, "first", self->next, FALSE, &self->first, error)
      || !take_number (text, map, "responses", G_MAXINT64, FALSE, &self->responses, error)
      || !take_number (text, map, "failures", G_MAXINT64, FALSE, &self->failures, error)
      || !take_window (text, map, self, error))
    return FALSE;
  return !is_rederived || take_id_context (text, map, self, error);
}

gboolean
gcoap_oscore_state_parse (GcoapOscoreState *self,
                          const char       *text,
                          gsize             length,
                          GError          **error)
{
  g_autoptr (GcoapCredentialNode) root = NULL;
  GcoapCredentialNode *rederived;
  g_autofree char *copy = g_strndup (text, length);   /* ends with a NUL */

  gcoap_oscore_state_init (self);
  root = gcoap_credential_node_parse (copy, length, error);
  if (root == NULL)
    return FALSE;
  rederived = gcoap_credential_node_get (root, REDERIVED);
  if (rederived == NULL)
    return take (copy, root, FALSE, self, error);
  if (gcoap_credential_node_get_n_values (root) != 1)
    return fail (copy, root, error, "stands alone", REDERIVED);
  return take (copy, rederived, TRUE, self, error);
}

/* In decimal digits; @bits is used up. */
static void
print_bits (guint8  *bits,
            gsize    length,
            GString *text)
{
  char digits[MAX_DIGITS];
  gsize n = 0;

  do
    {
      guint rest = 0;

      while (length > 0 && bits[length - 1] == 0)
        length--;
      for (gsize i = length; i-- > 0;)
        {
          guint value = rest << 8 | bits[i];

          bits[i] = (guint8) (value / 10);
          rest = value % 10;
        }
      digits[n++] = (char) ('0' + rest);
    }
  while (length > 1 || (length == 1 && bits[0] != 0));
  while (n > 0)
    g_string_append_c (text, digits[--n]);
}

static void
print_number (GString    *text,
              const char *name,
              guint64     number)
{
  if (number > 0)
    g_string_append_printf (text, ", \"%s\": %" G_GUINT64_FORMAT, name, number);
}

char *
gcoap_oscore_state_print (const GcoapOscoreState *self)
{
  GString *text = g_string_new (self->has_id_context ? "{\"" REDERIVED "\": " : NULL);

  g_string_append_printf (text, "{\"next-to-send\": %" G_GUINT64_FORMAT ", \"received\": ", self->next);
  if (self->window_is_known)
    {
      guint8 bits[sizeof self->seen];

      memcpy (bits, self->seen, sizeof bits);
      g_string_append_printf (text, "{\"index\": %" G_GUINT64_FORMAT ", \"bitfield\": ", self->floor);
      print_bits (bits, sizeof bits, text);
      g_string_append_c (text, '}');
    }
  else
    g_string_append (text, "\"unknown\"");
  print_number (text, "first", self->first);
  print_number (text, "responses", self->responses);
  print_number (text, "failures", self->failures);
  if (self->has_id_context)
    {
      g_string_append (text, ", \"id-context_hex\": \"");
      for (gsize i = 0; i < self->id_context_length; i++)
        g_string_append_printf (text, "%02x", self->id_context[i]);
      g_string_append (text, "\"}");
    }
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

void
gcoap_oscore_state_take_window (GcoapOscoreState        *self,
                                const GcoapReplayWindow *window)
{
  self->window_is_known = window->is_known;
  self->floor = window->is_known ? window->floor : 0;
  memset (self->seen, 0, sizeof self->seen);
  for (guint i = 0; window->is_known && i < window->size; i++)
    if (!gcoap_replay_window_is_new (window, window->floor + i))
      self->seen[i / 8] |= (guint8) (1 << (i % 8));
}

void
gcoap_oscore_state_give_window (const GcoapOscoreState *self,
                                GcoapReplayWindow      *window)
{
  gcoap_replay_window_init (window, window->size);
  if (!self->window_is_known)
    return;
  gcoap_replay_window_reset (window);
  window->floor = self->floor;
  /* In rising order, so that a smaller window than the one it was forgets the
   * lowest numbers, and takes them as seen. */
  for (guint i = 0; i < GCOAP_REPLAY_WINDOW_MAX; i++)
    if ((self->seen[i / 8] >> (i % 8) & 1) != 0 && !gcoap_replay_window_accept (window, self->floor + i))
      continue;
  window->n_accepted = 0;
}
