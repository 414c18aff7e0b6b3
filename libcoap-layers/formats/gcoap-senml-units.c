/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The units of SenML: primary ones (RFC 8428 §12.1, RFC 8798 §2), and
 * secondary ones with what they are in primary ones (RFC 8798 §3). */
#include "formats/gcoap-senml-pack.h"

#include <string.h>

typedef struct
{
  const char *symbol;
  const char *description;
  /* NULL for a primary unit. */
  const char *primary;
  /* The value in the primary unit is value * multiplier / divisor + offset. */
  double multiplier;
  double divisor;
  double offset;
} Unit;

static const Unit units[] = {
  { "m", "meter", NULL, 1, 1, 0 },
  { "kg", "kilogram", NULL, 1, 1, 0 },
  { "g", "gram", NULL, 1, 1, 0 },
  { "s", "second", NULL, 1, 1, 0 },
  { "A", "ampere", NULL, 1, 1, 0 },
  { "K", "kelvin", NULL, 1, 1, 0 },
  { "cd", "candela", NULL, 1, 1, 0 },
  { "mol", "mole", NULL, 1, 1, 0 },
  { "Hz", "hertz", NULL, 1, 1, 0 },
  { "rad", "radian", NULL, 1, 1, 0 },
  { "sr", "steradian", NULL, 1, 1, 0 },
  { "N", "newton", NULL, 1, 1, 0 },
  { "Pa", "pascal", NULL, 1, 1, 0 },
  { "J", "joule", NULL, 1, 1, 0 },
  { "W", "watt", NULL, 1, 1, 0 },
  { "C", "coulomb", NULL, 1, 1, 0 },
  { "V", "volt", NULL, 1, 1, 0 },
  { "F", "farad", NULL, 1, 1, 0 },
  { "Ohm", "ohm", NULL, 1, 1, 0 },
  { "S", "siemens", NULL, 1, 1, 0 },
  { "Wb", "weber", NULL, 1, 1, 0 },
  { "T", "tesla", NULL, 1, 1, 0 },
  { "H", "henry", NULL, 1, 1, 0 },
  { "Cel", "degrees Celsius", NULL, 1, 1, 0 },
  { "lm", "lumen", NULL, 1, 1, 0 },
  { "lx", "lux", NULL, 1, 1, 0 },
  { "Bq", "becquerel", NULL, 1, 1, 0 },
  { "Gy", "gray", NULL, 1, 1, 0 },
  { "Sv", "sievert", NULL, 1, 1, 0 },
  { "kat", "katal", NULL, 1, 1, 0 },
  { "m2", "square meter (area)", NULL, 1, 1, 0 },
  { "m3", "cubic meter (volume)", NULL, 1, 1, 0 },
  { "l", "liter (volume)", NULL, 1, 1, 0 },
  { "m/s", "meter per second (velocity)", NULL, 1, 1, 0 },
  { "m/s2", "meter per square second (acceleration)", NULL, 1, 1, 0 },
  { "m3/s", "cubic meter per second (flow rate)", NULL, 1, 1, 0 },
  { "l/s", "liter per second (flow rate)", NULL, 1, 1, 0 },
  { "W/m2", "watt per square meter (irradiance)", NULL, 1, 1, 0 },
  { "cd/m2", "candela per square meter (luminance)", NULL, 1, 1, 0 },
  { "bit", "bit (information content)", NULL, 1, 1, 0 },
  { "bit/s", "bit per second (data rate)", NULL, 1, 1, 0 },
  { "lat", "degrees latitude", NULL, 1, 1, 0 },
  { "lon", "degrees longitude", NULL, 1, 1, 0 },
  { "pH", "pH value (acidity; logarithmic quantity)", NULL, 1, 1, 0 },
  { "dB", "decibel (logarithmic quantity)", NULL, 1, 1, 0 },
  { "dBW", "decibel relative to 1 W (power level)", NULL, 1, 1, 0 },
  { "Bspl", "bel (sound pressure level; logarithmic quantity)", NULL, 1, 1, 0 },
  { "count", "counter value", NULL, 1, 1, 0 },
  { "/", "ratio", NULL, 1, 1, 0 },
  { "%", "ratio", NULL, 1, 1, 0 },
  { "%RH", "percentage (relative humidity)", NULL, 1, 1, 0 },
  { "%EL", "percentage (remaining battery energy level)", NULL, 1, 1, 0 },
  { "EL", "seconds (remaining battery energy level)", NULL, 1, 1, 0 },
  { "1/s", "1 per second (event rate)", NULL, 1, 1, 0 },
  { "1/min", "1 per minute (event rate, rpm)", NULL, 1, 1, 0 },
  { "beat/min", "1 per minute (heart rate in beats per minute)", NULL, 1, 1, 0 },
  { "beats", "cumulative number of heart beats", NULL, 1, 1, 0 },
  { "S/m", "siemens per meter (conductivity)", NULL, 1, 1, 0 },
  { "B", "Byte (information content)", NULL, 1, 1, 0 },
  { "VA", "volt-ampere (Apparent Power)", NULL, 1, 1, 0 },
  { "VAs", "volt-ampere second (Apparent Energy)", NULL, 1, 1, 0 },
  { "var", "volt-ampere reactive (Reactive Power)", NULL, 1, 1, 0 },
  { "vars", "volt-ampere-reactive second (Reactive Energy)", NULL, 1, 1, 0 },
  { "J/m", "joule per meter (Energy per distance)", NULL, 1, 1, 0 },
  { "kg/m3", "kilogram per cubic meter (mass density, mass concentration)", NULL, 1, 1, 0 },
  { "deg", "degree (angle)", NULL, 1, 1, 0 },
  { "ms", "millisecond", "s", 1, 1000, 0 },
  { "min", "minute", "s", 60, 1, 0 },
  { "h", "hour", "s", 3600, 1, 0 },
  { "MHz", "megahertz", "Hz", 1000000, 1, 0 },
  { "kW", "kilowatt", "W", 1000, 1, 0 },
  { "kVA", "kilovolt-ampere", "VA", 1000, 1, 0 },
  { "kvar", "kilovar", "var", 1000, 1, 0 },
  { "Ah", "ampere-hour", "C", 3600, 1, 0 },
  { "Wh", "watt-hour", "J", 3600, 1, 0 },
  { "kWh", "kilowatt-hour", "J", 3600000, 1, 0 },
  { "varh", "var-hour", "vars", 3600, 1, 0 },
  { "kvarh", "kilovar-hour", "vars", 3600000, 1, 0 },
  { "kVAh", "kilovolt-ampere-hour", "VAs", 3600000, 1, 0 },
  { "Wh/km", "watt-hour per kilometer", "J/m", 3.6, 1, 0 },
  { "KiB", "kibibyte", "B", 1024, 1, 0 },
  { "GB", "gigabyte", "B", 1000000000, 1, 0 },
  { "Mbit/s", "megabit per second", "bit/s", 1000000, 1, 0 },
  { "B/s", "byte per second", "bit/s", 8, 1, 0 },
  { "MB/s", "megabyte per second", "bit/s", 8000000, 1, 0 },
  { "mV", "millivolt", "V", 1, 1000, 0 },
  { "mA", "milliampere", "A", 1, 1000, 0 },
  { "dBm", "decibel (milliwatt)", "dBW", 1, 1, -30 },
  { "ug/m3", "microgram per cubic meter", "kg/m3", 1, 1000000000, 0 },
  { "mm/h", "millimeter per hour", "m/s", 1, 3600000, 0 },
  { "m/h", "meter per hour", "m/s", 1, 3600, 0 },
  { "ppm", "parts per million", "/", 1, 1000000, 0 },
  { "/100", "percent", "/", 1, 100, 0 },
  { "/1000", "permille", "/", 1, 1000, 0 },
  { "hPa", "hectopascal", "Pa", 100, 1, 0 },
  { "mm", "millimeter", "m", 1, 1000, 0 },
  { "cm", "centimeter", "m", 1, 100, 0 },
  { "km", "kilometer", "m", 1000, 1, 0 },
  { "km/h", "kilometer per hour", "m/s", 1, 3.6, 0 },
};

