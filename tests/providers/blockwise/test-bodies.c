/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-bodies-private.h"

#include <string.h>

#include "helpers/named-address.h"

typedef struct
{
  GcoapLimits          *limits;
  GcoapBodies           bodies;
  GcoapEndpointAddress *peers[4];
  guint                 n_freed;
} Fixture;

typedef struct
{
  GcoapBody  body;
  Fixture   *fixture;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  kept->fixture->n_freed++;
  g_free (kept);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->limits = gcoap_limits_new ();
  g_object_set (fixture->limits, "max-bodies", 4, "max-bodies-per-peer", 2, "max-body-bytes", 100,
                "body-timeout", 10, NULL);
  gcoap_bodies_init (&fixture->bodies, fixture->limits);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    {
      char name[2] = { (char) ('a' + i), '\0' };

      fixture->peers[i] = test_named_address_new (name, TEST_ADDRESS_PLAIN);
    }
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_bodies_clear (&fixture->bodies);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    g_assert_finalize_object (fixture->peers[i]);
  g_object_unref (fixture->limits);
}

static GcoapBody *
add (Fixture       *fixture,
     GcoapBodyKind  kind,
     guint          peer,
     const char    *key,
     gboolean       is_dispensable,
     gint64         now)
{
  Kept *kept = g_new0 (Kept, 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static (key, strlen (key));

  kept->fixture = fixture;
  kept->body.kind = kind;
  kept->body.is_dispensable = is_dispensable;
  kept->body.free_func = kept_free;
  if (gcoap_bodies_add (&fixture->bodies, &kept->body, fixture->peers[peer], bytes, now))
    return &kept->body;
  g_free (kept);
  return NULL;
}

static GcoapBody *
find (Fixture       *fixture,
      GcoapBodyKind  kind,
      guint          peer,
      const char    *key,
      gint64         now)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (key, strlen (key));

  return gcoap_bodies_find (&fixture->bodies, kind, fixture->peers[peer], bytes, now);
}

static void
test_find (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  GcoapBody *one = add (fixture, GCOAP_BODY_REQUEST, 0, "x", FALSE, 0);
  GcoapBody *two = add (fixture, GCOAP_BODY_RESPONSE, 0, "x", FALSE, 0);
  GcoapBody *three = add (fixture, GCOAP_BODY_REQUEST, 1, "x", FALSE, 0);

  g_assert_true (find (fixture, GCOAP_BODY_REQUEST, 0, "x", 1) == one);
  g_assert_true (find (fixture, GCOAP_BODY_RESPONSE, 0, "x", 1) == two);
  g_assert_true (find (fixture, GCOAP_BODY_REQUEST, 1, "x", 1) == three);
  g_assert_null (find (fixture, GCOAP_BODY_REQUEST, 0, "y", 1));
  g_assert_null (find (fixture, GCOAP_BODY_REQUEST, 2, "x", 1));

  /* One with the same key takes the place of the other. */
  one = add (fixture, GCOAP_BODY_REQUEST, 0, "x", FALSE, 2);
  g_assert_cmpuint (fixture->n_freed, ==, 1);
  g_assert_true (find (fixture, GCOAP_BODY_REQUEST, 0, "x", 3) == one);
  gcoap_bodies_remove (&fixture->bodies, one);
  g_assert_null (find (fixture, GCOAP_BODY_REQUEST, 0, "x", 3));
}

static void
test_expiry (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  GcoapBody *one = add (fixture, GCOAP_BODY_REQUEST, 0, "x", FALSE, 0);

  add (fixture, GCOAP_BODY_REQUEST, 1, "x", FALSE, 1000);
  g_assert_cmpint (gcoap_bodies_get_next_expiry (&fixture->bodies), ==, 10000);
  gcoap_bodies_touch (&fixture->bodies, one, 5000);
  g_assert_cmpint (gcoap_bodies_get_next_expiry (&fixture->bodies), ==, 11000);
  g_assert_null (find (fixture, GCOAP_BODY_REQUEST, 1, "x", 11000));
  gcoap_bodies_expire (&fixture->bodies, 11000);
  g_assert_cmpuint (gcoap_bodies_get_size (&fixture->bodies), ==, 1);
  g_assert_nonnull (find (fixture, GCOAP_BODY_REQUEST, 0, "x", 14999));
  gcoap_bodies_expire (&fixture->bodies, 15000);
  g_assert_cmpuint (gcoap_bodies_get_size (&fixture->bodies), ==, 0);
  g_assert_cmpint (gcoap_bodies_get_next_expiry (&fixture->bodies), ==, G_MAXINT64);
}

