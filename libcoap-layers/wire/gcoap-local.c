/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a message arrived or shall leave from. */
#include "wire/gcoap-local.h"

#include <string.h>

#include "wire/gcoap-local-private.h"

struct _GcoapLocal
{
  char *hostinfo;
  char *host;
  guint interface_index;
  gboolean is_group;
  gsize opaque_length;
  guint64 opaque[GCOAP_LOCAL_MAX_OPAQUE / sizeof (guint64)]; /* aligned for a sockaddr */
};

/**
 * GcoapLocal:
 *
 * Our side of a message's way: the address it came to or shall leave from, the
 * network interface, and whether the address is that of a group.
 *
 * It does not change, and is shared by reference.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (GcoapLocal, gcoap_local, gcoap_local_ref, gcoap_local_unref)

/**
 * gcoap_local_new:
 * @hostinfo: (nullable): our address and port, such as `192.0.2.1:5683` or
 *   `[ff02::fd%eth0]:5683`; %NULL if unknown
 * @interface_index: the index of the network interface; 0 if unknown
 * @is_group: whether the address is that of a group
 *
 * Creates the description of our side.
 *
 * Returns: (transfer full): a new local side
 *
 * Since: 0.1
 */
GcoapLocal *
gcoap_local_new (const char *hostinfo,
                 guint       interface_index,
                 gboolean    is_group)
{
  return gcoap_local_new_full (hostinfo, interface_index, is_group, NULL, 0);
}

/*< private >
 * gcoap_local_new_full:
 * @hostinfo: (nullable): our address and port
 * @interface_index: the index of the network interface; 0 if unknown
 * @is_group: whether the address is that of a group
 * @opaque: (nullable): bytes that only the transport understands
 * @opaque_length: how many, at most GCOAP_LOCAL_MAX_OPAQUE
 *
 * Returns: (transfer full): a new local side
 */
GcoapLocal *
gcoap_local_new_full (const char *hostinfo,
                      guint       interface_index,
                      gboolean    is_group,
                      const void *opaque,
                      gsize       opaque_length)
{
  GcoapLocal *self;

  g_return_val_if_fail (opaque_length <= GCOAP_LOCAL_MAX_OPAQUE, NULL);
  g_return_val_if_fail (opaque != NULL || opaque_length == 0, NULL);

  self = g_atomic_rc_box_new0 (GcoapLocal);
  self->hostinfo = g_strdup (hostinfo);
  self->interface_index = interface_index;
  self->is_group = is_group != FALSE;
  self->opaque_length = opaque_length;
  if (opaque_length > 0)
    memcpy (self->opaque, opaque, opaque_length);

  return self;
}

/*< private >
 * gcoap_local_new_named:
 * @hostinfo: (nullable): our address and port
 * @host: (nullable): what the peer calls us, in the form of a URI
 *
 * Returns: (transfer full): a new local side
 */
GcoapLocal *
gcoap_local_new_named (const char *hostinfo, const char *host)
{
  GcoapLocal *self = gcoap_local_new_full (hostinfo, 0, FALSE, NULL, 0);

  self->host = g_strdup (host);
  return self;
}

/**
 * gcoap_local_ref:
 * @self: a local side
 *
 * Acquires a reference.
 *
 * Returns: (transfer full): @self
 *
 * Since: 0.1
 */
GcoapLocal *
gcoap_local_ref (GcoapLocal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear_cb (gpointer box)
{
  GcoapLocal *self = box;

  g_free (self->hostinfo);
  g_free (self->host);
}

/**
 * gcoap_local_unref:
 * @self: (transfer full): a local side
 *
 * Releases a reference; the last one frees it.
 *
 * Since: 0.1
 */
void
gcoap_local_unref (GcoapLocal *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_cb);
}

/**
 * gcoap_local_get_hostinfo:
 * @self: a local side
 *
 * Gets our address and port.
 *
 * Returns: (transfer none) (nullable): host and port as in a URI, or %NULL if
 *   unknown
 *
 * Since: 0.1
 */
const char *
gcoap_local_get_hostinfo (GcoapLocal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->hostinfo;
}

/**
 * gcoap_local_get_host:
 * @self: a local side
 *
 * Gets what the peer called us when it connected.
 *
 * Over WebSockets that is the host of the field `Host`, over TLS the server
 * name (SNI). It is the default of Uri-Host (RFC 8323 §8.5), and proves nothing:
 * it is what the peer says.
 *
 * Returns: (transfer none) (nullable): the host as in a URI, without a port;
 *   %NULL if the peer used no name, or has no means to
 *
 * Since: 0.1
 */
const char *
gcoap_local_get_host (GcoapLocal *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host;
}

/**
 * gcoap_local_get_interface_index:
 * @self: a local side
 *
 * Gets the index of the network interface.
 *
 * Returns: the index, or 0 if unknown
 *
 * Since: 0.1
 */
guint
gcoap_local_get_interface_index (GcoapLocal *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->interface_index;
}

/**
 * gcoap_local_is_group:
 * @self: a local side
 *
 * Says whether the message came to a group: a multicast address, or a broadcast.
 *
 * Returns: %TRUE for a group
 *
 * Since: 0.1
 */
gboolean
gcoap_local_is_group (GcoapLocal *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_group;
}

/*< private >
 * gcoap_local_get_opaque:
 * @self: a local side
 * @length: (out): how many bytes there are
 *
 * Returns: (nullable): what the transport keeps here, aligned to 8 bytes; %NULL
 *   if nothing
 */
const void *
gcoap_local_get_opaque (GcoapLocal *self,
                        gsize      *length)
{
  g_return_val_if_fail (self != NULL, NULL);

  *length = self->opaque_length;

  return self->opaque_length > 0 ? self->opaque : NULL;
}
