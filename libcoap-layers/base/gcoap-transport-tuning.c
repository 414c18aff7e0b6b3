/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-transport-tuning.h"

struct _GcoapTransportTuning
{
  GcoapReliability reliability;
  guint            ack_timeout;
  double           ack_random_factor;
  guint            max_retransmit;
  guint            nstart;
  guint            leisure;
  guint            empty_ack_delay;
  guint            max_latency;
  guint            probing_rate;
  gboolean         locked;
};

/**
 * GcoapTransportTuning:
 *
 * How hard a message is sent.
 *
 * Whether it is to be acknowledged, and the transmission parameters of
 * RFC 7252 §4.8: how long an acknowledgement is waited for, how often the
 * message is sent again, how many exchanges are open with one peer at a time.
 * Times are in milliseconds. A new one has the values of the RFC.
 *
 * It belongs to a whole context ([property@Context:tuning]), to a request
 * ([method@Exchange.set_tuning]) or to a response
 * ([method@Exchange.respond_full]). Handed to one of these it is locked;
 * [method@TransportTuning.copy] makes one that can be changed.
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (GcoapTransportTuning, gcoap_transport_tuning,
                     gcoap_transport_tuning_ref, gcoap_transport_tuning_unref)

/* RFC 7252 §4.8: the values of Table 2, and §4.8.2's MAX_LATENCY. */
static const GcoapTransportTuning defaults = {
  .reliability = GCOAP_RELIABILITY_DEFAULT,
  .ack_timeout = 2000,
  .ack_random_factor = 1.5,
  .max_retransmit = 4,
  .nstart = 1,
  .leisure = 5000,
  .empty_ack_delay = 100,
  .max_latency = 100000,
  .probing_rate = 1,
};

/* An hour between transmissions is beyond any protocol use, and keeps all
 * derived times within 32 bits. */
#define MAX_TIMEOUT (60 * 60 * 1000)
#define MAX_RETRANSMIT 20
#define MAX_RANDOM_FACTOR 10.0

static guint
saturate (double milliseconds)
{
  return milliseconds >= G_MAXUINT ? G_MAXUINT : (guint) milliseconds;
}

/**
 * gcoap_transport_tuning_new:
 *
 * Makes a tuning with the default values of RFC 7252 §4.8.
 *
 * Returns: (transfer full): a new tuning
 *
 * Since: 0.1
 */
GcoapTransportTuning *
gcoap_transport_tuning_new (void)
{
  GcoapTransportTuning *self = g_atomic_rc_box_new (GcoapTransportTuning);

  *self = defaults;
  return self;
}

/**
 * gcoap_transport_tuning_ref:
 * @self: a tuning
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the same tuning
 *
 * Since: 0.1
 */
GcoapTransportTuning *
gcoap_transport_tuning_ref (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * gcoap_transport_tuning_unref:
 * @self: (transfer full): a tuning
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_unref (GcoapTransportTuning *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release (self);
}

/**
 * gcoap_transport_tuning_copy:
 * @self: a tuning
 *
 * Makes an independent copy that can be changed.
 *
 * Returns: (transfer full): a new, unlocked tuning
 *
 * Since: 0.1
 */
GcoapTransportTuning *
gcoap_transport_tuning_copy (GcoapTransportTuning *self)
{
  GcoapTransportTuning *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_atomic_rc_box_new (GcoapTransportTuning);
  *copy = *self;
  copy->locked = FALSE;
  return copy;
}

/**
 * gcoap_transport_tuning_lock:
 * @self: a tuning
 *
 * Locks the tuning.
 *
 * After this, [method@TransportTuning.copy] is the way to a changed one. The
 * stack locks every tuning it is given.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_lock (GcoapTransportTuning *self)
{
  g_return_if_fail (self != NULL);

  self->locked = TRUE;
}

/**
 * gcoap_transport_tuning_get_reliability:
 * @self: a tuning
 *
 * Tells whether messages are to be acknowledged.
 *
 * Returns: the reliability, by default %GCOAP_RELIABILITY_DEFAULT
 *
 * Since: 0.1
 */
GcoapReliability
gcoap_transport_tuning_get_reliability (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, GCOAP_RELIABILITY_DEFAULT);

  return self->reliability;
}

