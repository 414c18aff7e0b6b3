/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-keys-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-data.h"
#include "helpers/oscore-vectors.h"

/* A key in use cannot be looked at; but no other one encrypts to the same. */
static void
assert_key (GcoapAead  *aead,
            const char *hex)
{
  g_autoptr (GBytes) key = test_bytes_from_hex (hex);
  g_autoptr (GcoapAead) expected = NULL;
  g_autoptr (GError) error = NULL;
  guint8 nonce[GCOAP_AEAD_MAX_NONCE] = { 0 };
  guint8 sealed[2][32 + GCOAP_AEAD_MAX_TAG] = { { 0 } };
  guint nonce_length = gcoap_aead_get_algorithm (aead)->nonce_length;

  expected = gcoap_aead_new (gcoap_aead_get_algorithm (aead), g_bytes_get_data (key, NULL),
                             g_bytes_get_size (key), &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_aead_seal (aead, nonce, nonce_length, NULL, 0, sealed[0], 32, NULL));
  g_assert_true (gcoap_aead_seal (expected, nonce, nonce_length, NULL, 0, sealed[1], 32, NULL));
  g_assert_cmpmem (sealed[0], sizeof sealed[0], sealed[1], sizeof sealed[1]);
}

/* RFC 8613 Appendix C.1 to C.3. */
static void
test_vectors (void)
{
  static const struct
  {
    TestOscoreVector vector;
    const char      *client_key;
    const char      *server_key;
    const char      *common_iv;
    const char      *client_nonce;   /* for Partial IV 0 */
    const char      *server_nonce;
  } vectors[] = {
    { TEST_OSCORE_C1, "f0910ed7295e6ad4b54fc793154302ff", "ffb14e093c94c9cac9471648b4f98710",
      "4622d4dd6d944168eefb54987c", "4622d4dd6d944168eefb54987c",
      "4722d4dd6d944169eefb54987c" },
    { TEST_OSCORE_C2, "321b26943253c7ffb6003b0b64d74041", "e57b5635815177cd679ab4bcec9d7dda",
      "be35ae297d2dace910c52e99f9", "bf35ae297d2dace910c52e99f9",
      "bf35ae297d2dace810c52e99f9" },
    { TEST_OSCORE_C3, "af2a1300a5e95788b356336eeecd2b92", "e39a0c7c77b43f03b4b39ab9a268699f",
      "2ca58fb85ff1b81c0b7181b85e", "2ca58fb85ff1b81c0b7181b85e",
      "2da58fb85ff1b81d0b7181b85e" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GcoapOscoreKeys) client = test_oscore_keys (vectors[i].vector, FALSE);
      g_autoptr (GcoapOscoreKeys) server = test_oscore_keys (vectors[i].vector, TRUE);
      guint8 nonce[GCOAP_AEAD_MAX_NONCE];

      assert_key (client->sender, vectors[i].client_key);
      assert_key (client->recipient, vectors[i].server_key);
      assert_key (server->sender, vectors[i].server_key);
      assert_key (server->recipient, vectors[i].client_key);
      test_assert_bytes (client->common_iv, 13, vectors[i].common_iv);
      test_assert_bytes (server->common_iv, 13, vectors[i].common_iv);
      gcoap_oscore_keys_make_nonce (client, client->sender_id, client->sender_id_length,
                                    (const guint8 *) "", 1, nonce);
      test_assert_bytes (nonce, 13, vectors[i].client_nonce);
      gcoap_oscore_keys_make_nonce (client, client->recipient_id, client->recipient_id_length,
                                    (const guint8 *) "", 1, nonce);
      test_assert_bytes (nonce, 13, vectors[i].server_nonce);
      g_assert_cmpmem (client->sender_id, client->sender_id_length, server->recipient_id,
                       server->recipient_id_length);
    }
}

