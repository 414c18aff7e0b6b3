/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The observation as an object of the application. */
#include "context/gcoap-observation-private.h"

#include "context/gcoap-context-enum-types.h"
#include "wire/gcoap-uri.h"

#define DEFAULT_MAX_ATTEMPTS 10

/**
 * GcoapObservation:
 *
 * A resource of a server that is being observed (RFC 7641).
 *
 * [method@Context.observe_async] makes one. It is there when the first message
 * of the server is; for each one after that it emits
 * [signal@Observation::notification], and [method@Observation.get_message]
 * gives it. When the Max-Age of the latest message has passed it asks the
 * server again, and, if that does not answer, again and again, ever less
 * often, up to [property@Observation:max-attempts] times.
 *
 * Several observations of the same resource, by requests that a cache would
 * answer alike, share one registration (RFC 7641 §3.1): one more has the latest
 * message at once, each hears of every further one, and the server is told when
 * the last of them has ended.
 *
 * It ends by [method@Observation.cancel], when the last reference to it goes,
 * when the server sends a message that is no notification (an error, or an
 * answer without the option because it does not want to be observed), or when
 * it cannot be reached for too long.
 *
 * All its methods belong to the thread of the context, and its signals are
 * emitted there.
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_REQUEST,
  PROP_URI,
  PROP_STATE,
  PROP_MESSAGE,
  PROP_MAX_ATTEMPTS,
  PROP_DEREGISTER_ON_CLOSE,
  N_PROPERTIES
};

enum
{
  SIGNAL_NOTIFICATION,
  SIGNAL_ENDED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (GcoapObservation, gcoap_observation, G_TYPE_OBJECT)

void
gcoap_observation_set_state (GcoapObservation      *self,
                             GcoapObservationState  state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

void
gcoap_observation_emit_notification (GcoapObservation *self)
{
  g_signal_emit (self, signals[SIGNAL_NOTIFICATION], 0);
}

void
gcoap_observation_emit_ended (GcoapObservation *self)
{
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

static void
gcoap_observation_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  GcoapObservation *self = GCOAP_OBSERVATION (object);

  switch (property_id)
    {
    case PROP_REQUEST:
      g_value_set_boxed (value, self->request);
      break;
    case PROP_URI:
      g_value_take_string (value, gcoap_observation_dup_uri (self));
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_MESSAGE:
      g_value_set_boxed (value, self->message);
      break;
    case PROP_MAX_ATTEMPTS:
      g_value_set_uint (value, self->max_attempts);
      break;
    case PROP_DEREGISTER_ON_CLOSE:
      g_value_set_boolean (value, self->deregister_on_close);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_observation_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  GcoapObservation *self = GCOAP_OBSERVATION (object);

  switch (property_id)
    {
    case PROP_MAX_ATTEMPTS:
      gcoap_observation_set_max_attempts (self, g_value_get_uint (value));
      break;
    case PROP_DEREGISTER_ON_CLOSE:
      gcoap_observation_set_deregister_on_close (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_observation_dispose (GObject *object)
{
  GcoapObservation *self = GCOAP_OBSERVATION (object);

  if (self->context != NULL && self->state != GCOAP_OBSERVATION_STATE_ENDED)
    {
      self->state = GCOAP_OBSERVATION_STATE_ENDED;
      gcoap_observation_leave (self, self->deregister_on_close, NULL);
    }
  g_clear_object (&self->context);
  G_OBJECT_CLASS (gcoap_observation_parent_class)->dispose (object);
}

static void
gcoap_observation_finalize (GObject *object)
{
  GcoapObservation *self = GCOAP_OBSERVATION (object);

  g_clear_pointer (&self->registration, gcoap_observation_registration_unref);
  g_clear_pointer (&self->request, gcoap_message_unref);
  g_clear_pointer (&self->message, gcoap_message_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (gcoap_observation_parent_class)->finalize (object);
}

static void
make_properties (void)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  /**
   * GcoapObservation:request: (getter get_request)
   *
   * The request that registers.
   *
   * Since: 0.1
   */
  properties[PROP_REQUEST] = g_param_spec_boxed ("request", NULL, NULL, GCOAP_TYPE_MESSAGE, readable);
  /**
   * GcoapObservation:uri:
   *
   * What is observed.
   *
   * Since: 0.1
   */
  properties[PROP_URI] = g_param_spec_string ("uri", NULL, NULL, NULL, readable);
  /**
   * GcoapObservation:state: (getter get_state)
   *
   * How the observation is.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, GCOAP_TYPE_OBSERVATION_STATE,
                                              GCOAP_OBSERVATION_STATE_REGISTERING, readable);
  /**
   * GcoapObservation:message: (getter get_message)
   *
   * The latest message of the server.
   *
   * Since: 0.1
   */
  properties[PROP_MESSAGE] = g_param_spec_boxed ("message", NULL, NULL, GCOAP_TYPE_MESSAGE, readable);
  /**
   * GcoapObservation:max-attempts: (getter get_max_attempts) (setter set_max_attempts)
   *
   * How many times in a row the server may leave a request unanswered before
   * the observation ends.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_ATTEMPTS] = g_param_spec_uint ("max-attempts", NULL, NULL, 1, G_MAXUINT,
                                                     DEFAULT_MAX_ATTEMPTS, writable);
  /**
   * GcoapObservation:deregister-on-close: (getter get_deregister_on_close) (setter set_deregister_on_close)
   *
   * Whether the server is told when the observation is dropped; else it finds
   * out at its next notification, which is reset (RFC 7641 §3.6).
   *
   * Since: 0.1
   */
  properties[PROP_DEREGISTER_ON_CLOSE] = g_param_spec_boolean ("deregister-on-close", NULL, NULL,
                                                               TRUE, writable);
}

