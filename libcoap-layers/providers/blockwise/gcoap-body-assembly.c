/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-body-assembly-private.h"

void
gcoap_body_assembly_init (GcoapBodyAssembly *self,
                          guint64            maximum,
                          gboolean           is_stored)
{
  self->data = NULL;
  self->received = 0;
  self->maximum = maximum;
  self->is_stored = is_stored;
}

void
gcoap_body_assembly_clear (GcoapBodyAssembly *self)
{
  g_clear_pointer (&self->data, g_byte_array_unref);
  self->received = 0;
}

GcoapAssemblyResult
gcoap_body_assembly_check (const GcoapBodyAssembly *self,
                           const GcoapBlockValue   *value,
                           gsize                    length)
{
  if (!gcoap_block_value_matches_payload (value, length))
    return GCOAP_ASSEMBLY_BAD_PAYLOAD;
  if (gcoap_block_value_get_offset (value) != self->received)
    return GCOAP_ASSEMBLY_OUT_OF_ORDER;
  /* Neither side of this overflows: the maximum is not near that of the type,
   * and what was received is not above it. */
  if (length > self->maximum - self->received)
    return GCOAP_ASSEMBLY_TOO_LARGE;
  return GCOAP_ASSEMBLY_GOOD;
}

void
gcoap_body_assembly_append (GcoapBodyAssembly *self,
                            const guint8      *data,
                            gsize              length)
{
  /* No more is reserved than has come: what a peer says of the size is a
   * claim (RFC 7959 §7). */
  if (self->is_stored && length > 0)
    {
      if (self->data == NULL)
        self->data = g_byte_array_new ();
      g_byte_array_append (self->data, data, (guint) length);
    }
  self->received += length;
}

GBytes *
gcoap_body_assembly_steal (GcoapBodyAssembly *self)
{
  GByteArray *data = g_steal_pointer (&self->data);

  self->received = 0;
  return data != NULL ? g_byte_array_free_to_bytes (data) : g_bytes_new_static ("", 0);
}
