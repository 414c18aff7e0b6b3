/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token/gcoap-token-generator-private.h"

#include <string.h>

#include "base/gcoap-random-private.h"

void
gcoap_token_generator_init (GcoapTokenGenerator *self)
{
  self->counters = g_hash_table_new_full ((GHashFunc) gcoap_endpoint_address_hash,
                                          (GEqualFunc) gcoap_endpoint_address_equal,
                                          g_object_unref, g_free);
}

void
gcoap_token_generator_clear (GcoapTokenGenerator *self)
{
  g_clear_pointer (&self->counters, g_hash_table_unref);
}

static gsize
next_random (guint8 *token)
{
  gcoap_random_fill (token, GCOAP_TOKEN_GENERATED_LENGTH);
  return GCOAP_TOKEN_GENERATED_LENGTH;
}

/* Big endian without leading zeros: different numbers are different tokens,
 * and most of them are short. */
static gsize
write_number (guint64  number,
              guint8  *token)
{
  guint64 big_endian = GUINT64_TO_BE (number);
  guint8 bytes[sizeof number];
  gsize skipped = 0;

  memcpy (bytes, &big_endian, sizeof bytes);
  while (skipped < sizeof bytes - 1 && bytes[skipped] == 0)
    skipped++;
  memcpy (token, bytes + skipped, sizeof bytes - skipped);
  return sizeof bytes - skipped;
}

gsize
gcoap_token_generator_next (GcoapTokenGenerator  *self,
                            GcoapEndpointAddress *address,
                            guint                 max_associations,
                            guint8                token[GCOAP_TOKEN_GENERATED_LENGTH])
{
  guint64 *counter;

  if (!gcoap_endpoint_address_is_secure (address))
    return next_random (token);

  counter = g_hash_table_lookup (self->counters, address);
  if (counter == NULL)
    {
      /* Forgetting a count while its keys live would repeat tokens, so when
       * there are too many the next ones get random tokens, which satisfy
       * RFC 9175 §4.2 as well. */
      if (g_hash_table_size (self->counters) >= max_associations)
        return next_random (token);
      counter = g_new0 (guint64, 1);
      g_hash_table_insert (self->counters, g_object_ref (address), counter);
    }
  return write_number ((*counter)++, token);
}

void
gcoap_token_generator_forget (GcoapTokenGenerator  *self,
                              GcoapEndpointAddress *address)
{
  g_hash_table_remove (self->counters, address);
}
