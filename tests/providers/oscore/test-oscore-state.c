/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a context's state. */
#include <string.h>

#include "base/gcoap-error.h"
#include "providers/oscore/gcoap-oscore-state-private.h"

static GcoapOscoreState
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GcoapOscoreState state;
  gboolean success = gcoap_oscore_state_parse (&state, text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_true (success);
  return state;
}

/* What aiocoap writes. */
static void
test_aiocoap (void)
{
  GcoapOscoreState state = parse ("{\"next-to-send\": 30, \"received\": {\"index\": 5, \"bitfield\": 2147483649}}");
  g_autofree char *text = gcoap_oscore_state_print (&state);
  GcoapReplayWindow window;

  g_assert_cmpuint (state.next, ==, 30);
  g_assert_cmpstr (text, ==, "{\"next-to-send\": 30, \"received\": {\"index\": 5, \"bitfield\": 2147483649}}");
  gcoap_replay_window_init (&window, 32);
  gcoap_oscore_state_give_window (&state, &window);
  for (guint64 i = 0; i < 60; i++)
    g_assert_true (gcoap_replay_window_is_new (&window, i) == (i > 5 && i != 36));
  g_assert_cmpuint (window.n_accepted, ==, 0);

  state = parse ("{\"next-to-send\": 1, \"received\": \"unknown\"}");
  g_assert_false (state.window_is_known);
  gcoap_oscore_state_give_window (&state, &window);
  g_assert_false (window.is_known);
}

static void
test_all (void)
{
  static const char *const texts[] = {
    "{\"next-to-send\": 0, \"received\": {\"index\": 0, \"bitfield\": 0}}",
    "{\"next-to-send\": 1099511627776, \"received\": \"unknown\", \"first\": 1099511627775, \"responses\": 7, "
    "\"failures\": 9}",
    "{\"rederived\": {\"next-to-send\": 3, \"received\": \"unknown\", \"id-context_hex\": \"00ff\"}}",
    "{\"rederived\": {\"next-to-send\": 3, \"received\": \"unknown\", \"id-context_hex\": \"\"}}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GcoapOscoreState state = parse (texts[i]);
      g_autofree char *text = gcoap_oscore_state_print (&state);

      g_assert_cmpstr (text, ==, texts[i]);
    }
}

/* The largest window has a number of 309 digits. */
static void
test_large_window (void)
{
  for (guint size = 1; size <= GCOAP_REPLAY_WINDOW_MAX; size *= 2)
    {
      GcoapOscoreState state, again;
      GcoapReplayWindow window, copy;
      g_autofree char *text = NULL;

      gcoap_oscore_state_init (&state);
      gcoap_replay_window_init (&window, size);
      gcoap_replay_window_reset (&window);
      window.floor = 77;
      for (guint i = 0; i < size; i += 3)
        g_assert_true (gcoap_replay_window_accept (&window, 77 + size - 1 - i));
      gcoap_oscore_state_take_window (&state, &window);
      text = gcoap_oscore_state_print (&state);
      again = parse (text);
      g_assert_cmpmem (again.seen, sizeof again.seen, state.seen, sizeof state.seen);
      gcoap_replay_window_init (&copy, size);
      gcoap_oscore_state_give_window (&again, &copy);
      for (guint64 i = 0; i < 77 + 2 * size; i++)
        g_assert_true (gcoap_replay_window_is_new (&copy, i) == gcoap_replay_window_is_new (&window, i));
    }
}

/* A window that was made smaller takes what falls out as seen; a larger one
 * knows no more than the old one. */
static void
test_other_size (void)
{
  GcoapOscoreState state = parse ("{\"next-to-send\": 0, \"received\": {\"index\": 0, \"bitfield\": 2147483650}}");
  GcoapReplayWindow window;

  gcoap_replay_window_init (&window, 8);
  gcoap_oscore_state_give_window (&state, &window);
  for (guint64 i = 0; i < 40; i++)
    g_assert_true (gcoap_replay_window_is_new (&window, i) == (i >= 24 && i != 31));
  gcoap_replay_window_init (&window, 64);
  gcoap_oscore_state_give_window (&state, &window);
  for (guint64 i = 0; i < 40; i++)
    g_assert_true (gcoap_replay_window_is_new (&window, i) == (i != 1 && i != 31));
}

