/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-demultiplexer-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/* A cookie is good for one to two of these, which are counted from the same
 * moment in all stacks of a process, for they share the keys. */
#define COOKIE_LIFETIME (5 * 60 * G_TIME_SPAN_SECOND)

/* RFC 5246 §6.2.1 */
#define HANDSHAKE 22
#define CHANGE_CIPHER_SPEC 20

/* What a cookie is bound to: RFC 6347 §4.2.1. */
typedef struct
{
  GcoapUdpKey peer;
  guint8      random[GCOAP_DTLS_RANDOM];
} Binding;

typedef struct
{
  GcoapDtlsDemultiplexer *self;
  const GcoapUdpKey      *peer;
  const GcoapUdpSource   *source;
} Reply;

static gssize
reply_cb (gpointer      data,
          const guint8 *bytes,
          gsize         length)
{
  const Reply *reply = data;

  reply->self->funcs->send (reply->self->data, NULL, reply->peer, reply->source, bytes, length);
  return (gssize) length;
}

static const GcoapTlsIo reply_io = { .push = reply_cb };

/* What the associations tell */

static void
send_cb (gpointer              data,
         GcoapDtlsAssociation *association,
         const GcoapUdpKey    *peer,
         const GcoapUdpSource *source,
         const guint8         *datagram,
         gsize                 length)
{
  GcoapDtlsDemultiplexer *self = data;

  self->funcs->send (self->data, association, peer, source, datagram, length);
}

static gboolean
is_authorized (GcoapDtlsDemultiplexer *self,
               GcoapDtlsAssociation   *association)
{
  return gcoap_credential_store_authorizes (self->store, gcoap_tls_session_get_own (association->session),
                                            gcoap_tls_session_get_claims (association->session));
}

static void
refuse (GcoapDtlsAssociation *association)
{
  g_autoptr (GError) error =
    g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_REFUSED, "The peer is not allowed any more.");

  gcoap_dtls_association_end (association, error);
}

/* Makes room in the table of sessions: only who has proven something can make
 * another go, and that is the one that was silent longest. */
static void
make_room (GcoapDtlsDemultiplexer *self)
{
  while (self->store != NULL && self->order.length >= self->max_sessions && self->order.length > 0)
    {
      GcoapDtlsAssociation *oldest = self->order.head->data;
      g_autoptr (GError) error =
        g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                             "The DTLS session was ended to make room for another.");

      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_dtls_association_end (oldest, error);
    }
}

/* RFC 6347 §4.2.8: the old session of a peer ends when the new one is complete,
 * not before. */
static void
opened_cb (gpointer              data,
           GcoapDtlsAssociation *association)
{
  GcoapDtlsDemultiplexer *self = data;
  g_autoptr (GcoapDtlsAssociation) kept = gcoap_dtls_association_ref (association);
  GcoapDtlsAssociation *old;

  g_hash_table_remove (self->fresh, &association->peer);
  old = g_hash_table_lookup (self->live, &association->peer);
  if (old != NULL)
    {
      g_autoptr (GError) error =
        g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The peer has begun a new DTLS session.");

      gcoap_dtls_association_end (old, error);
    }
  if (self->store != NULL)
    make_room (self);
  /* Whoever is told of an end may have shut all down. */
  if (self->store == NULL)
    {
      refuse (association);
      return;
    }
  g_hash_table_insert (self->live, &association->peer, gcoap_dtls_association_ref (association));
  g_queue_push_tail_link (&self->order, &association->link);
  if (is_authorized (self, association))
    self->funcs->opened (self->data, association);
  else
    refuse (association);
}

static void
record_cb (gpointer              data,
           GcoapDtlsAssociation *association,
           const guint8         *bytes,
           gsize                 length)
{
  GcoapDtlsDemultiplexer *self = data;

  g_queue_unlink (&self->order, &association->link);
  g_queue_push_tail_link (&self->order, &association->link);
  self->funcs->record (self->data, association, bytes, length);
}

static void
ended_cb (gpointer              data,
          GcoapDtlsAssociation *association,
          const GError         *error)
{
  GcoapDtlsDemultiplexer *self = data;
  g_autoptr (GcoapDtlsAssociation) kept = gcoap_dtls_association_ref (association);

  if (self->store == NULL)
    return;
  if (g_hash_table_lookup (self->fresh, &association->peer) == association)
    g_hash_table_remove (self->fresh, &association->peer);
  if (g_hash_table_lookup (self->live, &association->peer) == association)
    {
      g_queue_unlink (&self->order, &association->link);
      g_hash_table_remove (self->live, &association->peer);
      self->funcs->ended (self->data, association, error);
    }
}

static const GcoapDtlsFuncs association_funcs = { send_cb, opened_cb, record_cb, ended_cb };

/* Credentials */