/* RFC 8613 Appendix C.4 to C.6; and one whose algorithm takes two bytes. */
static void
test_aad (void)
{
  g_autoptr (GcoapOscoreKeys) keys = test_oscore_keys (TEST_OSCORE_C1, FALSE);
  g_autoptr (GcoapOscoreKeys) other = test_oscore_keys_for_algorithm (33, FALSE);
  guint8 aad[GCOAP_OSCORE_MAX_AAD];
  gsize length;

  length = gcoap_oscore_keys_make_aad (keys, NULL, 0, (const guint8 *) "\x14", 1, aad);
  test_assert_bytes (aad, length, "8368456e63727970743040488501810a40411440");
  length = gcoap_oscore_keys_make_aad (keys, (const guint8 *) "", 1, (const guint8 *) "\x14", 1, aad);
  test_assert_bytes (aad, length, "8368456e63727970743040498501810a4100411440");
  length = gcoap_oscore_keys_make_aad (other, (const guint8 *) "ABCDEFG", 7,
                                       (const guint8 *) "12345", 5, aad);
  g_assert_cmpuint (length, <=, GCOAP_OSCORE_MAX_AAD);
  test_assert_bytes (aad, length,
                     "8368456e63727970743040 54 85 01 81 1821 47 41424344454647 45 3132333435 40");
}

/* Made with python3-cryptography from the master secret 01 02 ... 10, without
 * salt, client "", server 01. */
static void
test_sha512 (void)
{
  static const guint8 secret[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
  GcoapOscoreSource source = { .algorithm = gcoap_aead_algorithm_lookup (10),
                               .hash = GCOAP_OSCORE_HASH_SHA512, .master_secret = secret,
                               .master_secret_length = sizeof secret,
                               .recipient_id = (const guint8 *) "\1", .recipient_id_length = 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapOscoreKeys) keys = gcoap_oscore_keys_derive (&source, &error);

  g_assert_no_error (error);
  test_assert_bytes (keys->common_iv, 13, "6174e8f1b2fa3e1bf12ffa9c54");
  assert_key (keys->sender, "44eead32b98307645ede02ad570c7ab5");
  assert_key (keys->recipient, "8f6fc9470193b4c01b3ab4349ece2d10");
}

static void
test_bad (void)
{
  static const guint8 bytes[GCOAP_OSCORE_MAX_ID_CONTEXT + 1];
  static const struct
  {
    gint        algorithm;
    gsize       secret_length;
    gsize       sender_length;
    gsize       recipient_length;
    gsize       context_length;
    const char *message;
  } sources[] = {
    { 10, 16, 8, 1, 0, "*sender ID*8 bytes*at most 7*" },
    { 10, 16, 1, 8, 0, "*recipient ID*8 bytes*at most 7*" },
    { 12, 16, 2, 1, 0, "*sender ID*2 bytes*at most 1*" },
    { 1, 16, 0, 7, 0, "*recipient ID*7 bytes*at most 6*" },
    { 10, 16, 0, 1, GCOAP_OSCORE_MAX_ID_CONTEXT + 1, "*ID context*65 bytes*" },
    { 10, 0, 0, 1, 0, "*master secret*empty*" },
    { 10, 16, 3, 3, 0, "*are the same*" },
    { 10, 16, 0, 0, 0, "*are the same*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      GcoapOscoreSource source = {
        .algorithm = gcoap_aead_algorithm_lookup (sources[i].algorithm),
        .master_secret = bytes, .master_secret_length = sources[i].secret_length,
        .sender_id = bytes, .sender_id_length = sources[i].sender_length,
        .recipient_id = bytes, .recipient_id_length = sources[i].recipient_length,
        .id_context = bytes, .id_context_length = sources[i].context_length,
      };
      g_autoptr (GError) error = NULL;

      g_assert_null (gcoap_oscore_keys_derive (&source, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_pattern_match_simple (sources[i].message, error->message));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-keys/vectors", test_vectors);
  g_test_add_func ("/oscore-keys/aad", test_aad);
  g_test_add_func ("/oscore-keys/sha512", test_sha512);
  g_test_add_func ("/oscore-keys/bad", test_bad);
  return g_test_run ();
}
