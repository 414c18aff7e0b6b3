/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An endpoint as it is reached under the protection of one OSCORE context. An
 * exchange with such an address is a protected one. */
#pragma once

#include "providers/oscore/gcoap-oscore-slot-private.h"
#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_OSCORE_ADDRESS (gcoap_oscore_address_get_type ())

G_DECLARE_FINAL_TYPE (GcoapOscoreAddress, gcoap_oscore_address, GCOAP, OSCORE_ADDRESS, GcoapEndpointAddress)

/* @slot is open. */
GcoapEndpointAddress *gcoap_oscore_address_new (GcoapEndpointAddress *lower,
                                                GcoapOscoreSlot      *slot) G_GNUC_WARN_UNUSED_RESULT;

/* Both are those of the address. */
GcoapEndpointAddress *gcoap_oscore_address_get_lower (GcoapOscoreAddress *self);
GcoapOscoreSlot *gcoap_oscore_address_get_slot (GcoapOscoreAddress *self);

G_END_DECLS
