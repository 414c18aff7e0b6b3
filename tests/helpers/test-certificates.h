/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates and keys that are made here, and what a pair of programs needs of
 * them. */
#pragma once

#include <time.h>

#include "credentials/gcoap-certificate-credential.h"
#include "credentials/gcoap-credential-store.h"
#include "credentials/gcoap-raw-public-key-credential.h"

G_BEGIN_DECLS

/* A self-signed certificate for host.example and its key, in PEM; @der is the
 * certificate again. */
void test_certificate_make (time_t expiry, GBytes **pem, GBytes **der, GBytes **key_pem);

/* One that has not expired, for who trusts the certificate @anchor; NULL: nobody. */
GcoapCertificateCredential *test_certificate_credential (GBytes *pem, GBytes *key_pem, GBytes *anchor);

typedef enum
{
  TEST_KIND_PSK,
  TEST_KIND_RAW_KEY,
  TEST_KIND_CERTIFICATE,
} TestCredentialKind;

#define TEST_N_KINDS 3

extern const char *const test_kind_names[TEST_N_KINDS];

/* A server that knows one client, called “client”, and that client. Both prove who
 * they are. */
void test_credentials_make (TestCredentialKind     kind,
                            GcoapCredentialStore **server,
                            GcoapCredential      **client);

G_END_DECLS
