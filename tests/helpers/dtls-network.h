/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A DTLS server without a socket, and clients that reach it by queues. */
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
} TestDtlsNetwork;

GcoapCredential *test_dtls_psk (const char *identity, const char *key);

/* A server that knows the client “alice”, with this key. */
TestDtlsNetwork *test_dtls_network_new (const char *key);
void test_dtls_network_free (TestDtlsNetwork *self);

/* A client at a port of its own; nothing is delivered yet. */
GcoapDtlsAssociation *test_dtls_network_add_client (TestDtlsNetwork *self, GcoapCredential *credential, guint16 port, GBytes *resumption);

/* Delivers all there is, and what comes of it. */
void test_dtls_network_run (TestDtlsNetwork *self);

/* Something that pretends to be from that client. */
void test_dtls_network_forge (TestDtlsNetwork *self, guint16 port, const guint8 *bytes, gsize length);

G_END_DECLS
