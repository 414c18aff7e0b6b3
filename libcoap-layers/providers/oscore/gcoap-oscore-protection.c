/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-protection-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "providers/oscore/gcoap-oscore-proxy-uri-private.h"
#include "wire/gcoap-message-private.h"
#include "wire/gcoap-options-codec-private.h"

/* The OSCORE option's header, its flags, Partial IV and length of the kid context;
 * code and second payload marker; Observe, which is sent twice; and what the deltas
 * of options grow by that are sorted apart, of which there are five kinds. */
#define MAX_FRAME (2 + 1 + GCOAP_OSCORE_MAX_PIV + 1 + 1 + 1 + 4 + 5 * 2)

/* What has more is decrypted to memory of its own. */
#define SCRATCH_SIZE 1280

static gboolean
is_outer_only (guint number)
{
  return !(gcoap_option_number_get_oscore_class (number) & GCOAP_OSCORE_CLASS_E);
}

/* Whether there is anything that must not be in the plaintext as it is. */
static gboolean
needs_sorting (GcoapMessage *message)
{
  const GcoapOptions *options = message->options;

  for (guint i = 0; i < options->n_views; i++)
    if (options->views[i].number == GCOAP_OPTION_OBSERVE ||
        is_outer_only (options->views[i].number))
      return TRUE;
  return FALSE;
}

/* RFC 8613 §4.1.1 and §4.1.2: what is not class E goes outside, to @outer, and
 * leaves what is returned. Observe is in both (§4.1.3.5). */
static GcoapMessage *
sort_options (GcoapMessage *message,
              GcoapMessage *outer)
{
  GcoapOptions *options = message->options;
  g_autoptr (GcoapMessage) inner = gcoap_message_copy (message);

  for (guint i = 0; i < options->n_views; i++)
    {
      const GcoapOptionView *view = &options->views[i];
      gboolean leaves = is_outer_only (view->number);

      /* One that is to be ignored is hidden like anything unknown. */
      if (leaves || (view->number == GCOAP_OPTION_OBSERVE && view->state == GCOAP_OPTION_STATE_GOOD))
        gcoap_message_add_option (outer, view->number, view->data, view->length);
      if (leaves)
        gcoap_message_remove_option (inner, view->number);
    }
  return g_steal_pointer (&inner);
}

static gboolean
has_oscore (GcoapMessage *message,
            GError      **error)
{
  /* RFC 8613 §4.1.3.7: nested use is not supported. */
  if (!gcoap_message_has_option (message, GCOAP_OPTION_OSCORE))
    return FALSE;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION,
                       "A message that is to be protected has an OSCORE option already.");
  return TRUE;
}

/* RFC 8613 §7.2.1: from 2^40 on a Partial IV would be that of another message. */
static gboolean
check_sequence (guint64   sequence,
                GError  **error)
{
  if (sequence <= GCOAP_OSCORE_MAX_SEQUENCE)
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
               "The sequence number %" G_GUINT64_FORMAT " is too large for a Partial IV.", sequence);
  return FALSE;
}

/* RFC 8613 §5.3, §6.2: encrypts code, options and payload of @inner to the payload
 * of @outer. */
static gboolean
seal (GcoapOscoreKeys          *keys,
      GcoapMessage             *inner,
      const guint8             *nonce,
      const GcoapOscoreBinding *binding,
      GcoapMessage             *outer,
      GError                  **error)
{
  gsize length = 1 + gcoap_options_codec_get_size (inner);
  guint8 *data = g_malloc (length + keys->algorithm->tag_length);
  g_autoptr (GBytes) payload = g_bytes_new_take (data, length + keys->algorithm->tag_length);
  guint8 aad[GCOAP_OSCORE_MAX_AAD];
  gsize aad_length = gcoap_oscore_keys_make_aad (keys, binding->kid, binding->kid_length,
                                                 binding->piv, binding->piv_length, aad);

  data[0] = (guint8) gcoap_message_get_code (inner);
  gcoap_options_codec_encode (inner, data + 1);
  if (!gcoap_aead_seal (keys->sender, nonce, keys->algorithm->nonce_length, aad, aad_length, data,
                        length, error))
    return FALSE;
  gcoap_message_set_payload (outer, payload);
  return TRUE;
}

static void
set_option (GcoapMessage            *outer,
            const GcoapOscoreOption *option)
{
  guint8 value[GCOAP_OSCORE_MAX_OPTION];

  gcoap_message_set_option (outer, GCOAP_OPTION_OSCORE, value,
                            gcoap_oscore_option_encode (option, value));
}