static gboolean
load_keys (GcoapDtlsDemultiplexer *self,
           GError                **error)
{
  GcoapTlsKeys *keys;

  if (self->keys != NULL && self->keys_serial == gcoap_credential_store_get_serial (self->store))
    return TRUE;
  keys = gcoap_tls_keys_new_server (self->store, GCOAP_SECURITY_DTLS, error);
  if (keys == NULL)
    return FALSE;
  g_clear_pointer (&self->keys, gcoap_tls_keys_unref);
  self->keys = keys;
  self->keys_serial = gcoap_credential_store_get_serial (self->store);
  return TRUE;
}

/* Whoever was taken out of the store does not stay because it was there. */
static void
store_changed_cb (GcoapDtlsDemultiplexer *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_dtls_association_unref);

  for (GList *item = self->order.head; item != NULL; item = item->next)
    g_ptr_array_add (all, gcoap_dtls_association_ref (item->data));
  for (guint i = 0; i < all->len; i++)
    if (((GcoapDtlsAssociation *) all->pdata[i])->state == GCOAP_DTLS_OPEN
        && !is_authorized (self, all->pdata[i]))
      refuse (all->pdata[i]);
}

/* Hellos */

static void
rotate_cookie_keys (GcoapDtlsDemultiplexer *self)
{
  gint64 period = gcoap_clock_get_now (self->runtime->clock) / COOKIE_LIFETIME;

  if (period == self->cookie_period)
    return;
  self->cookie_period = period;
  gcoap_tls_cookie_key_derive (self->cookie_keys[0], (guint64) period);
  gcoap_tls_cookie_key_derive (self->cookie_keys[1], (guint64) period - 1);
}

/* What a handshake costs is paid only for those who can be reached where they
 * say they are; and one host cannot take all there are. */
static gboolean
may_begin (GcoapDtlsDemultiplexer *self,
           const GcoapUdpKey      *peer)
{
  guint n = 0;
  GHashTableIter iter;
  GcoapUdpKey *other;

  if (g_hash_table_size (self->fresh) >= self->max_handshakes)
    return FALSE;
  g_hash_table_iter_init (&iter, self->fresh);
  while (g_hash_table_iter_next (&iter, (gpointer *) &other, NULL))
    if (IN6_ARE_ADDR_EQUAL (&other->address, &peer->address) && ++n >= self->max_handshakes_per_host)
      return FALSE;
  return TRUE;
}

static void
begin (GcoapDtlsDemultiplexer    *self,
       const GcoapUdpKey         *peer,
       const GcoapUdpSource      *source,
       GcoapLocal                *local,
       const guint8              *random,
       const GcoapTlsCookieState *state)
{
  GcoapDtlsAssociation *association;
  g_autoptr (GError) error = NULL;

  if (!may_begin (self, peer))
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      return;
    }
  if (!load_keys (self, &error))
    {
      gcoap_runtime_trace_note (self->runtime, NULL, error->message);
      return;
    }
  association = gcoap_dtls_association_new (self->runtime, self->keys, NULL, peer, &self->times,
                                            &association_funcs, self);
  if (association == NULL)
    return;
  gcoap_tls_session_set_cookie_state (association->session, state);
  association->transport = self->transport;
  association->log = &self->log;
  association->source = *source;
  association->local = local != NULL ? gcoap_local_ref (local) : NULL;
  memcpy (association->random, random, GCOAP_DTLS_RANDOM);
  g_hash_table_insert (self->fresh, &association->peer, association);
}

/* Whether the hello is for a handshake that goes on, or has begun one. */
static gboolean
greet (GcoapDtlsDemultiplexer *self,
       const GcoapUdpKey      *peer,
       const GcoapUdpSource   *source,
       GcoapLocal             *local,
       const guint8           *random,
       const guint8           *datagram,
       gsize                   length)
{
  GcoapDtlsAssociation *fresh = g_hash_table_lookup (self->fresh, peer);
  GcoapTlsCookieState state;
  Reply reply = { self, peer, source };
  Binding binding;

  if (fresh != NULL && memcmp (fresh->random, random, GCOAP_DTLS_RANDOM) == 0)
    return TRUE;
  binding.peer = *peer;
  memcpy (binding.random, random, GCOAP_DTLS_RANDOM);
  rotate_cookie_keys (self);
  for (guint i = 0; i < 2; i++)
    {
      if (!gcoap_tls_cookie_verify (self->cookie_keys[i], (const guint8 *) &binding, sizeof binding,
                                    datagram, length, &state))
        continue;
      /* A client that has begun anew gives up what it had begun. */
      if (fresh != NULL)
        {
          g_autoptr (GError) error =
            g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The peer has begun another handshake.");

          gcoap_dtls_association_end (fresh, error);
          if (self->store == NULL)
            return FALSE;
        }
      begin (self, peer, source, local, random, &state);
      return self->store != NULL && g_hash_table_contains (self->fresh, peer);
    }
  gcoap_tls_cookie_verify (self->cookie_keys[0], (const guint8 *) &binding, sizeof binding, datagram, length,
                           &state);
  gcoap_tls_cookie_send (self->cookie_keys[0], (const guint8 *) &binding, sizeof binding, &state, &reply_io,
                         &reply);
  return FALSE;
}

