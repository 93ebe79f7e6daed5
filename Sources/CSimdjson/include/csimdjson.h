// SPDX-License-Identifier: Apache-2.0
// A C face for simdjson's DOM parser: parse once, then walk the tape (simdjson doc/tape.md) without C++ on the stack.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A parser with its own buffers; reuse it for many documents, from one thread at a time.
typedef struct sj_parser sj_parser;

/// Where the last parsed document lies. Valid until the next `sj_parse` or `sj_free`.
///
/// `tape[i] >> 56` is the kind: `r { } [ ] " l u d t f n`. The low 56 bits are the payload: for `{` and `[` the low 32
/// bits are the index after the closing element; for `"` an offset into `strings`, where a 4-byte length precedes the
/// bytes; `l`, `u`, `d` are followed by one 64-bit word holding the number.
typedef struct sj_tape {
    const uint64_t *_Nullable words;
    const uint8_t *_Nullable strings;
} sj_tape;

sj_parser *_Nullable sj_new(size_t max_depth);
void sj_free(sj_parser *_Nullable parser);

/// Parses one document. Returns 0, or simdjson's error code; never throws.
int sj_parse(sj_parser *_Nonnull parser, const uint8_t *_Nullable bytes, size_t count, sj_tape *_Nonnull out);

/// A static, English description of an error code.
const char *_Nonnull sj_error_message(int code);

#ifdef __cplusplus
}
#endif
#endif
