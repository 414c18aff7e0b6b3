/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What records of a pack must be like together, and their resolved form. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

static GcoapSenmlPack *
parse (const char *json,
       GError    **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));

  return gcoap_senml_pack_parse (bytes, GCOAP_CONTENT_FORMAT_SENML_JSON, error);
}

static void
assert_resolved (const char *json,
                 double      now,
                 const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSenmlPack) pack = parse (json, &error);
  g_autoptr (GcoapSenmlPack) resolved = NULL;
  g_autoptr (GBytes) written = NULL;
  g_autofree char *text = NULL;
  gsize length;
  const char *data;

  g_assert_no_error (error);
  resolved = gcoap_senml_pack_resolve (pack, now, &error);
  g_assert_no_error (error);
  written = gcoap_senml_pack_write (resolved, GCOAP_CONTENT_FORMAT_SENML_JSON, &error);
  g_assert_no_error (error);
  data = g_bytes_get_data (written, &length);
  text = g_strndup (data, length);
  g_assert_cmpstr (text, ==, expected);
}

/* RFC 8428 §5.1.3 and §5.1.4. */
static void
test_resolve_example (void)
{
  assert_resolved ("[{\"bn\":\"urn:dev:ow:10e2073a01080063\",\"bt\":1.320067464e+09,\"bu\":\"%RH\",\"v\":20},"
                   "{\"u\":\"lon\",\"v\":24.30621},{\"u\":\"lat\",\"v\":60.07965},{\"t\":60,\"v\":20.3},"
                   "{\"u\":\"%EL\",\"t\":150,\"v\":98},{\"u\":\"lat\",\"t\":60,\"v\":60.07965}]", 0,
                   "[{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"%RH\",\"v\":20,\"t\":1320067464},"
                   "{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"lon\",\"v\":24.30621,\"t\":1320067464},"
                   "{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"lat\",\"v\":60.07965,\"t\":1320067464},"
                   "{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"%RH\",\"v\":20.3,\"t\":1320067524},"
                   "{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"lat\",\"v\":60.07965,\"t\":1320067524},"
                   "{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"%EL\",\"v\":98,\"t\":1320067614}]");
}

static void
test_resolve (void)
{
  /* Only a base name, then relative times. */
  assert_resolved ("[{\"bn\":\"a:\"},{\"n\":\"b\",\"v\":1},{\"n\":\"c\",\"vb\":true,\"t\":-5}]", 0,
                   "[{\"n\":\"a:c\",\"vb\":true,\"t\":-5},{\"n\":\"a:b\",\"v\":1}]");
  assert_resolved ("[{\"n\":\"b\",\"v\":1},{\"n\":\"c\",\"vs\":\"x\",\"t\":-5}]", 1600000000,
                   "[{\"n\":\"c\",\"vs\":\"x\",\"t\":1599999995},{\"n\":\"b\",\"v\":1,\"t\":1600000000}]");
  /* Values and sums stand on their bases, even alone. */
  assert_resolved ("[{\"bn\":\"a\",\"bv\":10,\"bs\":5,\"v\":1},{\"s\":2},{\"vs\":\"x\"},{\"bv\":20}]", 0,
                   "[{\"n\":\"a\",\"v\":11,\"s\":5},{\"n\":\"a\",\"v\":10,\"s\":7},"
                   "{\"n\":\"a\",\"vs\":\"x\",\"s\":5},{\"n\":\"a\",\"v\":20,\"s\":5}]");
  assert_resolved ("[{\"n\":\"a\",\"s\":2,\"ut\":60}]", 0, "[{\"n\":\"a\",\"s\":2,\"ut\":60}]");
  /* RFC 9193 §4: the base content format is for bytes that do not say theirs. */
  assert_resolved ("[{\"n\":\"a\",\"vd\":\"gmNmb28YKg\",\"bct\":\"60\"},{\"n\":\"b\",\"vd\":\"AA\",\"ct\":\"image/png\"},"
                   "{\"n\":\"c\",\"v\":1},{\"n\":\"d\",\"vd\":\"\"}]", 0,
                   "[{\"n\":\"a\",\"vd\":\"gmNmb28YKg\",\"ct\":\"60\"},{\"n\":\"b\",\"vd\":\"AA\",\"ct\":\"image/png\"},"
                   "{\"n\":\"c\",\"v\":1},{\"n\":\"d\",\"vd\":\"\",\"ct\":\"60\"}]");
  /* RFC 8428 §4.6: another version is said in each record. */
  assert_resolved ("[{\"bver\":26,\"n\":\"a\",\"u\":\"km/h\",\"v\":1},{\"n\":\"b\",\"v\":2}]", 0,
                   "[{\"bver\":26,\"n\":\"a\",\"u\":\"km/h\",\"v\":1},{\"bver\":26,\"n\":\"b\",\"v\":2}]");
  assert_resolved ("[]", 0, "[]");
  /* Names may change in the middle, and units may be said in between. */
  assert_resolved ("[{\"bn\":\"2001:db8::2/\",\"bt\":1.320078429e+09,\"n\":\"t\",\"u\":\"Cel\",\"v\":25.2},"
                   "{\"bn\":\"2001:db8::1/\",\"n\":\"t\",\"u\":\"Cel\",\"v\":12.3},{\"n\":\"h\",\"u\":\"%RH\",\"v\":67}]", 0,
                   "[{\"n\":\"2001:db8::2/t\",\"u\":\"Cel\",\"v\":25.2,\"t\":1320078429},"
                   "{\"n\":\"2001:db8::1/t\",\"u\":\"Cel\",\"v\":12.3,\"t\":1320078429},"
                   "{\"n\":\"2001:db8::1/h\",\"u\":\"%RH\",\"v\":67,\"t\":1320078429}]");
}

