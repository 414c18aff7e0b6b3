/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The progress of a transfer: how much, of how much, how fast, and for how long
 * yet. What takes less than a moment is not worth a line. */
#include "common/tool-progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/tool-terminal.h"

#define FIRST_AFTER    (500 * 1000)
#define REDRAWN_AFTER  (100 * 1000)
#define REPEATED_AFTER (5 * G_USEC_PER_SEC)
#define DEFAULT_WIDTH  80
#define BAR_WIDTH      24

struct _ToolProgress
{
  gboolean    on_terminal;
  const char *verb;       /* NULL: nothing was reported yet */
  guint64     bytes;
  gint64      total;
  gint64      started;
  gint64      drawn;      /* 0: never */
  gboolean    is_open;    /* the cursor stands in the line */
};

ToolProgress *
tool_progress_new (gboolean on_terminal)
{
  ToolProgress *self = g_new0 (ToolProgress, 1);

  self->on_terminal = on_terminal;
  return self;
}

void
tool_progress_free (ToolProgress *self)
{
  g_free (self);
}

static void
append_duration (GString *line,
                 gint64   seconds)
{
  if (seconds >= 3600)
    g_string_append_printf (line, "%d:%02d:%02d", (int) (seconds / 3600),
                            (int) (seconds / 60 % 60), (int) (seconds % 60));
  else
    g_string_append_printf (line, "%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
}

static char *
make_size (double bytes)
{
  static const char *const units[] = { "B", "KiB", "MiB", "GiB" };
  guint unit = 0;

  for (; bytes >= 1000 && unit + 1 < G_N_ELEMENTS (units); unit++)
    bytes /= 1024;
  return g_strdup_printf (unit == 0 ? "%.0f %s" : "%.1f %s", bytes, units[unit]);
}

static void
append_bar (GString *line,
            double   share)
{
  guint filled = (guint) (share * BAR_WIDTH);

  g_string_append_printf (line, "  %3d%% [", (int) (share * 100));
  for (guint i = 0; i < BAR_WIDTH; i++)
    g_string_append_c (line, i < filled ? '#' : '-');
  g_string_append_c (line, ']');
}

char *
tool_progress_format (const char *verb,
                      guint64     bytes,
                      gint64      total,
                      gint64      elapsed,
                      guint       width)
{
  double rate = (double) bytes / MAX ((double) elapsed / G_USEC_PER_SEC, 0.001);
  g_autofree char *size = make_size ((double) bytes);
  g_autofree char *speed = make_size (rate);
  g_autoptr (GString) line = g_string_new (NULL);
  g_autoptr (GString) tail = g_string_new (NULL);
  gboolean is_done = total >= 0 && bytes >= (guint64) total;

  g_string_printf (line, "%s %s", verb, size);
  g_string_printf (tail, "  %s/s", speed);
  if (is_done)
    {
      g_string_append (tail, " in ");
      append_duration (tail, elapsed / G_USEC_PER_SEC);
    }
  else if (total > 0)
    {
      g_autofree char *whole = make_size ((double) total);

      g_string_append_printf (line, " of %s", whole);
      if (bytes > 0 && rate > 0)
        {
          g_string_append (tail, "  ");
          append_duration (tail, (gint64) (((double) total - (double) bytes) / rate + 0.5));
          g_string_append (tail, " left");
        }
    }
  if (total > 0)
    {
      g_autoptr (GString) bar = g_string_new (NULL);

      append_bar (bar, MIN ((double) bytes / (double) total, 1));
      /* "  100%" stays where the bar has no room. */
      if (line->len + bar->len + tail->len > width)
        g_string_truncate (bar, 6);
      g_string_append (line, bar->str);
    }
  g_string_append (line, tail->str);
  if (line->len > width)
    g_string_truncate (line, width);

  return g_string_free (g_steal_pointer (&line), FALSE);
}

static guint
get_width (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
    /* In the last column some terminals break the line. */
    return size.ws_col - 1u;
  return DEFAULT_WIDTH - 1;
}

static void
draw (ToolProgress *self,
      gint64        now)
{
  g_autofree char *line = tool_progress_format (self->verb, self->bytes, self->total,
                                                now - self->started,
                                                self->on_terminal ? get_width () : 1000);
  /* Erases what is left of a longer one. */
  g_autofree char *shown = self->on_terminal ? g_strconcat ("\r", line, "\033[K", NULL)
                                             : g_strconcat (line, "\n", NULL);

  tool_print_stderr (shown);
  self->drawn = now;
  self->is_open = self->on_terminal;
}

void
tool_progress_end (ToolProgress *self)
{
  /* What was drawn on a terminal ends with the truth, and elsewhere every
   * transfer has at least one line. */
  if (self->verb != NULL && (self->drawn != 0 || !self->on_terminal))
    draw (self, g_get_monotonic_time ());
  if (self->is_open)
    tool_print_stderr ("\n");
  self->is_open = FALSE;
  self->verb = NULL;
  self->drawn = 0;
}

void
tool_progress_report (ToolProgress *self,
                      const char   *verb,
                      guint64       bytes,
                      gint64        total)
{
  gint64 now = g_get_monotonic_time ();
  gint64 due;

  if (self->verb != NULL && strcmp (self->verb, verb) != 0)
    tool_progress_end (self);
  if (self->verb == NULL)
    {
      self->verb = verb;
      self->started = now;
    }
  self->bytes = bytes;
  self->total = total;
  if (!self->on_terminal)
    due = MAX (self->drawn, self->started) + REPEATED_AFTER;
  else
    due = self->drawn == 0 ? self->started + FIRST_AFTER : self->drawn + REDRAWN_AFTER;
  if (now >= due)
    draw (self, now);
}
