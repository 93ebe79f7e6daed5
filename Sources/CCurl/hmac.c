// SPDX-License-Identifier: Apache-2.0
#include "cchmac.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

bool cc_hmac_sha1(const uint8_t *key, size_t key_size, const uint8_t *text, size_t text_size, uint8_t *digest) {
    unsigned int size = 0;
    if (key_size > INT_MAX) return false;
    return HMAC(EVP_sha1(), key, (int)key_size, text, text_size, digest, &size) != NULL && size == 20;
}
