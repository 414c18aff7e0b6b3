/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-property-formats-private.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "base/gcoap-error.h"

#define TEXT 0
#define CBOR 60
#define SENML_JSON 110
#define SENML_CBOR 112

#define BAD GCOAP_RESPONSE_ERROR_BAD_REQUEST
#define RANGE GCOAP_RESPONSE_ERROR_UNPROCESSABLE_ENTITY
#define EXACT GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE

static const GcoapPropertyLabel label = { "a/b", "Cel" };

static GParamSpec *
pspec_for (const char *type)
{
  GParamSpec *pspec = NULL;

  if (g_str_equal (type, "boolean"))
    pspec = g_param_spec_boolean ("x", NULL, NULL, FALSE, G_PARAM_READWRITE);
  else if (g_str_equal (type, "int"))
    pspec = g_param_spec_int ("x", NULL, NULL, -10, 10, 0, G_PARAM_READWRITE);
  else if (g_str_equal (type, "uint64"))
    pspec = g_param_spec_uint64 ("x", NULL, NULL, 0, G_MAXUINT64, 0, G_PARAM_READWRITE);
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

#define PAYLOAD(text) text, sizeof (text) - 1

/* What is read and written again; @written NULL: the same bytes. */
static const struct
{
  const char *type;
  guint       format;
  const char *payload;
  gsize       length;
  int         error;
  const char *written;
} cases[] = {
  { "double", TEXT, PAYLOAD ("21.5"), 0, NULL },
  { "boolean", CBOR, PAYLOAD ("\xf5"), 0, NULL },
  { "int", CBOR, PAYLOAD ("\x05"), 0, NULL },
  { "int", CBOR, PAYLOAD ("\x24"), 0, NULL },
  { "int", CBOR, PAYLOAD ("\xf9\x45\x00"), 0, "\x05" },
  { "int", CBOR, PAYLOAD ("\xf9\x45\x80"), BAD, NULL },
  { "int", CBOR, PAYLOAD ("\x0b"), RANGE, NULL },
  { "int", CBOR, PAYLOAD ("\x61" "5"), BAD, NULL },
  { "int", CBOR, PAYLOAD ("\xf5"), BAD, NULL },
  { "int", CBOR, PAYLOAD ("\x05\x05"), BAD, NULL },
  { "int", CBOR, PAYLOAD ("\x81\x05"), BAD, NULL },
  { "int", CBOR, PAYLOAD ("\x18"), BAD, NULL },
  { "int", CBOR, PAYLOAD (""), BAD, NULL },
  { "int", CBOR, PAYLOAD ("\xf9\x7e\x00"), BAD, NULL },
  { "uint64", CBOR, PAYLOAD ("\x1b\xff\xff\xff\xff\xff\xff\xff\xff"), 0, NULL },
  { "uint64", CBOR, PAYLOAD ("\x20"), BAD, NULL },
  { "double", CBOR, PAYLOAD ("\xf9\x4d\x60"), 0, NULL },
  { "double", CBOR, PAYLOAD ("\xf9\x7c\x00"), BAD, NULL },
  { "double", CBOR, PAYLOAD ("\x19\x03\xe8"), RANGE, NULL },
  { "float", CBOR, PAYLOAD ("\xfa\x3d\xcc\xcc\xcd"), 0, NULL },
  { "string", CBOR, PAYLOAD ("\x62hi"), 0, NULL },
  { "string", CBOR, PAYLOAD ("\x61\0"), BAD, NULL },
  { "string", CBOR, PAYLOAD ("\x42hi"), BAD, NULL },
  { "enum", CBOR, PAYLOAD ("\x64ipv6"), 0, NULL },
  { "enum", CBOR, PAYLOAD ("\x02"), BAD, NULL },
  { "object", CBOR, PAYLOAD ("\x02"), GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED, NULL },
  { "double", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"u\":\"Cel\",\"v\":21.5}]"), 0, NULL },
  { "double", SENML_JSON, PAYLOAD ("[{\"bn\":\"a/\"},{\"n\":\"b\",\"v\":21.5}]"), 0,
    "[{\"n\":\"a/b\",\"u\":\"Cel\",\"v\":21.5}]" },
  { "double", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"u\":\"K\",\"v\":21.5}]"), BAD, NULL },
  { "double", SENML_JSON, PAYLOAD ("[{\"n\":\"a/c\",\"v\":21.5}]"), BAD, NULL },
  { "double", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"vs\":\"21.5\"}]"), BAD, NULL },
  { "double", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"v\":1,\"t\":1},{\"n\":\"a/b\",\"v\":2}]"), BAD, NULL },
  { "double", SENML_JSON, PAYLOAD ("[]"), BAD, NULL },
  { "double", SENML_JSON, PAYLOAD ("21.5"), BAD, NULL },
  { "double", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"v\":101}]"), RANGE, NULL },
  { "int", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"u\":\"Cel\",\"v\":-5}]"), 0, NULL },
  { "boolean", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"vb\":true}]"), 0, NULL },
  { "string", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"vs\":\"hi\"}]"), 0, NULL },
  { "string", SENML_JSON, PAYLOAD ("[{\"n\":\"a/b\",\"vd\":\"AAAA\"}]"), BAD, NULL },
  { "double", SENML_CBOR, PAYLOAD ("\x81\xa3\x00\x63" "a/b\x01\x63" "Cel\x02\xf9\x4d\x60"), 0, NULL },
  { "double", SENML_CBOR, PAYLOAD ("\xa0"), BAD, NULL },
};

