/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-context.h"

#include "providers/blockwise/gcoap-blockwise-provider.h"
#include "providers/conditional/gcoap-conditional-provider.h"
#include "providers/observe/gcoap-observe-provider.h"

static void
test_found (void)
{
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  GcoapRequestProvider *inbound = gcoap_context_get_inbound_provider (context, GCOAP_TYPE_BLOCKWISE);
  GcoapRequestProvider *outbound = gcoap_context_get_outbound_provider (context, GCOAP_TYPE_BLOCKWISE);

  g_assert_true (GCOAP_IS_BLOCKWISE (inbound));
  g_assert_true (GCOAP_IS_BLOCKWISE (outbound));
  g_assert_true (inbound != outbound);
  g_assert_true (GCOAP_IS_OBSERVE (gcoap_context_get_inbound_provider (context, GCOAP_TYPE_OBSERVE)));
}

/* The conditional provider looks at what peers ask for, and at nothing else. */
static void
test_not_found (void)
{
  g_autoptr (GcoapContext) context = gcoap_context_new ();

  g_assert_nonnull (gcoap_context_get_inbound_provider (context, GCOAP_TYPE_CONDITIONAL));
  g_assert_null (gcoap_context_get_outbound_provider (context, GCOAP_TYPE_CONDITIONAL));
  g_assert_null (gcoap_context_get_inbound_provider (context, GCOAP_TYPE_CONTEXT));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/context/providers/found", test_found);
  g_test_add_func ("/context/providers/not-found", test_not_found);

  return g_test_run ();
}
