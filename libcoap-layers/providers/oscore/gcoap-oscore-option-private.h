/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 §6.1: the value of the OSCORE option, the compressed COSE object
 * without its ciphertext. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GCOAP_OSCORE_MAX_OPTION 255
#define GCOAP_OSCORE_MAX_PIV    5

/* RFC 8613 §7.2.1: numbers are below 2^40. */
#define GCOAP_OSCORE_MAX_SEQUENCE ((G_GUINT64_CONSTANT (1) << 40) - 1)

/* The views point into the value that was decoded. */
typedef struct
{
  guint8        piv[GCOAP_OSCORE_MAX_PIV];
  guint8        piv_length;     /* 0: there is none */
  gboolean      has_kid;
  const guint8 *kid;
  gsize         kid_length;
  gboolean      has_kid_context;
  const guint8 *kid_context;
  gsize         kid_context_length;
} GcoapOscoreOption;

/* GCOAP_ERROR_MALFORMED names rule and byte. */
gboolean gcoap_oscore_option_decode (GcoapOscoreOption *self,
                                     const guint8      *data,
                                     gsize              length,
                                     GError           **error) G_GNUC_WARN_UNUSED_RESULT;

/* Returns how many bytes of the GCOAP_OSCORE_MAX_OPTION were written; 0 for one
 * without anything. */
gsize gcoap_oscore_option_encode (const GcoapOscoreOption *self,
                                  guint8                  *buffer);

/* A sequence number as a Partial IV without leading zeros; zero takes one byte. */
guint8 gcoap_oscore_encode_piv (guint64 number,
                                guint8  piv[GCOAP_OSCORE_MAX_PIV]);

guint64 gcoap_oscore_decode_piv (const guint8 *piv,
                                 gsize         length);

G_END_DECLS
