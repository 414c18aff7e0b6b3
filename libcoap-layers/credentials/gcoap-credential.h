/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this machine proves who it is by, and tells by who its peers are. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

typedef enum /*< flags >*/
{
  GCOAP_SECURITY_NONE = 0,
  GCOAP_SECURITY_DTLS = 1 << 0,
  GCOAP_SECURITY_TLS = 1 << 1,
  GCOAP_SECURITY_OSCORE = 1 << 2,
} GcoapSecurity;

#define GCOAP_TYPE_CREDENTIAL (gcoap_credential_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (GcoapCredential, gcoap_credential, GCOAP, CREDENTIAL, GObject)

/**
 * GcoapCredentialClass:
 * @parent_class: the parent class
 *
 * The class of credentials; nobody outside of the library derives from it.
 *
 * Since: 0.1
 */
struct _GcoapCredentialClass
{
  GObjectClass parent_class;

  /*< private >*/
  gboolean (*equal) (GcoapCredential *self, GcoapCredential *other);
  gpointer padding[7];
};

GCOAP_AVAILABLE_IN_ALL
GcoapSecurity gcoap_credential_get_security (GcoapCredential *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_credential_set_security (GcoapCredential *self, GcoapSecurity security);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_credential_equal (GcoapCredential *self, GcoapCredential *other);

G_END_DECLS
