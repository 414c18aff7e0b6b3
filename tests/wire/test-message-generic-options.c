/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-message.h"

#include "base/gcoap-error.h"
#include "helpers/message-data.h"
#include "wire/gcoap-options-private.h"

static void
add (GcoapMessage *message,
     guint         number,
     const char   *value)
{
  gcoap_message_add_option_string (message, number, value);
}

static void
test_order (void)
{
  static const guint expected[] = { 1, 8, 11, 11, 11, 60, 64, 65535 };
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *second = NULL;
  guint number;

  add (message, 11, "a");
  add (message, 65535, "z");
  add (message, 64, "x");
  add (message, 1, "i");
  add (message, 11, "b");
  add (message, 8, "l");
  add (message, 60, "s");
  add (message, 11, "c");

  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_cmpuint (gcoap_message_get_option_number_at (message, i), ==, expected[i]);
      g_assert_true (gcoap_message_peek_option_at (message, i, &number, NULL, NULL));
      g_assert_cmpuint (number, ==, expected[i]);
    }
  g_assert_false (gcoap_message_peek_option_at (message, G_N_ELEMENTS (expected), &number, NULL, NULL));

  second = gcoap_message_get_option_string (message, 11, 1);
  g_assert_cmpstr (second, ==, "b");
  g_assert_null (gcoap_message_get_option_string (message, 11, 3));
  g_assert_cmpuint (gcoap_message_count_option (message, 11), ==, 3);
  g_assert_cmpuint (gcoap_message_count_option (message, 12), ==, 0);
}

/* The last bit of the presence map stands for all numbers from 63 on. */
static void
test_has (void)
{
  static const guint numbers[] = { 0, 1, 62, 63, 64, 252, 65535 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);

      gcoap_message_set_option (message, numbers[i], (const guint8 *) "x", 1);
      for (guint k = 0; k < G_N_ELEMENTS (numbers); k++)
        {
          g_autoptr (GBytes) value = gcoap_message_get_option (message, numbers[k], 0);

          g_assert_cmpint (gcoap_message_has_option (message, numbers[k]), ==, i == k);
          g_assert_cmpint (value != NULL, ==, i == k);
        }
    }
}

static void
test_replace_and_remove (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  const guint8 *data;
  gsize length;

  add (message, 11, "a");
  add (message, 11, "b");
  add (message, 15, "q");
  gcoap_message_set_option_string (message, 11, "only");
  g_assert_cmpuint (gcoap_message_count_option (message, 11), ==, 1);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 2);

  /* A value that is in the message already. */
  data = gcoap_message_peek_option (message, 11, 0, &length);
  gcoap_message_set_option (message, 11, data + 1, 2);
  data = gcoap_message_peek_option (message, 11, 0, &length);
  g_assert_cmpmem (data, length, "nl", 2);

  gcoap_message_remove_option (message, 4);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 2);
  gcoap_message_remove_option (message, 11);
  g_assert_false (gcoap_message_has_option (message, 11));
  g_assert_true (gcoap_message_has_option (message, 15));
  gcoap_message_set_option_empty (message, 5);
  g_assert_nonnull (gcoap_message_peek_option (message, 5, 0, &length));
  g_assert_cmpuint (length, ==, 0);
}

/* The room in the allocation runs out several times over. */
static void
test_many_replacements (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);

  add (message, 11, "stays");
  for (guint i = 0; i < 5000; i++)
    {
      const guint8 *data;
      gsize length;
      guint value;

      gcoap_message_set_option_uint (message, 60, i);
      gcoap_message_get_option_uint (message, 60, &value);
      g_assert_cmpuint (value, ==, i);
      data = gcoap_message_peek_option (message, 11, 0, &length);
      g_assert_cmpmem (data, length, "stays", 5);
    }
}

