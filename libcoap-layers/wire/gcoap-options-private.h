/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The options of a message: views in ascending number order into bytes kept
 * elsewhere (a received datagram, or the set's own area), shared between a
 * message and its copies until one of them changes.
 */
#pragma once

#include <glib.h>

#include "base/gcoap-code.h"
#include "base/gcoap-option-definition-private.h"
#include "wire/gcoap-box-private.h"

G_BEGIN_DECLS

/* More options than any sensible message has. The adders refuse more, and so
 * does the decoder, at half of it: what a peer sent can always be added to. */
#define GCOAP_OPTIONS_MAX_COUNT 256
#define GCOAP_OPTIONS_MAX_RECEIVED_COUNT 128

/* All option values of a message together, likewise. */
#define GCOAP_OPTIONS_MAX_SIZE (256 * 1024)
#define GCOAP_OPTIONS_MAX_RECEIVED_SIZE (128 * 1024)

/* Bit of the presence map that stands for all numbers from 63 up. */
#define GCOAP_OPTIONS_HIGH_BIT 63

typedef enum
{
  GCOAP_OPTION_STATE_GOOD,
  GCOAP_OPTION_STATE_IGNORED,       /* elective, bad length or repeated: as if absent */
  GCOAP_OPTION_STATE_BAD_CRITICAL,  /* critical, and unknown, bad length or repeated */
} GcoapOptionState;

typedef struct
{
  const guint8 *data;
  guint32 length;
  guint16 number;
  guint16 state;  /* GcoapOptionState */
} GcoapOptionView;

typedef struct _GcoapOptions GcoapOptions;

struct _GcoapOptions
{
  GcoapBox own_box;       /* unused in a set that lives in a message's box */
  gpointer box;           /* which box this struct lives in */
  GcoapOptions *parent;   /* whose bytes some views point into; owned, or NULL */
  GcoapOptionView *views;
  guint8 *bytes;          /* room for values of our own */
  guint64 presence;       /* which numbers the getters find */
  guint32 bytes_size;
  guint32 bytes_used;
  guint32 total_length;   /* of all values */
  guint16 n_views;
  guint16 capacity;
  guint16 bad_critical;   /* number of the first bad critical option, or 0 */
  guint16 depth;          /* how many parents follow */
};

typedef enum
{
  GCOAP_OPTIONS_EDIT_ADD,
  GCOAP_OPTIONS_EDIT_REPLACE,
  GCOAP_OPTIONS_EDIT_REMOVE,
} GcoapOptionsEdit;

static inline guint64
gcoap_options_presence_bit (guint number)
{
  return G_GUINT64_CONSTANT (1) << MIN (number, GCOAP_OPTIONS_HIGH_BIT);
}

static inline gboolean
gcoap_options_may_have (const GcoapOptions *self,
                        guint               number)
{
  return (self->presence & gcoap_options_presence_bit (number)) != 0;
}

void gcoap_options_init (GcoapOptions    *self,
                         gpointer         box,
                         GcoapOptionView *views,
                         guint16          capacity,
                         guint8          *bytes,
                         guint32          bytes_size);

GcoapOptions *gcoap_options_ref (GcoapOptions *self);

void gcoap_options_unref (GcoapOptions *self);

/* The @index-th occurrence of @number that is not to be ignored, or NULL. */
const GcoapOptionView *gcoap_options_find (const GcoapOptions *self,
                                           guint               number,
                                           guint               index);

/* Returns the set that has the change: self if it is @writable (nobody shares
 * it) and has room; otherwise a new one, and the reference to self is gone.
 * @own_box is the box of the message that asks: to a set in that box the
 * message holds no reference of its own. */
GcoapOptions *gcoap_options_edit (GcoapOptions     *self,
                                  gpointer          own_box,
                                  gboolean          writable,
                                  GcoapCode         code,
                                  GcoapOptionsEdit  how,
                                  guint             number,
                                  const guint8     *data,
                                  gsize             length) G_GNUC_WARN_UNUSED_RESULT;

/* A set of one's own with the same options. */
GcoapOptions *gcoap_options_clone (GcoapOptions *self) G_GNUC_WARN_UNUSED_RESULT;

/* Computes anew what follows from the views and the code. */
void gcoap_options_refresh (GcoapOptions *self,
                            GcoapCode     code);

/* What is known about an option of a message with this code, or NULL. */
static inline const GcoapOptionDefinition *
gcoap_options_lookup (GcoapCode code,
                      guint     number)
{
  /* RFC 8323 §5.2: the numbers of a signal's options are specific to its code. */
  if (G_UNLIKELY (((guint) code) >> 5 == 7))
    return gcoap_option_definition_lookup_signaling (code, number);

  return gcoap_option_definition_lookup (number);
}

/* RFC 7252 §5.4.1, §5.4.3, §5.4.5: unknown, of a length out of range and
 * repeated without right are all the same. */
static inline GcoapOptionState
gcoap_options_judge (GcoapCode code,
                     guint     number,
                     gsize     length,
                     gboolean  is_repeated)
{
  const GcoapOptionDefinition *definition = gcoap_options_lookup (code, number);
  gboolean is_critical = (number & 1) != 0;

  if (definition == NULL)
    return is_critical ? GCOAP_OPTION_STATE_BAD_CRITICAL : GCOAP_OPTION_STATE_GOOD;

  if (G_LIKELY (length >= definition->min_length && length <= definition->max_length &&
                (!is_repeated || definition->repeatable)))
    return GCOAP_OPTION_STATE_GOOD;

  return is_critical ? GCOAP_OPTION_STATE_BAD_CRITICAL : GCOAP_OPTION_STATE_IGNORED;
}

G_END_DECLS
