/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of links: the grammar, its limits, and the examples of RFC 6690 §5. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

/* NULL: written as it was read. */
static const struct
{
  const char *text;
  guint n_links;
  const char *written;
} good_rows[] = {
  /* RFC 6690 §5, without the line feeds that are there for the reader. */
  { "</sensors/temp>;if=\"sensor\",</sensors/light>;if=\"sensor\"", 2, NULL },
  { "</sensors>;ct=40", 1, NULL },
  { "</sensors/temp>;rt=\"temperature-c\";if=\"sensor\",</sensors/light>;rt=\"light-lux\";if=\"sensor\"", 2, NULL },
  { "</sensors/light>;rt=\"light-lux core.sen-light\";if=\"sensor\"", 1, NULL },
  { "</sensors>;ct=40;title=\"Sensor Index\",</sensors/temp>;rt=\"temperature-c\";if=\"sensor\","
    "</sensors/light>;rt=\"light-lux\";if=\"sensor\","
    "<http://www.example.com/sensors/t123>;anchor=\"/sensors/temp\";rel=\"describedby\","
    "</t>;anchor=\"/sensors/temp\";rel=\"alternate\"", 5, NULL },
  { "</firmware/v2.1>;rt=\"firmware\";sz=262144", 1, NULL },

  { "", 0, NULL },
  { "<>", 1, NULL },
  { "<>,<>", 2, NULL },
  { "</a,b;c>;x=1", 1, NULL },
  { "<coap://[2001:db8::1]/a?b#c>", 1, NULL },
  { "</a>;obs", 1, NULL },
  { "</a>;obs;x=1", 1, NULL },
  { "</a>;OBS;Rt=one", 1, "</a>;OBS;Rt=\"one\"" },
  { "</a>;rt=one", 1, "</a>;rt=\"one\"" },
  { "</a>;ct=\"40\"", 1, "</a>;ct=40" },
  { "</a>;ct=\"40 41\"", 1, NULL },
  { "</a>;sz=99999999999999999999999999", 1, NULL },
  { "</a>;x=\"\"", 1, NULL },
  { "</a>;x=\"a,b;c<d>\"", 1, NULL },
  { "</a>;x=\"a\\\"b\\\\c\"", 1, NULL },
  { "</a>;x=\"\\a\\b\"", 1, "</a>;x=ab" },
  { "</a>;x=\"tab\there\"", 1, NULL },
  { "</a>;x=!#$%&'()*+-./09:<=>?@AZ[]^_`az{|}~", 1, NULL },
  { "</a>;!#$&+-.^_`|~=1", 1, NULL },
  { "</a>;title=\"\xc3\xa9\"", 1, NULL },
  { "</a>;title*=UTF-8'en'%e2%82%ac", 1, NULL },
  { "</a>;x*=UTF-8''a", 1, NULL },
  { "</a>;x*=iso-8859-1'de-DE'!#$&+-.^_`|~", 1, NULL },
  { "</a>;hreflang=de;hreflang=en", 1, NULL },
  { "</a>;rt=\"\"", 1, NULL },
  { "</a>;type=text/plain", 1, NULL },
  { "</a>;type=\"text/plain\"", 1, "</a>;type=text/plain" },

  /* RFC 8288 §3: of these only the first counts. */
  { "</a>;rel=one;REL=two;title=\"1\";title=\"2\"", 1, "</a>;rel=\"one\";title=\"1\"" },
};

static void
test_good (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) links = gcoap_link_format_parse (good_rows[i].text, -1, &error);
      g_autofree char *text = NULL;

      g_test_message ("%s", good_rows[i].text);
      g_assert_no_error (error);
      g_assert_cmpuint (links->len, ==, good_rows[i].n_links);
      text = gcoap_link_format_write (links);
      g_assert_cmpstr (text, ==, good_rows[i].written != NULL ? good_rows[i].written : good_rows[i].text);
    }
}

#define BYTES(text) text, sizeof text - 1

