/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers are given out only up to what storage has written (RFC 8613 Appendix
 * B.1.1), and more of them are asked for when half are used, so that nobody waits.
 * One write runs at a time; it always has the newest state. After one that failed
 * nothing is given out any more: what is on the disk then is not known.
 */
#include "providers/oscore/gcoap-oscore-context-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-oscore-operation-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "providers/oscore/gcoap-oscore-directory-private.h"
#include "providers/oscore/gcoap-oscore-files-private.h"
#include "providers/oscore/gcoap-oscore-key-log-private.h"
#include "providers/oscore/gcoap-oscore-memory-private.h"
#include "providers/oscore/gcoap-oscore-state-private.h"

#define FIRST_CHUNK 16
#define LAST_CHUNK  10000

/* Failures that a crash may make forgotten. */
#define FAILURES_CHUNK 256

/* So much of a limit is used when it is warned of. */
#define IS_NEAR(count, max) ((count) >= (max) - (max) / 8)

struct _GcoapOscoreContext
{
  GObject parent_instance;

  char                  *name;
  GcoapRuntime          *runtime;
  GcoapOscoreStorage    *storage;
  GcoapOscoreCredential *parameters;
  GcoapOscoreKeys       *keys;
  GcoapReplayWindow      window;
  GBytes                *id_context;   /* after Appendix B.2; NULL: that of the parameters */

  /* What storage has, and what it is being given. */
  GcoapOscoreState       stored;
  GcoapOscoreState       being_written;

  guint64                next;
  guint64                responses;    /* under numbers of the peer's, before this was opened */
  guint64                failures;
  guint                  chunk;        /* of the numbers granted last */
  guint                  response_chunk;

  gboolean               is_directory;
  gboolean               is_loaded;
  gboolean               is_writing;
  gboolean               is_writing_rederived;
  gboolean               is_closing;
  gboolean               is_unconfirmed;   /* the peer may not have the keys that were made last */
  gboolean               wants_to_accept;
  gboolean               has_warned_of_use;
  gboolean               has_warned_of_failures;
  gboolean               has_told_failure;
  GError                *failure;      /* of storage; for ever */
  GQueue                 waiters;      /* (element-type GTask) of reserve_async() */
  GTask                 *rederiving;
  GTask                 *closing;
  GError                *close_error;
};

G_DEFINE_FINAL_TYPE (GcoapOscoreContext, gcoap_oscore_context, G_TYPE_OBJECT)

static void pump      (GcoapOscoreContext *self);
static void rederived (GcoapOscoreContext *self);

static void
gcoap_oscore_context_dispose (GObject *object)
{
  GcoapOscoreContext *self = GCOAP_OSCORE_CONTEXT (object);

  /* As after a crash: storage says what is safe. A write holds a reference, and
   * so none is running. */
  if (self->is_loaded && !self->is_closing)
    gcoap_oscore_storage_close_async (self->storage, NULL, NULL);
  self->is_closing = TRUE;
  G_OBJECT_CLASS (gcoap_oscore_context_parent_class)->dispose (object);
}

static void
gcoap_oscore_context_finalize (GObject *object)
{
  GcoapOscoreContext *self = GCOAP_OSCORE_CONTEXT (object);

  g_free (self->name);
  g_clear_object (&self->runtime);
  g_clear_object (&self->storage);
  g_clear_object (&self->parameters);
  g_clear_pointer (&self->keys, gcoap_oscore_keys_unref);
  g_clear_pointer (&self->id_context, g_bytes_unref);
  g_clear_error (&self->failure);
  g_clear_error (&self->close_error);
  G_OBJECT_CLASS (gcoap_oscore_context_parent_class)->finalize (object);
}

static void
gcoap_oscore_context_class_init (GcoapOscoreContextClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = gcoap_oscore_context_dispose;
  G_OBJECT_CLASS (klass)->finalize = gcoap_oscore_context_finalize;
}

static void
gcoap_oscore_context_init (GcoapOscoreContext *self)
{
  g_queue_init (&self->waiters);
}

static void
point_to (GBytes        *bytes,
          const guint8 **data,
          gsize         *length)
{
  static const guint8 nothing[1];

  if (bytes == NULL)
    return;
  *data = g_bytes_get_data (bytes, length);
  /* No bytes are something else than none at all. */
  if (*data == NULL)
    *data = nothing;
}

