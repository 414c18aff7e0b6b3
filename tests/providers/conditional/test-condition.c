/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/conditional/gcoap-condition-private.h"

#include <string.h>

#include "base/gcoap-error.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

/* Of arguments separated by "&"; NULL and an error if they are wrong. */
static gboolean
set (GcoapCondition *condition,
     const char     *query,
     GError        **error)
{
  g_auto (GStrv) arguments = g_strsplit (query, "&", -1);

  memset (condition, 0, sizeof *condition);
  for (guint i = 0; arguments[i] != NULL; i++)
    {
      GError *local = NULL;

      g_assert_true (gcoap_condition_parse (condition, arguments[i], strlen (arguments[i]), &local));
      if (local != NULL)
        {
          g_propagate_error (error, local);
          return FALSE;
        }
    }
  return gcoap_condition_validate (condition, error);
}

static void
test_parse (void)
{
  GcoapCondition condition;
  g_autoptr (GError) error = NULL;

  g_assert_true (set (&condition, "c.gt=-1.5&c.lt=+2&c.st=.5&c.band&c.edge=true&c.pmin=0.25&c.pmax=10"
                      "&c.epmin=1&c.epmax=2&c.con=1", &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (condition.gt, ==, -1.5);
  g_assert_cmpfloat (condition.lt, ==, 2);
  g_assert_cmpfloat (condition.st, ==, 0.5);
  g_assert_cmpint (condition.pmin, ==, 250000);
  g_assert_cmpint (condition.pmax, ==, 10 * SECOND);
  g_assert_true (condition.edge);
  g_assert_true (condition.con);
  g_assert_true (set (&condition, "c.pmax=99999999999999999999", &error));
  g_assert_cmpint (condition.pmax, >, 0);
}

static void
test_bad (void)
{
  static const char *const queries[] = {
    "c.gt", "c.gt=", "c.gt=x", "c.gt=1e3", "c.gt=1.2.3", "c.gt=-", "c.gt=.", "c.gt=1 ", "c.gt=inf",
    "c.gt=nan", "c.gt=0x10", "c.gt=1-2", "c.gt=1&c.gt=1", "c.st=0", "c.st=-1", "c.pmin=0", "c.pmin=-1",
    "c.pmax=0", "c.pmin=2&c.pmax=1", "c.epmin=2&c.epmax=2", "c.edge=10", "c.edge", "c.con=2", "c.band",
    "c.band=1&c.gt=1", "c.band&c.st=1",
    "c.gt=11111111111111111111111111111111111111111111111111111111111111111",
  };

  for (guint i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      GcoapCondition condition;
      g_autoptr (GError) error = NULL;

      g_assert_false (set (&condition, queries[i], &error));
      g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_REQUEST);
    }
}

static void
test_others (void)
{
  static const char *const arguments[] = { "", "c", "c.", "c.g", "c.gtx=1", "gt=1", "C.gt=1", "=", "x=c.gt" };
  GcoapCondition condition = { 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    g_assert_false (gcoap_condition_parse (&condition, arguments[i], strlen (arguments[i]), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (condition.flags, ==, 0);
}

/* A state per second; an upper-case letter in what is expected where it is
 * told at once. */
static void
assert_told (const char *query,
             const char *states,
             const char *expected)
{
  g_auto (GStrv) samples = g_strsplit (states, " ", -1);
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  GcoapCondition condition;
  gint64 now = 0;

  set (&condition, query, &error);
  g_assert_no_error (error);
  for (guint i = 0; samples[i] != NULL; i++, now += SECOND)
    {
      gboolean tells = gcoap_condition_sample (&condition, samples[i], strlen (samples[i]), now);

      if (tells || i == 0)
        gcoap_condition_note_reported (&condition, now);
      g_string_append_c (told, tells || i == 0 ? '!' : '.');
    }
  g_assert_cmpstr (told->str, ==, expected);
}

static void
test_values (void)
{
  assert_told ("c.gt=20", "10 20 21 30 20 21", "!.!.!!");
  assert_told ("c.lt=20", "30 20 19 10 20 30", "!.!.!.");
  assert_told ("c.gt=30&c.lt=10", "20 31 25 9 15", "!!!!!");
  assert_told ("c.st=5", "10 14 15 19 20 16 14", "!.!.!.!");
  /* Against what was told, not what was there in between. */
  assert_told ("c.st=5", "10 12 14 16", "!..!");
  assert_told ("c.band&c.lt=20", "10 20 21 19 25", "!!!.!");
  assert_told ("c.band&c.gt=20", "30 20 19 21 10", "!!!.!");
  assert_told ("c.band&c.gt=10&c.lt=20", "1 10 15 20 21 9", "!!!!..");
  assert_told ("c.band&c.gt=20&c.lt=10", "15 10 9 20 21 15", "!.!.!.");
  assert_told ("c.edge=1", "0 1 1 0 1", "!!..!");
  assert_told ("c.edge=0", "true false true false", "!!.!");
  /* Without numbers, and without conditions on them, every state counts. */
  assert_told ("c.gt=20", "cold warm hot", "!!!");
  assert_told ("c.pmax=100", "1 1 1", "!!!");
  assert_told ("c.gt=20", "\n10\n 11\t 30", "!.!");
}

static void
test_minimum_period (void)
{
  GcoapCondition condition;

  set (&condition, "c.gt=20&c.pmin=10", NULL);
  gcoap_condition_sample (&condition, "10", 2, 0);
  gcoap_condition_note_reported (&condition, 0);
  g_assert_cmpint (gcoap_condition_get_next (&condition), ==, G_MAXINT64);
  g_assert_false (gcoap_condition_sample (&condition, "30", 2, SECOND));
  g_assert_cmpint (gcoap_condition_get_next (&condition), ==, 10 * SECOND);
  g_assert_false (gcoap_condition_expire (&condition, 9 * SECOND));
  /* It is over before it could be told. */
  g_assert_false (gcoap_condition_sample (&condition, "15", 2, 9 * SECOND));
  g_assert_cmpint (gcoap_condition_get_next (&condition), ==, G_MAXINT64);
  g_assert_false (gcoap_condition_expire (&condition, 10 * SECOND));
  g_assert_true (gcoap_condition_sample (&condition, "25", 2, 11 * SECOND));
}

static void
test_maximum_period (void)
{
  GcoapCondition condition;

  set (&condition, "c.gt=20&c.pmax=10", NULL);
  gcoap_condition_sample (&condition, "10", 2, 0);
  gcoap_condition_note_reported (&condition, 0);
  g_assert_cmpint (gcoap_condition_get_next (&condition), ==, 10 * SECOND);
  g_assert_false (gcoap_condition_expire (&condition, 10 * SECOND - 1));
  g_assert_true (gcoap_condition_expire (&condition, 10 * SECOND));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/condition/parse", test_parse);
  g_test_add_func ("/condition/bad", test_bad);
  g_test_add_func ("/condition/others", test_others);
  g_test_add_func ("/condition/values", test_values);
  g_test_add_func ("/condition/minimum-period", test_minimum_period);
  g_test_add_func ("/condition/maximum-period", test_maximum_period);
  return g_test_run ();
}
