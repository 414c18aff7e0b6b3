/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/conditional/gcoap-condition-private.h"

#include <math.h>
#include <string.h>

#include "base/gcoap-error.h"

/* Digits of a number that anybody could mean. */
#define MAX_LENGTH 64

/* Longer times are not told from this one: 30 years, in seconds. */
#define MAX_SECONDS 1e9

typedef enum
{
  KIND_NUMBER,
  KIND_POSITIVE,
  KIND_SECONDS,
  KIND_BOOLEAN,
  KIND_NONE,
} Kind;

static const struct
{
  const char *name;
  guint       flag;
  Kind        kind;
  gsize       offset;
} parameters[] = {
  { "c.gt", GCOAP_CONDITION_GT, KIND_NUMBER, G_STRUCT_OFFSET (GcoapCondition, gt) },
  { "c.lt", GCOAP_CONDITION_LT, KIND_NUMBER, G_STRUCT_OFFSET (GcoapCondition, lt) },
  { "c.st", GCOAP_CONDITION_ST, KIND_POSITIVE, G_STRUCT_OFFSET (GcoapCondition, st) },
  { "c.band", GCOAP_CONDITION_BAND, KIND_NONE, 0 },
  { "c.edge", GCOAP_CONDITION_EDGE, KIND_BOOLEAN, G_STRUCT_OFFSET (GcoapCondition, edge) },
  { "c.pmin", GCOAP_CONDITION_PMIN, KIND_SECONDS, G_STRUCT_OFFSET (GcoapCondition, pmin) },
  { "c.pmax", GCOAP_CONDITION_PMAX, KIND_SECONDS, G_STRUCT_OFFSET (GcoapCondition, pmax) },
  { "c.epmin", GCOAP_CONDITION_EPMIN, KIND_SECONDS, G_STRUCT_OFFSET (GcoapCondition, epmin) },
  { "c.epmax", GCOAP_CONDITION_EPMAX, KIND_SECONDS, G_STRUCT_OFFSET (GcoapCondition, epmax) },
  { "c.con", GCOAP_CONDITION_CON, KIND_BOOLEAN, G_STRUCT_OFFSET (GcoapCondition, con) },
};

/* xs:decimal: sign, digits, point; no exponent. */
static gboolean
parse_decimal (const char *text,
               gsize       length,
               double     *value)
{
  char copy[MAX_LENGTH + 1];
  guint n_digits = 0;
  guint n_points = 0;

  if (length > MAX_LENGTH)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_isdigit (text[i]))
        n_digits++;
      else if (text[i] == '.')
        n_points++;
      else if (i > 0 || (text[i] != '-' && text[i] != '+'))
        return FALSE;
    }
  if (n_digits == 0 || n_points > 1)
    return FALSE;
  memcpy (copy, text, length);
  copy[length] = '\0';
  *value = g_ascii_strtod (copy, NULL);
  return isfinite (*value);
}

