/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /large, /large-update, /large-create, /large-post and /big: bodies that take
 * many blocks (TD_COAP_BLOCK_01 to 06, RFC 7959). */
#include "gcoap-server/server-resources.h"
#include "gcoap-server/server-stored-resource.h"

#include <string.h>

#define LINE_BYTES 50
#define LARGE_BYTES (40 * LINE_BYTES)
#define BIG_BYTES (1024 * 1024)

/* What the small ones of these keep at most, in bytes. */
#define LARGE_MAX (64 * 1024)

#define CREATED "large-create/created"

/* Numbered lines, so that one sees what is missing. */
static char *
make_lines (gsize length)
{
  GString *text = g_string_sized_new (length + LINE_BYTES);

  while (text->len < length)
    g_string_append_printf (text, "%07" G_GSIZE_FORMAT " %s\n", text->len,
                            ".........................................");
  g_string_truncate (text, length);
  return g_string_free (text, FALSE);
}

/* Lives as long as the program, like the resources that begin with it. */
static const char *
get_large_text (void)
{
  static char *text;

  if (text == NULL)
    text = make_lines (LARGE_BYTES);
  return text;
}

static const char *
get_big_text (void)
{
  static char *text;

  if (text == NULL)
    text = make_lines (BIG_BYTES);
  return text;
}

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (get_large_text (), LARGE_BYTES);
  g_autoptr (GBytes) etag = gcoap_etag_for_bytes (payload);

  gcoap_resource_answer_content (exchange, payload, GCOAP_CONTENT_FORMAT_TEXT_PLAIN, etag);
  return TRUE;
}

/* TD_COAP_BLOCK_04 */
static gboolean
create_cb (GcoapSimpleResource *resource,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  static const char *const location[] = { "large-create", "created", NULL };
  g_autoptr (GcoapMessage) response = NULL;

  if (!server_stored_resource_take (user_data, exchange))
    return TRUE;
  response = gcoap_message_new (GCOAP_CODE_CREATED);
  gcoap_message_set_location_path (response, location);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

/* TD_COAP_BLOCK_05: what was posted in capital letters, and if it was short, as
 * much as it takes to be large. */
static gboolean
post_cb (GcoapSimpleResource *resource,
         GcoapExchange       *exchange,
         gpointer             user_data)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);
  GByteArray *answer = g_byte_array_new ();
  g_autoptr (GBytes) payload = NULL;

  /* There may be no payload, or one with NUL bytes. */
  g_byte_array_append (answer, data, (guint) length);
  for (gsize i = 0; i < length; i++)
    answer->data[i] = (guint8) g_ascii_toupper ((char) data[i]);
  if (length < LARGE_BYTES)
    g_byte_array_append (answer, (const guint8 *) get_large_text (), LARGE_BYTES);
  payload = g_byte_array_free_to_bytes (answer);
  gcoap_message_set_content_format (response, GCOAP_CONTENT_FORMAT_TEXT_PLAIN);
  gcoap_message_set_payload (response, payload);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static ServerStoredResource *
add_stored (GcoapSite  *site,
            const char *path,
            const char *initial,
            gsize       maximum)
{
  g_autoptr (ServerStoredResource) resource = server_stored_resource_new (initial);

  server_stored_resource_set_maximum (resource, maximum);
  if (initial != NULL)
    gcoap_resource_set_maximum_size (GCOAP_RESOURCE (resource), strlen (initial));
  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
  /* The site holds it. */
  return resource;
}

void
server_add_large (GcoapSite *site)
{
  GcoapResource *large = server_add (site, "large", G_CALLBACK (get_cb), NULL);
  GcoapResource *create = server_add (site, "large-create", G_CALLBACK (get_cb), NULL);
  GcoapResource *post = server_add (site, "large-post", G_CALLBACK (get_cb), NULL);

  gcoap_resource_set_maximum_size (large, LARGE_BYTES);
  add_stored (site, "large-update", get_large_text (), LARGE_MAX);
  add_stored (site, "big", get_big_text (), BIG_BYTES);
  g_signal_connect (create, "post", G_CALLBACK (create_cb), add_stored (site, CREATED, NULL, LARGE_MAX));
  g_signal_connect (post, "post", G_CALLBACK (post_cb), NULL);
}
