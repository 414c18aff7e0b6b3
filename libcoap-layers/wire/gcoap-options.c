/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of a message, shared until changed. A changed set holds only
 * its new values and points into its parent for the others; that chain is cut
 * by copying everything when it gets long.
 */
#include <string.h>

#include "wire/gcoap-options-private.h"

/* Longer chains are flattened, so that an endless series of copies of copies
 * does not keep all of its ancestors alive. */
#define MAX_DEPTH 4

/* Room kept for what is likely to be added next. */
#define SPARE_VIEWS 4
#define SPARE_BYTES 48

void
gcoap_options_init (GcoapOptions    *self,
                    gpointer         box,
                    GcoapOptionView *views,
                    guint16          capacity,
                    guint8          *bytes,
                    guint32          bytes_size)
{
  self->box = box;
  self->parent = NULL;
  self->views = views;
  self->bytes = bytes;
  self->presence = 0;
  self->bytes_size = bytes_size;
  self->bytes_used = 0;
  self->total_length = 0;
  self->n_views = 0;
  self->capacity = capacity;
  self->bad_critical = 0;
  self->depth = 0;
}

GcoapOptions *
gcoap_options_ref (GcoapOptions *self)
{
  gcoap_box_ref (self->box);

  return self;
}

void
gcoap_options_unref (GcoapOptions *self)
{
  /* A set inside a message's box never has a parent, so the box needs nothing
   * but to be freed. */
  if (self->box != self)
    gcoap_box_unref (self->box);
  else if (gcoap_box_drop (&self->own_box.refs))
    {
      g_clear_pointer (&self->parent, gcoap_options_unref);
      g_free (self);
    }
}

const GcoapOptionView *
gcoap_options_find (const GcoapOptions *self,
                    guint               number,
                    guint               index)
{
  if (!gcoap_options_may_have (self, number))
    return NULL;

  for (guint i = 0; i < self->n_views; i++)
    {
      const GcoapOptionView *view = &self->views[i];

      if (view->number < number)
        continue;
      if (view->number > number)
        break;
      if (view->state == GCOAP_OPTION_STATE_IGNORED)
        continue;
      if (index-- == 0)
        return view;
    }

  return NULL;
}

void
gcoap_options_refresh (GcoapOptions *self,
                       GcoapCode     code)
{
  guint previous = G_MAXUINT; /* no number */

  self->presence = 0;
  self->bad_critical = 0;
  self->total_length = 0;

  for (guint i = 0; i < self->n_views; i++)
    {
      GcoapOptionView *view = &self->views[i];

      view->state = gcoap_options_judge (code, view->number, view->length,
                                         view->number == previous);
      if (view->state != GCOAP_OPTION_STATE_IGNORED)
        self->presence |= gcoap_options_presence_bit (view->number);
      if (view->state == GCOAP_OPTION_STATE_BAD_CRITICAL && self->bad_critical == 0)
        self->bad_critical = view->number;
      self->total_length += view->length;
      previous = view->number;
    }
}

static gboolean
is_own_byte (const GcoapOptions *self,
             const guint8       *data)
{
  return (guintptr) data >= (guintptr) self->bytes &&
         (guintptr) data < (guintptr) self->bytes + self->bytes_used;
}

static gsize
count_bytes (const GcoapOptions *self,
             gboolean            only_own)
{
  gsize size = 0;

  for (guint i = 0; i < self->n_views; i++)
    if (!only_own || is_own_byte (self, self->views[i].data))
      size += self->views[i].length;

  return size;
}

static const guint8 *
store (GcoapOptions *self,
       const guint8 *data,
       gsize         length)
{
  guint8 *place = self->bytes + self->bytes_used;

  if (length == 0)
    return (const guint8 *) "";

  g_assert (length <= self->bytes_size - self->bytes_used);
  memcpy (place, data, length);
  self->bytes_used += (guint32) length;

  return place;
}

/* A new set with the views of self and, unless nothing is added (no @spare), room
 * for one more of @length bytes.
 * The values in self's own area are copied if self is about to go (@replaces),
 * all values if the chain of parents would become too long. */
