/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-aead-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-data.h"

#define PLAINTEXT "The quick brown fox jumps."
#define LENGTH 26
#define AAD "additional"

typedef struct
{
  gint        id;
  const char *name;
  guint       key_length;
  guint       nonce_length;
  guint       tag_length;
  const char *sealed;
} Vector;

/* Made with python3-cryptography: key 00 01 02 ..., nonce 40 41 42 ... */
static const Vector vectors[] = {
  { 1, "A128GCM", 16, 12, 16,
    "6d410cea1c3e90d3e799216d915013d82a12c14b77a7f8eec86e25fd742286bfb820d46dfe259e5cbeb2" },
  { 2, "A192GCM", 24, 12, 16,
    "7264395ae02231d68633e7ce32447d4aee947ebaae4e12e8bc61637a24d355dc3f965e71f461aae52fe2" },
  { 3, "A256GCM", 32, 12, 16,
    "b6d1cb035749ee60a6e47544f4137d7b1fa92a7cdd40625304693522f29fb70ac5e803a4fe67e2ca9bf7" },
  { 10, "AES-CCM-16-64-128", 16, 13, 8,
    "ba73fc712b79f6a056c0714d1a98bbc21d08c6d578373da42f3296e8a1739aa7ae45" },
  { 11, "AES-CCM-16-64-256", 32, 13, 8,
    "78a9233d70ac241353908088558dc0b407a5346d74b71ede8667a7ecbde89b5997ec" },
  { 12, "AES-CCM-64-64-128", 16, 7, 8,
    "51c694f6444ba7a1afd6c3d3574d68cc3bd7ddc97245441e3889a495aee98f9c2956" },
  { 13, "AES-CCM-64-64-256", 32, 7, 8,
    "c536794257b557ce02a88fda4479a0b4be20806760093675161dce4609271f8d031d" },
  { 24, "ChaCha20/Poly1305", 32, 12, 16,
    "ac3c19a1033f876233ef9472d49803edd2a31b382e892c1f8d22bdb4e83f07309be4b4cb9250a99b8773" },
  { 30, "AES-CCM-16-128-128", 16, 13, 16,
    "ba73fc712b79f6a056c0714d1a98bbc21d08c6d578373da42f32909c8b75d24ee1063e95381e31a0220a" },
  { 31, "AES-CCM-16-128-256", 32, 13, 16,
    "78a9233d70ac241353908088558dc0b407a5346d74b71ede8667a5e41fd6ab7b492cafed7cd341388246" },
  { 32, "AES-CCM-64-128-128", 16, 7, 16,
    "51c694f6444ba7a1afd6c3d3574d68cc3bd7ddc97245441e38891e5b69d95fa18ae26adab13b21adf6fc" },
  { 33, "AES-CCM-64-128-256", 32, 7, 16,
    "c536794257b557ce02a88fda4479a0b4be20806760093675161d27867e8680a71e1c81d669ff64fdc333" },
};

