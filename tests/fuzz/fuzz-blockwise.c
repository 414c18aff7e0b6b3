/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Both halves of the block-wise provider: peers that send arbitrary block
 * options, responders that answer anything at any time, and a network that
 * answers anything to what is sent.
 *
 * The input is a list of records: what happens (a byte), to whom and how (a
 * byte), two option values (three bytes each), and how long a payload is (two
 * bytes).
 */
#include "base/gcoap-error.h"
#include "helpers/body-responder.h"
#include "helpers/named-address.h"
#include "providers/blockwise/gcoap-blockwise-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define N_PEERS 3
#define MAX_OPEN 12
#define RECORD_BYTES 10

typedef struct
{
  guint action;
  guint choice;
  guint block1;
  guint block2;
  guint length;
} Record;

typedef enum
{
  ACTION_INBOUND,
  ACTION_ANSWER_INBOUND,
  ACTION_OUTBOUND,
  ACTION_ANSWER_OUTBOUND,
  ACTION_FAIL,
  ACTION_CANCEL,
  ACTION_ADVANCE,
  ACTION_ITERATE,
  N_ACTIONS
} Action;

/* Stands at both ends of the chain: keeps what it is given. */
typedef struct
{
  GObject            parent_instance;
  GPtrArray         *inbound;
  GPtrArray         *outbound;
  GcoapBodyHandling  handling;
} End;

typedef GObjectClass EndClass;

static void end_interface_init (GcoapRequestInterfaceInterface *iface);
static GType end_get_type (void);
G_DEFINE_TYPE_WITH_CODE (End, end, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE, end_interface_init))

typedef struct
{
  GcoapClock           *clock;
  GcoapRuntime         *runtime;
  End                  *end;
  GcoapBlockwise       *provider;
  GcoapEndpointAddress *peers[N_PEERS];
  GcoapLocal           *group;
  GPtrArray            *asked;     /* exchanges that the test has opened */
} Fuzz;

static void
body_done_cb (GcoapExchange *exchange,
              gpointer       data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);

  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
end_request (GcoapRequestInterface *iface,
             GcoapExchange         *exchange)
{
  End *self = (End *) iface;
  gboolean is_inbound = gcoap_exchange_is_inbound (exchange);
  GPtrArray *list = is_inbound ? self->inbound : self->outbound;

  if (list->len == MAX_OPEN)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE, NULL);
      return;
    }
  g_ptr_array_add (list, g_object_ref (exchange));
  if (is_inbound && self->handling == GCOAP_BODY_HANDLING_STREAM)
    {
      g_autoptr (GOutputStream) sink = g_memory_output_stream_new (g_malloc (100), 100, NULL, g_free);

      gcoap_exchange_set_request_sink (exchange, sink, body_done_cb, NULL, NULL);
    }
}

static GcoapBodyHandling
end_find_body_handling (GcoapRequestInterface *iface,
                        GcoapExchange         *exchange G_GNUC_UNUSED)
{
  return ((End *) iface)->handling;
}

static void
end_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = end_request;
  iface->find_body_handling = end_find_body_handling;
}

static void
end_finalize (GObject *object)
{
  g_ptr_array_unref (((End *) object)->inbound);
  g_ptr_array_unref (((End *) object)->outbound);
  G_OBJECT_CLASS (end_parent_class)->finalize (object);
}

static void
end_class_init (EndClass *klass)
{
  klass->finalize = end_finalize;
}

static void
end_init (End *self)
{
  self->inbound = g_ptr_array_new_with_free_func (g_object_unref);
  self->outbound = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
add_block (GcoapMessage *message,
           guint         option,
           guint         value)
{
  /* All ones: there is none. */
  if (value != 0xffffff)
    gcoap_message_set_option_uint (message, option, value);
}

static GcoapMessage *
new_message (const Record *record,
             guint         code)
{
  GcoapMessage *message = gcoap_message_new (code);
  g_autoptr (GBytes) payload = body_new (record->length, record->choice & 3);
  guint8 byte = (guint8) (record->choice & 3);

  add_block (message, GCOAP_OPTION_BLOCK1, record->block1);
  add_block (message, GCOAP_OPTION_BLOCK2, record->block2);
  gcoap_message_set_payload (message, payload);
  if ((record->choice & 4) != 0)
    gcoap_message_set_option (message, gcoap_code_is_request (code) ? GCOAP_OPTION_REQUEST_TAG
                                                                     : GCOAP_OPTION_ETAG, &byte, 1);
  return message;
}

/* What reaches the sink is whole, or says which block it is. */
static void
sink_cb (GcoapExchange *exchange,
         gboolean       is_last G_GNUC_UNUSED,
         gpointer       data G_GNUC_UNUSED)
{
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  GcoapBlockValue value;
  gsize length;

  if (response == NULL || !gcoap_exchange_is_inbound (exchange)
      || !gcoap_block_value_read (response, GCOAP_OPTION_BLOCK2, &value))
    return;
  gcoap_message_get_payload_data (response, &length);
  g_assert_cmpuint (length, <=, 100000);
}

static void
open_and_send (Fuzz          *fuzz,
               GcoapExchange *exchange)
{
  if (fuzz->asked->len == MAX_OPEN)
    {
      gcoap_exchange_cancel (fuzz->asked->pdata[0]);
      g_ptr_array_remove_index (fuzz->asked, 0);
    }
  g_ptr_array_add (fuzz->asked, g_object_ref (exchange));
  gcoap_exchange_open (exchange, sink_cb, NULL, NULL);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fuzz->provider), exchange);
}

