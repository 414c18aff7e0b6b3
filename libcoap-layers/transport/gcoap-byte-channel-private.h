/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a connection sends and receives bytes through: a TCP socket, or a
 * security layer over one. Nothing blocks. Implementors embed the struct as
 * their first member. */
#pragma once

#include <gio/gio.h>

#include "credentials/gcoap-claims.h"
#include "credentials/gcoap-credential-store.h"

G_BEGIN_DECLS

typedef struct _GcoapByteChannel GcoapByteChannel;

typedef enum
{
  GCOAP_CHANNEL_READY,
  GCOAP_CHANNEL_WAITING,   /* go on when the descriptor allows it */
  GCOAP_CHANNEL_FAILED,
  GCOAP_CHANNEL_REFUSED,   /* failed, and the peer was told why: for that to arrive,
                            * it takes finish(), and read() until the end */
} GcoapChannelStatus;

typedef struct
{
  /* Goes on with a handshake; called until it says ready. NULL: there is none. */
  GcoapChannelStatus (*start)         (GcoapByteChannel  *self,
                                       GError           **error);

  /* How many bytes came, at most @size; 0: the peer has sent its last; -1
   * without an error: nothing now. */
  gssize             (*read)          (GcoapByteChannel  *self,
                                       guint8            *buffer,
                                       gsize              size,
                                       GError           **error);

  /* How many bytes were taken; -1 without an error: none now. */
  gssize             (*write)         (GcoapByteChannel  *self,
                                       const guint8      *data,
                                       gsize              size,
                                       GError           **error);

  /* What to wait for on the descriptor when the connection waits for @wanted,
   * which differs while a security layer has something of its own to do.
   * NULL: the same. */
  GIOCondition       (*get_condition) (GcoapByteChannel  *self,
                                       GIOCondition       wanted);

  /* Whether read() has bytes that the descriptor does not show. NULL: never. */
  gboolean           (*has_pending)   (GcoapByteChannel  *self);

  /* Tells the peer that nothing more will be written; reading goes on. */
  void               (*finish)        (GcoapByteChannel  *self);

  /* -1: there is none. */
  int                (*get_fd)        (GcoapByteChannel  *self);

  /* Who the peer has proved to be, once start() is ready; or NULL. NULL: nobody
   * can prove anything. */
  GcoapClaims       *(*get_claims)    (GcoapByteChannel  *self);

  /* What a client calls this side, unchecked, once start() is ready; or NULL.
   * NULL: nobody can say it. */
  char              *(*dup_host)      (GcoapByteChannel  *self);

  /* Whether what the connection was made with is still in the store of
   * credentials. NULL: it needs none. */
  gboolean           (*is_authorized) (GcoapByteChannel     *self,
                                       GcoapCredentialStore *store);

  /* Closes and frees. */
  void               (*free)          (GcoapByteChannel  *self);
} GcoapByteChannelFuncs;

struct _GcoapByteChannel
{
  const GcoapByteChannelFuncs *funcs;
};

static inline GcoapChannelStatus
gcoap_byte_channel_start (GcoapByteChannel  *self,
                          GError           **error)
{
  return self->funcs->start != NULL ? self->funcs->start (self, error) : GCOAP_CHANNEL_READY;
}

static inline gssize
gcoap_byte_channel_read (GcoapByteChannel  *self,
                         guint8            *buffer,
                         gsize              size,
                         GError           **error)
{
  return self->funcs->read (self, buffer, size, error);
}

static inline gssize
gcoap_byte_channel_write (GcoapByteChannel  *self,
                          const guint8      *data,
                          gsize              size,
                          GError           **error)
{
  return self->funcs->write (self, data, size, error);
}

static inline GIOCondition
gcoap_byte_channel_get_condition (GcoapByteChannel *self,
                                  GIOCondition      wanted)
{
  return self->funcs->get_condition != NULL ? self->funcs->get_condition (self, wanted) : wanted;
}

static inline gboolean
gcoap_byte_channel_has_pending (GcoapByteChannel *self)
{
  return self->funcs->has_pending != NULL && self->funcs->has_pending (self);
}

static inline void
gcoap_byte_channel_finish (GcoapByteChannel *self)
{
  self->funcs->finish (self);
}

static inline int
gcoap_byte_channel_get_fd (GcoapByteChannel *self)
{
  return self->funcs->get_fd (self);
}

static inline GcoapClaims *
gcoap_byte_channel_get_claims (GcoapByteChannel *self)
{
  return self->funcs->get_claims != NULL ? self->funcs->get_claims (self) : NULL;
}

static inline char *
gcoap_byte_channel_dup_host (GcoapByteChannel *self)
{
  return self->funcs->dup_host != NULL ? self->funcs->dup_host (self) : NULL;
}

static inline gboolean
gcoap_byte_channel_is_authorized (GcoapByteChannel     *self,
                                  GcoapCredentialStore *store)
{
  return self->funcs->is_authorized == NULL || self->funcs->is_authorized (self, store);
}

static inline void
gcoap_byte_channel_free (GcoapByteChannel *self)
{
  self->funcs->free (self);
}

G_END_DECLS
