/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/oscore-pair.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "context/gcoap-text-trace.h"
#include "wire/gcoap-datagram-codec-private.h"

/* The process remembers which numbers were used with which secret, so each pair has
 * one of its own. */
static guint8 generation;

static void
datagram_free (gpointer data)
{
  g_free (((OscoreDatagram *) data)->data);
  g_free (data);
}

static gboolean
link_cb (GcoapSimulatedLink *link,
         guint               serial,
         const char         *from,
         const char         *to,
         const guint8       *data,
         gsize               length,
         gpointer            user_data)
{
  OscorePair *self = user_data;
  OscoreDatagram *datagram = g_new0 (OscoreDatagram, 1);

  datagram->from_client = !g_str_has_prefix (from, "server");
  datagram->data = g_memdup2 (data, length);
  datagram->length = length;
  g_ptr_array_add (self->datagrams, datagram);
  return self->filter == NULL || self->filter (datagram, self->filter_data);
}

static void
answer (GcoapExchange *exchange,
        GcoapCode      code,
        const char    *text)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (code, text);

  gcoap_exchange_respond (exchange, response, TRUE);
}

static gboolean
get_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       data)
{
  answer (exchange, GCOAP_CODE_CONTENT, ((OscorePair *) data)->stored);
  return TRUE;
}

static gboolean
put_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       data)
{
  OscorePair *self = data;
  gsize length;
  const guint8 *payload = gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);

  g_free (self->stored);
  self->stored = g_strndup ((const char *) payload, length);
  answer (exchange, GCOAP_CODE_CHANGED, "");
  return TRUE;
}

static gboolean
whoami_cb (GcoapResource *resource,
           GcoapExchange *exchange,
           gpointer       data)
{
  const char *const *claims = gcoap_exchange_get_claims (exchange);
  g_autofree char *text = claims != NULL ? g_strjoinv ("\n", (char **) claims) : g_strdup ("nobody");

  answer (exchange, GCOAP_CODE_CONTENT, text);
  return TRUE;
}

static gboolean
later_cb (GcoapResource *resource,
          GcoapExchange *exchange,
          gpointer       data)
{
  g_set_object (&((OscorePair *) data)->waiting, exchange);
  return TRUE;
}

static void
add_resources (OscorePair *self)
{
  g_autoptr (GcoapResource) later = GCOAP_RESOURCE (gcoap_simple_resource_new ());

  self->text = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  g_signal_connect (self->text, "get", G_CALLBACK (get_cb), self);
  g_signal_connect (self->text, "fetch", G_CALLBACK (get_cb), self);
  g_signal_connect (self->text, "put", G_CALLBACK (put_cb), self);
  gcoap_resource_set_observable (self->text, TRUE);
  gcoap_site_add (self->pair->site, "text", GCOAP_REQUEST_INTERFACE (self->text));
  self->whoami = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  g_signal_connect (self->whoami, "get", G_CALLBACK (whoami_cb), self);
  g_signal_connect (self->whoami, "post", G_CALLBACK (whoami_cb), self);
  gcoap_site_add (self->pair->site, "whoami", GCOAP_REQUEST_INTERFACE (self->whoami));
  g_signal_connect (later, "get", G_CALLBACK (later_cb), self);
  gcoap_site_add (self->pair->site, "later", GCOAP_REQUEST_INTERFACE (later));
}

/* Somebody else on the link, whom nobody answers for. */
static void
add_stranger (OscorePair *self)
{
  g_autoptr (GcoapRuntime) runtime = NULL;
  g_autoptr (GcoapSimulatedInterface) stranger = NULL;

  g_object_get (self->pair->client, "runtime", &runtime, NULL);
  stranger = gcoap_simulated_link_add_endpoint (self->pair->link, "mallory", runtime);
}

OscorePair *
oscore_pair_new_bare (void)
{
  OscorePair *self = g_new0 (OscorePair, 1);

  generation++;
  self->pair = simulated_pair_new (7);
  self->stored = g_strdup ("Hello World!");
  self->datagrams = g_ptr_array_new_with_free_func (datagram_free);
  self->client = gcoap_credential_store_new ();
  self->server = gcoap_credential_store_new ();
  add_resources (self);
  add_stranger (self);
  gcoap_context_set_credentials (self->pair->client, self->client);
  gcoap_context_set_server_credentials (self->pair->server, self->server);
  gcoap_simulated_link_set_filter (self->pair->link, link_cb, self, NULL);
  return self;
}

static OscorePair *
new_with_contexts (gboolean is_lost)
{
  OscorePair *self = oscore_pair_new_bare ();
  g_autoptr (GcoapOscoreCredential) ours = oscore_pair_credential ("c", "s", 0);
  g_autoptr (GcoapOscoreCredential) theirs = oscore_pair_credential ("s", "c", 0);
  g_autoptr (GError) error = NULL;

  /* As if both had read the secret from a file that they share with others. */
  gcoap_oscore_credential_peek_parameters (ours)->is_static = is_lost;
  gcoap_oscore_credential_peek_parameters (theirs)->is_static = is_lost;
  gcoap_credential_store_add (self->client, "coap://server/*", GCOAP_CREDENTIAL (ours), &error);
  g_assert_no_error (error);
  gcoap_credential_store_add_client_context (self->server, "alice", theirs, &error);
  g_assert_no_error (error);
  return self;
}

