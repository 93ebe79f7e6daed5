// SPDX-License-Identifier: Apache-2.0
// A certificate authority of one's own and one server certificate signed by it, both in memory only.
#ifndef CCERTIFICATES_H
#define CCERTIFICATES_H
#include <stddef.h>

typedef struct certificates {
    // PEM texts, each ended by a zero byte.
    char *_Nullable authority;
    char *_Nullable leaf;
    char *_Nullable key;
    // SHA-256 over the leaf's DER form.
    unsigned char fingerprint[32];
} certificates;

// Makes both for the names given as OpenSSL writes them ("IP:127.0.0.1,DNS:localhost").
// Returns 0, or -1 with everything freed.
int certificates_make(const char *_Nonnull names, certificates *_Nonnull out);
// Frees the texts, after overwriting the key.
void certificates_free(certificates *_Nonnull made);
#endif