typedef struct
{
  const Vector *vector;
  GcoapAead    *aead;
  guint8        nonce[GCOAP_AEAD_MAX_NONCE];
  guint8        data[LENGTH + GCOAP_AEAD_MAX_TAG];
  guint8        plaintext[LENGTH];
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  guint8 key[GCOAP_AEAD_MAX_KEY];
  g_autoptr (GError) error = NULL;

  self->vector = data;
  for (guint i = 0; i < sizeof key; i++)
    key[i] = (guint8) i;
  for (guint i = 0; i < sizeof self->nonce; i++)
    self->nonce[i] = (guint8) (0x40 + i);
  self->aead = gcoap_aead_new (gcoap_aead_algorithm_lookup (self->vector->id), key,
                               self->vector->key_length, &error);
  g_assert_no_error (error);
  memcpy (self->data, PLAINTEXT, LENGTH);
  g_assert_true (gcoap_aead_seal (self->aead, self->nonce, self->vector->nonce_length,
                                  (const guint8 *) AAD, strlen (AAD), self->data, LENGTH, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_aead_free (self->aead);
}

static gboolean
open_data (Fixture *self,
           gsize    length,
           GError **error)
{
  return gcoap_aead_open (self->aead, self->nonce, self->vector->nonce_length,
                          (const guint8 *) AAD, strlen (AAD), self->data, length, self->plaintext,
                          error);
}

static void
test_vector (Fixture       *self,
             gconstpointer  data G_GNUC_UNUSED)
{
  const GcoapAeadAlgorithm *algorithm = gcoap_aead_get_algorithm (self->aead);
  g_autofree char *sealed = test_bytes_to_hex (self->data, LENGTH + self->vector->tag_length);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (sealed, ==, self->vector->sealed);
  g_assert_cmpstr (algorithm->name, ==, self->vector->name);
  g_assert_true (gcoap_aead_algorithm_find (self->vector->name) == algorithm);
  g_assert_cmpuint (algorithm->tag_length, ==, self->vector->tag_length);
  g_assert_true (open_data (self, LENGTH + self->vector->tag_length, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (self->plaintext, LENGTH, PLAINTEXT, LENGTH);
}

/* Each bit counts, and what does not verify is not left to be read. */
static void
test_flips (Fixture       *self,
            gconstpointer  data G_GNUC_UNUSED)
{
  static const guint8 zeros[LENGTH];
  gsize length = LENGTH + self->vector->tag_length;

  for (gsize bit = 0; bit < length * 8; bit++)
    {
      g_autoptr (GError) error = NULL;

      memset (self->plaintext, 0xee, LENGTH);
      self->data[bit / 8] ^= (guint8) (1 << (bit % 8));
      g_assert_false (open_data (self, length, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
      g_assert_cmpmem (self->plaintext, LENGTH, zeros, LENGTH);
      self->data[bit / 8] ^= (guint8) (1 << (bit % 8));
    }
  g_assert_true (open_data (self, length, NULL));
}

static void
test_truncated (Fixture       *self,
                gconstpointer  data G_GNUC_UNUSED)
{
  for (gsize length = 0; length < LENGTH + self->vector->tag_length; length++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (open_data (self, length, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
    }
}

/* GnuTLS would abort, crash, or go on. */
static void
test_lengths (Fixture       *self,
              gconstpointer  data G_GNUC_UNUSED)
{
  guint8 key[64] = { 0 };
  guint8 nonce[64] = { 0 };
  const GcoapAeadAlgorithm *algorithm = gcoap_aead_get_algorithm (self->aead);

  for (gsize length = 0; length < sizeof key; length++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapAead) aead = gcoap_aead_new (algorithm, key, length, &error);

      g_assert_true ((aead != NULL) == (length == self->vector->key_length));
      if (aead == NULL)
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
    }
  for (gsize length = 0; length < sizeof nonce; length++)
    {
      g_autoptr (GError) error = NULL;

      if (length == self->vector->nonce_length)
        continue;
      g_assert_false (gcoap_aead_seal (self->aead, nonce, length, NULL, 0, self->data, LENGTH,
                                       &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_clear_error (&error);
      g_assert_false (gcoap_aead_open (self->aead, nonce, length, NULL, 0, self->data, LENGTH,
                                       self->plaintext, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
    }
}

/* The examples of the COSE working group for COSE_Encrypt0, whose plaintext is
 * always the same. The tag of one has been tampered with. That of ChaCha20 is listed
 * with the context "Encrypt1", and verifies with "Encrypt0" as the others do. */
static const struct
{
  gint        id;
  gboolean    is_good;
  const char *key;
  const char *nonce;
  const char *aad;
  const char *sealed;
} examples[] = {
  { 10, TRUE, "849b57219dae48de646d07dbb533566e",
    "89f52f65a1c580933b5261a72f", "8368456e63727970743043a1010a40",
    "6899da0a132bd2d2b9b10915743ee1f7b92a4680e7c51bdbc1b320ea" },
  { 30, TRUE, "849b57219dae48de646d07dbb533566e",
    "89f52f65a1c580933b5261a72f", "8368456e63727970743044a101181e40",
    "6899da0a132bd2d2b9b10915743ee1f7b92a4680903f2c00d37e14d4ebdc7ef2c03cf5a9" },
  { 12, TRUE, "849b57219dae48de646d07dbb533566e",
    "89f52f65a1c580", "8368456e63727970743043a1010c40",
    "191bd858dec79fc11da3428bdfa446ac240d591ffcf91eeb8035f87a" },
  { 32, TRUE, "849b57219dae48de646d07dbb533566e",
    "89f52f65a1c580", "8368456e63727970743044a101182040",
    "191bd858dec79fc11da3428bdfa446ac240d591f3965fa7ca156fe666bc262807df0ee99" },
  { 11, TRUE, "0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a798897a6b5c4d3e2f100",
    "89f52f65a1c580933b5261a72f", "8368456e63727970743043a1010b40",
    "28b3bddff844a736c5f0ee0f8c691fd0b7adf9173140cb621df47c2f" },
  { 31, TRUE, "0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a798897a6b5c4d3e2f100",
    "89f52f65a1c580933b5261a72f", "8368456e63727970743044a101181f40",
    "28b3bddff844a736c5f0ee0f8c691fd0b7adf917b0cfa0d187c769a4ba100372a585bccc" },
  { 13, TRUE, "0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a798897a6b5c4d3e2f100",
    "89f52f65a1c580", "8368456e63727970743043a1010d40",
    "721908d60812806f2660054238e931adb575771e9bc42ff530baeb00" },
  { 33, TRUE, "0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a798897a6b5c4d3e2f100",
    "89f52f65a1c580", "8368456e63727970743044a101182140",
    "721908d60812806f2660054238e931adb575771e723c6ffd415a07cdb9fa9ceecc6c81fc" },
  { 1, TRUE, "849b57219dae48de646d07dbb533566e",
    "02d1f7e6f26c43d4868d87ce", "8368456e63727970743043a1010140",
    "60973a94bb2898009ee52ecfd9ab1dd25867374b162e2c03568b41f57c3cc16f9166250a" },
  { 2, TRUE, "0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a7988",
    "02d1f7e6f26c43d4868d87ce", "8368456e63727970743043a1010240",
    "134d3b9223a00c1552c77585c157f467f295919d530fbe21f7689ab3cd4d18ffe8e17ceb" },
  { 3, TRUE, "0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a798897a6b5c4d3e2f100",
    "02d1f7e6f26c43d4868d87ce", "8368456e63727970743043a1010340",
    "9d64a5a59a3b04867dccf6b8ef82f7d1a3b25ef84eca2bc5d7593a96e943859a9cc24ad3" },
  { 1, FALSE, "849b57219dae48de646d07dbb533566e",
    "02d1f7e6f26c43d4868d87ce", "8368456e63727970743043a1010140",
    "60973a94bb2898009ee52ecfd9ab1dd25867374b162e2c03568b41f57c3cc16f9166250b" },
  { 24, TRUE, "0f1e2d3c4b5a69788796a5b4c3d2e1f01f2e3d4c5b6a798897a6b5c4d3e2f100",
    "5c3a9950bd2852f66e6c8d4f", "8368456e63727970743044a101181840",
    "ca119c45926da993d29b5d0cac9a84228c7668d492a1b9d7e32020ef21372e74def431b9" },
};

static void
test_cose_examples (void)
{
  static const char content[] = "This is the content.";

  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      const GcoapAeadAlgorithm *algorithm = gcoap_aead_algorithm_lookup (examples[i].id);
      g_autoptr (GBytes) key = test_bytes_from_hex (examples[i].key);
      g_autoptr (GBytes) nonce = test_bytes_from_hex (examples[i].nonce);
      g_autoptr (GBytes) aad = test_bytes_from_hex (examples[i].aad);
      g_autoptr (GBytes) sealed = test_bytes_from_hex (examples[i].sealed);
      g_autoptr (GcoapAead) aead = NULL;
      g_autoptr (GError) error = NULL;
      guint8 data[sizeof content + GCOAP_AEAD_MAX_TAG];
      guint8 opened[sizeof content];
      gsize length = strlen (content);
      gboolean is_open;

      aead = gcoap_aead_new (algorithm, g_bytes_get_data (key, NULL), g_bytes_get_size (key), &error);
      g_assert_no_error (error);
      is_open = gcoap_aead_open (aead, g_bytes_get_data (nonce, NULL), g_bytes_get_size (nonce),
                                 g_bytes_get_data (aad, NULL), g_bytes_get_size (aad),
                                 g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed), opened,
                                 &error);
      g_assert_cmpint (is_open, ==, examples[i].is_good);
      if (!is_open)
        {
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
          continue;
        }
      g_assert_cmpmem (opened, length, content, length);
      memcpy (data, content, length);
      g_assert_true (gcoap_aead_seal (aead, g_bytes_get_data (nonce, NULL), g_bytes_get_size (nonce),
                                      g_bytes_get_data (aad, NULL), g_bytes_get_size (aad), data,
                                      length, &error));
      g_assert_no_error (error);
      test_assert_bytes (data, length + algorithm->tag_length, examples[i].sealed);
    }
}

/* Messages without a plaintext, and with no additional data. */
static void
test_empty (Fixture       *self,
            gconstpointer  data G_GNUC_UNUSED)
{
  guint8 tag[GCOAP_AEAD_MAX_TAG] = { 0 };
  guint8 none = 0x5a;
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_aead_seal (self->aead, self->nonce, self->vector->nonce_length, NULL, 0, tag,
                                  0, &error));
  g_assert_no_error (error);
  g_assert_true (gcoap_aead_open (self->aead, self->nonce, self->vector->nonce_length, NULL, 0, tag,
                                  self->vector->tag_length, &none, &error));
  g_assert_no_error (error);
  g_assert_cmphex (none, ==, 0x5a);
  g_assert_false (gcoap_aead_open (self->aead, self->nonce, self->vector->nonce_length,
                                   (const guint8 *) AAD, 1, tag, self->vector->tag_length, &none,
                                   &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
}

static void
test_unknown (void)
{
  g_assert_null (gcoap_aead_algorithm_lookup (0));
  g_assert_null (gcoap_aead_algorithm_lookup (-7));
  g_assert_null (gcoap_aead_algorithm_find ("AES-CCM"));
  /* The key limits draft, §2.1.1. */
  g_assert_cmpuint (gcoap_aead_algorithm_lookup (10)->max_failures, ==, 1 << 14);
  g_assert_cmpuint (gcoap_aead_algorithm_lookup (30)->max_failures, ==, 1 << 20);
  g_assert_cmpuint (gcoap_aead_algorithm_lookup (10)->max_encryptions, ==, 1 << 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      static const struct
      {
        const char *name;
        void (*func) (Fixture *self, gconstpointer data);
      } tests[] = {
        { "vector", test_vector },
        { "flips", test_flips },
        { "truncated", test_truncated },
        { "lengths", test_lengths },
        { "empty", test_empty },
      };

      for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
        {
          g_autofree char *path = g_strdup_printf ("/aead/%d/%s", vectors[i].id, tests[j].name);

          g_test_add (path, Fixture, &vectors[i], set_up, tests[j].func, tear_down);
        }
    }
  g_test_add_func ("/aead/cose-examples", test_cose_examples);
  g_test_add_func ("/aead/unknown", test_unknown);
  return g_test_run ();
}
