/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of EDN and JSON: integers of any length in four bases, and
 * floating-point numbers in two. */
#include "formats/gcoap-edn-private.h"

#include <math.h>
#include <string.h>

#include "formats/gcoap-cbor-item-private.h"

/* RFC 8949 §3.4.3. */
#define TAG_BIGNUM 2
#define TAG_NEGATIVE_BIGNUM 3

/* Tokens are short; a longer one is an attempt to keep the parser busy. */
static gboolean
check_length (GcoapEdnParser *self,
              const char     *start,
              GError        **error)
{
  if (self->p - start <= GCOAP_EDN_MAX_NUMBER_LENGTH)
    return TRUE;

  return gcoap_edn_fail (self, start, error, "a number has more than %d characters", GCOAP_EDN_MAX_NUMBER_LENGTH);
}

static gsize
skip_digits (GcoapEdnParser *self,
             int             base)
{
  const char *start = self->p;

  while (self->p < self->end)
    {
      int digit = g_ascii_xdigit_value (*self->p);

      if (digit < 0 || digit >= base)
        break;
      self->p++;
    }

  return (gsize) (self->p - start);
}

/* Bytes of the magnitude: multiplied and added digit by digit. */
static void
set_magnitude (GcoapEdnNumber *number,
               const char     *digits,
               const char     *end,
               guint           base)
{
  /* The least significant first, until they are complete. */
  number->n_bytes = 0;
  for (; digits < end; digits++)
    {
      guint carry = (guint) g_ascii_xdigit_value (*digits);

      for (gsize i = 0; i < number->n_bytes; i++)
        {
          carry += number->bytes[i] * base;
          number->bytes[i] = (guint8) carry;
          carry >>= 8;
        }
      if (carry > 0)
        number->bytes[number->n_bytes++] = (guint8) carry;
    }

  for (gsize i = 0; i < number->n_bytes / 2; i++)
    {
      guint8 other = number->bytes[number->n_bytes - 1 - i];

      number->bytes[number->n_bytes - 1 - i] = number->bytes[i];
      number->bytes[i] = other;
    }
}

/* Only what was found to be a number gets here, and as a string of its own. */
static gboolean
set_real (GcoapEdnParser *self,
          GcoapEdnNumber *number,
          const char     *start,
          GError        **error)
{
  char token[GCOAP_EDN_MAX_NUMBER_LENGTH + 1];
  gsize length = (gsize) (self->p - start);
  char *rest;

  memcpy (token, start, length);
  token[length] = '\0';
  number->is_float = TRUE;
  number->real = g_ascii_strtod (token, &rest);
  if (rest != token + length)
    return gcoap_edn_fail (self, start, error, "this is no number");
  if (isinf (number->real))
    return gcoap_edn_fail (self, start, error, "a number is out of range");

  return TRUE;
}

/* What follows the digits of the integer: a fraction and an exponent. */
static gboolean
take_fraction (GcoapEdnParser *self,
               gsize           n_digits,
               int             base,
               gboolean       *is_real,
               GError        **error)
{
  gboolean json = gcoap_edn_is_json (self);
  char mark = base == 16 ? 'p' : 'e';
  gboolean has_exponent;

  *is_real = FALSE;
  if (self->p < self->end && *self->p == '.')
    {
      gsize n_fraction;

      self->p++;
      n_fraction = skip_digits (self, base);
      n_digits = json ? MIN (n_digits, n_fraction) : n_digits + n_fraction;
      *is_real = TRUE;
    }
  if (n_digits == 0)
    return gcoap_edn_fail (self, self->p, error, "a digit must follow");

  has_exponent = self->p < self->end && g_ascii_tolower (*self->p) == mark;
  if (has_exponent)
    {
      self->p++;
      if (self->p < self->end && (*self->p == '+' || *self->p == '-'))
        self->p++;
      if (skip_digits (self, 10) == 0)
        return gcoap_edn_fail (self, self->p, error, "the digits of an exponent must follow");
      *is_real = TRUE;
    }
  else if (*is_real && base == 16)
    return gcoap_edn_fail (self, self->p, error, "“p” and an exponent must follow");

  return TRUE;
}

static int
take_base (GcoapEdnParser *self)
{
  static const struct
  {
    const char *prefix;
    int base;
  } bases[] = {
    { "0x", 16 }, { "0X", 16 }, { "0o", 8 }, { "0O", 8 }, { "0b", 2 }, { "0B", 2 },
  };

  if (gcoap_edn_is_json (self))
    return 10;
  for (guint i = 0; i < G_N_ELEMENTS (bases); i++)
    {
      if (gcoap_edn_is_next (self, bases[i].prefix))
        {
          self->p += 2;
          return bases[i].base;
        }
    }

  return 10;
}

