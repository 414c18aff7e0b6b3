/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-message-ids-private.h"

#define LIFETIME (G_GINT64_CONSTANT (247) * G_USEC_PER_SEC)

static guint16
take (GcoapMessageIds *ids,
      gint64           now)
{
  guint16 message_id = 0;
  gint64 retry_at;

  g_assert_true (gcoap_message_ids_take (ids, now, LIFETIME, &message_id, &retry_at));
  return message_id;
}

static void
test_random_start (void)
{
  GcoapMessageIds ids;

  gcoap_message_ids_init (&ids, GCOAP_MESSAGE_IDS_OWN, 0x1234);
  g_assert_cmpuint (take (&ids, 0), ==, 0x1234);
  g_assert_cmpuint (take (&ids, 0), ==, 0x1235);

  /* The end of the range leads to its start. */
  gcoap_message_ids_init (&ids, GCOAP_MESSAGE_IDS_OWN, 0xdfff);
  g_assert_cmpuint (take (&ids, 0), ==, 0xdfff);
  g_assert_cmpuint (take (&ids, 0), ==, 0x0000);
}

static void
test_ranges_are_disjoint (void)
{
  const struct { GcoapMessageIdsRange range; guint first; guint last; } rows[] = {
    { GCOAP_MESSAGE_IDS_OWN, 0x0000, 0xdfff },
    { GCOAP_MESSAGE_IDS_SHARED, 0xe000, 0xefff },
    { GCOAP_MESSAGE_IDS_GROUPS, 0xf000, 0xffff },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint32 random = 0; random < 0x20000; random += 0x333)
      {
        GcoapMessageIds ids;
        guint16 message_id;

        gcoap_message_ids_init (&ids, rows[i].range, random);
        message_id = take (&ids, 0);
        g_assert_cmpuint (message_id, >=, rows[i].first);
        g_assert_cmpuint (message_id, <=, rows[i].last);
      }
}

/* Whatever the rate, none comes again within its lifetime. */
static void
test_none_twice_within_lifetime (void)
{
  g_autofree gint64 *taken_at = g_new (gint64, 0x10000);
  GcoapMessageIds ids;
  gint64 now = 0;
  guint n_refused = 0;

  for (guint i = 0; i < 0x10000; i++)
    taken_at[i] = G_MININT64 / 2;
  gcoap_message_ids_init (&ids, GCOAP_MESSAGE_IDS_OWN, 0x2345);
  for (guint i = 0; i < 300000; i++)
    {
      guint16 message_id;
      gint64 retry_at;

      now += 2000;
      if (!gcoap_message_ids_take (&ids, now, LIFETIME, &message_id, &retry_at))
        {
          n_refused++;
          g_assert_cmpint (retry_at, >, now);
          now = retry_at;
          g_assert_true (gcoap_message_ids_take (&ids, now, LIFETIME, &message_id, &retry_at));
        }
      g_assert_cmpint (now - taken_at[message_id], >=, LIFETIME);
      taken_at[message_id] = now;
    }
  g_assert_cmpuint (n_refused, >, 0);
}

static void
test_exhaustion (void)
{
  GcoapMessageIds ids;
  guint16 message_id;
  gint64 retry_at = 0;
  guint n = 0;

  gcoap_message_ids_init (&ids, GCOAP_MESSAGE_IDS_SHARED, 0);
  while (gcoap_message_ids_take (&ids, 5, LIFETIME, &message_id, &retry_at))
    n++;
  g_assert_cmpuint (n, ==, 0x1000);
  g_assert_cmpint (retry_at, ==, 5 + LIFETIME);
  g_assert_cmpint (ids.busy_until, ==, 5 + LIFETIME);

  g_assert_false (gcoap_message_ids_take (&ids, retry_at - 1, LIFETIME, &message_id, &retry_at));
  g_assert_true (gcoap_message_ids_take (&ids, retry_at, LIFETIME, &message_id, &retry_at));
  g_assert_cmpuint (message_id, ==, 0xe000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-ids/random-start", test_random_start);
  g_test_add_func ("/message-ids/ranges-are-disjoint", test_ranges_are_disjoint);
  g_test_add_func ("/message-ids/none-twice-within-lifetime", test_none_twice_within_lifetime);
  g_test_add_func ("/message-ids/exhaustion", test_exhaustion);
  return g_test_run ();
}
