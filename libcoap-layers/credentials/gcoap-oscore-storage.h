/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an OSCORE context comes from, and where what changes in it is kept. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-oscore-operation.h"

G_BEGIN_DECLS

struct _GcoapOscoreStorageInterface
{
  GTypeInterface g_iface;

  void (*load)  (GcoapOscoreStorage   *self,
                 GcoapOscoreOperation *operation);
  void (*write) (GcoapOscoreStorage   *self,
                 GcoapOscoreOperation *operation);
  void (*close) (GcoapOscoreStorage   *self,
                 GcoapOscoreOperation *operation);
};

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_storage_load (GcoapOscoreStorage   *self,
                                GcoapOscoreOperation *operation);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_storage_write (GcoapOscoreStorage   *self,
                                 GcoapOscoreOperation *operation);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_storage_close (GcoapOscoreStorage   *self,
                                 GcoapOscoreOperation *operation);

G_END_DECLS
