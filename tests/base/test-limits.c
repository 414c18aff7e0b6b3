/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-limits-private.h"

static void
count_cb (GObject *object G_GNUC_UNUSED, GParamSpec *pspec G_GNUC_UNUSED, gpointer data)
{
  (*(guint *) data)++;
}

/* Every property has its own field, the default it says, and both ends of its
 * range can be set. */
static void
test_properties (void)
{
  g_autoptr (GcoapLimits) limits = gcoap_limits_new ();
  g_autofree GParamSpec **specs = NULL;
  guint n;

  specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (limits), &n);
  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    {
      GParamSpecUInt *spec = G_PARAM_SPEC_UINT (specs[i]);
      guint value;

      g_object_get (limits, specs[i]->name, &value, NULL);
      g_assert_cmpuint (value, ==, spec->default_value);
      g_object_set (limits, specs[i]->name, spec->minimum, NULL);
    }
  for (guint i = 0; i < n; i++)
    {
      GParamSpecUInt *spec = G_PARAM_SPEC_UINT (specs[i]);
      guint value;

      g_object_get (limits, specs[i]->name, &value, NULL);
      g_assert_cmpuint (value, ==, spec->minimum);
      g_object_set (limits, specs[i]->name, spec->maximum, NULL);
      g_object_get (limits, specs[i]->name, &value, NULL);
      g_assert_cmpuint (value, ==, spec->maximum);
    }
}

static void
test_notify (void)
{
  g_autoptr (GcoapLimits) limits = gcoap_limits_new ();
  guint notified = 0;

  g_signal_connect (limits, "notify::max-peers", G_CALLBACK (count_cb), &notified);
  g_object_set (limits, "max-peers", 7, NULL);
  g_object_set (limits, "max-peers", 7, NULL);
  g_assert_cmpuint (notified, ==, 1);
  g_assert_cmpuint (limits->max_peers, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/properties", test_properties);
  g_test_add_func ("/limits/notify", test_notify);
  return g_test_run ();
}