static gboolean
parse_boolean (const char *text,
               gsize       length,
               gboolean   *value)
{
  static const char *const words[] = { "0", "false", "1", "true" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (length == strlen (words[i]) && memcmp (text, words[i], length) == 0)
      {
        *value = i >= 2;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_value (GcoapCondition *self,
             guint           parameter,
             const char     *text,
             gsize           length)
{
  gpointer place = G_STRUCT_MEMBER_P (self, parameters[parameter].offset);
  double number = 0;

  switch (parameters[parameter].kind)
    {
    case KIND_NUMBER:
      return parse_decimal (text, length, place);
    case KIND_POSITIVE:
      return parse_decimal (text, length, place) && *(double *) place > 0;
    case KIND_SECONDS:
      if (!parse_decimal (text, length, &number) || number <= 0)
        return FALSE;
      *(gint64 *) place = MAX (1, (gint64) (MIN (number, MAX_SECONDS) * 1e6));
      return TRUE;
    case KIND_BOOLEAN:
      return parse_boolean (text, length, place);
    case KIND_NONE:
    default:
      return FALSE;
    }
}

gboolean
gcoap_condition_parse (GcoapCondition *self,
                       const char     *argument,
                       gsize           length,
                       GError        **error)
{
  const char *equals = memchr (argument, '=', length);
  gsize name_length = equals != NULL ? (gsize) (equals - argument) : length;

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    {
      const char *name = parameters[i].name;
      gboolean is_good;

      if (name_length != strlen (name) || memcmp (argument, name, name_length) != 0)
        continue;
      if (parameters[i].kind == KIND_NONE)
        is_good = equals == NULL;
      else
        is_good = equals != NULL && parse_value (self, i, equals + 1, length - name_length - 1);
      if (!is_good || (self->flags & parameters[i].flag) != 0)
        g_set_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_REQUEST,
                     is_good ? "The condition %s is there twice." : "The condition %s has no valid value.",
                     name);
      self->flags |= parameters[i].flag;
      return TRUE;
    }
  return FALSE;
}

static gboolean
has (const GcoapCondition *self,
     guint                 flags)
{
  return (self->flags & flags) == flags;
}

gboolean
gcoap_condition_validate (const GcoapCondition *self,
                          GError              **error)
{
  const char *sentence = NULL;

  if (has (self, GCOAP_CONDITION_BAND)
      && (self->flags & (GCOAP_CONDITION_GT | GCOAP_CONDITION_LT)) == 0)
    sentence = "The condition c.band needs c.gt or c.lt.";
  else if (has (self, GCOAP_CONDITION_PMIN | GCOAP_CONDITION_PMAX) && self->pmax < self->pmin)
    sentence = "The condition c.pmax is less than c.pmin.";
  else if (has (self, GCOAP_CONDITION_EPMIN | GCOAP_CONDITION_EPMAX) && self->epmax <= self->epmin)
    sentence = "The condition c.epmax is not greater than c.epmin.";

  if (sentence != NULL)
    g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_REQUEST, sentence);
  return sentence == NULL;
}

static gboolean
is_in_band (const GcoapCondition *self)
{
  double v = self->value;

  if (!has (self, GCOAP_CONDITION_GT))
    return v >= self->lt;
  if (!has (self, GCOAP_CONDITION_LT))
    return v <= self->gt;
  if (self->gt <= self->lt)
    return self->gt <= v && v <= self->lt;
  return v < self->lt || v > self->gt;
}

/* Whether the latest state is of interest, compared with the one told last;
 * @before is the one before it. */
static gboolean
is_notable (const GcoapCondition *self,
            gboolean              had_value,
            double                before)
{
  const guint on_values = GCOAP_CONDITION_GT | GCOAP_CONDITION_LT | GCOAP_CONDITION_ST
                          | GCOAP_CONDITION_EDGE;
  double v = self->value;
  double last = self->reported;

  /* Without a condition on values, and where they cannot be compared, every
   * state is. */
  if ((self->flags & on_values) == 0 || !self->has_value || !had_value)
    return TRUE;
  if (has (self, GCOAP_CONDITION_EDGE) && (before != 0) != (v != 0) && (v != 0) == self->edge)
    return TRUE;
  if (has (self, GCOAP_CONDITION_ST) && fabs (v - last) >= self->st)
    return TRUE;
  if (has (self, GCOAP_CONDITION_BAND))
    return is_in_band (self);
  return (has (self, GCOAP_CONDITION_GT) && (v > self->gt) != (last > self->gt))
         || (has (self, GCOAP_CONDITION_LT) && (v < self->lt) != (last < self->lt));
}

static gint64
get_earliest (const GcoapCondition *self)
{
  return has (self, GCOAP_CONDITION_PMIN) ? self->reported_at + self->pmin : self->reported_at;
}

static void
read_value (GcoapCondition *self,
            const char     *text,
            gsize           length)
{
  gboolean truth;

  while (length > 0 && g_ascii_isspace (text[length - 1]))
    length--;
  while (length > 0 && g_ascii_isspace (text[0]))
    {
      text++;
      length--;
    }
  self->has_value = parse_decimal (text, length, &self->value);
  if (!self->has_value && parse_boolean (text, length, &truth))
    {
      self->has_value = TRUE;
      self->value = truth;
    }
}

gboolean
gcoap_condition_sample (GcoapCondition *self,
                        const char     *text,
                        gsize           length,
                        gint64          now)
{
  gboolean had_value = self->has_value;
  double before = self->value;
  gboolean is_edge;

  read_value (self, text, length);
  /* What is awaited may be over before pmin is; an edge has been there. */
  is_edge = self->is_due && has (self, GCOAP_CONDITION_EDGE);
  self->is_due = is_edge || is_notable (self, had_value, before);
  return self->is_due && now >= get_earliest (self);
}

gint64
gcoap_condition_get_next (const GcoapCondition *self)
{
  gint64 next = G_MAXINT64;

  if (has (self, GCOAP_CONDITION_PMAX))
    next = self->reported_at + self->pmax;
  if (self->is_due)
    next = MIN (next, get_earliest (self));
  return next;
}

gboolean
gcoap_condition_expire (GcoapCondition *self,
                        gint64          now)
{
  return now >= gcoap_condition_get_next (self);
}

void
gcoap_condition_note_reported (GcoapCondition *self,
                               gint64          now)
{
  self->reported = self->value;
  self->reported_at = now;
  self->is_due = FALSE;
}
