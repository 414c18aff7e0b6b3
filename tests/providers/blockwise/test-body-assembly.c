/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-body-assembly-private.h"

static const guint8 data[64] = "0123456789abcdef0123456789ABCDEFghijklmnopqrstuvGHIJKLMNOPQRSTUV";

static GcoapAssemblyResult
check (GcoapBodyAssembly *assembly,
       guint              number,
       gboolean           more,
       guint              exponent,
       gsize              length)
{
  GcoapBlockValue value = { number, more, exponent };

  return gcoap_body_assembly_check (assembly, &value, length);
}

static void
test_order (void)
{
  GcoapBodyAssembly assembly;
  g_autoptr (GBytes) body = NULL;

  gcoap_body_assembly_init (&assembly, 1000, TRUE);
  g_assert_cmpint (check (&assembly, 1, TRUE, 0, 16), ==, GCOAP_ASSEMBLY_OUT_OF_ORDER);
  g_assert_cmpint (check (&assembly, 0, TRUE, 0, 16), ==, GCOAP_ASSEMBLY_GOOD);
  gcoap_body_assembly_append (&assembly, data, 32);
  g_assert_cmpint (check (&assembly, 0, TRUE, 0, 16), ==, GCOAP_ASSEMBLY_OUT_OF_ORDER);
  g_assert_cmpint (check (&assembly, 1, TRUE, 0, 16), ==, GCOAP_ASSEMBLY_OUT_OF_ORDER);
  g_assert_cmpint (check (&assembly, 3, TRUE, 0, 16), ==, GCOAP_ASSEMBLY_OUT_OF_ORDER);
  g_assert_cmpint (check (&assembly, 2, TRUE, 0, 15), ==, GCOAP_ASSEMBLY_BAD_PAYLOAD);
  /* The size may change on the way, the place may not. */
  g_assert_cmpint (check (&assembly, 2, TRUE, 0, 16), ==, GCOAP_ASSEMBLY_GOOD);
  g_assert_cmpint (check (&assembly, 1, TRUE, 1, 32), ==, GCOAP_ASSEMBLY_GOOD);
  gcoap_body_assembly_append (&assembly, data + 32, 5);
  body = gcoap_body_assembly_steal (&assembly);
  g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), data, 37);
  g_assert_cmpuint (assembly.received, ==, 0);
  gcoap_body_assembly_clear (&assembly);
}

static void
test_maximum (void)
{
  GcoapBodyAssembly assembly;

  gcoap_body_assembly_init (&assembly, 40, TRUE);
  gcoap_body_assembly_append (&assembly, data, 32);
  g_assert_cmpint (check (&assembly, 2, FALSE, 0, 8), ==, GCOAP_ASSEMBLY_GOOD);
  g_assert_cmpint (check (&assembly, 2, FALSE, 0, 9), ==, GCOAP_ASSEMBLY_TOO_LARGE);
  g_assert_cmpint (check (&assembly, 2, TRUE, 0, 16), ==, GCOAP_ASSEMBLY_TOO_LARGE);
  gcoap_body_assembly_clear (&assembly);
  g_assert_cmpuint (assembly.received, ==, 0);
}

static void
test_empty (void)
{
  GcoapBodyAssembly assembly;
  g_autoptr (GBytes) body = NULL;

  gcoap_body_assembly_init (&assembly, 40, TRUE);
  g_assert_cmpint (check (&assembly, 0, FALSE, 0, 0), ==, GCOAP_ASSEMBLY_GOOD);
  gcoap_body_assembly_append (&assembly, NULL, 0);
  body = gcoap_body_assembly_steal (&assembly);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 0);
}

/* What goes elsewhere is only counted. */
static void
test_elsewhere (void)
{
  GcoapBodyAssembly assembly;

  gcoap_body_assembly_init (&assembly, G_MAXINT64, FALSE);
  gcoap_body_assembly_append (&assembly, data, 64);
  g_assert_null (assembly.data);
  g_assert_cmpint (check (&assembly, 2, TRUE, 1, 32), ==, GCOAP_ASSEMBLY_GOOD);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/body-assembly/order", test_order);
  g_test_add_func ("/body-assembly/maximum", test_maximum);
  g_test_add_func ("/body-assembly/empty", test_empty);
  g_test_add_func ("/body-assembly/elsewhere", test_elsewhere);
  return g_test_run ();
}
