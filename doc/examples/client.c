/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes a note and reads it again, without ever blocking. */
#include <libcoap-layers/gcoap.h>
#include <string.h>

typedef struct
{
  GMainLoop  *loop;
  const char *server;     /* such as "coap://localhost" */
  int         status;
} Client;

static void send_request (GcoapContext        *context,
                          GcoapCode            method,
                          const char          *path,
                          const char          *payload,
                          GAsyncReadyCallback  callback,
                          Client              *client);

static void
quit (Client *client,
      GError *error)
{
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  client->status = error != NULL;
  g_main_loop_quit (client->loop);
}

/* A payload is bytes from somebody else: it need not end with a zero. */
static char *
dup_payload (GcoapMessage *message)
{
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (message, &length);

  return g_utf8_make_valid ((const char *) data, (gssize) length);
}

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  response = gcoap_context_request_finish (GCOAP_CONTEXT (source), result, &error);
  if (response != NULL)
    error = gcoap_message_to_error (response);
  if (error == NULL)
    {
      g_autofree char *text = dup_payload (response);
      g_print ("note: %s\n", text);
    }
  quit (user_data, error);
}

static void
put_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  response = gcoap_context_request_finish (GCOAP_CONTEXT (source), result, &error);
  if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE))
    g_printerr ("Is the server running?\n");
  if (response == NULL)
    {
      quit (user_data, error);
      return;
    }
  g_print ("PUT: %s\n", gcoap_code_get_name (gcoap_message_get_code (response)));
  send_request (GCOAP_CONTEXT (source), GCOAP_CODE_GET, "/note", NULL, got_cb, user_data);
}

static void
send_request (GcoapContext        *context,
              GcoapCode            method,
              const char          *path,
              const char          *payload,
              GAsyncReadyCallback  callback,
              Client              *client)
{
  g_autofree char *uri = g_strconcat (client->server, path, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (method, uri, &error);

  if (request == NULL)
    {
      quit (client, error);
      return;
    }
  if (payload != NULL)
    {
      gcoap_message_set_content_format (request, GCOAP_CONTENT_FORMAT_TEXT_PLAIN);
      gcoap_message_set_payload_data (request, (const guint8 *) payload, strlen (payload));
    }
  gcoap_context_request_async (context, request, NULL, callback, client);
}

int
main (int argc, char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  Client client = { .loop = loop, .server = argc > 1 ? argv[1] : "coap://localhost" };

  send_request (context, GCOAP_CODE_PUT, "/note", "Buy milk", put_cb, &client);
  g_main_loop_run (loop);
  return client.status;
}
