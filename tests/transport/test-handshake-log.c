/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-handshake-log-private.h"

static void
test_limit (void)
{
  GcoapHandshakeLog log = { 0 };
  const gint64 minute = G_TIME_SPAN_MINUTE;

  for (guint i = 0; i < GCOAP_HANDSHAKE_LOG_MAX; i++)
    {
      g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "It failed.");
      gcoap_handshake_log_note (&log, 5, "It failed.");
      g_test_assert_expected_messages ();
    }
  /* None of these; the next minute tells how many there were. */
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "3 more handshakes failed, which were not logged.");
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "Another.");
  for (guint i = 0; i < 3; i++)
    gcoap_handshake_log_note (&log, 5 + minute - 1, "It failed.");
  gcoap_handshake_log_note (&log, 5 + minute, "Another.");
  g_test_assert_expected_messages ();
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, "The last.");
  gcoap_handshake_log_note (&log, 5 + 2 * minute, "The last.");
  g_test_assert_expected_messages ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/handshake-log/limit", test_limit);
  return g_test_run ();
}
