/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-directory-resource.h"

#include <string.h>

#include "interfaces/gcoap-exchange-private.h"
#include "site/gcoap-file-upload-private.h"
#include "site/gcoap-file-watches-private.h"
#include "site/gcoap-resource-demands-private.h"
#include "site/gcoap-resource-streams-private.h"
#include "site/gcoap-site-tree-private.h"

/**
 * GcoapDirectoryResource:
 *
 * The files of a directory and of those below it.
 *
 * GET on a file gives its bytes, in the content format that its name and
 * content speak for, with an entity-tag; on a directory, the links to what is in
 * it (RFC 6690), or lines of text if Accept asks for that, as
 * [property@DirectoryResource:lists] says. PUT and DELETE change files if
 * [property@DirectoryResource:writable]; names that are no UTF-8, or have control
 * characters, are not made. What comes in blocks is written to the
 * disk as it comes, beside the file; that is replaced at once and as a whole, and
 * is on the disk when the answer goes. If-Match and If-None-Match are heeded.
 *
 * Both files and directories can be observed (RFC 7641): each that somebody
 * observes is monitored, up to [property@DirectoryResource:max-monitors] of
 * them, and changes within a tenth of a second are told as one. An observer of a
 * directory hears of changes to what is directly in it. Where there are too many
 * monitors, and for files of more than 1 MiB, the answer is a plain response,
 * which declines the observation.
 *
 * Nothing outside the directory can be reached, neither by ".." nor by symbolic
 * links; links that stay inside are followed. Files that are neither regular
 * files nor directories, and those whose name starts with ".", are not there.
 *
 * Errors of the disk are told: 4.03 for what the server may not do, 4.13 for a
 * file above [property@DirectoryResource:max-file-size] or what the system
 * allows, 5.00 for a disk or quota that is full.
 *
 * Files are read and written in threads. What is larger than 64 KiB is given to
 * block-wise transfer as a stream; listings have 4096 names at most.
 *
 * Since: 0.1
 */
struct _GcoapDirectoryResource
{
  GcoapResource parent_instance;

  GcoapFileRoot *root;
  gboolean       writable;
  gboolean       lists;
  guint          etag_length;
  guint          max_monitors;
  guint64        max_file_size;
  GcoapFileWatches *watches;
};

enum
{
  PROP_0,
  PROP_WRITABLE,
  PROP_LISTS,
  PROP_ETAG_LENGTH,
  PROP_MAX_MONITORS,
  PROP_MAX_FILE_SIZE,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

#define FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

#define DEFAULT_MAX_MONITORS 64

/* As much as the numbers of blocks go up to (RFC 7959 §2.2). */
#define DEFAULT_MAX_FILE_SIZE (G_GUINT64_CONSTANT (1) << 30)

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapDirectoryResource, gcoap_directory_resource, GCOAP_TYPE_RESOURCE,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static GcoapRequestInterfaceInterface *parent_iface;

/* The path below the directory that the request names, "." for the directory
 * itself; NULL if no file can have it. */
static char *
dup_path (GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  guint depth = gcoap_exchange_get_path_depth (exchange);
  guint n = gcoap_message_count_option (request, GCOAP_OPTION_URI_PATH);
  g_autoptr (GString) path = g_string_new (NULL);

  for (guint i = depth; i < n; i++)
    {
      gsize length = 0;
      const guint8 *segment = gcoap_message_peek_option (request, GCOAP_OPTION_URI_PATH, i, &length);

      /* "a/" is the directory a. */
      if (length == 0 && i + 1 == n)
        break;
      if (segment == NULL || length == 0 || segment[0] == '.'
          || memchr (segment, '/', length) != NULL || memchr (segment, '\0', length) != NULL)
        return NULL;
      if (path->len > 0)
        g_string_append_c (path, '/');
      g_string_append_len (path, (const char *) segment, (gssize) length);
    }
  return g_strdup (path->len > 0 ? path->str : ".");
}

/* The path of the resource itself, for links. */
static char *
dup_prefix (GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  guint depth = gcoap_exchange_get_path_depth (exchange);
  char *prefix = g_strdup ("");

  for (guint i = 0; i < depth; i++)
    {
      gsize length = 0;
      const guint8 *segment = gcoap_message_peek_option (request, GCOAP_OPTION_URI_PATH, i, &length);
      char *longer = gcoap_site_path_append (prefix, segment, length);

      g_free (prefix);
      prefix = longer;
    }
  return prefix;
}

/* NULL if the request has been answered. */
static GcoapFileJob *
new_job (GcoapResource *resource,
         GcoapExchange *exchange)
{
  GcoapDirectoryResource *self = GCOAP_DIRECTORY_RESOURCE (resource);
  g_autofree char *path = dup_path (exchange);
  GcoapFileJob *job;

  if (path == NULL)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_FOUND, "There is no such file.");
      return NULL;
    }
  job = gcoap_file_job_new (self->root, path, exchange, self->etag_length);
  job->lists = self->lists;
  job->link_prefix = dup_prefix (exchange);
  job->is_observed = gcoap_resource_streams_is_rendering (exchange);
  job->max_length = self->max_file_size;
  return job;
}

