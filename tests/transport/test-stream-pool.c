/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection per host and port: shared, waited for, given up, forgotten. */
#include "helpers/stream-pair.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/gcoap-error.h"

typedef struct
{
  GPtrArray *addresses;
  GError    *error;
  gboolean   done;
} Lookup;

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Lookup *lookup = data;

  lookup->addresses = gcoap_token_interface_resolve_finish (GCOAP_TOKEN_INTERFACE (source), result,
                                                            &lookup->error);
  lookup->done = TRUE;
}

static void
lookup_clear (Lookup *self)
{
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_error (&self->error);
}

static void
begin (StreamPair *pair, const char *uri, GCancellable *cancellable, Lookup *lookup)
{
  *lookup = (Lookup) { NULL };
  gcoap_token_interface_resolve_async (GCOAP_TOKEN_INTERFACE (pair->client), uri, cancellable,
                                       resolved_cb, lookup);
}

static void
wait_for (Lookup *lookup)
{
  while (!lookup->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_shared (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  g_autofree char *with_path = g_strconcat (pair->uri, "/path?query", NULL);
  Lookup first;
  Lookup second;
  Lookup third;

  begin (pair, pair->uri, NULL, &first);
  begin (pair, with_path, NULL, &second);
  g_assert_false (first.done || second.done);
  wait_for (&first);
  wait_for (&second);
  begin (pair, with_path, NULL, &third);
  wait_for (&third);
  g_assert_no_error (first.error);
  g_assert_no_error (second.error);
  g_assert_true (first.addresses->pdata[0] == second.addresses->pdata[0]);
  g_assert_true (first.addresses->pdata[0] == third.addresses->pdata[0]);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 1);
  lookup_clear (&first);
  lookup_clear (&second);
  lookup_clear (&third);
  stream_pair_free (pair);
}

/* Not before the CSM has come, and not for ever. */
static void
test_waits_for_csm (void)
{
  StreamPair *pair = stream_pair_new (FALSE);   /* without a manager it does not accept */
  Lookup lookup;

  begin (pair, pair->uri, NULL, &lookup);
  stream_pair_settle (pair);
  stream_pair_settle (pair);
  g_assert_false (lookup.done);
  while (gcoap_stream_transport_get_n_connections (pair->client) == 0)
    g_main_context_iteration (NULL, TRUE);
  stream_pair_advance (pair, 10001);
  wait_for (&lookup);
  g_assert_error (lookup.error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  lookup_clear (&lookup);
  stream_pair_free (pair);
}

static void
test_cancelled (void)
{
  StreamPair *pair = stream_pair_new (FALSE);
  g_autoptr (GCancellable) one = g_cancellable_new ();
  g_autoptr (GCancellable) other = g_cancellable_new ();
  Lookup first;
  Lookup second;

  begin (pair, pair->uri, one, &first);
  begin (pair, pair->uri, other, &second);
  while (gcoap_stream_transport_get_n_connections (pair->client) == 0)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (one);
  wait_for (&first);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (second.done);
  g_assert_cmpuint (g_hash_table_size (pair->client->places), ==, 1);
  /* What the last one gives up is not made. */
  g_cancellable_cancel (other);
  wait_for (&second);
  g_assert_error (second.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (g_hash_table_size (pair->client->places), ==, 0);
  stream_pair_advance (pair, 3000);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 0);
  lookup_clear (&first);
  lookup_clear (&second);

  /* Before it has begun, and while the socket is connecting. */
  begin (pair, pair->uri, other, &first);
  wait_for (&first);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  lookup_clear (&first);
  g_cancellable_reset (one);
  begin (pair, pair->uri, one, &first);
  g_cancellable_cancel (one);
  wait_for (&first);
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  lookup_clear (&first);
  stream_pair_free (pair);
}

static void
test_idle (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) first = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_autoptr (GcoapEndpointAddress) second = NULL;

  stream_pair_advance (pair, 300001);
  g_assert_false (gcoap_stream_address_is_connected (GCOAP_STREAM_ADDRESS (first)));
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 0);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
  second = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (first == second);
  stream_pair_free (pair);
}

static void
test_limit (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  g_autoptr (GcoapStreamTransport) other =
    gcoap_stream_transport_new_server (pair->runtime, "coap+tcp://127.0.0.1:0", NULL);
  g_autofree char *uri = gcoap_stream_transport_dup_uri (other);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) first = NULL;

  first = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  g_object_set (pair->runtime->limits, "max-connections", 2u, NULL);
  g_assert_null (stream_pair_resolve (pair, uri, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  stream_pair_free (pair);
}

/* RFC 8323 §5.5: who asks to be left alone is. */
static void
test_hold_off (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) first = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_autoptr (GcoapEndpointAddress) second = NULL;
  GHashTableIter iter;
  gpointer link;

  g_hash_table_iter_init (&iter, pair->server->links);
  g_assert_true (g_hash_table_iter_next (&iter, &link, NULL));
  gcoap_connection_write (((GcoapStreamLink *) link)->connection, (const guint8 *) "\x20\xe4\x41\x0a", 4);
  stream_pair_settle (pair);
  g_assert_false (gcoap_stream_address_is_connected (GCOAP_STREAM_ADDRESS (first)));
  g_assert_null (stream_pair_resolve (pair, pair->uri, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "10 seconds"));
  g_clear_error (&error);
  stream_pair_advance (pair, 10001);
  second = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  stream_pair_free (pair);
}

static void
test_failures (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  g_autoptr (GError) error = NULL;
  Lookup lookup;

  g_assert_null (stream_pair_resolve (pair, "coap+tcp://", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
  g_clear_error (&error);
  g_assert_null (stream_pair_resolve (pair, "coap://127.0.0.1", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  /* Whoever waits hears of the end. */
  begin (pair, pair->uri, NULL, &lookup);
  gcoap_token_interface_shutdown_async (GCOAP_TOKEN_INTERFACE (pair->client), NULL, NULL, NULL);
  wait_for (&lookup);
  g_assert_error (lookup.error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  lookup_clear (&lookup);
  g_assert_null (stream_pair_resolve (pair, pair->uri, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  stream_pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-pool/shared", test_shared);
  g_test_add_func ("/stream-pool/waits-for-csm", test_waits_for_csm);
  g_test_add_func ("/stream-pool/cancelled", test_cancelled);
  g_test_add_func ("/stream-pool/idle", test_idle);
  g_test_add_func ("/stream-pool/limit", test_limit);
  g_test_add_func ("/stream-pool/hold-off", test_hold_off);
  g_test_add_func ("/stream-pool/failures", test_failures);
  return g_test_run ();
}
