// SPDX-License-Identifier: Apache-2.0
#include "csimdjson.h"

#include <new>
#include <simdjson.h>

struct sj_parser {
    simdjson::dom::parser parser;
    size_t max_depth = 64;
    size_t allocated = 0;
};

extern "C" sj_parser *sj_new(size_t max_depth) {
    auto *parser = new (std::nothrow) sj_parser;
    if (parser != nullptr) parser->max_depth = max_depth;
    return parser;
}

extern "C" void sj_free(sj_parser *parser) { delete parser; }

extern "C" int sj_parse(sj_parser *parser, const uint8_t *bytes, size_t count, sj_tape *out) {
    out->words = nullptr;
    out->strings = nullptr;
    // Our own allocation, since the parser's automatic one would fall back to a depth of 1024.
    if (count > parser->allocated || parser->allocated == 0) {
        size_t capacity = count < 4096 ? 4096 : count;
        auto error = parser->parser.allocate(capacity, parser->max_depth);
        if (error) return static_cast<int>(error);
        parser->allocated = capacity;
    }
    simdjson::dom::element root;
    auto error = parser->parser.parse(bytes, count, true).get(root);
    if (error) return static_cast<int>(error);
    out->words = parser->parser.doc.tape.get();
    out->strings = parser->parser.doc.string_buf.get();
    return 0;
}

extern "C" const char *sj_error_message(int code) {
    return simdjson::error_message(static_cast<simdjson::error_code>(code));
}
