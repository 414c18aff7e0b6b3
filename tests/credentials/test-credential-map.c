/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What credential maps mean, and what is wrong with those that mean nothing. */
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"

#define HASH "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define PSK "{\"psk\": {\"ascii\": \"k\"}, \"client-identity\": {\"hex\": \"6964\"}}"

static gboolean
load (GcoapCredentialStore *store,
      const char           *text,
      GError              **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return gcoap_credential_store_load_bytes (store, bytes, NULL, error);
}

static void
test_client (void)
{
  static const char text[] =
    "{ # a comment\n"
    "  'coaps://e.example/*': 0,\n"
    "}";
  static const char map[] =
    "{\n"
    "  \"coaps://e.example/*\": {\"dtls\": " PSK "},\n"
    "  \"coaps+tcp://e.example/*\": {\"tls\": {\"peers\": \"" HASH "\"}},\n"
    "  \"coaps://p.example/*\": {\"dtls\": {\"pin\": \"" HASH "\", \"host-name\": \"other.example\"}},\n"
    "  \"coap://e.example/*\": {\"oscore\": {\"secret\": h'000102030405060708090a0b0c0d0e0f',\n"
    "    \"sender-id\": '', \"recipient-id\": h'01', \"salt\": 'salt', \"id-context\": 'ctx',\n"
    "    \"algorithm\": 24, \"hash\": \"sha512\", \"window\": 64}},\n"
    "  \"coap://d.example/*\": {\"oscore\": {\"basedir\": \"/etc/context/\"}},\n"
    "  \"coap://n.example/*\": {\"edhoc-oscore\": {\"suite\": 2, \"method\": 3}},\n"
    "  \"coap://any.example/*\": {\"any\": [{\"edhoc-oscore\": {}}, \":ref\", {\"oscore\": {\"contextfile\": \"/b\"}}]},\n"
    "  \"*\": {\"all\": [\":ref\", {\"dtls\": " PSK "}]},\n"
    "  \":ref\": {\"oscore\": {\"basedir\": \"/a\"}},\n"
    "}";
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GError) error = NULL;
  GcoapCredential *found;
  GcoapOscoreParameters *parameters;
  const char *name = NULL;

  g_assert_false (load (store, text, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_true (load (store, map, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (gcoap_credential_store_get_serial (store), ==, 1);

  found = gcoap_credential_store_lookup (store, "coaps://e.example/a", GCOAP_SECURITY_DTLS, NULL);
  g_assert_true (GCOAP_IS_PSK_CREDENTIAL (found));
  g_assert_cmpmem (g_bytes_get_data (gcoap_psk_credential_get_identity (GCOAP_PSK_CREDENTIAL (found)), NULL), 2, "id", 2);
  found = gcoap_credential_store_lookup (store, "coaps+tcp://e.example/a", GCOAP_SECURITY_TLS, NULL);
  g_assert_true (gcoap_raw_public_key_credential_accepts (GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (found), HASH));
  found = gcoap_credential_store_lookup (store, "coaps://p.example/a", GCOAP_SECURITY_DTLS, NULL);
  g_assert_cmpstr (gcoap_certificate_credential_get_pinned_key (GCOAP_CERTIFICATE_CREDENTIAL (found)), ==, HASH);
  g_assert_cmpstr (gcoap_certificate_credential_get_host_name (GCOAP_CERTIFICATE_CREDENTIAL (found)), ==, "other.example");
  found = gcoap_credential_store_lookup (store, "coap://e.example/a", GCOAP_SECURITY_OSCORE, NULL);
  parameters = gcoap_oscore_credential_peek_parameters (GCOAP_OSCORE_CREDENTIAL (found));
  g_assert_cmpint (parameters->algorithm, ==, 24);
  g_assert_cmpstr (parameters->hash, ==, "sha512");
  g_assert_cmpuint (parameters->window, ==, 64);
  g_assert_cmpmem (g_bytes_get_data (parameters->id_context, NULL), g_bytes_get_size (parameters->id_context), "ctx", 3);
  g_assert_cmpmem (g_bytes_get_data (parameters->master_salt, NULL), g_bytes_get_size (parameters->master_salt), "salt", 4);
  found = gcoap_credential_store_lookup (store, "coap://d.example/a", GCOAP_SECURITY_OSCORE, NULL);
  g_assert_cmpstr (gcoap_oscore_credential_get_directory (GCOAP_OSCORE_CREDENTIAL (found)), ==, "/etc/context/");

  /* Only who would use what is not supported is told. */
  g_assert_null (gcoap_credential_store_lookup (store, "coap://n.example/a", GCOAP_SECURITY_OSCORE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "EDHOC, which is not supported yet"));
  found = gcoap_credential_store_lookup (store, "coap://any.example/a", GCOAP_SECURITY_OSCORE, NULL);
  g_assert_cmpstr (gcoap_oscore_credential_get_directory (GCOAP_OSCORE_CREDENTIAL (found)), ==, "/a");
  g_assert_nonnull (gcoap_credential_store_lookup (store, "coap://x.example/", GCOAP_SECURITY_OSCORE, NULL));
  g_assert_nonnull (gcoap_credential_store_lookup (store, "coaps://x.example/", GCOAP_SECURITY_DTLS, NULL));
  g_assert_null (gcoap_credential_store_lookup (store, "coaps+tcp://x.example/", GCOAP_SECURITY_TLS, NULL));
  g_assert_true ((GcoapCredential *) gcoap_credential_store_get_client_context (store, 0, &name) == found);
  g_assert_cmpstr (name, ==, "ref");
  g_assert_null (gcoap_credential_store_get_client_context (store, 1, &name));
}

static void
test_server (void)
{
  static const char map[] =
    "{\"server\": {\"identities\": {\"s1\": {\"hex\": \"00ff\"}, \"s2\": {\"psk\": 'k', \"name\": \"second\"}},\n"
    "              \"clients\": {\"alice\": [\"" HASH "\"]}},\n"
    " \":bob\": {\"dtls\": " PSK ", \"tls\": " PSK "}, \":also\": \":bob\"}";
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapClaims) claims = NULL;
  g_autoptr (GError) error = NULL;
  guint8 key[GCOAP_PSK_MAX_KEY];
  gsize length;

  g_assert_true (load (store, map, &error));
  g_assert_no_error (error);
  g_assert_true (gcoap_credential_store_lookup_psk (store, (const guint8 *) "s1", 2, key, &length, NULL));
  g_assert_cmpmem (key, length, "\0\377", 2);
  g_assert_true (gcoap_credential_store_lookup_psk (store, (const guint8 *) "s2", 2, key, &length, &claims));
  g_assert_cmpstr (gcoap_claims_get_name (claims), ==, "second");
  g_clear_pointer (&claims, gcoap_claims_unref);
  g_assert_true (gcoap_credential_store_lookup_psk (store, (const guint8 *) "id", 2, key, &length, &claims));
  g_assert_cmpstr (gcoap_claims_get_name (claims), ==, "bob");
  g_assert_true (gcoap_credential_store_authorizes (store, NULL, claims));

  /* What is loaded replaces what was there; who has the same key stays. */
  g_assert_true (load (store, "{\":bob\": {\"dtls\": " PSK "}}", NULL));
  g_assert_true (gcoap_credential_store_authorizes (store, NULL, claims));
  g_assert_false (gcoap_credential_store_lookup_psk (store, (const guint8 *) "s1", 2, key, &length, NULL));
  g_assert_true (load (store, "{\":bob\": {\"dtls\": {\"psk\": 'new', \"client-identity\": 'id'}}}", NULL));
  g_assert_false (gcoap_credential_store_authorizes (store, NULL, claims));
}

typedef struct
{
  const char *text;
  gint        code;
  const char *message;
} Row;

/* Each line of them is the first but where it says so. */
static const Row bad_maps[] = {
  { "", GCOAP_ERROR_MALFORMED, "a value must follow (line 1, column 1)" },
  { "[]", GCOAP_ERROR_MALFORMED, "must be a map (line 1, column 1)" },
  { "{1: 2}", GCOAP_ERROR_MALFORMED, "keys of maps are text (line 1, column 2)" },
  { "{\"*\": hunter2}", GCOAP_ERROR_MALFORMED, "no value (line 1, column 7)" },
  { "{\"*\": null}", GCOAP_ERROR_MALFORMED, "have a meaning here (line 1, column 7)" },
  { "{\"*\": -18446744073709551615}", GCOAP_ERROR_MALFORMED, "too large (line 1, column 7)" },
  { "{\"*\": 18446744073709551615}", GCOAP_ERROR_MALFORMED, "must be a map (line 1, column 7)" },
  { "{\"*\": 184467440737095516150}", GCOAP_ERROR_MALFORMED, "must be a map (line 1, column 7)" },
  { "{\"*\": -184467440737095516150}", GCOAP_ERROR_MALFORMED, "integers" },
  { "{\"*\": \"\\u0000\"}", GCOAP_ERROR_MALFORMED, "NUL here (line 1, column 7)" },
  { "{\"*\": 1}", GCOAP_ERROR_MALFORMED, "must be a map (line 1, column 7)" },
  { "{\n \"x\": {}}", GCOAP_ERROR_MALFORMED, "neither a URI, nor a name with a colon in front, nor “server” (line 2, column 2)" },
  { "{\"coaps://h*\": {\"dtls\": " PSK "}}", GCOAP_ERROR_INVALID_ARGUMENT, "(line 1, column 2)" },
  { "{\"coaps://h:x/\": {\"dtls\": " PSK "}}", GCOAP_ERROR_INVALID_URI, "(line 1, column 2)" },
  { "{\"coaps://h/*\": {\"dtls\": " PSK "},\n\"coaps://H/*\": {\"dtls\": " PSK "}}", GCOAP_ERROR_MALFORMED, "twice, in other words (line 2, column 1)" },
  { "{\"coaps://h/*\": {\"tls\": " PSK "}}", GCOAP_ERROR_MALFORMED, "“tls” has no use for the scheme “coaps” (line 1, column 18)" },
  { "{\"coap://h/*\": {\"dtls\": " PSK "}}", GCOAP_ERROR_MALFORMED, "“dtls” has no use" },
  { "{\"*\": {}}", GCOAP_ERROR_MALFORMED, "says nothing (line 1, column 7)" },
  { "{\"*\": {\"ssl\": {}}}", GCOAP_ERROR_MALFORMED, "no entry “ssl” (line 1, column 8)" },
  { "{\"*\": {\"dtls\": {}}}", GCOAP_ERROR_MALFORMED, "needs a key or trust anchors" },
  { "{\"*\": {\"dtls\": {\"pks\": 1}}}", GCOAP_ERROR_MALFORMED, "“dtls” has no entry “pks” (line 1, column 17)" },
  { "{\"*\": {\"dtls\": {\"psk\": 'k'}}}", GCOAP_ERROR_MALFORMED, "both “psk” and “client-identity”" },
  { "{\"*\": {\"dtls\": {\"psk\": 'k', \"client-identity\": 'i', \"key\": \"/k\"}}}", GCOAP_ERROR_MALFORMED, "“key” contradicts a pre-shared key (line 1, column 53)" },
  { "{\"*\": {\"dtls\": {\"psk\": \"k\", \"client-identity\": 'i'}}}", GCOAP_ERROR_MALFORMED, "“psk” must be {\"ascii\"" },
  { "{\"*\": {\"dtls\": {\"psk\": '', \"client-identity\": 'i'}}}", GCOAP_ERROR_INVALID_ARGUMENT, "1 to 64 bytes" },
  { "{\"*\": {\"dtls\": {\"psk\": {\"hex\": \"abc\"}, \"client-identity\": 'i'}}}", GCOAP_ERROR_MALFORMED, "pairs of hexadecimal digits (line 1, column 32)" },
  { "{\"*\": {\"dtls\": {\"psk\": {\"hex\": \"xy\"}, \"client-identity\": 'i'}}}", GCOAP_ERROR_MALFORMED, "pairs of hexadecimal" },
  { "{\"*\": {\"dtls\": {\"psk\": {\"ascii\": \"ä\"}, \"client-identity\": 'i'}}}", GCOAP_ERROR_MALFORMED, "not ASCII" },
  { "{\"*\": {\"dtls\": {\"psk\": {\"ascii\": 1}, \"client-identity\": 'i'}}}", GCOAP_ERROR_MALFORMED, "“ascii” must be text" },
  { "{\"*\": {\"dtls\": {\"peers\": \"sha1:00\"}}}", GCOAP_ERROR_MALFORMED, "64 hexadecimal digits (line 1, column 26)" },
  { "{\"*\": {\"dtls\": {\"peers\": []}}}", GCOAP_ERROR_MALFORMED, "at least one key" },
  { "{\"*\": {\"dtls\": {\"peers\": \"" HASH "\", \"pin\": \"x\"}}}", GCOAP_ERROR_MALFORMED, "“pin” contradicts a raw public key" },
  { "{\"*\": {\"dtls\": {\"certificate\": \"/c\"}}}", GCOAP_ERROR_MALFORMED, "only of use together" },
  { "{\"*\": {\"dtls\": {\"key\": \"/k\", \"pin\": \"" HASH "\"}}}", GCOAP_ERROR_MALFORMED, "only of use together" },
  { "{\"*\": {\"dtls\": {\"key\": \"k.pem\"}}}", GCOAP_ERROR_MALFORMED, "must be an absolute name" },
  { "{\"*\": {\"dtls\": {\"key\": \"\"}}}", GCOAP_ERROR_MALFORMED, "the name of a file" },
  { "{\"*\": {\"dtls\": {\"key\": \"/no/such/file\"}}}", GCOAP_ERROR_FAILED, "cannot be read: No such file or directory (line 1, column 24)" },
  { "{\"*\": {\"dtls\": {\"key\": \"/\"}}}", GCOAP_ERROR_INVALID_ARGUMENT, "no regular file" },
  { "{\"*\": {\"dtls\": {\"pin\": \"x\"}}}", GCOAP_ERROR_INVALID_ARGUMENT, "sha256" },
  { "{\"*\": {\"dtls\": {\"pin\": 1}}}", GCOAP_ERROR_MALFORMED, "“pin” must be text" },
  { "{\"*\": {\"dtls\": {\"host-name\": \"h\"}}}", GCOAP_ERROR_MALFORMED, "needs “trust-anchors” or “pin”" },
  { "{\"*\": {\"dtls\": {\"host-name\": \"\"}}}", GCOAP_ERROR_MALFORMED, "must not be empty" },
  { "{\"*\": {\"oscore\": {\"basedir\": \"/a\", \"secret\": 's'}}}", GCOAP_ERROR_MALFORMED, "“secret” contradicts a directory" },
  { "{\"*\": {\"oscore\": {\"basedir\": \"/a\", \"contextfile\": \"/b\"}}}", GCOAP_ERROR_MALFORMED, "“contextfile” contradicts" },
  { "{\"*\": {\"oscore\": {}}}", GCOAP_ERROR_MALFORMED, "needs “basedir”, or “secret”" },
  { "{\"*\": {\"oscore\": {\"secret\": 's', \"sender-id\": '', \"recipient-id\": '1'}}}", GCOAP_ERROR_INVALID_ARGUMENT, "16 to 64 bytes" },
  { "{\"*\": {\"oscore\": {\"secret\": '0123456789abcdef', \"sender-id\": '', \"recipient-id\": '1', \"algorithm\": 5}}}", GCOAP_ERROR_MALFORMED, "AEAD" },
  { "{\"*\": {\"oscore\": {\"secret\": '0123456789abcdef', \"sender-id\": '', \"recipient-id\": '1', \"hash\": \"md5\"}}}", GCOAP_ERROR_MALFORMED, "“sha256”" },
  { "{\"*\": {\"oscore\": {\"secret\": '0123456789abcdef', \"sender-id\": '', \"recipient-id\": '1', \"hash\": \"sha384\"}}}", GCOAP_ERROR_MALFORMED, "“sha256”" },
  { "{\"*\": {\"oscore\": {\"secret\": '0123456789abcdef', \"sender-id\": '', \"recipient-id\": '1', \"window\": 1025}}}", GCOAP_ERROR_MALFORMED, "1 to 1024" },
  { "{\"*\": {\"oscore\": {\"basedir\": \"/a\"}, \"edhoc-oscore\": {}}}", GCOAP_ERROR_MALFORMED, "contradicts another “oscore”" },
  { "{\"*\": {\"edhoc-oscore\": {\"sweet\": 2}}}", GCOAP_ERROR_MALFORMED, "no entry “sweet”" },
  { "{\"*\": {\"any\": []}}", GCOAP_ERROR_MALFORMED, "at least one entry" },
  { "{\"*\": {\"any\": {}}}", GCOAP_ERROR_MALFORMED, "“any” must be an array" },
  { "{\"*\": {\"any\": [{\"oscore\": {\"basedir\": \"/a\"}}], \"dtls\": {}}}", GCOAP_ERROR_MALFORMED, "stands alone" },
  { "{\"*\": {\"all\": [{\"oscore\": {\"basedir\": \"/a\"}}, {\"oscore\": {\"basedir\": \"/b\"}}]}}", GCOAP_ERROR_MALFORMED, "contradicts another" },
  { "{\"*\": \"ref\"}", GCOAP_ERROR_MALFORMED, "begin with a colon" },
  { "{\"*\": \":ref\"}", GCOAP_ERROR_MALFORMED, "there is no entry “:ref” (line 1, column 7)" },
  { "{\":\": {\"oscore\": {\"basedir\": \"/a\"}}}", GCOAP_ERROR_MALFORMED, "a name behind the colon" },
  { "{\":a\": \":b\", \":b\": {\"any\": [\":a\"]}}", GCOAP_ERROR_MALFORMED, "in a circle" },
  { "{\":a\": {\"dtls\": " PSK "}, \":b\": {\"dtls\": " PSK "}}", GCOAP_ERROR_INVALID_ARGUMENT, "“b” belongs to a client already" },
  { "{\"server\": {\"owner\": 1}}", GCOAP_ERROR_MALFORMED, "“server” has no entry “owner”" },
  { "{\"server\": {\"own\": [{\"dtls\": " PSK "}]}}", GCOAP_ERROR_INVALID_ARGUMENT, "A server shows a certificate" },
  { "{\"server\": {\"identities\": []}}", GCOAP_ERROR_MALFORMED, "“identities” must be a map" },
  { "{\"server\": {\"identities\": {\"a\": {\"name\": \"b\"}}}}", GCOAP_ERROR_MALFORMED, "needs “psk”" },
  { "{\"server\": {\"identities\": {\"a\": {\"psk\": 'k', \"name\": 1}}}}", GCOAP_ERROR_MALFORMED, "“name” must be text" },
  { "{\"server\": {\"identities\": {\"\": 'k'}}}", GCOAP_ERROR_INVALID_ARGUMENT, "1 to 128 bytes" },
  { "{\"server\": {\"clients\": {\"a\": \"" HASH "\", \"b\": \"" HASH "\"}}}", GCOAP_ERROR_INVALID_ARGUMENT, "belongs to a client already" },
};

static void
assert_fails (const char *text,
              gint        code,
              const char *message)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (load (store, "{\"*\": {\"dtls\": " PSK "}}", NULL));
  g_assert_false (load (store, text, &error));
  g_test_message ("%.80s: %s", text, error->message);
  g_assert_error (error, GCOAP_ERROR, code);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_null (strstr (error->message, "hunter2"));
  g_assert_true (g_str_has_suffix (error->message, "."));
  /* Nothing has changed. */
  g_assert_cmpuint (gcoap_credential_store_get_serial (store), ==, 1);
  g_assert_nonnull (gcoap_credential_store_lookup (store, "coaps://h/", GCOAP_SECURITY_DTLS, NULL));
}

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_maps); i++)
    assert_fails (bad_maps[i].text, bad_maps[i].code, bad_maps[i].message);
}

