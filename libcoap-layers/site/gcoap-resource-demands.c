/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a resource asks of requests before it looks at them: which options, how
 * fresh (RFC 9175), how often (RFC 8516), in what form (RFC 7959). */
#include "site/gcoap-resource-demands-private.h"

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-interfaces-enum-types.h"
#include "interfaces/gcoap-runtime-private.h"

#define MAX_FRESHNESS (24 * 60 * 60 * 1000)
#define MAX_RATE 60000

#define FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

void
gcoap_resource_demands_make_properties (GParamSpec **properties)
{
  /**
   * GcoapResource:require-freshness: (getter get_require_freshness) (setter set_require_freshness)
   *
   * How old a request may be, in milliseconds; 0: that does not matter.
   *
   * A request that has not proved its freshness by an Echo option is answered
   * by a challenge before any handler runs (RFC 9175 §2.3), and groups not at
   * all. For actuators; it protects from delayed requests only together with a
   * security protocol.
   *
   * Since: 0.1
   */
  *properties++ =
    g_param_spec_uint ("require-freshness", NULL, NULL, 0, MAX_FRESHNESS, 0, FLAGS);

  /**
   * GcoapResource:rate-limit: (getter get_rate_limit) (setter set_rate_limit)
   *
   * How many requests per minute one peer may make, at most 60000; 0: any
   * number.
   *
   * Who makes more is answered by 4.29, with Max-Age saying when to try again
   * (RFC 8516). A peer may use a quarter of a minute's share at once. 512 peers
   * are told apart; if more come at a time, those that come last share one
   * account.
   *
   * Since: 0.1
   */
  *properties++ =
    g_param_spec_uint ("rate-limit", NULL, NULL, 0, MAX_RATE, 0, FLAGS);

  /**
   * GcoapResource:body-handling: (getter get_body_handling) (setter set_body_handling)
   *
   * How the resource wants request bodies that come in blocks (RFC 7959).
   *
   * Since: 0.1
   */
  *properties =
    g_param_spec_enum ("body-handling", NULL, NULL, GCOAP_TYPE_BODY_HANDLING,
                       GCOAP_BODY_HANDLING_ASSEMBLED, FLAGS);
}

void
gcoap_resource_demands_clear (GcoapResourceDemands *self)
{
  g_clear_pointer (&self->options, g_array_unref);
  g_clear_pointer (&self->rates, gcoap_request_rates_free);
}

static gboolean
check_rate (GcoapResourceDemands *self,
            GcoapExchange        *exchange)
{
  GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);
  g_autoptr (GcoapMessage) response = NULL;
  gint64 now;
  guint seconds;

  if (address == NULL)
    return TRUE;
  now = exchange->runtime != NULL ? gcoap_clock_get_now (exchange->runtime->clock)
                                  : g_get_monotonic_time ();
  if (self->rates == NULL)
    self->rates = gcoap_request_rates_new ();
  seconds = gcoap_request_rates_take (self->rates, address, self->rate_limit, now);
  if (seconds == 0)
    return TRUE;

  if (gcoap_exchange_is_group (exchange))
    {
      gcoap_exchange_dismiss (exchange);
      return FALSE;
    }
  response = gcoap_message_new (GCOAP_CODE_TOO_MANY_REQUESTS);
  gcoap_message_set_option_uint (response, GCOAP_OPTION_MAX_AGE, seconds);
  gcoap_exchange_set_repeatable (exchange, TRUE);
  gcoap_exchange_respond (exchange, response, TRUE);
  return FALSE;
}

gboolean
gcoap_resource_demands_check (GcoapResourceDemands *self,
                              GcoapExchange        *exchange)
{
  if (self->rate_limit > 0 && !check_rate (self, exchange))
    return FALSE;
  if (self->require_freshness == 0 || gcoap_exchange_is_fresh (exchange, self->require_freshness))
    return TRUE;
  gcoap_exchange_challenge (exchange);
  return FALSE;
}

/**
 * gcoap_resource_get_require_freshness: (get-property require-freshness)
 * @self: a resource
 *
 * Tells how old a request may be.
 *
 * Returns: milliseconds; 0: that does not matter
 *
 * Since: 0.1
 */
guint
gcoap_resource_get_require_freshness (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), 0);

  return gcoap_resource_get_demands (self)->require_freshness;
}

