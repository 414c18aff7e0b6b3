/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-simulated-link-private.h"

#include <string.h>

#include "base/gcoap-clock-private.h"
#include "base/gcoap-error.h"
#include "wire/gcoap-uri.h"

/* How long a datagram that shall be overtaken is held back at least, in
 * microseconds. */
#define MIN_HOLD 10000

/**
 * GcoapSimulatedLink:
 *
 * A network in one process, for tests of whatever runs over CoAP.
 *
 * Endpoints are added by name, and send to each other's `coap://name`. All
 * datagrams pass through the real codec. The link loses, delays, repeats and
 * reorders them as it is told; the same seed and the same calls give the same
 * run. Datagrams arrive when the clock says so and never inside a call to
 * send: with a manual clock, [method@Clock.advance] is the network.
 *
 * A fresh link delivers every datagram once, in order, after one millisecond.
 *
 * Since: 0.1
 */
struct _GcoapSimulatedLink
{
  GObject parent_instance;

  GcoapClock *clock;
  GcoapTimer  timer;        /* due when the first datagram in flight arrives */
  GRand      *random;
  GHashTable *nodes;        /* hostinfo -> Node */
  GQueue      flights;      /* of Flight, in the order of arrival */
  GString    *log;          /* NULL: not wanted */
  guint       n_sent;
  guint       n_delivered;
  guint       n_flights;    /* serial numbers given to flights */

  double      loss;
  double      duplication;
  double      reordering;
  guint       min_delay;
  guint       max_delay;
  guint       mtu;

  GcoapSimulatedFilter filter;
  gpointer             filter_data;
  GDestroyNotify       filter_destroy;
};

/* A name: of an endpoint that is or was there, or of a group. */
typedef struct
{
  GcoapSimulatedAddress   *address;
  GcoapSimulatedInterface *endpoint;      /* not owned: it takes itself away; NULL: gone, or a group */
  GPtrArray               *members;       /* of Node; NULL for an endpoint */
  gint64                   last_arrival;  /* of a datagram that kept its turn */
} Node;

/* A datagram on its way, or, without data, the news that one did not arrive. */
typedef struct
{
  gint64                 arrival;
  guint                  serial;
  GcoapSimulatedAddress *from;
  GcoapSimulatedAddress *to;         /* what it was sent to, perhaps a group */
  GcoapSimulatedAddress *receiver;
  GBytes                *data;       /* NULL for news */
  int                    message_id;
} Flight;

G_DEFINE_FINAL_TYPE (GcoapSimulatedLink, gcoap_simulated_link, G_TYPE_OBJECT)

static void
node_free (gpointer data)
{
  Node *node = data;

  g_object_unref (node->address);
  g_clear_pointer (&node->members, g_ptr_array_unref);
  g_free (node);
}

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  g_object_unref (flight->from);
  g_object_unref (flight->to);
  g_object_unref (flight->receiver);
  g_clear_pointer (&flight->data, g_bytes_unref);
  g_free (flight);
}

static void
gcoap_simulated_link_finalize (GObject *object)
{
  GcoapSimulatedLink *self = GCOAP_SIMULATED_LINK (object);

  gcoap_clock_unschedule (self->clock, &self->timer);
  g_queue_clear_full (&self->flights, flight_free);
  if (self->filter_destroy != NULL)
    self->filter_destroy (self->filter_data);
  if (self->log != NULL)
    g_string_free (self->log, TRUE);
  g_hash_table_unref (self->nodes);
  g_rand_free (self->random);
  g_object_unref (self->clock);
  G_OBJECT_CLASS (gcoap_simulated_link_parent_class)->finalize (object);
}

static void
gcoap_simulated_link_class_init (GcoapSimulatedLinkClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_simulated_link_finalize;
}

static void
gcoap_simulated_link_init (GcoapSimulatedLink *self)
{
  self->nodes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, node_free);
  self->min_delay = self->max_delay = 1000;
  self->mtu = 1500;
  g_queue_init (&self->flights);
}

/* Names */

