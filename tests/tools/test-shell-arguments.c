/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Command lines of the shell: what they mean, and what is wrong with them. */
#include <string.h>

#include "gcoap-client/shell-arguments.h"

static void
test_words_and_options (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShellArguments) arguments = NULL;
  g_auto (GStrv) options = NULL;

  arguments = shell_arguments_parse ("  PUT -a json 'a b' --content-format=text --option ETag=0x01 \"it's\" "
                                     "--option Uri-Query=x -oout --non # comment", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (arguments->command->name, ==, "put");
  g_assert_cmpuint (arguments->n_words, ==, 2);
  g_assert_cmpstr (shell_arguments_get_word (arguments, 0), ==, "a b");
  g_assert_cmpstr (shell_arguments_get_word (arguments, 1), ==, "it's");
  g_assert_null (shell_arguments_get_word (arguments, 2));
  g_assert_cmpstr (shell_arguments_get (arguments, "accept"), ==, "json");
  g_assert_cmpstr (shell_arguments_get (arguments, "content-format"), ==, "text");
  g_assert_cmpstr (shell_arguments_get (arguments, "output"), ==, "out");
  g_assert_true (shell_arguments_has (arguments, "non"));
  g_assert_false (shell_arguments_has (arguments, "raw-payload"));
  options = shell_arguments_dup_all (arguments, "option");
  g_assert_cmpuint (g_strv_length (options), ==, 2);
  g_assert_cmpstr (options[1], ==, "Uri-Query=x");
}

static void
test_letters_together (void)
{
  g_autoptr (ShellArguments) arguments = shell_arguments_parse ("ls -lR /x", NULL);

  g_assert_nonnull (arguments);
  g_assert_true (shell_arguments_has (arguments, "long"));
  g_assert_true (shell_arguments_has (arguments, "recursive"));
  g_assert_false (shell_arguments_has (arguments, "update"));
  g_assert_cmpstr (shell_arguments_get_word (arguments, 0), ==, "/x");
}

static void
test_payloads_with_dash (void)
{
  const char *const lines[][2] = {
    { "put t -5", "-5" }, { "put t -.5", "-.5" }, { "put t -- -x", "-x" }, { "put -- t --", "--" }, { "put t -", "-" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ShellArguments) arguments = shell_arguments_parse (lines[i][0], &error);

      g_assert_no_error (error);
      g_assert_cmpstr (shell_arguments_get_word (arguments, 0), ==, "t");
      g_assert_cmpstr (shell_arguments_get_word (arguments, 1), ==, lines[i][1]);
    }
}

static void
test_nothing (void)
{
  const char *const lines[] = { "", "   ", "# a comment", "\t# another" };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (shell_arguments_parse (lines[i], &error));
      g_assert_no_error (error);
    }
}

static void
test_errors (void)
{
  const char *const lines[][2] = {
    { "gte x", "did you mean “get”" },
    { "observ", "did you mean “observ" },
    { "DELET x", "did you mean “delete”" },
    { "qwertz", "“help” lists them" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "“help” lists them" },
    { "get 'x", "quote is open" },
    { "put", "missing: put PATH" },
    { "put a b c", "“c” is too much" },
    { "put a b c", "needs quotes" },
    { "get a b", "“b” is too much" },
    { "pwd x", "“x” is too much" },
    { "get -x", "no option “-x”" },
    { "get --payload x", "no option --payload" },
    { "get --non=1 x", "takes no value" },
    { "get x --accept", "needs a value" },
    { "get x -a", "needs a value" },
    { "get \xff", "not UTF-8" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (shell_arguments_parse (lines[i][0], &error));
      g_assert_nonnull (error);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, lines[i][1]));
    }
}

static void
test_help (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *all = shell_commands_dup_help (NULL, &error);

  g_assert_no_error (error);
  for (const ShellCommand *c = shell_commands_get_all (); c->name != NULL; c++)
    {
      g_autofree char *one = shell_commands_dup_help (c->name, &error);

      g_assert_no_error (error);
      g_assert_nonnull (strstr (all, c->name));
      g_assert_true (g_str_has_prefix (one, c->name));
      for (const ShellOption *o = c->options; o != NULL && o->name != NULL; o++)
        g_assert_nonnull (strstr (one, o->name));
    }
  g_assert_null (shell_commands_dup_help ("nothing", &error));
  g_assert_nonnull (error);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shell-arguments/words-and-options", test_words_and_options);
  g_test_add_func ("/shell-arguments/letters-together", test_letters_together);
  g_test_add_func ("/shell-arguments/payloads-with-dash", test_payloads_with_dash);
  g_test_add_func ("/shell-arguments/nothing", test_nothing);
  g_test_add_func ("/shell-arguments/errors", test_errors);
  g_test_add_func ("/shell-arguments/help", test_help);
  return g_test_run ();
}