static void
gcoap_observation_class_init (GcoapObservationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_observation_get_property;
  object_class->set_property = gcoap_observation_set_property;
  object_class->dispose = gcoap_observation_dispose;
  object_class->finalize = gcoap_observation_finalize;

  make_properties ();
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  /**
   * GcoapObservation::notification:
   * @self: the observation
   *
   * The server has sent another message: [method@Observation.get_message].
   *
   * Since: 0.1
   */
  signals[SIGNAL_NOTIFICATION] = g_signal_new ("notification", G_TYPE_FROM_CLASS (klass),
                                               G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                               G_TYPE_NONE, 0);
  /**
   * GcoapObservation::ended:
   * @self: the observation
   *
   * Nothing more comes; [method@Observation.get_error] may say why.
   *
   * Since: 0.1
   */
  signals[SIGNAL_ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 0);
}

static void
gcoap_observation_init (GcoapObservation *self)
{
  self->max_attempts = DEFAULT_MAX_ATTEMPTS;
  self->deregister_on_close = TRUE;
}

GcoapObservation *
gcoap_observation_new (GcoapContext *context,
                       GcoapMessage *request)
{
  GcoapObservation *self = g_object_new (GCOAP_TYPE_OBSERVATION, NULL);

  self->context = g_object_ref (context);
  self->request = gcoap_message_ref (request);
  gcoap_message_lock (request);
  self->registration = gcoap_observation_registration_new (context, request);
  return self;
}

/**
 * gcoap_observation_get_request:
 * @self: an observation
 *
 * Gets the request that registers.
 *
 * Returns: (transfer none): a locked message
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_observation_get_request (GcoapObservation *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), NULL);

  return self->request;
}

/**
 * gcoap_observation_dup_uri:
 * @self: an observation
 *
 * Tells what is observed.
 *
 * Returns: (transfer full) (nullable): a URI
 *
 * Since: 0.1
 */
char *
gcoap_observation_dup_uri (GcoapObservation *self)
{
  const char *destination;

  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), NULL);

  destination = gcoap_message_get_destination (self->request);
  return destination != NULL ? gcoap_uri_compose (self->request, destination, NULL) : NULL;
}

/**
 * gcoap_observation_get_state:
 * @self: an observation
 *
 * Tells how the observation is.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
GcoapObservationState
gcoap_observation_get_state (GcoapObservation *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), GCOAP_OBSERVATION_STATE_ENDED);

  return self->state;
}

/**
 * gcoap_observation_get_message:
 * @self: an observation
 *
 * Gets the latest message of the server.
 *
 * Returns: (transfer none) (nullable): a locked message, or %NULL if none has
 *   come yet
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_observation_get_message (GcoapObservation *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), NULL);

  return self->message;
}

/**
 * gcoap_observation_get_error: (skip)
 * @self: an observation
 *
 * Gets the reason why the observation has ended.
 *
 * Returns: (transfer none) (nullable): an error, or %NULL if it has not ended,
 *   or was ended by a message or by [method@Observation.cancel]
 *
 * Since: 0.1
 */
const GError *
gcoap_observation_get_error (GcoapObservation *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), NULL);

  return self->error;
}

/**
 * gcoap_observation_get_max_attempts:
 * @self: an observation
 *
 * Tells how many times in a row the server may leave a request unanswered.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint
gcoap_observation_get_max_attempts (GcoapObservation *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), 0);

  return self->max_attempts;
}

/**
 * gcoap_observation_set_max_attempts:
 * @self: an observation
 * @attempts: how many, at least 1
 *
 * Sets how many times in a row the server may leave a request unanswered.
 *
 * Since: 0.1
 */
void
gcoap_observation_set_max_attempts (GcoapObservation *self,
                                    guint             attempts)
{
  g_return_if_fail (GCOAP_IS_OBSERVATION (self));
  g_return_if_fail (attempts >= 1);

  if (self->max_attempts == attempts)
    return;
  self->max_attempts = attempts;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_ATTEMPTS]);
}

/**
 * gcoap_observation_get_deregister_on_close:
 * @self: an observation
 *
 * Tells whether the server is told when the observation is dropped.
 *
 * Returns: %TRUE by default
 *
 * Since: 0.1
 */
