/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-http-head-private.h"

#include <string.h>

#include "base/gcoap-error.h"

static gsize
find_end (const char  *text,
          GError     **error)
{
  gsize size = 0;
  gboolean is_fine = gcoap_http_head_find_end ((const guint8 *) text, strlen (text), &size, error);

  g_assert_true (is_fine == (*error == NULL));
  return size;
}

static void
test_end (void)
{
  static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  g_autofree char *followed = g_strconcat (head, "\x01\x02\n", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (find_end (head, &error), ==, strlen (head));
  /* What follows is not looked at. */
  g_assert_cmpuint (find_end (followed, &error), ==, strlen (head));
  for (gsize i = 0; i < strlen (head); i++)
    {
      gsize size;

      g_assert_true (gcoap_http_head_find_end ((const guint8 *) head, i, &size, &error));
      g_assert_cmpuint (size, ==, 0);
    }
}

static void
test_bad_bytes (void)
{
  static const char *const texts[] = {
    "GET / HTTP/1.1\n", "\n", "GET /\rHTTP/1.1\r\n", "GET \x01", "GET / HTTP/1.1\r\na: \x7f\r\n", "\r\r",
  };
  gsize size;
  g_autoptr (GError) nul = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      find_end (texts[i], &error);
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_nonnull (strstr (error->message, "RFC 91"));
    }
  g_assert_false (gcoap_http_head_find_end ((const guint8 *) "G\0", 2, &size, &nul));
  g_assert_error (nul, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

static gboolean
parse (GcoapHttpHead  *head,
       const char     *text,
       GError        **error)
{
  g_autoptr (GError) none = NULL;

  g_assert_cmpuint (find_end (text, &none), ==, strlen (text));
  return gcoap_http_head_parse (head, (const guint8 *) text, strlen (text), error);
}

static void
test_fields (void)
{
  GcoapHttpHead head;
  GcoapHttpText value;
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (&head,
                        "GET / HTTP/1.1\r\nHost:a\r\nList:\t one ,Two\t\r\nempty:\r\nlist: three\r\n\r\n", &error));
  g_assert_true (gcoap_http_text_equal (head.start, "GET / HTTP/1.1", TRUE));
  g_assert_cmpuint (head.n_fields, ==, 4);
  g_assert_cmpuint (gcoap_http_head_find (&head, "HOST", &value), ==, 1);
  g_assert_true (gcoap_http_text_equal (value, "a", TRUE));
  g_assert_cmpuint (gcoap_http_head_find (&head, "list", &value), ==, 2);
  g_assert_true (gcoap_http_text_equal (value, "one ,Two", TRUE));
  g_assert_false (gcoap_http_text_equal (value, "one ,two", TRUE));
  g_assert_true (gcoap_http_text_equal (value, "one ,two", FALSE));
  g_assert_cmpuint (gcoap_http_head_find (&head, "Empty", &value), ==, 1);
  g_assert_cmpuint (value.length, ==, 0);
  g_assert_cmpuint (gcoap_http_head_find (&head, "Hos", &value), ==, 0);
  g_assert_true (gcoap_http_head_lists (&head, "list", "two", FALSE));
  g_assert_false (gcoap_http_head_lists (&head, "list", "two", TRUE));
  g_assert_true (gcoap_http_head_lists (&head, "list", "three", TRUE));
  g_assert_false (gcoap_http_head_lists (&head, "list", "one ,Two", TRUE));
  g_assert_false (gcoap_http_head_lists (&head, "none", "one", TRUE));
}

static void
test_bad_fields (void)
{
  static const char *const texts[] = {
    "X\r\nHost : a\r\n\r\n", "X\r\n: a\r\n\r\n", "X\r\nHost\r\n\r\n", "X\r\nHost: a\r\n folded\r\n\r\n",
    "X\r\nH\xc3\xb6st: a\r\n\r\n", "X\r\n(a): a\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GcoapHttpHead head;
      g_autoptr (GError) error = NULL;

      g_assert_false (parse (&head, texts[i], &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
    }
}

static void
test_too_many (void)
{
  g_autoptr (GString) text = g_string_new ("X\r\n");
  g_autoptr (GError) error = NULL;
  GcoapHttpHead head;

  for (guint i = 0; i < GCOAP_HTTP_MAX_FIELDS; i++)
    g_string_append (text, "a: b\r\n");
  g_string_append (text, "\r\n");
  g_assert_true (parse (&head, text->str, &error));
  g_string_insert (text, 3, "a: b\r\n");
  g_assert_false (parse (&head, text->str, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-head/end", test_end);
  g_test_add_func ("/http-head/bad-bytes", test_bad_bytes);
  g_test_add_func ("/http-head/fields", test_fields);
  g_test_add_func ("/http-head/bad-fields", test_bad_fields);
  g_test_add_func ("/http-head/too-many", test_too_many);
  return g_test_run ();
}