static void
receive (Fuzz         *fuzz,
         const Record *record)
{
  static const guint methods[] = { GCOAP_CODE_GET, GCOAP_CODE_PUT, GCOAP_CODE_POST, GCOAP_CODE_FETCH };
  g_autoptr (GcoapMessage) request = new_message (record, methods[record->choice >> 3 & 3]);
  g_autoptr (GcoapExchange) exchange = NULL;

  fuzz->end->handling = (record->choice & 0x60) == 0x60 ? (record->choice & 3) % 3 : 0;
  exchange = gcoap_exchange_new_inbound (fuzz->runtime, request,
                                         fuzz->peers[record->choice % N_PEERS],
                                         record->choice == 0xff ? fuzz->group : NULL);
  gcoap_exchange_set_room (exchange, 1152);
  open_and_send (fuzz, exchange);
}

static void
ask (Fuzz         *fuzz,
     const Record *record)
{
  static const guint methods[] = { GCOAP_CODE_GET, GCOAP_CODE_PUT, GCOAP_CODE_POST, GCOAP_CODE_FETCH };
  Record bare = *record;
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapExchange) exchange = NULL;

  /* Mostly without blocks of its own. */
  if ((record->block1 & 7) != 7)
    bare.block1 = bare.block2 = 0xffffff;
  request = new_message (&bare, methods[record->choice >> 3 & 3]);
  exchange = gcoap_exchange_new (request);
  gcoap_exchange_set_address (exchange, fuzz->peers[record->choice % N_PEERS]);
  gcoap_exchange_set_room (exchange, 64 + (record->block2 & 0xfff));
  gcoap_exchange_set_expects (exchange, record->choice >> 5 == 7 ? GCOAP_EXPECTS_GROUP
                                                                 : record->choice >> 5 == 6
                                                                   ? GCOAP_EXPECTS_STREAM
                                                                   : GCOAP_EXPECTS_ONE);
  if (record->choice >> 5 == 5)
    {
      g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();
      g_autoptr (GBytes) body = body_new (record->length, 1);
      g_autoptr (GInputStream) stream = body_new_unseekable (body);

      gcoap_exchange_set_response_sink (exchange, sink);
      if (record->length > 0)
        gcoap_exchange_set_request_body (exchange, stream);
    }
  open_and_send (fuzz, exchange);
}

static void
answer (Fuzz         *fuzz,
        GPtrArray    *list,
        const Record *record)
{
  static const guint codes[] = {
    GCOAP_CODE_CONTENT, GCOAP_CODE_CONTINUE, GCOAP_CODE_CHANGED, GCOAP_CODE_CREATED,
    GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE, GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE,
    GCOAP_CODE_UNAUTHORIZED, GCOAP_CODE_CONTENT,
  };
  g_autoptr (GcoapMessage) response = new_message (record, codes[record->choice >> 4 & 7]);
  g_autoptr (GcoapExchange) exchange = NULL;
  gboolean is_last;

  if (list->len == 0)
    return;
  exchange = g_object_ref (g_ptr_array_index (list, record->choice % list->len));
  is_last = gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_ONE || (record->choice & 8) != 0;
  if (is_last)
    g_ptr_array_remove (list, exchange);
  gcoap_exchange_respond (exchange, response, is_last);
}

