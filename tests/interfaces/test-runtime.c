/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-runtime-private.h"

static void
test_parts (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (5);
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (clock);

  g_assert_true (gcoap_runtime_get_clock (runtime) == clock);
  g_assert_true (gcoap_runtime_get_main_context (runtime) == g_main_context_default ());
  g_assert_true (gcoap_runtime_get_limits (runtime) == runtime->limits);
  g_assert_true (gcoap_runtime_get_statistics (runtime) == runtime->statistics);
  g_assert_null (gcoap_runtime_get_trace (runtime));
}

static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GcoapRuntime) runtime = NULL;

  g_main_context_push_thread_default (context);
  runtime = gcoap_runtime_new (NULL);
  g_main_context_pop_thread_default (context);
  g_assert_true (gcoap_runtime_get_main_context (runtime) == context);
  g_assert_false (gcoap_clock_is_manual (gcoap_runtime_get_clock (runtime)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runtime/parts", test_parts);
  g_test_add_func ("/runtime/context", test_context);
  return g_test_run ();
}
