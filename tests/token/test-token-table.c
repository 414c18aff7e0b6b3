/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entries are found by role, address and token, the newest first; by peer, the
 * oldest first; and the table grows without mixing them up. */
#include "helpers/named-address.h"
#include "token/gcoap-token-table-private.h"

#include <string.h>

typedef struct
{
  GcoapTokenTable       table;
  GcoapEndpointAddress *a;
  GcoapEndpointAddress *b;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  gcoap_token_table_init (&fixture->table);
  fixture->a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  fixture->b = test_named_address_new ("b", TEST_ADDRESS_PLAIN);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  gcoap_token_table_clear (&fixture->table);
  g_assert_finalize_object (fixture->a);
  g_assert_finalize_object (fixture->b);
}

static void
add (Fixture              *fixture,
     GcoapTokenEntry      *entry,
     GcoapTokenRole        role,
     GcoapEndpointAddress *address,
     const char           *token)
{
  memset (entry, 0, sizeof *entry);
  gcoap_token_table_add (&fixture->table, entry, role, address, FALSE,
                         (const guint8 *) token, strlen (token));
}

static GcoapTokenEntry *
find (Fixture              *fixture,
      GcoapTokenRole        role,
      GcoapEndpointAddress *address,
      const char           *token)
{
  return gcoap_token_table_find (&fixture->table, role, address, (const guint8 *) token,
                                 strlen (token));
}

static void
test_keys (Fixture       *fixture,
           gconstpointer  data)
{
  GcoapTokenEntry client, server, elsewhere, other_token;

  add (fixture, &client, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "x");
  g_assert_null (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->a, "x"));
  add (fixture, &server, GCOAP_TOKEN_ROLE_SERVER, fixture->a, "x");
  add (fixture, &elsewhere, GCOAP_TOKEN_ROLE_CLIENT, fixture->b, "x");
  add (fixture, &other_token, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "");

  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "x") == &client);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->a, "x") == &server);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, fixture->b, "x") == &elsewhere);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "") == &other_token);
  /* RFC 7252 §5.3.1: tokens are byte strings; a prefix or a zero more is
   * another one. */
  g_assert_null (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "xx"));
  g_assert_null (gcoap_token_table_find (&fixture->table, GCOAP_TOKEN_ROLE_CLIENT, fixture->a,
                                         (const guint8 *) "x", 2));
  g_assert_null (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, NULL, "x"));

  gcoap_token_table_remove (&fixture->table, &client);
  g_assert_null (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "x"));
  gcoap_token_table_remove (&fixture->table, &client);
  gcoap_token_table_remove (&fixture->table, &server);
  gcoap_token_table_remove (&fixture->table, &elsewhere);
  gcoap_token_table_remove (&fixture->table, &other_token);
}

static void
test_token_alone (Fixture       *fixture,
                  gconstpointer  data)
{
  GcoapTokenEntry entry = { NULL };

  gcoap_token_table_add (&fixture->table, &entry, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, TRUE,
                         (const guint8 *) "t", 1);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, NULL, "t") == &entry);
  g_assert_null (find (fixture, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "t"));
  /* It still dies with the address it went to. */
  g_assert_true (gcoap_token_table_first (&fixture->table, fixture->a) == &entry);
  gcoap_token_table_remove (&fixture->table, &entry);
}

static void
test_same_key (Fixture       *fixture,
               gconstpointer  data)
{
  GcoapTokenEntry same[3], filler[100];

  add (fixture, &same[0], GCOAP_TOKEN_ROLE_SERVER, fixture->a, "t");
  add (fixture, &same[1], GCOAP_TOKEN_ROLE_SERVER, fixture->a, "t");
  add (fixture, &same[2], GCOAP_TOKEN_ROLE_SERVER, fixture->a, "t");
  /* Growing keeps the order. */
  for (guint i = 0; i < G_N_ELEMENTS (filler); i++)
    {
      char token[] = { (char) ('0' + i), 'f', '\0' };

      add (fixture, &filler[i], GCOAP_TOKEN_ROLE_SERVER, fixture->b, token);
    }

  g_assert_cmpuint (gcoap_token_table_count_of_peer (&fixture->table, GCOAP_TOKEN_ROLE_SERVER,
                                                     fixture->a), ==, 3);
  g_assert_cmpuint (fixture->table.n_entries[GCOAP_TOKEN_ROLE_SERVER], ==, 103);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->a, "t") == &same[2]);
  gcoap_token_table_remove (&fixture->table, &same[2]);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->a, "t") == &same[1]);
  gcoap_token_table_remove (&fixture->table, &same[0]);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->a, "t") == &same[1]);
  gcoap_token_table_remove (&fixture->table, &same[1]);
  for (guint i = 0; i < G_N_ELEMENTS (filler); i++)
    {
      char token[] = { (char) ('0' + i), 'f', '\0' };

      g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->b, token) == &filler[i]);
      gcoap_token_table_remove (&fixture->table, &filler[i]);
    }
}

