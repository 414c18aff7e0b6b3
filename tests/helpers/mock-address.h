/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An endpoint address that is nothing but a name. */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define MOCK_TYPE_ADDRESS (mock_address_get_type ())

G_DECLARE_FINAL_TYPE (MockAddress, mock_address, MOCK, ADDRESS, GcoapEndpointAddress)

/* Two of one name are equal. */
GcoapEndpointAddress *mock_address_new        (const char *name) G_GNUC_WARN_UNUSED_RESULT;
GcoapEndpointAddress *mock_address_new_group  (const char *name) G_GNUC_WARN_UNUSED_RESULT;
GcoapEndpointAddress *mock_address_new_secure (const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* For a transport that carries streams of messages. */
void mock_address_set_reliable (MockAddress *self,
                                gboolean     reliable);

G_END_DECLS
