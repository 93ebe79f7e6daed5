// SPDX-License-Identifier: Apache-2.0
// print, warn and tostring; none of them shows an address.
#include "internal.h"

#include <stdio.h>

// A leaky bucket: what is printed runs off at the allowed rate, and eight seconds' worth may stand in it.
static bool prints_too_fast(lb_state *s, size_t count) {
    uint64_t now = lb_clock_now(), gone = now - s->printed_at;
    double off = (double)gone / 1e9 * (double)s->limits.output;
    if (off >= 1) {
        s->printed_ahead = off >= (double)s->printed_ahead ? 0 : s->printed_ahead - (uint64_t)off;
        s->printed_at = now;
    }
    s->printed_ahead += count;
    return s->printed_ahead > LB_BURST * s->limits.output;
}

static void write(lua_State *L, const char *text, size_t count) {
    lb_state *s = lb_of(L);
    if (prints_too_fast(s, count)) {
        if (s->end == LB_NONE) s->end = LB_OUTPUT;
        lb_die(L);
    }
    if (count > 8192) {
        lb_flush(s);
        s->host.send(s->host.context, 0x83, 0, (const uint8_t *)text, count);
    } else {
        lb_put(&s->printed, text, count);
        if (s->printed.count > 8192) lb_flush(s);
    }
    lb_charge(L, 50 + count / 16);
}

void lb_flush(lb_state *s) {
    if (s->printed.count == 0) return;
    s->host.send(s->host.context, 0x83, 0, s->printed.bytes, s->printed.count);
    s->printed.count = 0;
}

// A name that tells two objects apart and nothing about where they lie.
static void push_name(lua_State *L, int index, const char *kind) {
    lb_state *s = lb_of(L);
    uint64_t hash = (uint64_t)(uintptr_t)lua_topointer(L, index) ^ s->seed;
    hash = (hash ^ hash >> 31) * 0x7fb5d329728ea185;
    hash = (hash ^ hash >> 27) * 0x81dadef4bc2dd44d;
    char name[96];
    snprintf(name, sizeof name, "%.64s: #%08x", kind, (unsigned)(hash >> 32));
    lua_pushstring(L, name);
}

void lb_push_text(lua_State *L, int index) {
    index = lua_absindex(L, index);
    luaL_checkstack(L, 4, NULL);
    if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
        lua_pushvalue(L, index);
        lua_call(L, 1, 1);
        if (!lua_isstring(L, -1)) luaL_error(L, "'__tostring' must return a string");
        return;
    }
    switch (lua_type(L, index)) {
    case LUA_TSTRING:
        lua_pushvalue(L, index);
        break;
    case LUA_TNUMBER:
    case LUA_TBOOLEAN:
    case LUA_TNIL: luaL_tolstring(L, index, NULL); break;
    case LUA_TLIGHTUSERDATA:
        lua_pushstring(L, lua_touserdata(L, index) == &lb_null ? "null" : "userdata");
        break;
    default:
        if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) push_name(L, index, lua_tostring(L, -1));
        else push_name(L, index, luaL_typename(L, index));
    }
}

int lb_tostring(lua_State *L) {
    luaL_checkany(L, 1);
    lb_push_text(L, 1);
    return 1;
}

static int print(lua_State *L) {
    int count = lua_gettop(L);
    for (int index = 1; index <= count; index++) {
        size_t length = 0;
        lb_push_text(L, index);
        const char *text = lua_tolstring(L, -1, &length);
        if (index > 1) write(L, "\t", 1);
        write(L, text, length);
        lua_settop(L, count);
    }
    write(L, "\n", 1);
    return 0;
}

static int warn(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checkstring(L, 1);
    for (int index = 2; index <= count; index++) luaL_checkstring(L, index);
    write(L, "warning: ", 9);
    for (int index = 1; index <= count; index++) {
        size_t length = 0;
        const char *text = lua_tolstring(L, index, &length);
        write(L, text, length);
    }
    write(L, "\n", 1);
    return 0;
}

void lb_open_output(lua_State *L) {
    static const luaL_Reg functions[] = {{"print", print}, {"warn", warn}, {"tostring", lb_tostring}, {NULL, NULL}};
    luaL_setfuncs(L, functions, 0);
}
