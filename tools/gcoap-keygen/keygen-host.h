/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names and addresses of servers, as certificates and maps of credentials have
 * them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char         *name;      /* ASCII; an address without brackets */
  GInetAddress *address;   /* NULL: it is a name */
} KeygenHost;

/* A name is put into its ASCII form (RFC 5890). NULL with an error. */
KeygenHost *keygen_host_parse (const char *text,
                               GError    **error) G_GNUC_WARN_UNUSED_RESULT;

void keygen_host_free (KeygenHost *self);

/* "coaps://host/" and a star: the resources of this host. NULL and a name with a star are a
 * host that is still to be filled in. */
char *keygen_host_dup_pattern (const KeygenHost *self,
                               const char       *scheme) G_GNUC_WARN_UNUSED_RESULT;

/* The same of an option's value, which may be NULL; NULL with an error. */
char *keygen_host_make_pattern (char      **hosts,
                                const char *scheme,
                                GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeygenHost, keygen_host_free)

G_END_DECLS
