/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-statistics-private.h"

static void
count_cb (GObject *object G_GNUC_UNUSED, GParamSpec *pspec, gpointer data)
{
  g_string_append_printf (data, "%s ", pspec->name);
}

static void
test_count (void)
{
  g_autoptr (GcoapStatistics) statistics = gcoap_statistics_new ();
  g_autoptr (GString) notified = g_string_new (NULL);
  g_autofree char *text = NULL;
  guint64 value;

  g_signal_connect (statistics, "notify", G_CALLBACK (count_cb), notified);
  gcoap_statistics_count (statistics, GCOAP_COUNTER_TIMEOUTS);
  gcoap_statistics_add (statistics, GCOAP_COUNTER_DATAGRAMS_SENT, 31);
  gcoap_statistics_count (statistics, GCOAP_COUNTER_DATAGRAMS_SENT);
  g_assert_cmpstr (notified->str, ==, "");

  g_object_get (statistics, "datagrams-sent", &value, NULL);
  g_assert_cmpuint (value, ==, 32);
  gcoap_statistics_refresh (statistics);
  gcoap_statistics_refresh (statistics);
  g_assert_nonnull (strstr (notified->str, "datagrams-sent "));
  g_assert_nonnull (strstr (notified->str, "timeouts "));
  g_assert_cmpuint (notified->len, ==, strlen ("datagrams-sent timeouts "));

  text = gcoap_statistics_to_string (statistics);
  g_assert_cmpstr (text, ==, "datagrams-sent: 32\ntimeouts: 1\n");
}

/* Each counter has the property of its name, and no other. */
static void
test_names (void)
{
  g_autoptr (GcoapStatistics) statistics = gcoap_statistics_new ();
  g_autofree GParamSpec **specs = NULL;
  guint n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (statistics), &n);
  g_assert_cmpuint (n, ==, GCOAP_N_COUNTERS);
  for (guint i = 0; i < n; i++)
    gcoap_statistics_add (statistics, i, i + 1);
  for (guint i = 0; i < n; i++)
    {
      guint64 value;

      g_object_get (statistics, specs[i]->name, &value, NULL);
      g_assert_cmpuint (value, ==, specs[i]->param_id);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/statistics/count", test_count);
  g_test_add_func ("/statistics/names", test_names);
  return g_test_run ();
}