static void
run (GcoapResource *resource,
     GcoapExchange *exchange,
     GcoapFileFunc  func)
{
  GcoapFileJob *job = new_job (resource, exchange);

  if (job != NULL)
    gcoap_file_job_run (job, func);
}

static void
gcoap_directory_resource_get (GcoapResource *resource,
                              GcoapExchange *exchange)
{
  run (resource, exchange, gcoap_file_job_read);
}

/* Whether the request names a file that may be changed; else it is answered. */
static gboolean
may_change (GcoapResource *resource,
            GcoapExchange *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  guint n = gcoap_message_count_option (request, GCOAP_OPTION_URI_PATH);
  gsize length = 0;

  if (!GCOAP_DIRECTORY_RESOURCE (resource)->writable)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                                "The files can only be read.");
      return FALSE;
    }
  if (n == gcoap_exchange_get_path_depth (exchange)
      || (gcoap_message_peek_option (request, GCOAP_OPTION_URI_PATH, n - 1, &length) != NULL
          && length == 0))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                                "This cannot be done with a directory.");
      return FALSE;
    }
  return TRUE;
}

/* RFC 7252 §3.2, §5.10.1: a segment is a text. What is none can be there, but is
 * not made, because no URI that a client types could name it again. */
static gboolean
is_text (const char *path)
{
  if (!g_utf8_validate (path, -1, NULL))
    return FALSE;
  for (; *path != '\0'; path++)
    if (g_ascii_iscntrl (*path))
      return FALSE;
  return TRUE;
}

static void
gcoap_directory_resource_put (GcoapResource *resource,
                              GcoapExchange *exchange)
{
  GcoapFileJob *job = may_change (resource, exchange) ? new_job (resource, exchange) : NULL;

  if (job == NULL)
    return;
  if (is_text (job->path))
    {
      gcoap_file_upload_run (job);
      return;
    }
  gcoap_exchange_fail_code (exchange, GCOAP_CODE_BAD_REQUEST,
                            "A name has to be UTF-8 without control characters.");
  gcoap_file_job_free (job);
}

static void
gcoap_directory_resource_delete (GcoapResource *resource,
                                 GcoapExchange *exchange)
{
  if (may_change (resource, exchange))
    run (resource, exchange, gcoap_file_job_delete);
}

/* A file is monitored before it is read for the first time, so that no change is
 * missed. */
