/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-job-private.h"

#include <errno.h>

#include "base/gcoap-error.h"
#include "helpers/file-tree.h"

static GMutex lock;
static GCond cond;
static gboolean may_go_on;
static gboolean has_ended;

static gboolean
wait_func (GcoapFileJob *job,
           GError      **error G_GNUC_UNUSED)
{
  g_mutex_lock (&lock);
  while (!may_go_on)
    g_cond_wait (&cond, &lock);
  has_ended = TRUE;
  g_mutex_unlock (&lock);
  job->payload = g_bytes_new_static ("slow", 4);
  job->format = 0;
  return TRUE;
}

static gboolean
fail_func (GcoapFileJob *job G_GNUC_UNUSED,
           GError      **error)
{
  gcoap_file_set_error (error, ENOSPC);
  return FALSE;
}

static GcoapFileJob *
job_for (TestExchange *exchange)
{
  g_autoptr (GcoapFileRoot) root = gcoap_file_root_new ("/", TRUE, NULL);

  return gcoap_file_job_new (root, ".", exchange->exchange, 8);
}

static void
let_go_on (void)
{
  g_mutex_lock (&lock);
  may_go_on = TRUE;
  g_cond_broadcast (&cond);
  g_mutex_unlock (&lock);
}

/* While the disk takes its time the loop goes on. */
static void
test_loop_goes_on (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  may_go_on = FALSE;
  gcoap_file_job_run (job_for (exchange), wait_func);
  for (guint i = 0; i < 10; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (gcoap_exchange_is_open (exchange->exchange));
  let_go_on ();
  file_tree_wait (exchange);
  test_exchange_assert_text (exchange, "slow");
}

static void
test_cancelled (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  GcoapExchange *held = exchange->exchange;

  may_go_on = FALSE;
  has_ended = FALSE;
  g_object_add_weak_pointer (G_OBJECT (held), (gpointer *) &held);
  gcoap_file_job_run (job_for (exchange), wait_func);
  g_clear_pointer (&exchange, test_exchange_free);
  let_go_on ();
  /* The job had the last reference, and gives it up in this thread. */
  while (held != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (has_ended);
}

static void
test_error (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "a", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  gsize length;
  const guint8 *text;

  gcoap_file_job_run (job_for (exchange), fail_func);
  file_tree_wait (exchange);
  test_exchange_assert_code (exchange, GCOAP_CODE_INTERNAL_SERVER_ERROR);
  text = gcoap_message_get_payload_data (test_exchange_get_response (exchange), &length);
  g_assert_nonnull (g_strstr_len ((const char *) text, (gssize) length, "full"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/file-job/loop-goes-on", test_loop_goes_on);
  g_test_add_func ("/file-job/cancelled", test_cancelled);
  g_test_add_func ("/file-job/error", test_error);
  return g_test_run ();
}