char *
gcoap_simulated_link_dup_hostinfo (const char  *uri,
                                   GError     **error)
{
  g_autoptr (GcoapUri) parsed = gcoap_uri_parse (uri, error);
  g_autofree char *origin = NULL;

  if (parsed == NULL)
    return NULL;
  if (!g_str_equal (gcoap_uri_get_scheme (parsed), "coap"))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                   "%s: a simulated link carries only coap, not %s.",
                   uri, gcoap_uri_get_scheme (parsed));
      return NULL;
    }
  origin = gcoap_uri_dup_origin (parsed);
  return g_strdup (origin + strlen ("coap://"));
}

static char *
hostinfo_of_name (const char *name)
{
  g_autofree char *uri = g_strconcat ("coap://", name, NULL);
  g_autoptr (GError) error = NULL;
  char *hostinfo = gcoap_simulated_link_dup_hostinfo (uri, &error);

  if (hostinfo == NULL)
    g_critical ("%s is no name for an endpoint: %s", name, error->message);
  return hostinfo;
}

static Node *
take_node (GcoapSimulatedLink *self,
           const char         *hostinfo,
           gboolean            is_group)
{
  Node *node = g_hash_table_lookup (self->nodes, hostinfo);

  if (node != NULL)
    return node;
  node = g_new0 (Node, 1);
  node->address = gcoap_simulated_address_new (self, hostinfo, is_group);
  if (is_group)
    node->members = g_ptr_array_new ();
  g_hash_table_insert (self->nodes, node->address->hostinfo, node);
  return node;
}

GcoapSimulatedAddress *
gcoap_simulated_link_find_address (GcoapSimulatedLink *self,
                                   const char         *hostinfo)
{
  Node *node = g_hash_table_lookup (self->nodes, hostinfo);

  return node != NULL ? node->address : NULL;
}

void
gcoap_simulated_link_remove_endpoint (GcoapSimulatedLink    *self,
                                      GcoapSimulatedAddress *address)
{
  Node *gone = g_hash_table_lookup (self->nodes, address->hostinfo);
  GHashTableIter iter;
  gpointer value;

  gone->endpoint = NULL;
  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Node *) value)->members != NULL)
      g_ptr_array_remove (((Node *) value)->members, gone);
}

void
gcoap_simulated_link_join (GcoapSimulatedLink      *self,
                           GcoapSimulatedInterface *member,
                           const char              *group)
{
  g_autofree char *hostinfo = hostinfo_of_name (group);
  GHashTableIter iter;
  gpointer value;
  Node *node;

  if (hostinfo == NULL)
    return;
  node = take_node (self, hostinfo, TRUE);
  g_return_if_fail (node->members != NULL);

  g_hash_table_iter_init (&iter, self->nodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Node *) value)->endpoint == member &&
        !g_ptr_array_find (node->members, value, NULL))
      g_ptr_array_add (node->members, value);
}

guint
gcoap_simulated_link_get_mtu (GcoapSimulatedLink *self)
{
  return self->mtu;
}

/* On the way */

static int
compare_flights (gconstpointer a,
                 gconstpointer b,
                 gpointer      data G_GNUC_UNUSED)
{
  const Flight *first = a;
  const Flight *second = b;

  if (first->arrival != second->arrival)
    return first->arrival < second->arrival ? -1 : 1;
  return first->serial < second->serial ? -1 : 1;
}

static void
schedule (GcoapSimulatedLink *self)
{
  const Flight *first = g_queue_peek_head (&self->flights);

  if (first != NULL)
    gcoap_clock_schedule (self->clock, &self->timer, first->arrival);
}

static void
launch (GcoapSimulatedLink    *self,
        gint64                 arrival,
        GcoapSimulatedAddress *from,
        GcoapSimulatedAddress *to,
        GcoapSimulatedAddress *receiver,
        GBytes                *data,
        int                    message_id)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->arrival = arrival;
  flight->serial = ++self->n_flights;
  flight->from = g_object_ref (from);
  flight->to = g_object_ref (to);
  flight->receiver = g_object_ref (receiver);
  flight->data = data != NULL ? g_bytes_ref (data) : NULL;
  flight->message_id = message_id;
  g_queue_insert_sorted (&self->flights, flight, compare_flights, NULL);
  schedule (self);
}

