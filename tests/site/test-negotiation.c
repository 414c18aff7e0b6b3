/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §5.10.3 and §5.10.4 as a resource sees them. */
#include "site/gcoap-negotiation.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/test-exchange.h"

static const guint formats[] = { 60, 0, 50 };

static TestExchange *
new_exchange (guint option,
              gint  value)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "", NULL);

  if (value >= 0)
    gcoap_message_set_option_uint (request, option, (guint) value);
  return test_exchange_new (request);
}

static void
test_accept (void)
{
  static const struct { gint accept; gint chosen; } cases[] = {
    { -1, 60 }, { 60, 60 }, { 0, 0 }, { 50, 50 }, { 40, -1 }, { 65535, -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestExchange) exchange = new_exchange (GCOAP_OPTION_ACCEPT, cases[i].accept);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (gcoap_site_negotiate (exchange->exchange, formats, G_N_ELEMENTS (formats),
                                             &error), ==, cases[i].chosen);
      if (cases[i].chosen >= 0)
        g_assert_no_error (error);
      else
        g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE);
    }
}

static void
test_content_format (void)
{
  static const struct { gint format; gboolean passes; } cases[] = {
    { -1, TRUE }, { 60, TRUE }, { 50, TRUE }, { 40, FALSE }, { 65535, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestExchange) exchange = new_exchange (GCOAP_OPTION_CONTENT_FORMAT,
                                                        cases[i].format);
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (gcoap_site_check_content_format (exchange->exchange, formats,
                                                        G_N_ELEMENTS (formats), &error),
                       ==, cases[i].passes);
      if (cases[i].passes)
        g_assert_no_error (error);
      else
        g_assert_error (error, GCOAP_RESPONSE_ERROR,
                        GCOAP_RESPONSE_ERROR_UNSUPPORTED_CONTENT_FORMAT);
    }
}

/* The error names the format, and becomes the response. */
static void
test_error (void)
{
  g_autoptr (TestExchange) exchange = new_exchange (GCOAP_OPTION_ACCEPT, 40);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (gcoap_site_negotiate (exchange->exchange, formats, G_N_ELEMENTS (formats),
                                         &error), ==, -1);
  g_assert_nonnull (strstr (error->message, "link-format"));
  gcoap_exchange_fail (exchange->exchange, error);
  test_exchange_assert_code (exchange, GCOAP_CODE_NOT_ACCEPTABLE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/negotiation/accept", test_accept);
  g_test_add_func ("/negotiation/content-format", test_content_format);
  g_test_add_func ("/negotiation/error", test_error);
  return g_test_run ();
}
