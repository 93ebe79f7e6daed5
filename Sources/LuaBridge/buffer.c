// SPDX-License-Identifier: Apache-2.0
#include "internal.h"

#include <stdlib.h>

void lb_put(lb_buffer *b, const void *bytes, size_t count) {
    if (b->overflow || count == 0) return;
    if (count > LB_FRAME || b->count + count > LB_FRAME - 64) {
        b->overflow = true;
        return;
    }
    if (b->count + count > b->capacity) {
        size_t capacity = b->capacity < 1024 ? 1024 : b->capacity;
        while (capacity < b->count + count) capacity *= 2;
        uint8_t *grown = realloc(b->bytes, capacity);
        if (grown == NULL) {
            b->overflow = true;
            return;
        }
        b->bytes = grown;
        b->capacity = capacity;
    }
    memcpy(b->bytes + b->count, bytes, count);
    b->count += count;
}

void lb_put_tag(lb_buffer *b, uint8_t tag) { lb_put(b, &tag, 1); }

void lb_put_u32(lb_buffer *b, uint32_t number) {
    uint8_t bytes[4] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16), (uint8_t)(number >> 24)};
    lb_put(b, bytes, sizeof bytes);
}

void lb_put_text(lb_buffer *b, uint8_t tag, const char *bytes, size_t count) {
    lb_put_tag(b, tag);
    lb_put_u32(b, (uint32_t)count);
    lb_put(b, bytes, count);
}

void lb_put_key(lb_buffer *b, const char *key) {
    size_t count = strlen(key);
    lb_put_u32(b, (uint32_t)count);
    lb_put(b, key, count);
}

void lb_empty(lb_buffer *b) {
    b->count = 0;
    b->overflow = b->deep = false;
    if (b->capacity > 1u << 20) {
        free(b->bytes);
        b->bytes = NULL;
        b->capacity = 0;
    }
}
