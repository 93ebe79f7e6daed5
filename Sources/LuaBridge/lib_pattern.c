// SPDX-License-Identifier: Apache-2.0
// string.find, match, gmatch and gsub over the charged matcher.
#include "matcher.h"

enum { longest_pattern = 4 << 10 };

static void push_capture(lb_match *m, int level, const char *start, const char *end) {
    if (level >= m->level) {
        if (level != 0) luaL_error(m->L, "invalid capture index %%%d", level + 1);
        lua_pushlstring(m->L, start, (size_t)(end - start));
        return;
    }
    ptrdiff_t size = m->captures[level].size;
    if (size == LB_OPEN) luaL_error(m->L, "unfinished capture");
    if (size == LB_POSITION) lua_pushinteger(m->L, m->captures[level].start - m->subject + 1);
    else lua_pushlstring(m->L, m->captures[level].start, (size_t)size);
}

static int push_captures(lb_match *m, const char *start, const char *end, bool whole) {
    int count = m->level == 0 && whole ? 1 : m->level;
    luaL_checkstack(m->L, count, "too many captures");
    for (int level = 0; level < count; level++) push_capture(m, level, start, end);
    return count;
}

static const char *prepare(lua_State *L, lb_match *m, int subject, int pattern) {
    size_t subject_size = 0, pattern_size = 0;
    m->L = L;
    m->subject = luaL_checklstring(L, subject, &subject_size);
    m->subject_end = m->subject + subject_size;
    const char *text = luaL_checklstring(L, pattern, &pattern_size);
    if (pattern_size > longest_pattern) luaL_error(L, "pattern too long");
    m->pattern_end = text + pattern_size;
    return text;
}

static const char *attempt(lb_match *m, const char *at, const char *pattern) {
    m->depth = m->level = 0;
    return lb_match_at(m, at, pattern);
}

static size_t start_offset(lua_Integer start, size_t size) {
    if (start > 0) return (size_t)start - 1;
    if (start == 0 || start < -(lua_Integer)size) return 0;
    return size - (size_t)-start;
}

static bool is_plain(const char *text, const char *end) {
    for (; text < end; text++)
        if (*text != 0 && strchr("^$*+?.([%-", *text) != NULL) return false;
    return true;
}

static int find_plain(lua_State *L, const lb_match *m, const char *from, const char *text) {
    size_t size = (size_t)(m->pattern_end - text);
    lb_charge(L, (uint64_t)(m->subject_end - from) / 8);
    const char *found = size == 0 ? from : memmem(from, (size_t)(m->subject_end - from), text, size);
    if (found == NULL) {
        luaL_pushfail(L);
        return 1;
    }
    lua_pushinteger(L, found - m->subject + 1);
    lua_pushinteger(L, found - m->subject + (lua_Integer)size);
    return 2;
}

static int search(lua_State *L, bool find) {
    lb_match m;
    const char *pattern = prepare(L, &m, 1, 2);
    size_t size = (size_t)(m.subject_end - m.subject), offset = start_offset(luaL_optinteger(L, 3, 1), size);
    if (offset > size) {
        luaL_pushfail(L);
        return 1;
    }
    const char *at = m.subject + offset;
    if (find && (lua_toboolean(L, 4) || is_plain(pattern, m.pattern_end))) return find_plain(L, &m, at, pattern);
    bool anchored = pattern < m.pattern_end && *pattern == '^';
    if (anchored) pattern++;
    do {
        const char *end = attempt(&m, at, pattern);
        if (end == NULL) continue;
        if (!find) return push_captures(&m, at, end, true);
        lua_pushinteger(L, at - m.subject + 1);
        lua_pushinteger(L, end - m.subject);
        return push_captures(&m, at, end, false) + 2;
    } while (at++ < m.subject_end && !anchored);
    luaL_pushfail(L);
    return 1;
}

static int find(lua_State *L) { return search(L, true); }
static int match(lua_State *L) { return search(L, false); }

