/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An observation as bytes, to go on with it in another run of the program. */
#include "context/gcoap-observation-private.h"

#include "base/gcoap-error.h"

/* Version, destination, code, options, payload, token, sequence number. What
 * is on disk is little-endian. */
#define FORMAT "(usua(uay)ayayu)"
#define VERSION 1

/* What is longer was not saved here. */
#define MAX_SIZE 65536

static GVariant *
dup_options (GcoapMessage *request)
{
  GVariantBuilder builder;
  guint n = gcoap_message_get_n_options (request);

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(uay)"));
  for (guint i = 0; i < n; i++)
    {
      guint number;
      const guint8 *data;
      gsize length;

      gcoap_message_peek_option_at (request, i, &number, &data, &length);
      g_variant_builder_add (&builder, "(u@ay)", number,
                             g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, data, length, 1));
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
to_little_endian (GVariant *value)
{
  return G_BYTE_ORDER == G_BIG_ENDIAN ? g_variant_byteswap (value) : g_variant_ref (value);
}

/**
 * gcoap_observation_save:
 * @self: an observation
 *
 * Makes bytes from which [method@Context.restore_observation_async] goes on
 * with the observation, in another run of the program.
 *
 * They hold the request and the token, so that the server knows the observer
 * again instead of keeping two. They may be as secret as the request.
 *
 * Returns: (transfer full): the bytes
 *
 * Since: 0.1
 */
GBytes *
gcoap_observation_save (GcoapObservation *self)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) stored = NULL;
  const char *destination;
  const guint8 *payload;
  gsize payload_length;
  guint8 token[8];
  gsize token_length;

  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), NULL);

  destination = gcoap_message_get_destination (self->request);
  payload = gcoap_message_get_payload_data (self->request, &payload_length);
  token_length = gcoap_observation_registration_get_token (self->registration, token);
  value = g_variant_ref_sink (
    g_variant_new ("(usu@a(uay)@ay@ayu)", VERSION, destination != NULL ? destination : "",
                   (guint) gcoap_message_get_code (self->request), dup_options (self->request),
                   g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, payload, payload_length, 1),
                   g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, token, token_length, 1),
                   self->registration->sequence));
  stored = to_little_endian (value);
  return g_variant_get_data_as_bytes (stored);
}

static gboolean
add_options (GcoapMessage *request,
             GVariant     *options)
{
  gsize n = g_variant_n_children (options);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GVariant) value = NULL;
      const guint8 *data;
      gsize length;
      guint number;

      g_variant_get_child (options, i, "(u@ay)", &number, &value);
      if (number > G_MAXUINT16)
        return FALSE;
      data = g_variant_get_fixed_array (value, &length, 1);
      gcoap_message_add_option (request, number, data, length);
    }
  return TRUE;
}

static GcoapMessage *
new_request (guint       code,
             const char *destination,
             GVariant   *options,
             GVariant   *payload)
{
  g_autoptr (GcoapMessage) request = NULL;
  const guint8 *data;
  gsize length;

  if (code != GCOAP_CODE_GET && code != GCOAP_CODE_FETCH)
    return NULL;
  request = gcoap_message_new ((GcoapCode) code);
  if (!add_options (request, options) || !gcoap_message_validate (request, NULL))
    return NULL;
  gcoap_message_set_destination (request, destination);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_OBSERVE, 0);
  data = g_variant_get_fixed_array (payload, &length, 1);
  if (length > 0)
    gcoap_message_set_payload_data (request, data, length);
  return g_steal_pointer (&request);
}

GcoapObservation *
gcoap_observation_new_saved (GcoapContext *context,
                             GBytes       *saved,
                             GError      **error)
{
  g_autoptr (GVariant) stored = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) options = NULL;
  g_autoptr (GVariant) payload = NULL;
  g_autoptr (GVariant) token = NULL;
  g_autoptr (GcoapMessage) request = NULL;
  const char *destination;
  const guint8 *data;
  gsize length;
  guint version = 0, code, sequence;

  if (g_bytes_get_size (saved) <= MAX_SIZE)
    {
      stored = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (FORMAT), saved, FALSE));
      value = to_little_endian (stored);
    }
  if (value != NULL && g_variant_is_normal_form (value))
    {
      g_variant_get (value, "(u&su@a(uay)@ay@ayu)", &version, &destination, &code, &options,
                     &payload, &token, &sequence);
      if (version == VERSION)
        request = new_request (code, destination, options, payload);
    }
  if (request == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "These bytes are no observation that was saved.");
      return NULL;
    }
  else
    {
      GcoapObservation *self = gcoap_observation_new (context, request);

      data = g_variant_get_fixed_array (token, &length, 1);
      gcoap_observation_registration_set_token (self->registration, data, length);
      self->registration->sequence = sequence & 0xffffff;
      return self;
    }
}
