/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-order-private.h"

#include <glib.h>

#define SECOND G_USEC_PER_SEC

static void
test_first (void)
{
  GcoapNotificationOrder order = { 0 };

  g_assert_true (gcoap_notification_order_accept (&order, 0xffffff, 0));
  g_assert_cmpuint (order.value, ==, 0xffffff);
}

/* RFC 7641 §3.4, at the edges of each condition. */
static void
test_conditions (void)
{
  static const struct
  {
    guint32  v1, v2;
    gint64   apart;
    gboolean fresher;
  } cases[] = {
    { 1, 2, 0, TRUE },
    { 2, 1, 0, FALSE },
    { 7, 7, 0, FALSE },
    { 0, (1 << 23) - 1, 0, TRUE },
    { 0, 1 << 23, 0, FALSE },
    { 0, (1 << 23) + 1, 0, FALSE },
    { 0xffffff, 0, 0, TRUE },
    { 0xffffff, 0x7ffffe, 0, TRUE },
    { 0xffffff, 0x7fffff, 0, FALSE },
    { 2, 1, 128 * SECOND, FALSE },
    { 2, 1, 128 * SECOND + 1, TRUE },
    { 7, 7, 129 * SECOND, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GcoapNotificationOrder order = { 0 };

      g_assert_true (gcoap_notification_order_accept (&order, cases[i].v1, 1000));
      g_assert_cmpint (gcoap_notification_order_accept (&order, cases[i].v2, 1000 + cases[i].apart),
                       ==, cases[i].fresher);
      g_assert_cmpuint (order.value, ==, cases[i].fresher ? cases[i].v2 : cases[i].v1);
      g_assert_cmpint (order.time, ==, cases[i].fresher ? 1000 + cases[i].apart : 1000);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notification-order/first", test_first);
  g_test_add_func ("/notification-order/conditions", test_conditions);
  return g_test_run ();
}
