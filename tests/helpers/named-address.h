/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An endpoint address that is nothing but a name and a few flags. */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define TEST_TYPE_NAMED_ADDRESS (test_named_address_get_type ())
G_DECLARE_FINAL_TYPE (TestNamedAddress, test_named_address, TEST, NAMED_ADDRESS, GcoapEndpointAddress)

typedef enum
{
  TEST_ADDRESS_PLAIN = 0,
  TEST_ADDRESS_MULTICAST = 1 << 0,
  TEST_ADDRESS_RELIABLE = 1 << 1,
  TEST_ADDRESS_SECURE = 1 << 2,
  TEST_ADDRESS_PUBLIC = 1 << 3,
} TestAddressFlags;

/* Equal if name and flags are. */
GcoapEndpointAddress *test_named_address_new (const char       *name,
                                              TestAddressFlags  flags);

G_END_DECLS
