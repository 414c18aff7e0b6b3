/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines edited on a terminal, by libedit. It takes one key whenever there is
 * one, so the main loop goes on while somebody types: its readline interface
 * could do that too, but keeps a pointer into a buffer that it reallocates for
 * long lines beyond ASCII. */
#include "gcoap-client/shell-editor.h"

#ifdef HAVE_LIBEDIT

#include <errno.h>
#include <glib-unix.h>
#include <histedit.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* How long the rest of a key, such as that of an arrow, may take. */
#define KEY_TIME 100
#define CONTROL_D '\004'

struct _ShellEditor
{
  ShellInputFuncs  funcs;
  gpointer         data;
  EditLine        *edit;
  History         *history;
  char            *prompt;
  guint            source_id;
  guint            resized_id;
  gboolean         is_asking;
  gboolean         is_hidden;
  gboolean         has_ended;
  char            *waiting;     /* the line that waits for what completes it */
};

static ShellEditor *
get_self (EditLine *edit)
{
  void *self = NULL;

  el_get (edit, EL_CLIENTDATA, &self);
  return self;
}

static char *
prompt_cb (EditLine *edit)
{
  return get_self (edit)->prompt;
}

/* One character, or 0 if the rest of it does not come: libedit waits for what
 * belongs to an escape character, and with it would wait everything else. */
static int
read_character_cb (EditLine *edit,
                   wchar_t  *character)
{
  ShellEditor *self = get_self (edit);
  struct pollfd poll_fd = { .fd = STDIN_FILENO, .events = POLLIN };
  mbstate_t state = { 0 };

  while (poll (&poll_fd, 1, KEY_TIME) > 0)
    {
      char byte;
      gssize n_read = read (STDIN_FILENO, &byte, 1);
      gsize converted;

      if (n_read < 0 && (errno == EINTR || errno == EAGAIN))
        continue;
      if (n_read <= 0)
        {
          self->has_ended = TRUE;
          return 0;
        }
      converted = mbrtowc (character, &byte, 1, &state);
      if (converted == (gsize) -1)
        memset (&state, 0, sizeof state);
      else if (converted != (gsize) -2)
        return 1;
    }

  return 0;
}

static guint
get_columns (void)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static guint
get_width (const char *text,
           gsize       length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  guint width = 0;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    width += g_unichar_iszerowidth (g_utf8_get_char (p)) ? 0 : g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;

  return width;
}

static char *
dup_line (ShellEditor *self,
          gsize       *point)
{
  const LineInfo *line = el_line (self->edit);

  *point = (gsize) (line->cursor - line->buffer);
  return g_strndup (line->buffer, (gsize) (line->lastchar - line->buffer));
}

void
shell_editor_hide (ShellEditor *self)
{
  gsize point;
  g_autofree char *line = NULL;
  guint row;

  if (!self->is_asking || self->is_hidden)
    return;

  line = dup_line (self, &point);
  row = (get_width (self->prompt, strlen (self->prompt)) + get_width (line, point)) / get_columns ();
  if (row > 0)
    printf ("\033[%uA", row);
  printf ("\r\033[J");
  fflush (stdout);
  self->is_hidden = TRUE;
}

void
shell_editor_show (ShellEditor *self)
{
  if (!self->is_hidden)
    return;

  self->is_hidden = FALSE;
  el_set (self->edit, EL_REFRESH);
}

static void
print_candidates (ShellEditor     *self,
                  ShellCompletion *completion)
{
  guint columns = get_columns ();
  guint cell = 1;
  guint n_columns;
  guint n_rows;

  for (guint i = 0; i < completion->candidates->len; i++)
    {
      const char *candidate = g_ptr_array_index (completion->candidates, i);

      cell = MAX (cell, get_width (candidate, strlen (candidate)) + 2);
    }
  n_columns = MAX (1, columns / cell);
  n_rows = (completion->candidates->len + n_columns - 1) / n_columns;

  shell_editor_hide (self);
  for (guint row = 0; row < n_rows; row++)
    {
      for (guint i = row; i < completion->candidates->len; i += n_rows)
        {
          const char *candidate = g_ptr_array_index (completion->candidates, i);
          guint width = get_width (candidate, strlen (candidate));

          printf ("%s%*s", candidate, i + n_rows < completion->candidates->len ? (int) (cell - width) : 0, "");
        }
      printf ("\n");
    }
  shell_editor_show (self);
}

