/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gcoap-server/server-stored-resource.h"

#include <string.h>

struct _ServerStoredResource
{
  GcoapResource parent_instance;

  const char     *initial;
  GBytes         *payload; /* NULL: there is nothing */
  GBytes         *etag;
  gint            format;  /* -1: nobody said */
  gsize           maximum;
  gboolean        text_only;
  ServerPostFunc  post;
  gpointer        post_data;
};

G_DEFINE_FINAL_TYPE (ServerStoredResource, server_stored_resource, GCOAP_TYPE_RESOURCE)

static void
set_content (ServerStoredResource *self,
             GBytes               *payload,
             gint                  format)
{
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_pointer (&self->etag, g_bytes_unref);
  if (payload != NULL)
    {
      self->payload = g_bytes_ref (payload);
      self->etag = gcoap_etag_for_bytes (payload);
    }
  self->format = format;
  /* What is not there is not listed either. */
  gcoap_resource_set_hidden (GCOAP_RESOURCE (self), payload == NULL);
}

static void
reset (ServerStoredResource *self)
{
  g_autoptr (GBytes) payload = NULL;

  if (self->initial != NULL)
    payload = g_bytes_new_static (self->initial, strlen (self->initial));
  set_content (self, payload, GCOAP_CONTENT_FORMAT_TEXT_PLAIN);
}

static void
server_stored_resource_get (GcoapResource *resource,
                            GcoapExchange *exchange)
{
  ServerStoredResource *self = SERVER_STORED_RESOURCE (resource);

  if (self->payload == NULL)
    gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_FOUND, "Nothing has been put here yet.");
  else
    gcoap_resource_answer_content (exchange, self->payload, self->format, self->etag);
}

static void
server_stored_resource_post (GcoapResource *resource,
                             GcoapExchange *exchange)
{
  ServerStoredResource *self = SERVER_STORED_RESOURCE (resource);

  if (self->post != NULL)
    self->post (exchange, self->post_data);
  else
    GCOAP_RESOURCE_CLASS (server_stored_resource_parent_class)->post (resource, exchange);
}

static void
server_stored_resource_put (GcoapResource *resource,
                            GcoapExchange *exchange)
{
  ServerStoredResource *self = SERVER_STORED_RESOURCE (resource);
  gboolean exists = self->payload != NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  if (!gcoap_resource_check_preconditions (exchange, exists, self->etag, &error))
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  if (!server_stored_resource_take (self, exchange))
    return;
  response = gcoap_message_new (exists ? GCOAP_CODE_CHANGED : GCOAP_CODE_CREATED);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
server_stored_resource_delete (GcoapResource *resource,
                               GcoapExchange *exchange)
{
  ServerStoredResource *self = SERVER_STORED_RESOURCE (resource);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  if (!gcoap_resource_check_preconditions (exchange, self->payload != NULL, self->etag, &error))
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  reset (self);
  /* RFC 7252 §5.8.4: also where nothing was. */
  response = gcoap_message_new (GCOAP_CODE_DELETED);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
server_stored_resource_finalize (GObject *object)
{
  ServerStoredResource *self = SERVER_STORED_RESOURCE (object);

  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_pointer (&self->etag, g_bytes_unref);
  G_OBJECT_CLASS (server_stored_resource_parent_class)->finalize (object);
}

static void
server_stored_resource_class_init (ServerStoredResourceClass *klass)
{
  GcoapResourceClass *resource_class = GCOAP_RESOURCE_CLASS (klass);

  resource_class->get = server_stored_resource_get;
  resource_class->post = server_stored_resource_post;
  resource_class->put = server_stored_resource_put;
  resource_class->delete_ = server_stored_resource_delete;
  G_OBJECT_CLASS (klass)->finalize = server_stored_resource_finalize;
}

static void
server_stored_resource_init (ServerStoredResource *self)
{
  self->maximum = SERVER_STORED_MAX_SIZE;
}

ServerStoredResource *
server_stored_resource_new (const char *initial)
{
  ServerStoredResource *self = g_object_new (SERVER_TYPE_STORED_RESOURCE, NULL);

  self->initial = initial;
  reset (self);
  return self;
}

void
server_stored_resource_set_text_only (ServerStoredResource *self)
{
  self->text_only = TRUE;
}

void
server_stored_resource_set_maximum (ServerStoredResource *self,
                                    gsize                 bytes)
{
  self->maximum = bytes;
}

void
server_stored_resource_set_post (ServerStoredResource *self,
                                 ServerPostFunc        post,
                                 gpointer              user_data)
{
  self->post = post;
  self->post_data = user_data;
}

/* Whether the request brings a text, said to be one or not. */
static gboolean
check_text (GcoapExchange *exchange,
            GError       **error)
{
  static const guint formats[] = { GCOAP_CONTENT_FORMAT_TEXT_PLAIN };
  gsize length;
  const guint8 *data;

  if (!gcoap_site_check_content_format (exchange, formats, G_N_ELEMENTS (formats), error))
    return FALSE;
  data = gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);
  if (g_utf8_validate_len ((const char *) data, length, NULL))
    return TRUE;
  g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_REQUEST,
                       "This is not a text in UTF-8.");
  return FALSE;
}

static void
refuse_size (ServerStoredResource *self,
             GcoapExchange        *exchange)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE,
                                                              "This is more than is kept here.");

  /* RFC 7252 §5.10.9: how much would do. */
  gcoap_message_set_size1 (response, (guint) self->maximum);
  gcoap_exchange_respond (exchange, response, TRUE);
}

gboolean
server_stored_resource_take (ServerStoredResource *self,
                             GcoapExchange        *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize length;
  guint format;

  data = gcoap_message_get_payload_data (request, &length);
  if (length > self->maximum)
    {
      refuse_size (self, exchange);
      return FALSE;
    }
  if (self->text_only && !check_text (exchange, &error))
    {
      gcoap_exchange_fail (exchange, error);
      return FALSE;
    }
  /* A copy: the payload of a request keeps the whole datagram. */
  payload = g_bytes_new (data, length);
  if (!gcoap_message_get_content_format (request, &format))
    set_content (self, payload, self->text_only ? GCOAP_CONTENT_FORMAT_TEXT_PLAIN : -1);
  else
    set_content (self, payload, (gint) format);
  return TRUE;
}
