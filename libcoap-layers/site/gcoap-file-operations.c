/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-operations-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/gcoap-content-format.h"
#include "base/gcoap-error.h"
#include "site/gcoap-file-draft-private.h"
#include "site/gcoap-file-stream-private.h"
#include "site/gcoap-representation-private.h"
#include "site/gcoap-site-tree-private.h"
#include "wire/gcoap-link-format.h"

/* Two writers at a time would not see each other's preconditions. */
static GMutex write_lock;

void
gcoap_file_lock_writers (void)
{
  g_mutex_lock (&write_lock);
}

void
gcoap_file_unlock_writers (void)
{
  g_mutex_unlock (&write_lock);
}

void
gcoap_file_job_free (GcoapFileJob *self)
{
  gcoap_file_draft_discard (&self->draft);
  gcoap_file_root_unref (self->root);
  g_clear_pointer (&self->request, gcoap_message_unref);
  g_clear_object (&self->exchange);
  g_free (self->path);
  g_free (self->link_prefix);
  g_clear_pointer (&self->etag, g_bytes_unref);
  g_clear_pointer (&self->payload, g_bytes_unref);
  g_clear_object (&self->body);
  g_free (self);
}

GBytes *
gcoap_file_make_etag (const struct stat *status,
                      guint              length)
{
  const guint64 parts[] = {
    status->st_dev, status->st_ino, (guint64) status->st_size,
    (guint64) status->st_mtim.tv_sec, (guint64) status->st_mtim.tv_nsec,
  };
  g_autoptr (GBytes) bytes = g_bytes_new_static (parts, sizeof parts);
  g_autoptr (GBytes) etag = gcoap_etag_for_bytes (bytes);

  return g_bytes_new_from_bytes (etag, 0, length);
}

/* Formats that MIME databases seldom know. */
static const struct { const char *suffix; guint format; } known_suffixes[] = {
  { ".cbor", GCOAP_CONTENT_FORMAT_CBOR },
  { ".json", GCOAP_CONTENT_FORMAT_JSON },
  { ".wlnk", GCOAP_CONTENT_FORMAT_LINK_FORMAT },
};

static guint
find_format (const char   *path,
             const guint8 *data,
             gsize         length,
             gboolean      is_whole)
{
  g_autofree char *type = NULL;
  g_autofree char *media_type = NULL;
  const char *end;
  guint format;

  for (gsize i = 0; i < G_N_ELEMENTS (known_suffixes); i++)
    if (g_str_has_suffix (path, known_suffixes[i].suffix))
      return known_suffixes[i].format;
  type = g_content_type_guess (path, data, length, NULL);
  media_type = g_content_type_get_mime_type (type);
  /* What is text is sent as UTF-8 text, if it is that. */
  if (media_type != NULL && !g_content_type_is_a (type, "text/plain")
      && gcoap_content_format_from_string (media_type, &format, NULL))
    return format;
  if (media_type != NULL && g_content_type_is_a (type, "text/plain")
      && (g_utf8_validate_len ((const char *) data, length, &end)
          || (!is_whole && data + length - (const guint8 *) end < 4)))
    return gcoap_content_format_from_string (media_type, &format, NULL)
           ? format : GCOAP_CONTENT_FORMAT_TEXT_PLAIN;
  return GCOAP_CONTENT_FORMAT_OCTET_STREAM;
}

