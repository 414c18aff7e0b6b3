/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-oscore-files-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between opening and locking, others delete the file and make another one. */
#define MAX_TRIES 100

/* Ours, and those of aiocoap. */
#define PREFIX GCOAP_OSCORE_FILES_STATE "."
#define N_RANDOM 6
#define OTHER_PREFIX ".sequence-"
#define OTHER_SUFFIX ".json"

/* aiocoap deletes the file when it ends: who has locked one that has no name any
 * more has locked nothing. */
static gboolean
is_in_place (int directory,
             int lock)
{
  struct stat named, locked;

  return fstatat (directory, "lock", &named, AT_SYMLINK_NOFOLLOW) == 0 && fstat (lock, &locked) == 0
         && named.st_dev == locked.st_dev && named.st_ino == locked.st_ino;
}

int
gcoap_oscore_files_lock (int directory)
{
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      int lock = openat (directory, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

      if (lock < 0)
        return -1;
      if (flock (lock, LOCK_EX | LOCK_NB) != 0)
        {
          int code = errno;

          close (lock);
          errno = code;
          return -1;
        }
      if (is_in_place (directory, lock))
        return lock;
      close (lock);
    }
  errno = EAGAIN;
  return -1;
}

static gboolean
is_left_over (const char *name)
{
  if (g_str_has_prefix (name, PREFIX) && strlen (name) == strlen (PREFIX) + N_RANDOM)
    return strspn (name + strlen (PREFIX), G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS) == N_RANDOM;
  return g_str_has_prefix (name, OTHER_PREFIX) && g_str_has_suffix (name, OTHER_SUFFIX);
}

void
gcoap_oscore_files_tidy (int directory)
{
  int fd = openat (directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *entries = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *entry;

  if (entries == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((entry = readdir (entries)) != NULL)
    if (is_left_over (entry->d_name))
      unlinkat (directory, entry->d_name, 0);
  closedir (entries);
}

static int
open_temporary (int   directory,
                char *name,
                gsize size)
{
  static const char digits[] = "abcdefghijklmnopqrstuvwxyz012345";

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      guint8 random[N_RANDOM];
      int fd;

      randombytes_buf (random, sizeof random);
      g_snprintf (name, (gulong) size, PREFIX "%c%c%c%c%c%c", digits[random[0] % 32], digits[random[1] % 32],
                  digits[random[2] % 32], digits[random[3] % 32], digits[random[4] % 32], digits[random[5] % 32]);
      fd = openat (directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (fd >= 0 || errno != EEXIST)
        return fd;
    }
  return -1;
}

static gboolean
write_all (int         fd,
           const char *text,
           gsize       length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      text += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static gboolean
sync_file (int fd)
{
  int result;

  do
    result = fsync (fd);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

gboolean
gcoap_oscore_files_write (int         directory,
                          const char *text)
{
  char name[sizeof PREFIX + N_RANDOM];
  int fd = open_temporary (directory, name, sizeof name);
  gboolean success;
  int code;

  if (fd < 0)
    return FALSE;
  success = write_all (fd, text, strlen (text)) && write_all (fd, "\n", 1) && sync_file (fd);
  code = errno;
  if (close (fd) != 0 && success)
    {
      success = FALSE;
      code = errno;
    }
  if (success && renameat (directory, name, directory, GCOAP_OSCORE_FILES_STATE) != 0)
    {
      success = FALSE;
      code = errno;
    }
  if (!success)
    {
      unlinkat (directory, name, 0);
      errno = code;
      return FALSE;
    }
  /* Until the directory is on the disk, the old name may come back. */
  return sync_file (directory);
}
