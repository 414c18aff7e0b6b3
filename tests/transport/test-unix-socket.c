/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-unix-socket-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gcoap-error.h"

typedef struct
{
  char             *folder;
  char             *path;
  GcoapUnixAddress *address;
  int               fd;
} Fixture;

static int
open_socket (int type)
{
  int fd = socket (AF_UNIX, type, 0);

  g_assert_cmpint (fd, >=, 0);
  return fd;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "x.sock", NULL);
  fixture->address = gcoap_unix_address_new (fixture->path, NULL);
  fixture->fd = open_socket (SOCK_DGRAM);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  close (fixture->fd);
  g_unlink (fixture->path);
  /* Nothing else was left behind. */
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_object_unref (fixture->address);
  g_free (fixture->path);
  g_free (fixture->folder);
}

static void
bind_other (Fixture *fixture,
            int      fd)
{
  struct sockaddr_un native;
  socklen_t length = gcoap_unix_address_to_native (fixture->address, &native);

  g_assert_cmpint (bind (fd, (struct sockaddr *) &native, length), ==, 0);
}

static void
assert_taken (Fixture    *fixture,
              const char *pattern)
{
  GcoapUnixName name = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (gcoap_unix_socket_listen (fixture->fd, fixture->address, &name, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE);
  g_assert_nonnull (g_strstr_len (error->message, -1, pattern));
  g_assert_null (name.path);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_listen (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  mode_t before = umask (027);
  GcoapUnixName name = { 0 };
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_assert_true (gcoap_unix_socket_listen (fixture->fd, fixture->address, &name, &error));
  g_assert_no_error (error);
  umask (before);
  g_assert_cmpint (stat (fixture->path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0750);
  gcoap_unix_name_clear (&name);
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* What an ended program left behind is in nobody's way. */
static void
test_stale (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  int other = open_socket (SOCK_DGRAM);
  GcoapUnixName name = { 0 };
  g_autoptr (GError) error = NULL;

  bind_other (fixture, other);
  close (other);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_true (gcoap_unix_socket_listen (fixture->fd, fixture->address, &name, &error));
  g_assert_no_error (error);
  gcoap_unix_name_clear (&name);
}

/* What somebody has open stays, whatever it is; and so does what is no socket. */
static void
test_taken (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  static const int types[] = { SOCK_DGRAM, SOCK_STREAM, SOCK_SEQPACKET };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      int other = open_socket (types[i]);

      bind_other (fixture, other);
      if (types[i] != SOCK_DGRAM)
        g_assert_cmpint (listen (other, 1), ==, 0);
      assert_taken (fixture, "already listens");
      close (other);
      g_assert_cmpint (g_unlink (fixture->path), ==, 0);
    }
  g_assert_true (g_file_set_contents (fixture->path, "x", 1, NULL));
  assert_taken (fixture, "no socket");
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "none", "x", NULL);
  g_autoptr (GcoapUnixAddress) address = gcoap_unix_address_new (path, NULL);
  GcoapUnixName name = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (gcoap_unix_socket_listen (fixture->fd, address, &name, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

/* The name of a successor is not removed. */
static void
test_successor (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  int other = open_socket (SOCK_DGRAM);
  GcoapUnixName name = { 0 };

  g_assert_true (gcoap_unix_socket_listen (fixture->fd, fixture->address, &name, NULL));
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  bind_other (fixture, other);
  gcoap_unix_name_clear (&name);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  close (other);
}

static void
test_private (Fixture       *fixture,
              gconstpointer  data)
{
  struct sockaddr_un native;
  socklen_t length = sizeof native;
  g_autoptr (GcoapUnixAddress) own = NULL;
  g_autofree char *folder = NULL;
  GcoapUnixName name = { 0 };
  g_autoptr (GError) error = NULL;

  gcoap_unix_socket_has_abstract = data != NULL;
  g_assert_true (gcoap_unix_socket_bind_private (fixture->fd, &name, &error));
  gcoap_unix_socket_has_abstract = TRUE;
  g_assert_no_error (error);
  g_assert_cmpint (getsockname (fixture->fd, (struct sockaddr *) &native, &length), ==, 0);
  own = gcoap_unix_address_new_from_native (&native, length);
  g_assert_nonnull (own);
  g_assert_cmpstr (gcoap_unix_address_get_path (own), ==, name.path);
  g_assert_true ((data != NULL) == (name.path == NULL));
  folder = g_strdup (name.folder);
  gcoap_unix_name_clear (&name);
  g_assert_false (folder != NULL && g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
test_errors (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { int errnum; GcoapError code; const char *text; } cases[] = {
    { ECONNREFUSED, GCOAP_ERROR_UNREACHABLE, "nobody listens" },
    { ENOENT, GCOAP_ERROR_UNREACHABLE, "no such socket" },
    { EPROTOTYPE, GCOAP_ERROR_UNREACHABLE, "not a datagram socket" },
    { EACCES, GCOAP_ERROR_PERMISSION, "permissions" },
    { EMSGSIZE, GCOAP_ERROR_TOO_LARGE, "longer" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = gcoap_unix_error_new (fixture->address, cases[i].errnum);

      g_assert_error (error, GCOAP_ERROR, (int) cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, fixture->path));
      g_assert_nonnull (g_strstr_len (error->message, -1, cases[i].text));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) g_test_add ("/unix-socket/" name, Fixture, data, set_up, func, tear_down)
  ADD ("listen", NULL, test_listen);
  ADD ("stale", NULL, test_stale);
  ADD ("taken", NULL, test_taken);
  ADD ("refused", NULL, test_refused);
  ADD ("successor", NULL, test_successor);
  ADD ("private/abstract", "yes", test_private);
  ADD ("private/file", NULL, test_private);
  ADD ("errors", NULL, test_errors);
  return g_test_run ();
}
