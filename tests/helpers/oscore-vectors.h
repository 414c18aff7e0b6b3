/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The security contexts of RFC 8613 Appendix C. */
#pragma once

#include "providers/oscore/gcoap-oscore-keys-private.h"

G_BEGIN_DECLS

typedef enum
{
  TEST_OSCORE_C1,   /* with a master salt */
  TEST_OSCORE_C2,   /* without */
  TEST_OSCORE_C3,   /* with an ID Context */
} TestOscoreVector;

GcoapOscoreKeys *test_oscore_keys (TestOscoreVector vector,
                                   gboolean         server);

/* The same with another algorithm; no such context is in the RFC. */
GcoapOscoreKeys *test_oscore_keys_for_algorithm (gint     algorithm,
                                                 gboolean server);

G_END_DECLS
