/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-property-text-private.h"

#include <gio/gio.h>
#include <string.h>

#include "base/gcoap-error.h"

static GParamSpec *
pspec_for (const char *type)
{
  GParamSpec *pspec = NULL;

  if (g_str_equal (type, "boolean"))
    pspec = g_param_spec_boolean ("x", NULL, NULL, FALSE, G_PARAM_READWRITE);
  else if (g_str_equal (type, "int"))
    pspec = g_param_spec_int ("x", NULL, NULL, -10, 10, 0, G_PARAM_READWRITE);
  else if (g_str_equal (type, "uint"))
    pspec = g_param_spec_uint ("x", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READWRITE);
  else if (g_str_equal (type, "int64"))
    pspec = g_param_spec_int64 ("x", NULL, NULL, G_MININT64, G_MAXINT64, 0, G_PARAM_READWRITE);
  else if (g_str_equal (type, "double"))
    pspec = g_param_spec_double ("x", NULL, NULL, -100, 100, 0, G_PARAM_READWRITE);
  else if (g_str_equal (type, "float"))
    pspec = g_param_spec_float ("x", NULL, NULL, -G_MAXFLOAT, G_MAXFLOAT, 0, G_PARAM_READWRITE);
  else if (g_str_equal (type, "string"))
    pspec = g_param_spec_string ("x", NULL, NULL, NULL, G_PARAM_READWRITE);
  else if (g_str_equal (type, "enum"))
    pspec = g_param_spec_enum ("x", NULL, NULL, G_TYPE_SOCKET_FAMILY, G_SOCKET_FAMILY_IPV4, G_PARAM_READWRITE);
  else
    pspec = g_param_spec_object ("x", NULL, NULL, G_TYPE_OBJECT, G_PARAM_READWRITE);
  return g_param_spec_ref_sink (pspec);
}

#define GOOD 0
#define BAD GCOAP_RESPONSE_ERROR_BAD_REQUEST
#define RANGE GCOAP_RESPONSE_ERROR_UNPROCESSABLE_ENTITY

static const struct { const char *type; const char *text; int error; const char *written; } cases[] = {
  { "boolean", "true", GOOD, "true" }, { "boolean", "1", GOOD, "true" }, { "boolean", "0", GOOD, "false" },
  { "boolean", "yes", BAD, NULL }, { "boolean", "", BAD, NULL },
  { "int", "-10", GOOD, "-10" }, { "int", "11", RANGE, NULL }, { "int", "99999999999", BAD, NULL },
  { "int", " 1", BAD, NULL }, { "int", "1 ", BAD, NULL }, { "int", "0x1", BAD, NULL },
  { "uint", "4294967295", GOOD, "4294967295" }, { "uint", "4294967296", BAD, NULL }, { "uint", "-1", BAD, NULL },
  { "int64", "-9223372036854775808", GOOD, "-9223372036854775808" },
  { "int64", "-9223372036854775809", BAD, NULL },
  { "double", "21.5", GOOD, "21.5" }, { "double", "21,5", BAD, NULL }, { "double", "1e3", RANGE, NULL },
  { "double", "nan", BAD, NULL }, { "double", "inf", BAD, NULL }, { "double", " 1", BAD, NULL },
  { "double", "1e999", BAD, NULL },
  { "float", "0.1", GOOD, "0.100000001" }, { "float", "1e300", BAD, NULL },
  { "string", "", GOOD, "" }, { "string", "h\xc3\xa4", GOOD, "h\xc3\xa4" }, { "string", "\xe4", BAD, NULL },
  { "enum", "ipv6", GOOD, "ipv6" }, { "enum", "ipv5", BAD, NULL },
  { "object", "x", GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED, NULL },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GParamSpec *pspec = pspec_for (cases[i].type);
      g_auto (GValue) value = G_VALUE_INIT;
      g_autoptr (GError) error = NULL;
      g_autofree char *written = NULL;
      gboolean good;

      g_test_message ("case %u: %s", i, cases[i].type);
      g_value_init (&value, pspec->value_type);
      good = gcoap_property_text_read (cases[i].text, strlen (cases[i].text), pspec, &value, &error);
      g_assert_cmpint (good, ==, cases[i].error == GOOD);
      if (cases[i].error != GOOD)
        g_assert_error (error, GCOAP_RESPONSE_ERROR, cases[i].error);
      else
        {
          g_assert_no_error (error);
          written = gcoap_property_text_write (&value);
          g_assert_cmpstr (written, ==, cases[i].written);
        }
      g_param_spec_unref (pspec);
    }
}

static void
test_nul (void)
{
  GParamSpec *pspec = pspec_for ("string");
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char *null_string = NULL;
  g_auto (GValue) object = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_assert_false (gcoap_property_text_read ("a\0b", 3, pspec, &value, &error));
  g_assert_error (error, GCOAP_RESPONSE_ERROR, BAD);
  null_string = gcoap_property_text_write (&value);
  g_assert_cmpstr (null_string, ==, "");
  g_value_init (&object, G_TYPE_OBJECT);
  g_assert_null (gcoap_property_text_write (&object));
  g_param_spec_unref (pspec);
}

/* A message without payload has not even a place where its bytes would be. */
static void
test_nothing (void)
{
  static const char *const types[] = { "boolean", "int", "uint", "int64", "double", "float", "enum" };
  GParamSpec *text = pspec_for ("string");
  g_auto (GValue) empty = G_VALUE_INIT;
  g_autoptr (GError) text_error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GParamSpec *pspec = pspec_for (types[i]);
      g_auto (GValue) value = G_VALUE_INIT;
      g_autoptr (GError) error = NULL;

      g_value_init (&value, pspec->value_type);
      g_assert_false (gcoap_property_text_read (NULL, 0, pspec, &value, &error));
      g_assert_error (error, GCOAP_RESPONSE_ERROR, BAD);
      g_param_spec_unref (pspec);
    }

  g_value_init (&empty, G_TYPE_STRING);
  g_assert_true (gcoap_property_text_read (NULL, 0, text, &empty, &text_error));
  g_assert_no_error (text_error);
  g_assert_cmpstr (g_value_get_string (&empty), ==, "");
  g_param_spec_unref (text);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/property-text/cases", test_cases);
  g_test_add_func ("/property-text/nul", test_nul);
  g_test_add_func ("/property-text/nothing", test_nothing);
  return g_test_run ();
}