/* @is_used: not only to try what a stranger has sent, of which there may be much. */
static GcoapOscoreKeys *
derive_keys (GcoapOscoreContext *self,
             GBytes             *id_context,
             gboolean            is_used,
             GError            **error)
{
  GcoapOscoreParameters *parameters = gcoap_oscore_credential_peek_parameters (self->parameters);
  GcoapOscoreSource source = { .algorithm = gcoap_aead_algorithm_lookup (parameters->algorithm) };
  GcoapOscoreKeys *keys;

  if (source.algorithm == NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                   "The OSCORE context “%s” needs the algorithm %d, which is no AEAD algorithm of COSE.",
                   self->name, parameters->algorithm);
      return NULL;
    }
  if (g_str_equal (parameters->hash, "sha512"))
    source.hash = GCOAP_OSCORE_HASH_SHA512;
  else if (!g_str_equal (parameters->hash, "sha256"))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                   "The OSCORE context “%s” needs a hash that is neither “sha256” nor “sha512”.", self->name);
      return NULL;
    }
  source.master_secret = gcoap_secret_peek (parameters->master_secret, &source.master_secret_length);
  point_to (parameters->master_salt, &source.master_salt, &source.master_salt_length);
  point_to (gcoap_oscore_credential_get_sender_id (self->parameters), &source.sender_id, &source.sender_id_length);
  point_to (gcoap_oscore_credential_get_recipient_id (self->parameters), &source.recipient_id,
            &source.recipient_id_length);
  point_to (id_context != NULL ? id_context : parameters->id_context, &source.id_context, &source.id_context_length);
  keys = gcoap_oscore_keys_derive (&source, error);
  if (keys != NULL && is_used)
    gcoap_oscore_key_log_add (&source);
  return keys;
}

GcoapOscoreKeys *
gcoap_oscore_context_derive_keys (GcoapOscoreContext *self,
                                  GBytes             *id_context,
                                  GError            **error)
{
  return derive_keys (self, id_context, FALSE, error);
}

/* For a directory the name of the context is its path. */
static void
prefix_state_error (GcoapOscoreContext *self,
                    GError            **error)
{
  if (self->is_directory)
    g_prefix_error (error, "The file “%s/" GCOAP_OSCORE_FILES_STATE "”: ", self->name);
  else
    g_prefix_error (error, "The OSCORE context “%s”: ", self->name);
}

/* What storage gave. */
static gboolean
set_up (GcoapOscoreContext *self,
        GcoapOscoreLoaded  *loaded,
        GError            **error)
{
  GcoapOscoreParameters *parameters = gcoap_oscore_credential_peek_parameters (loaded->parameters);

  if (parameters->master_secret == NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The storage of the OSCORE context “%s” gave parameters without a secret.", self->name);
      return FALSE;
    }
  self->parameters = g_object_ref (loaded->parameters);
  gcoap_oscore_state_init (&self->stored);
  if (loaded->state != NULL
      && !gcoap_oscore_state_parse (&self->stored, loaded->state, strlen (loaded->state), error))
    {
      prefix_state_error (self, error);
      return FALSE;
    }
  if (self->stored.has_id_context)
    self->id_context = g_bytes_new (self->stored.id_context, self->stored.id_context_length);
  gcoap_replay_window_init (&self->window, parameters->window);
  gcoap_oscore_state_give_window (&self->stored, &self->window);
  self->next = self->stored.next;
  self->responses = self->stored.responses;
  self->failures = self->stored.failures;
  self->keys = derive_keys (self, self->id_context, TRUE, error);
  return self->keys != NULL;
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GcoapOscoreContext *self = g_task_get_task_data (task);
  g_autoptr (GcoapOscoreLoaded) loaded = NULL;
  GError *error = NULL;

  loaded = gcoap_oscore_storage_load_finish (GCOAP_OSCORE_STORAGE (source), result, &error);
  self->is_loaded = loaded != NULL;
  if (loaded != NULL && !g_task_return_error_if_cancelled (task))
    {
      if (set_up (self, loaded, &error))
        g_task_return_pointer (task, g_object_ref (self), g_object_unref);
    }
  if (error != NULL)
    g_task_return_error (task, error);
}

