/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Values of the OSCORE option. What is taken apart lies within the value, and is
 * put together again to the same bytes: there is one way to write each.
 */
#include "base/gcoap-error.h"
#include "providers/oscore/gcoap-oscore-option-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_view (const guint8 *view,
            gsize         length,
            const guint8 *data,
            gsize         size)
{
  g_assert_true (view >= data && view <= data + size);
  g_assert_cmpuint (length, <=, (gsize) (data + size - view));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GcoapOscoreOption option;
  guint8 buffer[GCOAP_OSCORE_MAX_OPTION];
  guint8 piv[GCOAP_OSCORE_MAX_PIV];
  g_autoptr (GError) error = NULL;

  if (!gcoap_oscore_option_decode (&option, data, size, &error))
    {
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      return 0;
    }
  g_assert_no_error (error);
  if (option.has_kid)
    check_view (option.kid, option.kid_length, data, size);
  if (option.has_kid_context)
    check_view (option.kid_context, option.kid_context_length, data, size);
  g_assert_cmpmem (buffer, gcoap_oscore_option_encode (&option, buffer), data, size);
  if (option.piv_length > 0)
    {
      guint64 number = gcoap_oscore_decode_piv (option.piv, option.piv_length);
      guint8 length = gcoap_oscore_encode_piv (number, piv);

      g_assert_cmpuint (number, <=, GCOAP_OSCORE_MAX_SEQUENCE);
      g_assert_cmpuint (length, <=, option.piv_length);
      g_assert_cmpuint (gcoap_oscore_decode_piv (piv, length), ==, number);
    }
  return 0;
}
