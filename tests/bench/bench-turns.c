/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many observers of one resource, each at an address of its own: how long the
 * server's loop is kept busy at once while all of them are told of a new state,
 * and how long that takes. Fails if somebody is not told, if the state is made
 * more than once, or if one turn of the loop takes too long.
 *
 * What is measured is processor time of the server's thread, so that neither
 * waiting nor other programs count. */
#include <libcoap-layers/gcoap.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WINDOW 64
#define PATIENCE_SECONDS 60

static gint n_observers = 10000;
static gint max_iteration = 50;
static gboolean is_non_confirmable;

static const GOptionEntry entries[] = {
  { "observers", 'n', 0, G_OPTION_ARG_INT, &n_observers, "So many (default 10000)", "N" },
  { "max-iteration", 0, 0, G_OPTION_ARG_INT, &max_iteration,
    "Fail if a turn of the loop takes longer (default 50)", "MS" },
  { "non", 0, 0, G_OPTION_ARG_NONE, &is_non_confirmable, "Tell them in non-confirmable messages", NULL },
  { NULL }
};

/* The crowd: one thread, one socket, many addresses of 127.0.0.0/8. */
typedef struct
{
  int      fd;
  guint16  server_port;
  guint8  *told;          /* by observer: how many messages it has got */
  gint     n_registered;  /* atomic, as the next */
  gint     n_told;
  gint     is_over;
} Crowd;

static guint32
address_of (guint observer)
{
  /* 127.1.0.0 and on. */
  return htonl (0x7f010000u + observer);
}

static void
crowd_send (Crowd        *self,
            guint         observer,
            const guint8 *data,
            gsize         length)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons (self->server_port),
                            .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  union { struct cmsghdr header; guint8 bytes[CMSG_SPACE (sizeof (struct in_pktinfo))]; } control;
  struct in_pktinfo info = { .ipi_spec_dst.s_addr = address_of (observer) };
  struct iovec part = { (void *) data, length };
  struct msghdr message = { .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &part, .msg_iovlen = 1,
                            .msg_control = &control, .msg_controllen = sizeof control };

  memset (&control, 0, sizeof control);
  control.header.cmsg_level = IPPROTO_IP;
  control.header.cmsg_type = IP_PKTINFO;
  control.header.cmsg_len = CMSG_LEN (sizeof info);
  memcpy (CMSG_DATA (&control.header), &info, sizeof info);
  if (sendmsg (self->fd, &message, 0) < 0)
    g_error ("sendmsg: %s", g_strerror (errno));
}

/* CON GET /obs with Observe 0 and a token of two bytes. */
static void
crowd_register (Crowd *self,
                guint  observer)
{
  guint8 request[] = { 0x42, 0x01, (guint8) (observer >> 8), (guint8) observer,
                       (guint8) (observer >> 8), (guint8) observer, 0x60, 0x53, 'o', 'b', 's' };

  crowd_send (self, observer, request, sizeof request);
}

/* Returns the observer that was told something, or -1. */
static gint
crowd_receive (Crowd *self)
{
  guint8 data[256];
  guint8 control[256];
  struct iovec part = { data, sizeof data };
  struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
                            .msg_control = control, .msg_controllen = sizeof control };
  struct cmsghdr *header;
  guint observer = 0;

  if (recvmsg (self->fd, &message, 0) < 6)
    return -1;
  for (header = CMSG_FIRSTHDR (&message); header != NULL; header = CMSG_NXTHDR (&message, header))
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO)
      {
        struct in_pktinfo info;

        memcpy (&info, CMSG_DATA (header), sizeof info);
        observer = ntohl (info.ipi_addr.s_addr) - 0x7f010000u;
      }
  if (observer >= (guint) n_observers || data[1] != 0x45)
    g_error ("An answer of code %x came to observer %u.", data[1], observer);
  /* RFC 7252 §4.2: a confirmable message is acknowledged. */
  if ((data[0] >> 4 & 3) == 0)
    {
      guint8 ack[] = { 0x60, 0x00, data[2], data[3] };

      crowd_send (self, observer, ack, sizeof ack);
    }
  return (gint) observer;
}

static gpointer
crowd_run (gpointer data)
{
  Crowd *self = data;
  gint next = 0;

  while (!g_atomic_int_get (&self->is_over))
    {
      gint registered = g_atomic_int_get (&self->n_registered);
      gint observer;

      while (next < n_observers && next < registered + WINDOW)
        crowd_register (self, (guint) next++);
      observer = crowd_receive (self);
      if (observer < 0)
        {
          /* Something was lost: those that have heard nothing ask again. */
          for (gint i = 0; i < next; i++)
            if (self->told[i] == 0)
              crowd_register (self, (guint) i);
          continue;
        }
      if (self->told[observer]++ == 0)
        g_atomic_int_inc (&self->n_registered);
      else if (self->told[observer] == 2)
        g_atomic_int_inc (&self->n_told);
    }
  return NULL;
}