void
gcoap_oscore_context_open_async (GcoapOscoreCredential *credential,
                                 GcoapRuntime          *runtime,
                                 GCancellable          *cancellable,
                                 GAsyncReadyCallback    callback,
                                 gpointer               user_data)
{
  GTask *task = g_task_new (credential, cancellable, callback, user_data);
  GcoapOscoreContext *self = g_object_new (GCOAP_TYPE_OSCORE_CONTEXT, NULL);
  const char *directory = gcoap_oscore_credential_get_directory (credential);

  g_task_set_source_tag (task, gcoap_oscore_context_open_async);
  g_task_set_task_data (task, self, g_object_unref);
  self->runtime = g_object_ref (runtime);
  self->name = g_strdup (gcoap_oscore_credential_get_name (credential));
  self->is_directory = directory != NULL && gcoap_oscore_credential_get_storage (credential) == NULL;
  if (gcoap_oscore_credential_get_storage (credential) != NULL)
    self->storage = g_object_ref (gcoap_oscore_credential_get_storage (credential));
  else if (directory != NULL)
    self->storage = gcoap_oscore_directory_new (directory);
  else
    self->storage = gcoap_oscore_memory_new (credential);
  gcoap_oscore_storage_load_async (self->storage, loaded_cb, task);
}

GcoapOscoreContext *
gcoap_oscore_context_open_finish (GAsyncResult *result,
                                  GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

GcoapOscoreKeys *
gcoap_oscore_context_get_keys (GcoapOscoreContext *self)
{
  return self->keys;
}

const char *
gcoap_oscore_context_get_name (GcoapOscoreContext *self)
{
  return self->name;
}

gboolean
gcoap_oscore_context_has_told_failure (GcoapOscoreContext *self)
{
  return self->has_told_failure;
}

GcoapReplayWindow *
gcoap_oscore_context_get_window (GcoapOscoreContext *self)
{
  return &self->window;
}

static void
warn (GcoapOscoreContext *self,
      gboolean           *has_warned,
      const char         *what,
      guint64             count,
      guint64             max)
{
  g_autofree char *text = NULL;

  if (*has_warned)
    return;
  *has_warned = TRUE;
  text = g_strdup_printf ("The OSCORE context “%s” needs new keys soon: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                          " %s.", self->name, count, max, what);
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_OSCORE_KEYS_WORN);
  gcoap_runtime_trace_note (self->runtime, NULL, text);
  g_message ("%s", text);
}

/* A number of the peer's makes at most one response under it (RFC 8613 §5.2). */
static guint64
count_responses (GcoapOscoreContext *self)
{
  return self->responses + self->window.n_accepted;
}

guint64
gcoap_oscore_context_get_n_encryptions (GcoapOscoreContext *self)
{
  return self->next - self->stored.first + count_responses (self);
}

static guint64
get_max_messages (GcoapOscoreContext *self)
{
  return MIN (self->keys->algorithm->max_encryptions, self->runtime->limits->max_oscore_messages);
}

static guint64
get_max_failures (GcoapOscoreContext *self)
{
  return MIN (self->keys->algorithm->max_failures, self->runtime->limits->max_oscore_failures);
}

/* The key limits draft, §2.3.1. */
static gboolean
check_use (GcoapOscoreContext *self,
           GError            **error)
{
  guint64 count = gcoap_oscore_context_get_n_encryptions (self);
  guint64 max = get_max_messages (self);

  if (count >= max)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "The OSCORE context “%s” needs new keys: this one was used for %" G_GUINT64_FORMAT
                   " messages, and the limit is %" G_GUINT64_FORMAT ".", self->name, count, max);
      return FALSE;
    }
  if (IS_NEAR (count, max))
    warn (self, &self->has_warned_of_use, "messages were protected with the ones it has", count, max);
  return TRUE;
}

