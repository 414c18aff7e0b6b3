/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-uri-path-abbrev.h"

#include "wire/gcoap-uri.h"

static GcoapMessage *
request_for (const char *path)
{
  g_autofree char *uri = g_strconcat ("coap://host", path, NULL);
  g_autoptr (GError) error = NULL;
  GcoapMessage *request = gcoap_message_new_for_uri (GCOAP_CODE_GET, uri, &error);

  g_assert_no_error (error);
  return request;
}

static void
test_round_trip (void)
{
  static const struct { const char *path; guint value; } cases[] = {
    { "/.well-known/core", 0 }, { "/.well-known/rd", 1 }, { "/.well-known/edhoc", 2 },
    { "/.well-known/est/crts", 301 }, { "/.well-known/est/att", 306 }, { "/.well-known/brski/vs", 403 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) request = request_for (cases[i].path);
      g_autoptr (GcoapMessage) original = gcoap_message_copy (request);
      guint value;

      g_assert_true (gcoap_message_abbreviate_path (request));
      g_assert_false (gcoap_message_has_option (request, GCOAP_OPTION_URI_PATH));
      g_assert_true (gcoap_message_get_option_uint (request, GCOAP_OPTION_URI_PATH_ABBREV, &value));
      g_assert_cmpuint (value, ==, cases[i].value);
      g_assert_cmpuint (gcoap_message_find_bad_critical_option (request), ==, 0);
      g_assert_true (gcoap_message_expand_path (request));
      g_assert_true (gcoap_message_equal (request, original));
    }
}

static void
test_left_alone (void)
{
  static const char *const paths[] = { "/", "/.well-known", "/.well-known/core/", "/.well-known/cora",
                                       "/.well-known/est/crts/x", "/core" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GcoapMessage) request = request_for (paths[i]);
      g_autoptr (GcoapMessage) original = gcoap_message_copy (request);

      g_assert_false (gcoap_message_abbreviate_path (request));
      g_assert_false (gcoap_message_expand_path (request));
      g_assert_true (gcoap_message_equal (request, original));
    }
}

static void
test_unknown (void)
{
  g_autoptr (GcoapMessage) unknown = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) both = request_for ("/a");
  g_autoptr (GcoapMessage) twice = gcoap_message_new (GCOAP_CODE_GET);

  gcoap_message_set_option_uint (unknown, GCOAP_OPTION_URI_PATH_ABBREV, 3);
  g_assert_false (gcoap_message_expand_path (unknown));
  /* §2.4: the two exclude each other. */
  gcoap_message_set_option_uint (both, GCOAP_OPTION_URI_PATH_ABBREV, 0);
  g_assert_false (gcoap_message_expand_path (both));
  gcoap_message_add_option (twice, GCOAP_OPTION_URI_PATH_ABBREV, NULL, 0);
  gcoap_message_add_option (twice, GCOAP_OPTION_URI_PATH_ABBREV, NULL, 0);
  g_assert_false (gcoap_message_expand_path (twice));
}

static void
test_proxy (void)
{
  g_autoptr (GcoapMessage) request = request_for ("/.well-known/core");

  gcoap_message_set_option_string (request, GCOAP_OPTION_PROXY_URI, "coap://other");
  g_assert_false (gcoap_message_abbreviate_path (request));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uri-path-abbrev/round-trip", test_round_trip);
  g_test_add_func ("/uri-path-abbrev/left-alone", test_left_alone);
  g_test_add_func ("/uri-path-abbrev/unknown", test_unknown);
  g_test_add_func ("/uri-path-abbrev/proxy", test_proxy);
  return g_test_run ();
}