G_GNUC_PRINTF (2, 3)
static void
note (GcoapSimulatedLink *self,
      const char         *format,
      ...)
{
  va_list arguments;

  if (self->log == NULL)
    return;
  g_string_append_printf (self->log, "%" G_GINT64_FORMAT " ", gcoap_clock_get_now (self->clock));
  va_start (arguments, format);
  g_string_append_vprintf (self->log, format, arguments);
  va_end (arguments);
  g_string_append_c (self->log, '\n');
}

static gboolean
is_partitioned (Node *node)
{
  return node != NULL && node->endpoint != NULL &&
         gcoap_simulated_interface_is_partitioned (node->endpoint);
}

/* Sends one datagram to one receiver, by chance and by order. */
static void
submit_to (GcoapSimulatedLink    *self,
           guint                  serial,
           GcoapSimulatedAddress *from,
           GcoapSimulatedAddress *to,
           Node                  *receiver,
           GBytes                *data)
{
  const char *sender_name = from->hostinfo;
  const char *name = receiver->address->hostinfo;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  /* All dice are thrown each time, so that changing one probability leaves
   * the other decisions of a run as they were. */
  gboolean lost = g_rand_double (self->random) < self->loss;
  gboolean repeated = g_rand_double (self->random) < self->duplication;
  gboolean held = g_rand_double (self->random) < self->reordering;
  guint span = self->max_delay - self->min_delay;
  gint64 delay = self->min_delay + (guint) (g_rand_double (self->random) * (span + 1.0));
  gint64 second_delay = self->min_delay + (guint) (g_rand_double (self->random) * (span + 1.0));
  gint64 now = gcoap_clock_get_now (self->clock);
  gint64 arrival = now + delay;

  if (self->filter != NULL &&
      !self->filter (self, serial, sender_name, name, bytes, length, self->filter_data))
    {
      note (self, "#%u %s > %s %" G_GSIZE_FORMAT " bytes: filtered", serial, sender_name, name, length);
      return;
    }
  if (is_partitioned (receiver) ||
      is_partitioned (g_hash_table_lookup (self->nodes, sender_name)))
    {
      note (self, "#%u %s > %s %" G_GSIZE_FORMAT " bytes: partitioned", serial, sender_name, name, length);
      return;
    }
  if (lost)
    {
      note (self, "#%u %s > %s %" G_GSIZE_FORMAT " bytes: lost", serial, sender_name, name, length);
      return;
    }

  if (held)
    arrival += MAX (2 * (gint64) self->max_delay, MIN_HOLD);
  else
    arrival = receiver->last_arrival = MAX (arrival, receiver->last_arrival);
  note (self, "#%u %s > %s %" G_GSIZE_FORMAT " bytes: arrives at %" G_GINT64_FORMAT "%s",
        serial, sender_name, name, length, arrival, held ? ", held back" : "");
  launch (self, arrival, from, to, receiver->address, data, -1);
  if (repeated)
    {
      note (self, "#%u again at %" G_GINT64_FORMAT, serial, arrival + second_delay);
      launch (self, arrival + second_delay, from, to, receiver->address, data, -1);
    }
}

void
gcoap_simulated_link_submit (GcoapSimulatedLink    *self,
                             GcoapSimulatedAddress *from,
                             GcoapSimulatedAddress *to,
                             const guint8          *data,
                             gsize                  length)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, length);
  Node *node = g_hash_table_lookup (self->nodes, to->hostinfo);
  guint serial = ++self->n_sent;

  if (node->members == NULL)
    {
      submit_to (self, serial, from, to, node, bytes);
      return;
    }
  for (guint i = 0; i < node->members->len; i++)
    {
      Node *member = node->members->pdata[i];

      if (member->address != from)
        submit_to (self, serial, from, to, member, bytes);
    }
}

/* Whoever sent to a place where nobody is learns it as an ICMP message would
 * tell; not about messages to a group, and only where a message ID is. */