static void
gcoap_directory_resource_request (GcoapRequestInterface *iface,
                                  GcoapExchange         *exchange)
{
  GcoapDirectoryResource *self = GCOAP_DIRECTORY_RESOURCE (iface);
  GcoapResource *resource = GCOAP_RESOURCE (iface);
  g_autofree char *path = NULL;

  if (self->root != NULL && gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_STREAM
      && gcoap_exchange_is_inbound (exchange) && gcoap_resource_get_observable (resource))
    path = dup_path (exchange);
  if (path == NULL
      || gcoap_file_watches_add (self->watches, self->root, path, self->max_monitors, exchange))
    parent_iface->request (iface, exchange);
  /* RFC 7641 §4.1: what is answered once is not observed. */
  else if (gcoap_resource_demands_check (gcoap_resource_get_demands (resource), exchange))
    GCOAP_RESOURCE_GET_CLASS (resource)->render (resource, exchange);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);
  iface->request = gcoap_directory_resource_request;
}

static void
gcoap_directory_resource_get_property (GObject    *object,
                                       guint       property_id,
                                       GValue     *value,
                                       GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_WRITABLE:
      g_value_set_boolean (value, GCOAP_DIRECTORY_RESOURCE (object)->writable);
      break;
    case PROP_LISTS:
      g_value_set_boolean (value, GCOAP_DIRECTORY_RESOURCE (object)->lists);
      break;
    case PROP_ETAG_LENGTH:
      g_value_set_uint (value, GCOAP_DIRECTORY_RESOURCE (object)->etag_length);
      break;
    case PROP_MAX_MONITORS:
      g_value_set_uint (value, GCOAP_DIRECTORY_RESOURCE (object)->max_monitors);
      break;
    case PROP_MAX_FILE_SIZE:
      g_value_set_uint64 (value, GCOAP_DIRECTORY_RESOURCE (object)->max_file_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_directory_resource_set_property (GObject      *object,
                                       guint         property_id,
                                       const GValue *value,
                                       GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_WRITABLE:
      gcoap_directory_resource_set_writable (GCOAP_DIRECTORY_RESOURCE (object), g_value_get_boolean (value));
      break;
    case PROP_LISTS:
      gcoap_directory_resource_set_lists (GCOAP_DIRECTORY_RESOURCE (object), g_value_get_boolean (value));
      break;
    case PROP_ETAG_LENGTH:
      gcoap_directory_resource_set_etag_length (GCOAP_DIRECTORY_RESOURCE (object), g_value_get_uint (value));
      break;
    case PROP_MAX_MONITORS:
      gcoap_directory_resource_set_max_monitors (GCOAP_DIRECTORY_RESOURCE (object), g_value_get_uint (value));
      break;
    case PROP_MAX_FILE_SIZE:
      gcoap_directory_resource_set_max_file_size (GCOAP_DIRECTORY_RESOURCE (object), g_value_get_uint64 (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_directory_resource_finalize (GObject *object)
{
  GcoapDirectoryResource *self = GCOAP_DIRECTORY_RESOURCE (object);

  g_clear_pointer (&self->watches, gcoap_file_watches_free);
  g_clear_pointer (&self->root, gcoap_file_root_unref);
  G_OBJECT_CLASS (gcoap_directory_resource_parent_class)->finalize (object);
}

static void
gcoap_directory_resource_class_init (GcoapDirectoryResourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapResourceClass *resource_class = GCOAP_RESOURCE_CLASS (klass);

  object_class->get_property = gcoap_directory_resource_get_property;
  object_class->set_property = gcoap_directory_resource_set_property;
  object_class->finalize = gcoap_directory_resource_finalize;

  resource_class->get = gcoap_directory_resource_get;
  resource_class->put = gcoap_directory_resource_put;
  resource_class->delete_ = gcoap_directory_resource_delete;

  /**
   * GcoapDirectoryResource:writable: (getter get_writable) (setter set_writable)
   *
   * Whether PUT and DELETE change files; %FALSE by default.
   *
   * Since: 0.1
   */
  properties[PROP_WRITABLE] =
    g_param_spec_boolean ("writable", NULL, NULL, FALSE, FLAGS);

  /**
   * GcoapDirectoryResource:etag-length: (getter get_etag_length) (setter set_etag_length)
   *
   * How many bytes an entity-tag has, 1 to 8 (RFC 7252 §5.10.6). Shorter ones
   * take less of a message, and are sooner the same by chance.
   *
   * Since: 0.1
   */
  properties[PROP_ETAG_LENGTH] =
    g_param_spec_uint ("etag-length", NULL, NULL, 1, 8, 8, FLAGS);

  /**
   * GcoapDirectoryResource:lists: (getter get_lists) (setter set_lists)
   *
   * Whether GET on a directory shows what is in it; else it is answered by 4.03.
   *
   * Since: 0.1
   */
  properties[PROP_LISTS] =
    g_param_spec_boolean ("lists", NULL, NULL, TRUE, FLAGS);

  /**
   * GcoapDirectoryResource:max-monitors: (getter get_max_monitors) (setter set_max_monitors)
   *
   * How many files and directories can be observed at a time; 64 by default.
   * Any number of clients may observe each. What is beyond is answered once.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_MONITORS] =
    g_param_spec_uint ("max-monitors", NULL, NULL, 0, G_MAXUINT, DEFAULT_MAX_MONITORS, FLAGS);

  /**
   * GcoapDirectoryResource:max-file-size: (getter get_max_file_size) (setter set_max_file_size)
   *
   * How many bytes a file may have that PUT makes, 1 GiB by default; 0: any
   * number. A larger one is answered by 4.13.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_FILE_SIZE] =
    g_param_spec_uint64 ("max-file-size", NULL, NULL, 0, G_MAXUINT64, DEFAULT_MAX_FILE_SIZE, FLAGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_directory_resource_init (GcoapDirectoryResource *self)
{
  self->etag_length = 8;
  self->lists = TRUE;
  self->max_monitors = DEFAULT_MAX_MONITORS;
  self->max_file_size = DEFAULT_MAX_FILE_SIZE;
  self->watches = gcoap_file_watches_new (GCOAP_RESOURCE (self));
  g_object_set (self, "subtree", TRUE, "observable", TRUE,
                "body-handling", GCOAP_BODY_HANDLING_STREAM, NULL);
}

/**
 * gcoap_directory_resource_new:
 * @directory: a directory of this host
 * @error: return location for an error
 *
 * Makes a resource of a directory.
 *
 * The directory is opened now; it remains the same if it is moved.
 *
 * Returns: (transfer full): a new resource, or %NULL with @error set, of domain
 *   %G_IO_ERROR
 *
 * Since: 0.1
 */
GcoapDirectoryResource *
gcoap_directory_resource_new (GFile   *directory,
                              GError **error)
{
  GcoapDirectoryResource *self;
  g_autofree char *path = NULL;
  GcoapFileRoot *root;

  g_return_val_if_fail (G_IS_FILE (directory), NULL);

  path = g_file_get_path (directory);
  if (path == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "Only directories of this host can be served.");
      return NULL;
    }
  root = gcoap_file_root_new (path, TRUE, error);
  if (root == NULL)
    return NULL;
  self = g_object_new (GCOAP_TYPE_DIRECTORY_RESOURCE, NULL);
  self->root = root;
  return self;
}

/**
 * gcoap_directory_resource_get_writable: (get-property writable)
 * @self: a resource
 *
 * Tells whether PUT and DELETE change files.
 *
 * Returns: %TRUE if they do
 *
 * Since: 0.1
 */
gboolean
gcoap_directory_resource_get_writable (GcoapDirectoryResource *self)
{
  g_return_val_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self), 0);

  return self->writable;
}

/**
 * gcoap_directory_resource_set_writable: (set-property writable)
 * @self: a resource
 * @value: %TRUE if they do
 *
 * Says whether PUT and DELETE change files.
 *
 * Since: 0.1
 */
void
gcoap_directory_resource_set_writable (GcoapDirectoryResource *self,
                                       gboolean               value)
{
  g_return_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self));

  value = value != FALSE;
  if (self->writable == value)
    return;
  self->writable = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WRITABLE]);
}

