/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 9175 §3.4 and §3.5. */
#include "providers/blockwise/gcoap-request-tags-private.h"

#include <string.h>

#include "helpers/named-address.h"

typedef struct
{
  GcoapRequestTags      tags;
  GcoapEndpointAddress *peer;
  GcoapEndpointAddress *other;
  GBytes               *key;
  GBytes               *other_key;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_request_tags_init (&fixture->tags, 2);
  fixture->peer = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  fixture->other = test_named_address_new ("b", TEST_ADDRESS_PLAIN);
  fixture->key = g_bytes_new_static ("k", 1);
  fixture->other_key = g_bytes_new_static ("l", 1);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_request_tags_clear (&fixture->tags);
  g_object_unref (fixture->peer);
  g_object_unref (fixture->other);
  g_bytes_unref (fixture->key);
  g_bytes_unref (fixture->other_key);
}

static GcoapRequestTag
begin (Fixture *fixture,
       gint64   now)
{
  GcoapRequestTag tag;

  gcoap_request_tags_begin (&fixture->tags, fixture->peer, fixture->key, now, &tag);
  return tag;
}

static void
test_concurrent (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  GcoapRequestTag one = begin (fixture, 0);
  GcoapRequestTag two = begin (fixture, 0);
  GcoapRequestTag three = begin (fixture, 0);
  GcoapRequestTag four;
  GcoapRequestTag five;

  g_assert_false (one.is_present);
  g_assert_true (two.is_present);
  g_assert_true (three.is_present);
  g_assert_cmpuint (two.length, <=, 8);
  g_assert_true (memcmp (two.value, three.value, two.length) != 0);
  /* Another peer, another resource. */
  gcoap_request_tags_begin (&fixture->tags, fixture->other, fixture->key, 0, &four);
  g_assert_false (four.is_present);
  gcoap_request_tags_begin (&fixture->tags, fixture->peer, fixture->other_key, 0, &five);
  g_assert_false (five.is_present);

  gcoap_request_tags_end (&fixture->tags, &one, TRUE, 0);
  gcoap_request_tags_end (&fixture->tags, &two, TRUE, 0);
  one = begin (fixture, 1);
  g_assert_true (one.is_present);
  gcoap_request_tags_end (&fixture->tags, &one, TRUE, 0);
  gcoap_request_tags_end (&fixture->tags, &three, TRUE, 0);
  gcoap_request_tags_end (&fixture->tags, &four, TRUE, 0);
  gcoap_request_tags_end (&fixture->tags, &five, TRUE, 0);
  g_assert_cmpuint (gcoap_request_tags_get_size (&fixture->tags), ==, 0);
  one = begin (fixture, 2);
  g_assert_false (one.is_present);
  gcoap_request_tags_end (&fixture->tags, &one, TRUE, 0);
}

static void
test_interrupted (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  GcoapRequestTag one = begin (fixture, 0);
  GcoapRequestTag two;

  gcoap_request_tags_end (&fixture->tags, &one, FALSE, 100);
  two = begin (fixture, 99);
  g_assert_true (two.is_present);
  gcoap_request_tags_end (&fixture->tags, &two, TRUE, 0);
  g_assert_cmpuint (gcoap_request_tags_get_size (&fixture->tags), ==, 1);
  one = begin (fixture, 100);
  g_assert_false (one.is_present);
  gcoap_request_tags_end (&fixture->tags, &one, TRUE, 0);
  g_assert_cmpuint (gcoap_request_tags_get_size (&fixture->tags), ==, 0);
}

/* When not all can be remembered, nobody goes without a value. */
static void
test_overflow (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  GcoapRequestTag tag;

  for (guint i = 0; i < 5; i++)
    {
      guint8 byte = (guint8) i;
      g_autoptr (GBytes) key = g_bytes_new (&byte, 1);

      gcoap_request_tags_begin (&fixture->tags, fixture->peer, key, 0, &tag);
      g_assert_true (tag.is_present == (i >= 3));
      gcoap_request_tags_end (&fixture->tags, &tag, FALSE, 100 + i);
    }
  g_assert_cmpuint (gcoap_request_tags_get_size (&fixture->tags), ==, 2);
  tag = begin (fixture, 99);
  g_assert_true (tag.is_present);
  gcoap_request_tags_end (&fixture->tags, &tag, TRUE, 0);
  tag = begin (fixture, 101);
  g_assert_false (tag.is_present);
  gcoap_request_tags_end (&fixture->tags, &tag, TRUE, 0);
}

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/request-tags/concurrent", test_concurrent);
  ADD ("/request-tags/interrupted", test_interrupted);
  ADD ("/request-tags/overflow", test_overflow);
  return g_test_run ();
}
