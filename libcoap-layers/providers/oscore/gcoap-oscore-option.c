/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-option-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/* RFC 8613 §6.1. */
#define FLAG_PIV_LENGTH  0x07
#define FLAG_KID         0x08
#define FLAG_KID_CONTEXT 0x10
#define FLAGS_RESERVED   0xe0

static gboolean
fail (GError    **error,
      gsize       offset,
      const char *rule)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
               "Error in the OSCORE option at byte %" G_GSIZE_FORMAT ": %s.", offset, rule);
  return FALSE;
}

gboolean
gcoap_oscore_option_decode (GcoapOscoreOption *self,
                            const guint8      *data,
                            gsize              length,
                            GError           **error)
{
  gsize position = 1;

  *self = (GcoapOscoreOption) { 0 };
  /* RFC 8613 §2: empty where all flags would be zero. */
  if (length == 0)
    return TRUE;
  if (length > GCOAP_OSCORE_MAX_OPTION)
    return fail (error, GCOAP_OSCORE_MAX_OPTION, "it has more than 255 bytes");
  if (data[0] == 0)
    return fail (error, 0, "without any flag it has to be empty");
  if (data[0] & FLAGS_RESERVED)
    return fail (error, 0, "a reserved flag is set");
  self->piv_length = data[0] & FLAG_PIV_LENGTH;
  if (self->piv_length > GCOAP_OSCORE_MAX_PIV)
    return fail (error, 0, "the length of the Partial IV is reserved");
  if (length - position < self->piv_length)
    return fail (error, position, "the Partial IV is cut off");
  memcpy (self->piv, data + position, self->piv_length);
  position += self->piv_length;

  self->has_kid_context = (data[0] & FLAG_KID_CONTEXT) != 0;
  if (self->has_kid_context)
    {
      if (position == length)
        return fail (error, position, "the length of the kid context is missing");
      self->kid_context_length = data[position++];
      if (length - position < self->kid_context_length)
        return fail (error, position, "the kid context is cut off");
      self->kid_context = data + position;
      position += self->kid_context_length;
    }

  self->has_kid = (data[0] & FLAG_KID) != 0;
  if (!self->has_kid && position < length)
    return fail (error, position, "there is more, but no kid");
  if (self->has_kid)
    {
      self->kid = data + position;
      self->kid_length = length - position;
    }
  return TRUE;
}

gsize
gcoap_oscore_option_encode (const GcoapOscoreOption *self,
                            guint8                  *buffer)
{
  gsize position = 1;

  buffer[0] = self->piv_length;
  memcpy (buffer + position, self->piv, self->piv_length);
  position += self->piv_length;
  if (self->has_kid_context)
    {
      buffer[0] |= FLAG_KID_CONTEXT;
      buffer[position++] = (guint8) self->kid_context_length;
      if (self->kid_context_length > 0)
        memcpy (buffer + position, self->kid_context, self->kid_context_length);
      position += self->kid_context_length;
    }
  if (self->has_kid)
    {
      buffer[0] |= FLAG_KID;
      if (self->kid_length > 0)
        memcpy (buffer + position, self->kid, self->kid_length);
      position += self->kid_length;
    }
  return buffer[0] == 0 ? 0 : position;
}

guint8
gcoap_oscore_encode_piv (guint64 number,
                         guint8  piv[GCOAP_OSCORE_MAX_PIV])
{
  guint8 length = 1;

  while (length < GCOAP_OSCORE_MAX_PIV && number >> (8 * length) > 0)
    length++;
  for (guint8 i = 0; i < length; i++)
    piv[i] = (guint8) (number >> (8 * (length - 1 - i)));
  return length;
}

guint64
gcoap_oscore_decode_piv (const guint8 *piv,
                         gsize         length)
{
  guint64 number = 0;

  for (gsize i = 0; i < length; i++)
    number = number << 8 | piv[i];
  return number;
}
