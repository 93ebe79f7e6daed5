// SPDX-License-Identifier: Apache-2.0
#include "csimdjson.h"

#include <algorithm>
#include <new>
#include <simdjson.h>

namespace {
// A parser and how much it has room for; our own allocation, since the automatic one would fall back to a depth of 1024.
struct roomy_parser {
    simdjson::dom::parser parser;
    size_t allocated = 0;
    size_t depth = 0;

    int parse(const uint8_t *bytes, size_t count, bool is_padded, size_t max_depth, sj_tape *out) {
        out->words = nullptr;
        out->strings = nullptr;
        if (count > allocated || allocated == 0 || max_depth != depth) {
            size_t capacity = std::max(std::max(count, allocated), size_t{4096});
            auto error = parser.allocate(capacity, max_depth);
            if (error) return static_cast<int>(error);
            allocated = capacity;
            depth = max_depth;
        }
        simdjson::dom::element root;
        auto error = parser.parse(bytes, count, !is_padded).get(root);
        if (error) return static_cast<int>(error);
        out->words = parser.doc.tape.get();
        out->strings = parser.doc.string_buf.get();
        return 0;
    }
};

enum class expected { value, first, next, colon };
}  // namespace

struct sj_parser {
    roomy_parser whole;
    roomy_parser pieces;
    size_t max_depth = 64;

    // Where the text is being read that is taken apart.
    const uint8_t *at = nullptr;
    const uint8_t *end = nullptr;
    expected next = expected::value;
    int level = 0;
    uint8_t closing[2] = {0, 0};

    void skip_space() {
        while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) ++at;
    }

    // Behind the string that begins here; `end` where it does not end.
    const uint8_t *behind_string(const uint8_t *p) const {
        for (++p; p < end; ++p) {
            if (*p == '"') return p + 1;
            if (*p == '\\' && ++p == end) break;
        }
        return end;
    }

    // Behind the value that begins here, or where it would end if it were one: whether it is one simdjson says.
    const uint8_t *behind_value() const {
        if (*at == '"') return behind_string(at);
        const uint8_t *p = at;
        if (*at != '{' && *at != '[') {
            while (p < end && *p > ' ' && *p != ',' && *p != ']' && *p != '}' && *p != ':') ++p;
            return p;
        }
        size_t depth = 0;
        while (p < end) {
            switch (*p) {
            case '"': p = behind_string(p); continue;
            case '{': case '[': ++depth; break;
            case '}': case ']': if (--depth == 0) return p + 1; break;
            default: break;
            }
            ++p;
        }
        return end;
    }

    int whole_value(sj_tape *out) {
        if (at == end) return simdjson::TAPE_ERROR;
        const uint8_t *behind = behind_value();
        auto count = static_cast<size_t>(behind - at);
        bool is_padded = static_cast<size_t>(end - behind) >= simdjson::SIMDJSON_PADDING;
        int error = pieces.parse(at, count, is_padded, max_depth - static_cast<size_t>(level), out);
        at = behind;
        next = expected::next;
        return error;
    }

    int value(sj_piece *piece, sj_tape *out) {
        bool opens = at < end && ((*at == '[' && level < 2) || (*at == '{' && level == 0));
        if (!opens) {
            *piece = SJ_VALUE;
            return whole_value(out);
        }
        *piece = *at == '[' ? SJ_ARRAY : SJ_OBJECT;
        closing[level++] = *at++ == '[' ? ']' : '}';
        next = expected::first;
        return 0;
    }

    int element(sj_piece *piece, sj_tape *out) {
        if (closing[level - 1] == ']') return value(piece, out);
        if (at == end || *at != '"') return simdjson::TAPE_ERROR;
        *piece = SJ_NAME;
        int error = whole_value(out);
        next = expected::colon;
        return error;
    }

    int read(sj_piece *piece, sj_tape *out) {
        skip_space();
        if (next == expected::value) return value(piece, out);
        if (next == expected::colon) {
            if (at == end || *at != ':') return simdjson::TAPE_ERROR;
            ++at;
            skip_space();
            return value(piece, out);
        }
        if (level == 0) {
            *piece = SJ_OVER;
            return at == end ? 0 : simdjson::TAPE_ERROR;
        }
        if (at < end && *at == closing[level - 1]) {
            ++at;
            --level;
            next = expected::next;
            *piece = SJ_CLOSE;
            return 0;
        }
        if (next == expected::next) {
            if (at == end || *at != ',') return simdjson::TAPE_ERROR;
            ++at;
            skip_space();
        }
        return element(piece, out);
    }
};

extern "C" sj_parser *sj_new(size_t max_depth) {
    auto *parser = new (std::nothrow) sj_parser;
    if (parser != nullptr) parser->max_depth = max_depth;
    return parser;
}

extern "C" void sj_free(sj_parser *parser) { delete parser; }

extern "C" int sj_parse(sj_parser *parser, const uint8_t *bytes, size_t count, sj_tape *out) {
    return parser->whole.parse(bytes, count, false, parser->max_depth, out);
}

extern "C" void sj_begin(sj_parser *parser, const uint8_t *bytes, size_t count) {
    parser->at = bytes;
    parser->end = bytes == nullptr ? nullptr : bytes + count;
    parser->next = expected::value;
    parser->level = 0;
}

extern "C" int sj_next(sj_parser *parser, sj_piece *piece, sj_tape *out) {
    out->words = nullptr;
    out->strings = nullptr;
    int error = parser->read(piece, out);
    if (error != 0) parser->at = parser->end;
    return error;
}

extern "C" const char *sj_error_message(int code) {
    return simdjson::error_message(static_cast<simdjson::error_code>(code));
}
