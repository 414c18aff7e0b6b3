/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-aead-private.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <sodium.h>

#include "base/gcoap-error.h"

/* The key limits draft, §2.1.1: what keeps an attacker's advantage below 2^-50,
 * for messages of up to 2^10 blocks, with short tags of up to 2^8. */
#define MAX_ENCRYPTIONS         (G_GUINT64_CONSTANT (1) << 20)
#define MAX_FAILURES            (G_GUINT64_CONSTANT (1) << 20)
#define MAX_FAILURES_SHORT_TAG  (G_GUINT64_CONSTANT (1) << 14)

typedef struct
{
  GcoapAeadAlgorithm        public;
  gnutls_cipher_algorithm_t cipher;
} Algorithm;

#define CCM(id, name, key, nonce, tag) \
  { { id, name, (key) / 8, nonce, tag, MAX_ENCRYPTIONS, \
      (tag) < 16 ? MAX_FAILURES_SHORT_TAG : MAX_FAILURES }, GNUTLS_CIPHER_AES_##key##_CCM }

#define GCM(id, key) \
  { { id, "A" #key "GCM", (key) / 8, 12, 16, MAX_ENCRYPTIONS, MAX_FAILURES }, \
    GNUTLS_CIPHER_AES_##key##_GCM }

/* RFC 9053 §4.1, §4.2 and §4.3. */
static const Algorithm algorithms[] = {
  GCM (1, 128),
  GCM (2, 192),
  GCM (3, 256),
  CCM (10, "AES-CCM-16-64-128", 128, 13, 8),
  CCM (11, "AES-CCM-16-64-256", 256, 13, 8),
  CCM (12, "AES-CCM-64-64-128", 128, 7, 8),
  CCM (13, "AES-CCM-64-64-256", 256, 7, 8),
  { { 24, "ChaCha20/Poly1305", 32, 12, 16, MAX_ENCRYPTIONS, MAX_FAILURES },
    GNUTLS_CIPHER_CHACHA20_POLY1305 },
  CCM (30, "AES-CCM-16-128-128", 128, 13, 16),
  CCM (31, "AES-CCM-16-128-256", 256, 13, 16),
  CCM (32, "AES-CCM-64-128-128", 128, 7, 16),
  CCM (33, "AES-CCM-64-128-256", 256, 7, 16),
};

struct _GcoapAead
{
  const Algorithm     *algorithm;
  gnutls_aead_cipher_hd_t handle;
};

const GcoapAeadAlgorithm *
gcoap_aead_algorithm_lookup (gint id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (algorithms[i].public.id == id)
      return &algorithms[i].public;
  return NULL;
}

const GcoapAeadAlgorithm *
gcoap_aead_algorithm_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_str_equal (algorithms[i].public.name, name))
      return &algorithms[i].public;
  return NULL;
}

static gboolean
fail (int      result,
      GError **error)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "The cipher failed (%s).",
               gnutls_strerror (result));
  return FALSE;
}

GcoapAead *
gcoap_aead_new (const GcoapAeadAlgorithm *algorithm,
                const guint8             *key,
                gsize                     length,
                GError                  **error)
{
  const Algorithm *known = (const Algorithm *) algorithm;
  gnutls_datum_t datum = { (guint8 *) key, (unsigned) length };
  g_autofree GcoapAead *self = NULL;
  int result;

  /* GnuTLS takes a key of any length, and crashes with it later. */
  if (length != algorithm->key_length)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "A key of %s has %u bytes, not %" G_GSIZE_FORMAT ".", algorithm->name,
                   algorithm->key_length, length);
      return NULL;
    }
  self = g_new0 (GcoapAead, 1);
  self->algorithm = known;
  result = gnutls_aead_cipher_init (&self->handle, known->cipher, &datum);
  if (result < 0)
    {
      fail (result, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
gcoap_aead_free (GcoapAead *self)
{
  if (self == NULL)
    return;
  gnutls_aead_cipher_deinit (self->handle);
  g_free (self);
}

const GcoapAeadAlgorithm *
gcoap_aead_get_algorithm (GcoapAead *self)
{
  return &self->algorithm->public;
}

/* CCM aborts the process for a length that it cannot take; GCM and ChaCha take
 * any. */
static gboolean
check_nonce (GcoapAead *self,
             gsize      nonce_length,
             GError   **error)
{
  if (nonce_length == self->algorithm->public.nonce_length)
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
               "A nonce of %s has %u bytes, not %" G_GSIZE_FORMAT ".",
               self->algorithm->public.name, self->algorithm->public.nonce_length, nonce_length);
  return FALSE;
}

gboolean
gcoap_aead_seal (GcoapAead    *self,
                 const guint8 *nonce,
                 gsize         nonce_length,
                 const guint8 *aad,
                 gsize         aad_length,
                 guint8       *data,
                 gsize         length,
                 GError      **error)
{
  gsize tag_length = self->algorithm->public.tag_length;
  gsize sealed_length = length + tag_length;
  int result;

  if (!check_nonce (self, nonce_length, error))
    return FALSE;
  result = gnutls_aead_cipher_encrypt (self->handle, nonce, nonce_length, aad, aad_length,
                                       tag_length, data, length, data, &sealed_length);
  if (result < 0)
    return fail (result, error);
  if (sealed_length != length + tag_length)
    return fail (GNUTLS_E_INTERNAL_ERROR, error);
  return TRUE;
}

gboolean
gcoap_aead_open (GcoapAead    *self,
                 const guint8 *nonce,
                 gsize         nonce_length,
                 const guint8 *aad,
                 gsize         aad_length,
                 const guint8 *data,
                 gsize         length,
                 guint8       *plaintext,
                 GError      **error)
{
  gsize tag_length = self->algorithm->public.tag_length;
  gsize plaintext_length;
  int result;

  if (!check_nonce (self, nonce_length, error))
    return FALSE;
  if (length < tag_length)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "The ciphertext is shorter than its tag.");
      return FALSE;
    }
  plaintext_length = length - tag_length;
  result = gnutls_aead_cipher_decrypt (self->handle, nonce, nonce_length, aad, aad_length,
                                       tag_length, data, length, plaintext, &plaintext_length);
  if (result >= 0 && plaintext_length == length - tag_length)
    return TRUE;
  /* What failed to verify has been decrypted all the same. */
  sodium_memzero (plaintext, length - tag_length);
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                       "The ciphertext does not verify.");
  return FALSE;
}
