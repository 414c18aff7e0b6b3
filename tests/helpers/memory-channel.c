/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/memory-channel.h"

#include <string.h>

#include "base/gcoap-error.h"

static GcoapChannelStatus
memory_channel_start (GcoapByteChannel  *channel,
                      GError           **error)
{
  MemoryChannel *self = (MemoryChannel *) channel;

  if (self->fail_start >= 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, self->fail_start, "The handshake failed.");
      return self->refuses ? GCOAP_CHANNEL_REFUSED : GCOAP_CHANNEL_FAILED;
    }
  if (self->n_waits == 0)
    return GCOAP_CHANNEL_READY;
  self->n_waits--;
  return GCOAP_CHANNEL_WAITING;
}

static gssize
memory_channel_read (GcoapByteChannel  *channel,
                     guint8            *buffer,
                     gsize              size,
                     GError           **error)
{
  MemoryChannel *self = (MemoryChannel *) channel;
  gsize n = MIN (MIN (size, self->max_read), self->incoming->len);

  if (self->fail_read >= 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, self->fail_read, "The cable was cut");
      return -1;
    }
  if (n == 0)
    return self->at_end ? 0 : -1;
  memcpy (buffer, self->incoming->data, n);
  g_byte_array_remove_range (self->incoming, 0, (guint) n);
  return (gssize) n;
}

static gssize
memory_channel_write (GcoapByteChannel  *channel,
                      const guint8      *data,
                      gsize              size,
                      GError           **error)
{
  MemoryChannel *self = (MemoryChannel *) channel;
  gsize n = MIN (MIN (size, self->max_write), self->room);

  g_assert_false (self->is_finished);
  if (self->fail_write >= 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, self->fail_write, "The cable was cut");
      return -1;
    }
  if (n == 0)
    return -1;
  g_byte_array_append (self->outgoing, data, (guint) n);
  self->room -= n;
  return (gssize) n;
}

static void
memory_channel_finish (GcoapByteChannel *channel)
{
  ((MemoryChannel *) channel)->is_finished = TRUE;
}

static int
memory_channel_get_fd (GcoapByteChannel *channel G_GNUC_UNUSED)
{
  return -1;
}

static void
memory_channel_free (GcoapByteChannel *channel)
{
  MemoryChannel *self = (MemoryChannel *) channel;

  g_byte_array_unref (self->incoming);
  g_byte_array_unref (self->outgoing);
  if (self->is_freed != NULL)
    *self->is_freed = TRUE;
  g_free (self);
}

static const GcoapByteChannelFuncs memory_channel_funcs = {
  .start = memory_channel_start,
  .read = memory_channel_read,
  .write = memory_channel_write,
  .finish = memory_channel_finish,
  .get_fd = memory_channel_get_fd,
  .free = memory_channel_free,
};

MemoryChannel *
memory_channel_new (void)
{
  MemoryChannel *self = g_new0 (MemoryChannel, 1);

  self->channel.funcs = &memory_channel_funcs;
  self->incoming = g_byte_array_new ();
  self->outgoing = g_byte_array_new ();
  self->max_read = self->max_write = self->room = G_MAXSIZE;
  self->fail_read = self->fail_write = self->fail_start = -1;
  return self;
}
