/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-poller-private.h"

#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  GcoapPoller      *poller;
  GcoapPollerEntry  entry;
  int               fds[2];
  guint             n_calls;
  GIOCondition      last;
  gboolean          defers;
  GcoapPollerEntry *victim;   /* is removed by the first call */
} End;

static void
called_cb (GIOCondition condition,
           gpointer     data)
{
  End *end = data;
  char byte;

  end->n_calls++;
  end->last = condition;
  if (condition & G_IO_IN)
    g_assert_cmpint (read (end->fds[0], &byte, 1), ==, 1);
  if (end->victim != NULL)
    gcoap_poller_remove (end->poller, end->victim);
  if (end->defers)
    gcoap_poller_defer (end->poller, &end->entry);
  end->defers = FALSE;
}

static void
end_open (End         *end,
          GcoapPoller *poller)
{
  *end = (End) { .poller = poller };
  end->entry.func = called_cb;
  end->entry.data = end;
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, end->fds), ==, 0);
  gcoap_poller_add (poller, &end->entry, end->fds[0], G_IO_IN);
}

static void
end_close (End *end)
{
  gcoap_poller_remove (end->poller, &end->entry);
  close (end->fds[0]);
  close (end->fds[1]);
}

static void
run (void)
{
  while (g_main_context_iteration (NULL, FALSE));
}

static void
test_conditions (void)
{
  g_autoptr (GError) error = NULL;
  GcoapPoller *poller = gcoap_poller_new (NULL, &error);
  End end;

  g_assert_no_error (error);
  end_open (&end, poller);
  run ();
  g_assert_cmpuint (end.n_calls, ==, 0);
  g_assert_cmpint (write (end.fds[1], "x", 1), ==, 1);
  run ();
  g_assert_cmpuint (end.n_calls, ==, 1);
  g_assert_cmpint (end.last, ==, G_IO_IN);

  gcoap_poller_set_condition (poller, &end.entry, 0);
  g_assert_cmpint (write (end.fds[1], "x", 1), ==, 1);
  run ();
  g_assert_cmpuint (end.n_calls, ==, 1);
  gcoap_poller_set_condition (poller, &end.entry, G_IO_IN);
  run ();
  g_assert_cmpuint (end.n_calls, ==, 2);

  /* Twice is once, and what is asked for inside a call comes later. */
  end.defers = TRUE;
  gcoap_poller_defer (poller, &end.entry);
  gcoap_poller_defer (poller, &end.entry);
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (end.n_calls, ==, 3);
  g_assert_cmpint (end.last, ==, 0);
  run ();
  g_assert_cmpuint (end.n_calls, ==, 4);

  gcoap_poller_defer (poller, &end.entry);
  end_close (&end);
  run ();
  g_assert_cmpuint (end.n_calls, ==, 4);
  gcoap_poller_free (poller);
}

/* Both are ready; the first takes the other out. */
static void
test_removed (void)
{
  GcoapPoller *poller = gcoap_poller_new (NULL, NULL);
  End ends[2];

  for (guint i = 0; i < 2; i++)
    {
      end_open (&ends[i], poller);
      g_assert_cmpint (write (ends[i].fds[1], "x", 1), ==, 1);
    }
  ends[0].victim = &ends[1].entry;
  ends[1].victim = &ends[0].entry;
  run ();
  g_assert_cmpuint (ends[0].n_calls + ends[1].n_calls, ==, 1);
  end_close (&ends[0]);
  end_close (&ends[1]);
  gcoap_poller_free (poller);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/poller/conditions", test_conditions);
  g_test_add_func ("/poller/removed", test_removed);
  return g_test_run ();
}
