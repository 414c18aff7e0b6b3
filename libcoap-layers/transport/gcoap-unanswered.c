/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-unanswered-private.h"

#include <string.h>

typedef struct
{
  GList   link;
  guint64 number;
  gsize   token_length;
  guint8  token[];
} Request;

void
gcoap_unanswered_clear (GcoapUnanswered *self)
{
  GList *link;

  while ((link = g_queue_pop_head_link (&self->requests)) != NULL)
    g_free (link->data);
}

void
gcoap_unanswered_add (GcoapUnanswered *self,
                      const guint8    *token,
                      gsize            token_length)
{
  Request *request = g_malloc0 (sizeof (Request) + token_length);

  request->link.data = request;
  request->number = self->next++;
  request->token_length = token_length;
  if (token_length > 0)
    memcpy (request->token, token, token_length);
  g_queue_push_tail_link (&self->requests, &request->link);
}

void
gcoap_unanswered_remove (GcoapUnanswered *self,
                         const guint8    *token,
                         gsize            token_length)
{
  for (GList *link = self->requests.head; link != NULL; link = link->next)
    {
      Request *request = link->data;

      if (request->token_length == token_length
          && (token_length == 0 || memcmp (request->token, token, token_length) == 0))
        {
          g_queue_unlink (&self->requests, link);
          g_free (request);
          return;
        }
    }
}

gboolean
gcoap_unanswered_has_passed (const GcoapUnanswered *self,
                             guint64                mark)
{
  return self->requests.length == 0 || ((Request *) self->requests.head->data)->number >= mark;
}
