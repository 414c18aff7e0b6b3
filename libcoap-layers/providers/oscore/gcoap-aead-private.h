/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 9053 §4: the twelve AEADs of COSE, behind one door that checks every length,
 * because GnuTLS aborts, crashes or accepts where one is wrong. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GCOAP_AEAD_MAX_KEY   32
#define GCOAP_AEAD_MAX_NONCE 13
#define GCOAP_AEAD_MAX_TAG   16

typedef struct
{
  gint        id;            /* in the registry of COSE algorithms */
  const char *name;          /* "AES-CCM-16-64-128" */
  guint       key_length;
  guint       nonce_length;
  guint       tag_length;
  guint64     max_encryptions;   /* with one key: the limit on q of the key limits draft */
  guint64     max_failures;      /* of decryptions with one key: the limit on v */
} GcoapAeadAlgorithm;

/* NULL if it is none of the twelve. */
const GcoapAeadAlgorithm *gcoap_aead_algorithm_lookup (gint id);
const GcoapAeadAlgorithm *gcoap_aead_algorithm_find (const char *name);

/* A key ready for use. */
typedef struct _GcoapAead GcoapAead;

GcoapAead *gcoap_aead_new (const GcoapAeadAlgorithm *algorithm,
                           const guint8             *key,
                           gsize                     length,
                           GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_aead_free (GcoapAead *self);

const GcoapAeadAlgorithm *gcoap_aead_get_algorithm (GcoapAead *self);

/* Encrypts @length bytes of @data in place, and writes the tag behind them, for
 * which there must be room. */
gboolean gcoap_aead_seal (GcoapAead    *self,
                          const guint8 *nonce,
                          gsize         nonce_length,
                          const guint8 *aad,
                          gsize         aad_length,
                          guint8       *data,
                          gsize         length,
                          GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/* Decrypts @length bytes of @data, the tag among them, to @plaintext, which has
 * room for what is left without the tag. What does not verify is wiped:
 * GCOAP_ERROR_REFUSED. */
gboolean gcoap_aead_open (GcoapAead    *self,
                          const guint8 *nonce,
                          gsize         nonce_length,
                          const guint8 *aad,
                          gsize         aad_length,
                          const guint8 *data,
                          gsize         length,
                          guint8       *plaintext,
                          GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapAead, gcoap_aead_free)

G_END_DECLS
