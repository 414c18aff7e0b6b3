/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request of ours that takes several messages: its body goes out in blocks
 * (upload), or that of its response comes in blocks (download), or both. */
#pragma once

#include "base/gcoap-error.h"
#include "providers/blockwise/gcoap-blockwise-private.h"
#include "providers/blockwise/gcoap-body-assembly-private.h"
#include "providers/blockwise/gcoap-body-reader-private.h"

G_BEGIN_DECLS

typedef struct _GcoapBlockTransfer GcoapBlockTransfer;

/* @response: the whole one, or NULL; then @error says why, or is NULL if
 * nobody wanted one. Called once, unless the transfer is cancelled. */
typedef void (*GcoapBlockTransferFunc) (GcoapBlockTransfer *transfer,
                                        GcoapMessage       *response,
                                        const GError       *error,
                                        gpointer            user_data);

/* Called when an exchange has been derived from the parent. */
typedef void (*GcoapBlockTransferDerivedFunc) (gpointer user_data);

typedef enum
{
  GCOAP_BLOCK_STEP_NONE,
  GCOAP_BLOCK_STEP_UPLOAD,      /* the next block of the request is to be sent */
  GCOAP_BLOCK_STEP_DOWNLOAD,    /* the next block of the response is to be asked for */
} GcoapBlockStep;

/* Alive as long as something is under way for it: a request, a read or a
 * write. */
struct _GcoapBlockTransfer
{
  guint                          ref_count;
  GcoapBlockwise                *provider;
  GcoapExchange                 *parent;      /* who asks; it is open */
  GcoapMessage                  *request;     /* what it asks */
  GcoapEndpointAddress          *member;      /* of a group: whom alone to ask; or NULL */
  GcoapBlockTransferFunc         done;
  GcoapBlockTransferDerivedFunc  derived;     /* or NULL */
  gpointer                       data;
  GDestroyNotify                 destroy;     /* of data, or NULL */
  GcoapExchange                 *current;     /* the request that is under way */
  GCancellable                  *cancellable; /* of what is being written */
  GcoapMessage                  *writing;     /* whose payload that is */
  GcoapBlockStep                 step;        /* what comes next */
  gboolean                       is_running;
  gboolean                       has_ended;
  guint                          n_restarts;
  GcoapRequestTag                tag;

  /* The upload */
  GcoapBodyReader               *reader;
  guint64                        offset;      /* what the peer has */
  guint                          exponent;
  gsize                          sent_length;
  gboolean                       sent_more;
  gboolean                       is_uploading;
  gboolean                       has_uploaded;
  gboolean                       is_concluded;
  GcoapMessage                  *created;     /* 2.01 to a block that was not the last */

  /* The download */
  GcoapBodyAssembly              body;
  GcoapMessage                  *first;       /* the response to the first block */
  GcoapMessage                  *template;    /* of the requests for further ones */
  GcoapMessage                  *notification;/* whose Observe is that of the whole */
  gint64                         total;
  guint                          next_exponent;
  gboolean                       got_more;
  gsize                          counted;     /* in the provider's own bytes */
};

/* The caller gets a reference. */
GcoapBlockTransfer *gcoap_block_transfer_new (GcoapBlockwise         *provider,
                                              GcoapExchange          *parent,
                                              GcoapMessage           *request,
                                              GcoapBlockTransferFunc  done,
                                              gpointer                data) G_GNUC_WARN_UNUSED_RESULT;

GcoapBlockTransfer *gcoap_block_transfer_ref   (GcoapBlockTransfer *self);
void                gcoap_block_transfer_unref (GcoapBlockTransfer *self);

/* Ends it without a word. */
void gcoap_block_transfer_cancel (GcoapBlockTransfer *self);

/* For the upload and the download. Sends the next message. */
void gcoap_block_transfer_send (GcoapBlockTransfer *self,
                                GcoapMessage       *message,
                                gboolean            is_final);

/* Takes the steps that follow each other, without recursion. */
void gcoap_block_transfer_run (GcoapBlockTransfer *self,
                               GcoapBlockStep      step);

/* Keeps it alive while a stream is read or written, and cancels that with the
 * parent. */
void gcoap_block_transfer_wait (GcoapBlockTransfer *self);

void gcoap_block_transfer_finish (GcoapBlockTransfer *self,
                                  GcoapMessage       *response);
void gcoap_block_transfer_fail   (GcoapBlockTransfer *self,
                                  const GError       *error);
void gcoap_block_transfer_fail_new (GcoapBlockTransfer *self,
                                    GcoapError          code,
                                    const char         *format,
                                    ...) G_GNUC_PRINTF (3, 4);

/* The peer's name, for sentences. */
char *gcoap_block_transfer_dup_peer (GcoapBlockTransfer *self) G_GNUC_WARN_UNUSED_RESULT;

/* The upload: sends the body of the parent's request, in blocks of no more than
 * 2^(4 + max_exponent) bytes. */
void gcoap_block_upload_start  (GcoapBlockTransfer *self,
                                guint               max_exponent);
void gcoap_block_upload_step   (GcoapBlockTransfer *self);
void gcoap_block_upload_answer (GcoapBlockTransfer *self,
                                GcoapMessage       *response);

/* The download: sends the request, or goes on with the first block of its
 * response. */
void gcoap_block_download_start  (GcoapBlockTransfer *self);
void gcoap_block_download_begin  (GcoapBlockTransfer *self,
                                  GcoapMessage       *response);
void gcoap_block_download_step   (GcoapBlockTransfer *self);
void gcoap_block_download_answer (GcoapBlockTransfer *self,
                                  GcoapMessage       *response);
void gcoap_block_download_clear  (GcoapBlockTransfer *self);

/* Adds what a request says before its response is known: the size that is
 * preferred, and that the total size is wanted. */
void gcoap_block_download_add_wishes (GcoapBlockTransfer *self,
                                      GcoapMessage       *message);
gboolean gcoap_block_download_has_wishes (GcoapBlockwise *provider,
                                          GcoapExchange  *exchange);

/* A response without what is of concern to this provider alone. */
GcoapMessage *gcoap_block_transfer_strip (GcoapMessage *response) G_GNUC_WARN_UNUSED_RESULT;

/* Streams and groups: many responses, each of which may come in blocks. Sends
 * @message, made from the request of @parent. */
void gcoap_block_relay_start (GcoapBlockwise *provider,
                              GcoapExchange  *parent,
                              GcoapMessage   *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapBlockTransfer, gcoap_block_transfer_unref)

G_END_DECLS