static void
test_refused (void)
{
  const struct
  {
    const char *json;
    GcoapError code;
    const char *message;
  } rows[] = {
    { "[{\"n\":\"a\"}]", GCOAP_ERROR_MALFORMED, "there is no value (record 1)" },
    { "[{\"n\":\"a\",\"v\":1},{\"n\":\"a\",\"v\":1,\"vs\":\"\"}]", GCOAP_ERROR_MALFORMED, "more than one value (record 2)" },
    { "[{\"v\":1}]", GCOAP_ERROR_MALFORMED, "there is neither a name nor a base name (record 1)" },
    { "[{\"n\":\"a b\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "a name may have" },
    { "[{\"n\":\"\xc3\xa9\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "a name may have" },
    { "[{\"n\":\"-a\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "a name must begin with" },
    { "[{\"bn\":\"/\",\"n\":\"a\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "a name must begin with" },
    { "[{\"bver\":0,\"n\":\"a\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "is no positive integer" },
    { "[{\"bver\":10.5,\"n\":\"a\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "is no positive integer" },
    { "[{\"bver\":1e300,\"n\":\"a\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "is no positive integer" },
    { "[{\"bver\":11,\"n\":\"a\",\"v\":1}]", GCOAP_ERROR_UNSUPPORTED, "version 11 is not supported (record 1)" },
    { "[{\"bver\":42,\"n\":\"a\",\"v\":1}]", GCOAP_ERROR_UNSUPPORTED, "version 42 is not supported" },
    { "[{\"bver\":10,\"n\":\"a\",\"v\":1},{\"bver\":26}]", GCOAP_ERROR_MALFORMED, "another than before (record 2)" },
    { "[{\"n\":\"a\",\"v\":1},{\"bver\":5}]", GCOAP_ERROR_MALFORMED, "than that of the records before (record 2)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].json);
      g_assert_null (parse (rows[i].json, &error));
      g_assert_error (error, GCOAP_ERROR, (int) rows[i].code);
      if (strstr (error->message, rows[i].message) == NULL)
        g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_versions (void)
{
  static const char *const rows[] = {
    "[{\"bver\":5,\"n\":\"a\",\"v\":1}]",
    "[{\"bver\":10,\"n\":\"a\",\"v\":1}]",
    "[{\"bver\":26,\"n\":\"a\",\"v\":1},{\"bver\":26}]",
    "[{\"n\":\"a\",\"v\":1},{\"bver\":10}]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapSenmlPack) pack = parse (rows[i], &error);

      g_assert_no_error (error);
    }
}

static void
test_name_limit (void)
{
  g_autofree char *base = g_strnfill (GCOAP_SENML_MAX_TEXT_LENGTH - 1, 'a');

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *json = g_strdup_printf ("[{\"bn\":\"%s\",\"n\":\"%s\",\"v\":1}]", base, i == 0 ? "b" : "bc");
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapSenmlPack) pack = parse (json, &error);

      if (i == 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
    }
}

/* Each number is fine, but not with its base. */
static void
test_overflow (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSenmlPack) pack = parse ("[{\"n\":\"a\",\"bv\":1.7e308,\"v\":1.7e308}]", &error);

  g_assert_no_error (error);
  g_assert_null (gcoap_senml_pack_resolve (pack, 0, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

static void
test_build (void)
{
  g_autoptr (GcoapSenmlPack) pack = gcoap_senml_pack_new ();
  g_autoptr (GcoapSenmlPack) same = gcoap_senml_pack_ref (pack);
  g_autoptr (GcoapSenmlRecord) record = gcoap_senml_record_new_measurement ("a", "Cel", 1);

  g_assert_true (same == pack);
  g_assert_cmpuint (gcoap_senml_pack_get_n_records (pack), ==, 0);
  gcoap_senml_pack_add (pack, record);
  g_assert_cmpuint (gcoap_senml_pack_get_n_records (pack), ==, 1);
  g_assert_true (gcoap_senml_pack_get_record (pack, 0) == record);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/senml-pack/resolve-example", test_resolve_example);
  g_test_add_func ("/senml-pack/resolve", test_resolve);
  g_test_add_func ("/senml-pack/refused", test_refused);
  g_test_add_func ("/senml-pack/versions", test_versions);
  g_test_add_func ("/senml-pack/name-limit", test_name_limit);
  g_test_add_func ("/senml-pack/overflow", test_overflow);
  g_test_add_func ("/senml-pack/build", test_build);
  return g_test_run ();
}
