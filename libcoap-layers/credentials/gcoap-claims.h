/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a peer has proven to be, by which kind of security. Boxed, immutable. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_CLAIMS (gcoap_claims_get_type ())

typedef struct _GcoapClaims GcoapClaims;

typedef enum
{
  GCOAP_CLAIMS_PSK,
  GCOAP_CLAIMS_RAW_PUBLIC_KEY,
  GCOAP_CLAIMS_CERTIFICATE,
  GCOAP_CLAIMS_OSCORE,
} GcoapClaimsKind;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_claims_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapClaims *gcoap_claims_new (GcoapClaimsKind kind, const char *name, GBytes *identity, const char *key_hash) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapClaims *gcoap_claims_new_oscore (const char *name, const char *context, GBytes *sender_id) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapClaims *gcoap_claims_ref (GcoapClaims *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_claims_unref (GcoapClaims *self);

GCOAP_AVAILABLE_IN_ALL
GcoapClaimsKind gcoap_claims_get_kind (GcoapClaims *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_claims_get_name (GcoapClaims *self);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_claims_get_identity (GcoapClaims *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_claims_get_key_hash (GcoapClaims *self);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_claims_get_sender_id (GcoapClaims *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_claims_equal (GcoapClaims *self, GcoapClaims *other);

GCOAP_AVAILABLE_IN_ALL
char **gcoap_claims_to_strv (GcoapClaims *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapClaims, gcoap_claims_unref)

G_END_DECLS