static void
bounce (GcoapSimulatedLink *self,
        Flight             *flight)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (flight->data, &length);
  gint64 arrival = gcoap_clock_get_now (self->clock) + self->min_delay;

  note (self, "%s > %s: unreachable", flight->from->hostinfo, flight->to->hostinfo);
  if (flight->to->is_group || length < 4)
    return;
  launch (self, arrival, flight->to, flight->to, flight->from, NULL, data[2] << 8 | data[3]);
}

static void
arrive (GcoapSimulatedLink *self,
        Flight             *flight)
{
  Node *node = g_hash_table_lookup (self->nodes, flight->receiver->hostinfo);
  gsize length;
  const guint8 *data;

  if (is_partitioned (node))
    return;
  if (node->endpoint == NULL || gcoap_simulated_interface_is_unreachable (node->endpoint))
    {
      if (flight->data != NULL)
        bounce (self, flight);
      return;
    }
  if (flight->data == NULL)
    {
      gcoap_simulated_interface_receive_error (node->endpoint, flight->to, flight->message_id);
      return;
    }
  self->n_delivered++;
  data = g_bytes_get_data (flight->data, &length);
  gcoap_simulated_interface_receive (node->endpoint, flight->from, flight->to, data, length);
}

static void
arrival_cb (gpointer data)
{
  GcoapSimulatedLink *self = g_object_ref (GCOAP_SIMULATED_LINK (data));
  gint64 now = gcoap_clock_get_now (self->clock);
  guint last_serial = self->n_flights;
  Flight *flight;

  /* What is sent meanwhile waits for its own turn, even without delay, so
   * that two endpoints answering each other starve nobody. */
  while ((flight = g_queue_peek_head (&self->flights)) != NULL &&
         flight->arrival <= now && flight->serial <= last_serial)
    {
      g_queue_pop_head (&self->flights);
      arrive (self, flight);
      flight_free (flight);
    }
  schedule (self);
  g_object_unref (self);
}

/* Public */

/**
 * gcoap_simulated_link_new:
 * @clock: the clock by which datagrams travel
 * @seed: what chance starts from
 *
 * Makes a link that nobody is on yet.
 *
 * Returns: (transfer full): a new link
 *
 * Since: 0.1
 */
GcoapSimulatedLink *
gcoap_simulated_link_new (GcoapClock *clock,
                          guint32     seed)
{
  GcoapSimulatedLink *self;

  g_return_val_if_fail (GCOAP_IS_CLOCK (clock), NULL);

  self = g_object_new (GCOAP_TYPE_SIMULATED_LINK, NULL);
  self->clock = g_object_ref (clock);
  self->random = g_rand_new_with_seed (seed);
  gcoap_timer_init (&self->timer, arrival_cb, self);
  return self;
}

/**
 * gcoap_simulated_link_add_endpoint:
 * @self: a link
 * @name: a host name or an IP address, perhaps with a port, as in a URI
 * @runtime: the runtime of the endpoint's stack
 *
 * Puts an endpoint on the link.
 *
 * It can be reached at `coap://name` as long as the interface is there; then
 * the name can be given again. A second endpoint of the same name is a
 * programming error.
 *
 * Returns: (transfer full): the endpoint's interface
 *
 * Since: 0.1
 */
