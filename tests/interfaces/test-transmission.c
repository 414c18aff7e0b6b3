/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-transmission.h"

typedef struct
{
  GcoapTransmission base;
  GString          *log;
} Probe;

static void
abandon_cb (GcoapTransmission *base)
{
  g_string_append_c (((Probe *) base)->log, 'a');
}

static gboolean
replace_cb (GcoapTransmission *base, GcoapMessage *message G_GNUC_UNUSED,
            GcoapTransportTuning *tuning G_GNUC_UNUSED)
{
  g_string_append_c (((Probe *) base)->log, 'r');
  return FALSE;
}

static void
free_cb (GcoapTransmission *base)
{
  g_string_append_c (((Probe *) base)->log, 'f');
}

static const GcoapTransmissionFuncs funcs = {
  .abandon = abandon_cb, .replace = replace_cb, .free = free_cb,
};

static void
test_life (void)
{
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CONTENT);
  Probe probe = { .log = log };

  gcoap_transmission_init (&probe.base, &funcs);
  gcoap_transmission_set_manager_data (&probe.base, log);
  g_assert_true (gcoap_transmission_get_manager_data (&probe.base) == log);
  gcoap_transmission_unref (gcoap_transmission_ref (&probe.base));
  g_assert_cmpstr (log->str, ==, "");
  g_assert_false (gcoap_transmission_replace (&probe.base, message, NULL));
  gcoap_transmission_abandon (&probe.base);
  /* Whoever hears of it later finds no way back to a manager that left. */
  g_assert_null (gcoap_transmission_get_manager_data (&probe.base));
  gcoap_transmission_unref (&probe.base);
  g_assert_cmpstr (log->str, ==, "raf");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transmission/life", test_life);
  return g_test_run ();
}
