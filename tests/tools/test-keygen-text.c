/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text for secrets: what is appended, and growth over several pages. */
#include <sodium.h>
#include <string.h>

#include "gcoap-keygen/keygen-text.h"

static void
test_append (void)
{
  const guint8 bytes[] = { 0x00, 0x9f, 0xff };
  g_autoptr (KeygenText) text = keygen_text_new ();

  g_assert_cmpstr (keygen_text_peek (text), ==, "");
  keygen_text_append (text, "abc", 2);
  keygen_text_append_all (text, "1", "", "2", NULL);
  keygen_text_append_json (text, "\"\n");
  keygen_text_append_hex (text, bytes, sizeof bytes);
  keygen_text_append_hex (text, NULL, 0);
  g_assert_cmpstr (keygen_text_peek (text), ==, "ab12\"\\\"\\n\"009fff");
  g_assert_cmpuint (keygen_text_get_length (text), ==, strlen (keygen_text_peek (text)));
}

static void
test_growth (void)
{
  g_autoptr (KeygenText) text = keygen_text_new ();
  g_autofree char *long_text = g_strnfill (20000, 'x');

  /* Just below, at and above the size of what there is at first. */
  keygen_text_append (text, long_text, 4095);
  keygen_text_append (text, "y", 1);
  keygen_text_append (text, "z", 1);
  keygen_text_append (text, long_text, -1);
  g_assert_cmpuint (keygen_text_get_length (text), ==, 24097);
  g_assert_cmpuint (strlen (keygen_text_peek (text)), ==, 24097);
  g_assert_true (strncmp (keygen_text_peek (text) + 4094, "xyzx", 4) == 0);
  memset (keygen_text_reserve (text, 5000), 'a', 5000);
  keygen_text_grow (text, 5000);
  g_assert_cmpuint (strlen (keygen_text_peek (text)), ==, 29097);
}

int
main (int    argc,
      char **argv)
{
  g_assert_cmpint (sodium_init (), >=, 0);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/keygen-text/append", test_append);
  g_test_add_func ("/keygen-text/growth", test_growth);
  return g_test_run ();
}
