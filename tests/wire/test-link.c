/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One link: attributes, writing, filters (RFC 6690 §4.1). */
#include <libcoap-layers/gcoap.h>

static void
test_attributes (void)
{
  g_autoptr (GcoapLink) link = gcoap_link_new ("/a?b#c");
  g_autoptr (GcoapLink) same = gcoap_link_ref (link);

  g_assert_true (same == link);
  g_assert_cmpstr (gcoap_link_get_target (link), ==, "/a?b#c");
  g_assert_cmpuint (gcoap_link_get_n_attributes (link), ==, 0);

  gcoap_link_add_attribute (link, "RT", "one");
  gcoap_link_add_attribute (link, "obs", NULL);
  gcoap_link_add_attribute (link, "hreflang", "de");
  gcoap_link_add_attribute (link, "hreflang", "en");
  gcoap_link_add_attribute (link, "empty", "");

  g_assert_cmpuint (gcoap_link_get_n_attributes (link), ==, 5);
  g_assert_cmpstr (gcoap_link_get_attribute (link, "rt"), ==, "one");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "obs"), ==, "");
  g_assert_cmpstr (gcoap_link_get_attribute (link, "hreflang"), ==, "de");
  g_assert_null (gcoap_link_get_attribute (link, "if"));
  g_assert_cmpstr (gcoap_link_get_attribute_name_at (link, 0), ==, "RT");
  g_assert_cmpstr (gcoap_link_get_attribute_value_at (link, 3), ==, "en");
  g_assert_null (gcoap_link_get_attribute_value_at (link, 1));
  g_assert_cmpstr (gcoap_link_get_attribute_value_at (link, 4), ==, "");

  /* An attribute a link has but once is replaced, even by part of itself. */
  gcoap_link_add_attribute (link, "rt", gcoap_link_get_attribute (link, "rt") + 1);
  g_assert_cmpuint (gcoap_link_get_n_attributes (link), ==, 5);
  g_assert_cmpstr (gcoap_link_get_attribute (link, "rt"), ==, "ne");
}

static void
test_programming_errors (void)
{
  static const struct
  {
    const char *name;
    const char *value;
  } rows[] = {
    { "", "x" },
    { "a b", "x" },
    { "*", "x" },
    { "a*b", "x" },
    { "href", "/a" },
    { "rt", "a\nb" },
    { "rt", "\xff" },
    { "anchor", "a b" },
    { "anchor", NULL },
    { "title*", "plain" },
    { "title*", NULL },
  };

  if (g_test_undefined ())
    for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
      {
        g_autoptr (GcoapLink) link = gcoap_link_new ("/");

        g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*assertion*failed*");
        gcoap_link_add_attribute (link, rows[i].name, rows[i].value);
        g_test_assert_expected_messages ();
        g_assert_cmpuint (gcoap_link_get_n_attributes (link), ==, 0);
      }
}

