/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-unix-address-private.h"

#include <string.h>

#include "base/gcoap-error.h"

G_STATIC_ASSERT (sizeof ((struct sockaddr_un *) 0)->sun_path > GCOAP_UNIX_ADDRESS_MAX_PATH);

#define PATH_OFFSET offsetof (struct sockaddr_un, sun_path)

/**
 * GCOAP_UNIX_ADDRESS_MAX_PATH:
 *
 * The number of bytes of the longest path a local socket can have.
 *
 * Since: 0.1
 */

/**
 * GcoapUnixAddress:
 *
 * The name of a datagram socket of this machine.
 *
 * Its resources have URIs whose host is the percent-encoded path, such as
 * `coap://%2Frun%2Fdevice.sock/temperature`. Messages may be lost like those
 * over UDP. No stranger can claim such an address, so it is not public. Clients
 * often have names outside of the file system (“abstract” ones); those are
 * written with a leading `%00`, and cannot be asked by URI.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GcoapUnixAddress, gcoap_unix_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static gboolean
gcoap_unix_address_equal (GcoapEndpointAddress *address,
                          GcoapEndpointAddress *other)
{
  GcoapUnixAddress *a = (GcoapUnixAddress *) address;
  GcoapUnixAddress *b = (GcoapUnixAddress *) other;

  return a->length == b->length && memcmp (a->name, b->name, a->length) == 0;
}

static guint
gcoap_unix_address_hash (GcoapEndpointAddress *address)
{
  GcoapUnixAddress *self = (GcoapUnixAddress *) address;
  guint hash = 5381;

  for (guint i = 0; i < self->length; i++)
    hash = hash * 33 + self->name[i];
  return hash;
}

static char *
gcoap_unix_address_dup_hostinfo (GcoapEndpointAddress *address)
{
  GcoapUnixAddress *self = GCOAP_UNIX_ADDRESS (address);

  return g_uri_escape_bytes (self->name, self->length, NULL);
}

static void
gcoap_unix_address_class_init (GcoapUnixAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  /* The defaults say the rest: coap, neither reliable nor a group, and no
   * public address. */
  address_class->equal = gcoap_unix_address_equal;
  address_class->hash = gcoap_unix_address_hash;
  address_class->dup_hostinfo = gcoap_unix_address_dup_hostinfo;
}

static void
gcoap_unix_address_init (GcoapUnixAddress *self G_GNUC_UNUSED)
{
}

GcoapUnixAddress *
gcoap_unix_address_new_from_native (const struct sockaddr_un *native,
                                    socklen_t                 length)
{
  GcoapUnixAddress *self;
  gsize name_length;

  if (length <= PATH_OFFSET || native->sun_family != AF_UNIX)
    return NULL;
  name_length = MIN (length - PATH_OFFSET, sizeof native->sun_path);
  /* The zero byte behind a path does not belong to it. */
  if (native->sun_path[0] != '\0')
    name_length = strnlen (native->sun_path, name_length);
  self = g_object_new (GCOAP_TYPE_UNIX_ADDRESS, NULL);
  self->length = (guint) name_length;
  memcpy (self->name, native->sun_path, name_length);
  return self;
}

socklen_t
gcoap_unix_address_to_native (GcoapUnixAddress   *self,
                              struct sockaddr_un *native)
{
  memset (native, 0, sizeof *native);
  native->sun_family = AF_UNIX;
  memcpy (native->sun_path, self->name, self->length);
  /* A path is given with its zero byte, for which there is always room. */
  return (socklen_t) (PATH_OFFSET + self->length +
                      (self->name[0] != '\0' && self->length < sizeof native->sun_path ? 1 : 0));
}

/**
 * gcoap_unix_address_new:
 * @path: an absolute path
 * @error: return location for an error
 *
 * Makes the address of the CoAP endpoint whose socket stands at a path.
 *
 * Errors: %GCOAP_ERROR_INVALID_ARGUMENT if @path is not absolute or longer than
 * %GCOAP_UNIX_ADDRESS_MAX_PATH bytes, which is what the system has room for.
 *
 * Returns: (transfer full): a new address, or %NULL and @error is set
 *
 * Since: 0.1
 */
GcoapUnixAddress *
gcoap_unix_address_new (const char  *path,
                        GError     **error)
{
  GcoapUnixAddress *self;
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  length = strlen (path);
  if (path[0] != '/')
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The path of a socket must be absolute: %s does not begin with a slash.", path);
      return NULL;
    }
  if (length > GCOAP_UNIX_ADDRESS_MAX_PATH)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The path %s is %" G_GSIZE_FORMAT " bytes long; that of a socket has at most %d.",
                   path, length, GCOAP_UNIX_ADDRESS_MAX_PATH);
      return NULL;
    }
  self = g_object_new (GCOAP_TYPE_UNIX_ADDRESS, NULL);
  self->length = (guint) length;
  memcpy (self->name, path, length);
  return self;
}

/**
 * gcoap_unix_address_get_path:
 * @self: the address of a local socket
 *
 * Gets the path of the socket.
 *
 * Returns: (nullable): the path, or %NULL if its name is not in the file system
 *
 * Since: 0.1
 */
const char *
gcoap_unix_address_get_path (GcoapUnixAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_UNIX_ADDRESS (self), NULL);

  return self->name[0] != '\0' && self->length < sizeof self->name ? (const char *) self->name : NULL;
}