/* Public to the transport */

void
gcoap_dtls_demultiplexer_receive (GcoapDtlsDemultiplexer *self,
                                  const GcoapUdpKey      *peer,
                                  const GcoapUdpSource   *source,
                                  GcoapLocal             *local,
                                  const guint8           *datagram,
                                  gsize                   length)
{
  GcoapDtlsAssociation *fresh, *live;
  GcoapDtlsRecord record;

  if (self->store == NULL || !gcoap_dtls_record_read (&record, datagram, length))
    return;
  if (record.is_hello && !greet (self, peer, source, local, record.random, datagram, length))
    return;

  fresh = g_hash_table_lookup (self->fresh, peer);
  live = g_hash_table_lookup (self->live, peer);
  /* Handshake messages are for the handshake that goes on; all else that is
   * encrypted is for the session that stands. What is for neither gets no
   * answer, for an answer could be made use of (RFC 6347 §4.1.2.7). */
  if (fresh != NULL && (live == NULL || record.epoch == 0 || record.type == HANDSHAKE
                        || record.type == CHANGE_CIPHER_SPEC))
    gcoap_dtls_association_receive (fresh, datagram, length);
  else if (live != NULL)
    gcoap_dtls_association_receive (live, datagram, length);
}

void
gcoap_dtls_demultiplexer_lower_mtu (GcoapDtlsDemultiplexer *self,
                                    const GcoapUdpKey      *peer,
                                    guint                   packet_size)
{
  GcoapDtlsAssociation *fresh, *live;

  if (self->store == NULL)
    return;
  fresh = g_hash_table_lookup (self->fresh, peer);
  live = g_hash_table_lookup (self->live, peer);
  if (fresh != NULL)
    gcoap_dtls_association_lower_mtu (fresh, packet_size);
  if (live != NULL)
    gcoap_dtls_association_lower_mtu (live, packet_size);
}

gboolean
gcoap_dtls_demultiplexer_init (GcoapDtlsDemultiplexer *self,
                               GcoapRuntime           *runtime,
                               GcoapCredentialStore   *store,
                               const GcoapDtlsFuncs   *funcs,
                               gpointer                data,
                               gconstpointer           transport,
                               GError                **error)
{
  memset (self, 0, sizeof *self);
  self->runtime = g_object_ref (runtime);
  self->store = g_object_ref (store);
  self->funcs = funcs;
  self->data = data;
  self->transport = transport;
  self->times = (GcoapDtlsTimes) { 20 * 1000, 25 * 60 * 60 * 1000, 1232 };
  self->max_handshakes = 256;
  self->max_handshakes_per_host = 64;
  self->max_sessions = 4096;
  self->fresh = g_hash_table_new_full (gcoap_udp_key_hash, gcoap_udp_key_equal, NULL,
                                       (GDestroyNotify) gcoap_dtls_association_unref);
  self->live = g_hash_table_new_full (gcoap_udp_key_hash, gcoap_udp_key_equal, NULL,
                                      (GDestroyNotify) gcoap_dtls_association_unref);
  g_queue_init (&self->order);
  self->cookie_period = -1;
  rotate_cookie_keys (self);
  self->serial_handler = g_signal_connect_swapped (store, "notify::serial", G_CALLBACK (store_changed_cb), self);
  if (load_keys (self, error))
    return TRUE;
  gcoap_dtls_demultiplexer_clear (self);
  return FALSE;
}

static void
end_all (GHashTable *table)
{
  g_autoptr (GError) error =
    g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The DTLS transport has been shut down.");
  GHashTableIter iter;
  gpointer association;

  for (;;)
    {
      g_hash_table_iter_init (&iter, table);
      if (!g_hash_table_iter_next (&iter, NULL, &association))
        return;
      gcoap_dtls_association_end (association, error);
    }
}

void
gcoap_dtls_demultiplexer_clear (GcoapDtlsDemultiplexer *self)
{
  if (self->store == NULL)
    return;
  g_clear_signal_handler (&self->serial_handler, self->store);
  end_all (self->fresh);
  end_all (self->live);
  g_clear_pointer (&self->fresh, g_hash_table_unref);
  g_clear_pointer (&self->live, g_hash_table_unref);
  g_clear_pointer (&self->keys, gcoap_tls_keys_unref);
  g_clear_object (&self->store);
  g_clear_object (&self->runtime);
}

guint
gcoap_dtls_demultiplexer_get_n_handshakes (GcoapDtlsDemultiplexer *self)
{
  return self->fresh != NULL ? g_hash_table_size (self->fresh) : 0;
}

guint
gcoap_dtls_demultiplexer_get_n_sessions (GcoapDtlsDemultiplexer *self)
{
  return self->live != NULL ? g_hash_table_size (self->live) : 0;
}
