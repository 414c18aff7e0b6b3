/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Diagnostic notation and JSON. The first byte chooses which; what the rest is
 * encoded as is valid, and is written in a form that is encoded as the same.
 */
#include <string.h>

#include <libcoap-layers/gcoap.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GcoapEdnFlags flags = size > 0 ? data[0] & (GCOAP_EDN_JSON | GCOAP_EDN_SEQUENCE) : 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autofree char *text = NULL;

  if (size == 0)
    return 0;

  bytes = gcoap_edn_parse ((const char *) data + 1, (gssize) (size - 1), flags, &error);
  if (bytes == NULL)
    {
      g_assert_nonnull (error);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }
  g_assert_no_error (error);

  text = gcoap_edn_write (bytes, flags | GCOAP_EDN_PRETTY, &error);
  if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED))
    {
      /* JSON's large integers: beyond a limit they are not written as such. */
      g_assert_cmpint (flags & GCOAP_EDN_JSON, !=, 0);
      return 0;
    }
  g_assert_no_error (error);
  again = gcoap_edn_parse (text, -1, flags, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (bytes, again));

  return 0;
}