/**
 * gcoap_transport_tuning_set_reliability:
 * @self: a tuning
 * @reliability: whether messages are to be acknowledged
 *
 * Chooses between confirmable and non-confirmable messages (RFC 7252 §4.2,
 * §4.3).
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_reliability (GcoapTransportTuning *self,
                                        GcoapReliability      reliability)
{
  g_return_if_fail (self != NULL && !self->locked);

  self->reliability = reliability;
}

/**
 * gcoap_transport_tuning_get_ack_timeout:
 * @self: a tuning
 *
 * Tells ACK_TIMEOUT, the least time before the first retransmission.
 *
 * Returns: milliseconds, by default 2000
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_ack_timeout (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->ack_timeout;
}

/**
 * gcoap_transport_tuning_set_ack_timeout:
 * @self: a tuning
 * @milliseconds: 1 to 3600000
 *
 * Sets ACK_TIMEOUT (RFC 7252 §4.8).
 *
 * RFC 7252 §4.8.1 warns of values below a second; a path with a longer round
 * trip needs more.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_ack_timeout (GcoapTransportTuning *self,
                                        guint                 milliseconds)
{
  g_return_if_fail (self != NULL && !self->locked);
  g_return_if_fail (milliseconds >= 1 && milliseconds <= MAX_TIMEOUT);

  self->ack_timeout = milliseconds;
}

/**
 * gcoap_transport_tuning_get_ack_random_factor:
 * @self: a tuning
 *
 * Tells ACK_RANDOM_FACTOR, by which the first timeout may be longer.
 *
 * Returns: the factor, by default 1.5
 *
 * Since: 0.1
 */
double
gcoap_transport_tuning_get_ack_random_factor (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->ack_random_factor;
}

/**
 * gcoap_transport_tuning_set_ack_random_factor:
 * @self: a tuning
 * @factor: 1.0 to 10.0
 *
 * Sets ACK_RANDOM_FACTOR (RFC 7252 §4.8).
 *
 * RFC 7252 §4.8.1: it must not be below 1, and should not be 1, so that
 * senders that lost a message together do not repeat it together.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_ack_random_factor (GcoapTransportTuning *self,
                                              double                factor)
{
  g_return_if_fail (self != NULL && !self->locked);
  g_return_if_fail (factor >= 1.0 && factor <= MAX_RANDOM_FACTOR);

  self->ack_random_factor = factor;
}

/**
 * gcoap_transport_tuning_get_max_retransmit:
 * @self: a tuning
 *
 * Tells MAX_RETRANSMIT, how often a confirmable message is repeated.
 *
 * Returns: the number of retransmissions, by default 4
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_max_retransmit (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_retransmit;
}

/**
 * gcoap_transport_tuning_set_max_retransmit:
 * @self: a tuning
 * @count: 0 to 20
 *
 * Sets MAX_RETRANSMIT (RFC 7252 §4.8).
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_max_retransmit (GcoapTransportTuning *self,
                                           guint                 count)
{
  g_return_if_fail (self != NULL && !self->locked);
  g_return_if_fail (count <= MAX_RETRANSMIT);

  self->max_retransmit = count;
}

/**
 * gcoap_transport_tuning_get_nstart:
 * @self: a tuning
 *
 * Tells NSTART, how many messages to one endpoint may wait for an
 * acknowledgement or response at a time.
 *
 * Returns: the number, by default 1
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_nstart (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->nstart;
}

/**
 * gcoap_transport_tuning_set_nstart:
 * @self: a tuning
 * @count: 1 to 65535
 *
 * Sets NSTART (RFC 7252 §4.7).
 *
 * A message waits in a queue while this many are outstanding. Values above 1
 * are for networks whose congestion is somebody else's care.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_nstart (GcoapTransportTuning *self,
                                   guint                 count)
{
  g_return_if_fail (self != NULL && !self->locked);
  g_return_if_fail (count >= 1 && count <= 65535);

  self->nstart = count;
}

/**
 * gcoap_transport_tuning_get_leisure:
 * @self: a tuning
 *
 * Tells DEFAULT_LEISURE, the time over which the answers to a group request
 * are spread.
 *
 * Returns: milliseconds, by default 5000
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_leisure (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->leisure;
}

/**
 * gcoap_transport_tuning_set_leisure:
 * @self: a tuning
 * @milliseconds: 0 to 3600000; 0 answers at once
 *
 * Sets the leisure of answers to group requests (RFC 7252 §8.2).
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_leisure (GcoapTransportTuning *self,
                                    guint                 milliseconds)
{
  g_return_if_fail (self != NULL && !self->locked);
  g_return_if_fail (milliseconds <= MAX_TIMEOUT);

  self->leisure = milliseconds;
}

/**
 * gcoap_transport_tuning_get_empty_ack_delay:
 * @self: a tuning
 *
 * Tells how long an answer may take to be still piggybacked.
 *
 * Returns: milliseconds, by default 100
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_empty_ack_delay (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->empty_ack_delay;
}

/**
 * gcoap_transport_tuning_set_empty_ack_delay:
 * @self: a tuning
 * @milliseconds: 0 to 3600000
 *
 * Sets how long a confirmable request waits for its response before an Empty
 * acknowledgement is sent and the response becomes a separate one
 * (RFC 7252 §5.2.2).
 *
 * It should stay well below ACK_TIMEOUT, or the peer retransmits.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_empty_ack_delay (GcoapTransportTuning *self,
                                            guint                 milliseconds)
{
  g_return_if_fail (self != NULL && !self->locked);
  g_return_if_fail (milliseconds <= MAX_TIMEOUT);

  self->empty_ack_delay = milliseconds;
}

/**
 * gcoap_transport_tuning_get_probing_rate:
 * @self: a tuning
 *
 * Tells PROBING_RATE, how much is sent on average to an endpoint that does not
 * answer.
 *
 * Returns: bytes per second, by default 1; 0: any number
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_probing_rate (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->probing_rate;
}

/**
 * gcoap_transport_tuning_set_probing_rate:
 * @self: a tuning
 * @bytes_per_second: the rate; 0: no limit
 *
 * Sets PROBING_RATE (RFC 7252 §4.7).
 *
 * It limits non-confirmable requests, beyond the first
 * [property@Limits:max-unanswered-per-peer] of a silence, and confirmable ones
 * that are cancelled before they are acknowledged. Other confirmable requests
 * are limited by NSTART and the growing intervals between retransmissions.
 * Responses are not limited by it (but see RFC 7641 §4.5.1 for notifications),
 * nor are requests to groups.
 *
 * To switch it off is for networks whose congestion is somebody else's care.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_probing_rate (GcoapTransportTuning *self,
                                         guint                 bytes_per_second)
{
  g_return_if_fail (self != NULL && !self->locked);

  self->probing_rate = bytes_per_second;
}

/**
 * gcoap_transport_tuning_get_max_latency:
 * @self: a tuning
 *
 * Tells MAX_LATENCY, the longest a datagram is thought to live in the network.
 *
 * Returns: milliseconds, by default 100000
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_max_latency (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->max_latency;
}

/**
 * gcoap_transport_tuning_set_max_latency:
 * @self: a tuning
 * @milliseconds: 0 to 3600000
 *
 * Sets MAX_LATENCY (RFC 7252 §4.8.2).
 *
 * The lifetimes of exchanges, and with them how soon a message ID may be used
 * again, follow from it. Only a network known to be fast allows less.
 *
 * Since: 0.1
 */
