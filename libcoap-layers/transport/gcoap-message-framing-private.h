/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How messages lie in a stream of bytes: with their own lengths (RFC 8323 §3),
 * or in the frames of another protocol (§4). Implementors embed the struct as
 * their first member. */
#pragma once

#include "wire/gcoap-stream-codec-private.h"

G_BEGIN_DECLS

typedef struct _GcoapConnection GcoapConnection;
typedef struct _GcoapMessageFraming GcoapMessageFraming;

typedef struct
{
  gsize         consumed;   /* bytes that are done with; 0: not all of it is there */
  const guint8 *message;    /* NULL: no message was in what was consumed */
  gsize         length;
  gsize         needed;     /* if nothing was consumed: how many bytes it takes, 0: unknown */
  gboolean      is_end;     /* the peer has said that it sends nothing more */
} GcoapMessageFrame;

typedef struct
{
  GcoapStreamFraming codec;   /* what decodes a message */

  /* The channel is up. Returns TRUE if messages may be sent at once; else
   * gcoap_connection_framing_is_ready() is called when they may. NULL: TRUE. */
  gboolean (*start)    (GcoapMessageFraming  *self,
                        GcoapConnection      *connection);

  /* Looks at the first bytes of what has come; may change them in place, and
   * send something of its own by gcoap_connection_write(). Fails before
   * anything is allocated for a message that is larger than allowed. */
  gboolean (*next)     (GcoapMessageFraming  *self,
                        GcoapConnection      *connection,
                        guint8               *data,
                        gsize                 length,
                        gsize                 max_message_size,
                        GcoapMessageFrame    *frame,
                        GError              **error);

  /* The message that next() gave is not looked at any more. NULL: it lay in
   * what next() was given. */
  void     (*release)  (GcoapMessageFraming  *self);

  /* With all that the framing adds. */
  gsize    (*get_size) (GcoapMessageFraming  *self,
                        const GcoapPdu       *pdu);

  gsize    (*encode)   (GcoapMessageFraming  *self,
                        const GcoapPdu       *pdu,
                        guint8               *buffer,
                        gsize                 size,
                        GError              **error);

  /* Nothing will be sent after this. NULL: there is nothing to say. */
  void     (*finish)   (GcoapMessageFraming  *self,
                        GcoapConnection      *connection);

  /* The peer takes too long to let messages be sent. NULL: there is nothing to
   * say. */
  void     (*expire)   (GcoapMessageFraming  *self,
                        GcoapConnection      *connection);

  /* What the peer that connected calls us, in the form of a URI, once messages
   * may be sent; or NULL. NULL: nobody can say it. */
  const char *(*get_host) (GcoapMessageFraming *self);

  /* NULL: it is not allocated. */
  void     (*free)     (GcoapMessageFraming  *self);
} GcoapMessageFramingFuncs;

struct _GcoapMessageFraming
{
  const GcoapMessageFramingFuncs *funcs;
};

/* RFC 8323 §3.2; it has no state, so all connections share one. */
GcoapMessageFraming *gcoap_message_framing_get_stream (void);

G_END_DECLS
