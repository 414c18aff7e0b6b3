/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Units of SenML, and what secondary ones are (RFC 8798). */
#include <libcoap-layers/gcoap.h>

static void
test_conversion (void)
{
  const struct
  {
    const char *unit;
    double value;
    const char *primary;
    double primary_value;
  } rows[] = {
    { "ms", 100, "s", 0.1 },
    { "dBm", 10, "dBW", -20 },
    { "km/h", 36, "m/s", 10 },
    { "kWh", 2, "J", 7200000 },
    { "ug/m3", 5, "kg/m3", 5e-9 },
    { "ppm", 400, "/", 0.0004 },
    { "Wh/km", 2, "J/m", 7.2 },
    { "Cel", 23.1, "Cel", 23.1 },
    { "furlong", 3, "furlong", 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double value = 0;

      g_assert_cmpstr (gcoap_senml_unit_to_primary (rows[i].unit, rows[i].value, &value), ==, rows[i].primary);
      g_assert_cmpfloat_with_epsilon (value, rows[i].primary_value, 1e-15);
      g_assert_cmpint (gcoap_senml_unit_is_secondary (rows[i].unit), ==, i < 7);
    }
}

static void
test_descriptions (void)
{
  g_assert_cmpstr (gcoap_senml_unit_get_description ("Cel"), ==, "degrees Celsius");
  g_assert_cmpstr (gcoap_senml_unit_get_description ("hPa"), ==, "hectopascal");
  g_assert_cmpstr (gcoap_senml_unit_get_description ("VA"), ==, "volt-ampere (Apparent Power)");
  g_assert_null (gcoap_senml_unit_get_description ("cel"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/senml-units/conversion", test_conversion);
  g_test_add_func ("/senml-units/descriptions", test_descriptions);
  return g_test_run ();
}