static const struct
{
  const char *text;
  gsize length;
  guint byte;
} bad_rows[] = {
  { BYTES ("a"), 0 },
  { BYTES (" "), 0 },
  { BYTES ("/a"), 0 },
  { BYTES ("<"), 0 },
  { BYTES ("</a"), 0 },
  { BYTES ("</a>x"), 4 },
  { BYTES ("</a> "), 4 },
  { BYTES ("</a>\n"), 4 },
  { BYTES ("</a>,"), 5 },
  { BYTES (",</a>"), 0 },
  { BYTES ("</a>,,</b>"), 5 },
  { BYTES ("</a>, </b>"), 5 },
  { BYTES ("</a>,\n</b>"), 5 },
  { BYTES ("</a><b>"), 4 },
  { BYTES ("</a>;"), 5 },
  { BYTES ("</a>;;"), 5 },
  { BYTES ("</a>; x"), 5 },
  { BYTES ("</a>;x ;y"), 6 },
  { BYTES ("</a>;x =1"), 6 },
  { BYTES ("</a>;x= 1"), 7 },
  { BYTES ("</a>;=1"), 5 },
  { BYTES ("</a>;x="), 7 },
  { BYTES ("</a>;x=,</b>"), 7 },
  { BYTES ("</a>;x=\""), 7 },
  { BYTES ("</a>;x=\"a"), 7 },
  { BYTES ("</a>;x=\"a\\"), 7 },
  { BYTES ("</a>;x=\"a\\\""), 7 },
  { BYTES ("</a>;x=\"a\"b"), 10 },
  { BYTES ("</a>;x=a\"b\""), 8 },
  { BYTES ("</a>;x=a\\b"), 8 },
  { BYTES ("</a>;x=\"\\\xc3\xa9\""), 9 },
  { BYTES ("</a>;x=\xc3\xa9"), 7 },
  { BYTES ("</a>;\xc3\xa9=1"), 5 },
  { BYTES ("</a>;x=\"a\nb\""), 5 },
  { BYTES ("</a>;x=\"a\x7f\""), 5 },
  { BYTES ("</a>;x=\"\\\x01\""), 5 },
  { BYTES ("</a>;x=\"\xff\""), 8 },
  { BYTES ("</\xff>"), 2 },
  { BYTES ("</\xc3\xa9>"), 2 },
  { BYTES ("</a b>"), 3 },
  { BYTES ("</a%4>"), 3 },
  { BYTES ("</a\"b>"), 3 },
  { BYTES ("<1:2>"), 1 },
  { BYTES ("<a#b#c>"), 4 },
  { BYTES ("</a>;href=\"/b\""), 5 },
  { BYTES ("</a>;HREF=x"), 5 },
  { BYTES ("</a>;anchor"), 5 },
  { BYTES ("</a>;anchor=/b"), 12 },
  { BYTES ("</a>;anchor=\"a b\""), 5 },
  { BYTES ("</a>;rt=\"1\";rt=\"2\""), 12 },
  { BYTES ("</a>;if=\"1\";IF=\"2\""), 12 },
  { BYTES ("</a>;sz=1;sz=1"), 10 },
  { BYTES ("</a>;ct=1;ct=2"), 10 },
  { BYTES ("</a>;title*"), 11 },
  { BYTES ("</a>;title*=plain"), 5 },
  { BYTES ("</a>;title*=\"UTF-8''a\""), 12 },
  { BYTES ("</a>;title*=''a"), 5 },
  { BYTES ("</a>;title*=UTF-8'a"), 5 },
  { BYTES ("</a>;title*=UTF-8''%4"), 5 },
  { BYTES ("</a>;title*=UTF-8''a'b"), 5 },
  { BYTES ("</a>;title*=UTF-8'd_e'a"), 5 },
  { BYTES ("</a>;*=UTF-8''a"), 5 },
  { BYTES ("</a>;x**=UTF-8''a"), 7 },
  { BYTES ("</a\0b>"), 3 },
  { BYTES ("</a>;x=\"\0\""), 8 },
  { BYTES ("</a>\0"), 4 },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autoptr (GError) error = NULL;
      /* Without the NUL, so that a sanitizer sees reading too far. */
      g_autofree char *text = g_memdup2 (bad_rows[i].text, bad_rows[i].length);
      g_autoptr (GPtrArray) links = gcoap_link_format_parse (text, (gssize) bad_rows[i].length, &error);
      g_autofree char *byte = g_strdup_printf ("(byte %u).", bad_rows[i].byte);

      g_test_message ("row %" G_GSIZE_FORMAT ": %s", i, error != NULL ? error->message : "accepted");
      g_assert_null (links);
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_true (g_str_has_suffix (error->message, byte));
    }
}

