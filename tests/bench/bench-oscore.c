/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What OSCORE costs per message, in nanoseconds, with each AEAD: protecting and
 * unprotecting a request of two options of Uri-Path and a payload of 64 bytes, and
 * a response with a Content-Format and as much payload, that uses the nonce of the
 * request. "copy" is what is made of the same request without any cipher: one
 * message from another. Each figure is the best of many short runs, since whatever
 * else the machine does only adds. With --json one object on stdout; with the name
 * of an algorithm only that one.
 */
#include <string.h>

#include "helpers/oscore-vectors.h"
#include "providers/oscore/gcoap-oscore-protection-private.h"
#include "wire/gcoap-message-options.h"

#define N_RUNS 100
#define N_ROUNDS 2000

/* What is done again and again, and with what. */
typedef struct
{
  GcoapOscoreKeys    *client;
  GcoapOscoreKeys    *server;
  GcoapMessage       *request;
  GcoapMessage       *response;
  GcoapMessage       *outer_request;
  GcoapMessage       *outer_response;
  GcoapOscoreBinding  binding;
} Bench;

typedef void (*BenchFunc) (Bench *self);

static const gint algorithms[] = { 10, 11, 12, 13, 30, 31, 32, 33, 1, 2, 3, 24 };

static GcoapMessage *
take (GcoapMessage *message)
{
  if (message == NULL)
    g_error ("A message could not be protected, or did not verify.");
  return message;
}

static GcoapMessage *
protect_request (Bench *self)
{
  return take (gcoap_oscore_protect_request (self->client, self->request, 20, FALSE, &self->binding,
                                             NULL));
}

static GcoapMessage *
protect_response (Bench *self)
{
  self->binding.nonce_used = FALSE;
  return take (gcoap_oscore_protect_response (self->server, self->response, &self->binding, -1,
                                              NULL));
}

static void
bench_protect_request (Bench *self)
{
  gcoap_message_unref (protect_request (self));
}

static void
bench_unprotect_request (Bench *self)
{
  GcoapOscoreBinding binding;
  GcoapOscoreOption option;
  gsize length;
  const guint8 *value =
      gcoap_message_peek_option (self->outer_request, GCOAP_OPTION_OSCORE, 0, &length);

  if (!gcoap_oscore_option_decode (&option, value, length, NULL))
    g_error ("The option cannot be read.");
  gcoap_message_unref (take (gcoap_oscore_unprotect_request (self->server, self->outer_request,
                                                             &option, &binding, NULL)));
}

static void
bench_protect_response (Bench *self)
{
  gcoap_message_unref (protect_response (self));
}

static void
bench_unprotect_response (Bench *self)
{
  gint64 sequence;

  gcoap_message_unref (take (gcoap_oscore_unprotect_response (self->client, self->outer_response,
                                                              &self->binding, &sequence, NULL)));
}

static void
bench_copy (Bench *self)
{
  gcoap_message_unref (gcoap_message_copy (self->request));
}

static const struct
{
  const char *name;
  BenchFunc func;
} benches[] = {
  { "protect-request", bench_protect_request },
  { "unprotect-request", bench_unprotect_request },
  { "protect-response", bench_protect_response },
  { "unprotect-response", bench_unprotect_response },
};

static double
measure (BenchFunc func,
         Bench    *self)
{
  double best = G_MAXDOUBLE;

  for (guint run = 0; run < N_RUNS; run++)
    {
      gint64 start = g_get_monotonic_time ();

      for (guint i = 0; i < N_ROUNDS; i++)
        func (self);
      best = MIN (best, (double) (g_get_monotonic_time () - start) * 1000 / N_ROUNDS);
    }

  return best;
}

static void
bench_init (Bench *self)
{
  guint8 payload[64];

  memset (payload, 'x', sizeof payload);
  self->request = gcoap_message_new (GCOAP_CODE_PUT);
  gcoap_message_add_uri_path (self->request, "sensors");
  gcoap_message_add_uri_path (self->request, "temp");
  gcoap_message_set_payload_data (self->request, payload, sizeof payload);
  self->response = gcoap_message_new (GCOAP_CODE_CONTENT);
  gcoap_message_set_content_format (self->response, 50);
  gcoap_message_set_payload_data (self->response, payload, sizeof payload);
}

static void
print_algorithm (Bench      *self,
                 const char *name,
                 gboolean    as_json)
{
  if (as_json)
    g_print (",\n  \"%s\": {", name);
  else
    g_print ("%-20s", name);
  self->outer_request = protect_request (self);
  self->outer_response = protect_response (self);
  for (gsize i = 0; i < G_N_ELEMENTS (benches); i++)
    {
      double ns = measure (benches[i].func, self);

      if (as_json)
        g_print ("%s\"%s\": %.1f", i > 0 ? ", " : " ", benches[i].name, ns);
      else
        g_print (" %*.1f", (int) strlen (benches[i].name), ns);
    }
  g_print (as_json ? " }" : "\n");
  gcoap_message_unref (self->outer_request);
  gcoap_message_unref (self->outer_response);
}

int
main (int    argc,
      char **argv)
{
  gboolean as_json = argc > 1 && g_str_equal (argv[1], "--json");
  const char *only = argc > 1 && !as_json ? argv[1] : NULL;
  Bench self = { NULL };
  double copy;

  bench_init (&self);
  copy = measure (bench_copy, &self);
  if (as_json)
    g_print ("{\n  \"copy\": %.1f", copy);
  else
    g_print ("nanoseconds, best of %d; copy %.1f\n%-20s", N_RUNS, copy, "");
  for (gsize i = 0; i < G_N_ELEMENTS (benches) && !as_json; i++)
    g_print (" %s", benches[i].name);
  if (!as_json)
    g_print ("\n");
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      const char *name = gcoap_aead_algorithm_lookup (algorithms[i])->name;

      if (only != NULL && !g_str_equal (only, name))
        continue;
      self.client = test_oscore_keys_for_algorithm (algorithms[i], FALSE);
      self.server = test_oscore_keys_for_algorithm (algorithms[i], TRUE);
      print_algorithm (&self, name, as_json);
      gcoap_oscore_keys_unref (self.client);
      gcoap_oscore_keys_unref (self.server);
    }
  if (as_json)
    g_print ("\n}\n");
  gcoap_message_unref (self.request);
  gcoap_message_unref (self.response);

  return 0;
}