/* What makes that no number will ever come. */
static gboolean
check (GcoapOscoreContext *self,
       GError            **error)
{
  if (self->is_closing)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The OSCORE context “%s” has been closed.", self->name);
      return FALSE;
    }
  if (self->failure != NULL)
    {
      if (error != NULL)
        *error = g_error_copy (self->failure);
      self->has_told_failure |= error != NULL;
      return FALSE;
    }
  if (self->next >= GCOAP_OSCORE_END_OF_NUMBERS)
    {
      /* RFC 8613 §7.2.1. */
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "The OSCORE context “%s” needs new keys: it has used up its sequence numbers.", self->name);
      return FALSE;
    }
  return check_use (self, error);
}

static gboolean
needs_numbers (GcoapOscoreContext *self)
{
  return self->stored.next - self->next <= self->chunk / 2 && self->stored.next < GCOAP_OSCORE_END_OF_NUMBERS;
}

static gboolean
needs_responses (GcoapOscoreContext *self)
{
  return self->wants_to_accept && self->stored.responses <= count_responses (self) + self->response_chunk / 2;
}

/* Whether storage has less than it must have before a number is accepted. */
static gboolean
needs_to_accept (GcoapOscoreContext *self)
{
  return self->wants_to_accept
         && (self->stored.window_is_known || self->stored.responses <= count_responses (self));
}

/* Who accepts nothing keeps the window through a crash. */
static gboolean
needs_window (GcoapOscoreContext *self)
{
  return !self->wants_to_accept && !self->is_unconfirmed && self->window.is_known && !self->stored.window_is_known;
}

static gboolean
needs_to_write (GcoapOscoreContext *self)
{
  return needs_window (self) || needs_numbers (self) || needs_responses (self) || needs_to_accept (self)
         || self->failures >= self->stored.failures + FAILURES_CHUNK;
}

gboolean
gcoap_oscore_context_take_sequence (GcoapOscoreContext *self,
                                    guint64            *number,
                                    GError            **error)
{
  if (!check (self, error))
    return FALSE;
  if (self->rederiving != NULL || self->next >= self->stored.next)
    return FALSE;
  *number = self->next++;
  if (needs_numbers (self))
    pump (self);
  return TRUE;
}

gboolean
gcoap_oscore_context_is_ready_to_accept (GcoapOscoreContext *self)
{
  self->wants_to_accept = TRUE;
  if (self->is_closing || self->rederiving != NULL || needs_to_accept (self) || !check_use (self, NULL))
    return FALSE;
  if (needs_responses (self))
    pump (self);
  return TRUE;
}

gboolean
gcoap_oscore_context_can_verify (GcoapOscoreContext *self,
                                 GError            **error)
{
  /* The key limits draft, §2.3.2. */
  if (self->failures < get_max_failures (self))
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
               "The OSCORE context “%s” needs new keys: %" G_GUINT64_FORMAT
               " messages could not be verified, and the limit is %" G_GUINT64_FORMAT ".", self->name, self->failures,
               get_max_failures (self));
  return FALSE;
}

gboolean
gcoap_oscore_context_note_failure (GcoapOscoreContext *self)
{
  guint64 max = get_max_failures (self);

  if (self->failures < max)
    self->failures++;
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_OSCORE_FAILURES);
  if (IS_NEAR (self->failures, max))
    warn (self, &self->has_warned_of_failures, "messages could not be verified with the ones it has", self->failures,
          max);
  if (self->failures == max)
    gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  if (self->failures >= self->stored.failures + FAILURES_CHUNK)
    pump (self);
  return self->failures < max;
}

static guint
grow (guint chunk)
{
  return chunk == 0 ? FIRST_CHUNK : MIN (chunk * 2, LAST_CHUNK);
}

