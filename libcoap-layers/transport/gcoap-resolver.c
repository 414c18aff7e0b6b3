/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-resolver-private.h"

#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "base/gcoap-error.h"

typedef struct
{
  GcoapUri              *uri;
  GcoapResolverFamilies  families;
} Lookup;

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  gcoap_uri_unref (lookup->uri);
  g_free (lookup);
}

/* IPv4 in whatever form it was written. */
static GInetAddress *
normalise (GInetAddress *address)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);

  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 &&
      IN6_IS_ADDR_V4MAPPED ((const struct in6_addr *) (gconstpointer) bytes))
    return g_inet_address_new_from_bytes (bytes + 12, G_SOCKET_FAMILY_IPV4);
  return g_object_ref (address);
}

static gboolean
is_wanted (GInetAddress          *address,
           GcoapResolverFamilies  families)
{
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4
    ? (families & GCOAP_RESOLVER_IPV4) != 0
    : (families & GCOAP_RESOLVER_IPV6) != 0;
}

static GInetSocketAddress *
make (GInetAddress *address,
      guint16       port,
      guint32       scope_id)
{
  return g_object_new (G_TYPE_INET_SOCKET_ADDRESS,
                       "address", address,
                       "port", (guint) port,
                       "scope-id", (guint) scope_id,
                       NULL);
}

static void
return_family_error (GTask *task)
{
  Lookup *lookup = g_task_get_task_data (task);

  g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                           "%s has only addresses of a kind this machine cannot reach: %s is not available",
                           gcoap_uri_get_host (lookup->uri),
                           lookup->families & GCOAP_RESOLVER_IPV4 ? "IPv6" : "IPv4");
}

/* The zone of an IPv6 literal: the name of a network interface, or its number. */
static gboolean
find_scope (GcoapUri      *uri,
            GInetAddress  *address,
            guint32       *scope_id,
            GError       **error)
{
  const char *zone = gcoap_uri_get_zone (uri);
  guint64 number;

  *scope_id = 0;
  if (zone == NULL)
    {
      if (!g_inet_address_get_is_link_local (address) ||
          g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
        return TRUE;
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI,
                   "%s is on every link at once: name the network interface as well, as in [%s%%25eth0].",
                   gcoap_uri_get_host (uri), gcoap_uri_get_host (uri));
      return FALSE;
    }
  *scope_id = if_nametoindex (zone);
  if (*scope_id == 0 && g_ascii_string_to_unsigned (zone, 10, 1, G_MAXINT32, &number, NULL))
    *scope_id = (guint32) number;
  if (*scope_id == 0)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND,
                 "There is no network interface %s on this machine.", zone);
  return *scope_id != 0;
}

GInetSocketAddress *
gcoap_resolver_read_literal (GcoapUri  *uri,
                             GError   **error)
{
  g_autoptr (GInetAddress) written = g_inet_address_new_from_string (gcoap_uri_get_host (uri));
  g_autoptr (GInetAddress) address = NULL;
  guint32 scope_id;

  if (written == NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI,
                   "%s is no IP address.", gcoap_uri_get_host (uri));
      return NULL;
    }
  address = normalise (written);
  if (!find_scope (uri, address, &scope_id, error))
    return NULL;
  return make (address, gcoap_uri_get_port (uri), scope_id);
}

static void
return_literal (GTask *task)
{
  Lookup *lookup = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GInetSocketAddress) address = gcoap_resolver_read_literal (lookup->uri, &error);
  GPtrArray *found;

  if (address == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!is_wanted (g_inet_socket_address_get_address (address), lookup->families))
    {
      return_family_error (task);
      return;
    }
  found = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (found, g_steal_pointer (&address));
  g_task_return_pointer (task, found, (GDestroyNotify) g_ptr_array_unref);
}

static void
return_lookup_error (GTask  *task,
                     GError *error)
{
  Lookup *lookup = g_task_get_task_data (task);
  const char *host = gcoap_uri_get_host (lookup->uri);

  if (error->domain != G_RESOLVER_ERROR)
    {
      g_task_return_error (task, error);
      return;
    }
  if (error->code == G_RESOLVER_ERROR_NOT_FOUND)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND,
                             "%s: there is no such host", host);
  else
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND,
                             "%s: the name service does not answer (%s)", host, error->message);
  g_error_free (error);
}

static void
looked_up_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  Lookup *lookup = g_task_get_task_data (task);
  GError *error = NULL;
  GList *addresses = g_resolver_lookup_by_name_finish (G_RESOLVER (object), result, &error);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);

  if (addresses == NULL)
    {
      return_lookup_error (task, error);
      return;
    }
  for (GList *item = addresses; item != NULL; item = item->next)
    {
      g_autoptr (GInetAddress) address = normalise (item->data);

      if (is_wanted (address, lookup->families))
        g_ptr_array_add (found, make (address, gcoap_uri_get_port (lookup->uri), 0));
    }
  g_resolver_free_addresses (addresses);
  if (found->len == 0)
    return_family_error (task);
  else
    g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) g_ptr_array_unref);
}

void
gcoap_resolver_lookup_async (const char            *uri,
                             const char            *scheme,
                             GcoapResolverFamilies  families,
                             GCancellable          *cancellable,
                             GAsyncReadyCallback    callback,
                             gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GResolver) resolver = NULL;
  GError *error = NULL;
  GcoapUri *parsed;
  Lookup *lookup;

  g_task_set_source_tag (task, gcoap_resolver_lookup_async);
  parsed = gcoap_uri_parse (uri, &error);
  if (parsed == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  lookup = g_new0 (Lookup, 1);
  lookup->uri = parsed;
  lookup->families = families;
  g_task_set_task_data (task, lookup, lookup_free);
  if (!g_str_equal (gcoap_uri_get_scheme (parsed), scheme))
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                               "%s: this transport carries %s, not %s",
                               uri, scheme, gcoap_uri_get_scheme (parsed));
      return;
    }
  if (gcoap_uri_host_is_path (parsed))
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                               "%s: this transport does not carry messages to sockets in the file system.", uri);
      return;
    }
  if (gcoap_uri_host_is_literal (parsed))
    {
      return_literal (task);
      return;
    }
  resolver = g_resolver_get_default ();
  g_resolver_lookup_by_name_async (resolver, gcoap_uri_get_host (parsed), cancellable,
                                   looked_up_cb, g_object_ref (task));
}

GPtrArray *
gcoap_resolver_lookup_finish (GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
