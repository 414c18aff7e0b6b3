/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-uri-path-abbrev.h"

#include <string.h>

#define MAX_SEGMENTS 3

typedef struct
{
  guint       value;
  const char *segments[MAX_SEGMENTS];
} Row;

/* draft-ietf-core-uri-path-abbrev, table 2. */
static const Row rows[] = {
  { 0, { ".well-known", "core" } },
  { 1, { ".well-known", "rd" } },
  { 2, { ".well-known", "edhoc" } },
  { 301, { ".well-known", "est", "crts" } },
  { 302, { ".well-known", "est", "sen" } },
  { 303, { ".well-known", "est", "sren" } },
  { 304, { ".well-known", "est", "skg" } },
  { 305, { ".well-known", "est", "skc" } },
  { 306, { ".well-known", "est", "att" } },
  { 401, { ".well-known", "brski", "es" } },
  { 402, { ".well-known", "brski", "rv" } },
  { 403, { ".well-known", "brski", "vs" } },
};

static guint
count_segments (const Row *row)
{
  guint n = 0;

  while (n < MAX_SEGMENTS && row->segments[n] != NULL)
    n++;
  return n;
}

static gboolean
names_path (GcoapMessage *message,
            const Row    *row)
{
  guint n = count_segments (row);

  if (gcoap_message_count_option (message, GCOAP_OPTION_URI_PATH) != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      gsize length = 0;
      const guint8 *data = gcoap_message_peek_option (message, GCOAP_OPTION_URI_PATH, i, &length);

      if (length != strlen (row->segments[i]) || memcmp (data, row->segments[i], length) != 0)
        return FALSE;
    }
  return TRUE;
}

/**
 * gcoap_message_abbreviate_path:
 * @self: a request that is not locked
 *
 * Puts the Uri-Path-Abbrev option in the place of the path, if there is a number
 * for it.
 *
 * To be used only where the server is known to support it: others answer 4.02,
 * and the request must be repeated with its path spelled out. The option is of a
 * draft, draft-ietf-core-uri-path-abbrev; its number may still change.
 *
 * Returns: %FALSE if the request was left as it is
 *
 * Since: 0.1
 */
gboolean
gcoap_message_abbreviate_path (GcoapMessage *self)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (!gcoap_message_is_locked (self), FALSE);

  /* §2.4: not together with Proxy-Uri. */
  if (gcoap_message_has_option (self, GCOAP_OPTION_PROXY_URI)
      || gcoap_message_has_option (self, GCOAP_OPTION_PROXY_CRI))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (names_path (self, &rows[i]))
      {
        gcoap_message_remove_option (self, GCOAP_OPTION_URI_PATH);
        gcoap_message_set_option_uint (self, GCOAP_OPTION_URI_PATH_ABBREV, rows[i].value);
        return TRUE;
      }
  return FALSE;
}

/**
 * gcoap_message_expand_path:
 * @self: a request that is not locked
 *
 * Spells a path out that the Uri-Path-Abbrev option stands for.
 *
 * Sites do so themselves before they look for a resource.
 *
 * Returns: %FALSE, with the request left as it is, if the option is absent,
 *   repeated, has a value that is not known, or stands beside a Uri-Path
 *
 * Since: 0.1
 */
gboolean
gcoap_message_expand_path (GcoapMessage *self)
{
  guint value;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (!gcoap_message_is_locked (self), FALSE);

  if (gcoap_message_count_option (self, GCOAP_OPTION_URI_PATH_ABBREV) != 1
      || gcoap_message_count_option (self, GCOAP_OPTION_URI_PATH) > 0
      || !gcoap_message_get_option_uint (self, GCOAP_OPTION_URI_PATH_ABBREV, &value))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].value == value)
      {
        gcoap_message_remove_option (self, GCOAP_OPTION_URI_PATH_ABBREV);
        for (guint j = 0; j < count_segments (&rows[i]); j++)
          gcoap_message_add_option_string (self, GCOAP_OPTION_URI_PATH, rows[i].segments[j]);
        return TRUE;
      }
  return FALSE;
}
