/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /whoami: tells a client how the server sees it. */
#include "gcoap-server/server-resources.h"

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);
  GcoapLocal *local = gcoap_exchange_get_local (exchange);
  const char *const *claims = gcoap_exchange_get_claims (exchange);
  const char *own = local != NULL ? gcoap_local_get_hostinfo (local) : NULL;
  g_autofree char *hostinfo = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (address != NULL)
    {
      hostinfo = gcoap_endpoint_address_dup_hostinfo (address);
      g_string_append_printf (text, "You are %s, and talk %s", hostinfo,
                              gcoap_endpoint_address_get_scheme (address));
    }
  else
    g_string_append (text, "You are nobody I can name, and talk");
  if (own != NULL)
    g_string_append_printf (text, " to %s", own);
  g_string_append (text, ".\n");

  if (claims == NULL || claims[0] == NULL)
    g_string_append (text, "Nothing proves who you are.\n");
  for (guint i = 0; claims != NULL && claims[i] != NULL; i++)
    g_string_append_printf (text, "You have proved to be %s.\n", claims[i]);

  gcoap_resource_answer_text (exchange, text->str);
  return TRUE;
}

/* TD_COAP_DTLS: what only a client that proved its identity may read. */
static gboolean
get_secure_cb (GcoapSimpleResource *resource,
               GcoapExchange       *exchange,
               gpointer             user_data)
{
  const char *const *claims = gcoap_exchange_get_claims (exchange);

  if (claims != NULL && claims[0] != NULL)
    gcoap_resource_answer_text (exchange, "You may read this.\n");
  else
    gcoap_exchange_fail_code (exchange, GCOAP_CODE_UNAUTHORIZED,
                              "Only who proves an identity may read this.");
  return TRUE;
}

void
server_add_whoami (GcoapSite *site)
{
  server_add (site, "whoami", G_CALLBACK (get_cb), NULL);
  server_add (site, "secure", G_CALLBACK (get_secure_cb), NULL);
}
