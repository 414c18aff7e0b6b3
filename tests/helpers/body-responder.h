/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource that holds a body: GET and FETCH give it, PUT replaces it, POST
 * gives what was posted back, and all of it is counted. */
#pragma once

#include "site/gcoap-resource.h"

G_BEGIN_DECLS

#define BODY_TYPE_RESPONDER (body_responder_get_type ())
G_DECLARE_FINAL_TYPE (BodyResponder, body_responder, BODY, RESPONDER, GcoapResource)

struct _BodyResponder
{
  GcoapResource parent_instance;

  GBytes        *body;
  GcoapMessage  *request;       /* the latest */
  guint          n_requests;
  gboolean       adds_etag;     /* a new one with each PUT */
  gboolean       changes;       /* the body is another one each time it is asked for */
  gboolean       streams;       /* the body goes out from a stream */
  gboolean       is_unseekable; /* and that cannot seek */
  gboolean       fails;         /* what a body is written to cannot be written */
  guint          n_cancelled;   /* of the requests whose body it took in a stream */
  GcoapCode      put_code;      /* 2.04 */
};

BodyResponder *body_responder_new (GBytes *body);

/* @length bytes that look random, but are the same for the same @seed. */
GBytes *body_new (gsize length, guint32 seed);

/* A stream of a body that cannot seek. */
GInputStream *body_new_unseekable (GBytes *body);

G_END_DECLS
