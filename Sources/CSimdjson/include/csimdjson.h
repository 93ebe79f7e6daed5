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

/// What a piece of a text is.
typedef enum sj_piece {
    /// The text is over.
    SJ_OVER,
    /// A value; its tape begins at word 1.
    SJ_VALUE,
    /// The name of a member, a string on the tape; its value follows.
    SJ_NAME,
    /// An object begins, or an array.
    SJ_OBJECT,
    SJ_ARRAY,
    /// What began last has come to its end.
    SJ_CLOSE,
} sj_piece;

/// Begins to read one document piece by piece: the outermost object or array is taken apart, and an array right in it; what stands
/// in these comes whole. So the tape, which takes five times the room of its text, is that of one row of a list.
///
/// The bytes must stay where they are until the last piece.
void sj_begin(sj_parser *_Nonnull parser, const uint8_t *_Nullable bytes, size_t count);

/// Reads on. Returns 0, or simdjson's error code; after an error there is no next piece. The tape of a value or name is valid until
/// the next call.
int sj_next(sj_parser *_Nonnull parser, sj_piece *_Nonnull piece, sj_tape *_Nonnull out);

/// A static, English description of an error code.
const char *_Nonnull sj_error_message(int code);

#ifdef __cplusplus
}
#endif
#endif
