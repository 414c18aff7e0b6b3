/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arena of secrets: reuse, wiping and its ceiling. */
#include "credentials/gcoap-secret-private.h"

#include <string.h>

#include "base/gcoap-error.h"

static void
test_wipe (void)
{
  g_autoptr (GcoapSecret) kept = gcoap_secret_new ((const guint8 *) "keep", 4, NULL);
  GcoapSecret *gone = gcoap_secret_new ((const guint8 *) "secret", 6, NULL);
  gsize used = gcoap_secret_get_used ();
  gsize length;
  const guint8 *data = gcoap_secret_peek (gone, &length);

  g_assert_cmpmem (data, length, "secret", 6);
  g_assert_false (gcoap_secret_equal (kept, gone));
  gcoap_secret_free (gcoap_secret_ref (gone));
  g_assert_cmpmem (data, length, "secret", 6);
  gcoap_secret_free (gone);
  g_assert_cmpmem (data, 6, "\0\0\0\0\0\0", 6);
  g_assert_cmpuint (gcoap_secret_get_used (), <, used);
  g_assert_cmpmem (gcoap_secret_peek (kept, &length), 4, "keep", 4);
}

static void
test_limit (void)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_secret_free);
  g_autofree guint8 *data = g_malloc0 (GCOAP_SECRET_MAX_LENGTH + 1);
  g_autoptr (GError) error = NULL;
  GcoapSecret *secret;

  g_assert_null (gcoap_secret_new (data, GCOAP_SECRET_MAX_LENGTH + 1, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_clear_error (&error);
  while ((secret = gcoap_secret_new (data, GCOAP_SECRET_MAX_LENGTH, &error)) != NULL)
    g_ptr_array_add (all, secret);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpuint (all->len, ==, GCOAP_SECRET_ARENA_SIZE / GCOAP_SECRET_MAX_LENGTH);
  /* The room of one in the middle is used again. */
  g_ptr_array_remove_index (all, 3);
  g_ptr_array_add (all, gcoap_secret_new (data, GCOAP_SECRET_MAX_LENGTH, NULL));
  g_assert_nonnull (g_ptr_array_index (all, all->len - 1));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/wipe", test_wipe);
  g_test_add_func ("/secret/limit", test_limit);
  return g_test_run ();
}
