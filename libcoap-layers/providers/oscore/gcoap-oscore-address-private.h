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

/* A few that nobody needs any more, kept for reuse without an endpoint: a fresh
 * GObject for each request costs more than its cipher. */
typedef struct
{
  GcoapOscoreAddress *kept[4];
  guint               n_kept;
} GcoapOscoreAddressPool;

/* As gcoap_oscore_address_new(). */
GcoapEndpointAddress *gcoap_oscore_address_pool_take (GcoapOscoreAddressPool *pool,
                                                      GcoapEndpointAddress   *lower,
                                                      GcoapOscoreSlot        *slot) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the caller's reference; keeps the address only if that was the last one. */
void gcoap_oscore_address_pool_give (GcoapOscoreAddressPool *pool,
                                     GcoapEndpointAddress   *address);

void gcoap_oscore_address_pool_clear (GcoapOscoreAddressPool *pool);

/* Both are those of the address. */
GcoapEndpointAddress *gcoap_oscore_address_get_lower (GcoapOscoreAddress *self);
GcoapOscoreSlot *gcoap_oscore_address_get_slot (GcoapOscoreAddress *self);

G_END_DECLS
