/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lookup finds exactly the registered options, and registration refuses conflicts. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "base/gcoap-option-definition-private.h"

static void
test_lookup (void)
{
  g_autoptr (GEnumClass) numbers = g_type_class_ref (GCOAP_TYPE_OPTION_NUMBER);
  guint n_found = 0;

  for (guint number = 0; number <= 70000; number++)
    {
      const GcoapOptionDefinition *definition = gcoap_option_definition_lookup (number);
      GEnumValue *value = g_enum_get_value (numbers, (int) number);

      g_assert_cmpint (definition != NULL, ==, value != NULL);
      if (definition == NULL)
        continue;
      n_found++;
      g_assert_cmpuint (definition->number, ==, number);
      g_assert_cmpstr (definition->nick, ==, value->value_nick);
      g_assert_true (gcoap_option_definition_find (definition->name) == definition);
      g_assert_cmpuint (definition->min_length, <=, definition->max_length);
    }
  g_assert_cmpuint (n_found, ==, numbers->n_values);
}

static void
test_lengths (void)
{
  const GcoapOptionDefinition *definition = gcoap_option_definition_lookup (GCOAP_OPTION_PROXY_URI);

  g_assert_cmpuint (definition->min_length, ==, 1);
  g_assert_cmpuint (definition->max_length, ==, 1034);
  definition = gcoap_option_definition_lookup (GCOAP_OPTION_HOP_LIMIT);
  g_assert_cmpuint (definition->min_length, ==, 1);
  g_assert_cmpuint (definition->max_length, ==, 1);
}

static void
test_signaling (void)
{
  const GcoapOptionDefinition *definition;

  definition = gcoap_option_definition_lookup_signaling (GCOAP_CODE_CSM, GCOAP_CSM_OPTION_MAX_MESSAGE_SIZE);
  g_assert_cmpstr (definition->name, ==, "Max-Message-Size");
  g_assert_cmpint (definition->format, ==, GCOAP_OPTION_FORMAT_UINT);
  definition = gcoap_option_definition_lookup_signaling (GCOAP_CODE_RELEASE, 2);
  g_assert_cmpstr (definition->name, ==, "Alternative-Address");
  definition = gcoap_option_definition_lookup_signaling (GCOAP_CODE_ABORT, 2);
  g_assert_cmpstr (definition->name, ==, "Bad-CSM-Option");
  g_assert_null (gcoap_option_definition_lookup_signaling (GCOAP_CODE_PING, 4));
  g_assert_null (gcoap_option_definition_lookup_signaling (GCOAP_CODE_GET, 2));
}

static gboolean
try_register (guint             number,
              const char       *name,
              GcoapOptionFormat format,
              guint             min_length,
              guint             max_length,
              GError          **error)
{
  GcoapOptionDefinition definition = {
    .number = number,
    .name = name,
    .format = format,
    .min_length = min_length,
    .max_length = max_length,
  };

  return gcoap_option_definition_register (&definition, error);
}

static void
test_refused (void)
{
  static const struct
  {
    guint number;
    const char *name;
    GcoapOptionFormat format;
    guint min_length;
    guint max_length;
  } refused[] = {
    { 65536, "Too-Large", GCOAP_OPTION_FORMAT_OPAQUE, 0, 8 },
    { 0, "Reserved", GCOAP_OPTION_FORMAT_OPAQUE, 0, 8 },
    { 140, "Reserved", GCOAP_OPTION_FORMAT_OPAQUE, 0, 8 },
    { 11, "Mine", GCOAP_OPTION_FORMAT_STRING, 0, 255 },
    { 65100, "uri-path", GCOAP_OPTION_FORMAT_STRING, 0, 255 },
    { 65100, "", GCOAP_OPTION_FORMAT_STRING, 0, 255 },
    { 65100, "1st", GCOAP_OPTION_FORMAT_STRING, 0, 255 },
    { 65100, "Two Words", GCOAP_OPTION_FORMAT_STRING, 0, 255 },
    { 65100, "Newline\n", GCOAP_OPTION_FORMAT_STRING, 0, 255 },
    { 65100, "Inverted", GCOAP_OPTION_FORMAT_OPAQUE, 2, 1 },
    { 65100, "Long", GCOAP_OPTION_FORMAT_OPAQUE, 0, GCOAP_OPTION_LENGTH_MAX + 1 },
    { 65100, "Number", GCOAP_OPTION_FORMAT_UINT, 0, 5 },
    { 65100, "Empty", GCOAP_OPTION_FORMAT_EMPTY, 0, 1 },
    { 65100, "Unformatted", (GcoapOptionFormat) 9, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (try_register (refused[i].number, refused[i].name, refused[i].format,
                                    refused[i].min_length, refused[i].max_length, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strchr (error->message, '\n'));
    }
  g_assert_null (gcoap_option_definition_lookup (65100));
}

static void
test_registered_again (void)
{
  g_autofree char *name = g_strdup ("Example");
  g_autoptr (GError) error = NULL;
  const GcoapOptionDefinition *definition;

  g_assert_true (try_register (65101, name, GCOAP_OPTION_FORMAT_OPAQUE, 0, GCOAP_OPTION_LENGTH_MAX, &error));
  g_assert_no_error (error);
  definition = gcoap_option_definition_lookup (65101);
  g_assert_true (definition->name != name);
  g_assert_true (try_register (65101, name, GCOAP_OPTION_FORMAT_OPAQUE, 0, GCOAP_OPTION_LENGTH_MAX, &error));
  g_assert_no_error (error);
  g_assert_true (gcoap_option_definition_lookup (65101) == definition);

  g_assert_false (try_register (65101, name, GCOAP_OPTION_FORMAT_OPAQUE, 0, 8, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (try_register (65102, "EXAMPLE", GCOAP_OPTION_FORMAT_OPAQUE, 0, 8, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

static gpointer
register_many (gpointer data)
{
  for (guint number = 65200; number < 65264; number++)
    {
      g_autofree char *name = g_strdup_printf ("Thread-%u", number);
      g_autoptr (GError) error = NULL;

      g_assert_true (try_register (number, name, GCOAP_OPTION_FORMAT_OPAQUE, 0, 8, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (gcoap_option_definition_lookup (number)->name, ==, name);
    }

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("register", register_many, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_nonnull (gcoap_option_definition_find ("thread-65263"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/option-definition/lookup", test_lookup);
  g_test_add_func ("/option-definition/lengths", test_lengths);
  g_test_add_func ("/option-definition/signaling", test_signaling);
  g_test_add_func ("/option-definition/refused", test_refused);
  g_test_add_func ("/option-definition/registered-again", test_registered_again);
  g_test_add_func ("/option-definition/threads", test_threads);
  return g_test_run ();
}