static void
prepare_state (GcoapOscoreContext *self,
               GcoapOscoreState   *state)
{
  *state = self->stored;
  state->failures = self->failures;
  if (needs_numbers (self))
    {
      self->chunk = grow (self->chunk);
      state->next = MIN (self->stored.next + self->chunk, GCOAP_OSCORE_END_OF_NUMBERS);
    }
  if (needs_responses (self))
    {
      self->response_chunk = grow (self->response_chunk);
      state->responses = count_responses (self) + self->response_chunk;
    }
  if (needs_window (self))
    gcoap_oscore_state_take_window (state, &self->window);
  if (self->wants_to_accept)
    {
      state->window_is_known = FALSE;
      state->floor = 0;
      memset (state->seen, 0, sizeof state->seen);
    }
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GcoapOscoreContext) self = user_data;
  g_autoptr (GError) error = NULL;

  self->is_writing = FALSE;
  if (gcoap_oscore_storage_finish (GCOAP_OSCORE_STORAGE (source), result, &error))
    self->stored = self->being_written;
  else if (self->failure == NULL)
    {
      self->failure = g_error_new_literal (GCOAP_ERROR, error->domain == GCOAP_ERROR ? error->code : GCOAP_ERROR_FAILED,
                                           error->message);
      g_prefix_error (&self->failure, "The state of the OSCORE context “%s” could not be kept, and so nothing is "
                      "protected with it any more: ", self->name);
      gcoap_runtime_trace_note (self->runtime, NULL, self->failure->message);
      /* A server has nobody else to tell; its clients are not told why. */
      if (self->wants_to_accept)
        g_message ("%s", self->failure->message);
      self->has_told_failure |= self->wants_to_accept;
    }
  if (self->is_writing_rederived)
    rederived (self);
  pump (self);
}

static void
write_state (GcoapOscoreContext *self)
{
  g_autofree char *text = gcoap_oscore_state_print (&self->being_written);

  self->is_writing = TRUE;
  gcoap_oscore_storage_write_async (self->storage, text, written_cb, g_object_ref (self));
}