GcoapMessage *
gcoap_oscore_protect_request (GcoapOscoreKeys    *keys,
                              GcoapMessage       *request,
                              guint64             sequence,
                              gboolean            with_kid_context,
                              GcoapOscoreBinding *binding,
                              GError            **error)
{
  gboolean observes = gcoap_message_has_option (request, GCOAP_OPTION_OBSERVE);
  /* RFC 8613 §4.2; §4.1.3.5: POST with Observe is not defined. */
  g_autoptr (GcoapMessage) outer =
      gcoap_message_new (observes ? GCOAP_CODE_FETCH : GCOAP_CODE_POST);
  g_autoptr (GcoapMessage) inner = NULL;
  GcoapOscoreOption option = { .has_kid = TRUE, .kid = keys->sender_id,
                               .kid_length = keys->sender_id_length,
                               .has_kid_context = with_kid_context && keys->has_id_context,
                               .kid_context = keys->id_context,
                               .kid_context_length = keys->id_context_length };
  guint8 nonce[GCOAP_AEAD_MAX_NONCE];

  *binding = (GcoapOscoreBinding) { .kid_length = keys->sender_id_length };
  if (!check_sequence (sequence, error) || has_oscore (request, error))
    return NULL;
  option.piv_length = gcoap_oscore_encode_piv (sequence, option.piv);
  binding->piv_length = option.piv_length;
  memcpy (binding->kid, keys->sender_id, keys->sender_id_length);
  memcpy (binding->piv, option.piv, option.piv_length);

  inner = needs_sorting (request) ? sort_options (request, outer) : gcoap_message_ref (request);
  if (gcoap_message_has_option (outer, GCOAP_OPTION_PROXY_URI) &&
      !gcoap_oscore_split_proxy_uri (outer, inner, error))
    return NULL;
  gcoap_message_set_destination (outer, gcoap_message_get_destination (request));
  set_option (outer, &option);
  gcoap_oscore_keys_make_nonce (keys, keys->sender_id, keys->sender_id_length, option.piv,
                                option.piv_length, nonce);
  if (!seal (keys, inner, nonce, binding, outer, error))
    return NULL;
  return g_steal_pointer (&outer);
}

GcoapMessage *
gcoap_oscore_protect_response (GcoapOscoreKeys    *keys,
                               GcoapMessage       *response,
                               GcoapOscoreBinding *binding,
                               gint64              sequence,
                               GError            **error)
{
  gboolean notifies = gcoap_message_has_option (response, GCOAP_OPTION_OBSERVE);
  g_autoptr (GcoapMessage) outer =
      gcoap_message_new (notifies ? GCOAP_CODE_CONTENT : GCOAP_CODE_CHANGED);
  g_autoptr (GcoapMessage) inner = NULL;
  GcoapOscoreOption option = { 0 };
  guint8 nonce[GCOAP_AEAD_MAX_NONCE];

  if (has_oscore (response, error))
    return NULL;
  if (sequence < 0 && binding->nonce_used)
    {
      /* RFC 8613 §5.2: the same nonce twice would give the key away. */
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "The nonce of this request has been used for a response already.");
      return NULL;
    }
  if (sequence >= 0)
    {
      if (!check_sequence ((guint64) sequence, error))
        return NULL;
      option.piv_length = gcoap_oscore_encode_piv ((guint64) sequence, option.piv);
      gcoap_oscore_keys_make_nonce (keys, keys->sender_id, keys->sender_id_length, option.piv,
                                    option.piv_length, nonce);
    }
  else
    {
      binding->nonce_used = TRUE;
      gcoap_oscore_keys_make_nonce (keys, binding->kid, binding->kid_length, binding->piv,
                                    binding->piv_length, nonce);
    }

  inner = needs_sorting (response) ? sort_options (response, outer) : gcoap_message_ref (response);
  /* RFC 8613 §4.1.3.5.2: the number is the Partial IV. */
  if (notifies)
    gcoap_message_set_option_empty (inner, GCOAP_OPTION_OBSERVE);
  set_option (outer, &option);
  if (!seal (keys, inner, nonce, binding, outer, error))
    return NULL;
  return g_steal_pointer (&outer);
}

/* RFC 8613 §8.2 item 1, §8.4 item 1: of the outer options only those stay that
 * cannot be inside. What is inside was verified, and counts more. */
static GcoapMessage *
merge (GcoapMessage *inner,
       GcoapMessage *outer)
{
  const GcoapOptions *options = outer->options;
  g_autoptr (GcoapMessage) merged = gcoap_message_ref (inner);

  for (guint i = 0; i < options->n_views; i++)
    {
      const GcoapOptionView *view = &options->views[i];

      if (view->number == GCOAP_OPTION_OSCORE || !is_outer_only (view->number) ||
          gcoap_message_has_option (inner, view->number))
        continue;
      if (merged == inner)
        {
          merged = gcoap_message_copy (inner);
          gcoap_message_unref (inner);
        }
      gcoap_message_add_option (merged, view->number, view->data, view->length);
    }
  return g_steal_pointer (&merged);
}

/* RFC 7252 §5.4.5: a second one is like a critical option that is not known. */
static gboolean
has_one_option (GcoapMessage *outer,
                GError      **error)
{
  if (gcoap_message_count_option (outer, GCOAP_OPTION_OSCORE) <= 1)
    return TRUE;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                       "There is more than one OSCORE option.");
  return FALSE;
}

