/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The peer to compare with: the smallest server on libcoap's public API.
 *
 * By default it runs libcoap's ordinary loop. With --tuned it runs the fastest
 * loop that API allows: libcoap reads one datagram per event, so each epoll
 * event is handed in several times. */
#include "bench-peer.h"

#include <coap3/coap.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define MAX_EVENTS 16

static gboolean tuned = FALSE;
static int repeat = 16;

static guint8 big_body[BENCH_BIG_LENGTH];

static const GOptionEntry entries[] = {
  { "tuned", 0, 0, G_OPTION_ARG_NONE, &tuned, "Read several datagrams per turn of the loop", NULL },
  { "repeat", 0, 0, G_OPTION_ARG_INT, &repeat, "With --tuned: how often an event is handed in (16)", "N" },
  { NULL }
};

static void
get_cb (coap_resource_t     *resource,
        coap_session_t      *session,
        const coap_pdu_t    *request,
        const coap_string_t *query,
        coap_pdu_t          *response)
{
  guint8 buffer[4];

  coap_pdu_set_code (response, COAP_RESPONSE_CODE_CONTENT);
  coap_add_option (response, COAP_OPTION_CONTENT_FORMAT,
                   coap_encode_var_safe (buffer, sizeof buffer, COAP_MEDIATYPE_TEXT_PLAIN), buffer);
  coap_add_data (response, BENCH_PAYLOAD_LENGTH, (const guint8 *) BENCH_PAYLOAD);
}

/* A large body that is kept as it was put. */
static void
get_big_cb (coap_resource_t     *resource,
            coap_session_t      *session,
            const coap_pdu_t    *request,
            const coap_string_t *query,
            coap_pdu_t          *response)
{
  coap_pdu_set_code (response, COAP_RESPONSE_CODE_CONTENT);
  coap_add_data_large_response (resource, session, request, response, query, COAP_MEDIATYPE_APPLICATION_OCTET_STREAM,
                                -1, 0, BENCH_BIG_LENGTH, big_body, NULL, NULL);
}

static void
put_big_cb (coap_resource_t     *resource,
            coap_session_t      *session,
            const coap_pdu_t    *request,
            const coap_string_t *query,
            coap_pdu_t          *response)
{
  const guint8 *data;
  gsize length, offset, total;

  /* COAP_BLOCK_SINGLE_BODY: all of it at once. */
  if (coap_get_data_large (request, &length, &data, &offset, &total) && length <= BENCH_BIG_LENGTH)
    memcpy (big_body, data, length);
  coap_pdu_set_code (response, COAP_RESPONSE_CODE_CHANGED);
}

static void
change_cb (coap_resource_t     *resource,
           coap_session_t      *session,
           const coap_pdu_t    *request,
           const coap_string_t *query,
           coap_pdu_t          *response)
{
  coap_pdu_set_code (response, COAP_RESPONSE_CODE_CHANGED);
  coap_resource_notify_observers (resource, NULL);
}

static void
add_resources (coap_context_t *context)
{
  coap_resource_t *resource;

  resource = coap_resource_init (coap_make_str_const (BENCH_PATH), 0);
  coap_register_request_handler (resource, COAP_REQUEST_GET, get_cb);
  coap_add_resource (context, resource);

  coap_context_set_block_mode (context, COAP_BLOCK_USE_LIBCOAP | COAP_BLOCK_SINGLE_BODY);
  resource = coap_resource_init (coap_make_str_const (BENCH_BIG_PATH), 0);
  coap_register_request_handler (resource, COAP_REQUEST_GET, get_big_cb);
  coap_register_request_handler (resource, COAP_REQUEST_PUT, put_big_cb);
  coap_add_resource (context, resource);

  resource = coap_resource_init (coap_make_str_const (BENCH_OBSERVED_PATH), COAP_RESOURCE_FLAGS_NOTIFY_NON_ALWAYS);
  coap_register_request_handler (resource, COAP_REQUEST_GET, get_cb);
  coap_register_request_handler (resource, COAP_REQUEST_POST, change_cb);
  coap_resource_set_get_observable (resource, 1);
  coap_add_resource (context, resource);

  resource = coap_resource_init (coap_make_str_const (BENCH_CONFIRMED_PATH), COAP_RESOURCE_FLAGS_NOTIFY_CON);
  coap_register_request_handler (resource, COAP_REQUEST_GET, get_cb);
  coap_register_request_handler (resource, COAP_REQUEST_POST, change_cb);
  coap_resource_set_get_observable (resource, 1);
  coap_add_resource (context, resource);
}

