/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Credential maps, from no directory. One that is refused leaves the store as
 * it was, with an error of plain text.
 */
#include <libcoap-layers/gcoap.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  gboolean success = gcoap_credential_store_load_bytes (store, bytes, NULL, &error);

  g_assert_true (success == (error == NULL));
  g_assert_cmpuint (gcoap_credential_store_get_serial (store), ==, success ? 1 : 0);
  g_assert_true (error == NULL || g_utf8_validate (error->message, -1, NULL));
  gcoap_credential_store_lookup (store, "coaps://host.example/a", GCOAP_SECURITY_DTLS, NULL);
  gcoap_credential_store_lookup (store, "coap://host.example/a", GCOAP_SECURITY_OSCORE, NULL);

  return 0;
}
