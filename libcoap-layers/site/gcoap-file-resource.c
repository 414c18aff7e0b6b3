/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-resource.h"

#include "site/gcoap-file-upload-private.h"

/**
 * GcoapFileResource:
 *
 * One file.
 *
 * GET gives its bytes, in the content format that its name and content speak
 * for, with an entity-tag. PUT and DELETE change it if
 * [property@FileResource:writable]; it is replaced at once and as a whole, and
 * is on the disk when the answer goes. If-Match and If-None-Match are heeded.
 * The file need not exist yet; its directory must. It can have 1 GiB; a larger
 * one is answered by 4.13.
 *
 * For many files there is [class@DirectoryResource].
 *
 * Since: 0.1
 */
struct _GcoapFileResource
{
  GcoapResource parent_instance;

  GcoapFileRoot *root;
  char          *name;
  gboolean       writable;
  guint          etag_length;
};

enum
{
  PROP_0,
  PROP_WRITABLE,
  PROP_ETAG_LENGTH,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* As much as the numbers of blocks go up to (RFC 7959 §2.2). */
#define MAX_LENGTH (G_GUINT64_CONSTANT (1) << 30)

#define FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

G_DEFINE_FINAL_TYPE (GcoapFileResource, gcoap_file_resource, GCOAP_TYPE_RESOURCE)

static void
run (GcoapResource *resource,
     GcoapExchange *exchange,
     GcoapFileFunc  func)
{
  GcoapFileResource *self = GCOAP_FILE_RESOURCE (resource);

  gcoap_file_job_run (gcoap_file_job_new (self->root, self->name, exchange, self->etag_length), func);
}

static void
gcoap_file_resource_get (GcoapResource *resource,
                         GcoapExchange *exchange)
{
  run (resource, exchange, gcoap_file_job_read);
}

static void
refuse_change (GcoapExchange *exchange)
{
  gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                            "The file can only be read.");
}

static void
gcoap_file_resource_put (GcoapResource *resource,
                         GcoapExchange *exchange)
{
  GcoapFileResource *self = GCOAP_FILE_RESOURCE (resource);
  GcoapFileJob *job;

  if (!self->writable)
    {
      refuse_change (exchange);
      return;
    }
  job = gcoap_file_job_new (self->root, self->name, exchange, self->etag_length);
  job->max_length = MAX_LENGTH;
  gcoap_file_upload_run (job);
}

static void
gcoap_file_resource_delete (GcoapResource *resource,
                            GcoapExchange *exchange)
{
  if (GCOAP_FILE_RESOURCE (resource)->writable)
    run (resource, exchange, gcoap_file_job_delete);
  else
    refuse_change (exchange);
}