/* Fills as much as there is; -1 with errno. */
static gssize
read_fully (int     fd,
            guint8 *buffer,
            gsize   size)
{
  gsize done = 0;

  while (done < size)
    {
      gssize n = pread (fd, buffer + done, size - done, (off_t) done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }
  return (gssize) done;
}

/* Takes @fd over. */
static gboolean
read_file (GcoapFileJob      *self,
           int                fd,
           const struct stat *status,
           GError           **error)
{
  goffset limit = self->is_observed ? GCOAP_FILE_MAX_OBSERVED : GCOAP_FILE_MAX_IN_MEMORY;
  gboolean is_small = status->st_size <= limit;
  g_autofree guint8 *data = NULL;
  gssize length;

  self->etag = gcoap_file_make_etag (status, self->etag_length);
  if (gcoap_representation_names_etag (self->request, GCOAP_OPTION_ETAG, self->etag))
    {
      close (fd);
      return TRUE;
    }
  if (!is_small && self->is_observed)
    {
      close (fd);
      g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR,
                           "The file has become too large to be observed.");
      return FALSE;
    }
  data = g_malloc (is_small ? (gsize) status->st_size + 1 : 4096);
  length = read_fully (fd, data, is_small ? (gsize) status->st_size : 4096);
  if (length < 0)
    {
      gcoap_file_set_error (error, errno);
      close (fd);
      return FALSE;
    }
  self->format = (gint) find_format (self->path, data, (gsize) length, is_small);
  if (is_small)
    {
      self->payload = g_bytes_new_take (g_steal_pointer (&data), (gsize) length);
      close (fd);
    }
  else
    self->body = gcoap_file_stream_new (fd, status->st_size);
  return TRUE;
}

/* What a name in a directory stands for; FALSE: nothing that is served. */
static gboolean
look_at (GcoapFileJob *self,
         int           directory,
         const char   *name,
         struct stat  *status)
{
  g_autofree char *path = NULL;
  int fd;

  /* Hidden files stay hidden. */
  if (name[0] == '.' || strlen (name) > 255
      || fstatat (directory, name, status, AT_SYMLINK_NOFOLLOW) != 0)
    return FALSE;
  if (!S_ISLNK (status->st_mode))
    return S_ISREG (status->st_mode) || S_ISDIR (status->st_mode);

  path = g_str_equal (self->path, ".") ? g_strdup (name) : g_build_filename (self->path, name, NULL);
  fd = gcoap_file_root_open (self->root, path, status, NULL);
  if (fd < 0)
    return FALSE;
  close (fd);
  return TRUE;
}

static char *
make_target (GcoapFileJob *self,
             const char   *name,
             gboolean      is_directory)
{
  g_auto (GStrv) segments = g_strsplit (g_str_equal (self->path, ".") ? "" : self->path, "/", -1);
  char *target = g_strdup (self->link_prefix);

  for (guint i = 0;; i++)
    {
      const char *segment = segments[i] != NULL ? segments[i] : name;
      char *longer = gcoap_site_path_append (target, (const guint8 *) segment, strlen (segment));

      g_free (target);
      target = longer;
      if (segments[i] == NULL)
        break;
    }
  if (is_directory)
    {
      char *longer = g_strconcat (target, "/", NULL);

      g_free (target);
      target = longer;
    }
  return target;
}

static GcoapLink *
make_link (GcoapFileJob      *self,
           const char        *name,
           const struct stat *status)
{
  gboolean is_directory = S_ISDIR (status->st_mode);
  g_autofree char *target = make_target (self, name, is_directory);
  g_autofree char *size = NULL;
  GcoapLink *link = gcoap_link_new (target);

  if (is_directory)
    {
      gcoap_link_add_attribute (link, "ct", "40");
      return link;
    }
  size = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) status->st_size);
  gcoap_link_add_attribute (link, "sz", size);
  return link;
}

