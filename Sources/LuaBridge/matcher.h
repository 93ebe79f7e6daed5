// SPDX-License-Identifier: Apache-2.0
#ifndef LB_MATCHER_H
#define LB_MATCHER_H
#include "internal.h"

#define LB_CAPTURES 32
enum { LB_OPEN = -1, LB_POSITION = -2 };

/// One match of one pattern: Lua's patterns, with every step charged.
typedef struct lb_match {
    lua_State *L;
    const char *subject, *subject_end, *pattern_end;
    int depth, level;
    struct {
        const char *start;
        ptrdiff_t size;
    } captures[LB_CAPTURES];
} lb_match;

/// The end of a match of `pattern` that starts at `at`, or NULL. Raises for a bad pattern, ends the chunk over its limit.
const char *lb_match_at(lb_match *m, const char *at, const char *pattern);
#endif
