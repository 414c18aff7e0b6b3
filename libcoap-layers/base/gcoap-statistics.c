/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting emits nothing, for it stands on the hot path; who shows the numbers
 * asks for a refresh, and bindings to the properties follow. */
#include "base/gcoap-statistics-private.h"

/**
 * GcoapStatistics:
 *
 * What happened in one stack, counted.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (GcoapStatistics, gcoap_statistics, G_TYPE_OBJECT)

/* In the order of GcoapCounter; property IDs start at 1. */
static const char *const names[GCOAP_N_COUNTERS] = {
  /**
   * GcoapStatistics:datagrams-received:
   *
   * Datagrams that reached a transport.
   *
   * Since: 0.1
   */
  "datagrams-received",
  /**
   * GcoapStatistics:datagrams-sent:
   *
   * Datagrams that a transport handed to the network.
   *
   * Since: 0.1
   */
  "datagrams-sent",
  /**
   * GcoapStatistics:datagrams-malformed:
   *
   * Datagrams that broke the message format (RFC 7252 §3).
   *
   * Since: 0.1
   */
  "datagrams-malformed",
  /**
   * GcoapStatistics:send-errors:
   *
   * Datagrams that the network refused to take.
   *
   * Since: 0.1
   */
  "send-errors",
  /**
   * GcoapStatistics:requests-received:
   *
   * Requests that were new, duplicates not counted.
   *
   * Since: 0.1
   */
  "requests-received",
  /**
   * GcoapStatistics:requests-sent:
   *
   * Requests of our own, retransmissions not counted.
   *
   * Since: 0.1
   */
  "requests-sent",
  /**
   * GcoapStatistics:responses-received:
   *
   * Responses that an open request took.
   *
   * Since: 0.1
   */
  "responses-received",
  /**
   * GcoapStatistics:responses-sent:
   *
   * Responses, retransmissions and repetitions not counted.
   *
   * Since: 0.1
   */
  "responses-sent",
  /**
   * GcoapStatistics:responses-unmatched:
   *
   * Responses that no open request waited for.
   *
   * Since: 0.1
   */
  "responses-unmatched",
  /**
   * GcoapStatistics:retransmissions:
   *
   * Confirmable messages sent again for want of an acknowledgement.
   *
   * Since: 0.1
   */
  "retransmissions",
  /**
   * GcoapStatistics:duplicates-received:
   *
   * Messages recognised as duplicates (RFC 7252 §4.5).
   *
   * Since: 0.1
   */
  "duplicates-received",
  /**
   * GcoapStatistics:timeouts:
   *
   * Confirmable messages given up after the last retransmission.
   *
   * Since: 0.1
   */
  "timeouts",
  /**
   * GcoapStatistics:resets-received:
   *
   * RST messages that matched a message of ours.
   *
   * Since: 0.1
   */
  "resets-received",
  /**
   * GcoapStatistics:resets-sent:
   *
   * RST messages sent.
   *
   * Since: 0.1
   */
  "resets-sent",
  /**
   * GcoapStatistics:limit-hits:
   *
   * Times a limit of GcoapLimits was reached.
   *
   * Since: 0.1
   */
  "limit-hits",
  /**
   * GcoapStatistics:exchanges-dropped:
   *
   * Requests whose responder dropped them unanswered.
   *
   * Since: 0.1
   */
  "exchanges-dropped",
  /**
   * GcoapStatistics:stream-messages-received:
   *
   * Messages that came over connections, with signals and Empty ones.
   *
   * Since: 0.1
   */
  "stream-messages-received",
  /**
   * GcoapStatistics:stream-messages-sent:
   *
   * Messages that were given to connections, with signals.
   *
   * Since: 0.1
   */
  "stream-messages-sent",
  /**
   * GcoapStatistics:connections-made:
   *
   * Connections of our own that reached a peer.
   *
   * Since: 0.1
   */
  "connections-made",
  /**
   * GcoapStatistics:connections-accepted:
   *
   * Connections of peers that were taken.
   *
   * Since: 0.1
   */
  "connections-accepted",
  /**
   * GcoapStatistics:connections-refused:
   *
   * Connections of peers that were closed at once because there were too many.
   *
   * Since: 0.1
   */
  "connections-refused",
  /**
   * GcoapStatistics:connections-aborted:
   *
   * Connections that we ended because the peer broke a rule (RFC 8323 §5.6).
   *
   * Since: 0.1
   */
  "connections-aborted",
  /**
   * GcoapStatistics:oscore-failures:
   *
   * Messages that could not be verified with the keys of the OSCORE context that
   * they name.
   *
   * Since: 0.1
   */
  "oscore-failures",
  /**
   * GcoapStatistics:oscore-keys-worn:
   *
   * Times that the keys of an OSCORE context came near a limit of their use.
   *
   * Since: 0.1
   */
  "oscore-keys-worn",
};

static GParamSpec *properties[GCOAP_N_COUNTERS + 1];

static void
gcoap_statistics_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec G_GNUC_UNUSED)
{
  g_value_set_uint64 (value, GCOAP_STATISTICS (object)->counters[property_id - 1]);
}

static void
gcoap_statistics_class_init (GcoapStatisticsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_statistics_get_property;

  for (guint i = 0; i < GCOAP_N_COUNTERS; i++)
    properties[i + 1] = g_param_spec_uint64 (names[i], NULL, NULL, 0, G_MAXUINT64, 0,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
gcoap_statistics_init (GcoapStatistics *self G_GNUC_UNUSED)
{
}

/**
 * gcoap_statistics_new:
 *
 * Makes a set of counters, all zero.
 *
 * Returns: (transfer full): new statistics
 *
 * Since: 0.1
 */
GcoapStatistics *
gcoap_statistics_new (void)
{
  return g_object_new (GCOAP_TYPE_STATISTICS, NULL);
}

/**
 * gcoap_statistics_refresh:
 * @self: statistics
 *
 * Emits notify for every counter that has changed since the last refresh.
 *
 * Since: 0.1
 */
void
gcoap_statistics_refresh (GcoapStatistics *self)
{
  g_return_if_fail (GCOAP_IS_STATISTICS (self));

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 0; i < GCOAP_N_COUNTERS; i++)
    if (self->counters[i] != self->announced[i])
      {
        self->announced[i] = self->counters[i];
        g_object_notify_by_pspec (G_OBJECT (self), properties[i + 1]);
      }
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * gcoap_statistics_to_string:
 * @self: statistics
 *
 * Lists the counters that are not zero, "name: value" a line.
 *
 * Returns: (transfer full): text for people
 *
 * Since: 0.1
 */
char *
gcoap_statistics_to_string (GcoapStatistics *self)
{
  GString *text;

  g_return_val_if_fail (GCOAP_IS_STATISTICS (self), NULL);

  text = g_string_new (NULL);
  for (guint i = 0; i < GCOAP_N_COUNTERS; i++)
    if (self->counters[i] != 0)
      g_string_append_printf (text, "%s: %" G_GUINT64_FORMAT "\n", names[i], self->counters[i]);
  return g_string_free (text, FALSE);
}
