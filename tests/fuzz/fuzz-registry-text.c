/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of codes, options and content formats: what can be read can be written and read again. */
#include <libcoap-layers/gcoap.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  GcoapCode code;
  guint number;

  if (gcoap_code_from_string (text, &code, NULL))
    {
      g_autofree char *written = gcoap_code_to_string (code);
      GcoapCode again = GCOAP_CODE_EMPTY;

      g_assert_true (gcoap_code_from_string (written, &again, NULL));
      g_assert_cmpint (again, ==, code);
    }

  if (gcoap_option_number_from_string (text, &number, NULL))
    g_assert_cmpuint (number, <=, G_MAXUINT16);

  if (gcoap_content_format_from_string (text, &number, NULL))
    {
      g_autofree char *written = gcoap_content_format_to_string (number);
      guint again = G_MAXUINT;

      g_assert_true (gcoap_content_format_from_string (written, &again, NULL));
      g_assert_cmpuint (again, ==, number);
    }

  return 0;
}
