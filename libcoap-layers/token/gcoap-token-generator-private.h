/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes tokens: 64 random bits against spoofed responses where nothing else
 * protects (RFC 7252 §5.3.1), a count per association where that binds
 * responses to requests (RFC 9175 §4.2). */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define GCOAP_TOKEN_GENERATED_LENGTH 8

typedef struct
{
  GHashTable *counters;   /* address of an association -> next number */
} GcoapTokenGenerator;

void gcoap_token_generator_init (GcoapTokenGenerator *self);

void gcoap_token_generator_clear (GcoapTokenGenerator *self);

/* Writes a token that the association has not had before, or a random one;
 * returns its length, at least 1. Random ones may be in use already: the
 * caller looks. */
gsize gcoap_token_generator_next (GcoapTokenGenerator  *self,
                                  GcoapEndpointAddress *address,
                                  guint                 max_associations,
                                  guint8                token[GCOAP_TOKEN_GENERATED_LENGTH]);

/* The association has ended; its keys will not be used again. */
void gcoap_token_generator_forget (GcoapTokenGenerator  *self,
                                   GcoapEndpointAddress *address);

G_END_DECLS
