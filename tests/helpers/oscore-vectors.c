/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/oscore-vectors.h"

static const guint8 secret[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };
static const guint8 salt[] = { 0x9e, 0x7c, 0xa9, 0x22, 0x23, 0x78, 0x63, 0x40 };
static const guint8 id_context[] = { 0x37, 0xcb, 0xf3, 0x21, 0x00, 0x17, 0xa2, 0xd3 };
static const guint8 zero[] = { 0 };
static const guint8 one[] = { 1 };

static GcoapOscoreKeys *
derive (GcoapOscoreSource *source,
        gsize              client_id_length,
        gboolean           server)
{
  GcoapOscoreKeys *keys;
  g_autoptr (GError) error = NULL;

  source->master_secret = secret;
  source->master_secret_length = sizeof secret;
  source->sender_id = server ? one : zero;
  source->sender_id_length = server ? 1 : client_id_length;
  source->recipient_id = server ? zero : one;
  source->recipient_id_length = server ? client_id_length : 1;
  keys = gcoap_oscore_keys_derive (source, &error);
  g_assert_no_error (error);
  return keys;
}

GcoapOscoreKeys *
test_oscore_keys (TestOscoreVector vector,
                  gboolean         server)
{
  GcoapOscoreSource source = { .algorithm = gcoap_aead_algorithm_lookup (10) };

  if (vector != TEST_OSCORE_C2)
    {
      source.master_salt = salt;
      source.master_salt_length = sizeof salt;
    }
  if (vector == TEST_OSCORE_C3)
    {
      source.id_context = id_context;
      source.id_context_length = sizeof id_context;
    }
  return derive (&source, vector == TEST_OSCORE_C2 ? 1 : 0, server);
}

GcoapOscoreKeys *
test_oscore_keys_for_algorithm (gint     algorithm,
                                gboolean server)
{
  GcoapOscoreSource source = { .algorithm = gcoap_aead_algorithm_lookup (algorithm) };

  return derive (&source, 0, server);
}
