/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Tab offers, where paths lead, and what ls shows. */
#include <glib/gstdio.h>
#include <string.h>

#include "gcoap-client/shell-completion.h"
#include "gcoap-client/shell-links.h"
#include "gcoap-client/shell-words.h"

static const char links_text[] =
  "</>;ct=40,</sensors>;ct=40,</sensors/temp>;rt=\"temperature-c core.s\";obs;ct=\"0 50\";title=\"Outside\","
  "</sensors/light>;rt=lux,</set%20up>,</it's>,<coap://h/state>,<coap://other/x>,</time>;obs";

typedef struct
{
  ShellKnown known;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data G_GNUC_UNUSED)
{
  fixture->known.location = shell_location_new ();
  g_assert_true (shell_location_open (fixture->known.location, "coap://h", NULL));
  fixture->known.links = gcoap_link_format_parse (links_text, -1, NULL);
  g_assert_nonnull (fixture->known.links);
  fixture->known.numbers = g_ptr_array_new ();
  g_ptr_array_add (fixture->known.numbers, (gpointer) "1");
  g_ptr_array_add (fixture->known.numbers, (gpointer) "12");
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data G_GNUC_UNUSED)
{
  shell_location_free (fixture->known.location);
  g_clear_pointer (&fixture->known.links, g_ptr_array_unref);
  g_ptr_array_unref (fixture->known.numbers);
}

static void
check (Fixture    *fixture,
       const char *line,
       gsize       start,
       const char *candidates,
       const char *common)
{
  g_autoptr (ShellCompletion) completion = shell_completion_new (&fixture->known, line, strlen (line));
  g_autofree char *found = shell_completion_dup_common (completion);
  g_autofree char *joined = NULL;

  g_ptr_array_add (completion->candidates, NULL);
  joined = g_strjoinv (" ", (char **) completion->candidates->pdata);
  g_ptr_array_set_size (completion->candidates, (int) completion->candidates->len - 1);
  g_test_message ("%s", line);
  g_assert_cmpstr (joined, ==, candidates);
  g_assert_cmpstr (found, ==, common);
  g_assert_cmpuint (completion->start, ==, start);
}

static void
test_commands (Fixture      *fixture,
               gconstpointer data G_GNUC_UNUSED)
{
  check (fixture, "obs", 0, "observations observe", "observ");
  check (fixture, "  ge", 2, "get", "get ");
  check (fixture, "zz", 0, "", "");
  check (fixture, "help pi", 5, "ping", "ping ");
  check (fixture, "unknown x", 8, "", "");
  check (fixture, "pwd x", 4, "", "");
}

static void
test_options (Fixture      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  check (fixture, "get --a", 4, "--accept", "--accept ");
  check (fixture, "get --accept js", 13, "json", "json ");
  check (fixture, "put -c senml-", 7, "senml-cbor senml-json", "senml-");
  check (fixture, "get --option Hop", 13, "Hop-Limit=", "Hop-Limit=");
  check (fixture, "set verb", 4, "verbosity", "verbosity ");
  check (fixture, "set non o", 8, "off on", "o");
  check (fixture, "cancel 1", 7, "1 12", "1");
  check (fixture, "cancel a", 7, "all", "all ");
  /* The word behind an option with a value is its value, and no path. */
  check (fixture, "get -a json ti", 12, "time", "time ");
  check (fixture, "get time se", 9, "", "");
}

static void
test_paths (Fixture      *fixture,
            gconstpointer data G_GNUC_UNUSED)
{
  check (fixture, "get ti", 4, "time", "time ");
  check (fixture, "get /ti", 4, "/time", "/time ");
  check (fixture, "get s", 4, "sensors sensors/ set%20up state", "s");
  check (fixture, "get sensors/", 4, "sensors/light sensors/temp", "sensors/");
  check (fixture, "get sensors/t", 4, "sensors/temp", "sensors/temp ");
  check (fixture, "get i", 4, "it\\'s", "it\\'s ");
  check (fixture, "get \"it'", 4, "it\\'s", "it\\'s ");
  check (fixture, "get coap://other/", 4, "", "");
  check (fixture, "get time?", 4, "", "");
  check (fixture, "ls rt=te", 3, "rt=temperature-c", "rt=temperature-c ");

  g_assert_true (shell_location_change (fixture->known.location, "sensors", NULL));
  check (fixture, "observe t", 8, "temp", "temp ");
  check (fixture, "observe ../ti", 8, "../time", "../time ");
  check (fixture, "observe /st", 8, "/state", "/state ");
}