/**
 * gcoap_directory_resource_get_lists: (get-property lists)
 * @self: a resource
 *
 * Tells whether GET on a directory shows what is in it.
 *
 * Returns: %TRUE if it does
 *
 * Since: 0.1
 */
gboolean
gcoap_directory_resource_get_lists (GcoapDirectoryResource *self)
{
  g_return_val_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self), 0);

  return self->lists;
}

/**
 * gcoap_directory_resource_set_lists: (set-property lists)
 * @self: a resource
 * @value: %TRUE if it does
 *
 * Says whether GET on a directory shows what is in it.
 *
 * Since: 0.1
 */
void
gcoap_directory_resource_set_lists (GcoapDirectoryResource *self,
                                    gboolean               value)
{
  g_return_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self));

  value = value != FALSE;
  if (self->lists == value)
    return;
  self->lists = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTS]);
}

/**
 * gcoap_directory_resource_get_etag_length: (get-property etag-length)
 * @self: a resource
 *
 * Tells how many bytes an entity-tag has.
 *
 * Returns: 1 to 8
 *
 * Since: 0.1
 */
guint
gcoap_directory_resource_get_etag_length (GcoapDirectoryResource *self)
{
  g_return_val_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self), 0);

  return self->etag_length;
}

/**
 * gcoap_directory_resource_set_etag_length: (set-property etag-length)
 * @self: a resource
 * @value: 1 to 8
 *
 * Says how many bytes an entity-tag has.
 *
 * Since: 0.1
 */