static const Unit *
lookup (const char *symbol)
{
  for (gsize i = 0; i < G_N_ELEMENTS (units); i++)
    {
      if (strcmp (units[i].symbol, symbol) == 0)
        return &units[i];
    }

  return NULL;
}

/**
 * gcoap_senml_unit_to_primary:
 * @unit: the symbol of a unit
 * @value: a value in that unit
 * @primary_value: (out): where to store the value in the primary unit
 *
 * Converts a value in a secondary unit (RFC 8798), such as km/h.
 *
 * Primary units, and those that are not known, are left as they are.
 *
 * Returns: the symbol of the primary unit
 *
 * Since: 0.1
 */
const char *
gcoap_senml_unit_to_primary (const char *unit,
                             double      value,
                             double     *primary_value)
{
  const Unit *found;

  g_return_val_if_fail (unit != NULL, NULL);
  g_return_val_if_fail (primary_value != NULL, NULL);

  found = lookup (unit);
  if (found == NULL || found->primary == NULL)
    {
      *primary_value = value;
      return unit;
    }
  *primary_value = value * found->multiplier / found->divisor + found->offset;

  return found->primary;
}

/**
 * gcoap_senml_unit_is_secondary:
 * @unit: the symbol of a unit
 *
 * Tells whether a unit may be used only in packs that say so by their version (RFC 9100 §4).
 *
 * Returns: %TRUE for a secondary unit
 *
 * Since: 0.1
 */
gboolean
gcoap_senml_unit_is_secondary (const char *unit)
{
  const Unit *found;

  g_return_val_if_fail (unit != NULL, FALSE);

  found = lookup (unit);

  return found != NULL && found->primary != NULL;
}

/**
 * gcoap_senml_unit_get_description:
 * @unit: the symbol of a unit
 *
 * Gets what the symbol stands for, in English.
 *
 * Returns: (nullable): the description, or %NULL if the unit is not registered
 *
 * Since: 0.1
 */
const char *
gcoap_senml_unit_get_description (const char *unit)
{
  const Unit *found;

  g_return_val_if_fail (unit != NULL, NULL);

  found = lookup (unit);

  return found != NULL ? found->description : NULL;
}