static void
test_per_peer (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  GcoapBody *one = add (fixture, GCOAP_BODY_REQUEST, 0, "1", FALSE, 0);

  add (fixture, GCOAP_BODY_REQUEST, 0, "2", FALSE, 0);
  add (fixture, GCOAP_BODY_REQUEST, 1, "1", FALSE, 0);
  gcoap_bodies_touch (&fixture->bodies, one, 1);
  /* The peer's own least recently used one goes. */
  g_assert_nonnull (add (fixture, GCOAP_BODY_REQUEST, 0, "3", FALSE, 2));
  g_assert_null (find (fixture, GCOAP_BODY_REQUEST, 0, "2", 3));
  g_assert_nonnull (find (fixture, GCOAP_BODY_REQUEST, 0, "1", 3));
  g_assert_nonnull (find (fixture, GCOAP_BODY_REQUEST, 1, "1", 3));
  g_assert_cmpuint (fixture->bodies.n_given_up, ==, 1);
}

static void
test_total (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  add (fixture, GCOAP_BODY_REQUEST, 0, "1", FALSE, 0);
  add (fixture, GCOAP_BODY_RESPONSE, 0, "2", TRUE, 0);
  add (fixture, GCOAP_BODY_REQUEST, 1, "1", FALSE, 0);
  add (fixture, GCOAP_BODY_REQUEST, 1, "2", FALSE, 0);
  /* What can be made anew goes for others; nothing else does. */
  g_assert_nonnull (add (fixture, GCOAP_BODY_REQUEST, 2, "1", FALSE, 0));
  g_assert_null (find (fixture, GCOAP_BODY_RESPONSE, 0, "2", 1));
  g_assert_null (add (fixture, GCOAP_BODY_REQUEST, 3, "1", FALSE, 0));
  g_assert_cmpuint (gcoap_bodies_get_size (&fixture->bodies), ==, 4);
  /* What has expired does not count. */
  g_assert_nonnull (add (fixture, GCOAP_BODY_REQUEST, 3, "1", FALSE, 20000));
  g_assert_cmpuint (gcoap_bodies_get_size (&fixture->bodies), ==, 1);
}

static void
test_bytes (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  GcoapBody *one = add (fixture, GCOAP_BODY_REQUEST, 0, "1", FALSE, 0);
  GcoapBody *two = add (fixture, GCOAP_BODY_RESPONSE, 0, "2", TRUE, 0);
  GcoapBody *three = add (fixture, GCOAP_BODY_REQUEST, 1, "1", FALSE, 0);

  g_assert_true (gcoap_bodies_resize (&fixture->bodies, one, 50));
  g_assert_true (gcoap_bodies_resize (&fixture->bodies, two, 50));
  g_assert_false (gcoap_bodies_resize (&fixture->bodies, two, 51));
  g_assert_false (gcoap_bodies_resize (&fixture->bodies, three, 101));
  g_assert_cmpuint (gcoap_bodies_get_size (&fixture->bodies), ==, 3);
  g_assert_true (gcoap_bodies_resize (&fixture->bodies, three, 50));
  g_assert_null (find (fixture, GCOAP_BODY_RESPONSE, 0, "2", 1));
  g_assert_false (gcoap_bodies_resize (&fixture->bodies, one, 51));
  gcoap_bodies_remove (&fixture->bodies, three);
  g_assert_true (gcoap_bodies_resize (&fixture->bodies, one, 100));
  g_assert_cmpuint (fixture->bodies.bytes, ==, 100);
}

#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/bodies/find", test_find);
  ADD ("/bodies/expiry", test_expiry);
  ADD ("/bodies/per-peer", test_per_peer);
  ADD ("/bodies/total", test_total);
  ADD ("/bodies/bytes", test_bytes);
  return g_test_run ();
}
