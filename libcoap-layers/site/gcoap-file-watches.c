/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-watches-private.h"

#include <unistd.h>

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "site/gcoap-file-operations-private.h"
#include "site/gcoap-resource-streams-private.h"

#define WATCH_KEY "gcoap-file-watch"

/* What is behind a descriptor is not a path longer than this. */
#define MAX_PATH_LENGTH 4096

struct _GcoapFileWatches
{
  guint          ref_count;
  GcoapResource *resource;   /* not owned; NULL when it is gone */
  GMainContext  *context;
  GHashTable    *by_path;    /* path -> Watch, not owned */
};

typedef struct
{
  GcoapFileWatches *watches;
  char             *path;
  guint             n_observers;
  gboolean          is_directory;
  GFileMonitor     *monitor;
  GSource          *pause;   /* NULL: nothing has changed lately */
} Watch;

static void
watches_unref (GcoapFileWatches *self)
{
  if (--self->ref_count > 0)
    return;
  g_main_context_unref (self->context);
  g_hash_table_unref (self->by_path);
  g_free (self);
}

static void
stop_pause (Watch *watch)
{
  if (watch->pause == NULL)
    return;
  g_source_destroy (watch->pause);
  g_clear_pointer (&watch->pause, g_source_unref);
}

/* One who observed is gone: the exchange has ended. */
static void
observer_gone_cb (gpointer data)
{
  Watch *watch = data;

  if (--watch->n_observers > 0)
    return;
  stop_pause (watch);
  g_signal_handlers_disconnect_by_data (watch->monitor, watch);
  g_file_monitor_cancel (watch->monitor);
  g_object_unref (watch->monitor);
  g_hash_table_remove (watch->watches->by_path, watch->path);
  watches_unref (watch->watches);
  g_free (watch->path);
  g_free (watch);
}

static gboolean
is_for_watch (GcoapExchange *exchange,
              gpointer       data)
{
  return g_object_get_data (G_OBJECT (exchange), WATCH_KEY) == data;
}

static gboolean
pause_over_cb (gpointer data)
{
  Watch *watch = data;
  GcoapResource *resource = watch->watches->resource;
  GcoapResourceStreams *streams = resource != NULL ? gcoap_resource_get_streams (resource, FALSE) : NULL;

  stop_pause (watch);
  if (streams != NULL)
    gcoap_resource_streams_notify_some (streams, is_for_watch, watch);
  return G_SOURCE_REMOVE;
}

static gboolean
is_hidden (GFile *file)
{
  g_autofree char *name = file != NULL ? g_file_get_basename (file) : NULL;

  return name == NULL || name[0] == '.';
}

/* Who writes a file does it in many steps. */
static void
changed_cb (GFileMonitor      *monitor G_GNUC_UNUSED,
            GFile             *file,
            GFile             *other,
            GFileMonitorEvent  event G_GNUC_UNUSED,
            Watch             *watch)
{
  /* What is not listed does not matter, such as a file that is being uploaded. */
  if (watch->pause != NULL || (watch->is_directory && is_hidden (file) && is_hidden (other)))
    return;
  watch->pause = g_timeout_source_new (GCOAP_FILE_WATCHES_PAUSE);
  g_source_set_callback (watch->pause, pause_over_cb, watch, NULL);
  g_source_attach (watch->pause, watch->watches->context);
}

/* Where the file is, as found by the kernel below the root; so no link leads the
 * monitor out of it. NULL if it is not there or too large. */
static GFile *
find_file (GcoapFileRoot *root,
           const char    *path,
           gboolean      *is_directory)
{
  g_autofree char *link = NULL;
  char buffer[MAX_PATH_LENGTH];
  struct stat status;
  gssize length;
  int fd = gcoap_file_root_open (root, path, &status, NULL);

  if (fd < 0)
    return NULL;
  link = g_strdup_printf ("/proc/self/fd/%d", fd);
  length = readlink (link, buffer, sizeof buffer - 1);
  close (fd);
  *is_directory = S_ISDIR (status.st_mode);
  if (length <= 0 || buffer[0] != '/' || (gsize) length >= sizeof buffer - 1
      || (!*is_directory && status.st_size > GCOAP_FILE_MAX_OBSERVED))
    return NULL;
  buffer[length] = '\0';
  return g_file_new_for_path (buffer);
}

static Watch *
watch_new (GcoapFileWatches *self,
           GcoapFileRoot    *root,
           const char       *path)
{
  gboolean is_directory = FALSE;
  g_autoptr (GFile) file = find_file (root, path, &is_directory);
  g_autoptr (GFileMonitor) monitor = NULL;
  Watch *watch;

  if (file == NULL)
    return NULL;
  monitor = is_directory ? g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL)
                         : g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (monitor == NULL)
    return NULL;
  watch = g_new0 (Watch, 1);
  watch->watches = self;
  self->ref_count++;
  watch->path = g_strdup (path);
  watch->is_directory = is_directory;
  watch->monitor = g_steal_pointer (&monitor);
  g_file_monitor_set_rate_limit (watch->monitor, GCOAP_FILE_WATCHES_PAUSE);
  g_signal_connect (watch->monitor, "changed", G_CALLBACK (changed_cb), watch);
  g_hash_table_insert (self->by_path, watch->path, watch);
  return watch;
}

gboolean
gcoap_file_watches_add (GcoapFileWatches *self,
                        GcoapFileRoot    *root,
                        const char       *path,
                        guint             maximum,
                        GcoapExchange    *exchange)
{
  Watch *watch = g_hash_table_lookup (self->by_path, path);

  if (watch == NULL && g_hash_table_size (self->by_path) >= maximum)
    {
      if (exchange->runtime != NULL)
        gcoap_statistics_count (exchange->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      return FALSE;
    }
  if (watch == NULL)
    watch = watch_new (self, root, path);
  if (watch == NULL)
    return FALSE;
  watch->n_observers++;
  g_object_set_data_full (G_OBJECT (exchange), WATCH_KEY, watch, observer_gone_cb);
  return TRUE;
}

guint
gcoap_file_watches_get_n (GcoapFileWatches *self)
{
  return g_hash_table_size (self->by_path);
}

GcoapFileWatches *
gcoap_file_watches_new (GcoapResource *resource)
{
  GcoapFileWatches *self = g_new0 (GcoapFileWatches, 1);

  self->ref_count = 1;
  self->resource = resource;
  self->context = g_main_context_ref_thread_default ();
  self->by_path = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
gcoap_file_watches_free (GcoapFileWatches *self)
{
  self->resource = NULL;
  watches_unref (self);
}
