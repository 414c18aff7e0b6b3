/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arena of secrets: first fit over a list of what is in use. */
#include "credentials/gcoap-secret-private.h"

#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"

#define ALIGNMENT 16

struct _GcoapSecret
{
  gatomicrefcount ref_count;
  gsize           offset;
  gsize           length;
};

static GMutex lock;
static guint8 *arena;
/* (element-type GcoapSecret), in the order of offsets. */
static GPtrArray *secrets;

static gsize
round_up (gsize length)
{
  return (MAX (length, 1) + ALIGNMENT - 1) & ~(gsize) (ALIGNMENT - 1);
}

/* Made with the first secret. When memory cannot be locked, as a limit of the
 * system may have it, the pages are guarded and kept out of core dumps only. */
static gboolean
make_arena (void)
{
  if (arena == NULL && sodium_init () >= 0)
    arena = sodium_malloc (GCOAP_SECRET_ARENA_SIZE);
  if (secrets == NULL)
    secrets = g_ptr_array_new ();
  return arena != NULL;
}

/* The place for @size bytes, and where it comes in the list. */
static gboolean
find_room (gsize  size,
           gsize *offset,
           guint *position)
{
  gsize end = 0;

  for (guint i = 0; i < secrets->len; i++)
    {
      GcoapSecret *used = g_ptr_array_index (secrets, i);

      if (used->offset - end >= size)
        {
          *offset = end;
          *position = i;
          return TRUE;
        }
      end = used->offset + round_up (used->length);
    }
  *offset = end;
  *position = secrets->len;
  return GCOAP_SECRET_ARENA_SIZE - end >= size;
}

GcoapSecret *
gcoap_secret_new (const guint8 *data,
                  gsize         length,
                  GError      **error)
{
  GcoapSecret *self = NULL;
  gsize offset;
  guint position;

  if (length > GCOAP_SECRET_MAX_LENGTH)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "A secret of %" G_GSIZE_FORMAT " bytes is longer than the limit of %d.",
                   length, GCOAP_SECRET_MAX_LENGTH);
      return NULL;
    }

  g_mutex_lock (&lock);
  if (make_arena () && find_room (round_up (length), &offset, &position))
    {
      self = g_new (GcoapSecret, 1);
      g_atomic_ref_count_init (&self->ref_count);
      self->offset = offset;
      self->length = length;
      if (length > 0)
        memcpy (arena + offset, data, length);
      g_ptr_array_insert (secrets, (int) position, self);
    }
  g_mutex_unlock (&lock);

  if (self == NULL)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                 "There is no room for another secret in the %d bytes of protected memory.",
                 GCOAP_SECRET_ARENA_SIZE);
  return self;
}

GcoapSecret *
gcoap_secret_ref (GcoapSecret *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
gcoap_secret_free (GcoapSecret *self)
{
  if (self == NULL || !g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_lock (&lock);
  sodium_memzero (arena + self->offset, round_up (self->length));
  g_ptr_array_remove (secrets, self);
  g_mutex_unlock (&lock);
  g_free (self);
}

const guint8 *
gcoap_secret_peek (GcoapSecret *self,
                   gsize       *length)
{
  if (length != NULL)
    *length = self->length;
  return arena + self->offset;
}

gboolean
gcoap_secret_equal (GcoapSecret *a,
                    GcoapSecret *b)
{
  if (a == NULL || b == NULL || a == b)
    return a == b;
  return a->length == b->length
         && sodium_memcmp (arena + a->offset, arena + b->offset, a->length) == 0;
}

void
gcoap_secret_free_heap (gpointer data,
                        gsize    length)
{
  if (data != NULL)
    sodium_memzero (data, length);
  g_free (data);
}

gsize
gcoap_secret_get_used (void)
{
  gsize used = 0;

  g_mutex_lock (&lock);
  for (guint i = 0; secrets != NULL && i < secrets->len; i++)
    used += round_up (((GcoapSecret *) g_ptr_array_index (secrets, i))->length);
  g_mutex_unlock (&lock);
  return used;
}