static void
gcoap_file_resource_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_WRITABLE:
      g_value_set_boolean (value, GCOAP_FILE_RESOURCE (object)->writable);
      break;
    case PROP_ETAG_LENGTH:
      g_value_set_uint (value, GCOAP_FILE_RESOURCE (object)->etag_length);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_file_resource_set_property (GObject      *object,
                                  guint         property_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_WRITABLE:
      gcoap_file_resource_set_writable (GCOAP_FILE_RESOURCE (object), g_value_get_boolean (value));
      break;
    case PROP_ETAG_LENGTH:
      gcoap_file_resource_set_etag_length (GCOAP_FILE_RESOURCE (object), g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_file_resource_finalize (GObject *object)
{
  GcoapFileResource *self = GCOAP_FILE_RESOURCE (object);

  g_clear_pointer (&self->root, gcoap_file_root_unref);
  g_free (self->name);
  G_OBJECT_CLASS (gcoap_file_resource_parent_class)->finalize (object);
}

static void
gcoap_file_resource_class_init (GcoapFileResourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapResourceClass *resource_class = GCOAP_RESOURCE_CLASS (klass);

  object_class->get_property = gcoap_file_resource_get_property;
  object_class->set_property = gcoap_file_resource_set_property;
  object_class->finalize = gcoap_file_resource_finalize;

  resource_class->get = gcoap_file_resource_get;
  resource_class->put = gcoap_file_resource_put;
  resource_class->delete_ = gcoap_file_resource_delete;

  /**
   * GcoapFileResource:writable: (getter get_writable) (setter set_writable)
   *
   * Whether PUT and DELETE change files; %FALSE by default.
   *
   * Since: 0.1
   */
  properties[PROP_WRITABLE] =
    g_param_spec_boolean ("writable", NULL, NULL, FALSE, FLAGS);

  /**
   * GcoapFileResource:etag-length: (getter get_etag_length) (setter set_etag_length)
   *
   * How many bytes an entity-tag has, 1 to 8 (RFC 7252 §5.10.6). Shorter ones
   * take less of a message, and are sooner the same by chance.
   *
   * Since: 0.1
   */
  properties[PROP_ETAG_LENGTH] =
    g_param_spec_uint ("etag-length", NULL, NULL, 1, 8, 8, FLAGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_file_resource_init (GcoapFileResource *self)
{
  self->etag_length = 8;
  gcoap_resource_set_body_handling (GCOAP_RESOURCE (self), GCOAP_BODY_HANDLING_STREAM);
}

/**
 * gcoap_file_resource_new:
 * @file: a file of this host
 * @error: return location for an error
 *
 * Makes a resource of a file.
 *
 * The directory that it is in is opened now.
 *
 * Returns: (transfer full): a new resource, or %NULL with @error set, of domain
 *   %G_IO_ERROR
 *
 * Since: 0.1
 */
GcoapFileResource *
gcoap_file_resource_new (GFile   *file,
                         GError **error)
{
  GcoapFileResource *self;
  g_autofree char *path = NULL;
  g_autofree char *parent = NULL;
  GcoapFileRoot *root;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  path = g_file_get_path (file);
  if (path == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "Only files of this host can be served.");
      return NULL;
    }
  /* Where it leads, if it is a symbolic link, is up to whoever names it. */
  parent = g_path_get_dirname (path);
  root = gcoap_file_root_new (parent, FALSE, error);
  if (root == NULL)
    return NULL;
  self = g_object_new (GCOAP_TYPE_FILE_RESOURCE, NULL);
  self->root = root;
  self->name = g_path_get_basename (path);
  return self;
}

/**
 * gcoap_file_resource_get_writable: (get-property writable)
 * @self: a resource
 *
 * Tells whether PUT and DELETE change files.
 *
 * Returns: %TRUE if they do
 *
 * Since: 0.1
 */
gboolean
gcoap_file_resource_get_writable (GcoapFileResource *self)
{
  g_return_val_if_fail (GCOAP_IS_FILE_RESOURCE (self), 0);

  return self->writable;
}

/**
 * gcoap_file_resource_set_writable: (set-property writable)
 * @self: a resource
 * @value: %TRUE if they do
 *
 * Says whether PUT and DELETE change files.
 *
 * Since: 0.1
 */
void
gcoap_file_resource_set_writable (GcoapFileResource *self,
                                  gboolean          value)
{
  g_return_if_fail (GCOAP_IS_FILE_RESOURCE (self));

  value = value != FALSE;
  if (self->writable == value)
    return;
  self->writable = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WRITABLE]);
}

/**
 * gcoap_file_resource_get_etag_length: (get-property etag-length)
 * @self: a resource
 *
 * Tells how many bytes an entity-tag has.
 *
 * Returns: 1 to 8
 *
 * Since: 0.1
 */
guint
gcoap_file_resource_get_etag_length (GcoapFileResource *self)
{
  g_return_val_if_fail (GCOAP_IS_FILE_RESOURCE (self), 0);

  return self->etag_length;
}

/**
 * gcoap_file_resource_set_etag_length: (set-property etag-length)
 * @self: a resource
 * @value: 1 to 8
 *
 * Says how many bytes an entity-tag has.
 *
 * Since: 0.1
 */
void
gcoap_file_resource_set_etag_length (GcoapFileResource *self,
                                     guint             value)
{
  g_return_if_fail (GCOAP_IS_FILE_RESOURCE (self));
  g_return_if_fail (value >= 1 && value <= 8);

  if (self->etag_length == value)
    return;
  self->etag_length = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ETAG_LENGTH]);
}
