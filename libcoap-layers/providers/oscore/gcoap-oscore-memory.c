/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RFC 8613 §7.2.1: a number must never be used twice with a key. The process
 * remembers what it has used, so that a context can be closed and opened again.
 *
 * What it cannot remember is what another process used, before it or beside it,
 * with a secret that stands in a file: there the numbers begin where the clock is,
 * and the replay window is not known. That is a help for tests and toys, and no
 * promise: clocks are set back.
 */
#include "providers/oscore/gcoap-oscore-memory-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "providers/oscore/gcoap-oscore-state-private.h"

/* The first of January 2026. A clock that is behind has not been set. */
#define CLOCK_BEGINS (G_GINT64_CONSTANT (1767225600) * 1000)

typedef struct
{
  GBytes  *recipient_id;
  gboolean is_open;
  char    *state;   /* NULL: not written yet */
} Remembered;

struct _GcoapOscoreMemory
{
  GObject parent_instance;

  GcoapOscoreCredential *parameters;
  Remembered            *remembered;   /* NULL while it is not open */
};

static void storage_init (GcoapOscoreStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapOscoreMemory, gcoap_oscore_memory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_OSCORE_STORAGE, storage_init))

static GMutex lock;
/* (element-type GBytes Remembered): by a hash of the parameters. */
static GHashTable *contexts;

static void
add_bytes (crypto_generichash_state *hash,
           const guint8             *data,
           gsize                     length)
{
  guint64 size = length;

  crypto_generichash_update (hash, (const guint8 *) &size, sizeof size);
  if (length > 0)
    crypto_generichash_update (hash, data, length);
}

static void
add (crypto_generichash_state *hash,
     GBytes                   *bytes)
{
  gsize length = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &length) : NULL;
  guint8 is_there = bytes != NULL;

  crypto_generichash_update (hash, &is_there, 1);
  add_bytes (hash, data, length);
}

/* Of all that the sender's key and nonces are derived from; the secret cannot be
 * found from it. */
static GBytes *
make_key (GcoapOscoreCredential *credential)
{
  GcoapOscoreParameters *parameters = gcoap_oscore_credential_peek_parameters (credential);
  crypto_generichash_state hash;
  guint8 key[crypto_generichash_BYTES];
  gsize length;
  const guint8 *secret = gcoap_secret_peek (parameters->master_secret, &length);

  crypto_generichash_init (&hash, NULL, 0, sizeof key);
  add_bytes (&hash, secret, length);
  add (&hash, parameters->master_salt);
  add (&hash, gcoap_oscore_credential_get_sender_id (credential));
  add (&hash, parameters->id_context);
  add_bytes (&hash, (const guint8 *) &parameters->algorithm, sizeof parameters->algorithm);
  add_bytes (&hash, (const guint8 *) parameters->hash, strlen (parameters->hash));
  crypto_generichash_final (&hash, key, sizeof key);
  sodium_memzero (&hash, sizeof hash);
  return g_bytes_new (key, sizeof key);
}

/* NULL: there are too many. */
static Remembered *
remember (GcoapOscoreCredential *credential)
{
  g_autoptr (GBytes) key = make_key (credential);
  Remembered *remembered;

  if (contexts == NULL)
    contexts = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  remembered = g_hash_table_lookup (contexts, key);
  if (remembered != NULL || g_hash_table_size (contexts) >= GCOAP_OSCORE_MEMORY_MAX)
    return remembered;
  remembered = g_new0 (Remembered, 1);
  remembered->recipient_id = g_bytes_ref (gcoap_oscore_credential_get_recipient_id (credential));
  g_hash_table_insert (contexts, g_steal_pointer (&key), remembered);
  return remembered;
}

guint64
gcoap_oscore_memory_find_start (gint64 now)
{
  gint64 milliseconds = now / 1000 - CLOCK_BEGINS;

  if (milliseconds >= 0)
    return MIN ((guint64) milliseconds, GCOAP_OSCORE_END_OF_NUMBERS);
  return ((guint64) randombytes_random () << 7) | randombytes_uniform (1 << 7);
}

