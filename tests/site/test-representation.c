/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entity-tags, validation and conditional requests. */
#include "site/gcoap-representation.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/test-exchange.h"

static void
add_tag (GcoapMessage *request,
         guint         option,
         const char   *tag)
{
  gcoap_message_add_option (request, option, (const guint8 *) tag, strlen (tag));
}

static void
answer (TestExchange *exchange)
{
  g_autoptr (GBytes) payload = g_bytes_new_static ("state", 5);
  g_autoptr (GBytes) etag = g_bytes_new_static ("tag1", 4);

  gcoap_resource_answer_content (exchange->exchange, payload, 50, etag);
}

static void
test_content (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "", NULL);
  g_autoptr (TestExchange) exchange = NULL;
  GcoapMessage *response;
  guint format;
  gsize length;

  /* Another tag, or half of it, is not the tag. */
  add_tag (request, GCOAP_OPTION_ETAG, "tag");
  add_tag (request, GCOAP_OPTION_ETAG, "tag2");
  exchange = test_exchange_new (request);
  answer (exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
  test_exchange_assert_text (exchange, "state");
  response = test_exchange_get_response (exchange);
  g_assert_true (gcoap_message_get_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, &format));
  g_assert_cmpuint (format, ==, 50);
  g_assert_cmpmem (gcoap_message_peek_option (response, GCOAP_OPTION_ETAG, 0, &length), 4, "tag1", 4);
}

static void
test_valid (void)
{
  static const GcoapCode methods[] = { GCOAP_CODE_GET, GCOAP_CODE_FETCH };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GcoapMessage) request = test_request_new (methods[i], "", NULL);
      g_autoptr (TestExchange) exchange = NULL;
      GcoapMessage *response;
      gsize length;

      add_tag (request, GCOAP_OPTION_ETAG, "tag0");
      add_tag (request, GCOAP_OPTION_ETAG, "tag1");
      exchange = test_exchange_new (request);
      answer (exchange);
      test_exchange_assert_code (exchange, GCOAP_CODE_VALID);
      test_exchange_assert_text (exchange, "");
      response = test_exchange_get_response (exchange);
      g_assert_cmpuint (gcoap_message_count_option (response, GCOAP_OPTION_ETAG), ==, 1);
      gcoap_message_peek_option (response, GCOAP_OPTION_ETAG, 0, &length);
      g_assert_cmpuint (length, ==, 4);
      g_assert_false (gcoap_message_has_option (response, GCOAP_OPTION_CONTENT_FORMAT));
    }
}

/* RFC 7252 §8.2.1: a group is not asked for validation. */
static void
test_group (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "", NULL);
  g_autoptr (TestExchange) exchange = NULL;

  add_tag (request, GCOAP_OPTION_ETAG, "tag1");
  exchange = test_exchange_new_for_group (request);
  answer (exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
}

static void
test_codes (void)
{
  static const struct { GcoapCode method; GcoapCode code; } cases[] = {
    { GCOAP_CODE_GET, GCOAP_CODE_CONTENT },
    { GCOAP_CODE_FETCH, GCOAP_CODE_CONTENT },
    { GCOAP_CODE_PUT, GCOAP_CODE_CHANGED },
    { GCOAP_CODE_POST, GCOAP_CODE_CHANGED },
    { GCOAP_CODE_PATCH, GCOAP_CODE_CHANGED },
    { GCOAP_CODE_IPATCH, GCOAP_CODE_CHANGED },
    { GCOAP_CODE_DELETE, GCOAP_CODE_DELETED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) request = test_request_new (cases[i].method, "", NULL);
      g_autoptr (TestExchange) exchange = test_exchange_new (request);

      gcoap_resource_answer_text (exchange->exchange, "text");
      test_exchange_assert_code (exchange, cases[i].code);
      test_exchange_assert_text (exchange, "text");
    }
}

static void
test_nothing (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  gcoap_resource_answer_content (exchange->exchange, NULL, -1, NULL);
  test_exchange_assert_code (exchange, GCOAP_CODE_CHANGED);
  g_assert_cmpuint (gcoap_message_get_n_options (test_exchange_get_response (exchange)), ==, 0);
}

typedef struct
{
  const char *if_match[3];
  gboolean    if_none_match;
  gboolean    exists;
  const char *etag;
  gboolean    passes;
} Condition;

static const Condition conditions[] = {
  { { NULL }, FALSE, FALSE, NULL, TRUE },
  { { NULL }, FALSE, TRUE, "a", TRUE },
  { { "a" }, FALSE, TRUE, "a", TRUE },
  { { "b" }, FALSE, TRUE, "a", FALSE },
  { { "b", "a" }, FALSE, TRUE, "a", TRUE },
  { { "a" }, FALSE, TRUE, NULL, FALSE },
  { { "a" }, FALSE, FALSE, NULL, FALSE },
  { { "" }, FALSE, TRUE, "a", TRUE },
  { { "" }, FALSE, TRUE, NULL, TRUE },
  { { "" }, FALSE, FALSE, NULL, FALSE },
  { { "b", "" }, FALSE, TRUE, "a", TRUE },
  { { NULL }, TRUE, FALSE, NULL, TRUE },
  { { NULL }, TRUE, TRUE, "a", FALSE },
  { { "a" }, TRUE, TRUE, "a", FALSE },
};

static void
test_preconditions (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      const Condition *condition = &conditions[i];
      g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "", NULL);
      g_autoptr (TestExchange) exchange = NULL;
      g_autoptr (GBytes) etag = NULL;
      g_autoptr (GError) error = NULL;

      g_test_message ("condition %u", i);
      for (guint k = 0; condition->if_match[k] != NULL; k++)
        add_tag (request, GCOAP_OPTION_IF_MATCH, condition->if_match[k]);
      if (condition->if_none_match)
        gcoap_message_set_option_empty (request, GCOAP_OPTION_IF_NONE_MATCH);
      if (condition->etag != NULL)
        etag = g_bytes_new_static (condition->etag, strlen (condition->etag));
      exchange = test_exchange_new (request);

      g_assert_cmpint (gcoap_resource_check_preconditions (exchange->exchange, condition->exists,
                                                           etag, &error), ==, condition->passes);
      if (condition->passes)
        g_assert_no_error (error);
      else
        g_assert_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED);
    }
}

static void
test_etag (void)
{
  g_autoptr (GBytes) a = g_bytes_new_static ("abc", 3);
  g_autoptr (GBytes) b = g_bytes_new_static ("abd", 3);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (GBytes) tag_a = gcoap_etag_for_bytes (a);
  g_autoptr (GBytes) tag_b = gcoap_etag_for_bytes (b);
  g_autoptr (GBytes) tag_nothing = gcoap_etag_for_bytes (nothing);
  /* The beginning of the digest of "abc" in FIPS 180-4. */
  static const guint8 expected[] = { 0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea };

  g_assert_cmpmem (g_bytes_get_data (tag_a, NULL), g_bytes_get_size (tag_a), expected, 8);
  g_assert_false (g_bytes_equal (tag_a, tag_b));
  g_assert_cmpuint (g_bytes_get_size (tag_nothing), ==, 8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/representation/content", test_content);
  g_test_add_func ("/representation/valid", test_valid);
  g_test_add_func ("/representation/group", test_group);
  g_test_add_func ("/representation/codes", test_codes);
  g_test_add_func ("/representation/nothing", test_nothing);
  g_test_add_func ("/representation/preconditions", test_preconditions);
  g_test_add_func ("/representation/etag", test_etag);
  return g_test_run ();
}
