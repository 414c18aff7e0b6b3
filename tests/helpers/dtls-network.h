/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A DTLS server without a socket, and clients that reach it by queues, over a
 * network that may lose, double and mix up datagrams. Time is that of the clock,
 * for the library that does the work as well. */
#pragma once

#include "transport/gcoap-dtls-demultiplexer-private.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean              to_server;
  GcoapDtlsAssociation *client;    /* where it goes; NULL: to nobody who listens */
  GcoapUdpKey           peer;      /* the client's address */
  GBytes               *bytes;
} TestDtlsDatagram;

typedef struct
{
  GcoapClock             *clock;
  GcoapRuntime           *runtime;
  GcoapCredentialStore   *server_store;
  GcoapDtlsDemultiplexer  server;
  GQueue                  queue;           /* of TestDtlsDatagram */
  GPtrArray              *clients;         /* of GcoapDtlsAssociation */
  GcoapDtlsAssociation   *opened;          /* the latest at the server; not owned */
  guint                   n_opened;        /* likewise counted */
  guint                   n_ended;
  guint                   n_replies;       /* datagrams without an association */
  GString                *received;        /* by the server */
  GString                *answered;        /* received by clients */
  GError                 *client_error;    /* the latest end of a client */
  GcoapDtlsTimes          times;           /* of clients that are added */
  GRand                  *random;          /* NULL: nothing goes wrong */
  guint                   loss;            /* per cent */
  guint                   doubling;
  guint                   disorder;
  guint                   n_sent;          /* by clients */
  gsize                   longest;         /* datagram of anybody */
  guint                   n_delivered;     /* or lost on the way */
  int                     victim;          /* of these the one that is lost; -1: none */
} TestDtlsNetwork;

GcoapCredential *test_dtls_psk (const char *identity, const char *key);

/* A server that knows the client “alice”, with this key. */
TestDtlsNetwork *test_dtls_network_new (const char *key);
TestDtlsNetwork *test_dtls_network_new_with_store (GcoapCredentialStore *store);
void test_dtls_network_free (TestDtlsNetwork *self);
void test_dtls_datagram_free (TestDtlsDatagram *datagram);

/* A client at a port of its own; nothing is delivered yet. */
GcoapDtlsAssociation *test_dtls_network_add_client (TestDtlsNetwork *self, GcoapCredential *credential, guint16 port, GBytes *resumption);

/* The same from another host, which is the last byte of its address. */
GcoapDtlsAssociation *test_dtls_network_add_client_at (TestDtlsNetwork *self, GcoapCredential *credential, guint8 host, guint16 port, GBytes *resumption);

/* What goes wrong from now on, in per cent; the same for the same seed. */
void test_dtls_network_impair (TestDtlsNetwork *self, guint32 seed, guint loss, guint doubling, guint disorder);

/* Lets time pass, and delivers what is sent meanwhile. */
void test_dtls_network_pass (TestDtlsNetwork *self, guint seconds);

/* Delivers all there is, and what comes of it. */
void test_dtls_network_run (TestDtlsNetwork *self);

/* Something that pretends to be from that client. */
void test_dtls_network_forge (TestDtlsNetwork *self, guint16 port, const guint8 *bytes, gsize length);

G_END_DECLS