static char *
make_static_state (void)
{
  static gsize has_warned;
  GcoapOscoreState state;

  if (g_once_init_enter (&has_warned))
    {
      g_message ("The secret of an OSCORE context stands in a credential map: its sequence numbers do not survive "
                 "the process. A directory (“basedir”) keeps them.");
      g_once_init_leave (&has_warned, 1);
    }
  gcoap_oscore_state_init (&state);
  state.first = state.next = gcoap_oscore_memory_find_start (g_get_real_time ());
  state.window_is_known = FALSE;
  return gcoap_oscore_state_print (&state);
}

static void
gcoap_oscore_memory_load (GcoapOscoreStorage   *storage,
                          GcoapOscoreOperation *operation)
{
  GcoapOscoreMemory *self = GCOAP_OSCORE_MEMORY (storage);
  gboolean is_static = gcoap_oscore_credential_peek_parameters (self->parameters)->is_static;
  Remembered *remembered;
  GError *error = NULL;
  g_autofree char *state = NULL;

  g_mutex_lock (&lock);
  remembered = remember (self->parameters);
  if (remembered == NULL)
    error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                         "There have been %d OSCORE contexts in the memory of this process; no more are possible.",
                         GCOAP_OSCORE_MEMORY_MAX);
  /* RFC 8613 §3.3: the sender's key would be the same for both, and the numbers
   * of one would be used again by the other. */
  else if (!g_bytes_equal (remembered->recipient_id,
                           gcoap_oscore_credential_get_recipient_id (self->parameters)))
    error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                                 "The secret and the sender ID of this OSCORE context were used in this process with "
                                 "another peer.");
  else if (remembered->is_open)
    error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_BUSY,
                                 "This OSCORE context is in use already in this process.");
  else
    {
      remembered->is_open = TRUE;
      self->remembered = remembered;
      state = g_strdup (remembered->state);
    }
  g_mutex_unlock (&lock);

  if (error != NULL)
    {
      gcoap_oscore_operation_fail_error (operation, error);
      return;
    }
  if (state == NULL && is_static)
    state = make_static_state ();
  gcoap_oscore_operation_finish_load (operation, self->parameters, state);
}

static void
gcoap_oscore_memory_write (GcoapOscoreStorage   *storage,
                           GcoapOscoreOperation *operation)
{
  GcoapOscoreMemory *self = GCOAP_OSCORE_MEMORY (storage);

  g_mutex_lock (&lock);
  g_free (self->remembered->state);
  self->remembered->state = g_strdup (gcoap_oscore_operation_get_state (operation));
  g_mutex_unlock (&lock);
  gcoap_oscore_operation_succeed (operation);
}

static void
let_go (GcoapOscoreMemory *self)
{
  g_mutex_lock (&lock);
  if (self->remembered != NULL)
    self->remembered->is_open = FALSE;
  self->remembered = NULL;
  g_mutex_unlock (&lock);
}

static void
gcoap_oscore_memory_close (GcoapOscoreStorage   *storage,
                           GcoapOscoreOperation *operation)
{
  let_go (GCOAP_OSCORE_MEMORY (storage));
  gcoap_oscore_operation_succeed (operation);
}

static void
storage_init (GcoapOscoreStorageInterface *iface)
{
  iface->load = gcoap_oscore_memory_load;
  iface->write = gcoap_oscore_memory_write;
  iface->close = gcoap_oscore_memory_close;
}

static void
gcoap_oscore_memory_finalize (GObject *object)
{
  GcoapOscoreMemory *self = GCOAP_OSCORE_MEMORY (object);

  let_go (self);
  g_object_unref (self->parameters);
  G_OBJECT_CLASS (gcoap_oscore_memory_parent_class)->finalize (object);
}

static void
gcoap_oscore_memory_class_init (GcoapOscoreMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_oscore_memory_finalize;
}

static void
gcoap_oscore_memory_init (GcoapOscoreMemory *self G_GNUC_UNUSED)
{
}

GcoapOscoreStorage *
gcoap_oscore_memory_new (GcoapOscoreCredential *parameters)
{
  GcoapOscoreMemory *self = g_object_new (GCOAP_TYPE_OSCORE_MEMORY, NULL);

  self->parameters = g_object_ref (parameters);
  return GCOAP_OSCORE_STORAGE (self);
}