/* What those who wait asked for is there, or will never be. */
static void
tell_waiters (GcoapOscoreContext *self)
{
  GQueue waiters = self->waiters;
  GTask *task;

  g_queue_init (&self->waiters);
  while ((task = g_queue_pop_head (&waiters)) != NULL)
    {
      GError *error = NULL;

      if (check (self, &error))
        g_task_return_boolean (task, TRUE);
      else
        g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static void
rederived (GcoapOscoreContext *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->rederiving);
  GcoapOscoreKeys *keys;

  self->is_writing_rederived = FALSE;
  if (self->failure != NULL)
    {
      g_task_return_error (task, g_error_copy (self->failure));
      return;
    }
  keys = g_task_get_task_data (task);
  gcoap_oscore_keys_unref (self->keys);
  self->keys = gcoap_oscore_keys_ref (keys);
  g_clear_pointer (&self->id_context, g_bytes_unref);
  self->id_context = g_bytes_new (self->stored.id_context, self->stored.id_context_length);
  self->next = self->responses = self->failures = 0;
  self->has_warned_of_use = self->has_warned_of_failures = FALSE;
  self->is_unconfirmed = TRUE;
  gcoap_replay_window_init (&self->window, self->window.size);
  gcoap_replay_window_reset (&self->window);
  g_task_return_boolean (task, TRUE);
}

static void
write_rederived (GcoapOscoreContext *self)
{
  GcoapOscoreState *state = &self->being_written;
  GcoapOscoreKeys *keys = g_task_get_task_data (self->rederiving);

  gcoap_oscore_state_init (state);
  self->chunk = self->response_chunk = FIRST_CHUNK;
  state->next = FIRST_CHUNK;
  state->window_is_known = FALSE;
  state->responses = self->wants_to_accept ? FIRST_CHUNK : 0;
  state->has_id_context = TRUE;
  state->id_context_length = keys->id_context_length;
  memcpy (state->id_context, keys->id_context, keys->id_context_length);
  self->is_writing_rederived = TRUE;
  write_state (self);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GcoapOscoreContext) self = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&self->closing);
  GError *error = NULL;

  if (!gcoap_oscore_storage_finish (GCOAP_OSCORE_STORAGE (source), result, &error) && self->close_error == NULL)
    self->close_error = g_steal_pointer (&error);
  g_clear_error (&error);
  if (self->close_error != NULL)
    g_task_return_error (task, g_steal_pointer (&self->close_error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
last_written_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  GcoapOscoreContext *self = user_data;

  gcoap_oscore_storage_finish (GCOAP_OSCORE_STORAGE (source), result, &self->close_error);
  gcoap_oscore_storage_close_async (self->storage, closed_cb, self);
}

/* Nothing is given out any more: storage gets the exact numbers. */
static void
write_last (GcoapOscoreContext *self)
{
  GcoapOscoreState state = self->stored;
  g_autofree char *text = NULL;

  self->is_writing = TRUE;   /* for ever */
  if (self->failure != NULL)
    {
      self->close_error = g_error_copy (self->failure);
      gcoap_oscore_storage_close_async (self->storage, closed_cb, g_object_ref (self));
      return;
    }
  state.next = self->next;
  state.responses = count_responses (self);
  state.failures = self->failures;
  if (!self->is_unconfirmed)
    gcoap_oscore_state_take_window (&state, &self->window);
  text = gcoap_oscore_state_print (&state);
  gcoap_oscore_storage_write_async (self->storage, text, last_written_cb, g_object_ref (self));
}

/* Does what is to be done next, if storage is not busy. Whoever is told something
 * may come back here at once. */
static void
pump (GcoapOscoreContext *self)
{
  g_autoptr (GcoapOscoreContext) held = g_object_ref (self);

  if (self->is_writing)
    return;
  if (self->rederiving != NULL && self->failure != NULL)
    rederived (self);
  else if (self->rederiving != NULL)
    write_rederived (self);
  else if (self->closing != NULL)
    write_last (self);
  else if (self->failure == NULL && !self->is_closing && needs_to_write (self))
    {
      prepare_state (self, &self->being_written);
      write_state (self);
    }
  if (!self->is_writing || self->is_closing || self->failure != NULL)
    tell_waiters (self);
}

void
gcoap_oscore_context_reserve_async (GcoapOscoreContext *self,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, gcoap_oscore_context_reserve_async);
  if (!check (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_queue_push_tail (&self->waiters, g_steal_pointer (&task));
  pump (self);
}

gboolean
gcoap_oscore_context_reserve_finish (GcoapOscoreContext *self G_GNUC_UNUSED,
                                     GAsyncResult       *result,
                                     GError            **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
check_rederive (GcoapOscoreContext *self,
                GcoapOscoreKeys    *keys,
                GError            **error)
{
  if (self->is_closing)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The OSCORE context “%s” has been closed.", self->name);
  else if (self->failure != NULL)
    g_propagate_error (error, g_error_copy (self->failure));
  else if (self->rederiving != NULL)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_BUSY, "The OSCORE context “%s” is getting new keys already.",
                 self->name);
  else if (self->keys->has_id_context && self->keys->id_context_length == keys->id_context_length
           && memcmp (self->keys->id_context, keys->id_context, keys->id_context_length) == 0)
    /* The numbers would begin anew with the same keys. */
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                 "The OSCORE context “%s” has this ID context already.", self->name);
  else
    return TRUE;
  return FALSE;
}

void
gcoap_oscore_context_rederive_async (GcoapOscoreContext *self,
                                     GBytes             *id_context,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  GcoapOscoreKeys *keys = derive_keys (self, id_context, TRUE, &error);

  g_task_set_source_tag (task, gcoap_oscore_context_rederive_async);
  if (keys != NULL)
    g_task_set_task_data (task, keys, (GDestroyNotify) gcoap_oscore_keys_unref);
  if (keys == NULL || !check_rederive (self, keys, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  /* What storage has is then what is in use, whoever waits for it or not. */
  g_task_set_check_cancellable (task, FALSE);
  self->rederiving = g_steal_pointer (&task);
  pump (self);
}

void
gcoap_oscore_context_confirm_keys (GcoapOscoreContext *self)
{
  if (!self->is_unconfirmed)
    return;
  self->is_unconfirmed = FALSE;
  pump (self);
}

gboolean
gcoap_oscore_context_rederive_finish (GcoapOscoreContext *self G_GNUC_UNUSED,
                                      GAsyncResult       *result,
                                      GError            **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
gcoap_oscore_context_close_async (GcoapOscoreContext *self,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, gcoap_oscore_context_close_async);
  if (self->is_closing)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The OSCORE context “%s” has been closed.",
                               self->name);
      return;
    }
  self->is_closing = TRUE;
  self->closing = g_steal_pointer (&task);
  pump (self);
}

gboolean
gcoap_oscore_context_close_finish (GcoapOscoreContext *self G_GNUC_UNUSED,
                                   GAsyncResult       *result,
                                   GError            **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
