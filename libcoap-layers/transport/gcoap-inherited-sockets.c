/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-inherited-sockets-private.h"

#include <unistd.h>

#define FIRST 3
#define MAX_COUNT 64

static GMutex mutex;
static guint64 taken;   /* a bit per descriptor */

static guint
read_variable (const char *name,
               guint       maximum)
{
  const char *text = g_getenv (name);
  guint64 number;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 1, maximum, &number, NULL))
    return 0;
  return (guint) number;
}

static gboolean
is_bound_so (int                fd,
             int                type,
             const GcoapUdpKey *key)
{
  GcoapUdpSockaddr name;
  socklen_t length = sizeof name;
  GcoapUdpKey bound;
  int value = 0;
  socklen_t value_length = sizeof value;

  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &value, &value_length) != 0 || value != type)
    return FALSE;
  value_length = sizeof value;
  if (type == SOCK_STREAM
      && (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &value_length) != 0 || value == 0))
    return FALSE;
  return getsockname (fd, &name.any, &length) == 0
         && gcoap_udp_key_from_sockaddr (&bound, &name.any, length)
         && gcoap_udp_key_equal (&bound, key);
}

int
gcoap_inherited_sockets_take (int                type,
                              const GcoapUdpKey *key)
{
  guint count = read_variable ("LISTEN_FDS", MAX_COUNT);
  int found = -1;

  /* They were meant for a process that may have been our parent. */
  if (count == 0 || read_variable ("LISTEN_PID", G_MAXINT) != (guint) getpid ())
    return -1;
  g_mutex_lock (&mutex);
  for (guint i = 0; i < count && found < 0; i++)
    {
      guint64 bit = G_GUINT64_CONSTANT (1) << i;

      if ((taken & bit) == 0 && is_bound_so (FIRST + (int) i, type, key))
        {
          taken |= bit;
          found = FIRST + (int) i;
        }
    }
  g_mutex_unlock (&mutex);
  return found;
}
