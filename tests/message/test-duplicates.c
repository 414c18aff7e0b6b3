/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-duplicates-private.h"

#include "helpers/named-address.h"

typedef struct
{
  GcoapLimits          *limits;
  GcoapDuplicates       duplicates;
  GcoapEndpointAddress *a;
  GcoapEndpointAddress *b;
  GcoapMessage         *response;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data G_GNUC_UNUSED)
{
  f->limits = gcoap_limits_new ();
  gcoap_duplicates_init (&f->duplicates, f->limits);
  f->a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  f->b = test_named_address_new ("b", TEST_ADDRESS_PLAIN);
  f->response = gcoap_message_new (GCOAP_CODE_CONTENT);
  gcoap_message_lock (f->response);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_duplicates_clear (&f->duplicates);
  g_object_unref (f->limits);
  g_object_unref (f->a);
  g_object_unref (f->b);
  gcoap_message_unref (f->response);
}

static guint
remember (Fixture              *f,
          GcoapEndpointAddress *address,
          GcoapMessageType      type,
          guint16               message_id,
          GcoapReply            reply,
          gint64                expires_at)
{
  GcoapPdu pdu = { .type = type, .message_id = message_id, .address = address };

  return gcoap_duplicates_remember (&f->duplicates, &pdu, reply,
                                    reply == GCOAP_REPLY_RESPONSE ? f->response : NULL,
                                    expires_at);
}

static void
test_find (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) same = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  GcoapDuplicate *found;

  g_assert_null (gcoap_duplicates_find (&f->duplicates, f->a, 1, 0));
  remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_RESPONSE, 100);
  found = gcoap_duplicates_find (&f->duplicates, same, 1, 0);
  g_assert_nonnull (found);
  g_assert_cmpint (found->reply, ==, GCOAP_REPLY_RESPONSE);
  g_assert_true (found->response == f->response);
  g_assert_null (gcoap_duplicates_find (&f->duplicates, f->b, 1, 0));
  g_assert_null (gcoap_duplicates_find (&f->duplicates, f->a, 2, 0));
}

static void
test_lifetime (Fixture       *f,
               gconstpointer  data G_GNUC_UNUSED)
{
  remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_ACK, 247);
  remember (f, f->a, GCOAP_MESSAGE_TYPE_NON, 2, GCOAP_REPLY_NONE, 145);
  remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 3, GCOAP_REPLY_ACK, 300);
  g_assert_cmpint (gcoap_duplicates_get_next_expiry (&f->duplicates), ==, 145);
  g_assert_nonnull (gcoap_duplicates_find (&f->duplicates, f->a, 2, 144));
  g_assert_null (gcoap_duplicates_find (&f->duplicates, f->a, 2, 145));
  gcoap_duplicates_expire (&f->duplicates, 246);
  g_assert_cmpuint (gcoap_duplicates_get_size (&f->duplicates), ==, 2);
  gcoap_duplicates_expire (&f->duplicates, 247);
  g_assert_cmpuint (gcoap_duplicates_get_size (&f->duplicates), ==, 1);
  gcoap_duplicates_expire (&f->duplicates, 1000);
  g_assert_cmpint (gcoap_duplicates_get_next_expiry (&f->duplicates), ==, G_MAXINT64);
}

static void
test_change (Fixture       *f,
             gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDuplicate *found;

  remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_ACK, 100);
  remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_RESPONSE, 200);
  found = gcoap_duplicates_find (&f->duplicates, f->a, 1, 0);
  g_assert_cmpint (found->reply, ==, GCOAP_REPLY_RESPONSE);
  g_assert_cmpint (found->expires_at, ==, 100);
  g_assert_cmpuint (f->duplicates.kept_bytes, >, 0);
  remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_ACK, 200);
  g_assert_cmpint (found->reply, ==, GCOAP_REPLY_ACK);
  g_assert_null (found->response);
  g_assert_cmpuint (f->duplicates.kept_bytes, ==, 0);
  gcoap_duplicates_remove (&f->duplicates, f->a, 1);
  g_assert_null (gcoap_duplicates_find (&f->duplicates, f->a, 1, 0));
  gcoap_duplicates_remove (&f->duplicates, f->a, 1);
}

static void
test_bounded_in_total (Fixture       *f,
                       gconstpointer  data G_GNUC_UNUSED)
{
  g_object_set (f->limits, "max-duplicates", 16, NULL);
  for (guint16 i = 0; i < 16; i++)
    g_assert_cmpuint (remember (f, i % 2 != 0 ? f->a : f->b, GCOAP_MESSAGE_TYPE_CON, i,
                                GCOAP_REPLY_ACK, 100 + i), ==, 0);
  g_assert_cmpuint (remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 100, GCOAP_REPLY_ACK, 200), ==, 1);
  g_assert_cmpuint (gcoap_duplicates_get_size (&f->duplicates), ==, 16);
  g_assert_null (gcoap_duplicates_find (&f->duplicates, f->b, 0, 0));
  g_assert_nonnull (gcoap_duplicates_find (&f->duplicates, f->a, 1, 0));
  g_assert_nonnull (gcoap_duplicates_find (&f->duplicates, f->a, 100, 0));
}

