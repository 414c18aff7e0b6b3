/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all credentials have in common: what they are for. */
#include "credentials/gcoap-credential.h"

#include "credentials/gcoap-credentials-enum-types.h"

/**
 * GcoapSecurity:
 * @GCOAP_SECURITY_NONE: none
 * @GCOAP_SECURITY_DTLS: DTLS over UDP (RFC 7252 §9.1)
 * @GCOAP_SECURITY_TLS: TLS over TCP or WebSockets (RFC 8323 §9)
 * @GCOAP_SECURITY_OSCORE: OSCORE, over whatever (RFC 8613)
 *
 * The kinds of security that credentials are for.
 *
 * Since: 0.1
 */

typedef struct
{
  GcoapSecurity security;
} GcoapCredentialPrivate;

/**
 * GcoapCredential:
 *
 * What this machine proves who it is by, and tells by who a peer is.
 *
 * It does not change, except for [property@Credential:security], which is to be
 * set before it is used. Nothing gives its secrets out: there is no property
 * that could be read, and no error message or trace has them.
 *
 * Since: 0.1
 */
G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (GcoapCredential, gcoap_credential, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SECURITY,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void
gcoap_credential_get_property (GObject    *object,
                               guint       property_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_SECURITY:
      g_value_set_flags (value, gcoap_credential_get_security (GCOAP_CREDENTIAL (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_credential_set_property (GObject      *object,
                               guint         property_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_SECURITY:
      gcoap_credential_set_security (GCOAP_CREDENTIAL (object), g_value_get_flags (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_credential_class_init (GcoapCredentialClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_credential_get_property;
  object_class->set_property = gcoap_credential_set_property;

  /**
   * GcoapCredential:security: (getter get_security) (setter set_security)
   *
   * The kinds of security that the credential is for.
   *
   * Since: 0.1
   */
  properties[PROP_SECURITY] =
    g_param_spec_flags ("security", NULL, NULL, GCOAP_TYPE_SECURITY,
                        GCOAP_SECURITY_DTLS | GCOAP_SECURITY_TLS,
                        G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_credential_init (GcoapCredential *self)
{
  GcoapCredentialPrivate *priv = gcoap_credential_get_instance_private (self);

  priv->security = GCOAP_SECURITY_DTLS | GCOAP_SECURITY_TLS;
}

/**
 * gcoap_credential_get_security: (get-property security)
 * @self: a credential
 *
 * Tells what the credential is for.
 *
 * Returns: the kinds of security
 *
 * Since: 0.1
 */
GcoapSecurity
gcoap_credential_get_security (GcoapCredential *self)
{
  GcoapCredentialPrivate *priv = gcoap_credential_get_instance_private (self);

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL (self), GCOAP_SECURITY_NONE);

  return priv->security;
}

/**
 * gcoap_credential_set_security: (set-property security)
 * @self: a credential
 * @security: what it is for
 *
 * Restricts what the credential is for.
 *
 * Since: 0.1
 */
void
gcoap_credential_set_security (GcoapCredential *self,
                               GcoapSecurity    security)
{
  GcoapCredentialPrivate *priv = gcoap_credential_get_instance_private (self);

  g_return_if_fail (GCOAP_IS_CREDENTIAL (self));

  if (priv->security == security)
    return;
  priv->security = security;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECURITY]);
}

/**
 * gcoap_credential_equal:
 * @self: a credential
 * @other: another
 *
 * Tells whether two credentials hold the same, secrets too.
 *
 * Returns: %TRUE if they are alike
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_equal (GcoapCredential *self,
                        GcoapCredential *other)
{
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL (self), FALSE);
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL (other), FALSE);

  if (self == other)
    return TRUE;
  return G_OBJECT_TYPE (self) == G_OBJECT_TYPE (other)
         && gcoap_credential_get_security (self) == gcoap_credential_get_security (other)
         && GCOAP_CREDENTIAL_GET_CLASS (self)->equal (self, other);
}