static char *
repeat (const char *first, const char *piece, gsize n)
{
  GString *text = g_string_new (first);

  for (gsize i = 0; i < n; i++)
    g_string_append (text, piece);

  return g_string_free (text, FALSE);
}

static void
check_limit (const char *text, gboolean is_within)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) links = gcoap_link_format_parse (text, -1, &error);

  if (is_within)
    g_assert_no_error (error);
  else
    g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
}

static void
test_limits (void)
{
  g_autofree char *links = repeat ("<>", ",<>", GCOAP_LINK_FORMAT_MAX_LINKS - 1);
  g_autofree char *more_links = repeat ("<>", ",<>", GCOAP_LINK_FORMAT_MAX_LINKS);
  g_autofree char *attributes = repeat ("<>", ";a", GCOAP_LINK_MAX_ATTRIBUTES);
  g_autofree char *more_attributes = repeat ("<>", ";a", GCOAP_LINK_MAX_ATTRIBUTES + 1);
  g_autofree char *bytes = repeat ("<>;", "a", GCOAP_LINK_FORMAT_MAX_BYTES - 3);
  g_autofree char *more_bytes = repeat ("<>;", "a", GCOAP_LINK_FORMAT_MAX_BYTES - 2);

  check_limit (links, TRUE);
  check_limit (more_links, FALSE);
  check_limit (attributes, TRUE);
  check_limit (more_attributes, FALSE);
  check_limit (bytes, TRUE);
  check_limit (more_bytes, FALSE);
}

static void
assert_filter (const char *text, const char *const *query, const char *expected)
{
  g_autoptr (GPtrArray) links = gcoap_link_format_parse (text, -1, NULL);
  g_autoptr (GPtrArray) matching = NULL;
  g_autofree char *result = NULL;

  g_assert_nonnull (links);
  matching = gcoap_link_format_filter (links, query);
  /* The result must not depend on the list it was selected from. */
  g_clear_pointer (&links, g_ptr_array_unref);
  result = gcoap_link_format_write (matching);
  g_assert_cmpstr (result, ==, expected);
}

#define FILTER(...) (const char *const[]) { __VA_ARGS__ __VA_OPT__ (,) NULL }