OscorePair *
oscore_pair_new (void)
{
  return new_with_contexts (FALSE);
}

OscorePair *
oscore_pair_new_lost (void)
{
  return new_with_contexts (TRUE);
}

void
oscore_pair_free (OscorePair *self)
{
  g_clear_object (&self->waiting);
  oscore_pair_run (self, 300);
  g_clear_pointer (&self->pair, simulated_pair_free);
  /* What was closed may still be on its way in a thread. */
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->text);
  g_clear_object (&self->whoami);
  g_assert_finalize_object (self->client);
  g_assert_finalize_object (self->server);
  g_ptr_array_unref (self->datagrams);
  if (self->notes != NULL)
    g_string_free (self->notes, TRUE);
  g_free (self->stored);
  g_free (self);
}

GcoapOscoreCredential *
oscore_pair_credential (const char *sender,
                        const char *recipient,
                        guint8      change)
{
  guint8 secret[16] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, generation, change };
  g_autoptr (GBytes) secret_bytes = g_bytes_new (secret, sizeof secret);
  g_autoptr (GBytes) sender_id = g_bytes_new (sender, strlen (sender));
  g_autoptr (GBytes) recipient_id = g_bytes_new (recipient, strlen (recipient));
  g_autoptr (GError) error = NULL;
  GcoapOscoreCredential *credential = gcoap_oscore_credential_new (secret_bytes, sender_id, recipient_id, &error);

  g_assert_no_error (error);
  return credential;
}

char *
oscore_pair_request (OscorePair *self,
                     GcoapCode   method,
                     const char *uri,
                     const char *payload,
                     GcoapCode   code,
                     GError    **error)
{
  g_autoptr (GcoapMessage) response = simulated_pair_request (self->pair, method, uri, payload, error);
  const guint8 *data;
  gsize length;

  if (response == NULL)
    return NULL;
  g_assert_cmphex (gcoap_message_get_code (response), ==, code);
  data = gcoap_message_get_payload_data (response, &length);
  return g_strndup ((const char *) data, length);
}

gboolean
oscore_pair_has_sent (OscorePair *self,
                      guint       first,
                      const char *text)
{
  for (guint i = first; i < self->datagrams->len; i++)
    {
      OscoreDatagram *datagram = g_ptr_array_index (self->datagrams, i);

      if (memmem (datagram->data, datagram->length, text, strlen (text)) != NULL)
        return TRUE;
    }
  return FALSE;
}

GcoapMessage *
oscore_pair_latest (OscorePair *self,
                    gboolean    from_client,
                    guint       offset)
{
  for (guint i = self->datagrams->len; i-- > 0;)
    {
      OscoreDatagram *datagram = g_ptr_array_index (self->datagrams, i);
      GcoapPdu pdu = { 0 };
      g_autoptr (GError) error = NULL;

      /* Code 0.00 is an empty message. */
      if (datagram->from_client != from_client || datagram->data[1] == 0 || offset-- > 0)
        continue;
      gcoap_datagram_decode (datagram->data, datagram->length, 8, &pdu, NULL, &error);
      g_assert_no_error (error);
      return pdu.message;
    }
  g_assert_not_reached ();
}

void
oscore_pair_replay (OscorePair *self,
                    guint       index,
                    const char *from)
{
  OscoreDatagram *datagram = g_ptr_array_index (self->datagrams, index);
  g_autofree guint8 *data = g_memdup2 (datagram->data, datagram->length);

  /* RFC 7252 §3: the message ID stands in the third and fourth byte. */
  data[2] ^= 0x80;
  g_assert_true (gcoap_simulated_link_inject (self->pair->link, from, "server", data, datagram->length));
  oscore_pair_run (self, 1);
}

void
oscore_pair_inject (OscorePair   *self,
                    const char   *from,
                    GcoapMessage *message)
{
  static guint16 message_id = 0x7000;
  guint8 buffer[1500];
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_CON, .message_id = message_id++, .token = (const guint8 *) "raw",
                   .token_length = 3, .message = message };
  gsize length = gcoap_datagram_encode (&pdu, buffer, sizeof buffer, &error);

  g_assert_no_error (error);
  g_assert_true (gcoap_simulated_link_inject (self->pair->link, from, "server", buffer, length));
  oscore_pair_run (self, 1);
}

static void
write_cb (const char *text,
          gpointer    data)
{
  g_string_append_printf (data, "%s\n", text);
}

void
oscore_pair_trace (OscorePair *self)
{
  g_autoptr (GcoapTextTrace) trace = NULL;

  self->notes = g_string_new (NULL);
  trace = gcoap_text_trace_new (write_cb, self->notes, NULL);
  gcoap_context_set_trace (self->pair->client, GCOAP_TRACE (trace));
  gcoap_context_set_trace (self->pair->server, GCOAP_TRACE (trace));
}

void
oscore_pair_run (OscorePair *self,
                 guint       seconds)
{
  g_clear_object (&self->pair->result);
  simulated_pair_run (self->pair, seconds);
}