void
gcoap_transport_tuning_set_max_latency (GcoapTransportTuning *self,
                                        guint                 milliseconds)
{
  g_return_if_fail (self != NULL && !self->locked);
  g_return_if_fail (milliseconds <= MAX_TIMEOUT);

  self->max_latency = milliseconds;
}

/**
 * gcoap_transport_tuning_get_max_transmit_span:
 * @self: a tuning
 *
 * Tells MAX_TRANSMIT_SPAN: from the first transmission of a confirmable
 * message to its last retransmission (RFC 7252 §4.8.2).
 *
 * Returns: milliseconds, 45000 with the default values
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_max_transmit_span (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return saturate ((double) self->ack_timeout
                   * ((1u << self->max_retransmit) - 1)
                   * self->ack_random_factor);
}

/**
 * gcoap_transport_tuning_get_max_transmit_wait:
 * @self: a tuning
 *
 * Tells MAX_TRANSMIT_WAIT: from the first transmission of a confirmable
 * message to the moment its sender gives up (RFC 7252 §4.8.2).
 *
 * Returns: milliseconds, 93000 with the default values
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_max_transmit_wait (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return saturate ((double) self->ack_timeout
                   * ((2u << self->max_retransmit) - 1)
                   * self->ack_random_factor);
}

/**
 * gcoap_transport_tuning_get_exchange_lifetime:
 * @self: a tuning
 *
 * Tells EXCHANGE_LIFETIME: how long the message ID of a confirmable message
 * stays taken (RFC 7252 §4.8.2).
 *
 * Returns: milliseconds, 247000 with the default values
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_exchange_lifetime (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  /* MAX_TRANSMIT_SPAN + 2 * MAX_LATENCY + PROCESSING_DELAY, the last being
   * ACK_TIMEOUT. */
  return saturate ((double) gcoap_transport_tuning_get_max_transmit_span (self)
                   + 2.0 * self->max_latency + self->ack_timeout);
}

/**
 * gcoap_transport_tuning_get_non_lifetime:
 * @self: a tuning
 *
 * Tells NON_LIFETIME: how long the message ID of a non-confirmable message
 * stays taken (RFC 7252 §4.8.2).
 *
 * Returns: milliseconds, 145000 with the default values
 *
 * Since: 0.1
 */
guint
gcoap_transport_tuning_get_non_lifetime (GcoapTransportTuning *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return saturate ((double) gcoap_transport_tuning_get_max_transmit_span (self)
                   + self->max_latency);
}
