/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-blockwise-private.h"

#include "helpers/mock-layer.h"
#include "helpers/named-address.h"
#include "helpers/test-exchange.h"

static void
count_cb (GObject *object G_GNUC_UNUSED, GParamSpec *pspec G_GNUC_UNUSED, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_properties (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapBlockwise) provider = gcoap_blockwise_new (NULL, runtime);
  g_autoptr (GcoapRuntime) same = NULL;
  guint size;
  guint notified = 0;

  g_object_get (provider, "block-size", &size, "runtime", &same, NULL);
  g_assert_cmpuint (size, ==, 1024);
  g_assert_true (same == runtime);
  g_signal_connect (provider, "notify::block-size", G_CALLBACK (count_cb), &notified);
  g_object_set (provider, "block-size", 100, NULL);
  g_assert_cmpuint (gcoap_blockwise_get_block_size (provider), ==, 64);
  g_object_set (provider, "block-size", 64, NULL);
  g_assert_cmpuint (notified, ==, 1);
}

typedef struct
{
  TestAddressFlags flags;
  gsize            room;
  guint            block_size;
  guint            exponent;
} Case;

static const Case cases[] = {
  { TEST_ADDRESS_PLAIN, 1152, 1024, 6 },
  { TEST_ADDRESS_PLAIN, 1000, 1024, 5 },
  { TEST_ADDRESS_PLAIN, 100, 1024, 1 },
  { TEST_ADDRESS_PLAIN, 10, 1024, 0 },
  { TEST_ADDRESS_PLAIN, 60000, 1024, 6 },
  { TEST_ADDRESS_PLAIN, 1152, 32, 1 },
  /* RFC 8323 §5.3.2 and §6. */
  { TEST_ADDRESS_RELIABLE, 60000, 1024, GCOAP_BLOCK_SZX_BERT },
  { TEST_ADDRESS_RELIABLE, 1152, 1024, 6 },
  { TEST_ADDRESS_RELIABLE, 60000, 256, 4 },
};

static void
test_exponent (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
      g_autoptr (GcoapBlockwise) provider = gcoap_blockwise_new (NULL, runtime);
      g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("a", cases[i].flags);
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);

      g_test_message ("case %u", i);
      gcoap_exchange_set_address (exchange, address);
      gcoap_exchange_set_room (exchange, cases[i].room);
      gcoap_blockwise_set_block_size (provider, cases[i].block_size);
      g_assert_cmpuint (gcoap_blockwise_choose_exponent (provider, exchange, request, TRUE), ==,
                        cases[i].exponent);
      g_assert_cmpuint (gcoap_blockwise_choose_exponent (provider, exchange, request, FALSE), ==,
                        MIN (cases[i].exponent, 6));
    }
}

static void
test_fits (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapBlockwise) provider = gcoap_blockwise_new (NULL, runtime);
  g_autoptr (GcoapEndpointAddress) reliable = test_named_address_new ("a", TEST_ADDRESS_RELIABLE);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  g_autoptr (GcoapMessage) large = gcoap_message_new (GCOAP_CODE_PUT);
  guint8 bytes[1025] = { 0 };

  gcoap_message_set_payload_data (large, bytes, 1024);
  g_assert_true (gcoap_blockwise_fits (provider, exchange, request));
  g_assert_true (gcoap_blockwise_fits (provider, exchange, large));
  gcoap_message_set_payload_data (large, bytes, 1025);
  g_assert_false (gcoap_blockwise_fits (provider, exchange, large));
  gcoap_exchange_set_room (exchange, 5000);
  g_assert_false (gcoap_blockwise_fits (provider, exchange, large));
  gcoap_exchange_set_address (exchange, reliable);
  g_assert_true (gcoap_blockwise_fits (provider, exchange, large));
}

static GcoapMessage *
new_request (GcoapCode   code,
             guint       option,
             const char *value,
             const char *payload)
{
  GcoapMessage *request = test_request_new (code, "a", NULL);

  if (option != 0)
    gcoap_message_set_option (request, option, (const guint8 *) value, strlen (value));
  if (payload != NULL)
    gcoap_message_set_payload_data (request, (const guint8 *) payload, strlen (payload));
  return request;
}

static void
test_key (void)
{
  static const struct { GcoapCode code; guint option; const char *payload; gboolean same; } others[] = {
    { GCOAP_CODE_FETCH, 0, NULL, TRUE },
    { GCOAP_CODE_FETCH, 0, "x", TRUE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_BLOCK1, NULL, TRUE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_BLOCK2, NULL, TRUE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_SIZE1, NULL, TRUE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_IF_NONE_MATCH, NULL, TRUE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_OBSERVE, NULL, TRUE },
    { GCOAP_CODE_GET, 0, NULL, FALSE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_REQUEST_TAG, NULL, FALSE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_CONTENT_FORMAT, NULL, FALSE },
    { GCOAP_CODE_FETCH, GCOAP_OPTION_URI_QUERY, NULL, FALSE },
  };
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_FETCH, 0, NULL, NULL);
  g_autoptr (GBytes) key = gcoap_blockwise_get_key (request);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (GcoapMessage) other = new_request (others[i].code, others[i].option, "", others[i].payload);
      g_autoptr (GBytes) other_key = gcoap_blockwise_get_key (other);

      g_test_message ("case %u", i);
      g_assert_true (g_bytes_equal (key, other_key) == others[i].same);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blockwise-provider/properties", test_properties);
  g_test_add_func ("/blockwise-provider/exponent", test_exponent);
  g_test_add_func ("/blockwise-provider/fits", test_fits);
  g_test_add_func ("/blockwise-provider/key", test_key);
  return g_test_run ();
}