GcoapSimulatedInterface *
gcoap_simulated_link_add_endpoint (GcoapSimulatedLink *self,
                                   const char         *name,
                                   GcoapRuntime       *runtime)
{
  g_autofree char *hostinfo = NULL;
  Node *node;

  g_return_val_if_fail (GCOAP_IS_SIMULATED_LINK (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  hostinfo = hostinfo_of_name (name);
  if (hostinfo == NULL)
    return NULL;
  node = take_node (self, hostinfo, FALSE);
  g_return_val_if_fail (node->endpoint == NULL && node->members == NULL, NULL);
  node->endpoint = gcoap_simulated_interface_new (self, node->address, runtime);
  return node->endpoint;
}

/**
 * gcoap_simulated_link_dup_address:
 * @self: a link
 * @name: the name of an endpoint or a group
 *
 * Gives the address of an endpoint or a group at once, where a stack would
 * have it resolved.
 *
 * Returns: (transfer full) (nullable): its address, or %NULL if nobody has
 *   ever borne the name
 *
 * Since: 0.1
 */
GcoapEndpointAddress *
gcoap_simulated_link_dup_address (GcoapSimulatedLink *self,
                                  const char         *name)
{
  g_autofree char *hostinfo = NULL;
  GcoapSimulatedAddress *address;

  g_return_val_if_fail (GCOAP_IS_SIMULATED_LINK (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  hostinfo = hostinfo_of_name (name);
  if (hostinfo == NULL)
    return NULL;
  address = gcoap_simulated_link_find_address (self, hostinfo);
  return address != NULL ? g_object_ref (GCOAP_ENDPOINT_ADDRESS (address)) : NULL;
}

/**
 * gcoap_simulated_link_set_loss:
 * @self: a link
 * @probability: from 0, the default, to 1
 *
 * Sets how likely a datagram is lost.
 *
 * Since: 0.1
 */
void
gcoap_simulated_link_set_loss (GcoapSimulatedLink *self,
                               double              probability)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_LINK (self));
  g_return_if_fail (probability >= 0 && probability <= 1);

  self->loss = probability;
}

/**
 * gcoap_simulated_link_set_duplication:
 * @self: a link
 * @probability: from 0, the default, to 1
 *
 * Sets how likely a datagram that is not lost arrives twice.
 *
 * Since: 0.1
 */
void
gcoap_simulated_link_set_duplication (GcoapSimulatedLink *self,
                                      double              probability)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_LINK (self));
  g_return_if_fail (probability >= 0 && probability <= 1);

  self->duplication = probability;
}

/**
 * gcoap_simulated_link_set_reordering:
 * @self: a link
 * @probability: from 0, the default, to 1
 *
 * Sets how likely a datagram is held back so that later ones overtake it.
 *
 * It is held back for twice the longest delay, at least for 10 milliseconds.
 * All others reach an endpoint in the order they were sent in, whatever their
 * delays.
 *
 * Since: 0.1
 */
void
gcoap_simulated_link_set_reordering (GcoapSimulatedLink *self,
                                     double              probability)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_LINK (self));
  g_return_if_fail (probability >= 0 && probability <= 1);

  self->reordering = probability;
}

/**
 * gcoap_simulated_link_set_delay:
 * @self: a link
 * @min_delay: the shortest delay, in microseconds
 * @max_delay: the longest delay, in microseconds
 *
 * Sets how long datagrams travel: each as chance has it between both limits.
 *
 * The default is 1000 for both.
 *
 * Since: 0.1
 */
void
gcoap_simulated_link_set_delay (GcoapSimulatedLink *self,
                                guint               min_delay,
                                guint               max_delay)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_LINK (self));
  g_return_if_fail (min_delay <= max_delay);

  self->min_delay = min_delay;
  self->max_delay = max_delay;
}

/**
 * gcoap_simulated_link_set_mtu:
 * @self: a link
 * @bytes: from 16 to 65507; the default is 1500
 *
 * Sets the length of the longest datagram the link carries.
 *
 * Sending a longer one fails with %GCOAP_ERROR_TOO_LARGE.
 *
 * Since: 0.1
 */
void
gcoap_simulated_link_set_mtu (GcoapSimulatedLink *self,
                              guint               bytes)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_LINK (self));
  g_return_if_fail (bytes >= 16 && bytes <= 65507);

  self->mtu = bytes;
}

/**
 * gcoap_simulated_link_set_filter:
 * @self: a link
 * @filter: (nullable) (scope notified) (closure user_data) (destroy destroy): decides about each datagram
 * @user_data: given to @filter
 * @destroy: (nullable): called with @user_data when the filter is replaced
 *
 * Sets who decides about each datagram before chance does.
 *
 * Since: 0.1
 */
