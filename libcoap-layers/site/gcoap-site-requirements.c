/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Paths that ask for claims. There are few, so they are simply tried in turn. */
#include "site/gcoap-site-requirements-private.h"

#include <string.h>

#include "wire/gcoap-message.h"

typedef struct
{
  GPtrArray *segments;  /* (element-type GBytes) */
  GPtrArray *patterns;  /* (element-type utf8) */
} Requirement;

struct _GcoapSiteRequirements
{
  GPtrArray *all;
};

static void
free_requirement (gpointer data)
{
  Requirement *self = data;

  g_ptr_array_unref (self->segments);
  g_ptr_array_unref (self->patterns);
  g_free (self);
}

GcoapSiteRequirements *
gcoap_site_requirements_new (void)
{
  GcoapSiteRequirements *self = g_new (GcoapSiteRequirements, 1);

  self->all = g_ptr_array_new_with_free_func (free_requirement);
  return self;
}

void
gcoap_site_requirements_free (GcoapSiteRequirements *self)
{
  g_ptr_array_unref (self->all);
  g_free (self);
}

static gboolean
is_at (const Requirement *self,
       GPtrArray         *segments)
{
  if (self->segments->len != segments->len)
    return FALSE;
  for (guint i = 0; i < segments->len; i++)
    if (!g_bytes_equal (g_ptr_array_index (self->segments, i), g_ptr_array_index (segments, i)))
      return FALSE;
  return TRUE;
}

void
gcoap_site_requirements_add (GcoapSiteRequirements *self,
                             GPtrArray             *segments,
                             const char            *pattern)
{
  g_autoptr (GPtrArray) taken = segments;
  Requirement *requirement = NULL;

  for (guint i = 0; i < self->all->len; i++)
    {
      requirement = g_ptr_array_index (self->all, i);
      if (!is_at (requirement, segments))
        continue;
      if (pattern == NULL)
        g_ptr_array_remove_index_fast (self->all, i);
      else
        g_ptr_array_add (requirement->patterns, g_strdup (pattern));
      return;
    }
  if (pattern == NULL)
    return;
  requirement = g_new (Requirement, 1);
  requirement->segments = g_steal_pointer (&taken);
  requirement->patterns = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (requirement->patterns, g_strdup (pattern));
  g_ptr_array_add (self->all, requirement);
}

/* Whether the path of a request, from @depth on, is this one or below it. */
static gboolean
covers (const Requirement *self,
        GcoapMessage      *request,
        guint              depth)
{
  guint n = gcoap_message_get_n_options (request);
  guint seen = 0;

  for (guint i = 0; i < n && seen < depth + self->segments->len; i++)
    {
      const guint8 *data = NULL;
      const guint8 *wanted;
      gsize length = 0;
      gsize wanted_length;

      if (gcoap_message_get_option_number_at (request, i) != GCOAP_OPTION_URI_PATH)
        continue;
      if (seen++ < depth)
        continue;
      gcoap_message_peek_option_at (request, i, NULL, &data, &length);
      wanted = g_bytes_get_data (g_ptr_array_index (self->segments, seen - 1 - depth), &wanted_length);
      if (length != wanted_length || (length > 0 && memcmp (data, wanted, length) != 0))
        return FALSE;
    }
  return seen == depth + self->segments->len;
}

static gboolean
matches (const char        *pattern,
         const char *const *claims)
{
  gsize length = strlen (pattern);
  gboolean is_prefix = length > 0 && pattern[length - 1] == '*';

  for (; claims != NULL && *claims != NULL; claims++)
    if (is_prefix ? strncmp (pattern, *claims, length - 1) == 0 : strcmp (pattern, *claims) == 0)
      return TRUE;
  return FALSE;
}

gboolean
gcoap_site_requirements_are_met (GcoapSiteRequirements *self,
                                 GcoapExchange         *exchange,
                                 guint                  depth)
{
  const char *const *claims = gcoap_exchange_get_claims (exchange);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);

  for (guint i = 0; i < self->all->len; i++)
    {
      const Requirement *requirement = g_ptr_array_index (self->all, i);
      gboolean is_met = !covers (requirement, request, depth);

      for (guint j = 0; !is_met && j < requirement->patterns->len; j++)
        is_met = matches (g_ptr_array_index (requirement->patterns, j), claims);
      if (!is_met)
        return FALSE;
    }
  return TRUE;
}