static void
test_uint (void)
{
  static const struct
  {
    guint value;
    const char *hex;
  } rows[] = {
    { 0, "" }, { 1, "01" }, { 255, "ff" }, { 256, "0100" }, { 65535, "ffff" },
    { 65536, "010000" }, { 0x01020304, "01020304" }, { G_MAXUINT32, "ffffffff" },
  };
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  guint value = 1;

  g_assert_false (gcoap_message_get_option_uint (message, 60, &value));
  g_assert_cmpuint (value, ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length;
      const guint8 *data;

      gcoap_message_set_option_uint (message, 60, rows[i].value);
      data = gcoap_message_peek_option (message, 60, 0, &length);
      test_assert_bytes (data, length, rows[i].hex);
      g_assert_true (gcoap_message_get_option_uint (message, 60, &value));
      g_assert_cmpuint (value, ==, rows[i].value);
    }

  /* RFC 7252 §3.2: leading zeros are to be understood. */
  gcoap_message_set_option (message, 60, (const guint8 *) "\0\0\0\7", 4);
  g_assert_true (gcoap_message_get_option_uint (message, 60, &value));
  g_assert_cmpuint (value, ==, 7);
  /* An unknown option may be longer than any integer. */
  gcoap_message_set_option (message, 65000, (const guint8 *) "\0\0\0\0\7", 5);
  g_assert_false (gcoap_message_get_option_uint (message, 65000, &value));
}

static void
test_text_is_safe (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *text = NULL;
  g_autofree char *with_nul = NULL;

  gcoap_message_add_option (message, 11, (const guint8 *) "a\xff", 2);
  gcoap_message_add_option (message, 11, (const guint8 *) "admin\0x", 7);
  text = gcoap_message_get_option_string (message, 11, 0);
  g_assert_cmpstr (text, ==, "a\xef\xbf\xbd");
  /* Never "admin". */
  with_nul = gcoap_message_get_option_string (message, 11, 1);
  g_assert_cmpstr (with_nul, ==, "admin\xef\xbf\xbdx");
}

/* RFC 7252 §5.4.1, §5.4.3, §5.4.5: as if absent, but still to be forwarded. */
static void
test_ignored (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CONTENT);
  guint value;

  /* Content-Format (12) has 0 to 2 bytes and is not repeatable. */
  gcoap_message_add_option (message, 12, (const guint8 *) "abc", 3);
  g_assert_false (gcoap_message_has_option (message, 12));
  g_assert_false (gcoap_message_get_option_uint (message, 12, &value));
  g_assert_cmpuint (gcoap_message_count_option (message, 12), ==, 0);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 1);
  g_assert_cmpuint (gcoap_message_get_option_number_at (message, 0), ==, 12);
  g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==, 0);

  gcoap_message_remove_option (message, 12);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 0);

  gcoap_message_add_option (message, 12, (const guint8 *) "\x28", 1);
  gcoap_message_add_option (message, 12, (const guint8 *) "\x32", 1);
  g_assert_cmpuint (gcoap_message_count_option (message, 12), ==, 1);
  g_assert_true (gcoap_message_get_option_uint (message, 12, &value));
  g_assert_cmpuint (value, ==, 40);
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 2);

  /* ETag may be repeated. */
  add (message, 4, "one");
  add (message, 4, "two");
  g_assert_cmpuint (gcoap_message_count_option (message, 4), ==, 2);
}

static void
test_bad_critical (void)
{
  static const struct
  {
    guint number;
    const char *first, *second;
    guint bad;
  } rows[] = {
    { 11, "a", "b", 0 },            /* Uri-Path may be repeated */
    { 3, "host", NULL, 0 },
    { 3, "", NULL, 3 },             /* Uri-Host has at least one byte */
    { 3, "host", "host", 3 },       /* and is there once */
    { 17, "abc", NULL, 17 },        /* Accept has at most two bytes */
    { 5, "x", NULL, 5 },            /* If-None-Match is empty */
    { 9999, "x", NULL, 9999 },      /* unknown */
    { 9998, "x", "y", 0 },          /* unknown but elective */
    { 4, "", "123456789", 0 },      /* elective */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);

      add (message, rows[i].number, rows[i].first);
      if (rows[i].second != NULL)
        add (message, rows[i].number, rows[i].second);
      g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==, rows[i].bad);
      /* Critical ones stay visible, so that nobody overlooks them. */
      if (rows[i].bad != 0)
        g_assert_true (gcoap_message_has_option (message, rows[i].bad));

      gcoap_message_remove_option (message, rows[i].number);
      g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==, 0);
    }
}

