/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-body-reader-private.h"

#include "helpers/body-responder.h"

typedef struct
{
  gboolean  is_done;
  GBytes   *data;
  gboolean  more;
  GError   *error;
} Seen;

static void
read_cb (GcoapBodyReader *reader G_GNUC_UNUSED,
         const guint8    *data,
         gsize            length,
         gboolean         more,
         const GError    *error,
         gpointer         user_data)
{
  Seen *seen = user_data;

  g_assert_false (seen->is_done);
  seen->is_done = TRUE;
  seen->data = g_bytes_new (data, length);
  seen->more = more;
  seen->error = error != NULL ? g_error_copy (error) : NULL;
}

/* Fails the test unless that is what is at the offset of the body; -1: an
 * error is. */
static void
assert_read (GcoapBodyReader *reader,
             GBytes          *body,
             guint64          offset,
             gsize            size,
             gint             length)
{
  Seen seen = { FALSE };

  gcoap_body_reader_read (reader, offset, size, read_cb, &seen);
  while (!seen.is_done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true ((seen.error != NULL) == (length < 0));
  if (length >= 0)
    {
      gsize total = g_bytes_get_size (body);

      g_assert_cmpmem (g_bytes_get_data (seen.data, NULL), g_bytes_get_size (seen.data),
                       (const guint8 *) g_bytes_get_data (body, NULL) + offset, length);
      g_assert_true (seen.more == (offset + (guint64) length < total));
    }
  g_clear_error (&seen.error);
  g_bytes_unref (seen.data);
}

static void
assert_any_order (GcoapBodyReader *reader,
                  GBytes          *body)
{
  assert_read (reader, body, 0, 64, 64);
  assert_read (reader, body, 64, 64, 64);
  assert_read (reader, body, 64, 32, 32);
  assert_read (reader, body, 160, 64, 40);
  assert_read (reader, body, 0, 1024, 200);
  assert_read (reader, body, 16, 16, 16);
  assert_read (reader, body, 200, 16, -1);
  assert_read (reader, body, 1000000, 16, -1);
  assert_read (reader, body, 192, 8, 8);
}

static void
test_bytes (void)
{
  g_autoptr (GBytes) body = body_new (200, 1);
  g_autoptr (GBytes) empty = body_new (0, 1);
  GcoapBodyReader *reader = gcoap_body_reader_new_for_bytes (body);

  g_assert_cmpint (gcoap_body_reader_get_size (reader), ==, 200);
  g_assert_true (gcoap_body_reader_can_seek (reader));
  assert_any_order (reader, body);
  gcoap_body_reader_free (reader);

  reader = gcoap_body_reader_new_for_bytes (empty);
  assert_read (reader, empty, 0, 16, 0);
  assert_read (reader, empty, 16, 16, -1);
  gcoap_body_reader_free (reader);
}

static void
test_seekable (void)
{
  g_autoptr (GBytes) body = body_new (200, 1);

  for (gsize ahead = 0; ahead <= 256; ahead += 128)
    {
      g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (body);
      GcoapBodyReader *reader = gcoap_body_reader_new_for_stream (stream, ahead);

      g_assert_cmpint (gcoap_body_reader_get_size (reader), ==, 200);
      g_assert_true (gcoap_body_reader_can_seek (reader));
      assert_any_order (reader, body);
      gcoap_body_reader_free (reader);
    }
}

/* The body is what follows where the stream stands. */
static void
test_middle (void)
{
  g_autoptr (GBytes) body = body_new (200, 1);
  g_autoptr (GBytes) rest = g_bytes_new_from_bytes (body, 50, 150);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (body);
  GcoapBodyReader *reader;

  g_assert_cmpint (g_input_stream_skip (stream, 50, NULL, NULL), ==, 50);
  reader = gcoap_body_reader_new_for_stream (stream, 16);
  g_assert_cmpint (gcoap_body_reader_get_size (reader), ==, 150);
  assert_read (reader, rest, 0, 16, 16);
  assert_read (reader, rest, 128, 64, 22);
  assert_read (reader, rest, 0, 16, 16);
  gcoap_body_reader_free (reader);
}

static void
test_once (void)
{
  g_autoptr (GBytes) body = body_new (200, 1);
  g_autoptr (GInputStream) stream = body_new_unseekable (body);
  GcoapBodyReader *reader = gcoap_body_reader_new_for_stream (stream, 16);

  g_assert_cmpint (gcoap_body_reader_get_size (reader), ==, -1);
  g_assert_false (gcoap_body_reader_can_seek (reader));
  assert_read (reader, body, 0, 64, 64);
  /* The same again, and in smaller parts. */
  assert_read (reader, body, 0, 64, 64);
  assert_read (reader, body, 32, 32, 32);
  assert_read (reader, body, 64, 32, 32);
  assert_read (reader, body, 0, 64, -1);
  assert_read (reader, body, 96, 64, 64);
  assert_read (reader, body, 160, 64, 40);
  assert_read (reader, body, 160, 64, 40);
  assert_read (reader, body, 200, 64, -1);
  gcoap_body_reader_free (reader);
}

static void
test_free (void)
{
  g_autoptr (GBytes) body = body_new (200, 1);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (body);
  GcoapBodyReader *reader = gcoap_body_reader_new_for_stream (stream, 16);
  Seen seen = { FALSE };

  gcoap_body_reader_read (reader, 0, 64, read_cb, &seen);
  g_assert_true (gcoap_body_reader_is_busy (reader));
  gcoap_body_reader_free (reader);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_false (seen.is_done);
  g_assert_finalize_object (g_steal_pointer (&stream));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/body-reader/bytes", test_bytes);
  g_test_add_func ("/body-reader/seekable", test_seekable);
  g_test_add_func ("/body-reader/middle", test_middle);
  g_test_add_func ("/body-reader/once", test_once);
  g_test_add_func ("/body-reader/free", test_free);
  return g_test_run ();
}