static void
test_unknown_links (Fixture      *fixture,
                    gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (ShellLocation) nowhere = shell_location_new ();
  g_autoptr (ShellCompletion) wanted = NULL;
  g_autoptr (ShellCompletion) unwanted = NULL;
  g_autoptr (ShellCompletion) closed = NULL;
  ShellKnown closed_known = { .location = nowhere };

  g_clear_pointer (&fixture->known.links, g_ptr_array_unref);
  wanted = shell_completion_new (&fixture->known, "get s", 5);
  g_assert_true (wanted->wants_links);
  unwanted = shell_completion_new (&fixture->known, "help g", 6);
  g_assert_false (unwanted->wants_links);
  closed = shell_completion_new (&closed_known, "get s", 5);
  g_assert_false (closed->wants_links);
}

static void
test_files (Fixture      *fixture,
            gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *folder = g_dir_make_tmp ("gcoap-shell-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "my file", NULL);
  g_autofree char *hidden = g_build_filename (folder, ".hidden", NULL);
  g_autofree char *below = g_build_filename (folder, "sub", NULL);
  g_autofree char *line = g_strdup_printf ("put x @%s/m", folder);
  g_autofree char *found = g_strdup_printf ("@%s/my\\ file", folder);
  g_autofree char *found_spaced = g_strconcat (found, " ", NULL);
  g_autofree char *output_line = g_strdup_printf ("get x -o %s/s", folder);
  g_autofree char *output_found = g_strdup_printf ("%s/sub/", folder);
  g_autofree char *all_line = g_strdup_printf ("get x -o %s/", folder);
  g_autofree char *all_found = g_strdup_printf ("%s/my\\ file %s/sub/", folder, folder);
  g_autofree char *all_common = g_strdup_printf ("%s/", folder);

  g_assert_true (g_file_set_contents (file, "", 0, NULL));
  g_assert_true (g_file_set_contents (hidden, "", 0, NULL));
  g_assert_cmpint (g_mkdir (below, 0700), ==, 0);
  check (fixture, line, 6, found, found_spaced);
  check (fixture, output_line, 9, output_found, output_found);
  check (fixture, all_line, 9, all_found, all_common);
  check (fixture, "put x text", 6, "", "");

  g_unlink (file);
  g_unlink (hidden);
  g_rmdir (below);
  g_rmdir (folder);
}

/* Half a word, quotes that are open, and a point inside of the line. */
static void
test_words (void)
{
  static const struct { const char *line; gsize point, start; guint before; const char *prefix; } cases[] = {
    { "", 0, 0, 0, "" },
    { "get ", 4, 4, 1, "" },
    { "get x", 2, 0, 0, "ge" },
    { "put a 'b c", 10, 6, 2, "b c" },
    { "put a \"b\\\"c", 11, 6, 2, "b\"c" },
    { "put \"a\\b\" x\\ y", 14, 10, 2, "x y" },
    { "get x\\", 6, 4, 1, "x" },
    { "get x", 500, 4, 1, "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShellWords) words = shell_words_new (cases[i].line, cases[i].point);

      g_assert_cmpuint (words->start, ==, cases[i].start);
      g_assert_cmpuint (words->before->len, ==, cases[i].before);
      g_assert_cmpstr (words->prefix, ==, cases[i].prefix);
    }
}

static void
test_escape (void)
{
  const char *const words[] = { "plain", "two words", "it's", "\"q\"", "back\\slash", "#hash", "a#b", "tab\there" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *escaped = shell_words_escape (words[i]);
      g_auto (GStrv) argv = NULL;

      g_assert_true (g_shell_parse_argv (escaped, NULL, &argv, NULL));
      g_assert_cmpuint (g_strv_length (argv), ==, 1);
      g_assert_cmpstr (argv[0], ==, words[i]);
    }
}

static void
test_locations (void)
{
  static const struct { const char *from, *reference, *uri; } cases[] = {
    { "coap://h", NULL, "coap://h/" },
    { "coap://h/a/b/", NULL, "coap://h/a/b" },
    { "coap://h/a", "b", "coap://h/a/b" },
    { "coap://h/a", "b/", "coap://h/a/b/" },
    { "coap://h/a", "/b?c=d", "coap://h/b?c=d" },
    { "coap://h/a", "?c", "coap://h/a?c" },
    { "coap://h/a/b", "..", "coap://h/a" },
    { "coap://h/a/b", "../..", "coap://h/" },
    { "coap://h/a/b", "../../..", "coap://h/" },
    { "coap://h/a/b", ".", "coap://h/a/b" },
    { "coap://h/a/b", "../x", "coap://h/a/x" },
    { "coap://h/a", "b:c", "coap://h/a/b:c" },
    { "coap://h/a", "two words", "coap://h/a/two%20words" },
    { "h:5684/a", "ü", "coap://h:5684/a/%C3%BC" },
    { "coap://h/a", "coap://other/x", "coap://other/x" },
    { "[::1]", "x", "coap://[::1]/x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShellLocation) location = shell_location_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *uri = NULL;

      g_assert_true (shell_location_open (location, cases[i].from, &error));
      uri = shell_location_resolve (location, cases[i].reference, &error);
      g_assert_no_error (error);
      g_test_message ("%s + %s", cases[i].from, cases[i].reference);
      /* With and without its slash the root is the same (RFC 7252 §6.1). */
      if (g_strcmp0 (uri, "coap://h") == 0)
        g_assert_cmpstr (cases[i].uri, ==, "coap://h/");
      else
        g_assert_cmpstr (uri, ==, cases[i].uri);
    }
}

static void
test_location_errors (void)
{
  g_autoptr (ShellLocation) location = shell_location_new ();
  const char *const bad[] = { "http://h/", "coap://h/?q", "coap://", "coap://h:99999", "" };
  const char *const bad_paths[] = { "coap://other/x", "x?y", "%zz" };

  g_assert_null (shell_location_resolve (location, "x", NULL));
  g_assert_null (shell_location_dup_uri (location));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (shell_location_open (location, bad[i], &error));
      g_assert_nonnull (error);
    }
  g_assert_null (shell_location_get_origin (location));

  g_assert_true (shell_location_open (location, "coap://h/a", NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad_paths); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (shell_location_change (location, bad_paths[i], &error));
      g_assert_nonnull (error);
    }
  g_assert_cmpstr (shell_location_get_path (location), ==, "/a");
}

static void
test_listing (Fixture      *fixture,
              gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) root = shell_links_list (fixture->known.links, "coap://h", "/", FALSE);
  g_autoptr (GPtrArray) all = shell_links_list (fixture->known.links, "coap://h", "/", TRUE);
  g_autoptr (GPtrArray) sensors = shell_links_list (fixture->known.links, "coap://h", "/sensors", FALSE);
  g_autofree char *names = shell_links_lay_out (root, 0, FALSE);
  g_autofree char *columns = shell_links_lay_out (root, 24, FALSE);
  g_autofree char *table = shell_links_lay_out_long (sensors, FALSE);

  g_assert_cmpstr (names, ==, ".\nit's\nsensors/\nset%20up\nstate\ntime\n");
  g_assert_cmpstr (columns, ==, ".         set%20up\nit's      state\nsensors/  time\n");
  /* Also what is elsewhere. */
  g_assert_cmpuint (all->len, ==, 9);
  g_assert_cmpstr (table, ==,
                   "NAME   RT                    CT           OBS  TITLE\n"
                   ".                            link-format\n"
                   "light  lux\n"
                   "temp   temperature-c core.s  text json    yes  Outside\n");
}

/* Links come from servers nobody vouches for. */
static void
test_hostile_listing (void)
{
  g_autoptr (GPtrArray) links = gcoap_link_format_parse ("</a>;title*=UTF-8''%1b%5b2J%07%0a,</b>;rt=\"\xe2\x80\xae"
                                                         "x\",<>,<//other>,</x//y>,</?q>", -1, NULL);
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *table = NULL;

  g_assert_nonnull (links);
  entries = shell_links_list (links, "coap://h", "/", FALSE);
  table = shell_links_lay_out_long (entries, FALSE);
  g_assert_null (strpbrk (table, "\033\a"));
  g_assert_nonnull (strstr (table, "\\x1b[2J\\x07\\x0a\n"));
  g_assert_nonnull (strstr (table, "\\xe2\\x80\\xaex"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/shell-completion/commands", Fixture, NULL, set_up, test_commands, tear_down);
  g_test_add ("/shell-completion/options", Fixture, NULL, set_up, test_options, tear_down);
  g_test_add ("/shell-completion/paths", Fixture, NULL, set_up, test_paths, tear_down);
  g_test_add ("/shell-completion/unknown-links", Fixture, NULL, set_up, test_unknown_links, tear_down);
  g_test_add ("/shell-completion/files", Fixture, NULL, set_up, test_files, tear_down);
  g_test_add ("/shell-completion/listing", Fixture, NULL, set_up, test_listing, tear_down);
  g_test_add_func ("/shell-completion/words", test_words);
  g_test_add_func ("/shell-completion/escape", test_escape);
  g_test_add_func ("/shell-completion/locations", test_locations);
  g_test_add_func ("/shell-completion/location-errors", test_location_errors);
  g_test_add_func ("/shell-completion/hostile-listing", test_hostile_listing);
  return g_test_run ();
}