static unsigned char
complete_cb (EditLine *edit,
             int       key G_GNUC_UNUSED)
{
  ShellEditor *self = get_self (edit);
  gsize point;
  g_autofree char *line = dup_line (self, &point);
  g_autoptr (ShellCompletion) completion = self->funcs.complete (line, point, self->data);
  g_autofree char *common = shell_completion_dup_common (completion);
  g_autofree char *typed = g_strndup (line + completion->start, point - completion->start);

  g_clear_pointer (&self->waiting, g_free);
  if (completion->wants_links)
    {
      self->waiting = g_strdup (line);
      return CC_NORM;
    }
  if (completion->candidates->len == 0)
    return CC_REFRESH_BEEP;
  if (*common != '\0' && strcmp (common, typed) != 0 && strlen (common) + 1 > strlen (typed))
    {
      el_deletestr (edit, (int) g_utf8_strlen (typed, -1));
      el_insertstr (edit, common);
      return CC_REFRESH;
    }
  if (completion->candidates->len > 1)
    print_candidates (self, completion);

  return CC_NORM;
}

/* Takes one key; that may complete a line. */
static void
take_key (ShellEditor *self)
{
  g_autofree char *line = NULL;
  int length = 0;
  const char *text;

  text = el_gets (self->edit, &length);
  if (self->has_ended || (text != NULL && length == 1 && text[0] == CONTROL_D))
    {
      shell_editor_stop (self);
      self->funcs.line (NULL, self->data);
    }
  else if (text != NULL && length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r'))
    {
      line = g_strndup (text, (gsize) length - 1);
      shell_editor_stop (self);
      self->funcs.line (line, self->data);
    }
}

static gboolean
key_cb (int          fd G_GNUC_UNUSED,
        GIOCondition condition G_GNUC_UNUSED,
        gpointer     data)
{
  ShellEditor *self = data;
  struct termios mode;

  /* Who stopped the program and went on left the terminal in another mode. */
  if (tcgetattr (STDIN_FILENO, &mode) == 0 && (mode.c_lflag & ICANON) != 0)
    el_set (self->edit, EL_PREP_TERM, 1);
  take_key (self);
  return G_SOURCE_CONTINUE;
}

void
shell_editor_complete_again (ShellEditor *self)
{
  gsize point;
  g_autofree char *line = NULL;
  g_autofree char *waiting = g_steal_pointer (&self->waiting);

  if (!self->is_asking || waiting == NULL)
    return;
  line = dup_line (self, &point);
  /* Who has typed on does not wait any more. */
  if (strcmp (line, waiting) != 0)
    return;

  el_push (self->edit, "\t");
  take_key (self);
}

void
shell_editor_ask (ShellEditor *self,
                  const char  *prompt)
{
  g_free (self->prompt);
  self->prompt = g_strdup (prompt);
  self->is_asking = TRUE;
  self->is_hidden = FALSE;
  el_set (self->edit, EL_UNBUFFERED, 1);
  if (self->source_id == 0)
    self->source_id = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, key_cb, self);
}

void
shell_editor_stop (ShellEditor *self)
{
  g_clear_pointer (&self->waiting, g_free);
  g_clear_handle_id (&self->source_id, g_source_remove);
  if (self->is_asking)
    el_set (self->edit, EL_UNBUFFERED, 0);
  self->is_asking = FALSE;
}

