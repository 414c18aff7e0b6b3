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
      };

      for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
        {
          g_autofree char *path = g_strdup_printf ("/aead/%d/%s", vectors[i].id, tests[j].name);

          g_test_add (path, Fixture, &vectors[i], set_up, tests[j].func, tear_down);
        }
    }
  g_test_add_func ("/aead/unknown", test_unknown);
  return g_test_run ();
}
