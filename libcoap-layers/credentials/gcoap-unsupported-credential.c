/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A placeholder: the map that names it is good, and only its use fails. */
#include "credentials/gcoap-unsupported-credential-private.h"

#include "base/gcoap-error.h"

struct _GcoapUnsupportedCredential
{
  GcoapCredential parent_instance;

  const char *what;
};

G_DEFINE_FINAL_TYPE (GcoapUnsupportedCredential, gcoap_unsupported_credential, GCOAP_TYPE_CREDENTIAL)

/* Two of them are the same only if they are one. */
static gboolean
gcoap_unsupported_credential_equal (GcoapCredential *credential,
                                    GcoapCredential *other)
{
  return credential == other;
}

static void
gcoap_unsupported_credential_class_init (GcoapUnsupportedCredentialClass *klass)
{
  GCOAP_CREDENTIAL_CLASS (klass)->equal = gcoap_unsupported_credential_equal;
}

static void
gcoap_unsupported_credential_init (GcoapUnsupportedCredential *self)
{
}

GcoapUnsupportedCredential *
gcoap_unsupported_credential_new (const char   *what,
                                  GcoapSecurity security)
{
  GcoapUnsupportedCredential *self = g_object_new (GCOAP_TYPE_UNSUPPORTED_CREDENTIAL, NULL);

  self->what = what;
  gcoap_credential_set_security (GCOAP_CREDENTIAL (self), security);
  return self;
}

gboolean
gcoap_unsupported_credential_fail (GcoapUnsupportedCredential *self,
                                   const char                 *uri,
                                   GError                    **error)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
               "The credential for “%s” is for %s, which is not supported yet.", uri, self->what);
  return FALSE;
}
