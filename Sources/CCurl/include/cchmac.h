// SPDX-License-Identifier: Apache-2.0
// The keyed digest behind one-time codes.
#ifndef CCHMAC_H
#define CCHMAC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// HMAC-SHA-1 into 20 bytes; false where OpenSSL cannot.
bool cc_hmac_sha1(
    const uint8_t *_Nullable key, size_t key_size, const uint8_t *_Nullable text, size_t text_size,
    uint8_t *_Nonnull digest);

#endif