/* A line for people to read. A name may have any bytes. */
static void
append_line (GString           *text,
             const char        *name,
             const struct stat *status)
{
  g_autofree char *shown = g_utf8_make_valid (name, -1);

  for (char *c = shown; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = '?';
  if (S_ISDIR (status->st_mode))
    g_string_append_printf (text, "%12s  %s/\n", "", shown);
  else
    g_string_append_printf (text, "%12" G_GINT64_FORMAT "  %s\n", (gint64) status->st_size, shown);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
wants_text (GcoapMessage *request)
{
  guint accepted;

  return gcoap_message_get_option_uint (request, GCOAP_OPTION_ACCEPT, &accepted)
         && accepted == GCOAP_CONTENT_FORMAT_TEXT_PLAIN;
}

/* Takes @fd over. */
static gboolean
list_directory (GcoapFileJob *self,
                int           fd,
                GError      **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_link_unref);
  g_autoptr (GBytes) etag = NULL;
  g_autoptr (GString) lines = g_string_new (NULL);
  gboolean is_text = wants_text (self->request);
  DIR *directory = fdopendir (fd);
  struct dirent *entry;
  struct stat status;
  char *text;

  if (directory == NULL)
    {
      gcoap_file_set_error (error, errno);
      close (fd);
      return FALSE;
    }
  while (names->len < GCOAP_FILE_MAX_LISTED && (entry = readdir (directory)) != NULL)
    if (entry->d_name[0] != '.')
      g_ptr_array_add (names, g_strdup (entry->d_name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);

      if (!look_at (self, dirfd (directory), name, &status))
        continue;
      if (is_text)
        append_line (lines, name, &status);
      else
        g_ptr_array_add (links, make_link (self, name, &status));
    }
  closedir (directory);

  text = is_text ? g_string_free (g_steal_pointer (&lines), FALSE) : gcoap_link_format_write (links);
  self->payload = g_bytes_new_take (text, strlen (text));
  self->format = is_text ? GCOAP_CONTENT_FORMAT_TEXT_PLAIN : GCOAP_CONTENT_FORMAT_LINK_FORMAT;
  etag = gcoap_etag_for_bytes (self->payload);
  self->etag = g_bytes_new_from_bytes (etag, 0, self->etag_length);
  return TRUE;
}

gboolean
gcoap_file_job_read (GcoapFileJob *self,
                     GError      **error)
{
  struct stat status;
  int fd = gcoap_file_root_open (self->root, self->path, &status, error);

  if (fd < 0)
    return FALSE;
  if (S_ISREG (status.st_mode))
    return read_file (self, fd, &status, error);
  if (self->lists)
    return list_directory (self, fd, error);
  close (fd);
  g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_FORBIDDEN,
                       "Directories are not listed.");
  return FALSE;
}

gboolean
gcoap_file_job_check_present (GcoapFileJob *self,
                              int           directory,
                              const char   *name,
                              struct stat  *status,
                              gboolean     *exists,
                              GError      **error)
{
  g_autoptr (GBytes) etag = NULL;

  *exists = fstatat (directory, name, status, AT_SYMLINK_NOFOLLOW) == 0;
  if (!*exists && errno != ENOENT)
    {
      gcoap_file_set_error (error, errno);
      return FALSE;
    }
  if (*exists && S_ISDIR (status->st_mode))
    {
      gcoap_file_set_error (error, EISDIR);
      return FALSE;
    }
  if (*exists && !S_ISREG (status->st_mode) && !S_ISLNK (status->st_mode))
    {
      gcoap_file_set_error (error, EACCES);
      return FALSE;
    }
  if (*exists && S_ISLNK (status->st_mode))
    {
      struct stat behind;
      int fd = gcoap_file_root_open (self->root, self->path, &behind, NULL);

      /* GET gives the tag of what the link leads to. */
      if (fd >= 0)
        {
          etag = gcoap_file_make_etag (&behind, self->etag_length);
          close (fd);
        }
    }
  else if (*exists)
    {
      /* A file that must not be written shall not be replaced either. */
      if (faccessat (directory, name, W_OK, AT_EACCESS) != 0)
        {
          gcoap_file_set_error (error, errno);
          return FALSE;
        }
      etag = gcoap_file_make_etag (status, self->etag_length);
    }
  return gcoap_representation_check_preconditions (self->request, *exists, etag, error);
}

gboolean
gcoap_file_job_delete (GcoapFileJob *self,
                       GError      **error)
{
  struct stat status;
  const char *name;
  gboolean exists;
  gboolean done;
  int directory = gcoap_file_root_open_parent (self->root, self->path, &name, error);

  if (directory < 0)
    return FALSE;
  g_mutex_lock (&write_lock);
  done = gcoap_file_job_check_present (self, directory, name, &status, &exists, error);
  if (done && exists && unlinkat (directory, name, 0) != 0 && errno != ENOENT)
    {
      gcoap_file_set_error (error, errno);
      done = FALSE;
    }
  g_mutex_unlock (&write_lock);
  if (done && exists)
    fsync (directory);
  close (directory);
  return done;
}
