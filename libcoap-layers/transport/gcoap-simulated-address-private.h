/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of an endpoint or a group on a simulated link: its name. */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SIMULATED_ADDRESS (gcoap_simulated_address_get_type ())

G_DECLARE_FINAL_TYPE (GcoapSimulatedAddress, gcoap_simulated_address, GCOAP, SIMULATED_ADDRESS, GcoapEndpointAddress)

struct _GcoapSimulatedAddress
{
  GcoapEndpointAddress parent_instance;

  char         *hostinfo;
  gboolean      is_group;
  gconstpointer link;       /* only compared: whose address it is */
};

GcoapSimulatedAddress *gcoap_simulated_address_new (gconstpointer link,
                                                    const char   *hostinfo,
                                                    gboolean      is_group) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