static void
test_limits (void)
{
  g_autoptr (GString) items = g_string_new ("{\"*\": [");
  g_autoptr (GString) chain = g_string_new ("{");
  g_autoptr (GString) wide = g_string_new ("{\":z\": {\"oscore\": {\"basedir\": \"/a\"}}");
  g_autofree char *large = g_strnfill (GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE + 1, ' ');

  assert_fails (large, GCOAP_ERROR_TOO_LARGE, "larger than the limit");
  for (guint i = 0; i < GCOAP_CREDENTIAL_MAX_NODES; i++)
    g_string_append (items, "1,");
  g_string_append (items, "]}");
  assert_fails (items->str, GCOAP_ERROR_LIMIT, "more than 65536 items");
  for (guint i = 0; i < GCOAP_CREDENTIAL_MAX_REFERENCES; i++)
    g_string_append_printf (chain, "\":%u\": \":%u\",", i, i + 1);
  g_string_append_printf (chain, "\":%u\": {\"oscore\": {\"basedir\": \"/a\"}}}", GCOAP_CREDENTIAL_MAX_REFERENCES);
  assert_fails (chain->str, GCOAP_ERROR_LIMIT, "more than 32 others");
  /* Each leads to the one before it four times. */
  for (char c = 'a'; c < 'k'; c++)
    {
      char before = c == 'a' ? 'z' : (char) (c - 1);

      g_string_append_printf (wide, ",\":%c\": {\"any\": [\":%c\", \":%c\", \":%c\", \":%c\"]}", c, before, before, before, before);
    }
  g_string_append (wide, "}");
  assert_fails (wide->str, GCOAP_ERROR_LIMIT, "more than 16384 credentials");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/credential-map/client", test_client);
  g_test_add_func ("/credential-map/server", test_server);
  g_test_add_func ("/credential-map/errors", test_errors);
  g_test_add_func ("/credential-map/limits", test_limits);
  return g_test_run ();
}
