/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What it costs to read and write one message, in nanoseconds: a request of
 * 103 bytes with five options (three of Uri-Path, Content-Format, Uri-Query)
 * and a payload of 64 bytes. Each figure is the best of many short runs, since
 * whatever else the machine does only adds. With --json one object on stdout;
 * with the name of a measurement only that one.
 */
#include <string.h>

#include "wire/gcoap-datagram-codec-private.h"
#include "wire/gcoap-message-options.h"
#include "wire/gcoap-stream-codec-private.h"

#define N_RUNS 300
#define N_ROUNDS 5000

typedef void (*BenchFunc) (void);

static guint8 datagram[128];
static gsize datagram_length;
static guint8 stream[128];
static gsize stream_length;
static GcoapPdu kept;          /* of the datagram */
static volatile guint sum;     /* what the compiler may not leave out */

static GcoapMessage *
new_request (void)
{
  GcoapMessage *request = gcoap_message_new (GCOAP_CODE_PUT);
  guint8 payload[64];

  memset (payload, 'x', sizeof (payload));
  gcoap_message_add_uri_path (request, "sensors");
  gcoap_message_add_uri_path (request, "rooms");
  gcoap_message_add_uri_path (request, "temp");
  gcoap_message_set_content_format (request, 50);
  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_QUERY, "u=C");
  gcoap_message_set_payload_data (request, payload, sizeof (payload));

  return request;
}

static void
decode (GcoapPdu *pdu)
{
  if (!gcoap_datagram_decode (datagram, datagram_length, 8, pdu, NULL, NULL))
    g_error ("The datagram is malformed.");
}

static void
bench_parse (void)
{
  GcoapPdu pdu;

  decode (&pdu);
  gcoap_message_unref (pdu.message);
}

static void
walk (GcoapMessage *message)
{
  const guint8 *data;
  gsize length;
  guint number;
  guint n_options = gcoap_message_get_n_options (message);

  for (guint i = 0; i < n_options; i++)
    {
      gcoap_message_peek_option_at (message, i, &number, &data, &length);
      sum += number + (guint) length;
    }
  gcoap_message_get_payload_data (message, &length);
  sum += (guint) length;
}

static void
bench_parse_and_walk (void)
{
  GcoapPdu pdu;

  decode (&pdu);
  walk (pdu.message);
  gcoap_message_unref (pdu.message);
}

static void
bench_parse_stream (void)
{
  GcoapPdu pdu;

  if (!gcoap_stream_decode (stream, stream_length, GCOAP_STREAM_FRAMING_TCP, 8, &pdu, NULL))
    g_error ("The message is malformed.");
  gcoap_message_unref (pdu.message);
}

static void
bench_absent_options (void)
{
  sum += gcoap_message_has_option (kept.message, GCOAP_OPTION_OBSERVE) +
         gcoap_message_has_option (kept.message, GCOAP_OPTION_BLOCK1) +
         gcoap_message_has_option (kept.message, GCOAP_OPTION_BLOCK2) +
         gcoap_message_has_option (kept.message, GCOAP_OPTION_OSCORE) +
         gcoap_message_has_option (kept.message, GCOAP_OPTION_ECHO) +
         gcoap_message_has_option (kept.message, GCOAP_OPTION_PROXY_URI) +
         gcoap_message_has_option (kept.message, GCOAP_OPTION_NO_RESPONSE);
}

static void
bench_path_as_strings (void)
{
  g_auto (GStrv) path = gcoap_message_get_uri_path (kept.message);

  sum += (guint) path[2][0];
}

static void
bench_encode (void)
{
  guint8 buffer[128];

  sum += (guint) gcoap_datagram_encode (&kept, buffer, sizeof (buffer), NULL);
}

static void
bench_build (void)
{
  g_autoptr (GcoapMessage) request = new_request ();

  sum += gcoap_message_get_n_options (request);
}

static void
bench_build_and_encode_response (void)
{
  static const guint8 text[] = "22.3 C";
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  GcoapPdu pdu = kept;
  guint8 buffer[128];

  gcoap_message_set_content_format (response, 0);
  gcoap_message_set_payload_data (response, text, 6);
  pdu.message = response;
  sum += (guint) gcoap_datagram_encode (&pdu, buffer, sizeof (buffer), NULL);
}

static void
bench_copy (void)
{
  g_autoptr (GcoapMessage) copy = gcoap_message_copy (kept.message);

  sum += gcoap_message_get_n_options (copy);
}

static void
bench_copy_and_add (void)
{
  g_autoptr (GcoapMessage) copy = gcoap_message_copy (kept.message);

  gcoap_message_set_option_uint (copy, GCOAP_OPTION_OBSERVE, 7);
}

static const struct
{
  const char *name;
  BenchFunc func;
} benches[] = {
  { "parse", bench_parse },
  { "parse-and-walk", bench_parse_and_walk },
  { "parse-stream", bench_parse_stream },
  { "seven-absent-options", bench_absent_options },
  { "path-as-strings", bench_path_as_strings },
  { "encode", bench_encode },
  { "build-request", bench_build },
  { "build-and-encode-response", bench_build_and_encode_response },
  { "copy", bench_copy },
  { "copy-and-add-option", bench_copy_and_add },
};

static double
measure (BenchFunc func)
{
  double best = G_MAXDOUBLE;

  for (guint run = 0; run < N_RUNS; run++)
    {
      gint64 start = g_get_monotonic_time ();

      for (guint i = 0; i < N_ROUNDS; i++)
        func ();
      best = MIN (best, (double) (g_get_monotonic_time () - start) * 1000 / N_ROUNDS);
    }

  return best;
}

int
main (int    argc,
      char **argv)
{
  gboolean as_json = argc > 1 && g_str_equal (argv[1], "--json");
  const char *only = argc > 1 && !as_json ? argv[1] : NULL;
  g_autoptr (GcoapMessage) request = new_request ();
  GcoapPdu pdu = {
    .message_id = 0x1234,
    .token = (const guint8 *) "\1\2\3\4\5\6\7\10",
    .token_length = 8,
    .message = request,
  };

  datagram_length = gcoap_datagram_encode (&pdu, datagram, sizeof (datagram), NULL);
  stream_length = gcoap_stream_encode (&pdu, GCOAP_STREAM_FRAMING_TCP, stream, sizeof (stream), NULL);
  decode (&kept);

  if (as_json)
    g_print ("{\n  \"bytes\": %" G_GSIZE_FORMAT, datagram_length);
  else
    g_print ("%" G_GSIZE_FORMAT " bytes; nanoseconds, best of %d\n", datagram_length, N_RUNS);
  for (gsize i = 0; i < G_N_ELEMENTS (benches); i++)
    {
      double ns;

      if (only != NULL && !g_str_equal (only, benches[i].name))
        continue;

      ns = measure (benches[i].func);
      if (as_json)
        g_print (",\n  \"%s\": %.1f", benches[i].name, ns);
      else
        g_print ("%-28s %8.1f\n", benches[i].name, ns);
    }
  if (as_json)
    g_print ("\n}\n");

  gcoap_message_unref (kept.message);

  return 0;
}
