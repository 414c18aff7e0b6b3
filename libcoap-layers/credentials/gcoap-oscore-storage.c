/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "credentials/gcoap-oscore-storage.h"

/**
 * GcoapOscoreStorage:
 *
 * Keeps an OSCORE context where its sequence numbers survive.
 *
 * An application implements it to keep contexts in its own database, and names
 * it by [ctor@OscoreCredential.new_for_storage]. It is asked for one thing after
 * the other, never for two at once, and answers on the operation it is given.
 *
 * What is written is one line of text, which is to be given back as it is. That
 * must be the last one written, even after a crash: with an older one, numbers
 * would be used twice (RFC 8613 §7.2.1). Two that are open at the same time
 * would do the same, so that whoever loads must have the context alone.
 *
 * Since: 0.1
 */

/**
 * GcoapOscoreStorageInterface:
 * @load: takes the context for this process alone, or fails if somebody has it;
 *   answered with [method@OscoreOperation.finish_load]
 * @write: keeps what [method@OscoreOperation.get_state] says, and answers when
 *   it would survive a crash
 * @close: lets others have the context, which may be loaded again afterwards; by
 *   default nothing is to be done
 *
 * What keeps OSCORE contexts implements.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (GcoapOscoreStorage, gcoap_oscore_storage, G_TYPE_OBJECT)

static void
close_at_once (GcoapOscoreStorage   *self G_GNUC_UNUSED,
               GcoapOscoreOperation *operation)
{
  gcoap_oscore_operation_succeed (operation);
}

static void
do_nothing (GcoapOscoreStorage   *self G_GNUC_UNUSED,
            GcoapOscoreOperation *operation)
{
  gcoap_oscore_operation_fail (operation, "This storage of OSCORE contexts can neither load nor write.");
}

static void
gcoap_oscore_storage_default_init (GcoapOscoreStorageInterface *iface)
{
  iface->load = do_nothing;
  iface->write = do_nothing;
  iface->close = close_at_once;
}

/**
 * gcoap_oscore_storage_load:
 * @self: a storage
 * @operation: what is to be answered
 *
 * Asks for the parameters and the last state of the context.
 *
 * Since: 0.1
 */
void
gcoap_oscore_storage_load (GcoapOscoreStorage   *self,
                           GcoapOscoreOperation *operation)
{
  g_return_if_fail (GCOAP_IS_OSCORE_STORAGE (self));
  g_return_if_fail (GCOAP_IS_OSCORE_OPERATION (operation));

  GCOAP_OSCORE_STORAGE_GET_IFACE (self)->load (self, operation);
}

/**
 * gcoap_oscore_storage_write:
 * @self: a storage that has loaded
 * @operation: what is to be answered, with what is to be written
 *
 * Asks for a state to be written.
 *
 * Since: 0.1
 */
void
gcoap_oscore_storage_write (GcoapOscoreStorage   *self,
                            GcoapOscoreOperation *operation)
{
  g_return_if_fail (GCOAP_IS_OSCORE_STORAGE (self));
  g_return_if_fail (GCOAP_IS_OSCORE_OPERATION (operation));
  g_return_if_fail (gcoap_oscore_operation_get_state (operation) != NULL);

  GCOAP_OSCORE_STORAGE_GET_IFACE (self)->write (self, operation);
}

/**
 * gcoap_oscore_storage_close:
 * @self: a storage that has loaded
 * @operation: what is to be answered
 *
 * Says that the context is not in use any more.
 *
 * Since: 0.1
 */
void
gcoap_oscore_storage_close (GcoapOscoreStorage   *self,
                            GcoapOscoreOperation *operation)
{
  g_return_if_fail (GCOAP_IS_OSCORE_STORAGE (self));
  g_return_if_fail (GCOAP_IS_OSCORE_OPERATION (operation));

  GCOAP_OSCORE_STORAGE_GET_IFACE (self)->close (self, operation);
}
