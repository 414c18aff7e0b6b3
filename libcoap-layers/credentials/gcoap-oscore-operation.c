/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operations are answered through a task, and so in the main context that asked,
 * whichever thread the answer comes from. */
#include "credentials/gcoap-oscore-operation-private.h"

#include "base/gcoap-error.h"

/**
 * GcoapOscoreOperation:
 *
 * What a [iface@OscoreStorage] is asked to do.
 *
 * The storage answers it exactly once, at once or later, from any thread; to
 * answer later it keeps a reference. One that is dropped unanswered has failed.
 *
 * Since: 0.1
 */
struct _GcoapOscoreOperation
{
  GObject parent_instance;

  GMutex lock;
  GTask *task;    /* NULL once it is answered */
  char  *state;
};

G_DEFINE_FINAL_TYPE (GcoapOscoreOperation, gcoap_oscore_operation, G_TYPE_OBJECT)

static GTask *
steal_task (GcoapOscoreOperation *self)
{
  GTask *task;

  g_mutex_lock (&self->lock);
  task = g_steal_pointer (&self->task);
  g_mutex_unlock (&self->lock);
  if (task == NULL)
    g_critical ("An operation of a storage for OSCORE contexts was answered twice.");
  return task;
}

static void
gcoap_oscore_operation_finalize (GObject *object)
{
  GcoapOscoreOperation *self = GCOAP_OSCORE_OPERATION (object);

  if (self->task != NULL)
    g_task_return_new_error (self->task, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                             "The storage of an OSCORE context did not answer.");
  g_clear_object (&self->task);
  g_free (self->state);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gcoap_oscore_operation_parent_class)->finalize (object);
}

static void
gcoap_oscore_operation_class_init (GcoapOscoreOperationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_oscore_operation_finalize;
}

static void
gcoap_oscore_operation_init (GcoapOscoreOperation *self)
{
  g_mutex_init (&self->lock);
}

/**
 * gcoap_oscore_operation_get_state:
 * @self: an operation
 *
 * Gets what a storage is to write: one line of JSON, of which it needs to
 * understand nothing.
 *
 * Returns: (transfer none) (nullable): the state, or %NULL if nothing is to be
 *   written
 *
 * Since: 0.1
 */
const char *
gcoap_oscore_operation_get_state (GcoapOscoreOperation *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE_OPERATION (self), NULL);

  return self->state;
}

void
gcoap_oscore_loaded_free (GcoapOscoreLoaded *self)
{
  g_object_unref (self->parameters);
  g_free (self->state);
  g_free (self);
}

/**
 * gcoap_oscore_operation_finish_load:
 * @self: an operation that is to load
 * @parameters: secret, IDs and the like, as from
 *   [ctor@OscoreCredential.new_full]
 * @state: (nullable): what was written last, byte for byte; %NULL only for a
 *   context that nobody has ever used
 *
 * Gives what was to be loaded.
 *
 * An older state than the last one makes messages go out under numbers that
 * were used already, which gives the keys away (RFC 8613 §7.2.1).
 *
 * Since: 0.1
 */
void
gcoap_oscore_operation_finish_load (GcoapOscoreOperation  *self,
                                    GcoapOscoreCredential *parameters,
                                    const char            *state)
{
  g_autoptr (GTask) task = NULL;
  GcoapOscoreLoaded *loaded;

  g_return_if_fail (GCOAP_IS_OSCORE_OPERATION (self));
  g_return_if_fail (GCOAP_IS_OSCORE_CREDENTIAL (parameters));

  task = steal_task (self);
  if (task == NULL)
    return;
  loaded = g_new0 (GcoapOscoreLoaded, 1);
  loaded->parameters = g_object_ref (parameters);
  loaded->state = g_strdup (state);
  g_task_return_pointer (task, loaded, (GDestroyNotify) gcoap_oscore_loaded_free);
}

/**
 * gcoap_oscore_operation_succeed:
 * @self: an operation that was to write, or to close
 *
 * Says that it is done.
 *
 * What was to be written must survive a crash from now on.
 *
 * Since: 0.1
 */
void
gcoap_oscore_operation_succeed (GcoapOscoreOperation *self)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GCOAP_IS_OSCORE_OPERATION (self));

  task = steal_task (self);
  if (task != NULL)
    g_task_return_pointer (task, NULL, NULL);
}

/**
 * gcoap_oscore_operation_fail:
 * @self: an operation
 * @message: what went wrong, for people
 *
 * Says that it cannot be done.
 *
 * A context whose state could not be written sends nothing any more.
 *
 * Since: 0.1
 */
void
gcoap_oscore_operation_fail (GcoapOscoreOperation *self,
                             const char           *message)
{
  g_return_if_fail (message != NULL);

  gcoap_oscore_operation_fail_error (self, g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_FAILED, message));
}

/**
 * gcoap_oscore_operation_fail_error: (skip)
 * @self: an operation
 * @error: (transfer full): what went wrong
 *
 * Says that it cannot be done, like [method@OscoreOperation.fail].
 *
 * Since: 0.1
 */
void
gcoap_oscore_operation_fail_error (GcoapOscoreOperation *self,
                                   GError               *error)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GCOAP_IS_OSCORE_OPERATION (self));
  g_return_if_fail (error != NULL);

  task = steal_task (self);
  if (task != NULL)
    g_task_return_error (task, error);
  else
    g_error_free (error);
}

static GcoapOscoreOperation *
begin (GcoapOscoreStorage *storage,
       const char         *state,
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  GcoapOscoreOperation *self = g_object_new (GCOAP_TYPE_OSCORE_OPERATION, NULL);

  self->task = g_task_new (storage, NULL, callback, user_data);
  g_task_set_source_tag (self->task, begin);
  self->state = g_strdup (state);
  return self;
}

void
gcoap_oscore_storage_load_async (GcoapOscoreStorage *storage,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_autoptr (GcoapOscoreOperation) operation = begin (storage, NULL, callback, user_data);

  gcoap_oscore_storage_load (storage, operation);
}

GcoapOscoreLoaded *
gcoap_oscore_storage_load_finish (GcoapOscoreStorage *storage,
                                  GAsyncResult       *result,
                                  GError            **error)
{
  GError *cause = NULL;
  GcoapOscoreLoaded *loaded;

  g_return_val_if_fail (g_task_is_valid (result, storage), NULL);

  loaded = g_task_propagate_pointer (G_TASK (result), &cause);
  if (cause != NULL)
    g_propagate_error (error, cause);
  else if (loaded == NULL)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                         "The storage of an OSCORE context gave no parameters.");
  return loaded;
}

void
gcoap_oscore_storage_write_async (GcoapOscoreStorage *storage,
                                  const char         *state,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autoptr (GcoapOscoreOperation) operation = begin (storage, state, callback, user_data);

  gcoap_oscore_storage_write (storage, operation);
}

gboolean
gcoap_oscore_storage_finish (GcoapOscoreStorage *storage,
                             GAsyncResult       *result,
                             GError            **error)
{
  GError *cause = NULL;
  GcoapOscoreLoaded *loaded;

  g_return_val_if_fail (g_task_is_valid (result, storage), FALSE);

  loaded = g_task_propagate_pointer (G_TASK (result), &cause);
  g_clear_pointer (&loaded, gcoap_oscore_loaded_free);
  if (cause == NULL)
    return TRUE;
  g_propagate_error (error, cause);
  return FALSE;
}

void
gcoap_oscore_storage_close_async (GcoapOscoreStorage *storage,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autoptr (GcoapOscoreOperation) operation = begin (storage, NULL, callback, user_data);

  gcoap_oscore_storage_close (storage, operation);
}
