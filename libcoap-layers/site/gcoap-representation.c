/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §5.10.6 and §5.10.8: entity-tags, validation and conditional
 * requests, as a resource deals with them. */
#include "site/gcoap-representation-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/* RFC 7252 §5.10: an ETag has at most 8 bytes. */
#define ETAG_LENGTH 8

static gboolean
is_safe (GcoapMessage *request)
{
  guint method = gcoap_message_get_code (request);

  return method == GCOAP_CODE_GET || method == GCOAP_CODE_FETCH;
}

gboolean
gcoap_representation_names_etag (GcoapMessage *request,
                                 guint         number,
                                 GBytes       *etag)
{
  gsize tag_length;
  const guint8 *tag = g_bytes_get_data (etag, &tag_length);
  const guint8 *data;
  gsize length;

  for (guint i = 0; (data = gcoap_message_peek_option (request, number, i, &length)) != NULL; i++)
    if (length > 0 && length == tag_length && memcmp (data, tag, length) == 0)
      return TRUE;
  return FALSE;
}

static void
set_etag (GcoapMessage *response,
          GBytes       *etag)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (etag, &length);

  gcoap_message_set_option (response, GCOAP_OPTION_ETAG, data, length);
}

/**
 * gcoap_resource_answer_content:
 * @exchange: an open exchange
 * @payload: (nullable): the representation
 * @format: its content format, or -1 to leave it open
 * @etag: (nullable): its entity-tag, 1 to 8 bytes, or %NULL for none
 *
 * Answers with a representation.
 *
 * A GET or FETCH that names the tag already has it, and is answered by 2.03
 * (RFC 7252 §5.10.6.2); else by 2.05. POST, PUT, PATCH and iPATCH are answered
 * by 2.04, DELETE by 2.02.
 *
 * Since: 0.1
 */
void
gcoap_resource_answer_content (GcoapExchange *exchange,
                               GBytes        *payload,
                               gint           format,
                               GBytes        *etag)
{
  GcoapMessage *request;
  g_autoptr (GcoapMessage) response = NULL;

  g_return_if_fail (GCOAP_IS_EXCHANGE (exchange));
  g_return_if_fail (format >= -1 && format <= G_MAXUINT16);
  g_return_if_fail (etag == NULL
                    || (g_bytes_get_size (etag) > 0 && g_bytes_get_size (etag) <= ETAG_LENGTH));

  request = gcoap_exchange_get_request (exchange);
  /* RFC 7252 §8.2.1: a request to a group must not have ETag. */
  if (etag != NULL && is_safe (request) && !gcoap_exchange_is_group (exchange)
      && gcoap_representation_names_etag (request, GCOAP_OPTION_ETAG, etag))
    {
      response = gcoap_message_new (GCOAP_CODE_VALID);
      set_etag (response, etag);
      gcoap_exchange_respond (exchange, response, TRUE);
      return;
    }

  if (is_safe (request))
    response = gcoap_message_new (GCOAP_CODE_CONTENT);
  else if (gcoap_message_get_code (request) == GCOAP_CODE_DELETE)
    response = gcoap_message_new (GCOAP_CODE_DELETED);
  else
    response = gcoap_message_new (GCOAP_CODE_CHANGED);
  if (etag != NULL)
    set_etag (response, etag);
  if (format >= 0)
    gcoap_message_set_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, (guint) format);
  gcoap_message_set_payload (response, payload);
  gcoap_exchange_respond (exchange, response, TRUE);
}

/**
 * gcoap_resource_answer_text:
 * @exchange: an open exchange
 * @text: the representation
 *
 * Answers with a text, in the content format `text/plain;charset=utf-8`.
 *
 * The code is chosen as by [func@Resource.answer_content].
 *
 * Since: 0.1
 */
void
gcoap_resource_answer_text (GcoapExchange *exchange,
                            const char    *text)
{
  g_autoptr (GBytes) payload = NULL;

  g_return_if_fail (GCOAP_IS_EXCHANGE (exchange));
  g_return_if_fail (text != NULL);

  payload = g_bytes_new (text, strlen (text));
  gcoap_resource_answer_content (exchange, payload, 0, NULL);
}

static gboolean
matches (GcoapMessage *request,
         gboolean      exists,
         GBytes       *etag)
{
  gsize length;

  if (!exists)
    return FALSE;
  /* RFC 7252 §5.10.8.1: an empty one matches any representation. */
  for (guint i = 0; gcoap_message_peek_option (request, GCOAP_OPTION_IF_MATCH, i, &length) != NULL; i++)
    if (length == 0)
      return TRUE;
  return etag != NULL && gcoap_representation_names_etag (request, GCOAP_OPTION_IF_MATCH, etag);
}

gboolean
gcoap_representation_check_preconditions (GcoapMessage *request,
                                          gboolean      exists,
                                          GBytes       *etag,
                                          GError      **error)
{
  if (gcoap_message_has_option (request, GCOAP_OPTION_IF_MATCH) && !matches (request, exists, etag))
    {
      g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED,
                           "The resource is not in the state that If-Match names.");
      return FALSE;
    }
  if (exists && gcoap_message_has_option (request, GCOAP_OPTION_IF_NONE_MATCH))
    {
      g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED,
                           "The resource exists already.");
      return FALSE;
    }
  return TRUE;
}

/**
 * gcoap_resource_check_preconditions:
 * @exchange: an exchange
 * @exists: whether the resource has a representation now
 * @etag: (nullable): the entity-tag of that representation, or %NULL
 * @error: return location for an error
 *
 * Checks If-Match and If-None-Match of a request (RFC 7252 §5.10.8).
 *
 * To be called before the method is performed. The error is meant for
 * [method@Exchange.fail].
 *
 * Errors: %GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED.
 *
 * Returns: %TRUE if the method shall be performed, or %FALSE with @error set
 *
 * Since: 0.1
 */
gboolean
gcoap_resource_check_preconditions (GcoapExchange *exchange,
                                    gboolean       exists,
                                    GBytes        *etag,
                                    GError       **error)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (exchange), FALSE);

  return gcoap_representation_check_preconditions (gcoap_exchange_get_request (exchange), exists, etag, error);
}

/**
 * gcoap_etag_for_bytes:
 * @bytes: a representation
 *
 * Makes an entity-tag from what a representation consists of.
 *
 * It is the beginning of the SHA-256 digest: equal bytes have equal tags, also
 * after a restart.
 *
 * Returns: (transfer full): 8 bytes
 *
 * Since: 0.1
 */
GBytes *
gcoap_etag_for_bytes (GBytes *bytes)
{
  g_autoptr (GChecksum) checksum = NULL;
  guint8 digest[32];
  gsize digest_length = sizeof (digest);
  gsize length;
  const guint8 *data;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &length);
  checksum = g_checksum_new (G_CHECKSUM_SHA256);
  if (length > 0)
    g_checksum_update (checksum, data, (gssize) length);
  g_checksum_get_digest (checksum, digest, &digest_length);
  return g_bytes_new (digest, ETAG_LENGTH);
}