gboolean
gcoap_observation_get_deregister_on_close (GcoapObservation *self)
{
  g_return_val_if_fail (GCOAP_IS_OBSERVATION (self), FALSE);

  return self->deregister_on_close;
}

/**
 * gcoap_observation_set_deregister_on_close:
 * @self: an observation
 * @deregister_on_close: the new value
 *
 * Sets whether the server is told when the observation is dropped.
 *
 * An application that saves the observation to go on with it later sets it to
 * %FALSE.
 *
 * Since: 0.1
 */
void
gcoap_observation_set_deregister_on_close (GcoapObservation *self,
                                           gboolean          deregister_on_close)
{
  g_return_if_fail (GCOAP_IS_OBSERVATION (self));

  deregister_on_close = deregister_on_close != FALSE;
  if (self->deregister_on_close == deregister_on_close)
    return;
  self->deregister_on_close = deregister_on_close;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DEREGISTER_ON_CLOSE]);
}

/**
 * gcoap_observation_refresh:
 * @self: an observation
 *
 * Asks the server for the state now, and registers again by that.
 *
 * For the moment when a machine wakes up, or gets a network. While such a
 * request is under way already, and after the end, it does nothing.
 *
 * Since: 0.1
 */
void
gcoap_observation_refresh (GcoapObservation *self)
{
  g_return_if_fail (GCOAP_IS_OBSERVATION (self));

  if (self->message != NULL && !self->registration->is_waiting
      && self->state != GCOAP_OBSERVATION_STATE_ENDED)
    gcoap_observation_registration_renew (self->registration);
}

/**
 * gcoap_observation_cancel:
 * @self: an observation
 *
 * Ends the observation, and tells the server (RFC 7641 §3.6).
 *
 * Since: 0.1
 */
void
gcoap_observation_cancel (GcoapObservation *self)
{
  g_return_if_fail (GCOAP_IS_OBSERVATION (self));

  if (self->state == GCOAP_OBSERVATION_STATE_ENDED)
    return;
  gcoap_observation_leave (self, TRUE, NULL);
  gcoap_observation_end (self, NULL);
}

/* What the task of closing waits for besides the server. */
typedef struct
{
  GSource  *cancelled;    /* or NULL */
  gboolean  has_returned;
} Closing;

static void
closing_free (Closing *closing)
{
  g_clear_pointer (&closing->cancelled, g_source_unref);
  g_free (closing);
}

void
gcoap_observation_return_closed (GTask  *task,
                                 GError *error)
{
  Closing *closing = g_task_get_task_data (task);

  if (closing->has_returned)
    {
      g_clear_error (&error);
      return;
    }
  closing->has_returned = TRUE;
  /* Its callback holds the task. */
  if (closing->cancelled != NULL)
    g_source_destroy (closing->cancelled);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
closing_cancelled_cb (GCancellable *cancellable,
                      gpointer      data)
{
  g_autoptr (GTask) task = g_object_ref (data);
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  gcoap_observation_return_closed (task, error);
  return G_SOURCE_REMOVE;
}

/**
 * gcoap_observation_close_async:
 * @self: an observation
 * @cancellable: (nullable): ends the waiting, not the message to the server
 * @callback: (nullable) (scope async): called when the server has answered
 * @user_data: passed to @callback
 *
 * Ends the observation as [method@Observation.cancel] does, and waits until the
 * server has answered.
 *
 * For programs that end: what a context has not delivered when it is shut down
 * is lost.
 *
 * Since: 0.1
 */
void
gcoap_observation_close_async (GcoapObservation    *self,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  Closing *closing;

  g_return_if_fail (GCOAP_IS_OBSERVATION (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, gcoap_observation_close_async);
  g_task_set_check_cancellable (task, FALSE);
  closing = g_new0 (Closing, 1);
  g_task_set_task_data (task, closing, (GDestroyNotify) closing_free);
  if (self->state == GCOAP_OBSERVATION_STATE_ENDED || !gcoap_observation_leave (self, TRUE, task))
    {
      gcoap_observation_return_closed (task, NULL);
    }
  else if (cancellable != NULL)
    {
      closing->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (closing->cancelled, G_SOURCE_FUNC (closing_cancelled_cb),
                             g_object_ref (task), g_object_unref);
      g_source_attach (closing->cancelled, self->context->runtime->main_context);
    }
  if (self->state != GCOAP_OBSERVATION_STATE_ENDED)
    gcoap_observation_end (self, NULL);
}

/**
 * gcoap_observation_close_finish:
 * @self: an observation
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Observation.close_async] began.
 *
 * Errors: that of the message to the server; the observation has ended all the
 * same.
 *
 * Returns: %TRUE if the server has answered, or had not to be told
 *
 * Since: 0.1
 */
gboolean
gcoap_observation_close_finish (GcoapObservation *self,
                                GAsyncResult     *result,
                                GError          **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
