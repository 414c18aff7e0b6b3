/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-cache-key.h"

static GcoapMessage *
new_request (GcoapCode code)
{
  GcoapMessage *request = gcoap_message_new (code);

  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "a");
  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "b");
  gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, 50);

  return request;
}

static gboolean
is_same (GcoapMessage *a,
         GcoapMessage *b)
{
  g_autoptr (GBytes) key_a = gcoap_message_get_cache_key (a, NULL, 0);
  g_autoptr (GBytes) key_b = gcoap_message_get_cache_key (b, NULL, 0);

  return g_bytes_equal (key_a, key_b);
}

static void
test_parts (void)
{
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) same = new_request (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) fetch = new_request (GCOAP_CODE_FETCH);
  g_autoptr (GcoapMessage) joined = gcoap_message_new (GCOAP_CODE_GET);

  g_assert_true (is_same (request, same));
  g_assert_false (is_same (request, fetch));

  /* Where one value ends and the next begins is part of it. */
  gcoap_message_add_option_string (joined, GCOAP_OPTION_URI_PATH, "ab");
  gcoap_message_set_option_uint (joined, GCOAP_OPTION_ACCEPT, 50);
  g_assert_false (is_same (request, joined));

  gcoap_message_set_option_uint (same, GCOAP_OPTION_ACCEPT, 60);
  g_assert_false (is_same (request, same));
}

/* RFC 7252 §5.4.6: Size1 (60) is NoCacheKey by its number; RFC 7641 §2: so is Observe. */
static void
test_left_out (void)
{
  static const guint16 ignore[] = { GCOAP_OPTION_ETAG };
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) other = new_request (GCOAP_CODE_GET);
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) other_key = NULL;

  gcoap_message_set_option_uint (other, GCOAP_OPTION_OBSERVE, 0);
  gcoap_message_set_option_uint (other, GCOAP_OPTION_SIZE1, 1000);
  gcoap_message_set_option (other, GCOAP_OPTION_ECHO, (const guint8 *) "x", 1);
  g_assert_true (is_same (request, other));

  /* RFC 7252 §5.4.3: too long, so ignored. */
  gcoap_message_set_option (request, GCOAP_OPTION_CONTENT_FORMAT, (const guint8 *) "abc", 3);
  g_assert_true (is_same (request, other));

  gcoap_message_set_option (other, GCOAP_OPTION_ETAG, (const guint8 *) "tag", 3);
  g_assert_false (is_same (request, other));
  key = gcoap_message_get_cache_key (request, ignore, G_N_ELEMENTS (ignore));
  other_key = gcoap_message_get_cache_key (other, ignore, G_N_ELEMENTS (ignore));
  g_assert_true (g_bytes_equal (key, other_key));
}

/* RFC 8132 §2: the body of a FETCH request is part of the cache key. */
static void
test_fetch (void)
{
  g_autoptr (GcoapMessage) a = new_request (GCOAP_CODE_FETCH);
  g_autoptr (GcoapMessage) b = new_request (GCOAP_CODE_FETCH);

  gcoap_message_set_payload_data (a, (const guint8 *) "one", 3);
  g_assert_false (is_same (a, b));
  gcoap_message_set_payload_data (b, (const guint8 *) "one", 3);
  g_assert_true (is_same (a, b));
  gcoap_message_set_payload_data (b, (const guint8 *) "two", 3);
  g_assert_false (is_same (a, b));

  gcoap_message_set_code (a, GCOAP_CODE_GET);
  gcoap_message_set_code (b, GCOAP_CODE_GET);
  g_assert_true (is_same (a, b));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cache-key/parts", test_parts);
  g_test_add_func ("/cache-key/left-out", test_left_out);
  g_test_add_func ("/cache-key/fetch", test_fetch);

  return g_test_run ();
}
