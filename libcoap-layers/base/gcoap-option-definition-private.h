/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library knows about an option, and the lookup by number. */
#pragma once

#include "base/gcoap-option-number.h"

G_BEGIN_DECLS

/* The largest length an option header can express (RFC 7252 §3.1). */
#define GCOAP_OPTION_LENGTH_MAX 65804

typedef struct
{
  guint number;
  const char *name;
  const char *nick;
  GcoapOptionFormat format;
  /* Lengths a value may have, in bytes, both inclusive. */
  guint min_length;
  guint max_length;
  gboolean repeatable;
  GcoapOscoreOptionClass oscore_class;
} GcoapOptionDefinition;

const GcoapOptionDefinition *gcoap_option_definition_lookup (guint number);
const GcoapOptionDefinition *gcoap_option_definition_lookup_signaling (guint code,
                                                                       guint number);
const GcoapOptionDefinition *gcoap_option_definition_find (const char *name);
gboolean gcoap_option_definition_register (const GcoapOptionDefinition *definition,
                                           GError                     **error);

G_END_DECLS
