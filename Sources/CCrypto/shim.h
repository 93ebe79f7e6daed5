// SPDX-License-Identifier: Apache-2.0
// The one-shot SHA256() of OpenSSL 3 loads its providers first, which takes longer than all that a start hashes.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

/// The SHA-256 of `size` bytes, 32 bytes.
static inline void ccrypto_sha256(const unsigned char *_Nullable bytes, size_t size, unsigned char *_Nonnull digest) {
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes, size);
    SHA256_Final(digest, &context);
}
