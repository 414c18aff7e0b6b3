/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-keys-private.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-writer-private.h"

/* RFC 8613 §3.2.1: of the info that is derived with, five items at most. */
#define MAX_INFO (GCOAP_OSCORE_MAX_ID + GCOAP_OSCORE_MAX_ID_CONTEXT + 32)

#define MAX_HASH 64

static gboolean
fail (GError    **error,
      const char *what,
      gsize       length,
      gsize       max)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
               "The %s of an OSCORE context has %" G_GSIZE_FORMAT
               " bytes; at most %" G_GSIZE_FORMAT " are possible.", what, length, max);
  return FALSE;
}

static gboolean
check (const GcoapOscoreSource *source,
       GError                 **error)
{
  /* RFC 8613 §3.3: what the nonce has room for. */
  gsize max_id = source->algorithm->nonce_length - 6;

  if (source->sender_id_length > max_id)
    return fail (error, "sender ID", source->sender_id_length, max_id);
  if (source->recipient_id_length > max_id)
    return fail (error, "recipient ID", source->recipient_id_length, max_id);
  if (source->id_context != NULL && source->id_context_length > GCOAP_OSCORE_MAX_ID_CONTEXT)
    return fail (error, "ID context", source->id_context_length, GCOAP_OSCORE_MAX_ID_CONTEXT);
  if (source->master_secret_length == 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The master secret of an OSCORE context is empty.");
      return FALSE;
    }
  /* RFC 8613 §3.3: then both would send with the same key and nonces. */
  if (source->sender_id_length == source->recipient_id_length &&
      (source->sender_id_length == 0 ||
       memcmp (source->sender_id, source->recipient_id, source->sender_id_length) == 0))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "Sender ID and recipient ID of an OSCORE context are the same.");
      return FALSE;
    }
  return TRUE;
}

/* RFC 8613 §3.2.1: info = [id, id_context / nil, alg_aead, type, L]. */
static gsize
write_info (const GcoapOscoreSource *source,
            const guint8            *id,
            gsize                    id_length,
            const char              *type,
            gsize                    length,
            guint8                  *info)
{
  GcoapCborWriter writer;
  gsize written;

  gcoap_cbor_writer_init (&writer, info, MAX_INFO);
  gcoap_cbor_writer_add_array (&writer, 5);
  gcoap_cbor_writer_add_bytes (&writer, id, id_length);
  if (source->id_context != NULL)
    gcoap_cbor_writer_add_bytes (&writer, source->id_context, source->id_context_length);
  else
    gcoap_cbor_writer_add_null (&writer);
  gcoap_cbor_writer_add_int (&writer, source->algorithm->id);
  gcoap_cbor_writer_add_text (&writer, type, -1);
  gcoap_cbor_writer_add_uint (&writer, length);
  written = writer.length;
  gcoap_cbor_writer_clear (&writer);
  return written;
}

static gboolean
set_failed (int      result,
            GError **error)
{
  if (result >= 0)
    return FALSE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "The keys cannot be derived (%s).",
               gnutls_strerror (result));
  return TRUE;
}

static gboolean
expand (const GcoapOscoreSource *source,
        const guint8            *secret,
        const guint8            *id,
        gsize                    id_length,
        const char              *type,
        guint8                  *output,
        gsize                    length,
        GError                 **error)
{
  gnutls_mac_algorithm_t mac =
      source->hash == GCOAP_OSCORE_HASH_SHA512 ? GNUTLS_MAC_SHA512 : GNUTLS_MAC_SHA256;
  guint8 info[MAX_INFO];
  gnutls_datum_t secret_datum = { (guint8 *) secret, gnutls_hmac_get_len (mac) };
  gnutls_datum_t info_datum = { info, write_info (source, id, id_length, type, length, info) };

  return !set_failed (gnutls_hkdf_expand (mac, &secret_datum, &info_datum, output, length), error);
}

static GcoapAead *
derive_key (const GcoapOscoreSource *source,
            const guint8            *secret,
            const guint8            *id,
            gsize                    id_length,
            GError                 **error)
{
  guint8 key[GCOAP_AEAD_MAX_KEY];
  GcoapAead *aead = NULL;

  if (expand (source, secret, id, id_length, "Key", key, source->algorithm->key_length, error))
    aead = gcoap_aead_new (source->algorithm, key, source->algorithm->key_length, error);
  sodium_memzero (key, sizeof key);
  return aead;
}