void
gcoap_directory_resource_set_etag_length (GcoapDirectoryResource *self,
                                          guint                  value)
{
  g_return_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self));
  g_return_if_fail (value >= 1 && value <= 8);

  if (self->etag_length == value)
    return;
  self->etag_length = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ETAG_LENGTH]);
}

/**
 * gcoap_directory_resource_get_max_monitors: (get-property max-monitors)
 * @self: a resource
 *
 * Tells how many files and directories can be observed at a time.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint
gcoap_directory_resource_get_max_monitors (GcoapDirectoryResource *self)
{
  g_return_val_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self), 0);

  return self->max_monitors;
}

/**
 * gcoap_directory_resource_set_max_monitors: (set-property max-monitors)
 * @self: a resource
 * @value: a number
 *
 * Says how many files and directories can be observed at a time.
 *
 * Since: 0.1
 */
void
gcoap_directory_resource_set_max_monitors (GcoapDirectoryResource *self,
                                           guint value)
{
  g_return_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self));

  if (self->max_monitors == value)
    return;
  self->max_monitors = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_MONITORS]);
}

/**
 * gcoap_directory_resource_get_max_file_size: (get-property max-file-size)
 * @self: a resource
 *
 * Tells how many bytes a file may have that PUT makes.
 *
 * Returns: bytes; 0: any number
 *
 * Since: 0.1
 */
guint64
gcoap_directory_resource_get_max_file_size (GcoapDirectoryResource *self)
{
  g_return_val_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self), 0);

  return self->max_file_size;
}

/**
 * gcoap_directory_resource_set_max_file_size: (set-property max-file-size)
 * @self: a resource
 * @value: bytes; 0: any number
 *
 * Says how many bytes a file may have that PUT makes.
 *
 * Since: 0.1
 */
void
gcoap_directory_resource_set_max_file_size (GcoapDirectoryResource *self,
                                            guint64 value)
{
  g_return_if_fail (GCOAP_IS_DIRECTORY_RESOURCE (self));

  if (self->max_file_size == value)
    return;
  self->max_file_size = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_FILE_SIZE]);
}
