/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/echo/gcoap-echo-value-private.h"

#include <string.h>

#include "helpers/named-address.h"

#define WINDOW 10000
#define SECOND G_USEC_PER_SEC

typedef struct
{
  GcoapEchoKeys         keys;
  GcoapEndpointAddress *peer;
  GcoapEndpointAddress *other;
  guint8                value[GCOAP_ECHO_VALUE_LENGTH];
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_echo_keys_init (&fixture->keys);
  fixture->peer = test_named_address_new ("peer", TEST_ADDRESS_PUBLIC);
  fixture->other = test_named_address_new ("other", TEST_ADDRESS_PUBLIC);
  gcoap_echo_keys_make_value (&fixture->keys, fixture->peer, 5 * SECOND, WINDOW, fixture->value);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_echo_keys_clear (&fixture->keys);
  g_object_unref (fixture->peer);
  g_object_unref (fixture->other);
}

static gint64
check_at (Fixture *fixture,
          gint64   now)
{
  return gcoap_echo_keys_check_value (&fixture->keys, fixture->peer, now, WINDOW,
                                      fixture->value, sizeof fixture->value);
}

static void
test_age (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_cmpint (check_at (fixture, 5 * SECOND), ==, 0);
  g_assert_cmpint (check_at (fixture, 6 * SECOND + 500000), ==, 1500);
  g_assert_cmpint (check_at (fixture, 15 * SECOND), ==, 10000);
  g_assert_cmpint (check_at (fixture, 15 * SECOND + 1000), ==, -1);
}

/* A value from the time to come was not made here. */
static void
test_future (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_cmpint (check_at (fixture, 4 * SECOND), ==, -1);
}

static void
test_forged (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_cmpint (gcoap_echo_keys_check_value (&fixture->keys, fixture->other, 5 * SECOND, WINDOW,
                                                fixture->value, sizeof fixture->value), ==, -1);
  for (guint bit = 0; bit < 8 * GCOAP_ECHO_VALUE_LENGTH; bit++)
    {
      fixture->value[bit / 8] ^= 1 << bit % 8;
      g_assert_cmpint (check_at (fixture, 5 * SECOND), ==, -1);
      fixture->value[bit / 8] ^= 1 << bit % 8;
    }
  for (gsize length = 0; length < GCOAP_ECHO_VALUE_LENGTH; length++)
    g_assert_cmpint (gcoap_echo_keys_check_value (&fixture->keys, fixture->peer, 5 * SECOND, WINDOW,
                                                  fixture->value, length), ==, -1);
  g_assert_cmpint (check_at (fixture, 5 * SECOND), ==, 0);
}

/* The keys of another process, or of this one before its restart. */
static void
test_other_key (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  GcoapEchoKeys restarted;

  gcoap_echo_keys_init (&restarted);
  g_assert_cmpint (gcoap_echo_keys_check_value (&restarted, fixture->peer, 5 * SECOND, WINDOW,
                                                fixture->value, sizeof fixture->value), ==, -1);
}

static void
test_rotation (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  guint8 first[GCOAP_ECHO_KEY_LENGTH];
  guint8 late[GCOAP_ECHO_VALUE_LENGTH];

  memcpy (first, fixture->keys.newer, sizeof first);
  /* The key was made at 5 s; it makes values until 15 s, and is known until 25. */
  gcoap_echo_keys_make_value (&fixture->keys, fixture->peer, 14 * SECOND, WINDOW, late);
  g_assert_cmpmem (fixture->keys.newer, sizeof first, first, sizeof first);
  g_assert_cmpint (gcoap_echo_keys_check_value (&fixture->keys, fixture->peer, 23 * SECOND, WINDOW,
                                                late, sizeof late), ==, 9000);
  g_assert_true (memcmp (fixture->keys.newer, first, sizeof first) != 0);
  g_assert_cmpmem (fixture->keys.older, sizeof first, first, sizeof first);
}

/* 2^32 milliseconds later the time reads the same; the key does not. */
static void
test_time_comes_round (Fixture       *fixture,
                       gconstpointer  data G_GNUC_UNUSED)
{
  gint64 round = (G_GINT64_CONSTANT (1) << 32) * 1000;

  g_assert_cmpint (check_at (fixture, 5 * SECOND + round), ==, -1);
  g_assert_false (fixture->keys.has_older);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/echo-value/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("age", test_age);
  ADD ("future", test_future);
  ADD ("forged", test_forged);
  ADD ("other-key", test_other_key);
  ADD ("rotation", test_rotation);
  ADD ("time-comes-round", test_time_comes_round);
  return g_test_run ();
}