static GcoapOptions *
extend (GcoapOptions *self,
        gpointer      own_box,
        gboolean      replaces,
        gsize         length,
        gboolean      spare)
{
  /* Pointing into the box of the message itself would be a cycle. */
  gboolean flatten = !replaces && (self->box == own_box || self->depth >= MAX_DEPTH);
  gboolean copies = replaces || flatten;
  gsize bytes_size = length + (spare ? SPARE_BYTES : 0);
  guint capacity = self->n_views + (spare ? SPARE_VIEWS : 0);
  GcoapOptions *result;

  if (copies)
    bytes_size += count_bytes (self, replaces);
  if (replaces)
    {
      /* Grow geometrically, or adding one by one would be quadratic. */
      bytes_size += self->bytes_used / 2;
      capacity += self->n_views / 2;
    }

  result = gcoap_box_alloc (sizeof (GcoapOptions) +
                                  capacity * sizeof (GcoapOptionView) +
                                  bytes_size);
  gcoap_options_init (result, result, (GcoapOptionView *) (result + 1), (guint16) capacity,
                      (guint8 *) (result + 1) + capacity * sizeof (GcoapOptionView),
                      (guint32) bytes_size);
  if (self->n_views > 0)
    memcpy (result->views, self->views, self->n_views * sizeof (GcoapOptionView));
  result->n_views = self->n_views;

  if (copies)
    {
      for (guint i = 0; i < result->n_views; i++)
        {
          GcoapOptionView *view = &result->views[i];

          if (flatten || view->length == 0 || is_own_byte (self, view->data))
            view->data = store (result, view->data, view->length);
        }
    }

  if (!flatten)
    {
      GcoapOptions *parent = replaces ? self->parent : self;

      if (parent != NULL && self->n_views > 0)
        {
          result->parent = gcoap_options_ref (parent);
          result->depth = parent->depth + 1;
        }
    }

  return result;
}

static void
remove_views (GcoapOptions *self,
              guint         number)
{
  guint kept = 0;

  for (guint i = 0; i < self->n_views; i++)
    if (self->views[i].number != number)
      self->views[kept++] = self->views[i];

  self->n_views = (guint16) kept;
}

static void
insert_view (GcoapOptions *self,
             guint         number,
             const guint8 *data,
             gsize         length)
{
  guint position = self->n_views;

  /* RFC 7252 §3.1: in the order of numbers; later occurrences follow. */
  while (position > 0 && self->views[position - 1].number > number)
    position--;

  memmove (&self->views[position + 1], &self->views[position],
           (self->n_views - position) * sizeof (GcoapOptionView));
  self->views[position] = (GcoapOptionView) {
    .data = data,
    .length = (guint32) length,
    .number = (guint16) number,
  };
  self->n_views++;
}

GcoapOptions *
gcoap_options_edit (GcoapOptions     *self,
                    gpointer          own_box,
                    gboolean          writable,
                    GcoapCode         code,
                    GcoapOptionsEdit  how,
                    guint             number,
                    const guint8     *data,
                    gsize             length)
{
  GcoapOptions *target = self;
  const guint8 *value = NULL;

  if (!writable || self->n_views == self->capacity || length > self->bytes_size - self->bytes_used)
    target = extend (self, own_box, writable, length, how != GCOAP_OPTIONS_EDIT_REMOVE);

  /* Copied before anything goes: @data may be a value of self. */
  if (how != GCOAP_OPTIONS_EDIT_REMOVE)
    value = store (target, data, length);
  if (how != GCOAP_OPTIONS_EDIT_ADD)
    remove_views (target, number);
  if (how != GCOAP_OPTIONS_EDIT_REMOVE)
    insert_view (target, number, value, length);
  gcoap_options_refresh (target, code);

  /* The set in the message's own box goes with the message. */
  if (target != self && self->box != own_box)
    gcoap_options_unref (self);

  return target;
}

GcoapOptions *
gcoap_options_clone (GcoapOptions *self)
{
  GcoapOptions *result = extend (self, self->box, FALSE, 0, TRUE);

  result->presence = self->presence;
  result->bad_critical = self->bad_critical;
  result->total_length = self->total_length;

  return result;
}