static void
give_up (Fuzz         *fuzz,
         const Record *record)
{
  GPtrArray *lists[] = { fuzz->end->inbound, fuzz->end->outbound };
  GPtrArray *list = lists[record->choice & 1];
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT, "No.");

  if (list->len == 0)
    return;
  exchange = g_object_ref (g_ptr_array_index (list, record->choice % list->len));
  g_ptr_array_remove (list, exchange);
  if ((record->choice & 6) == 6)
    gcoap_exchange_dismiss (exchange);
  else if ((record->choice & 6) == 4)
    gcoap_exchange_reject (exchange, error);
  else
    gcoap_exchange_fail (exchange, error);
}

static void
act (Fuzz         *fuzz,
     const Record *record)
{
  switch (record->action % N_ACTIONS)
    {
    case ACTION_INBOUND:
      receive (fuzz, record);
      break;
    case ACTION_ANSWER_INBOUND:
      answer (fuzz, fuzz->end->inbound, record);
      break;
    case ACTION_OUTBOUND:
      ask (fuzz, record);
      break;
    case ACTION_ANSWER_OUTBOUND:
      answer (fuzz, fuzz->end->outbound, record);
      break;
    case ACTION_FAIL:
      give_up (fuzz, record);
      break;
    case ACTION_CANCEL:
      if (fuzz->asked->len > 0)
        gcoap_exchange_cancel (g_ptr_array_index (fuzz->asked, record->choice % fuzz->asked->len));
      break;
    case ACTION_ADVANCE:
      gcoap_clock_advance (fuzz->clock, record->choice * G_USEC_PER_SEC);
      break;
    case ACTION_ITERATE:
    default:
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
}

static void
run (Fuzz         *fuzz,
     const guint8 *data,
     gsize         size)
{
  while (size >= RECORD_BYTES)
    {
      Record record = {
        data[0], data[1],
        (guint) data[2] << 16 | (guint) data[3] << 8 | data[4],
        (guint) data[5] << 16 | (guint) data[6] << 8 | data[7],
        ((guint) data[8] << 8 | data[9]) % 5000,
      };

      act (fuzz, &record);
      data += RECORD_BYTES;
      size -= RECORD_BYTES;
    }
}

/* In the end everything is forgotten. */
static void
finish (Fuzz *fuzz)
{
  GPtrArray *lists[] = { fuzz->end->inbound, fuzz->end->outbound };

  for (guint i = 0; i < fuzz->asked->len; i++)
    gcoap_exchange_cancel (g_ptr_array_index (fuzz->asked, i));
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    while (lists[i]->len > 0)
      {
        g_autoptr (GcoapExchange) exchange = g_object_ref (g_ptr_array_index (lists[i], 0));

        g_ptr_array_remove_index (lists[i], 0);
        gcoap_exchange_fail_code (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE, NULL);
      }
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  gcoap_clock_advance (fuzz->clock, 2000 * G_USEC_PER_SEC);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_cmpuint (gcoap_bodies_get_size (&fuzz->provider->bodies), ==, 0);
  g_assert_cmpuint (fuzz->provider->own_bytes, ==, 0);
  g_assert_cmpint (gcoap_clock_get_next_expiry (fuzz->clock), ==, -1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Fuzz fuzz = { .clock = gcoap_clock_new_manual (0) };

  fuzz.runtime = gcoap_runtime_new (fuzz.clock);
  /* Small limits, so that they are reached. */
  g_object_set (fuzz.runtime->limits,
                "max-body-size", 6000, "max-bodies", 4, "max-bodies-per-peer", 2,
                "max-body-bytes", 9000, NULL);
  fuzz.end = g_object_new (end_get_type (), NULL);
  fuzz.provider = gcoap_blockwise_new (GCOAP_REQUEST_INTERFACE (fuzz.end), fuzz.runtime);
  gcoap_blockwise_set_block_size (fuzz.provider, size > 0 && (data[0] & 0x80) != 0 ? 64 : 1024);
  fuzz.peers[0] = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  fuzz.peers[1] = test_named_address_new ("b", TEST_ADDRESS_RELIABLE);
  fuzz.peers[2] = test_named_address_new ("c", TEST_ADDRESS_MULTICAST);
  fuzz.group = gcoap_local_new (NULL, 0, TRUE);
  fuzz.asked = g_ptr_array_new_with_free_func (g_object_unref);

  run (&fuzz, data, size);
  finish (&fuzz);

  g_ptr_array_unref (fuzz.asked);
  g_assert_finalize_object (fuzz.provider);
  g_assert_finalize_object (fuzz.end);
  gcoap_local_unref (fuzz.group);
  for (guint i = 0; i < N_PEERS; i++)
    g_assert_finalize_object (fuzz.peers[i]);
  g_object_unref (fuzz.runtime);
  g_object_unref (fuzz.clock);
  return 0;
}
