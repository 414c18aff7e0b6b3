/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-listen-uri-private.h"

#include <arpa/inet.h>

#include "base/gcoap-error.h"

static void
test_good (void)
{
  static const struct { const char *uri; guint16 port; } rows[] = {
    { "coap://127.0.0.1", 5683 },
    { "coap://127.0.0.1:0", 0 },
    { "coap://[::]:0/", 0 },
    { "coap://[::1]:61616", 61616 },
    { "coap://[::1]:10", 10 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      GcoapUdpKey key;

      g_assert_true (gcoap_udp_key_from_listen_uri (&key, rows[i].uri, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (ntohs (key.port), ==, rows[i].port);
    }
}

static void
test_bad (void)
{
  static const struct { const char *uri; GcoapError code; } rows[] = {
    { "coap://localhost:0", GCOAP_ERROR_UNSUPPORTED },
    { "coaps://[::]", GCOAP_ERROR_UNSUPPORTED },
    { "coap://%2Frun%2Fx", GCOAP_ERROR_UNSUPPORTED },
    { "coap://[fe80::1]:0", GCOAP_ERROR_INVALID_URI },
    { "coap://127.0.0.1:0/x", GCOAP_ERROR_INVALID_URI },
    { "coap://127.0.0.1/?x", GCOAP_ERROR_INVALID_URI },
    { "coap://127.0.0.1?", GCOAP_ERROR_INVALID_URI },
    { "coap://:0", GCOAP_ERROR_INVALID_URI },
    { ":0", GCOAP_ERROR_INVALID_URI },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      GcoapUdpKey key;

      g_assert_false (gcoap_udp_key_from_listen_uri (&key, rows[i].uri, &error));
      g_assert_error (error, GCOAP_ERROR, (int) rows[i].code);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-listen-uri/good", test_good);
  g_test_add_func ("/udp-listen-uri/bad", test_bad);
  return g_test_run ();
}
