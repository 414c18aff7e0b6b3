/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How claims are written, which no peer may forge, and when they are equal. */
#include "credentials/gcoap-claims.h"

#include <string.h>

static void
assert_words (GcoapClaims *claims,
              const char  *expected)
{
  g_auto (GStrv) words = gcoap_claims_to_strv (claims);
  g_autofree char *text = g_strjoinv ("|", words);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_words (void)
{
  g_autoptr (GBytes) odd = g_bytes_new ("a*\0\377/name:x", 11);
  g_autoptr (GBytes) subject = g_bytes_new ("CN=a b", 6);
  g_autoptr (GBytes) sender = g_bytes_new ("\1\253", 2);
  g_autoptr (GcoapClaims) psk = gcoap_claims_new (GCOAP_CLAIMS_PSK, "alice", odd, NULL);
  g_autoptr (GcoapClaims) raw = gcoap_claims_new (GCOAP_CLAIMS_RAW_PUBLIC_KEY, NULL, NULL, "sha256:00");
  g_autoptr (GcoapClaims) x509 = gcoap_claims_new (GCOAP_CLAIMS_CERTIFICATE, NULL, subject, "sha256:00");
  g_autoptr (GcoapClaims) oscore = gcoap_claims_new_oscore ("o", "c/d", sender);

  assert_words (psk, "name:alice|psk:a%2A%00%FF%2Fname:x");
  assert_words (raw, "key:sha256:00");
  assert_words (x509, "x509:CN=a b|key:sha256:00");
  assert_words (oscore, "name:o|oscore:c%2Fd/01ab");
  g_assert_cmpint (gcoap_claims_get_kind (x509), ==, GCOAP_CLAIMS_CERTIFICATE);
  g_assert_true (g_bytes_equal (gcoap_claims_get_sender_id (oscore), sender));
  g_assert_null (gcoap_claims_get_sender_id (psk));
}

static void
test_equal (void)
{
  g_autoptr (GBytes) id = g_bytes_new ("id", 2);
  g_autoptr (GBytes) other_id = g_bytes_new ("ie", 2);
  g_autoptr (GcoapClaims) claims = gcoap_claims_new (GCOAP_CLAIMS_PSK, "a", id, NULL);
  g_autoptr (GcoapClaims) same = gcoap_claims_new (GCOAP_CLAIMS_PSK, "a", id, NULL);
  g_autoptr (GcoapClaims) kind = gcoap_claims_new (GCOAP_CLAIMS_CERTIFICATE, "a", id, NULL);
  g_autoptr (GcoapClaims) name = gcoap_claims_new (GCOAP_CLAIMS_PSK, NULL, id, NULL);
  g_autoptr (GcoapClaims) identity = gcoap_claims_new (GCOAP_CLAIMS_PSK, "a", other_id, NULL);
  g_autoptr (GcoapClaims) key = gcoap_claims_new (GCOAP_CLAIMS_PSK, "a", id, "sha256:00");

  g_assert_true (gcoap_claims_equal (claims, same));
  g_assert_false (gcoap_claims_equal (claims, kind));
  g_assert_false (gcoap_claims_equal (claims, name));
  g_assert_false (gcoap_claims_equal (claims, identity));
  g_assert_false (gcoap_claims_equal (claims, key));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/claims/words", test_words);
  g_test_add_func ("/claims/equal", test_equal);
  return g_test_run ();
}
