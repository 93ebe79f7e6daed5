// SPDX-License-Identifier: Apache-2.0
// Lua's patterns with a step budget: backtracking in the standard matcher executes no VM instruction, so no hook ends it.
#include "matcher.h"

#include <ctype.h>

enum { deepest = 200 };

static int byte_at(const char *p) { return (unsigned char)*p; }

static int is_class(int c, int class) {
    int found;
    switch (tolower(class)) {
    case 'a': found = isalpha(c); break;
    case 'c': found = iscntrl(c); break;
    case 'd': found = isdigit(c); break;
    case 'g': found = isgraph(c); break;
    case 'l': found = islower(c); break;
    case 'p': found = ispunct(c); break;
    case 's': found = isspace(c); break;
    case 'u': found = isupper(c); break;
    case 'w': found = isalnum(c); break;
    case 'x': found = isxdigit(c); break;
    default: return c == class;
    }
    return isupper(class) ? !found : !!found;
}

// Where the single-character item at p ends.
static const char *item_end(lb_match *m, const char *p) {
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    if (*p == '%') {
        if (p + 1 == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 2;
    }
    if (*p != '[') return p + 1;
    p++;
    if (p < m->pattern_end && *p == '^') p++;
    do {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%') p++;
        if (p > m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

// `p` is at '[', `last` at the closing ']'.
static bool in_set(int c, const char *p, const char *last) {
    bool wanted = true;
    if (p[1] == '^') {
        wanted = false;
        p++;
    }
    while (++p < last) {
        if (*p == '%') {
            p++;
            if (is_class(c, byte_at(p))) return wanted;
        } else if (p[1] == '-' && p + 2 < last) {
            p += 2;
            if (byte_at(p - 2) <= c && c <= byte_at(p)) return wanted;
        } else if (byte_at(p) == c) {
            return wanted;
        }
    }
    return !wanted;
}

static bool matches_one(lb_match *m, const char *at, const char *p, const char *end) {
    if (at >= m->subject_end) return false;
    lb_charge(m->L, 2 + (*p == '[' ? (uint64_t)(end - p) : 0));
    int c = byte_at(at);
    switch (*p) {
    case '.': return true;
    case '%': return is_class(c, byte_at(p + 1));
    case '[': return in_set(c, p, end - 1);
    default: return byte_at(p) == c;
    }
}

static const char *greedy(lb_match *m, const char *at, const char *p, const char *end, ptrdiff_t least) {
    ptrdiff_t count = 0;
    while (matches_one(m, at + count, p, end)) count++;
    for (; count >= least; count--) {
        const char *result = lb_match_at(m, at + count, end + 1);
        if (result != NULL) return result;
    }
    return NULL;
}

static const char *lazy(lb_match *m, const char *at, const char *p, const char *end) {
    for (;; at++) {
        const char *result = lb_match_at(m, at, end + 1);
        if (result != NULL) return result;
        if (!matches_one(m, at, p, end)) return NULL;
    }
}

static const char *balance(lb_match *m, const char *at, const char *p) {
    if (p + 1 >= m->pattern_end) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (at >= m->subject_end || *at != *p) return NULL;
    int opened = 1;
    for (const char *next = at + 1; next < m->subject_end; next++) {
        lb_charge(m->L, 1);
        if (*next == p[1]) {
            if (--opened == 0) return next + 1;
        } else if (*next == *p) {
            opened++;
        }
    }
    return NULL;
}

static const char *open_capture(lb_match *m, const char *at, const char *p, ptrdiff_t kind) {
    if (m->level >= LB_CAPTURES) luaL_error(m->L, "too many captures");
    m->captures[m->level].start = at;
    m->captures[m->level].size = kind;
    m->level++;
    const char *result = lb_match_at(m, at, p);
    if (result == NULL) m->level--;
    return result;
}

static const char *close_capture(lb_match *m, const char *at, const char *p) {
    int level = m->level - 1;
    while (level >= 0 && m->captures[level].size != LB_OPEN) level--;
    if (level < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[level].size = at - m->captures[level].start;
    const char *result = lb_match_at(m, at, p);
    if (result == NULL) m->captures[level].size = LB_OPEN;
    return result;
}

static const char *back_reference(lb_match *m, const char *at, int digit) {
    int level = digit - '1';
    if (level < 0 || level >= m->level || m->captures[level].size == LB_OPEN)
        luaL_error(m->L, "invalid capture index %%%d", level + 1);
    // As in Lua, no text is like a position.
    ptrdiff_t size = m->captures[level].size;
    if (size < 0) return NULL;
    lb_charge(m->L, 2 + (uint64_t)size / 16);
    if (m->subject_end - at < size || memcmp(m->captures[level].start, at, (size_t)size) != 0) return NULL;
    return at + size;
}

static bool at_frontier(lb_match *m, const char *at, const char *p, const char *end) {
    int before = at == m->subject ? 0 : byte_at(at - 1), after = at == m->subject_end ? 0 : byte_at(at);
    lb_charge(m->L, 2 + (uint64_t)(end - p));
    return !in_set(before, p, end - 1) && in_set(after, p, end - 1);
}

// One item that is no plain character; `*p` moves behind it. False when what follows has been matched too.
static bool special(lb_match *m, const char **at, const char **p, const char **result) {
    const char *pattern = *p;
    switch (*pattern) {
    case '(':
        if (pattern + 1 < m->pattern_end && pattern[1] == ')') *result = open_capture(m, *at, pattern + 2, LB_POSITION);
        else *result = open_capture(m, *at, pattern + 1, LB_OPEN);
        return false;
    case ')': *result = close_capture(m, *at, pattern + 1); return false;
    default: break;
    }
    if (pattern[1] == 'b') {
        *result = *at = balance(m, *at, pattern + 2);
        *p = pattern + 4;
    } else if (pattern[1] == 'f') {
        pattern += 2;
        if (pattern >= m->pattern_end || *pattern != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
        const char *end = item_end(m, pattern);
        *result = *at = at_frontier(m, *at, pattern, end) ? *at : NULL;
        *p = end;
    } else {
        *result = *at = back_reference(m, *at, byte_at(pattern + 1));
        *p = pattern + 2;
    }
    return *at != NULL;
}

static bool is_special(const lb_match *m, const char *p) {
    if (*p == '(' || *p == ')') return true;
    return *p == '%' && p + 1 < m->pattern_end && (p[1] == 'b' || p[1] == 'f' || isdigit(byte_at(p + 1)));
}

const char *lb_match_at(lb_match *m, const char *at, const char *p) {
    if (++m->depth > deepest) luaL_error(m->L, "pattern too complex");
    const char *result = NULL;
    for (;;) {
        lb_charge(m->L, 2);
        if (p == m->pattern_end) {
            result = at;
            break;
        }
        if (*p == '$' && p + 1 == m->pattern_end) {
            result = at == m->subject_end ? at : NULL;
            break;
        }
        if (is_special(m, p)) {
            if (!special(m, &at, &p, &result)) break;
            continue;
        }
        const char *end = item_end(m, p);
        char suffix = end < m->pattern_end ? *end : 0;
        if (suffix == '*' || suffix == '+') {
            result = greedy(m, at, p, end, suffix == '+');
            break;
        }
        if (suffix == '-') {
            result = lazy(m, at, p, end);
            break;
        }
        bool one = matches_one(m, at, p, end);
        if (suffix == '?') {
            if (one && (result = lb_match_at(m, at + 1, end + 1)) != NULL) break;
            p = end + 1;
        } else if (one) {
            at++;
            p = end;
        } else {
            result = NULL;
            break;
        }
    }
    m->depth--;
    return result;
}