static void
test_peers (Fixture       *fixture,
            gconstpointer  data)
{
  GcoapTokenEntry first, report, last;

  g_assert_null (gcoap_token_table_first (&fixture->table, NULL));
  add (fixture, &first, GCOAP_TOKEN_ROLE_CLIENT, fixture->a, "1");
  add (fixture, &report, GCOAP_TOKEN_ROLE_REPORT, fixture->a, "");
  add (fixture, &last, GCOAP_TOKEN_ROLE_SERVER, fixture->a, "1");
  g_assert_null (gcoap_token_table_first (&fixture->table, fixture->b));
  g_assert_null (find (fixture, GCOAP_TOKEN_ROLE_REPORT, fixture->a, ""));
  g_assert_cmpuint (first.serial, <, report.serial);
  g_assert_cmpuint (report.serial, <, last.serial);

  g_assert_true (gcoap_token_table_first (&fixture->table, fixture->a) == &first);
  g_assert_true (gcoap_token_table_first (&fixture->table, NULL) == &first);
  gcoap_token_table_remove (&fixture->table, &report);
  gcoap_token_table_remove (&fixture->table, &first);
  g_assert_true (gcoap_token_table_first (&fixture->table, fixture->a) == &last);
  g_assert_true (gcoap_token_entry_get_address (&last) == fixture->a);
  gcoap_token_table_remove (&fixture->table, &last);
  g_assert_false (gcoap_token_entry_is_in_table (&last));
  g_assert_null (gcoap_token_table_first (&fixture->table, fixture->a));
}

/* RFC 8974 §2.1 */
static void
test_long_tokens (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autofree char *token = g_strnfill (65804, 'l');
  GcoapTokenEntry entry, shorter;

  add (fixture, &entry, GCOAP_TOKEN_ROLE_SERVER, fixture->a, token);
  add (fixture, &shorter, GCOAP_TOKEN_ROLE_SERVER, fixture->a, token + 1);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->a, token) == &entry);
  g_assert_true (find (fixture, GCOAP_TOKEN_ROLE_SERVER, fixture->a, token + 1) == &shorter);
  gcoap_token_table_remove (&fixture->table, &entry);
  gcoap_token_table_remove (&fixture->table, &shorter);
}

/* Two tables put the same tokens into different buckets. */
static void
test_hash_is_seeded (Fixture       *fixture,
                     gconstpointer  data)
{
  GcoapTokenTable second;
  GcoapTokenEntry here[8], there[8];
  guint n_equal = 0;

  gcoap_token_table_init (&second);
  for (guint i = 0; i < G_N_ELEMENTS (here); i++)
    {
      char token[] = { (char) ('0' + i), '\0' };

      add (fixture, &here[i], GCOAP_TOKEN_ROLE_SERVER, fixture->a, token);
      memset (&there[i], 0, sizeof there[i]);
      gcoap_token_table_add (&second, &there[i], GCOAP_TOKEN_ROLE_SERVER, fixture->a, FALSE,
                             (const guint8 *) token, 1);
      n_equal += here[i].hash == there[i].hash;
    }
  g_assert_cmpuint (n_equal, <, 2);
  for (guint i = 0; i < G_N_ELEMENTS (here); i++)
    {
      gcoap_token_table_remove (&fixture->table, &here[i]);
      gcoap_token_table_remove (&second, &there[i]);
    }
  gcoap_token_table_clear (&second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/token-table/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("keys", test_keys);
  ADD ("token-alone", test_token_alone);
  ADD ("same-key", test_same_key);
  ADD ("peers", test_peers);
  ADD ("long-tokens", test_long_tokens);
  ADD ("hash-is-seeded", test_hash_is_seeded);
  return g_test_run ();
}
