/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message manager that writes down what a transport reports, and can answer
 * at once: what stands in for the message layer in the tests of transports. */
#pragma once

#include "interfaces/gcoap-message-interface.h"

G_BEGIN_DECLS

#define TEST_TYPE_MESSAGE_RECORDER (test_message_recorder_get_type ())

G_DECLARE_FINAL_TYPE (TestMessageRecorder, test_message_recorder, TEST, MESSAGE_RECORDER, GObject)

typedef enum
{
  TEST_RECORD_PDU,
  TEST_RECORD_MALFORMED,
  TEST_RECORD_ERROR,
} TestRecordKind;

typedef struct
{
  TestRecordKind        kind;
  GcoapMessageType      type;
  int                   message_id;
  GBytes               *token;
  GcoapEndpointAddress *address;
  GcoapLocal           *local;      /* NULL in an error */
  GcoapMessage         *message;    /* NULL when Empty */
  GError               *error;      /* NULL in a pdu */
} TestRecord;

/* Called with each pdu, after it was written down. */
typedef void (*TestMessageFunc) (TestMessageRecorder *self, const GcoapPdu *pdu, gpointer data);

struct _TestMessageRecorder
{
  GObject parent_instance;

  GPtrArray       *records;   /* of TestRecord */
  TestMessageFunc  func;
  gpointer         data;
};

/* Becomes the manager of the transport. */
TestMessageRecorder *test_message_recorder_new (GcoapMessageInterface *transport);

guint test_message_recorder_get_n (TestMessageRecorder *self, TestRecordKind kind);

/* The n-th record of that kind, from 0; fails the test if there is none. */
const TestRecord *test_message_recorder_get (TestMessageRecorder *self, TestRecordKind kind, guint n);

/* Iterates the main context until there are n records of that kind; fails the
 * test after ten seconds. */
void test_message_recorder_wait (TestMessageRecorder *self, TestRecordKind kind, guint n);

/* Resolves a URI, iterating the main context; NULL and error if it fails. */
GcoapEndpointAddress *test_resolve (GcoapMessageInterface *transport, const char *uri, GError **error);

/* Sends a GET of the path "/test" with a one-byte token; fails the test if the
 * transport refuses. */
void test_send_get (GcoapMessageInterface *transport, GcoapEndpointAddress *address, guint16 message_id);

/* Answers a pdu with a piggybacked 2.05. */
void test_send_ack (GcoapMessageInterface *transport, const GcoapPdu *request);

G_END_DECLS
