/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-local.h"

#include "helpers/message-data.h"
#include "wire/gcoap-local-private.h"

static void
test_fields (void)
{
  g_autoptr (GcoapLocal) local = gcoap_local_new ("[ff02::fd%eth0]:5683", 3, TRUE);
  g_autoptr (GcoapLocal) same = g_boxed_copy (GCOAP_TYPE_LOCAL, local);
  gsize length = 1;

  g_assert_true (same == local);
  g_assert_cmpstr (gcoap_local_get_hostinfo (local), ==, "[ff02::fd%eth0]:5683");
  g_assert_cmpuint (gcoap_local_get_interface_index (local), ==, 3);
  g_assert_true (gcoap_local_is_group (local));
  g_assert_null (gcoap_local_get_opaque (local, &length));
  g_assert_cmpuint (length, ==, 0);
}

static void
test_named (void)
{
  g_autoptr (GcoapLocal) local = gcoap_local_new_named ("192.0.2.1:8080", "example.org");
  g_autoptr (GcoapLocal) nameless = gcoap_local_new_named (NULL, NULL);

  g_assert_cmpstr (gcoap_local_get_hostinfo (local), ==, "192.0.2.1:8080");
  g_assert_cmpstr (gcoap_local_get_host (local), ==, "example.org");
  g_assert_false (gcoap_local_is_group (local));
  g_assert_null (gcoap_local_get_hostinfo (nameless));
  g_assert_null (gcoap_local_get_host (nameless));
}

static void
test_opaque (void)
{
  guint8 bytes[GCOAP_LOCAL_MAX_OPAQUE + 1];
  g_autoptr (GcoapLocal) local = NULL;
  const void *opaque;
  gsize length;

  for (guint i = 0; i < sizeof (bytes); i++)
    bytes[i] = (guint8) i;
  local = gcoap_local_new_full (NULL, 0, FALSE, bytes, GCOAP_LOCAL_MAX_OPAQUE);

  g_assert_null (gcoap_local_get_hostinfo (local));
  g_assert_false (gcoap_local_is_group (local));
  opaque = gcoap_local_get_opaque (local, &length);
  g_assert_cmpmem (opaque, length, bytes, GCOAP_LOCAL_MAX_OPAQUE);
  g_assert_cmpuint ((guintptr) opaque % 8, ==, 0);

  test_assert_critical ("*opaque_length <=*",
                        g_assert_null (gcoap_local_new_full (NULL, 0, FALSE, bytes, sizeof (bytes))));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/local/fields", test_fields);
  g_test_add_func ("/local/named", test_named);
  g_test_add_func ("/local/opaque", test_opaque);

  return g_test_run ();
}
