/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7967 §2.1, Table 2. */
#include <libcoap-layers/gcoap.h>

static void
test_bitmap (void)
{
  static const struct
  {
    guint value;
    GcoapCode code;
    gboolean suppresses;
  } rows[] = {
    { 0, GCOAP_CODE_CONTENT, FALSE },
    { 0, GCOAP_CODE_NOT_FOUND, FALSE },
    { 2, GCOAP_CODE_CONTENT, TRUE },
    { 2, GCOAP_CODE_CHANGED, TRUE },
    { 2, GCOAP_CODE_NOT_FOUND, FALSE },
    { 2, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE },
    { 8, GCOAP_CODE_CONTENT, FALSE },
    { 8, GCOAP_CODE_NOT_FOUND, TRUE },
    { 8, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE },
    { 16, GCOAP_CODE_NOT_FOUND, FALSE },
    { 16, GCOAP_CODE_INTERNAL_SERVER_ERROR, TRUE },
    { 18, GCOAP_CODE_CONTENT, TRUE },
    { 18, GCOAP_CODE_NOT_FOUND, FALSE },
    { 18, GCOAP_CODE_BAD_GATEWAY, TRUE },
    { 26, GCOAP_CODE_CONTENT, TRUE },
    { 26, GCOAP_CODE_NOT_FOUND, TRUE },
    { 26, GCOAP_CODE_BAD_GATEWAY, TRUE },
    /* Bits without meaning, and codes that are no responses. */
    { 0xffffffe5, GCOAP_CODE_CONTENT, FALSE },
    { 0xffffffe5, GCOAP_CODE_NOT_FOUND, FALSE },
    { 0xffffffff, GCOAP_CODE_GET, FALSE },
    { 0xffffffff, GCOAP_CODE_EMPTY, FALSE },
    { 0xffffffff, GCOAP_CODE_CSM, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%u %u", rows[i].value, (guint) rows[i].code);
      g_assert_cmpint (gcoap_no_response_suppresses (rows[i].value, rows[i].code), ==, rows[i].suppresses);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/no-response/bitmap", test_bitmap);
  return g_test_run ();
}
