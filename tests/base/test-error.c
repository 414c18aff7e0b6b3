/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The error domains are two, have stable names, and their codes have nicks. */
#include <libcoap-layers/gcoap.h>

static void
test_domains (void)
{
  g_assert_cmpstr (g_quark_to_string (GCOAP_ERROR), ==, "gcoap-error-quark");
  g_assert_cmpstr (g_quark_to_string (GCOAP_RESPONSE_ERROR), ==, "gcoap-response-error-quark");
}

static void
test_nicks (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (GCOAP_TYPE_ERROR);
  GEnumValue *value = g_enum_get_value (klass, GCOAP_ERROR_TIMED_OUT);

  g_assert_nonnull (value);
  g_assert_cmpstr (value->value_nick, ==, "timed-out");
  g_assert_cmpuint (klass->n_values, ==, GCOAP_ERROR_UNEXPECTED_RESPONSE + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/domains", test_domains);
  g_test_add_func ("/error/nicks", test_nicks);
  return g_test_run ();
}
