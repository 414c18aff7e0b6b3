/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the generated accessors have in common: lists, bytes and blocks. */
#include "wire/gcoap-message-accessors-private.h"

#include <string.h>

GPtrArray *
gcoap_message_accessors_get_bytes (GcoapMessage *self,
                                   guint         number)
{
  GPtrArray *values = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const GcoapOptionView *view;

  for (guint i = 0; (view = gcoap_options_find (self->options, number, i)) != NULL; i++)
    g_ptr_array_add (values, g_bytes_new (view->data, view->length));

  return values;
}

void
gcoap_message_accessors_set_bytes (GcoapMessage *self,
                                   guint         number,
                                   GBytes       *value)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (value, &length);

  gcoap_message_set_option (self, number, data, length);
}

void
gcoap_message_accessors_add_bytes (GcoapMessage *self,
                                   guint         number,
                                   GBytes       *value)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (value, &length);

  gcoap_message_add_option (self, number, data, length);
}

char **
gcoap_message_accessors_get_strings (GcoapMessage *self,
                                     guint         number)
{
  guint n_values = gcoap_message_count_option (self, number);
  char **values = g_new (char *, n_values + 1);

  for (guint i = 0; i < n_values; i++)
    values[i] = gcoap_message_dup_text (gcoap_options_find (self->options, number, i));
  values[n_values] = NULL;

  return values;
}

void
gcoap_message_accessors_set_strings (GcoapMessage      *self,
                                     guint              number,
                                     const char *const *values,
                                     gsize              max_length)
{
  g_return_if_fail (!self->is_locked);

  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    g_return_if_fail (strlen (values[i]) <= max_length);

  gcoap_message_remove_option (self, number);
  for (gsize i = 0; values != NULL && values[i] != NULL; i++)
    gcoap_message_add_option_string (self, number, values[i]);
}

static GcoapBlock *
block_of_view (const GcoapOptionView *view)
{
  guint value = 0;

  /* RFC 7959 §2.2: 0 to 3 bytes. */
  if (view == NULL || view->length > 3)
    return NULL;
  for (guint i = 0; i < view->length; i++)
    value = value << 8 | view->data[i];

  return gcoap_block_new_from_uint (value);
}

GcoapBlock *
gcoap_message_accessors_get_block (GcoapMessage *self,
                                   guint         number)
{
  return block_of_view (gcoap_options_find (self->options, number, 0));
}

GPtrArray *
gcoap_message_accessors_get_blocks (GcoapMessage *self,
                                    guint         number)
{
  GPtrArray *values = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_block_free);
  const GcoapOptionView *view;

  for (guint i = 0; (view = gcoap_options_find (self->options, number, i)) != NULL; i++)
    {
      GcoapBlock *block = block_of_view (view);

      if (block != NULL)
        g_ptr_array_add (values, block);
    }

  return values;
}

void
gcoap_message_accessors_add_block (GcoapMessage *self,
                                   guint         number,
                                   GcoapBlock   *block)
{
  guint value = gcoap_block_to_uint (block);
  guint8 bytes[3] = { (guint8) (value >> 16), (guint8) (value >> 8 & 0xff), (guint8) (value & 0xff) };
  guint skipped = 0;

  while (skipped < sizeof (bytes) && bytes[skipped] == 0)
    skipped++;

  gcoap_message_add_option (self, number, bytes + skipped, sizeof (bytes) - skipped);
}
