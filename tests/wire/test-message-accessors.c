/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each kind of accessor that is made from the registry. */
#include "wire/gcoap-message-accessors-private.h"

#include "helpers/message-data.h"
#include "wire/gcoap-message-options.h"

static void
test_strings (void)
{
  static const char *const path[] = { "a", "", "c", NULL };
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_auto (GStrv) none = gcoap_message_get_uri_path (message);
  g_auto (GStrv) some = NULL;
  g_auto (GStrv) more = NULL;
  g_auto (GStrv) again = NULL;
  g_autofree char *too_long = g_strnfill (256, 'x');

  g_assert_nonnull (none);
  g_assert_cmpuint (g_strv_length (none), ==, 0);

  gcoap_message_set_uri_path (message, path);
  some = gcoap_message_get_uri_path (message);
  g_assert_cmpstrv (some, path);
  gcoap_message_add_uri_path (message, "d");
  more = gcoap_message_get_uri_path (message);
  g_assert_cmpuint (g_strv_length (more), ==, 4);
  g_assert_cmpstr (more[3], ==, "d");

  test_assert_critical ("*<= 255*", gcoap_message_add_uri_path (message, too_long));
  gcoap_message_set_uri_path (message, NULL);
  again = gcoap_message_get_uri_path (message);
  g_assert_cmpuint (g_strv_length (again), ==, 0);
}

/* A list with a value that is too long changes nothing. */
static void
test_strings_all_or_nothing (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *too_long = g_strnfill (256, 'x');
  const char *const path[] = { "a", too_long, NULL };

  gcoap_message_add_uri_path (message, "kept");
  test_assert_critical ("*max_length*", gcoap_message_set_uri_path (message, path));
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_URI_PATH), ==, 1);
}

static void
test_string (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *host = NULL;

  g_assert_null (gcoap_message_get_uri_host (message));
  gcoap_message_set_uri_host (message, "one.example");
  gcoap_message_set_uri_host (message, "two.example");
  host = gcoap_message_get_uri_host (message);
  g_assert_cmpstr (host, ==, "two.example");
  test_assert_critical ("*>= 1*", gcoap_message_set_uri_host (message, ""));
  gcoap_message_set_uri_host (message, NULL);
  g_assert_null (gcoap_message_get_uri_host (message));
}

static void
test_uint (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CONTENT);
  guint value = 1;

  g_assert_false (gcoap_message_get_content_format (message, &value));
  g_assert_cmpuint (value, ==, 0);
  gcoap_message_set_content_format (message, 65535);
  g_assert_true (gcoap_message_get_content_format (message, &value));
  g_assert_cmpuint (value, ==, 65535);
  g_assert_true (gcoap_message_get_content_format (message, NULL));
  test_assert_critical ("*<= 65535*", gcoap_message_set_content_format (message, 65536));

  gcoap_message_set_observe (message, 0xffffff);
  test_assert_critical ("*<= 16777215*", gcoap_message_set_observe (message, 0x1000000));
  gcoap_message_set_size1 (message, G_MAXUINT32);
  g_assert_true (gcoap_message_get_size1 (message, &value));
  g_assert_cmpuint (value, ==, G_MAXUINT32);
}

/* RFC 7252 §5.10.5, RFC 8768 §3, RFC 7967 §2 */
static void
test_uint_with_default (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CONTENT);

  g_assert_cmpuint (gcoap_message_get_max_age (message), ==, 60);
  g_assert_cmpuint (gcoap_message_get_hop_limit (message), ==, 16);
  g_assert_cmpuint (gcoap_message_get_no_response (message), ==, 0);
  g_assert_false (gcoap_message_has_max_age (message));
  gcoap_message_set_max_age (message, 0);
  g_assert_true (gcoap_message_has_max_age (message));
  g_assert_cmpuint (gcoap_message_get_max_age (message), ==, 0);

  /* One byte, never none. */
  test_assert_critical ("*>= 1*", gcoap_message_set_hop_limit (message, 0));
  test_assert_critical ("*<= 255*", gcoap_message_set_hop_limit (message, 256));
  gcoap_message_set_hop_limit (message, 255);
  g_assert_cmpuint (gcoap_message_get_hop_limit (message), ==, 255);
}

static void
test_empty (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PUT);

  g_assert_false (gcoap_message_get_if_none_match (message));
  gcoap_message_set_if_none_match (message, TRUE);
  gcoap_message_set_if_none_match (message, TRUE);
  g_assert_true (gcoap_message_get_if_none_match (message));
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 1);
  gcoap_message_set_if_none_match (message, FALSE);
  g_assert_false (gcoap_message_get_if_none_match (message));
}

