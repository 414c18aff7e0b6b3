/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A provider that writes one line for each request and each response. */
#include <libcoap-layers/gcoap.h>

G_DECLARE_FINAL_TYPE (LoggingProvider, logging_provider, LOGGING, PROVIDER, GcoapRequestProvider)

struct _LoggingProvider
{
  GcoapRequestProvider parent_instance;
};

G_DEFINE_FINAL_TYPE (LoggingProvider, logging_provider, GCOAP_TYPE_REQUEST_PROVIDER)

static GcoapVerdict
log_response_cb (GcoapExchange *exchange, gboolean is_last, gpointer user_data)
{
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  g_autofree char *text = response != NULL ? gcoap_message_to_string (response) : NULL;

  g_print ("< %s\n", text != NULL ? text : "no answer");
  return GCOAP_VERDICT_PASS;
}

static void
log_request (GcoapRequestProvider *provider, GcoapExchange *exchange)
{
  g_autofree char *text = gcoap_message_to_string (gcoap_exchange_get_request (exchange));

  g_print ("> %s\n", text);
  gcoap_exchange_add_response_filter (exchange, log_response_cb, provider);
  gcoap_request_provider_pass (provider, exchange);
}

static void
logging_provider_class_init (LoggingProviderClass *klass)
{
  GCOAP_REQUEST_PROVIDER_CLASS (klass)->outbound = log_request;
  GCOAP_REQUEST_PROVIDER_CLASS (klass)->inbound = log_request;
}

static void
logging_provider_init (LoggingProvider *self)
{
}