/**
 * gcoap_resource_set_require_freshness: (set-property require-freshness)
 * @self: a resource
 * @milliseconds: at most a day; 0: that does not matter
 *
 * Says how old a request may be.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_require_freshness (GcoapResource *self,
                                      guint          milliseconds)
{
  GcoapResourceDemands *demands;

  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail (milliseconds <= MAX_FRESHNESS);

  demands = gcoap_resource_get_demands (self);
  if (demands->require_freshness == milliseconds)
    return;
  demands->require_freshness = milliseconds;
  g_object_notify (G_OBJECT (self), "require-freshness");
}

/**
 * gcoap_resource_get_rate_limit: (get-property rate-limit)
 * @self: a resource
 *
 * Tells how many requests per minute one peer may make.
 *
 * Returns: requests per minute; 0: any number
 *
 * Since: 0.1
 */
guint
gcoap_resource_get_rate_limit (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), 0);

  return gcoap_resource_get_demands (self)->rate_limit;
}

/**
 * gcoap_resource_set_rate_limit: (set-property rate-limit)
 * @self: a resource
 * @per_minute: requests per minute, at most 60000; 0: any number
 *
 * Says how many requests per minute one peer may make.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_rate_limit (GcoapResource *self,
                               guint          per_minute)
{
  GcoapResourceDemands *demands;

  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail (per_minute <= MAX_RATE);

  demands = gcoap_resource_get_demands (self);
  if (demands->rate_limit == per_minute)
    return;
  demands->rate_limit = per_minute;
  g_clear_pointer (&demands->rates, gcoap_request_rates_free);
  g_object_notify (G_OBJECT (self), "rate-limit");
}

/**
 * gcoap_resource_get_body_handling: (get-property body-handling)
 * @self: a resource
 *
 * Tells how the resource wants request bodies that come in blocks.
 *
 * Returns: how
 *
 * Since: 0.1
 */
GcoapBodyHandling
gcoap_resource_get_body_handling (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), GCOAP_BODY_HANDLING_ASSEMBLED);

  return gcoap_resource_get_demands (self)->body_handling;
}

/**
 * gcoap_resource_set_body_handling: (set-property body-handling)
 * @self: a resource
 * @handling: how
 *
 * Says how the resource wants request bodies that come in blocks.
 *
 * With %GCOAP_BODY_HANDLING_BLOCKS it also says by
 * [method@Resource.handle_option] that it deals with Block1 and Block2.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_body_handling (GcoapResource     *self,
                                  GcoapBodyHandling  handling)
{
  GcoapResourceDemands *demands;

  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail ((gint) handling >= GCOAP_BODY_HANDLING_ASSEMBLED
                    && (gint) handling <= GCOAP_BODY_HANDLING_STREAM);

  demands = gcoap_resource_get_demands (self);
  if (demands->body_handling == handling)
    return;
  demands->body_handling = handling;
  g_object_notify (G_OBJECT (self), "body-handling");
}

/**
 * gcoap_resource_handle_option:
 * @self: a resource
 * @number: the number of a critical option, 0 to 65535
 *
 * Declares that the resource deals with an option itself.
 *
 * A site refuses requests with critical options that nobody deals with
 * (RFC 7252 §5.4.1). It counts on resources for Uri-Query, Accept, If-Match
 * and If-None-Match; others are declared here.
 *
 * Since: 0.1
 */
void
gcoap_resource_handle_option (GcoapResource *self,
                              guint          number)
{
  GcoapResourceDemands *demands;
  guint16 element = number & 0xffff;

  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail (number <= G_MAXUINT16);

  demands = gcoap_resource_get_demands (self);
  if (gcoap_resource_handles_option (self, number))
    return;
  if (demands->options == NULL)
    demands->options = g_array_new (FALSE, FALSE, sizeof (guint16));
  g_array_append_val (demands->options, element);
}

/**
 * gcoap_resource_handles_option:
 * @self: a resource
 * @number: an option number
 *
 * Tells whether [method@Resource.handle_option] was called with this number.
 *
 * Returns: %TRUE if it was
 *
 * Since: 0.1
 */
gboolean
gcoap_resource_handles_option (GcoapResource *self,
                               guint          number)
{
  GcoapResourceDemands *demands;

  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), FALSE);

  demands = gcoap_resource_get_demands (self);
  for (guint i = 0; demands->options != NULL && i < demands->options->len; i++)
    if (g_array_index (demands->options, guint16, i) == number)
      return TRUE;
  return FALSE;
}