/* The plugtest cases TD_COAP_LINK_01 to 08, and the anchor of RFC 6690 §5. */
static void
test_filters (void)
{
  static const char *const types =
    "</1>;rt=\"Type1 Type2\",</2>;rt=\"Type2 Type3\",</3>;rt=\"Type1 Type3\",</4>;rt=\"\",</5>";
  static const char *const interfaces = "</1>;if=\"If1\",</2>;if=\"If2\",</3>;if=\"foo\",</4>";
  static const char *const sizes = "</1>;sz=1,</2>;rt=\"a\",</link1>;rt=\"a\",</link2>;sz=2,</link3>";
  static const char *const anchored =
    "</sensors/temp>;rt=\"temperature-c\","
    "<http://www.example.com/sensors/temp123>;anchor=\"/sensors/temp\";rel=\"describedby\","
    "</t>;anchor=\"/sensors/temp\";rel=\"alternate\"";

  assert_filter (types, NULL, types);
  assert_filter (types, FILTER (), types);
  assert_filter (types, FILTER ("rt=Type1"), "</1>;rt=\"Type1 Type2\",</3>;rt=\"Type1 Type3\"");
  assert_filter (types, FILTER ("rt=*"),
                 "</1>;rt=\"Type1 Type2\",</2>;rt=\"Type2 Type3\",</3>;rt=\"Type1 Type3\",</4>;rt=\"\"");
  assert_filter (types, FILTER ("rt=Type2"), "</1>;rt=\"Type1 Type2\",</2>;rt=\"Type2 Type3\"");
  assert_filter (types, FILTER ("rt=Type2", "rt=Type3"), "</2>;rt=\"Type2 Type3\"");
  assert_filter (types, FILTER ("rt=nothing"), "");
  assert_filter (interfaces, FILTER ("if=If*"), "</1>;if=\"If1\",</2>;if=\"If2\"");
  assert_filter (sizes, FILTER ("sz=*"), "</1>;sz=1,</link2>;sz=2");
  assert_filter (sizes, FILTER ("href=/link1"), "</link1>;rt=\"a\"");
  assert_filter (sizes, FILTER ("href=/link*"), "</link1>;rt=\"a\",</link2>;sz=2,</link3>");
  assert_filter (sizes, FILTER ("href=/link*", "sz=*"), "</link2>;sz=2");
  assert_filter (anchored, FILTER ("anchor=/sensors/temp"),
                 "<http://www.example.com/sensors/temp123>;anchor=\"/sensors/temp\";rel=\"describedby\","
                 "</t>;anchor=\"/sensors/temp\";rel=\"alternate\"");
}

static char *
random_value (void)
{
  static const char *const pieces[] = { "a", "Z", "0", " ", "\"", "\\", ",", ";", "<", ">", "=", "\t", "\xc3\xa9", "'" };
  GString *value = g_string_new (NULL);

  for (int n = g_test_rand_int_range (0, 6); n > 0; n--)
    g_string_append (value, pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))]);

  return g_string_free (value, FALSE);
}

static void
test_random (void)
{
  static const char *const targets[] = { "", "/", "/a", "coap://h/a,b;c", "?x=y", "//h/%41" };
  static const char *const names[] = { "rt", "if", "foo", "title", "obs", "x.y", "d", "sz" };

  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_link_unref);
      g_autoptr (GPtrArray) again = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      for (int n = g_test_rand_int_range (0, 5); n > 0; n--)
        {
          GcoapLink *link = gcoap_link_new (targets[g_test_rand_int_range (0, G_N_ELEMENTS (targets))]);

          for (int m = g_test_rand_int_range (0, 5); m > 0; m--)
            {
              g_autofree char *value = g_test_rand_bit () ? random_value () : NULL;

              gcoap_link_add_attribute (link, names[g_test_rand_int_range (0, G_N_ELEMENTS (names))], value);
            }
          g_ptr_array_add (links, link);
        }

      text = gcoap_link_format_write (links);
      again = gcoap_link_format_parse (text, -1, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (again->len, ==, links->len);
      for (guint j = 0; j < links->len; j++)
        {
          GcoapLink *before = links->pdata[j];
          GcoapLink *after = again->pdata[j];

          g_assert_cmpstr (gcoap_link_get_target (before), ==, gcoap_link_get_target (after));
          g_assert_cmpuint (gcoap_link_get_n_attributes (before), ==, gcoap_link_get_n_attributes (after));
          for (guint k = 0; k < gcoap_link_get_n_attributes (before); k++)
            {
              g_assert_cmpstr (gcoap_link_get_attribute_name_at (before, k), ==,
                               gcoap_link_get_attribute_name_at (after, k));
              g_assert_cmpstr (gcoap_link_get_attribute_value_at (before, k), ==,
                               gcoap_link_get_attribute_value_at (after, k));
            }
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-format/good", test_good);
  g_test_add_func ("/link-format/bad", test_bad);
  g_test_add_func ("/link-format/limits", test_limits);
  g_test_add_func ("/link-format/filters", test_filters);
  g_test_add_func ("/link-format/random", test_random);
  return g_test_run ();
}