static gboolean
take_digits (GcoapEdnParser *self,
             GcoapEdnNumber *number,
             const char     *start,
             GError        **error)
{
  int base = take_base (self);
  const char *digits = self->p;
  gsize n_digits = skip_digits (self, base);
  const char *digits_end = self->p;
  gboolean is_real = FALSE;

  /* RFC 8259 §6. */
  if (gcoap_edn_is_json (self) && n_digits > 1 && *digits == '0')
    return gcoap_edn_fail (self, digits, error, "a number in JSON has no leading zeros");
  if (base == 10 || base == 16)
    {
      if (!take_fraction (self, n_digits, base, &is_real, error))
        return FALSE;
    }
  else if (n_digits == 0)
    return gcoap_edn_fail (self, self->p, error, "a digit must follow");

  if (!check_length (self, start, error))
    return FALSE;
  if (self->p < self->end && (g_ascii_isalnum (*self->p) || *self->p == '.'))
    return gcoap_edn_fail (self, self->p, error, "“%c” cannot be in this number", *self->p);
  if (is_real)
    return set_real (self, number, start, error);

  number->is_plain = base == 10 && digits == start;
  set_magnitude (number, digits, digits_end, (guint) base);

  return TRUE;
}

gboolean
gcoap_edn_take_number (GcoapEdnParser *self,
                       GcoapEdnNumber *number,
                       GError        **error)
{
  const char *start = self->p;

  number->is_float = FALSE;
  number->is_plain = FALSE;
  number->n_bytes = 0;
  number->is_negative = *self->p == '-';
  if (*self->p == '+' && gcoap_edn_is_json (self))
    return gcoap_edn_fail (self, start, error, "a number in JSON has no “+”");
  if (*self->p == '-' || *self->p == '+')
    self->p++;

  if (number->is_negative && !gcoap_edn_is_json (self) && gcoap_edn_is_next (self, "Infinity"))
    {
      self->p += strlen ("Infinity");
      number->is_float = TRUE;
      number->real = -HUGE_VAL;
      return TRUE;
    }

  return take_digits (self, number, start, error);
}

gboolean
gcoap_edn_get_uint64 (const GcoapEdnNumber *number,
                      guint64              *value)
{
  if (number->is_float || number->n_bytes > sizeof *value)
    return FALSE;

  *value = 0;
  for (gsize i = 0; i < number->n_bytes; i++)
    *value = *value << 8 | number->bytes[i];

  return TRUE;
}

/* RFC 8949 §3.1, §3.4.3: a negative number n is encoded as -1 - n. */
static void
decrease (guint8 *bytes,
          gsize   n_bytes)
{
  for (gsize i = n_bytes; i > 0; i--)
    {
      if (bytes[i - 1]-- != 0)
        return;
    }
}

static gboolean
write_integer (GcoapEdnParser       *self,
               const GcoapEdnNumber *number,
               guint                 width,
               gboolean             *fits,
               GError              **error)
{
  GcoapEdnNumber encoded = *number;
  const guint8 *bytes = encoded.bytes;
  gboolean is_negative;
  guint64 value;

  /* There is no integer -0. */
  is_negative = number->is_negative && number->n_bytes > 0;
  if (is_negative)
    decrease (encoded.bytes, encoded.n_bytes);
  while (encoded.n_bytes > 0 && bytes[0] == 0)
    {
      bytes++;
      encoded.n_bytes--;
    }
  memmove (encoded.bytes, bytes, encoded.n_bytes);
  if (gcoap_edn_get_uint64 (&encoded, &value))
    {
      *fits = gcoap_cbor_writer_add_head (self->writer, is_negative ? GCOAP_CBOR_MAJOR_NEGATIVE : GCOAP_CBOR_MAJOR_UNSIGNED,
                                          value, width);
      return TRUE;
    }
  *fits = width == GCOAP_CBOR_WIDTH_SHORTEST;
  if (!*fits)
    return TRUE;

  /* The tag counts like one that is written out. */
  if (!gcoap_edn_descend (self, error))
    return FALSE;
  gcoap_cbor_writer_add_tag (self->writer, is_negative ? TAG_NEGATIVE_BIGNUM : TAG_BIGNUM);
  gcoap_cbor_writer_add_bytes (self->writer, encoded.bytes, encoded.n_bytes);
  self->depth--;

  return TRUE;
}

gboolean
gcoap_edn_write_number (GcoapEdnParser       *self,
                        const char           *at,
                        const GcoapEdnNumber *number,
                        guint                 width,
                        GError              **error)
{
  gboolean fits = FALSE;

  if (width == GCOAP_CBOR_WIDTH_INDEFINITE)
    fits = FALSE;
  else if (number->is_float)
    fits = width != 0 && width != 1 && gcoap_cbor_writer_add_float (self->writer, number->real, width);
  else if (!write_integer (self, number, width, &fits, error))
    return FALSE;

  return fits || gcoap_edn_fail (self, at, error, "a number does not fit its encoding indicator");
}
