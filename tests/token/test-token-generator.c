/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens are unpredictable where nothing protects, and never repeat on an
 * association that does. */
#include "helpers/named-address.h"
#include "token/gcoap-token-generator-private.h"

static void
test_random (void)
{
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  GcoapTokenGenerator generator;
  guint8 token[GCOAP_TOKEN_GENERATED_LENGTH];
  guint64 ones = 0, zeros = 0;

  gcoap_token_generator_init (&generator);
  for (guint i = 0; i < 1000; i++)
    {
      guint64 value;

      g_assert_cmpuint (gcoap_token_generator_next (&generator, address, 10, token), ==, 8);
      memcpy (&value, token, sizeof value);
      ones |= value;
      zeros |= ~value;
      g_assert_true (g_hash_table_add (seen, g_memdup2 (token, sizeof token)));
    }
  /* RFC 7252 §5.3.1: every one of the 64 bits varies. */
  g_assert_cmphex (ones, ==, G_MAXUINT64);
  g_assert_cmphex (zeros, ==, G_MAXUINT64);
  gcoap_token_generator_clear (&generator);
}

static void
test_counter (void)
{
  g_autoptr (GcoapEndpointAddress) first = test_named_address_new ("a", TEST_ADDRESS_SECURE);
  g_autoptr (GcoapEndpointAddress) second = test_named_address_new ("b", TEST_ADDRESS_SECURE);
  GcoapTokenGenerator generator;
  guint8 token[GCOAP_TOKEN_GENERATED_LENGTH];

  gcoap_token_generator_init (&generator);
  /* RFC 9175 §4.2: starting at zero for each connection. */
  for (guint i = 0; i < 256; i++)
    {
      g_assert_cmpuint (gcoap_token_generator_next (&generator, first, 10, token), ==, 1);
      g_assert_cmpuint (token[0], ==, i);
    }
  g_assert_cmpuint (gcoap_token_generator_next (&generator, first, 10, token), ==, 2);
  g_assert_cmpuint (token[0], ==, 1);
  g_assert_cmpuint (token[1], ==, 0);

  g_assert_cmpuint (gcoap_token_generator_next (&generator, second, 10, token), ==, 1);
  g_assert_cmpuint (token[0], ==, 0);

  gcoap_token_generator_forget (&generator, first);
  g_assert_cmpuint (gcoap_token_generator_next (&generator, first, 10, token), ==, 1);
  g_assert_cmpuint (token[0], ==, 0);
  g_assert_cmpuint (gcoap_token_generator_next (&generator, second, 10, token), ==, 1);
  g_assert_cmpuint (token[0], ==, 1);
  gcoap_token_generator_clear (&generator);
}

/* Too many associations to count for: their tokens are random, and the counts
 * of the others go on. */
static void
test_limit (void)
{
  g_autoptr (GcoapEndpointAddress) first = test_named_address_new ("a", TEST_ADDRESS_SECURE);
  g_autoptr (GcoapEndpointAddress) second = test_named_address_new ("b", TEST_ADDRESS_SECURE);
  GcoapTokenGenerator generator;
  guint8 token[GCOAP_TOKEN_GENERATED_LENGTH];

  gcoap_token_generator_init (&generator);
  g_assert_cmpuint (gcoap_token_generator_next (&generator, first, 1, token), ==, 1);
  g_assert_cmpuint (gcoap_token_generator_next (&generator, second, 1, token), ==, 8);
  g_assert_cmpuint (gcoap_token_generator_next (&generator, first, 1, token), ==, 1);
  g_assert_cmpuint (token[0], ==, 1);
  gcoap_token_generator_clear (&generator);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-generator/random", test_random);
  g_test_add_func ("/token-generator/counter", test_counter);
  g_test_add_func ("/token-generator/limit", test_limit);
  return g_test_run ();
}