static void
test_opaque (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GBytes) echo = g_bytes_new_static ("0123456789012345678901234567890123456789", 40);
  g_autoptr (GBytes) too_long = g_bytes_new_static ("01234567890123456789012345678901234567890", 41);
  g_autoptr (GBytes) value = NULL;

  g_assert_null (gcoap_message_get_echo (message));
  gcoap_message_set_echo (message, echo);
  value = gcoap_message_get_echo (message);
  g_assert_true (g_bytes_equal (value, echo));
  test_assert_critical ("*<= 40*", gcoap_message_set_echo (message, too_long));
  gcoap_message_set_echo (message, NULL);
  g_assert_null (gcoap_message_get_echo (message));
}

static void
test_opaques (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GBytes) one = g_bytes_new_static ("one", 3);
  g_autoptr (GBytes) two = g_bytes_new_static ("two", 3);
  g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr (GPtrArray) tags = NULL;
  g_autoptr (GPtrArray) tag = NULL;

  gcoap_message_add_etag (message, one);
  gcoap_message_add_etag (message, two);
  tags = gcoap_message_get_etag (message);
  g_assert_cmpuint (tags->len, ==, 2);
  g_assert_true (g_bytes_equal (tags->pdata[0], one));
  g_assert_true (g_bytes_equal (tags->pdata[1], two));
  gcoap_message_set_etag (message, two);
  tag = gcoap_message_get_etag (message);
  g_assert_cmpuint (tag->len, ==, 1);
  test_assert_critical ("*>= 1*", gcoap_message_add_etag (message, empty));

  /* RFC 7252 §5.10.8.1: an empty If-Match has a meaning. */
  gcoap_message_add_if_match (message, empty);
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_IF_MATCH), ==, 1);
}

static void
test_block (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (GcoapBlock) first = gcoap_block_new (0, FALSE, 0);
  g_autoptr (GcoapBlock) last = gcoap_block_new (GCOAP_BLOCK_MAX_NUMBER, TRUE, 6);
  g_autoptr (GcoapBlock) block = NULL;
  gsize length;

  g_assert_null (gcoap_message_get_block1 (message));
  gcoap_message_set_block1 (message, first);
  gcoap_message_peek_option (message, GCOAP_OPTION_BLOCK1, 0, &length);
  g_assert_cmpuint (length, ==, 0);
  gcoap_message_set_block1 (message, last);
  block = gcoap_message_get_block1 (message);
  g_assert_cmpuint (gcoap_block_to_uint (block), ==, gcoap_block_to_uint (last));

  /* RFC 7959 §2.2: four bytes are none. */
  gcoap_message_set_option (message, GCOAP_OPTION_BLOCK1, (const guint8 *) "\0\0\0\6", 4);
  g_assert_null (gcoap_message_get_block1 (message));
  gcoap_message_set_block1 (message, NULL);
  g_assert_false (gcoap_message_has_option (message, GCOAP_OPTION_BLOCK1));
}

static void
test_blocks (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapBlock) a = gcoap_block_new (3, FALSE, 6);
  g_autoptr (GcoapBlock) b = gcoap_block_new (300, TRUE, 6);
  g_autoptr (GPtrArray) blocks = NULL;

  gcoap_message_add_q_block2 (message, a);
  gcoap_message_add_q_block2 (message, b);
  gcoap_message_add_option (message, GCOAP_OPTION_Q_BLOCK2, (const guint8 *) "\1\1\1\1", 4);
  blocks = gcoap_message_get_q_block2 (message);
  g_assert_cmpuint (blocks->len, ==, 2);
  g_assert_cmpuint (gcoap_block_get_number (blocks->pdata[0]), ==, 3);
  g_assert_cmpuint (gcoap_block_get_number (blocks->pdata[1]), ==, 300);
  gcoap_message_set_q_block2 (message, b);
  g_assert_cmpuint (gcoap_message_count_option (message, GCOAP_OPTION_Q_BLOCK2), ==, 1);
}

static void
test_locked (void)
{
  static const char *const path[] = { "b", NULL };
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);

  gcoap_message_add_uri_path (message, "a");
  gcoap_message_lock (message);
  test_assert_critical ("*is_locked*", gcoap_message_set_uri_path (message, path));
  test_assert_critical ("*is_locked*", gcoap_message_set_accept (message, 1));
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-accessors/strings", test_strings);
  g_test_add_func ("/message-accessors/strings-all-or-nothing", test_strings_all_or_nothing);
  g_test_add_func ("/message-accessors/string", test_string);
  g_test_add_func ("/message-accessors/uint", test_uint);
  g_test_add_func ("/message-accessors/uint-with-default", test_uint_with_default);
  g_test_add_func ("/message-accessors/empty", test_empty);
  g_test_add_func ("/message-accessors/opaque", test_opaque);
  g_test_add_func ("/message-accessors/opaques", test_opaques);
  g_test_add_func ("/message-accessors/block", test_block);
  g_test_add_func ("/message-accessors/blocks", test_blocks);
  g_test_add_func ("/message-accessors/locked", test_locked);

  return g_test_run ();
}
