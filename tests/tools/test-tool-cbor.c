/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR payloads from text and as text. */
#include <libcoap-layers/gcoap.h>

#include <string.h>

#include "common/tool-cbor.h"

static void
test_kinds (void)
{
  static const struct { guint format; ToolCborKind kind; } cases[] = {
    { GCOAP_CONTENT_FORMAT_CBOR, TOOL_CBOR_ITEM },
    { GCOAP_CONTENT_FORMAT_SENML_CBOR, TOOL_CBOR_ITEM },
    { GCOAP_CONTENT_FORMAT_CONCISE_PROBLEM_DETAILS_CBOR, TOOL_CBOR_ITEM },
    { GCOAP_CONTENT_FORMAT_YANG_DATA_CBOR_SID, TOOL_CBOR_ITEM },
    { 18, TOOL_CBOR_ITEM },
    { 61, TOOL_CBOR_ITEM },
    { GCOAP_CONTENT_FORMAT_CBOR_SEQ, TOOL_CBOR_SEQUENCE },
    { GCOAP_CONTENT_FORMAT_EDHOC_CBOR_SEQ, TOOL_CBOR_SEQUENCE },
    { GCOAP_CONTENT_FORMAT_CBOR_DEFLATE, TOOL_CBOR_NONE },
    { GCOAP_CONTENT_FORMAT_JSON, TOOL_CBOR_NONE },
    { 65000, TOOL_CBOR_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (tool_cbor_get_kind (cases[i].format), ==, cases[i].kind);
}

static void
assert_encoded (guint       format,
                const char *text,
                gsize       length,
                gboolean    may_be_encoded,
                const char *expected,
                gsize       expected_length)
{
  g_autoptr (GBytes) payload = g_bytes_new (text, length);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) encoded = tool_cbor_encode (payload, format, may_be_encoded, &error);

  if (expected == NULL)
    {
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, "--raw-payload"));
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded), expected, expected_length);
}

static void
test_encode (void)
{
  assert_encoded (60, "[1, h'ff']", 10, FALSE, "\x82\x01\x41\xff", 4);
  assert_encoded (60, "1, 2", 4, FALSE, NULL, 0);
  assert_encoded (63, "1, 2", 4, FALSE, "\x01\x02", 2);
  assert_encoded (63, "", 0, FALSE, "", 0);
  assert_encoded (60, "", 0, TRUE, NULL, 0);

  /* SenML by the labels of its JSON, and by those of its CBOR. */
  assert_encoded (112, "[{\"n\":\"a\",\"v\":1}]", 17, FALSE, "\x81\xa2\x00\x61" "a\x02\x01", 7);
  assert_encoded (112, "[{0: \"a\", 2: 1}]", 16, FALSE, "\x81\xa2\x00\x61" "a\x02\x01", 7);
  assert_encoded (60, "[{\"n\":\"a\"}]", 11, FALSE, "\x81\xa1\x61n\x61" "a", 6);

  /* What is encoded already, only where it may be. */
  assert_encoded (60, "\x81\x01", 2, TRUE, "\x81\x01", 2);
  assert_encoded (60, "\x9f\xff", 2, TRUE, "\x9f\xff", 2);
  assert_encoded (60, "\x81\x01", 2, FALSE, NULL, 0);
  assert_encoded (60, "\x81\x01\x01", 3, TRUE, NULL, 0);
  assert_encoded (63, "\x81\x01\x01", 3, TRUE, "\x81\x01\x01", 3);
  assert_encoded (63, "\x81\x01\x81", 3, TRUE, NULL, 0);
}

static void
assert_text (guint       format,
             const char *data,
             gsize       length,
             const char *expected)
{
  g_autofree char *text = tool_cbor_lay_out (format, (const guint8 *) data, length);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_lay_out (void)
{
  assert_text (60, "\x82\x01\x41\xff", 4, "[1, h'ff']\n");
  assert_text (60, "\x63" "a\x1b" "b", 4, "\"a\\u001bb\"\n");
  /* RIGHT-TO-LEFT OVERRIDE. */
  assert_text (60, "\x63\xe2\x80\xae", 4, "\"\\xe2\\x80\\xae\"\n");
  assert_text (60, "\x01\x02", 2, NULL);
  assert_text (63, "\x01\x02", 2, "1,\n2\n");
  assert_text (60, "\x81", 1, NULL);
  assert_text (50, "\x01", 1, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool-cbor/kinds", test_kinds);
  g_test_add_func ("/tool-cbor/encode", test_encode);
  g_test_add_func ("/tool-cbor/lay-out", test_lay_out);
  return g_test_run ();
}