static void
test_cases (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GParamSpec) pspec = pspec_for (cases[i].type);
      g_autoptr (GBytes) payload = g_bytes_new_static (cases[i].payload, cases[i].length);
      g_autoptr (GBytes) written = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (GValue) value = G_VALUE_INIT;
      gboolean good;
      const char *expected = cases[i].written != NULL ? cases[i].written : cases[i].payload;
      gsize expected_length = cases[i].written != NULL ? strlen (expected) : cases[i].length;

      g_test_message ("case %u: %s in %u", i, cases[i].type, cases[i].format);
      g_value_init (&value, pspec->value_type);
      good = gcoap_property_formats_read (payload, cases[i].format, &label, pspec, &value, &error);
      if (cases[i].error != 0)
        {
          g_assert_error (error, GCOAP_RESPONSE_ERROR, cases[i].error);
          g_assert_false (good);
          continue;
        }
      g_assert_no_error (error);
      g_assert_true (good);
      written = gcoap_property_formats_write (&value, cases[i].format, &label, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (written, NULL), g_bytes_get_size (written), expected, expected_length);
    }
}

/* RFC 8798: a secondary unit of the one that is expected. */
static void
test_secondary_unit (void)
{
  static const char text[] = "[{\"n\":\"v\",\"u\":\"km/h\",\"v\":36}]";
  const GcoapPropertyLabel speed = { "v", "m/s" };
  g_autoptr (GParamSpec) pspec = pspec_for ("double");
  g_autoptr (GBytes) payload = g_bytes_new_static (text, sizeof text - 1);
  g_autoptr (GError) error = NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_DOUBLE);
  g_assert_true (gcoap_property_formats_read (payload, SENML_JSON, &speed, pspec, &value, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (g_value_get_double (&value), ==, 10);
}

static void
assert_not_written (const GValue *value,
                    guint         format,
                    int           code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_property_formats_write (value, format, &label, &error));
  g_assert_error (error, GCOAP_RESPONSE_ERROR, code);
}

static void
test_inexact (void)
{
  g_auto (GValue) number = G_VALUE_INIT;
  g_auto (GValue) real = G_VALUE_INIT;
  g_auto (GValue) text = G_VALUE_INIT;
  g_auto (GValue) object = G_VALUE_INIT;
  g_autoptr (GBytes) written = NULL;
  g_autoptr (GBytes) exact = NULL;

  g_value_init (&number, G_TYPE_INT64);
  g_value_set_int64 (&number, (G_GINT64_CONSTANT (1) << 53) + 1);
  assert_not_written (&number, SENML_JSON, EXACT);
  assert_not_written (&number, SENML_CBOR, EXACT);
  written = gcoap_property_formats_write (&number, CBOR, &label, NULL);
  g_assert_nonnull (written);
  g_value_set_int64 (&number, G_GINT64_CONSTANT (1) << 53);
  exact = gcoap_property_formats_write (&number, SENML_CBOR, &label, NULL);
  g_assert_nonnull (exact);

  g_value_init (&real, G_TYPE_DOUBLE);
  g_value_set_double (&real, INFINITY);
  assert_not_written (&real, SENML_JSON, EXACT);
  g_value_set_double (&real, NAN);
  assert_not_written (&real, SENML_CBOR, EXACT);

  g_value_init (&text, G_TYPE_STRING);
  g_value_set_static_string (&text, "\xe4");
  assert_not_written (&text, CBOR, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR);
  g_value_init (&object, G_TYPE_OBJECT);
  assert_not_written (&object, TEXT, GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/property-formats/cases", test_cases);
  g_test_add_func ("/property-formats/secondary-unit", test_secondary_unit);
  g_test_add_func ("/property-formats/inexact", test_inexact);
  return g_test_run ();
}
