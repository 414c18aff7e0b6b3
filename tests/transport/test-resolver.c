/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-resolver-private.h"

#include <net/if.h>

#include "base/gcoap-error.h"

#define BOTH (GCOAP_RESOLVER_IPV4 | GCOAP_RESOLVER_IPV6)

static void
looked_up_cb (GObject      *object G_GNUC_UNUSED,
              GAsyncResult *result,
              gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GPtrArray *
look_up (const char             *uri,
         GcoapResolverFamilies   families,
         GError                **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gcoap_resolver_lookup_async (uri, "coap", families, NULL, looked_up_cb, &result);
  g_assert_null (result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return gcoap_resolver_lookup_finish (result, error);
}

static void
assert_found (const char            *uri,
              GcoapResolverFamilies  families,
              const char            *expected,
              guint16                port,
              guint32                scope_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = look_up (uri, families, &error);
  g_autofree char *text = NULL;

  g_test_message ("%s", uri);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
  text = g_inet_address_to_string (g_inet_socket_address_get_address (found->pdata[0]));
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (g_inet_socket_address_get_port (found->pdata[0]), ==, port);
  if (scope_id != 0)
    g_assert_cmpuint (g_inet_socket_address_get_scope_id (found->pdata[0]), ==, scope_id);
}

static void
assert_fails (const char            *uri,
              GcoapResolverFamilies  families,
              GcoapError             code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = look_up (uri, families, &error);

  g_test_message ("%s", uri);
  g_assert_null (found);
  g_assert_error (error, GCOAP_ERROR, (int) code);
}

static void
test_literals (void)
{
  guint lo = if_nametoindex ("lo");

  assert_found ("coap://192.0.2.1", BOTH, "192.0.2.1", 5683, 0);
  assert_found ("coap://192.0.2.1:61616/a/b?c", GCOAP_RESOLVER_IPV4, "192.0.2.1", 61616, 0);
  assert_found ("coap://[2001:db8::1]:1", GCOAP_RESOLVER_IPV6, "2001:db8::1", 1, 0);
  assert_found ("coap://[::ffff:192.0.2.1]", GCOAP_RESOLVER_IPV4, "192.0.2.1", 5683, 0);
  assert_found ("coap://[fe80::1%25lo]", BOTH, "fe80::1", 5683, lo);
  assert_found ("coap://[fe80::1%251]", BOTH, "fe80::1", 5683, 1);
  assert_found ("coap://[ff02::fd%25lo]", BOTH, "ff02::fd", 5683, lo);
}

static void
test_refused (void)
{
  assert_fails ("coap://192.0.2.1", GCOAP_RESOLVER_IPV6, GCOAP_ERROR_UNSUPPORTED);
  assert_fails ("coap://[2001:db8::1]", GCOAP_RESOLVER_IPV4, GCOAP_ERROR_UNSUPPORTED);
  assert_fails ("coaps://192.0.2.1", BOTH, GCOAP_ERROR_UNSUPPORTED);
  assert_fails ("coap://[fe80::1]", BOTH, GCOAP_ERROR_INVALID_URI);
  assert_fails ("coap://[fe80::1%25nosuch0]", BOTH, GCOAP_ERROR_HOST_NOT_FOUND);
  assert_fails ("http://192.0.2.1", BOTH, GCOAP_ERROR_INVALID_URI);
  assert_fails ("coap://192.0.2.1:0", BOTH, GCOAP_ERROR_INVALID_URI);
  assert_fails ("", BOTH, GCOAP_ERROR_INVALID_URI);
}

static void
assert_localhost (GcoapResolverFamilies families)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = look_up ("coap://localhost:61616/x", families, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (found->len, >, 0);
  for (guint i = 0; i < found->len; i++)
    {
      GInetAddress *address = g_inet_socket_address_get_address (found->pdata[i]);

      g_assert_true (g_inet_address_get_is_loopback (address));
      g_assert_cmpuint (g_inet_socket_address_get_port (found->pdata[i]), ==, 61616);
      g_assert_true (families == BOTH || g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4);
    }
}

/* A name that needs no name service, and one that has no address (RFC 6761 §6.4). */
static void
test_names (void)
{
  assert_localhost (BOTH);
  assert_localhost (GCOAP_RESOLVER_IPV4);
  assert_fails ("coap://name.invalid", BOTH, GCOAP_ERROR_HOST_NOT_FOUND);
}

static void
test_cancelling (void)
{
  static const char *const uris[] = { "coap://192.0.2.1", "coap://name.invalid" };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;

      gcoap_resolver_lookup_async (uris[i], "coap", BOTH, cancellable, looked_up_cb, &result);
      g_cancellable_cancel (cancellable);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_null (gcoap_resolver_lookup_finish (result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resolver/literals", test_literals);
  g_test_add_func ("/resolver/refused", test_refused);
  g_test_add_func ("/resolver/names", test_names);
  g_test_add_func ("/resolver/cancelling", test_cancelling);
  return g_test_run ();
}
