/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decides which responses leave. Inbound it stands nearest to the site, so
 * that what it drops costs the others nothing. */
#include "request/gcoap-no-response-provider.h"

#include "interfaces/gcoap-exchange-private.h"
#include "wire/gcoap-no-response.h"

/* The classes that are defined: 2.xx, 4.xx and 5.xx (RFC 7967 §2.1). */
#define ALL_CLASSES 26

/* 4.xx and 5.xx. */
#define ERROR_CLASSES 24

/**
 * GcoapNoResponse:
 *
 * Keeps responses from those who do not want them.
 *
 * Inbound, the No-Response option of a request names the classes of responses
 * that are not sent (RFC 7967 §2.1). A request to a group that does not have
 * the option gets no error responses unless
 * [property@NoResponse:group-suppression] says otherwise (RFC 7252 §8.2); one
 * that has it decides for itself, as RFC 7967 §2.1 demands.
 *
 * Outbound, a request that declines all classes is sent as one that
 * [enum@Expects] none.
 *
 * Since: 0.1
 */
struct _GcoapNoResponse
{
  GcoapRequestProvider parent_instance;

  guint group_suppression;
};

enum
{
  PROP_0,
  PROP_GROUP_SUPPRESSION,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (GcoapNoResponse, gcoap_no_response, GCOAP_TYPE_REQUEST_PROVIDER)

static GcoapVerdict
suppress_cb (GcoapExchange *exchange,
             gboolean       is_last,
             gpointer       user_data)
{
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  guint classes = GPOINTER_TO_UINT (user_data);

  if (response == NULL || !gcoap_no_response_suppresses (classes, gcoap_message_get_code (response)))
    return GCOAP_VERDICT_PASS;
  if (is_last)
    {
      gcoap_exchange_take_over (exchange);
      gcoap_exchange_dismiss (exchange);
    }
  return GCOAP_VERDICT_TAKE;
}

static void
gcoap_no_response_inbound (GcoapRequestProvider *provider,
                           GcoapExchange        *exchange)
{
  GcoapNoResponse *self = GCOAP_NO_RESPONSE (provider);
  guint classes = 0;

  /* RFC 7967 §2.1: interest that the option shows overrides what the server
   * would suppress by itself, so the group's default holds without it only.
   * The option stays in the request: it is elective, and a resource may spare
   * itself the making of a response that nobody wants. */
  if (!gcoap_message_get_option_uint (gcoap_exchange_get_request (exchange),
                                      GCOAP_OPTION_NO_RESPONSE, &classes)
      && gcoap_exchange_is_group (exchange))
    classes = self->group_suppression;

  if (classes != 0)
    gcoap_exchange_add_response_filter (exchange, suppress_cb, GUINT_TO_POINTER (classes));
  gcoap_request_provider_pass (provider, exchange);
}

static void
gcoap_no_response_outbound (GcoapRequestProvider *provider,
                            GcoapExchange        *exchange)
{
  guint classes = 0;

  /* RFC 7967 §2.1: who declines all classes should cease listening. The
   * exchange is open already, so only its field can be changed; the token layer
   * has not yet read it. */
  if (gcoap_message_get_option_uint (gcoap_exchange_get_request (exchange),
                                     GCOAP_OPTION_NO_RESPONSE, &classes)
      && (classes & ALL_CLASSES) == ALL_CLASSES)
    exchange->expects = GCOAP_EXPECTS_NONE;
  gcoap_request_provider_pass (provider, exchange);
}

static void
gcoap_no_response_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_GROUP_SUPPRESSION:
      g_value_set_uint (value, GCOAP_NO_RESPONSE (object)->group_suppression);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_no_response_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_GROUP_SUPPRESSION:
      gcoap_no_response_set_group_suppression (GCOAP_NO_RESPONSE (object),
                                               g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_no_response_class_init (GcoapNoResponseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapRequestProviderClass *provider_class = GCOAP_REQUEST_PROVIDER_CLASS (klass);

  object_class->get_property = gcoap_no_response_get_property;
  object_class->set_property = gcoap_no_response_set_property;

  provider_class->outbound = gcoap_no_response_outbound;
  provider_class->inbound = gcoap_no_response_inbound;

  /**
   * GcoapNoResponse:group-suppression: (getter get_group_suppression) (setter set_group_suppression)
   *
   * The classes of responses that a request to a group does not get, as a bit
   * map like that of the No-Response option: 2 for 2.xx, 8 for 4.xx, 16 for
   * 5.xx.
   *
   * By default 24: errors are not worth an answer from every member of a group
   * (RFC 7252 §8.2).
   *
   * Since: 0.1
   */
  properties[PROP_GROUP_SUPPRESSION] =
    g_param_spec_uint ("group-suppression", NULL, NULL,
                       0, 255, ERROR_CLASSES,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_no_response_init (GcoapNoResponse *self)
{
  self->group_suppression = ERROR_CLASSES;
}

/**
 * gcoap_no_response_new:
 * @next: (nullable): the next interface of the chain
 *
 * Makes a provider that keeps responses from those who do not want them.
 *
 * Returns: (transfer full): a new provider
 *
 * Since: 0.1
 */
GcoapNoResponse *
gcoap_no_response_new (GcoapRequestInterface *next)
{
  return g_object_new (GCOAP_TYPE_NO_RESPONSE, "next", next, NULL);
}

/**
 * gcoap_no_response_get_group_suppression: (get-property group-suppression)
 * @self: a provider
 *
 * Tells which responses a request to a group does not get.
 *
 * Returns: the bit map of classes
 *
 * Since: 0.1
 */
guint
gcoap_no_response_get_group_suppression (GcoapNoResponse *self)
{
  g_return_val_if_fail (GCOAP_IS_NO_RESPONSE (self), 0);

  return self->group_suppression;
}

/**
 * gcoap_no_response_set_group_suppression: (set-property group-suppression)
 * @self: a provider
 * @classes: a bit map: 2 for 2.xx, 8 for 4.xx, 16 for 5.xx
 *
 * Says which responses a request to a group does not get.
 *
 * Since: 0.1
 */
void
gcoap_no_response_set_group_suppression (GcoapNoResponse *self,
                                         guint            classes)
{
  g_return_if_fail (GCOAP_IS_NO_RESPONSE (self));
  g_return_if_fail (classes <= 255);

  if (self->group_suppression == classes)
    return;
  self->group_suppression = classes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_GROUP_SUPPRESSION]);
}