static coap_proto_t
find_protocol (const BenchPeer *peer)
{
  if (g_str_equal (peer->scheme, "coap"))
    return COAP_PROTO_UDP;
  if (g_str_equal (peer->scheme, "coap+tcp") && coap_tcp_is_supported ())
    return COAP_PROTO_TCP;
  if (g_str_equal (peer->scheme, "coaps") && coap_dtls_is_supported ())
    return COAP_PROTO_DTLS;
  if (g_str_equal (peer->scheme, "coaps+tcp") && coap_tls_is_supported ())
    return COAP_PROTO_TLS;
  g_printerr ("This libcoap has no %s\n", peer->scheme);
  exit (1);
}

/* One client, whom the generator of load plays. */
static void
add_client (coap_context_t *context)
{
  coap_dtls_spsk_t setup = {
    .version = COAP_DTLS_SPSK_SETUP_VERSION,
    .psk_info.key = { sizeof (BENCH_PSK_KEY) - 1, (const guint8 *) BENCH_PSK_KEY },
  };

  if (!coap_context_set_psk2 (context, &setup))
    {
      g_printerr ("libcoap takes no pre-shared key\n");
      exit (1);
    }
}

static coap_context_t *
start (const BenchPeer *peer)
{
  coap_context_t *context;
  coap_address_t address;

  coap_startup ();
  coap_set_log_level (LOG_EMERG);
  coap_dtls_set_log_level (LOG_EMERG);

  coap_address_init (&address);
  address.addr.sin.sin_family = AF_INET;
  address.addr.sin.sin_port = htons ((guint16) peer->port);
  address.size = sizeof address.addr.sin;
  context = coap_new_context (NULL);
  if (context != NULL && g_str_has_prefix (peer->scheme, "coaps"))
    add_client (context);
  if (context == NULL
      || inet_pton (AF_INET, peer->host, &address.addr.sin.sin_addr) != 1
      || coap_new_endpoint (context, &address, find_protocol (peer)) == NULL)
    {
      g_printerr ("Cannot listen on %s:%d\n", peer->host, peer->port);
      exit (1);
    }

  add_resources (context);

  return context;
}

static void
run_tuned (coap_context_t *context)
{
  int fd = coap_context_get_coap_fd (context);
  g_autofree struct epoll_event *repeated = g_new (struct epoll_event, MAX_EVENTS * (gsize) repeat);
  struct epoll_event events[MAX_EVENTS];

  for (;;)
    {
      coap_tick_t now;
      unsigned int wait_ms;
      gsize n = 0;
      int ready;

      coap_ticks (&now);
      wait_ms = coap_io_prepare_epoll (context, now);
      ready = epoll_wait (fd, events, MAX_EVENTS, wait_ms == 0 ? -1 : (int) wait_ms);
      for (int turn = 0; turn < repeat; turn++)
        for (int i = 0; i < ready; i++)
          repeated[n++] = events[i];
      coap_io_do_epoll (context, repeated, n);
    }
}

int
main (int    argc,
      char **argv)
{
  coap_context_t *context;
  BenchPeer peer;

  bench_peer_init (&peer, "A minimal libcoap server.", entries, &argc, &argv);
  if (repeat < 1 || repeat > 1024)
    {
      g_printerr ("--repeat takes 1 to 1024\n");
      return 2;
    }
  context = start (&peer);
  bench_peer_announce (&peer);

  if (tuned)
    run_tuned (context);
  else
    while (coap_io_process (context, COAP_IO_WAIT) >= 0)
      ;

  coap_free_context (context);
  coap_cleanup ();
  bench_peer_clear (&peer);

  return 1;
}
