/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-connector-private.h"

#include <errno.h>
#include <fcntl.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-resolver-private.h"

static void
uri_unref (gpointer uri)
{
  gcoap_uri_unref (uri);
}

/* What GIO says, as a sentence that names the peer and the likely cause. */
static void
return_error (GTask  *task,
              GError *error)
{
  g_autofree char *origin = gcoap_uri_dup_origin (g_task_get_task_data (task));
  const char *host = gcoap_uri_get_host (g_task_get_task_data (task));
  GcoapError code = GCOAP_ERROR_UNREACHABLE;
  const char *cause = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, error);
      return;
    }
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND,
                             "There is no host %s.", host);
  else if (error->domain == G_RESOLVER_ERROR)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND,
                             "The name service does not find %s: %s.", host, error->message);
  else
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
        cause = "nothing listens there for connections";
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
        {
          code = GCOAP_ERROR_TIMED_OUT;
          cause = "it does not answer; it may be switched off, or a firewall may be in the way";
        }
      else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        code = GCOAP_ERROR_PERMISSION;
      g_task_return_new_error (task, GCOAP_ERROR, (int) code, "%s cannot be reached: %s.",
                               origin, cause != NULL ? cause : error->message);
    }
  g_error_free (error);
}

static void
connected_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  g_autoptr (GSocketConnection) connection =
    g_socket_client_connect_finish (G_SOCKET_CLIENT (object), result, &error);
  int fd;

  if (connection == NULL)
    {
      return_error (task, error);
      return;
    }
  /* GSocket closes its own. */
  fd = fcntl (g_socket_get_fd (g_socket_connection_get_socket (connection)), F_DUPFD_CLOEXEC, 3);
  if (fd < 0)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                             "The connection cannot be kept: %s.", g_strerror (errno));
  else
    g_task_return_int (task, fd);
}

void
gcoap_stream_connector_connect_async (GcoapUri            *uri,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GSocketConnectable) connectable = NULL;
  g_autoptr (GSocketClient) client = NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, gcoap_stream_connector_connect_async);
  /* A descriptor that was made must not get lost. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, gcoap_uri_ref (uri), uri_unref);
  if (gcoap_uri_host_is_literal (uri))
    {
      GInetSocketAddress *literal = gcoap_resolver_read_literal (uri, &error);

      if (literal == NULL)
        {
          g_task_return_error (task, error);
          return;
        }
      connectable = G_SOCKET_CONNECTABLE (literal);
    }
  else
    {
      connectable = g_network_address_new (gcoap_uri_get_host (uri), gcoap_uri_get_port (uri));
    }
  client = g_socket_client_new ();
  /* A proxy for the web is none for CoAP. */
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, connectable, cancellable, connected_cb, g_object_ref (task));
}

int
gcoap_stream_connector_connect_finish (GAsyncResult  *result,
                                       GError       **error)
{
  g_autoptr (GError) failure = NULL;
  gssize fd;

  g_return_val_if_fail (g_task_is_valid (result, NULL), -1);

  fd = g_task_propagate_int (G_TASK (result), &failure);
  if (failure == NULL)
    return (int) fd;
  g_propagate_error (error, g_steal_pointer (&failure));
  return -1;
}
