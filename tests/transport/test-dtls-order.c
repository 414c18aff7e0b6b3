/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-order-private.h"

#include <string.h>

#define CLIENT_KEY_EXCHANGE 16
#define CERTIFICATE_VERIFY 15

static gboolean
take (GcoapDtlsOrder *order,
      guint8          type,
      guint8          epoch,
      guint8          sequence,
      guint8          message)
{
  const guint8 record[15] = { type, 254, 253, 0, epoch, 0, 0, 0, 0, 0, sequence, 0, 2, message };

  return gcoap_dtls_order_take (order, record, sizeof record);
}

static void
assert_released (GcoapDtlsOrder *order,
                 guint           last_message,
                 guint8          change,
                 guint8          finished)
{
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  g_assert_true (gcoap_dtls_order_release (order, last_message, &first, &second));
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (first, NULL))[10], ==, change);
  g_assert_cmpuint (((const guint8 *) g_bytes_get_data (second, NULL))[10], ==, finished);
  g_assert_false (gcoap_dtls_order_release (order, last_message, &first, &second));
}

static void
assert_held (GcoapDtlsOrder *order,
             guint           last_message)
{
  GBytes *first, *second;

  g_assert_false (gcoap_dtls_order_release (order, last_message, &first, &second));
}

static void
test_in_order (void)
{
  GcoapDtlsOrder order = { 0 };

  g_assert_false (take (&order, 22, 0, 5, CERTIFICATE_VERIFY));
  assert_held (&order, CERTIFICATE_VERIFY);
  g_assert_true (take (&order, 20, 0, 6, 1));
  assert_held (&order, CERTIFICATE_VERIFY);
  g_assert_true (take (&order, 22, 1, 0, 99));
  assert_released (&order, CERTIFICATE_VERIFY, 6, 0);
  /* All else is not its business. */
  g_assert_false (take (&order, 21, 0, 7, 1));
  g_assert_false (take (&order, 23, 1, 1, 1));
  gcoap_dtls_order_clear (&order);
}

static void
test_overtaken (void)
{
  GcoapDtlsOrder order = { 0 };

  g_assert_true (take (&order, 22, 1, 0, 99));
  g_assert_true (take (&order, 20, 0, 6, 1));
  assert_held (&order, CLIENT_KEY_EXCHANGE);
  g_assert_false (take (&order, 22, 0, 5, CERTIFICATE_VERIFY));
  /* It is there, but one before it is not. */
  assert_held (&order, CLIENT_KEY_EXCHANGE);
  assert_released (&order, CERTIFICATE_VERIFY, 6, 0);
  gcoap_dtls_order_clear (&order);
}

/* What came before is not known until it is sent again. */
static void
test_lost (void)
{
  GcoapDtlsOrder order = { 0 };

  g_assert_false (take (&order, 22, 0, 4, CLIENT_KEY_EXCHANGE));
  g_assert_true (take (&order, 20, 0, 6, 1));
  g_assert_true (take (&order, 22, 1, 0, 99));
  assert_held (&order, CLIENT_KEY_EXCHANGE);
  g_assert_false (take (&order, 22, 0, 7, CLIENT_KEY_EXCHANGE));
  g_assert_false (take (&order, 22, 0, 8, CERTIFICATE_VERIFY));
  assert_held (&order, CERTIFICATE_VERIFY);
  g_assert_true (take (&order, 20, 0, 9, 1));
  assert_released (&order, CERTIFICATE_VERIFY, 9, 0);
  gcoap_dtls_order_clear (&order);
}

/* A flight that is nothing else: the one before was answered. */
static void
test_alone (void)
{
  GcoapDtlsOrder order = { 0 };

  g_assert_true (take (&order, 20, 0, 0, 1));
  g_assert_true (take (&order, 22, 1, 0, 99));
  assert_held (&order, 14);
  g_assert_true (take (&order, 20, 0, 2, 1));
  assert_held (&order, 14);
  g_assert_true (take (&order, 20, 0, 3, 1));
  assert_released (&order, 14, 3, 0);
  gcoap_dtls_order_clear (&order);
}

/* Only so many are remembered, and others never taken for them. */
static void
test_forgotten (void)
{
  GcoapDtlsOrder order = { 0 };

  g_assert_false (take (&order, 22, 0, 5, CERTIFICATE_VERIFY));
  g_assert_false (take (&order, 22, 0, 5 + GCOAP_DTLS_ORDER_RECORDS, CERTIFICATE_VERIFY));
  g_assert_true (take (&order, 20, 0, 6, 1));
  g_assert_true (take (&order, 22, 1, 0, 99));
  assert_held (&order, CERTIFICATE_VERIFY);
  gcoap_dtls_order_clear (&order);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/dtls-order/in-order", test_in_order);
  g_test_add_func ("/transport/dtls-order/overtaken", test_overtaken);
  g_test_add_func ("/transport/dtls-order/lost", test_lost);
  g_test_add_func ("/transport/dtls-order/alone", test_alone);
  g_test_add_func ("/transport/dtls-order/forgotten", test_forgotten);
  return g_test_run ();
}