// Upvalues: subject, pattern, offset to go on from, end of the last match or -1.
static int next_match(lua_State *L) {
    lb_match m;
    const char *pattern = prepare(L, &m, lua_upvalueindex(1), lua_upvalueindex(2));
    lua_Integer offset = lua_tointeger(L, lua_upvalueindex(3)), last = lua_tointeger(L, lua_upvalueindex(4));
    for (const char *at = m.subject + offset; at <= m.subject_end; at++) {
        const char *end = attempt(&m, at, pattern);
        if (end == NULL || end - m.subject == last) continue;
        lua_pushinteger(L, end - m.subject);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_copy(L, -1, lua_upvalueindex(4));
        return push_captures(&m, at, end, true);
    }
    lua_pushinteger(L, m.subject_end - m.subject + 1);
    lua_replace(L, lua_upvalueindex(3));
    return 0;
}

static int each_match(lua_State *L) {
    lb_match m;
    prepare(L, &m, 1, 2);
    size_t size = (size_t)(m.subject_end - m.subject), offset = start_offset(luaL_optinteger(L, 3, 1), size);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)(offset > size ? size + 1 : offset));
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

static void add_template(lb_match *m, luaL_Buffer *b, const char *start, const char *end) {
    size_t size = 0;
    const char *text = lua_tolstring(m->L, 3, &size);
    for (size_t index = 0; index < size; index++) {
        if (text[index] != '%') {
            luaL_addchar(b, text[index]);
            continue;
        }
        index++;
        char c = index < size ? text[index] : 0;
        if (c == '%') {
            luaL_addchar(b, '%');
        } else if (c == '0') {
            luaL_addlstring(b, start, (size_t)(end - start));
        } else if (c >= '1' && c <= '9') {
            push_capture(m, c - '1', start, end);
            luaL_tolstring(m->L, -1, NULL);
            lua_remove(m->L, -2);
            luaL_addvalue(b);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
    }
}

static void add_value(lb_match *m, luaL_Buffer *b, const char *start, const char *end) {
    lua_State *L = m->L;
    switch (lua_type(L, 3)) {
    case LUA_TFUNCTION:
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(m, start, end, true), 1);
        break;
    case LUA_TTABLE:
        push_capture(m, 0, start, end);
        lua_gettable(L, 3);
        break;
    default: add_template(m, b, start, end); return;
    }
    lb_require_known(L, -1);
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(b, start, (size_t)(end - start));
    } else if (!lua_isstring(L, -1)) {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    } else {
        luaL_addvalue(b);
    }
}

static int substitute(lua_State *L) {
    lb_match m;
    const char *pattern = prepare(L, &m, 1, 2), *at = m.subject, *last = NULL;
    int type = lua_type(L, 3);
    luaL_argexpected(L, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
        "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, m.subject_end - m.subject + 1), count = 0;
    if (type == LUA_TNUMBER) lua_tolstring(L, 3, NULL);
    bool anchored = pattern < m.pattern_end && *pattern == '^';
    if (anchored) pattern++;
    luaL_Buffer b;
    luaL_buffinit(L, &b);
    while (count < most) {
        const char *end = attempt(&m, at, pattern);
        if (end != NULL && end != last) {
            count++;
            add_value(&m, &b, at, end);
            at = last = end;
        } else if (at < m.subject_end) {
            luaL_addchar(&b, *at++);
        } else {
            break;
        }
        if (luaL_bufflen(&b) > LB_STRING) return luaL_error(L, "resulting string too large");
        if (anchored) break;
    }
    luaL_addlstring(&b, at, (size_t)(m.subject_end - at));
    luaL_pushresult(&b);
    lua_pushinteger(L, count);
    return 2;
}

void lb_open_pattern(lua_State *L) {
    static const luaL_Reg functions[] = {
        {"find", find}, {"match", match}, {"gmatch", each_match}, {"gsub", substitute}, {NULL, NULL},
    };
    luaL_setfuncs(L, functions, 0);
}