static void
test_write (void)
{
  static const struct
  {
    const char *name;
    const char *value;
    const char *text;
  } rows[] = {
    { "obs", NULL, "</>;obs" },
    { "ct", "40", "</>;ct=40" },
    { "ct", "40 41", "</>;ct=\"40 41\"" },
    { "sz", "262144", "</>;sz=262144" },
    { "rt", "a", "</>;rt=\"a\"" },
    { "if", "core.s", "</>;if=\"core.s\"" },
    { "rel", "alternate", "</>;rel=\"alternate\"" },
    { "title", "T", "</>;title=\"T\"" },
    { "title*", "UTF-8'de'%C3%A9", "</>;title*=UTF-8'de'%C3%A9" },
    { "anchor", "/a", "</>;anchor=\"/a\"" },
    { "foo", "bar", "</>;foo=bar" },
    { "foo", "", "</>;foo=\"\"" },
    { "foo", "a;b,c", "</>;foo=\"a;b,c\"" },
    { "foo", "say \"\\\"", "</>;foo=\"say \\\"\\\\\\\"\"" },
    { "foo", "\xc3\xa9", "</>;foo=\"\xc3\xa9\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapLink) link = gcoap_link_new ("/");
      g_autofree char *text = NULL;

      gcoap_link_add_attribute (link, rows[i].name, rows[i].value);
      text = gcoap_link_to_string (link);
      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_title (void)
{
  static const struct
  {
    const char *title;
    const char *extended;
    const char *result;
  } rows[] = {
    { NULL, NULL, NULL },
    { "plain", NULL, "plain" },
    { NULL, "UTF-8''%e2%82%ac%20rates", "\xe2\x82\xac rates" },
    { "plain", "utf-8'de'%C3%A9", "\xc3\xa9" },
    { "plain", "UTF-8''%FF", "plain" },
    { "plain", "UTF-8''%00", "plain" },
    { "plain", "ISO-8859-1'en'%A3", "plain" },
    { NULL, "ISO-8859-1'en'%A3", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapLink) link = gcoap_link_new ("/");
      g_autofree char *title = NULL;

      if (rows[i].title != NULL)
        gcoap_link_add_attribute (link, "title", rows[i].title);
      if (rows[i].extended != NULL)
        gcoap_link_add_attribute (link, "title*", rows[i].extended);
      title = gcoap_link_dup_title (link);
      g_assert_cmpstr (title, ==, rows[i].result);
    }
}

static void
test_matches (void)
{
  static const struct
  {
    const char *filter;
    gboolean matches;
  } rows[] = {
    { "", TRUE },
    { "href=/sensors/temp", TRUE },
    { "href=/sensors", FALSE },
    { "href=/sensors*", TRUE },
    { "href=*", TRUE },
    { "HREF=/sensors*", TRUE },
    { "href=", FALSE },
    { "rt=one", TRUE },
    { "rt=two", TRUE },
    { "rt=on", FALSE },
    { "rt=onex", FALSE },
    { "rt=one two", FALSE },
    { "rt=tw*", TRUE },
    { "rt=two*", TRUE },
    { "rt=twox*", FALSE },
    { "rt=o*o", FALSE },
    { "rt=*", TRUE },
    { "rt=", FALSE },
    { "RT=one", TRUE },
    { "rt=ONE", FALSE },
    { "rel=b", TRUE },
    { "rel=a", TRUE },
    { "rel=c", FALSE },
    { "rev=y", TRUE },
    { "if=*", TRUE },
    { "if=x*", FALSE },
    { "obs", TRUE },
    { "obs=*", TRUE },
    { "obs=", TRUE },
    { "obs=1", FALSE },
    { "sz", FALSE },
    { "sz=*", FALSE },
    { "ct=40", FALSE },
    { "ct=40 41", TRUE },
    { "ct=40*", TRUE },
    { "title=A title", TRUE },
    { "title=A*", TRUE },
    { "title=title", FALSE },
    { "hreflang=en", TRUE },
    { "eq=a=b", TRUE },
    { "eq=a", FALSE },
    { "*", FALSE },
    { "=", FALSE },
    { "=*", FALSE },
  };
  g_autoptr (GcoapLink) link = gcoap_link_new ("/sensors/temp");

  gcoap_link_add_attribute (link, "rt", "one two");
  gcoap_link_add_attribute (link, "rel", " a  b ");
  gcoap_link_add_attribute (link, "rev", "x y");
  gcoap_link_add_attribute (link, "if", "");
  gcoap_link_add_attribute (link, "obs", NULL);
  gcoap_link_add_attribute (link, "ct", "40 41");
  gcoap_link_add_attribute (link, "title", "A title");
  gcoap_link_add_attribute (link, "hreflang", "de");
  gcoap_link_add_attribute (link, "hreflang", "en");
  gcoap_link_add_attribute (link, "eq", "a=b");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_test_message ("%s", rows[i].filter);
      g_assert_cmpint (gcoap_link_matches (link, rows[i].filter), ==, rows[i].matches);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link/attributes", test_attributes);
  g_test_add_func ("/link/programming-errors", test_programming_errors);
  g_test_add_func ("/link/write", test_write);
  g_test_add_func ("/link/title", test_title);
  g_test_add_func ("/link/matches", test_matches);
  return g_test_run ();
}
