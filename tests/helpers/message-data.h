/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages for tests: from hexadecimal digits, and at random from the seed. */
#pragma once

#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

/* Digits in pairs; anything between them but letters is skipped. */
GBytes *test_bytes_from_hex (const char *hex);

char *test_bytes_to_hex (const guint8 *data,
                         gsize         length);

void test_assert_bytes (const guint8 *data,
                        gsize         length,
                        const char   *hex);

/* A request, or response, with what options and payload may come; seeded by
 * g_test_rand_int(). */
GcoapMessage *test_random_message (void);

/* Fills @token with 0 to @max_length random bytes. */
guint32 test_random_token (guint8 *token,
                           guint32 max_length);

/* Runs @code, which must log a critical that matches @pattern. */
#define test_assert_critical(pattern, code)               \
  G_STMT_START                                            \
    {                                                     \
      g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, pattern); \
      code;                                               \
      g_test_assert_expected_messages ();                 \
    }                                                     \
  G_STMT_END

G_END_DECLS