static void
test_validate (void)
{
  static const struct
  {
    guint number;
    const char *value;
    guint times;
    const char *message;
  } rows[] = {
    { 11, "a", 2, NULL },
    { 11, "", 1, NULL },
    { 65001, "anything", 3, NULL },
    { 3, "", 1, "The option Uri-Host has 0 bytes, but may have 1 to 255 (RFC 7252 §5.4.3)." },
    { 12, "abc", 1, "The option Content-Format has 3 bytes, but may have 0 to 2 (RFC 7252 §5.4.3)." },
    { 17, "a", 2, "The option Accept is there more than once (RFC 7252 §5.4.5)." },
    { 15, "\xc3", 1, "The option Uri-Query is not text in UTF-8 (RFC 7252 §3.2)." },
    { 4, "\xc3", 1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GError) error = NULL;
      gboolean valid;

      for (guint k = 0; k < rows[i].times; k++)
        add (message, rows[i].number, rows[i].value);
      valid = gcoap_message_validate (message, &error);

      g_assert_cmpint (valid, ==, rows[i].message == NULL);
      if (rows[i].message == NULL)
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION);
      g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_limits (void)
{
  g_autoptr (GcoapMessage) many = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) large = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree guint8 *value = g_malloc0 (GCOAP_OPTIONS_MAX_SIZE);

  for (guint i = 0; i < GCOAP_OPTIONS_MAX_COUNT; i++)
    add (many, 11, "x");
  g_assert_cmpuint (gcoap_message_count_option (many, 11), ==, GCOAP_OPTIONS_MAX_COUNT);
  test_assert_critical ("*GCOAP_OPTIONS_MAX_COUNT*", add (many, 11, "x"));

  test_assert_critical ("*GCOAP_OPTION_LENGTH_MAX*",
                        gcoap_message_add_option (large, 65000, value, GCOAP_OPTION_LENGTH_MAX + 1));
  for (gsize left = GCOAP_OPTIONS_MAX_SIZE; left > 0; left -= MIN (left, GCOAP_OPTION_LENGTH_MAX))
    gcoap_message_add_option (large, 65000, value, MIN (left, GCOAP_OPTION_LENGTH_MAX));
  g_assert_cmpuint (gcoap_message_count_option (large, 65000), ==, 4);
  test_assert_critical ("*GCOAP_OPTIONS_MAX_SIZE*", gcoap_message_add_option (large, 65000, value, 1));
  g_assert_cmpuint (gcoap_message_count_option (large, 65000), ==, 4);

  test_assert_critical ("*G_MAXUINT16*", add (large, 65536, "x"));
  test_assert_critical ("*data != NULL*", gcoap_message_add_option (large, 1, NULL, 1));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-generic-options/order", test_order);
  g_test_add_func ("/message-generic-options/has", test_has);
  g_test_add_func ("/message-generic-options/replace-and-remove", test_replace_and_remove);
  g_test_add_func ("/message-generic-options/many-replacements", test_many_replacements);
  g_test_add_func ("/message-generic-options/uint", test_uint);
  g_test_add_func ("/message-generic-options/text-is-safe", test_text_is_safe);
  g_test_add_func ("/message-generic-options/ignored", test_ignored);
  g_test_add_func ("/message-generic-options/bad-critical", test_bad_critical);
  g_test_add_func ("/message-generic-options/validate", test_validate);
  g_test_add_func ("/message-generic-options/limits", test_limits);

  return g_test_run ();
}
