/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * RFC 7252 §3: what follows the token, options and payload. The same in
 * datagrams and in streams.
 */
#pragma once

#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

/* Decodes all of @data from byte @start on into a locked message that owns a
 * copy of all of @data; *copy_of_data is where that is. Error messages count
 * bytes from the start of @data. */
GcoapMessage *gcoap_options_codec_decode (GcoapCode       code,
                                          const guint8   *data,
                                          gsize           length,
                                          gsize           start,
                                          const guint8  **copy_of_data,
                                          GError        **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes that options, payload marker and payload take. */
gsize gcoap_options_codec_get_size (GcoapMessage *message);

/* Writes as many bytes as gcoap_options_codec_get_size() says; returns the
 * end of them. */
guint8 *gcoap_options_codec_encode (GcoapMessage *message,
                                    guint8       *buffer);

/* RFC 8974 §2.1. The TKL nibble for a token of this length; *extended is how
 * many bytes of extended length follow the header. */
guint gcoap_token_length_encode (gsize   token_length,
                                 guint8  extended_length[2],
                                 gsize  *n_extended);

/* Reads the extended length, if any, at byte @position, and checks that the
 * token fits. On success *position is the first byte of the token. */
gboolean gcoap_token_length_decode (const guint8  *data,
                                    gsize          length,
                                    guint          nibble,
                                    gsize          max_token_length,
                                    gsize         *position,
                                    gsize         *token_length,
                                    GError       **error);

/* Whether there are bytes that say this pdu; GCOAP_ERROR_INVALID_ARGUMENT if
 * not. */
gboolean gcoap_codec_check_pdu (const GcoapPdu  *pdu,
                                GError         **error);

/* Sets GCOAP_ERROR_MALFORMED: "Message format error at byte 5: ..." */
G_GNUC_PRINTF (3, 4)
void gcoap_codec_set_malformed (GError     **error,
                                gsize        offset,
                                const char  *format,
                                ...);

G_END_DECLS
