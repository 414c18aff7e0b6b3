/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When an observer that set conditions is told of a state
 * (draft-ietf-core-conditional-attributes). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  GCOAP_CONDITION_GT    = 1 << 0,
  GCOAP_CONDITION_LT    = 1 << 1,
  GCOAP_CONDITION_ST    = 1 << 2,
  GCOAP_CONDITION_BAND  = 1 << 3,
  GCOAP_CONDITION_EDGE  = 1 << 4,
  GCOAP_CONDITION_PMIN  = 1 << 5,
  GCOAP_CONDITION_PMAX  = 1 << 6,
  GCOAP_CONDITION_EPMIN = 1 << 7,
  GCOAP_CONDITION_EPMAX = 1 << 8,
  GCOAP_CONDITION_CON   = 1 << 9,
} GcoapConditionFlags;

typedef struct
{
  guint    flags;        /* which of them are given */
  double   gt, lt, st;
  gint64   pmin, pmax;   /* microseconds */
  gint64   epmin, epmax;
  gboolean edge;
  gboolean con;

  gboolean has_value;    /* the latest state is a number */
  double   value;
  double   reported;     /* the number that was told last */
  gint64   reported_at;
  gboolean is_due;       /* the latest is to be told as soon as pmin allows */
} GcoapCondition;

/* Takes an argument of the query. Returns whether it is one of the
 * conditions; sets @error if it is, but no good. */
gboolean gcoap_condition_parse (GcoapCondition *self,
                                const char     *argument,
                                gsize           length,
                                GError        **error);

/* Whether all conditions together make sense. */
gboolean gcoap_condition_validate (const GcoapCondition *self,
                                   GError              **error);

/* There is a state, which may be a number. Returns whether to tell it now. */
gboolean gcoap_condition_sample (GcoapCondition *self,
                                 const char     *text,
                                 gsize           length,
                                 gint64          now);

/* When to look again; G_MAXINT64 if there is no need. */
gint64 gcoap_condition_get_next (const GcoapCondition *self);

/* Whether to tell the latest state now. */
gboolean gcoap_condition_expire (GcoapCondition *self,
                                 gint64          now);

/* The latest state is being told. */
void gcoap_condition_note_reported (GcoapCondition *self,
                                    gint64          now);

G_END_DECLS
