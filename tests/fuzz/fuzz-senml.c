/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SenML and problem details. The first byte chooses the format; a pack that is
 * read can be resolved and written in every format, and is then read again.
 */
#include <libcoap-layers/gcoap.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const guint formats[] = {
  GCOAP_CONTENT_FORMAT_SENML_JSON, GCOAP_CONTENT_FORMAT_SENSML_JSON,
  GCOAP_CONTENT_FORMAT_SENML_CBOR, GCOAP_CONTENT_FORMAT_SENSML_CBOR,
};

/* Everything but a secondary unit that the version does not allow, and a text
 * that is too long for JSON's limits, is written. */
static void
check_pack (GcoapSenmlPack *pack)
{
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = gcoap_senml_pack_write (pack, formats[i], &error);
      g_autoptr (GcoapSenmlPack) again = NULL;

      if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT))
        return;
      g_assert_no_error (error);
      again = gcoap_senml_pack_parse (bytes, formats[i], &error);
      g_assert_no_error (error);
      g_assert_cmpuint (gcoap_senml_pack_get_n_records (again), ==, gcoap_senml_pack_get_n_records (pack));
    }
}

static void
try_senml (GBytes *bytes,
           guint   format)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSenmlPack) pack = gcoap_senml_pack_parse (bytes, format, &error);
  g_autoptr (GcoapSenmlPack) resolved = NULL;

  if (pack == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_no_error (error);
  check_pack (pack);
  resolved = gcoap_senml_pack_resolve (pack, 1600000000, &error);
  if (resolved == NULL)
    {
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      return;
    }
  check_pack (resolved);
}

static void
try_problem_details (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_parse (bytes, &error);
  g_autoptr (GBytes) written = NULL, rewritten = NULL;
  g_autoptr (GcoapProblemDetails) again = NULL;
  g_autofree char *text = NULL, *text_again = NULL;

  if (details == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  written = gcoap_problem_details_write (details, &error);
  /* What says nothing but an empty list of options, or response code 0. */
  if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT))
    return;
  g_assert_no_error (error);
  again = gcoap_problem_details_parse (written, &error);
  g_assert_no_error (error);
  text = gcoap_problem_details_to_text (details);
  text_again = gcoap_problem_details_to_text (again);
  g_assert_cmpstr (text, ==, text_again);
  rewritten = gcoap_problem_details_write (again, &error);
  g_assert_true (g_bytes_equal (written, rewritten));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = NULL;
  guint choice;

  if (size == 0)
    return 0;

  bytes = g_bytes_new (data + 1, size - 1);
  choice = data[0] % (G_N_ELEMENTS (formats) + 1);
  if (choice < G_N_ELEMENTS (formats))
    try_senml (bytes, formats[choice]);
  else
    try_problem_details (bytes);

  return 0;
}
