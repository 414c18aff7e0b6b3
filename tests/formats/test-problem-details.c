/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problem details: what they hold, and their line of text. */
#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

static void
assert_text (GcoapProblemDetails *details,
             const char          *expected)
{
  g_autofree char *text = gcoap_problem_details_to_text (details);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_text (void)
{
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_new ();
  g_autoptr (GcoapProblemDetails) same = gcoap_problem_details_ref (details);

  g_assert_true (same == details);
  assert_text (details, NULL);
  gcoap_problem_details_add_unprocessed_option (details, 9);
  gcoap_problem_details_add_unprocessed_option (details, 65001);
  assert_text (details, "options not processed: 9, 65001");
  gcoap_problem_details_set_detail (details, "it is 41 °C", NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);
  assert_text (details, "it is 41 °C; options not processed: 9, 65001");
  gcoap_problem_details_set_title (details, "too hot", "en", GCOAP_TEXT_DIRECTION_UNSPECIFIED);
  assert_text (details, "too hot: it is 41 °C; options not processed: 9, 65001");
  gcoap_problem_details_set_detail (details, NULL, NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);
  assert_text (details, "too hot; options not processed: 9, 65001");
}

static void
test_languages (void)
{
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_new ();

  gcoap_problem_details_set_title (details, "Hallo", NULL, GCOAP_TEXT_DIRECTION_UNSPECIFIED);
  gcoap_problem_details_set_detail (details, "x", "he", GCOAP_TEXT_DIRECTION_RIGHT_TO_LEFT);
  g_assert_null (gcoap_problem_details_get_title_language (details));
  gcoap_problem_details_set_base_language (details, "de-CH");
  gcoap_problem_details_set_base_direction (details, GCOAP_TEXT_DIRECTION_LEFT_TO_RIGHT);
  g_assert_cmpstr (gcoap_problem_details_get_base_language (details), ==, "de-CH");
  g_assert_cmpstr (gcoap_problem_details_get_title_language (details), ==, "de-CH");
  g_assert_cmpint (gcoap_problem_details_get_title_direction (details), ==, GCOAP_TEXT_DIRECTION_LEFT_TO_RIGHT);
  g_assert_cmpstr (gcoap_problem_details_get_detail_language (details), ==, "he");
  g_assert_cmpint (gcoap_problem_details_get_detail_direction (details), ==, GCOAP_TEXT_DIRECTION_RIGHT_TO_LEFT);
}

static void
test_instance (void)
{
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *relative = NULL, *based = NULL, *absolute = NULL;

  g_assert_null (gcoap_problem_details_dup_instance_uri (details, NULL, &error));
  g_assert_no_error (error);
  gcoap_problem_details_set_instance (details, "../p/1");
  g_assert_null (gcoap_problem_details_dup_instance_uri (details, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  relative = gcoap_problem_details_dup_instance_uri (details, "coap://h/a/b", &error);
  g_assert_cmpstr (relative, ==, "coap://h/p/1");
  gcoap_problem_details_set_base_uri (details, "coaps://g/x/y/z");
  based = gcoap_problem_details_dup_instance_uri (details, "coap://h/a/b", &error);
  g_assert_cmpstr (based, ==, "coaps://g/x/p/1");
  gcoap_problem_details_set_instance (details, "tag:me:1");
  absolute = gcoap_problem_details_dup_instance_uri (details, NULL, &error);
  g_assert_cmpstr (absolute, ==, "tag:me:1");
}

static void
test_entries (void)
{
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_new ();
  g_autoptr (GBytes) value = g_bytes_new ("\xa0", 1);

  gcoap_problem_details_set_entry (details, "7807", value);
  gcoap_problem_details_set_entry (details, "tag:x,2022:y", value);
  gcoap_problem_details_set_entry (details, "-9", value);
  g_assert_true (gcoap_problem_details_get_entry (details, "7807") == value);
  g_assert_null (gcoap_problem_details_get_entry (details, "7808"));
  gcoap_problem_details_set_entry (details, "7807", NULL);
  g_assert_null (gcoap_problem_details_get_entry (details, "7807"));

  if (g_test_undefined ())
    {
      static const char *const keys[] = { "-1", "-8", "title", "07", "+1", "", ":x" };

      for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
        test_assert_critical ("*is_entry_key*", gcoap_problem_details_set_entry (details, keys[i], value));
    }
}

static void
test_language_tags (void)
{
  static const char *const good[] = { "e", "en", "de-CH", "zh-Hant-TW", "abcdefgh-12345678-x" };
  static const char *const bad[] = { "", "-", "en-", "-en", "en--x", "abcdefghi", "e1", "en_US", "en-123456789" };
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    gcoap_problem_details_set_base_language (details, good[i]);
  if (g_test_undefined ())
    for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
      test_assert_critical ("*is_language*", gcoap_problem_details_set_base_language (details, bad[i]));
  g_assert_cmpstr (gcoap_problem_details_get_base_language (details), ==, good[G_N_ELEMENTS (good) - 1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/problem-details/text", test_text);
  g_test_add_func ("/problem-details/languages", test_languages);
  g_test_add_func ("/problem-details/instance", test_instance);
  g_test_add_func ("/problem-details/entries", test_entries);
  g_test_add_func ("/problem-details/language-tags", test_language_tags);
  return g_test_run ();
}