static GcoapMessage *
open_message (GcoapOscoreKeys          *keys,
              GcoapMessage             *outer,
              const guint8             *nonce,
              const GcoapOscoreBinding *binding,
              GError                  **error)
{
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (outer, &length);
  gsize tag_length = keys->algorithm->tag_length;
  guint8 aad[GCOAP_OSCORE_MAX_AAD];
  gsize aad_length = gcoap_oscore_keys_make_aad (keys, binding->kid, binding->kid_length,
                                                 binding->piv, binding->piv_length, aad);
  guint8 scratch[SCRATCH_SIZE];
  g_autofree guint8 *large = NULL;
  guint8 *plaintext = scratch;
  const guint8 *copy;
  g_autoptr (GcoapMessage) inner = NULL;

  if (!has_one_option (outer, error))
    return NULL;
  if (length < tag_length + 1)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "The ciphertext is shorter than a code and a tag.");
      return NULL;
    }
  if (length - tag_length > sizeof scratch)
    plaintext = large = g_malloc (length - tag_length);
  if (!gcoap_aead_open (keys->recipient, nonce, keys->algorithm->nonce_length, aad, aad_length,
                        data, length, plaintext, error))
    return NULL;
  inner = gcoap_options_codec_decode (plaintext[0], plaintext, length - tag_length, 1, &copy,
                                      error);
  sodium_memzero (plaintext, length - tag_length);
  if (inner == NULL)
    return NULL;
  if (gcoap_message_has_option (inner, GCOAP_OPTION_OSCORE))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
                           "There is an OSCORE option in a protected message.");
      return NULL;
    }
  return merge (inner, outer);
}

GcoapMessage *
gcoap_oscore_unprotect_request (GcoapOscoreKeys         *keys,
                                GcoapMessage            *outer,
                                const GcoapOscoreOption *option,
                                GcoapOscoreBinding      *binding,
                                GError                 **error)
{
  guint8 nonce[GCOAP_AEAD_MAX_NONCE];
  g_autoptr (GcoapMessage) inner = NULL;

  *binding = (GcoapOscoreBinding) { .kid_length = keys->recipient_id_length,
                                    .piv_length = option->piv_length };
  memcpy (binding->kid, keys->recipient_id, keys->recipient_id_length);
  memcpy (binding->piv, option->piv, option->piv_length);
  /* RFC 8613 §5: a request without one would have the nonce of number zero. */
  if (option->piv_length == 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "A protected request has no Partial IV.");
      return NULL;
    }
  gcoap_oscore_keys_make_nonce (keys, binding->kid, binding->kid_length, binding->piv,
                                binding->piv_length, nonce);
  inner = open_message (keys, outer, nonce, binding, error);
  if (inner == NULL)
    return NULL;
  if (!gcoap_code_is_request (gcoap_message_get_code (inner)))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
                           "The code of a protected request is none of a request.");
      return NULL;
    }
  return g_steal_pointer (&inner);
}

/* RFC 8613 §4.1.3.5.2: so that those who know nothing of OSCORE see the order. */
static GcoapMessage *
number_notification (GcoapMessage *inner,
                     gint64        sequence)
{
  GcoapMessage *numbered;

  if (!gcoap_message_has_option (inner, GCOAP_OPTION_OBSERVE))
    return inner;
  numbered = gcoap_message_copy (inner);
  gcoap_message_unref (inner);
  gcoap_message_set_option_uint (numbered, GCOAP_OPTION_OBSERVE,
                                 sequence >= 0 ? (guint32) (sequence & 0xffffff) : 0);
  return numbered;
}

GcoapMessage *
gcoap_oscore_unprotect_response (GcoapOscoreKeys          *keys,
                                 GcoapMessage             *outer,
                                 const GcoapOscoreBinding *binding,
                                 gint64                   *sequence,
                                 GError                  **error)
{
  GcoapOscoreOption option;
  gsize length;
  const guint8 *value = gcoap_message_peek_option (outer, GCOAP_OPTION_OSCORE, 0, &length);
  guint8 nonce[GCOAP_AEAD_MAX_NONCE];
  g_autoptr (GcoapMessage) inner = NULL;

  *sequence = -1;
  if (value == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "The response is not protected by OSCORE.");
      return NULL;
    }
  if (!gcoap_oscore_option_decode (&option, value, length, error))
    return NULL;
  if (option.piv_length > 0)
    {
      *sequence = (gint64) gcoap_oscore_decode_piv (option.piv, option.piv_length);
      gcoap_oscore_keys_make_nonce (keys, keys->recipient_id, keys->recipient_id_length,
                                    option.piv, option.piv_length, nonce);
    }
  else
    gcoap_oscore_keys_make_nonce (keys, binding->kid, binding->kid_length, binding->piv,
                                  binding->piv_length, nonce);
  inner = open_message (keys, outer, nonce, binding, error);
  if (inner == NULL)
    return NULL;
  if (!gcoap_code_is_response (gcoap_message_get_code (inner)))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
                           "The code of a protected response is none of a response.");
      return NULL;
    }
  return number_notification (g_steal_pointer (&inner), *sequence);
}

gsize
gcoap_oscore_get_overhead (GcoapOscoreKeys *keys)
{
  return MAX_FRAME + keys->algorithm->tag_length + keys->sender_id_length +
         (keys->has_id_context ? keys->id_context_length : 0);
}
