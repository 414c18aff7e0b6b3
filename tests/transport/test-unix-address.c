/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-unix-address-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-uri.h"

static GcoapEndpointAddress *
make (const char *path)
{
  g_autoptr (GError) error = NULL;
  GcoapUnixAddress *address = gcoap_unix_address_new (path, &error);

  g_assert_no_error (error);
  return GCOAP_ENDPOINT_ADDRESS (address);
}

static void
test_identity (void)
{
  g_autoptr (GcoapEndpointAddress) one = make ("/run/Device.sock");
  g_autoptr (GcoapEndpointAddress) same = make ("/run/Device.sock");
  g_autoptr (GcoapEndpointAddress) other = make ("/run/device.sock");
  g_autoptr (GcoapEndpointAddress) longer = make ("/run/Device.sock2");
  g_autofree char *uri = gcoap_endpoint_address_dup_uri_base (one);
  g_autoptr (GcoapUri) parsed = gcoap_uri_parse (uri, NULL);

  g_assert_true (gcoap_endpoint_address_equal (one, same));
  g_assert_cmpuint (gcoap_endpoint_address_hash (one), ==, gcoap_endpoint_address_hash (same));
  g_assert_false (gcoap_endpoint_address_equal (one, other));
  g_assert_false (gcoap_endpoint_address_equal (one, longer));
  g_assert_cmpstr (uri, ==, "coap://%2Frun%2FDevice.sock");
  g_assert_cmpstr (gcoap_uri_get_host (parsed), ==, "/run/Device.sock");
  g_assert_cmpstr (gcoap_unix_address_get_path (GCOAP_UNIX_ADDRESS (one)), ==, "/run/Device.sock");
  g_assert_false (gcoap_endpoint_address_is_reliable (one));
  g_assert_false (gcoap_endpoint_address_is_multicast (one));
  g_assert_false (gcoap_endpoint_address_is_secure (one));
  g_assert_false (gcoap_endpoint_address_is_public (one));
}

static void
test_limits (void)
{
  g_autofree char *longest = g_strnfill (GCOAP_UNIX_ADDRESS_MAX_PATH, '/');
  g_autofree char *too_long = g_strnfill (GCOAP_UNIX_ADDRESS_MAX_PATH + 1, '/');
  g_autoptr (GcoapEndpointAddress) address = make (longest);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (gcoap_unix_address_get_path (GCOAP_UNIX_ADDRESS (address)), ==, longest);
  g_assert_null (gcoap_unix_address_new (too_long, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "108 bytes long; that of a socket has at most 107."));
  g_clear_error (&error);
  g_assert_null (gcoap_unix_address_new ("run/x", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

/* What the kernel tells, with and without the zero byte behind. */
static void
test_native (void)
{
  g_autoptr (GcoapEndpointAddress) address = make ("/x");
  g_autoptr (GcoapUnixAddress) path = NULL;
  g_autoptr (GcoapUnixAddress) abstract = NULL;
  g_autoptr (GcoapUnixAddress) full = NULL;
  g_autofree char *uri = NULL;
  struct sockaddr_un native;
  socklen_t length = gcoap_unix_address_to_native (GCOAP_UNIX_ADDRESS (address), &native);

  g_assert_cmpuint (length, ==, offsetof (struct sockaddr_un, sun_path) + 3);
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&path);
      path = gcoap_unix_address_new_from_native (&native, length - i);
      g_assert_true (gcoap_endpoint_address_equal (address, GCOAP_ENDPOINT_ADDRESS (path)));
    }
  g_assert_null (gcoap_unix_address_new_from_native (&native, sizeof native.sun_family));

  memcpy (native.sun_path, "\0a\0b", 4);
  abstract = gcoap_unix_address_new_from_native (&native, length + 1);
  uri = gcoap_endpoint_address_dup_uri_base (GCOAP_ENDPOINT_ADDRESS (abstract));
  g_assert_cmpstr (uri, ==, "coap://%00a%00b");
  g_assert_null (gcoap_unix_address_get_path (abstract));
  g_assert_cmpuint (gcoap_unix_address_to_native (abstract, &native), ==, length + 1);

  memset (native.sun_path, 'x', sizeof native.sun_path);
  full = gcoap_unix_address_new_from_native (&native, sizeof native);
  g_assert_cmpuint (full->length, ==, sizeof native.sun_path);
  g_assert_null (gcoap_unix_address_get_path (full));
  g_assert_cmpuint (gcoap_unix_address_to_native (full, &native), ==, sizeof native);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/unix-address/identity", test_identity);
  g_test_add_func ("/unix-address/limits", test_limits);
  g_test_add_func ("/unix-address/native", test_native);
  return g_test_run ();
}
