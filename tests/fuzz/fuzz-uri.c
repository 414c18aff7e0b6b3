/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * URIs. Text that parses is written in a form that parses to the same; put
 * into a request it composes to the same again; taken as a reference it
 * resolves, or not, without harm.
 */
#include <string.h>

#include <libcoap-layers/gcoap.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_reference (const char *text)
{
  g_autoptr (GcoapUri) base = gcoap_uri_parse ("coap://[fe80::1%25a]:7/b/c/d;p?q", NULL);
  g_autoptr (GcoapUri) resolved = gcoap_uri_resolve (base, text, NULL);

  if (resolved != NULL)
    {
      g_autofree char *normal = gcoap_uri_to_string (resolved);
      g_autoptr (GcoapUri) again = gcoap_uri_resolve (base, normal, NULL);
      g_autofree char *normal_again = gcoap_uri_to_string (again);

      g_assert_cmpstr (normal, ==, normal_again);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapUri) uri = gcoap_uri_parse (text, &error);
  g_autoptr (GcoapUri) again = NULL;
  g_autoptr (GcoapMessage) request = NULL;
  g_autofree char *normal = NULL;
  g_autofree char *normal_again = NULL;
  g_autofree char *composed = NULL;

  check_reference (text);
  if (uri == NULL)
    {
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return 0;
    }

  g_assert_no_error (error);
  normal = gcoap_uri_to_string (uri);
  again = gcoap_uri_parse (normal, &error);
  /* Only escaping can make text too long to be parsed again. */
  if (again == NULL && strlen (normal) > GCOAP_URI_MAX_LENGTH)
    return 0;
  g_assert_no_error (error);
  normal_again = gcoap_uri_to_string (again);
  g_assert_cmpstr (normal, ==, normal_again);
  g_assert_cmpstr (gcoap_uri_get_host (uri), ==, gcoap_uri_get_host (again));
  g_assert_cmpstr (gcoap_uri_get_zone (uri), ==, gcoap_uri_get_zone (again));
  g_assert_true (g_strv_equal (gcoap_uri_get_path (uri), gcoap_uri_get_path (again)));
  g_assert_true (g_strv_equal (gcoap_uri_get_query (uri), gcoap_uri_get_query (again)));

  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, text, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_message_validate (request, &error));
  composed = gcoap_uri_compose (request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (composed, ==, normal);

  return 0;
}
