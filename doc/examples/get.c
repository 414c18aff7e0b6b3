/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints what is at a URI. */
#include <libcoap-layers/gcoap.h>

int
main (int argc, char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "coap://localhost/hello";
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, uri, &error);

  if (request != NULL)
    response = gcoap_context_request (context, request, NULL, &error);
  if (response == NULL)
    g_printerr ("%s\n", error->message);
  else
    {
      g_autofree char *text = gcoap_message_to_string (response);
      g_print ("%s\n", text);
    }
  return response == NULL;
}