void
shell_editor_remember (ShellEditor *self,
                       const char  *line)
{
  HistEvent event;

  history (self->history, &event, H_ENTER, line);
}

void
shell_editor_forget (ShellEditor *self)
{
  HistEvent event;

  history (self->history, &event, H_CLEAR);
}

static gboolean
resized_cb (gpointer data)
{
  ShellEditor *self = data;

  el_resize (self->edit);
  if (self->is_asking && !self->is_hidden)
    el_set (self->edit, EL_REFRESH);
  return G_SOURCE_CONTINUE;
}

static void
bind_keys (ShellEditor *self)
{
  static const char *const keys[][2] = {
    { "^I", "shell-complete" },
    { "\\e[1~", "ed-move-to-beg" }, { "\\e[H", "ed-move-to-beg" }, { "\\eOH", "ed-move-to-beg" },
    { "\\e[4~", "ed-move-to-end" }, { "\\e[F", "ed-move-to-end" }, { "\\eOF", "ed-move-to-end" },
    { "\\e[3~", "ed-delete-next-char" },
    { "\\e[1;5D", "ed-prev-word" }, { "\\e[1;5C", "em-next-word" },
  };

  el_set (self->edit, EL_ADDFN, "shell-complete", "Complete a word", complete_cb);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    el_set (self->edit, EL_BIND, keys[i][0], keys[i][1], NULL);
}

ShellEditor *
shell_editor_new (const ShellInputFuncs *funcs,
                  gpointer               data)
{
  ShellEditor *self;
  const char *term = g_getenv ("TERM");
  HistEvent event;

  if (term == NULL || *term == '\0' || strcmp (term, "dumb") == 0)
    return NULL;

  self = g_new0 (ShellEditor, 1);
  self->funcs = *funcs;
  self->data = data;
  self->prompt = g_strdup ("");
  self->edit = el_init ("gcoap-client", stdin, stdout, stderr);
  self->history = history_init ();
  history (self->history, &event, H_SETSIZE, SHELL_HISTORY_MAX);
  history (self->history, &event, H_SETUNIQUE, 1);
  el_set (self->edit, EL_CLIENTDATA, self);
  el_set (self->edit, EL_PROMPT, prompt_cb);
  el_set (self->edit, EL_GETCFN, read_character_cb);
  /* Signals are those of the main loop. */
  el_set (self->edit, EL_SIGNAL, 0);
  el_set (self->edit, EL_EDITOR, "emacs");
  el_set (self->edit, EL_HIST, history, self->history);
  bind_keys (self);
  el_source (self->edit, NULL);
  self->resized_id = g_unix_signal_add (SIGWINCH, resized_cb, self);

  return self;
}

void
shell_editor_free (ShellEditor *self)
{
  shell_editor_stop (self);
  g_source_remove (self->resized_id);
  el_end (self->edit);
  history_end (self->history);
  g_free (self->prompt);
  g_free (self);
}

#else

ShellEditor *
shell_editor_new (const ShellInputFuncs *funcs G_GNUC_UNUSED,
                  gpointer               data G_GNUC_UNUSED)
{
  return NULL;
}

void
shell_editor_free (ShellEditor *self G_GNUC_UNUSED)
{
}

void
shell_editor_ask (ShellEditor *self G_GNUC_UNUSED,
                  const char  *prompt G_GNUC_UNUSED)
{
}

void
shell_editor_stop (ShellEditor *self G_GNUC_UNUSED)
{
}

void
shell_editor_hide (ShellEditor *self G_GNUC_UNUSED)
{
}

void
shell_editor_show (ShellEditor *self G_GNUC_UNUSED)
{
}

void
shell_editor_complete_again (ShellEditor *self G_GNUC_UNUSED)
{
}

void
shell_editor_remember (ShellEditor *self G_GNUC_UNUSED,
                       const char  *line G_GNUC_UNUSED)
{
}

void
shell_editor_forget (ShellEditor *self G_GNUC_UNUSED)
{
}

#endif
