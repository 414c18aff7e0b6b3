/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 §3.2: what is derived from the parameters that two endpoints share.
 * Immutable. */
#pragma once

#include "providers/oscore/gcoap-aead-private.h"

G_BEGIN_DECLS

/* RFC 8613 §3.3: nonce length less six, for the longest nonce. */
#define GCOAP_OSCORE_MAX_ID 7
/* Our limit: the RFC has none but that of the option, 255 with kid and PIV. */
#define GCOAP_OSCORE_MAX_ID_CONTEXT 64

typedef enum
{
  GCOAP_OSCORE_HASH_SHA256,
  GCOAP_OSCORE_HASH_SHA512,
} GcoapOscoreHash;

/* Points into memory of the caller. A NULL salt is the empty one; a NULL
 * id_context means that there is none, which an empty one does not. */
typedef struct
{
  const GcoapAeadAlgorithm *algorithm;
  GcoapOscoreHash hash;
  const guint8   *master_secret;
  gsize           master_secret_length;
  const guint8   *master_salt;
  gsize           master_salt_length;
  const guint8   *sender_id;
  gsize           sender_id_length;
  const guint8   *recipient_id;
  gsize           recipient_id_length;
  const guint8   *id_context;
  gsize           id_context_length;
} GcoapOscoreSource;

typedef struct
{
  gint       ref_count;
  const GcoapAeadAlgorithm *algorithm;
  GcoapAead *sender;
  GcoapAead *recipient;
  guint8     common_iv[GCOAP_AEAD_MAX_NONCE];
  guint8     sender_id[GCOAP_OSCORE_MAX_ID];
  guint8     sender_id_length;
  guint8     recipient_id[GCOAP_OSCORE_MAX_ID];
  guint8     recipient_id_length;
  gboolean   has_id_context;
  guint8     id_context[GCOAP_OSCORE_MAX_ID_CONTEXT];
  gsize      id_context_length;
} GcoapOscoreKeys;

/* GCOAP_ERROR_INVALID_ARGUMENT names what is too long; equal IDs are refused. */
GcoapOscoreKeys *gcoap_oscore_keys_derive (const GcoapOscoreSource *source,
                                           GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapOscoreKeys *gcoap_oscore_keys_ref (GcoapOscoreKeys *self);

/* The last one wipes them. */
void gcoap_oscore_keys_unref (GcoapOscoreKeys *self);

/* RFC 8613 §5.2. @piv has at most five bytes, @id at most GCOAP_OSCORE_MAX_ID;
 * writes algorithm->nonce_length bytes. */
void gcoap_oscore_keys_make_nonce (GcoapOscoreKeys *self,
                                   const guint8    *id,
                                   gsize            id_length,
                                   const guint8    *piv,
                                   gsize            piv_length,
                                   guint8          *nonce);

/* Of the AAD, with the longest identifier and number. */
#define GCOAP_OSCORE_MAX_AAD 32

/* RFC 8613 §5.4, with the kid and the Partial IV of the request. Returns how many
 * of the GCOAP_OSCORE_MAX_AAD bytes were written. */
gsize gcoap_oscore_keys_make_aad (GcoapOscoreKeys *self,
                                  const guint8    *kid,
                                  gsize            kid_length,
                                  const guint8    *piv,
                                  gsize            piv_length,
                                  guint8          *aad);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapOscoreKeys, gcoap_oscore_keys_unref)

G_END_DECLS
