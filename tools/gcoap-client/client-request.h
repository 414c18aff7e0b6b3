/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The request that the command line describes. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

typedef struct
{
  char     *method;
  char     *payload;
  gboolean  raw_payload;
  char     *content_format;
  char     *accept;
  char    **options;
  gboolean  no_hostname;
  gboolean  non_confirmable;
} ClientRequestArguments;

/* @text as a URI, if it is one of CoAP; the error says how to make one of it. */
char *client_request_complete_uri (const char *text,
                                   GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* All but the payload. */
GcoapMessage *client_request_make (const ClientRequestArguments *arguments,
                                   const char                   *uri,
                                   GError                      **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the Content-Format is one that text is encoded for. */
gboolean client_request_is_encoded (GcoapMessage *request);

/* Text is encoded if the Content-Format is CBOR, unless @raw. */
gboolean client_request_load_payload (GcoapMessage *request,
                                      const char   *spec,
                                      gboolean      raw,
                                      GError      **error);

G_END_DECLS
