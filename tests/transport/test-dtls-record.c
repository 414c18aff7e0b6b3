/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-record-private.h"

#include <string.h>

#define HEADER 13
#define HELLO (HEADER + 12 + 2 + 32)

static void
fill (guint8 *bytes,
      guint8  type,
      guint8  epoch,
      guint16 length)
{
  memset (bytes, 0, HEADER + length);
  bytes[0] = type;
  bytes[1] = 254;
  bytes[2] = 253;
  bytes[4] = epoch;
  bytes[11] = (guint8) (length >> 8);
  bytes[12] = (guint8) length;
}

static void
test_hello (void)
{
  guint8 bytes[HELLO];
  GcoapDtlsRecord record;

  fill (bytes, 22, 0, HELLO - HEADER);
  bytes[HEADER] = 1;
  g_assert_true (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  g_assert_true (record.is_hello);
  g_assert_true (record.random == bytes + HELLO - 32);

  /* A byte less, or a later fragment, another message, another epoch. */
  g_assert_false (gcoap_dtls_record_read (&record, bytes, sizeof bytes - 1));
  bytes[12]--;
  g_assert_true (gcoap_dtls_record_read (&record, bytes, sizeof bytes - 1));
  g_assert_false (record.is_hello);
  g_assert_false (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  bytes[12]++;
  bytes[HEADER + 8] = 1;
  g_assert_true (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  g_assert_false (record.is_hello);
  bytes[HEADER + 8] = 0;
  bytes[HEADER] = 2;
  g_assert_true (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  g_assert_false (record.is_hello);
  bytes[HEADER] = 1;
  bytes[4] = 1;
  g_assert_true (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  g_assert_false (record.is_hello);
}

static void
test_size (void)
{
  guint8 bytes[2 * HEADER + 301];
  GcoapDtlsRecord record;

  fill (bytes, 22, 0, 300);
  fill (bytes + HEADER + 300, 20, 0, 1);
  g_assert_true (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  g_assert_cmpuint (record.n_records, ==, 2);
  g_assert_cmpuint (gcoap_dtls_record_get_size (bytes), ==, HEADER + 300);
  g_assert_cmpuint (gcoap_dtls_record_get_size (bytes + HEADER + 300), ==, HEADER + 1);
}

static void
test_foreign (void)
{
  guint8 bytes[HEADER + 4];
  GcoapDtlsRecord record;

  fill (bytes, 23, 1, 4);
  g_assert_true (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  g_assert_cmpuint (record.epoch, ==, 1);
  g_assert_false (gcoap_dtls_record_read (&record, bytes, HEADER - 1));
  bytes[1] = 3;
  g_assert_false (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  fill (bytes, 19, 1, 4);
  g_assert_false (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  fill (bytes, 24, 1, 4);
  g_assert_false (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
  /* CoAP is not DTLS. */
  fill (bytes, 0x40, 1, 4);
  g_assert_false (gcoap_dtls_record_read (&record, bytes, sizeof bytes));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/dtls-record/hello", test_hello);
  g_test_add_func ("/transport/dtls-record/size", test_size);
  g_test_add_func ("/transport/dtls-record/foreign", test_foreign);
  return g_test_run ();
}
