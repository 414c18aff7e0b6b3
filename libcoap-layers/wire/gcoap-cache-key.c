/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §5.6: what makes two requests the same to a cache. */
#include "wire/gcoap-cache-key.h"

#include <string.h>

#include "wire/gcoap-message-private.h"

static gboolean
is_part (guint          number,
         const guint16 *ignore,
         gsize          n_ignore)
{
  /* RFC 7641 §2: Observe is not part of the cache key, though its number,
   * that of an option unsafe to forward, does not say so. */
  if (gcoap_option_number_is_no_cache_key (number) || number == GCOAP_OPTION_OBSERVE)
    return FALSE;

  for (gsize i = 0; i < n_ignore; i++)
    if (ignore[i] == number)
      return FALSE;

  return TRUE;
}

static guint8 *
write_part (guint8       *p,
            guint32       number,
            const guint8 *data,
            gsize         length)
{
  guint64 size = length;

  memcpy (p, &number, sizeof (number));
  p += sizeof (number);
  memcpy (p, &size, sizeof (size));
  p += sizeof (size);
  if (length > 0)
    memcpy (p, data, length);

  return p + length;
}

/**
 * gcoap_message_get_cache_key:
 * @self: a request
 * @ignore: (nullable) (array length=n_ignore): numbers of options that the
 *   caller deals with itself, such as ETag
 * @n_ignore: how many there are
 *
 * Makes bytes that are equal for requests that a cache may answer alike.
 *
 * They comprise the code, all options but Observe and those whose number says
 * NoCacheKey (RFC 7252 §5.4.6), and of FETCH the payload (RFC 8132 §2).
 * They have no other meaning, and are not for storage: they differ from one
 * machine, and from one version of the library, to the next.
 *
 * Returns: (transfer full): the key
 *
 * Since: 0.1
 */
GBytes *
gcoap_message_get_cache_key (GcoapMessage  *self,
                             const guint16 *ignore,
                             gsize          n_ignore)
{
  gsize size = 1;
  gsize n_parts = 0;
  gboolean has_payload;
  guint8 *key;
  guint8 *p;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (ignore != NULL || n_ignore == 0, NULL);

  has_payload = self->code == GCOAP_CODE_FETCH && self->payload_length > 0;
  n_parts = self->options->n_views + (has_payload ? 1 : 0);
  size += n_parts * (sizeof (guint32) + sizeof (guint64)) + self->options->total_length;
  if (has_payload)
    size += self->payload_length;

  key = p = g_malloc (size);
  *p++ = (guint8) self->code;
  for (guint i = 0; i < self->options->n_views; i++)
    {
      const GcoapOptionView *view = &self->options->views[i];

      /* RFC 7252 §5.4.1: what is ignored makes no difference. */
      if (view->state != GCOAP_OPTION_STATE_IGNORED && is_part (view->number, ignore, n_ignore))
        p = write_part (p, view->number, view->data, view->length);
    }
  /* No option has this number, so no option looks like the payload. */
  if (has_payload)
    p = write_part (p, G_MAXUINT32, self->payload, self->payload_length);

  return g_bytes_new_take (key, (gsize) (p - key));
}