static void
test_bounded_per_peer (Fixture       *f,
                       gconstpointer  data G_GNUC_UNUSED)
{
  g_object_set (f->limits, "max-duplicates-per-peer", 1, NULL);
  remember (f, f->b, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_ACK, 10);
  g_assert_cmpuint (remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_ACK, 100), ==, 0);
  g_assert_cmpuint (remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 2, GCOAP_REPLY_ACK, 100), ==, 1);
  g_assert_null (gcoap_duplicates_find (&f->duplicates, f->a, 1, 0));
  g_assert_nonnull (gcoap_duplicates_find (&f->duplicates, f->a, 2, 0));
  /* One endpoint does not drive out another's. */
  g_assert_nonnull (gcoap_duplicates_find (&f->duplicates, f->b, 1, 0));
}

/* The oldest response goes; its request is not processed again for that. */
static void
test_kept_bytes (Fixture       *f,
                 gconstpointer  data G_GNUC_UNUSED)
{
  const guint8 payload[500] = { 0 };
  GcoapDuplicate *found;

  g_object_set (f->limits, "max-kept-bytes", 1400, NULL);
  gcoap_message_unref (f->response);
  f->response = gcoap_message_new (GCOAP_CODE_CONTENT);
  gcoap_message_set_payload_data (f->response, payload, sizeof payload);
  gcoap_message_lock (f->response);

  g_assert_cmpuint (remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_RESPONSE, 100), ==, 0);
  g_assert_cmpuint (remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 2, GCOAP_REPLY_RESPONSE, 100), ==, 0);
  g_assert_cmpuint (remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 3, GCOAP_REPLY_RESPONSE, 100), ==, 1);
  g_assert_cmpuint (f->duplicates.kept_bytes, <=, 1400);
  found = gcoap_duplicates_find (&f->duplicates, f->a, 1, 0);
  g_assert_nonnull (found);
  g_assert_cmpint (found->reply, ==, GCOAP_REPLY_NONE);
  found = gcoap_duplicates_find (&f->duplicates, f->a, 3, 0);
  g_assert_cmpint (found->reply, ==, GCOAP_REPLY_RESPONSE);
}

static void
test_too_large_to_keep (Fixture       *f,
                        gconstpointer  data G_GNUC_UNUSED)
{
  const guint8 payload[2000] = { 0 };

  g_object_set (f->limits, "max-kept-bytes", 1024, NULL);
  gcoap_message_unref (f->response);
  f->response = gcoap_message_new (GCOAP_CODE_CONTENT);
  gcoap_message_set_payload_data (f->response, payload, sizeof payload);
  gcoap_message_lock (f->response);

  g_assert_cmpuint (remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_RESPONSE, 100), ==, 1);
  g_assert_cmpint (gcoap_duplicates_find (&f->duplicates, f->a, 1, 0)->reply, ==, GCOAP_REPLY_NONE);
  g_assert_cmpuint (f->duplicates.kept_bytes, ==, 0);
}

static void
test_forget (Fixture       *f,
             gconstpointer  data G_GNUC_UNUSED)
{
  for (guint16 i = 0; i < 5; i++)
    remember (f, f->a, GCOAP_MESSAGE_TYPE_CON, i, GCOAP_REPLY_RESPONSE, 100);
  remember (f, f->b, GCOAP_MESSAGE_TYPE_CON, 1, GCOAP_REPLY_ACK, 100);
  gcoap_duplicates_forget (&f->duplicates, f->a);
  gcoap_duplicates_forget (&f->duplicates, f->a);
  g_assert_cmpuint (gcoap_duplicates_get_size (&f->duplicates), ==, 1);
  g_assert_cmpuint (f->duplicates.kept_bytes, ==, 0);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/duplicates/find", test_find);
  ADD ("/duplicates/lifetime", test_lifetime);
  ADD ("/duplicates/change", test_change);
  ADD ("/duplicates/bounded-in-total", test_bounded_in_total);
  ADD ("/duplicates/bounded-per-peer", test_bounded_per_peer);
  ADD ("/duplicates/kept-bytes", test_kept_bytes);
  ADD ("/duplicates/too-large-to-keep", test_too_large_to_keep);
  ADD ("/duplicates/forget", test_forget);
  return g_test_run ();
}
