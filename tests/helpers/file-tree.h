/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory with a few files, for as long as a test runs:
 *
 *   secret                      outside of what is served
 *   root/hello.txt              "hello"
 *   root/data.cbor              one byte
 *   root/large.bin              100000 bytes
 *   root/.hidden                "hidden"
 *   root/sub/note.json          "{}"
 *   root/inside -> sub/note.json
 *   root/outside -> ../secret
 *   root/absolute -> the path of secret
 *   root/up -> ..
 *   root/pipe                   a FIFO
 */
#pragma once

#include "helpers/test-exchange.h"

G_BEGIN_DECLS

typedef struct
{
  char *base;
  char *root;
} FileTree;

FileTree *file_tree_new (void);
void file_tree_free (FileTree *self);

char *file_tree_path (FileTree *self, const char *name);
void file_tree_write (FileTree *self, const char *name, const char *text);
/* NULL if there is no such file. */
char *file_tree_read (FileTree *self, const char *name);

/* Runs the loop until the exchange has ended. */
void file_tree_wait (TestExchange *exchange);

/* Sends a request, waits, and returns the response. */
GcoapMessage *file_tree_ask (GcoapRequestInterface *responder,
                             GcoapMessage          *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FileTree, file_tree_free)

G_END_DECLS
