/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an implementor that leaves out the optional parts gets. */
#include "interfaces/gcoap-token-interface.h"

#include "base/gcoap-error.h"
#include "helpers/named-address.h"

#define TEST_TYPE_BARE (test_bare_get_type ())
G_DECLARE_FINAL_TYPE (TestBare, test_bare, TEST, BARE, GObject)

struct _TestBare
{
  GObject parent_instance;
};

static void
test_bare_token_interface_init (GcoapTokenInterfaceInterface *iface G_GNUC_UNUSED)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestBare, test_bare, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_TOKEN_INTERFACE,
                                                      test_bare_token_interface_init))

static void
test_bare_class_init (TestBareClass *klass G_GNUC_UNUSED)
{
}

static void
test_bare_init (TestBare *self G_GNUC_UNUSED)
{
}

static void
keep_result_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static void
test_defaults (void)
{
  g_autoptr (GcoapTokenInterface) bare = g_object_new (TEST_TYPE_BARE, NULL);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (gcoap_token_interface_recognizes (bare, address));
  g_assert_cmpuint (gcoap_token_interface_get_room (bare, address), ==, 1152);

  gcoap_token_interface_resolve_async (bare, "coap://host", NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (gcoap_token_interface_resolve_finish (bare, result, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_clear_object (&result);

  gcoap_token_interface_shutdown_async (bare, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (gcoap_token_interface_shutdown_finish (bare, result, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-interface/defaults", test_defaults);
  return g_test_run ();
}
