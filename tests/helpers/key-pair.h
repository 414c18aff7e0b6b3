/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A key that is made for a test, and a certificate for it. */
#pragma once

#include "credentials/gcoap-certificate-credential.h"
#include "credentials/gcoap-raw-public-key-credential.h"

G_BEGIN_DECLS

typedef struct
{
  GBytes *key;           /* PEM */
  GBytes *certificate;   /* PEM, self-signed, for “localhost” */
} TestKeyPair;

void test_key_pair_init (TestKeyPair *self);
void test_key_pair_clear (TestKeyPair *self);

/* What shows the own certificate, and takes that of the peer alone. */
GcoapCredential *test_key_pair_make_certificate (const TestKeyPair *self, const TestKeyPair *peer);

/* Likewise with raw public keys. */
GcoapCredential *test_key_pair_make_raw (const TestKeyPair *self, const TestKeyPair *peer);

G_END_DECLS
