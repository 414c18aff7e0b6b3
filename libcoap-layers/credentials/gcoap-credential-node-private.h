/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A credential map as it was read: a tree of items that know where they stand
 * in the text. It holds secrets, and wipes them. */
#pragma once

#include <glib-object.h>

#include "formats/gcoap-cbor-reader.h"

G_BEGIN_DECLS

/* Items of one map, keys among them. */
#define GCOAP_CREDENTIAL_MAX_NODES 65536

typedef struct _GcoapCredentialNode GcoapCredentialNode;

struct _GcoapCredentialNode
{
  GcoapCborType type;
  gsize         offset;
  /* Of text and byte strings; a NUL follows, and text has none inside. And of
   * integers without a sign that @number has no room for, whose type is that of
   * a tag: the most significant byte first. */
  char         *data;
  gsize         length;
  gint64        number;
  gboolean      boolean;
  /* Of maps alone, in the order of the values; keys are text. */
  GPtrArray    *keys;
  GPtrArray    *values;
  /* While it is being resolved, for references that lead in a circle. */
  gboolean      is_busy;
  /* What was made of it, so that it is made once. */
  GObject      *credential;
};

/* Reads diagnostic notation, or JSON; errors name line and column. */
GcoapCredentialNode *gcoap_credential_node_parse (const char *text,
                                                  gsize       length,
                                                  GError    **error) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_credential_node_free (GcoapCredentialNode *self);

/* The value of a key; NULL if there is none, or it is no map. */
GcoapCredentialNode *gcoap_credential_node_get (GcoapCredentialNode *self,
                                                const char          *key);

GcoapCredentialNode *gcoap_credential_node_get_key (GcoapCredentialNode *self,
                                                    guint                position);

GcoapCredentialNode *gcoap_credential_node_get_value (GcoapCredentialNode *self,
                                                      guint                position);

/* 0 for what is neither map nor array. */
guint gcoap_credential_node_get_n_values (GcoapCredentialNode *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapCredentialNode, gcoap_credential_node_free)

G_END_DECLS