void
gcoap_simulated_link_set_filter (GcoapSimulatedLink   *self,
                                 GcoapSimulatedFilter  filter,
                                 gpointer              user_data,
                                 GDestroyNotify        destroy)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_LINK (self));

  if (self->filter_destroy != NULL)
    self->filter_destroy (self->filter_data);
  self->filter = filter;
  self->filter_data = user_data;
  self->filter_destroy = destroy;
}

/**
 * gcoap_simulated_link_inject:
 * @self: a link
 * @from: the name of the endpoint it seems to come from
 * @to: the name of the endpoint or group it goes to
 * @data: (array length=length): any bytes
 * @length: how many, at most the link's MTU
 *
 * Sends any bytes as a datagram: a malformed message, or a forged one.
 *
 * Returns: %FALSE if nobody has ever borne one of the names
 *
 * Since: 0.1
 */
gboolean
gcoap_simulated_link_inject (GcoapSimulatedLink *self,
                             const char         *from,
                             const char         *to,
                             const guint8       *data,
                             gsize               length)
{
  g_autoptr (GcoapEndpointAddress) sender = NULL;
  g_autoptr (GcoapEndpointAddress) receiver = NULL;

  g_return_val_if_fail (GCOAP_IS_SIMULATED_LINK (self), FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);
  g_return_val_if_fail (length <= self->mtu, FALSE);

  sender = gcoap_simulated_link_dup_address (self, from);
  receiver = gcoap_simulated_link_dup_address (self, to);
  if (sender == NULL || receiver == NULL)
    return FALSE;
  gcoap_simulated_link_submit (self, GCOAP_SIMULATED_ADDRESS (sender),
                               GCOAP_SIMULATED_ADDRESS (receiver), data, length);
  return TRUE;
}

/**
 * gcoap_simulated_link_get_n_sent:
 * @self: a link
 *
 * Counts the datagrams that were given to the link.
 *
 * Returns: how many; one to a group counts once
 *
 * Since: 0.1
 */
guint
gcoap_simulated_link_get_n_sent (GcoapSimulatedLink *self)
{
  g_return_val_if_fail (GCOAP_IS_SIMULATED_LINK (self), 0);

  return self->n_sent;
}

/**
 * gcoap_simulated_link_get_n_delivered:
 * @self: a link
 *
 * Counts the datagrams that have arrived at an endpoint.
 *
 * Returns: how many, repeated ones and each copy to a group included
 *
 * Since: 0.1
 */
guint
gcoap_simulated_link_get_n_delivered (GcoapSimulatedLink *self)
{
  g_return_val_if_fail (GCOAP_IS_SIMULATED_LINK (self), 0);

  return self->n_delivered;
}

/**
 * gcoap_simulated_link_get_n_in_flight:
 * @self: a link
 *
 * Counts what is on its way: the link is silent when it is 0.
 *
 * Returns: how many datagrams, and reports of unreachable endpoints
 *
 * Since: 0.1
 */
guint
gcoap_simulated_link_get_n_in_flight (GcoapSimulatedLink *self)
{
  g_return_val_if_fail (GCOAP_IS_SIMULATED_LINK (self), 0);

  return g_queue_get_length (&self->flights);
}

/**
 * gcoap_simulated_link_set_logging:
 * @self: a link
 * @logging: whether to write a log
 *
 * Starts an empty log of what becomes of each datagram, or ends it.
 *
 * Since: 0.1
 */
void
gcoap_simulated_link_set_logging (GcoapSimulatedLink *self,
                                  gboolean            logging)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_LINK (self));

  if (self->log != NULL)
    g_string_free (g_steal_pointer (&self->log), TRUE);
  if (logging)
    self->log = g_string_new (NULL);
}

/**
 * gcoap_simulated_link_dup_log:
 * @self: a link
 *
 * Gives the log, a line for each decision.
 *
 * Returns: (transfer full): the log; empty if none is written
 *
 * Since: 0.1
 */
char *
gcoap_simulated_link_dup_log (GcoapSimulatedLink *self)
{
  g_return_val_if_fail (GCOAP_IS_SIMULATED_LINK (self), NULL);

  return g_strdup (self->log != NULL ? self->log->str : "");
}