static void
crowd_init (Crowd   *self,
            guint16  server_port)
{
  struct sockaddr_in any = { .sin_family = AF_INET };
  struct timeval patience = { .tv_sec = 1 };
  int on = 1;
  int size = 4 << 20;

  *self = (Crowd) { .fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), .server_port = server_port,
                    .told = g_malloc0 ((gsize) n_observers) };
  setsockopt (self->fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  setsockopt (self->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt (self->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (self->fd < 0 || bind (self->fd, (struct sockaddr *) &any, sizeof any) < 0)
    g_error ("bind: %s", g_strerror (errno));
}

/* The server */

typedef struct
{
  guint  n_renderings;
  gint64 longest;       /* turn of the loop, ns */
  guint  n_turns;
} Server;

static gboolean
get_cb (GcoapResource *resource G_GNUC_UNUSED,
        GcoapExchange *exchange,
        gpointer       data)
{
  Server *self = data;
  g_autofree char *text = g_strdup_printf ("state %u", ++self->n_renderings);
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_CONTENT, text);

  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gint64
get_processor_time (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

static void
server_run_until (Server     *self,
                  gint       *count,
                  const char *what)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_SECONDS * G_USEC_PER_SEC;

  self->longest = 0;
  self->n_turns = 0;
  while (g_atomic_int_get (count) < n_observers)
    {
      gint64 begin = get_processor_time ();
      gint64 turn;

      /* Does not wait: the count may have changed without the loop. */
      g_main_context_iteration (NULL, FALSE);
      turn = get_processor_time () - begin;
      self->longest = MAX (self->longest, turn);
      self->n_turns++;
      if (g_get_monotonic_time () > end)
        g_error ("Only %d of %d observers were %s.", g_atomic_int_get (count), n_observers, what);
    }
}

static void
report (Server     *self,
        const char *what,
        gint64      microseconds)
{
  printf ("%d observers %s in %.1f ms; longest turn of the loop %.2f ms; made %u times\n", n_observers,
          what, (double) microseconds / 1e3, (double) self->longest / 1e6, self->n_renderings);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GOptionContext) options = g_option_context_new ("- tell many observers at once");
  g_autoptr (GcoapContext) context = NULL;
  g_autoptr (GcoapSite) site = NULL;
  g_autoptr (GcoapSimpleResource) resource = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = NULL;
  g_auto (GStrv) uris = NULL;
  Server server = { 0 };
  GThread *thread;
  Crowd crowd;
  gint64 begin;
  gboolean is_good;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    {
      g_printerr ("%s\n", error->message);
      return 2;
    }
  n_observers = CLAMP (n_observers, 1, 60000);
  context = gcoap_context_new ();
  site = gcoap_site_new ();
  resource = gcoap_simple_resource_new ();
  g_signal_connect (resource, "get", G_CALLBACK (get_cb), &server);
  gcoap_resource_set_observable (GCOAP_RESOURCE (resource), TRUE);
  if (is_non_confirmable)
    gcoap_resource_set_notification_reliability (GCOAP_RESOURCE (resource),
                                                 GCOAP_RELIABILITY_NON_CONFIRMABLE);
  gcoap_site_add (site, "obs", GCOAP_REQUEST_INTERFACE (resource));
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  g_object_set (gcoap_context_get_limits (context), "max-observers", MAX (n_observers, 12288),
                "max-peers", MAX (n_observers, 16384), "max-queued", MAX (n_observers, 16384), NULL);
  if (!gcoap_context_listen (context, "coap://127.0.0.1:0", &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  uris = gcoap_context_dup_listen_uris (context);
  uri = g_uri_parse (uris[0], G_URI_FLAGS_NONE, NULL);
  crowd_init (&crowd, (guint16) g_uri_get_port (uri));
  thread = g_thread_new ("crowd", crowd_run, &crowd);

  begin = g_get_monotonic_time ();
  server_run_until (&server, &crowd.n_registered, "registered");
  report (&server, "registered", g_get_monotonic_time () - begin);

  server.n_renderings = 0;
  begin = g_get_monotonic_time ();
  gcoap_resource_notify_observers (GCOAP_RESOURCE (resource));
  server_run_until (&server, &crowd.n_told, "told");
  report (&server, "told", g_get_monotonic_time () - begin);

  g_atomic_int_set (&crowd.is_over, TRUE);
  g_thread_join (thread);
  close (crowd.fd);
  g_free (crowd.told);
  is_good = server.n_renderings == 1 && server.longest <= max_iteration * G_GINT64_CONSTANT (1000000);
  if (!is_good)
    g_printerr ("That is more than it may be: made once, %d ms.\n", max_iteration);
  return is_good ? 0 : 1;
}