static gboolean
derive_all (GcoapOscoreKeys         *self,
            const GcoapOscoreSource *source,
            const guint8            *secret,
            GError                 **error)
{
  self->sender = derive_key (source, secret, source->sender_id, source->sender_id_length, error);
  if (self->sender == NULL)
    return FALSE;
  self->recipient = derive_key (source, secret, source->recipient_id,
                                source->recipient_id_length, error);
  return self->recipient != NULL &&
         expand (source, secret, NULL, 0, "IV", self->common_iv, source->algorithm->nonce_length,
                 error);
}

GcoapOscoreKeys *
gcoap_oscore_keys_derive (const GcoapOscoreSource *source,
                          GError                 **error)
{
  g_autoptr (GcoapOscoreKeys) self = NULL;
  gnutls_mac_algorithm_t mac =
      source->hash == GCOAP_OSCORE_HASH_SHA512 ? GNUTLS_MAC_SHA512 : GNUTLS_MAC_SHA256;
  gnutls_datum_t master = { (guint8 *) source->master_secret, (unsigned) source->master_secret_length };
  gnutls_datum_t salt = { (guint8 *) source->master_salt, (unsigned) source->master_salt_length };
  guint8 secret[MAX_HASH];
  gboolean done;

  if (!check (source, error))
    return NULL;
  self = g_new0 (GcoapOscoreKeys, 1);
  self->ref_count = 1;
  self->algorithm = source->algorithm;
  self->sender_id_length = (guint8) source->sender_id_length;
  self->recipient_id_length = (guint8) source->recipient_id_length;
  self->has_id_context = source->id_context != NULL;
  self->id_context_length = self->has_id_context ? source->id_context_length : 0;
  if (source->sender_id_length > 0)
    memcpy (self->sender_id, source->sender_id, source->sender_id_length);
  if (source->recipient_id_length > 0)
    memcpy (self->recipient_id, source->recipient_id, source->recipient_id_length);
  if (self->id_context_length > 0)
    memcpy (self->id_context, source->id_context, self->id_context_length);

  if (set_failed (gnutls_hkdf_extract (mac, &master, &salt, secret), error))
    return NULL;
  done = derive_all (self, source, secret, error);
  sodium_memzero (secret, sizeof secret);
  return done ? g_steal_pointer (&self) : NULL;
}

GcoapOscoreKeys *
gcoap_oscore_keys_ref (GcoapOscoreKeys *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
gcoap_oscore_keys_unref (GcoapOscoreKeys *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  gcoap_aead_free (self->sender);
  gcoap_aead_free (self->recipient);
  sodium_memzero (self, sizeof *self);
  g_free (self);
}

void
gcoap_oscore_keys_make_nonce (GcoapOscoreKeys *self,
                              const guint8    *id,
                              gsize            id_length,
                              const guint8    *piv,
                              gsize            piv_length,
                              guint8          *nonce)
{
  gsize length = self->algorithm->nonce_length;

  memcpy (nonce, self->common_iv, length);
  nonce[0] ^= (guint8) id_length;
  for (gsize i = 0; i < id_length; i++)
    nonce[length - 5 - id_length + i] ^= id[i];
  for (gsize i = 0; i < piv_length; i++)
    nonce[length - piv_length + i] ^= piv[i];
}

static guint8 *
write_bytes (guint8       *place,
             const guint8 *data,
             gsize         length)
{
  /* Identifiers and numbers are shorter than the 24 bytes from which on the
   * length takes a byte of its own. */
  *place++ = (guint8) (0x40 | length);
  if (length > 0)
    memcpy (place, data, length);
  return place + length;
}

gsize
gcoap_oscore_keys_make_aad (GcoapOscoreKeys *self,
                            const guint8    *kid,
                            gsize            kid_length,
                            const guint8    *piv,
                            gsize            piv_length,
                            guint8          *aad)
{
  /* ["Encrypt0", h'', external_aad], the last as a byte string. */
  static const guint8 start[] = { 0x83, 0x68, 'E', 'n', 'c', 'r', 'y', 'p', 't', '0', 0x40 };
  guint8 *external = aad + sizeof start + 1;
  guint8 *place = external;

  memcpy (aad, start, sizeof start);
  *place++ = 0x85;
  *place++ = 0x01;   /* oscore_version */
  *place++ = 0x81;
  if (self->algorithm->id >= 24)
    *place++ = 0x18;
  *place++ = (guint8) self->algorithm->id;
  place = write_bytes (place, kid, kid_length);
  place = write_bytes (place, piv, piv_length);
  *place++ = 0x40;   /* class I options: there are none */
  aad[sizeof start] = (guint8) (0x40 | (place - external));
  return place - aad;
}