static void
test_malformed (void)
{
  static const struct { const char *text; const char *reason; } cases[] = {
    { "", "line 1" },
    { "[]", "no map" },
    { "7", "no map" },
    { "{}", "“next-to-send” is missing (line 1, column 1)" },
    { "{\"next-to-send\": 1}", "“received” is missing" },
    { "{\n\"next-to-send\": -1, \"received\": \"unknown\"}", "“next-to-send” is no number, or too large (line 2, column 17)" },
    { "{\"next-to-send\": 1.5, \"received\": \"unknown\"}", "integers" },
    { "{\"next-to-send\": \"1\", \"received\": \"unknown\"}", "“next-to-send” is no number" },
    { "{\"next-to-send\": 1099511627777, \"received\": \"unknown\"}", "too large" },
    { "{\"next-to-send\": 99999999999999999999999, \"received\": \"unknown\"}", "too large" },
    { "{\"next-to-send\": 1, \"next-to-send\": 0, \"received\": \"unknown\"}", "twice" },
    { "{\"next-to-send\": 1, \"received\": \"known\"}", "must be “unknown”" },
    { "{\"next-to-send\": 1, \"received\": 1}", "must be “unknown”" },
    { "{\"next-to-send\": 1, \"received\": {\"index\": 1}}", "“bitfield” is missing" },
    { "{\"next-to-send\": 1, \"received\": {\"bitfield\": 1}}", "“index” is missing" },
    { "{\"next-to-send\": 1, \"received\": {\"index\": 1, \"bitfield\": -1}}", "“bitfield” is no number" },
    { "{\"next-to-send\": 1, \"received\": {\"index\": 1, \"bitfield\": 1, \"size\": 1}}", "“size” has no meaning" },
    { "{\"next-to-send\": 1, \"received\": \"unknown\", \"first\": 2}", "“first”" },
    { "{\"next-to-send\": 1, \"received\": \"unknown\", \"id-context_hex\": \"\"}", "“id-context_hex” has no meaning" },
    { "{\"next-to-send\": 1, \"received\": \"unknown\", \"x\": 2}", "“x” has no meaning" },
    { "{\"rederived\": {}, \"next-to-send\": 1}", "“rederived” stands alone" },
    { "{\"rederived\": 1}", "no map" },
    { "{\"rederived\": {\"next-to-send\": 1, \"received\": \"unknown\"}}", "“id-context_hex” is missing" },
    { "{\"rederived\": {\"next-to-send\": 1, \"received\": \"unknown\", \"id-context_hex\": \"0\"}}", "hexadecimal" },
    { "{\"rederived\": {\"next-to-send\": 1, \"received\": \"unknown\", \"id-context_hex\": \"0g\"}}", "hexadecimal" },
    { "{\"rederived\": {\"next-to-send\": 1, \"received\": \"unknown\", \"id-context_hex\": 7}}", "hexadecimal" },
  };
  g_autofree char *digits = g_strnfill (400, '9');
  g_autofree char *wide = g_strdup_printf ("{\"next-to-send\": 1, \"received\": {\"index\": 1, \"bitfield\": %s}}", digits);

  for (guint i = 0; i <= G_N_ELEMENTS (cases); i++)
    {
      const char *text = i < G_N_ELEMENTS (cases) ? cases[i].text : wide;
      g_autoptr (GError) error = NULL;
      GcoapOscoreState state;

      g_assert_false (gcoap_oscore_state_parse (&state, text, strlen (text), &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_test_message ("%s: %s", text, error->message);
      g_assert_nonnull (strstr (error->message, i < G_N_ELEMENTS (cases) ? cases[i].reason : "too large"));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-state/aiocoap", test_aiocoap);
  g_test_add_func ("/oscore-state/all", test_all);
  g_test_add_func ("/oscore-state/large-window", test_large_window);
  g_test_add_func ("/oscore-state/other-size", test_other_size);
  g_test_add_func ("/oscore-state/malformed", test_malformed);
  return g_test_run ();
}
